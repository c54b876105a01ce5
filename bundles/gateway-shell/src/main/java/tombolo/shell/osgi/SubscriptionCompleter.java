package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.azure.AzureAccess;
import tombolo.shell.core.Services;

/** Completes the names of the configured Azure subscriptions. */
@NullUnmarked
@Service
public final class SubscriptionCompleter extends LiveCompleter {
    @Override
    List<String> candidates(Services services, String typed) {
        return services.find(AzureAccess.class).map(AzureAccess::standings).orElse(List.of()).stream().map(one -> one.subscription().name()).toList();
    }
}
