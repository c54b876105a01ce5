package tombolo.shell.osgi;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import tombolo.shell.core.Services;

/** Services for the length of one command; given back at its end, so that nothing of a swapped bundle is held. */
final class OsgiServices implements Services, AutoCloseable {
    private final BundleContext context;
    private final List<ServiceReference<?>> taken = new ArrayList<>();

    OsgiServices(BundleContext context) {
        this.context = context;
    }

    @Override
    public <T> Optional<T> find(Class<T> type) {
        @Nullable ServiceReference<T> reference = context.getServiceReference(type);
        if (reference == null) {
            return Optional.empty();
        }
        taken.add(reference);
        return Optional.ofNullable(context.getService(reference));
    }

    @Override
    public <T> List<T> all(Class<T> type) {
        List<T> found = new ArrayList<>();
        try {
            for (ServiceReference<T> reference : context.getServiceReferences(type, null)) {
                taken.add(reference);
                Optional.ofNullable(context.getService(reference)).ifPresent(found::add);
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("there is no filter to be wrong", e);
        }
        return found;
    }

    @Override
    public String trouble(String bundle) {
        Optional<Bundle> found = Arrays.stream(context.getBundles()).filter(each -> ("io.tombolo." + bundle).equals(each.getSymbolicName())).findFirst();
        if (found.isEmpty()) {
            return "is not installed; install it with feature:install tombolo-" + bundle.replaceFirst("^gateway-", "");
        }
        return found.get().getState() == Bundle.ACTIVE
                ? "is active but does not offer what this needs, or not yet; see gateway:status, log:tail and scr:list"
                : "is not running; start it with bundle:start io.tombolo." + bundle;
    }

    @Override
    public void close() {
        taken.forEach(context::ungetService);
    }
}
