package tombolo.shell.osgi;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.Report;
import tombolo.api.expressroute.VirtualNetworks;

/** {@code er:network}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "network", description = "Shows the peerings of a virtual network",
        detailedDescription = "er:network RESOURCE-GROUP/NETWORK [--subscription NAME]: each peering, its state, and whether both halves agree on whose gateway is used.")
public final class ErNetwork extends NetworkCommand {
    @Override
    Report report(VirtualNetworks service, Optional<String> where, Consumer<String> progress) {
        return service.network(where, name);
    }
}
