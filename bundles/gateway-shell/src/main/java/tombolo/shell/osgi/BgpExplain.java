package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.Document;
import tombolo.shell.core.RouteViews;
import tombolo.shell.core.Services;

/** {@code bgp:explain PREFIX}. */
@NullUnmarked
@Service
@Command(scope = "bgp", name = "explain", description = "Explains the choice among the paths of a prefix",
        detailedDescription = "Every path with the numbered step of the decision process (RFC 4271 section 9.1.2) at which it lost or the " +
        "filter rule that rejected it, each peer to which the best one is advertised or why not, and whether it is in " +
        "the kernel. An address stands for the longest prefix that holds it.")
public final class BgpExplain extends ArgumentCommand {
    @Argument(index = 0, name = "PREFIX", description = "address/length, or an address", required = true)
    @Completion(PrefixCompleter.class)
    String prefix;

    @Override
    Document answer(Services services) {
        return RouteViews.explain(services, prefix);
    }
}
