package tombolo.shell.osgi;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.Report;
import tombolo.api.expressroute.VirtualNetworks;

/** {@code er:gateway-routes}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "gateway-routes", description = "Shows what a virtual network's gateway has learned or advertises",
        detailedDescription = "er:gateway-routes RESOURCE-GROUP/GATEWAY [--advertised-to PEER] [--subscription NAME]: its BGP peers and learned routes, or what it advertises to one peer.")
public final class ErGatewayRoutes extends NetworkCommand {
    @Option(name = "--advertised-to", description = "The address of a BGP peer of the gateway: what it is told")
    String peer;

    @Override
    Report report(VirtualNetworks service, Optional<String> where, Consumer<String> progress) {
        return service.gatewayRoutes(where, name, Optional.ofNullable(peer), progress);
    }
}
