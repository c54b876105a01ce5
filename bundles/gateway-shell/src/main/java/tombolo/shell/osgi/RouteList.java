package tombolo.shell.osgi;

import java.util.Optional;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.RouteViews;
import tombolo.shell.core.Services;

/** {@code route:list}. */
@NullUnmarked
@Service
@Command(scope = "route", name = "list", description = "Lists kernel routes",
        detailedDescription = "Routes in the kernel that this node put there, and how many of the wanted ones are there; with --all those of " +
        "others too.")
public final class RouteList extends GatewayCommand {
    @Option(name = "--all", description = "Also routes that are not ours")
    boolean all;

    @Option(name = "--family", description = "Only ipv4 or ipv6")
    @Completion(value = StringsCompleter.class, values = {"ipv4", "ipv6"})
    String family;

    @Option(name = "--limit", description = "The most routes to list, 1 to 99999")
    int limit = 1000;

    @Override
    Document answer(Services services) {
        return RouteViews.kernel(services, Optional.ofNullable(family), !all, limit);
    }
}
