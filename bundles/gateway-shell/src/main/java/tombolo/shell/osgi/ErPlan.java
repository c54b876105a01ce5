package tombolo.shell.osgi;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.expressroute.Report;

/** {@code er:plan}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "plan", description = "Shows what would be done to circuits, what it costs and what it cuts",
        detailedDescription = "Compares the file with Azure. Nothing is changed.")
public final class ErPlan extends CircuitsCommand {
    @Override
    Report report(ExpressRoute service, Optional<String> which) {
        return service.plan(which);
    }
}
