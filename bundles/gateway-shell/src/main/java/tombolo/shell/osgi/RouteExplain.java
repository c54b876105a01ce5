package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.RouteViews;
import tombolo.shell.core.Services;

/** {@code route:explain ADDRESS}. */
@NullUnmarked
@Service
@Command(scope = "route", name = "explain", description = "Explains how the kernel forwards to an address",
        detailedDescription = "Every kernel route that holds the address, the one used first, with the reason why each is or is not used.")
public final class RouteExplain extends ArgumentCommand {
    @Argument(index = 0, name = "ADDRESS", description = "An IPv4 or IPv6 address", required = true)
    @Completion(AddressCompleter.class)
    String address;

    @Override
    Document answer(Services services) {
        return RouteViews.explainKernel(services, address);
    }
}
