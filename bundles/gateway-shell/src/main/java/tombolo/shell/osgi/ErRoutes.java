package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:routes}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "routes", description = "Shows the routes of Microsoft's edge routers",
        detailedDescription = "The route table of both edges for a peering, as Azure tells it; it takes some seconds.")
public final class ErRoutes extends ErCommand {
    @Option(name = "--peering", description = "private or microsoft")
    String peering = "private";

    @Option(name = "--device", description = "primary or secondary; without, both")
    String device;

    @Override
    Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(service.routes(circuit, ExpressRouteViews.peering(peering), ExpressRouteViews.device(device), progress()));
    }
}
