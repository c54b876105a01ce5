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
import tombolo.api.ipam.Ipam;
import tombolo.api.ipam.PoolUse;

/** Completes the names of the pools there are now. */
@NullUnmarked
@Service
public final class PoolNameCompleter implements Completer {
    @Reference
    BundleContext context;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        return new StringsCompleter(pools(context).stream().flatMap(pool -> pool.name().stream()).toList()).complete(session, line, candidates);
    }

    static List<PoolUse> pools(BundleContext context) {
        try (OsgiServices services = new OsgiServices(context)) {
            return services.find(Ipam.class).map(Ipam::usage).orElse(List.of()).stream().filter(pool -> pool.name().isPresent()).toList();
        }
    }
}
