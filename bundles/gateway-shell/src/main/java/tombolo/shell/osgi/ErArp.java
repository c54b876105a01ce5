package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:arp}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "arp", description = "Shows the ARP tables of Microsoft's edge routers",
        detailedDescription = "Where this side is missing or Incomplete, no frame of ours reaches the edge: tags or cabling.")
public final class ErArp extends ErCommand {
    @Option(name = "--peering", description = "private or microsoft")
    String peering = "private";

    @Option(name = "--device", description = "primary or secondary; without, both")
    String device;

    @Override
    Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(service.arp(circuit, ExpressRouteViews.peering(peering), ExpressRouteViews.device(device), progress()));
    }
}
