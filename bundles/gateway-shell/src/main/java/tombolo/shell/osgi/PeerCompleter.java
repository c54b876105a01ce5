package tombolo.shell.osgi;

import java.util.List;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.jspecify.annotations.NullUnmarked;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.PeerStatus;
import tombolo.shell.core.Services;

/** Completes the names of the peers there are now. */
@NullUnmarked
@Service
public final class PeerCompleter extends LiveCompleter {
    @Override
    List<String> candidates(Services services, String typed) {
        return names(services);
    }

    static List<String> names(Services services) {
        return services.find(BgpSessions.class).map(BgpSessions::status).orElse(List.of()).stream().map(PeerStatus::name).toList();
    }
}
