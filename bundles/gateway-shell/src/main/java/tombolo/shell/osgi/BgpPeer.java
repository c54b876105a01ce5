package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
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
public final class BgpPeer extends PeerCommand {
    @Override
    Document answer(Services services) {
        return BgpViews.peer(services, name, System.currentTimeMillis());
    }
}
