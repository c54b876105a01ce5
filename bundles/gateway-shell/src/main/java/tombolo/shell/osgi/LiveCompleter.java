package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Reference;
import org.apache.karaf.shell.api.console.CommandLine;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import org.osgi.framework.BundleContext;
import tombolo.shell.core.Services;

/** Completes what is there now; nothing where the bundle that knows it is not running. */
@NullUnmarked
abstract class LiveCompleter implements Completer {
    @Reference
    BundleContext context;

    /** @param typed of the word, up to the cursor */
    abstract List<String> candidates(Services services, String typed);

    @Override
    public final int complete(Session session, CommandLine line, List<String> candidates) {
        String word = line.getCursorArgument();
        String typed = word == null ? "" : word.substring(0, Math.min(word.length(), Math.max(0, line.getArgumentPosition())));
        try (OsgiServices services = new OsgiServices(context)) {
            return new StringsCompleter(candidates(services, typed)).complete(session, line, candidates);
        }
    }
}
