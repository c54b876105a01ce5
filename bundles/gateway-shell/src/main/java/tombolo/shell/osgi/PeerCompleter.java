package tombolo.shell.osgi;

import java.util.List;
import java.util.stream.Stream;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import org.osgi.framework.BundleContext;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.PeerStatus;

/** Completes the names of the peers there are now. */
@NullUnmarked
@Service
public final class PeerCompleter implements Completer {
    @Reference
    BundleContext context;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        return new StringsCompleter(names(context).toList()).complete(session, line, candidates);
    }

    static Stream<String> names(BundleContext context) {
        try (OsgiServices services = new OsgiServices(context)) {
            return services.find(BgpSessions.class).map(BgpSessions::status).orElse(List.of()).stream().map(PeerStatus::name).toList().stream();
        }
    }
}
