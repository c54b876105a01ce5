package tombolo.shell.osgi;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.expressroute.Report;

/** {@code er:routes}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "routes", description = "Shows the routes of Microsoft's edge routers",
        detailedDescription = "The route table of both edges for a peering, as Azure tells it; it takes some seconds.")
public final class ErRoutes extends EdgeTableCommand {
    @Override
    Report table(ExpressRoute service, ExpressRoute.Peering which, Optional<ExpressRoute.Device> edge, Consumer<String> told) {
        return service.routes(circuit, which, edge, told);
    }
}
