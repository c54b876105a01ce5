package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.BgpViews;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code bgp:peer NAME}. */
@NullUnmarked
@Service
@Command(scope = "bgp", name = "peer", description = "Shows everything about one BGP peer",
        detailedDescription = "Like show ip bgp neighbors: what was negotiated, counters of messages, prefixes and attribute errors, the " +
        "latest errors and the last 10 resets with their causes.")
public final class BgpPeer extends GatewayCommand {
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
        return BgpViews.peer(services, name, System.currentTimeMillis());
    }
}
