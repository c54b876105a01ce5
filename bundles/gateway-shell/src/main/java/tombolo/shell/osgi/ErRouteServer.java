package tombolo.shell.osgi;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.Report;
import tombolo.api.expressroute.VirtualNetworks;

/** {@code er:route-server}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "route-server", description = "Shows a Route Server with its BGP peers",
        detailedDescription = "er:route-server RESOURCE-GROUP/NAME [--subscription NAME]: each peer with what it has told and is told.")
public final class ErRouteServer extends NetworkCommand {
    @Override
    Report report(VirtualNetworks service, Optional<String> where, Consumer<String> progress) {
        return service.routeServer(where, name, progress);
    }
}
