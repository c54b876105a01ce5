package tombolo.shell.osgi;

import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;
import tombolo.shell.core.Services;

/** {@code er:cost}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "cost", description = "Shows what circuits cost in a month",
        detailedDescription = "By the price snapshot of etc/tombolo.expressroute.prices.json, with its date and the formula; what is not known is said to be. --refresh writes the snapshot anew first, from Azure's public price interface.")
public final class ErCost extends GatewayCommand {
    @Option(name = "--zone", description = "Azure's billing zone, such as 'Zone 1'")
    String zone;

    @Option(name = "--egress-gb", description = "GB out of Azure in a month")
    String egress;

    @Option(name = "--refresh", description = "Ask Azure's retail price interface first, and keep its answer as the snapshot")
    boolean refresh;

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
        if (refresh) {
            services.need(ExpressRoute.class).refreshPrices(ErCommand.progress(json));
        }
        return ExpressRouteViews.of(services.need(ExpressRoute.class).cost(Optional.ofNullable(circuit), Optional.ofNullable(zone), ExpressRouteViews.gigabytes(egress)));
    }
}
