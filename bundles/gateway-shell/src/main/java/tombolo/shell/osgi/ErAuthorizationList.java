package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:authorization-list}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "authorization-list", description = "Lists the authorizations of a circuit",
        detailedDescription = "Each allows one link from another subscription; with the link that uses it, where Azure tells.")
public final class ErAuthorizationList extends ErCommand {
    @Override
    Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(service.authorizations(circuit));
    }
}
