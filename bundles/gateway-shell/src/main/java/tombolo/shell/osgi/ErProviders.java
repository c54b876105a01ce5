package tombolo.shell.osgi;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;
import tombolo.shell.core.Services;

/** {@code er:providers}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "providers", description = "Lists connectivity providers, their places and bandwidths",
        detailedDescription = "As Azure offers them to the subscription.")
public final class ErProviders extends GatewayCommand {
    @Option(name = "--subscription", description = "The name in etc/tombolo.azure.subscription-NAME.cfg; without, the first")
    String subscription;

    @Override
    Document answer(Services services) {
        return ExpressRouteViews.of(services.need(ExpressRoute.class).providers(Optional.ofNullable(subscription)));
    }
}
