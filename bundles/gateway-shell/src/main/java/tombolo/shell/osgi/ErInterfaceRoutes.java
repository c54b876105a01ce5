package tombolo.shell.osgi;

import java.util.Optional;
import java.util.function.Consumer;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.Report;
import tombolo.api.expressroute.VirtualNetworks;

/** {@code er:interface-routes}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "interface-routes", description = "Shows the routes that hold for a virtual machine's network interface",
        detailedDescription = "er:interface-routes RESOURCE-GROUP/INTERFACE [--subscription NAME]: effective routes of every source, as Azure tells them; it takes some seconds.")
public final class ErInterfaceRoutes extends NetworkCommand {
    @Override
    Report report(VirtualNetworks service, Optional<String> where, Consumer<String> progress) {
        return service.interfaceRoutes(where, name, progress);
    }
}
