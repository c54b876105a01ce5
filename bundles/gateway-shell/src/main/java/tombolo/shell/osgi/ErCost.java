package tombolo.shell.osgi;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.ExpressRoute;
import tombolo.api.expressroute.Report;
import tombolo.shell.core.ExpressRouteViews;

/** {@code er:cost}. */
@NullUnmarked
@Service
@Command(scope = "er", name = "cost", description = "Shows what circuits cost in a month",
        detailedDescription = "By the price snapshot of etc/tombolo.expressroute.prices.json, with its date and the formula; what is not known is said to be. Priced is what Azure has, with the gateways that links"
                + " lead to, and beside it what the file wants instead; without CIRCUIT also circuits that are in no file. --refresh writes the snapshot anew first, from Azure's"
                + " public price interface.")
public final class ErCost extends CircuitsCommand {
    @Option(name = "--zone", description = "Azure's billing zone, such as 'Zone 1'")
    String zone;

    @Option(name = "--egress-gb", description = "GB out of Azure in a month")
    String egress;

    @Option(name = "--refresh", description = "Ask Azure's retail price interface first, and keep its answer as the snapshot")
    boolean refresh;

    @Override
    Report report(ExpressRoute service, Optional<String> which) {
        Optional<Long> gigabytes = ExpressRouteViews.gigabytes(egress);
        if (refresh) {
            service.refreshPrices(ErCommand.progress(json));
        }
        return service.cost(which, Optional.ofNullable(zone), gigabytes);
    }
}
