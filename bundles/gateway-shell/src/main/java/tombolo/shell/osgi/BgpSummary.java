package tombolo.shell.osgi;

import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.shell.core.BgpViews;
import tombolo.shell.core.Document;
import tombolo.shell.core.Services;

/** {@code bgp:summary}. */
@NullUnmarked
@Service
@Command(scope = "bgp", name = "summary", description = "Shows all BGP peers, one line each",
        detailedDescription = "Like show ip bgp summary: state, time since the state began, and for the routes of each peer how many were " +
        "received, accepted by the import filters, chosen as best and advertised. NOTE says why a peer is not up or " +
        "withholds routes.")
public final class BgpSummary extends GatewayCommand {
    @Override
    Document answer(Services services) {
        return BgpViews.summary(services, System.currentTimeMillis());
    }
}
