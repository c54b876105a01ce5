package tombolo.bgp.session.core;

import java.util.Optional;
import java.util.Set;
import tombolo.api.bgp.SessionUp.GracefulRestart;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.RouterId;

/**
 * What two OPEN messages agree on; the meaning of each is at {@link tombolo.api.bgp.SessionUp}.
 *
 * @param maxReceived      longest message that the peer may send us
 * @param keepaliveSeconds 0 where the hold time is 0
 */
public record Negotiated(RouterId remoteId, Set<AddressFamily> families, boolean fourOctetAs, boolean refresh, boolean enhancedRefresh, int maxSent,
                         int maxReceived, Optional<GracefulRestart> gracefulRestart, int holdTimeSeconds, int keepaliveSeconds) {
    public Negotiated {
        families = Set.copyOf(families);
    }

    /** Both sides set the N bit: a NOTIFICATION other than a Hard Reset keeps routes too (RFC 8538 §4). Ours is always set. */
    public boolean notificationKeepsRoutes() {
        return gracefulRestart.isPresent() && gracefulRestart.get().notification();
    }
}
