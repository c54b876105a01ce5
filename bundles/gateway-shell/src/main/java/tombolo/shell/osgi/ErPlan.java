package tombolo.shell.osgi;

import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;
import tombolo.shell.core.Services;

/** {@code er:plan}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "plan", description = "Shows what would be done to circuits, what it costs and what it cuts",
        detailedDescription = "Compares the file with Azure. Nothing is changed.")
public final class ErPlan extends GatewayCommand {
    @Argument(index = 0, name = "CIRCUIT", description = "The name in etc/tombolo.expressroute.circuit-NAME.cfg; without, all", required = false)
    @Completion(CircuitCompleter.class)
    String circuit;

    @Argument(index = 1, name = "options", description = "Options may stand here too", required = false, multiValued = true)
    @Completion(value = StringsCompleter.class, values = "--json")
    List<String> words;

    @Override
    List<String> further() {
        return words;
    }

    @Override
    Document answer(Services services) {
        return ExpressRouteViews.of(services.need(ExpressRoute.class).plan(Optional.ofNullable(circuit)));
    }
}
