package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Completion;
import org.jspecify.annotations.NullUnmarked;

/** A command about one peer. */
@NullUnmarked
abstract class PeerCommand extends ArgumentCommand {
    @Argument(index = 0, name = "NAME", description = "The peer's name: <name> in etc/tombolo.bgp.peer-<name>.cfg", required = true)
    @Completion(PeerCompleter.class)
    String name;
}
