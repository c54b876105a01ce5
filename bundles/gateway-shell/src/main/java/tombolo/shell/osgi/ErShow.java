package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:show}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "show", description = "Shows one circuit with its peerings and its route filter",
        detailedDescription = "The service key is masked; er:key shows it.")
public final class ErShow extends ErCommand {
    @Override
    Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(service.show(circuit));
    }
}
