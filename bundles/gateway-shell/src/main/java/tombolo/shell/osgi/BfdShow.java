package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.BfdViews;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code bfd:show REMOTE}. */
@NullUnmarked
@Service
@Command(scope = "bfd", name = "show", description = "Shows everything about the BFD session to one neighbour",
        detailedDescription = "Both sides' states, diagnostics, discriminators and timers, what was refused and why, and how late the thread of the packets has been.")
public final class BfdShow extends ArgumentCommand {
    @Argument(index = 0, name = "REMOTE", description = "The neighbour's address, or the name of its BGP peer", required = true)
    @Completion(BfdRemoteCompleter.class)
    String remote;

    @Override
    Document answer(Services services) {
        return BfdViews.show(services, remote, System.currentTimeMillis());
    }
}
