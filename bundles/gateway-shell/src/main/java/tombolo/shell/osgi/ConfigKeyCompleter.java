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
import tombolo.api.config.ConfigEntry;
import tombolo.api.config.Configuration;

/** Completes the keys there are now. */
@NullUnmarked
@Service
public final class ConfigKeyCompleter implements Completer {
    @Reference
    BundleContext context;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        try (OsgiServices services = new OsgiServices(context)) {
            List<String> keys = services.find(Configuration.class).map(Configuration::entries).orElse(List.of()).stream().map(ConfigEntry::key).distinct().toList();
            return new StringsCompleter(keys).complete(session, line, candidates);
        }
    }
}
