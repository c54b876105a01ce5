package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.BgpActions;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code bgp:enable NAME}. */
@NullUnmarked
@Service
@Command(scope = "bgp", name = "enable", description = "Ends an administrative shutdown",
        detailedDescription = "The session starts again. A shutdown = true in the file of the peer holds again from the next change of that " +
        "file on.")
public final class BgpEnable extends GatewayCommand {
    @Argument(index = 0, name = "NAME", description = "The peer's name: <name> in etc/tombolo.bgp.peer-<name>.cfg", required = true)
    @Completion(PeerCompleter.class)
    String name;

    @Argument(index = 1, name = "options", description = "Options may stand here too", required = false, multiValued = true)
    @Completion(value = StringsCompleter.class, values = "--json")
    List<String> further;

    @Override
    List<String> further() {
        return further;
    }

    @Override
    Document answer(Services services) {
        return BgpActions.enable(services, name);
    }
}
