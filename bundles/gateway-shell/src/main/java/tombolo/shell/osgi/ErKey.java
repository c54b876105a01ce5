package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:key}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "key", description = "Shows the service key of a circuit, masked",
        detailedDescription = "Whoever has the key can order the circuit from the provider. With --show in full.")
public final class ErKey extends ErCommand {
    @Option(name = "--show", description = "In full")
    boolean show;

    @Override
    Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(service.key(circuit, show));
    }
}
