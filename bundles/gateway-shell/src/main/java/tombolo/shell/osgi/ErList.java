package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;
import tombolo.shell.core.Services;

/** {@code er:list}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "list", description = "Lists the ExpressRoute circuits",
        detailedDescription = "Each circuit of etc/tombolo.expressroute.circuit-NAME.cfg as Azure has it, and what is in flight; then what is there and in no file: circuits of the configured subscriptions, and what a deleted file has left on this node.")
public final class ErList extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return ExpressRouteViews.of(services.need(ExpressRoute.class).list());
    }
}
