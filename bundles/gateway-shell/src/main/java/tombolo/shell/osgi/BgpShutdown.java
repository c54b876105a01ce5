package tombolo.shell.osgi;

import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.BgpActions;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code bgp:shutdown NAME [text]}. */
@NullUnmarked
@Service
@Command(scope = "bgp", name = "shutdown", description = "Ends a session and holds it down",
        detailedDescription = "The peer is told with Cease/2 and the text (RFC 9003, at most 255 octets). bgp:enable ends it, and so does a " +
        "restart of the node; shutdown = true in the file of the peer holds it down for good.")
public final class BgpShutdown extends GatewayCommand {
    @Argument(index = 0, name = "NAME", description = "The peer's name: <name> in etc/tombolo.bgp.peer-<name>.cfg", required = true)
    @Completion(PeerCompleter.class)
    String name;

    @Argument(index = 1, name = "TEXT", description = "The reason, shown at the other side", required = false, multiValued = true)
    List<String> text;

    @Override
    Document answer(Services services) {
        List<String> words = new ArrayList<>(text == null ? List.of() : text);
        json |= words.removeIf("--json"::equals);
        return BgpActions.shutdown(services, name, String.join(" ", words));
    }
}
