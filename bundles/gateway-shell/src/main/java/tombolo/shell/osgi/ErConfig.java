package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:config}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "config", description = "Writes the configuration of a neighbouring router",
        detailedDescription = "er:config CIRCUIT --for ios-xe|frr: for the router that shall hold the sessions in place of this node. Keys are left to be filled in.")
public final class ErConfig extends ErCommand {
    @Option(name = "--for", description = "ios-xe or frr")
    @Completion(value = StringsCompleter.class, values = {"ios-xe", "frr"})
    String dialect = "frr";

    @Override
    Document answer(ExpressRoute service) {
        return ExpressRouteViews.of(service.config(circuit, dialect));
    }
}
