package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:link-list}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "link-list", description = "Lists the virtual networks that are linked to a circuit",
        detailedDescription = "Those of the resource groups of the circuit and of the gateways in its file; Azure lists links by resource group alone. AUTHORIZED: by which authorization of the circuit, as far as it tells.")
public final class ErLinkList extends ErCommand {
    @Override
    Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(service.links(circuit));
    }
}
