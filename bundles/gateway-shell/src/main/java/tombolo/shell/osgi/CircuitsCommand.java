package tombolo.shell.osgi;

import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.expressroute.Report;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;
import tombolo.shell.core.Services;

/** A command on one circuit, or on all. */
@NullUnmarked
abstract class CircuitsCommand extends GatewayCommand {
    @Argument(index = 0, name = "CIRCUIT", description = "The name in etc/tombolo.expressroute.circuit-NAME.cfg; without, all", required = false)
    @Completion(CircuitCompleter.class)
    String circuit;

    @Argument(index = 1, name = "options", description = "Options may stand here too", required = false, multiValued = true)
    @Completion(value = StringsCompleter.class, values = "--json")
    List<String> words;

    @Override
    final List<String> further() {
        return words;
    }

    /** @param which empty: all */
    abstract Report report(ExpressRoute service, Optional<String> which);

    @Override
    final Document answer(Services services) {
        return ExpressRouteViews.of(report(services.need(ExpressRoute.class), Optional.ofNullable(circuit)));
    }
}
