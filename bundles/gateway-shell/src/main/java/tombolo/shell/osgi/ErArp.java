package tombolo.shell.osgi;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.expressroute.Report;

/** {@code er:arp}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "arp", description = "Shows the ARP tables of Microsoft's edge routers",
        detailedDescription = "Where this side is missing or Incomplete, no frame of ours reaches the edge: tags or cabling.")
public final class ErArp extends EdgeTableCommand {
    @Override
    Report table(ExpressRoute service, ExpressRoute.Peering which, Optional<ExpressRoute.Device> edge, Consumer<String> told) {
        return service.arp(circuit, which, edge, told);
    }
}
