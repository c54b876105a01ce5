package tombolo.shell.osgi;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.VirtualNetworks;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;
import tombolo.shell.core.Services;

/** {@code er:authorized}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "authorized", description = "Lists circuits of others that networks here are linked to",
        detailedDescription = "er:authorized [--subscription NAME]: the circuits of other subscriptions that gateways of this one are linked to by authorization.")
public final class ErAuthorized extends GatewayCommand {
    @Option(name = "--subscription", description = "The name in etc/tombolo.azure.subscription-NAME.cfg; without, the first")
    @Completion(SubscriptionCompleter.class)
    String subscription;

    @Override
    Document answer(Services services) {
        return ExpressRouteViews.of(services.need(VirtualNetworks.class).authorized(Optional.ofNullable(subscription)));
    }
}
