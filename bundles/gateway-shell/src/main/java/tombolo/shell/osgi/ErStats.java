package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:stats}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "stats", description = "Shows the bytes of both links",
        detailedDescription = "In and out of the circuit since it was made, as Azure counts them.")
public final class ErStats extends ErCommand {
    @Override
    Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(service.stats(circuit));
    }
}
