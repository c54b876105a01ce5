package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import org.osgi.framework.BundleContext;

/** Options of {@code bgp:routes} behind the prefix, and their values. */
@NullUnmarked
@Service
public final class RoutesOptionCompleter implements Completer {
    @Reference
    BundleContext context;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        String[] words = line.getArguments();
        int at = line.getCursorArgumentIndex();
        String before = at > 0 && at <= words.length ? words[at - 1] : "";
        List<String> fitting = switch (before) {
            case "--received", "--advertised" -> names();
            case "--family" -> List.of("ipv4", "ipv6");
            case "--limit" -> List.of("100", "1000", "10000");
            default -> List.of("--longer", "--received", "--advertised", "--family", "--best", "--limit", "--json");
        };
        return new StringsCompleter(fitting).complete(session, line, candidates);
    }

    private List<String> names() {
        try (OsgiServices services = new OsgiServices(context)) {
            return PeerCompleter.names(services);
        }
    }
}
