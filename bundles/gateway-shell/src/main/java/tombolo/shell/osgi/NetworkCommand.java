package tombolo.shell.osgi;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.expressroute.Report;
import tombolo.api.expressroute.VirtualNetworks;
import tombolo.shell.core.Document;
import tombolo.shell.core.ExpressRouteViews;
import tombolo.shell.core.Services;

/** A command on one resource of a virtual network. */
@NullUnmarked
abstract class NetworkCommand extends GatewayCommand {
    @Argument(index = 0, name = "NAME", description = "RESOURCE-GROUP/NAME", required = true)
    String name;

    @Argument(index = 1, name = "options", description = "Options may stand here too", required = false, multiValued = true)
    @Completion(value = StringsCompleter.class, values = {"--json", "--subscription"})
    List<String> words;

    @Option(name = "--subscription", description = "The name in etc/tombolo.azure.subscription-NAME.cfg; without, the first")
    @Completion(SubscriptionCompleter.class)
    String subscription;

    @Override
    final List<String> further() {
        return words;
    }

    abstract Report report(VirtualNetworks service, Optional<String> where, Consumer<String> progress);

    @Override
    final Document answer(Services services) {
        return ExpressRouteViews.of(report(services.need(VirtualNetworks.class), Optional.ofNullable(subscription), line -> {
            if (!json) {
                System.out.println(ExpressRouteViews.progress(line));
                System.out.flush();
            }
        }));
    }
}
