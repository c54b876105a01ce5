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

/** Completes the names of the peers there are now, and {@code all}. */
@NullUnmarked
@Service
public final class PeerOrAllCompleter implements Completer {
    @Reference
    BundleContext context;

    @Override
    public int complete(Session session, CommandLine line, List<String> candidates) {
        return new StringsCompleter(Stream.concat(Stream.of("all"), PeerCompleter.names(context)).toList()).complete(session, line, candidates);
    }
}
