package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:doctor}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "doctor", description = "Compares Azure's view of a circuit with this node's",
        detailedDescription = "Each check with what Azure says, what this node sees and what to do; as they are done.")
public final class ErDoctor extends ErCommand {
    @Override
    Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(service.doctor(circuit, progress()));
    }
}
