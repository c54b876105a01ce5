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
import tombolo.shell.core.Document;
import tombolo.shell.core.RouteViews;
import tombolo.shell.core.Services;

/** {@code bgp:routes}. */
@NullUnmarked
@Service
@Command(scope = "bgp", name = "routes", description = "Lists BGP routes",
        detailedDescription = "Like show ip bgp. Without arguments the whole table, best path first. With a prefix that prefix, with --longer " +
        "all within it; with an address the route that holds it. --received shows what a peer sent, before the import " +
        "filters; --advertised what it is sent, after the export filters.")
public final class BgpRoutesCommand extends GatewayCommand {
    @Argument(index = 0, name = "PREFIX", description = "address/length, or an address", required = false)
    @Completion(PrefixCompleter.class)
    String prefix;

    @Option(name = "--longer", description = "Also the more specific prefixes within PREFIX")
    boolean longer;

    @Option(name = "--received", description = "What this peer sent")
    @Completion(PeerCompleter.class)
    String received;

    @Option(name = "--advertised", description = "What this peer is sent")
    @Completion(PeerCompleter.class)
    String advertised;

    @Option(name = "--family", description = "Only ipv4 or ipv6")
    @Completion(value = StringsCompleter.class, values = {"ipv4", "ipv6"})
    String family;

    @Option(name = "--best", description = "Only paths that are used")
    boolean best;

    @Option(name = "--limit", description = "The most routes to list, 1 to 999999")
    int limit = 1000;

    @Argument(index = 1, name = "options", description = "Options may stand here too", required = false, multiValued = true)
    @Completion(RoutesOptionCompleter.class)
    List<String> further;

    @Override
    List<String> further() {
        return further;
    }

    @Override
    Document answer(Services services) {
        return RouteViews.routes(services, new RouteViews.Ask(Optional.ofNullable(prefix), longer, Optional.ofNullable(received),
                Optional.ofNullable(advertised),
                Optional.ofNullable(family), best, limit));
    }
}
