package tombolo.shell.osgi;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.karaf.shell.api.action.Option;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.expressroute.Report;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** A command that shows a table of Microsoft's edge routers. */
@NullUnmarked
abstract class EdgeTableCommand extends ErCommand {
    @Option(name = "--peering", description = "private or microsoft")
    String peering = "private";

    @Option(name = "--device", description = "primary or secondary; without, both")
    String device;

    abstract Report table(ExpressRoute service, ExpressRoute.Peering which, Optional<ExpressRoute.Device> edge, Consumer<String> told);

    @Override
    final Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(table(service, ExpressRouteViews.peering(peering), ExpressRouteViews.device(device), progress()));
    }
}
