package tombolo.bgp.core.rib;

import java.util.Collection;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.Settings;
import tombolo.api.net.AddressFamily;

/**
 * Whether the peers have told what they have to tell since the node started: before that nothing is swept from the kernel, and behind a restart no peer sees
 * our End-of-RIB and nothing is selected (RFC 4724 §4.1). A peer that sends none is taken to be done after a silence, and whatever is late is not waited for.
 */
record Completeness(Settings settings, Collection<Peer> peers, long nowNanos, long startedNanos) {
    /** How long a peer's End-of-RIB, or a peer that does not come up, may hold things up. */
    static final long LIMIT_NANOS = 60_000_000_000L;
    /** A peer that will not send End-of-RIB counts as done after this much silence. */
    private static final long QUIET_NANOS = 5_000_000_000L;

    /** The start is so long ago that only peers that are up are waited for. */
    boolean late() {
        return nowNanos - startedNanos >= LIMIT_NANOS;
    }

    /** @param despiteRestarting peers that restart themselves are not waited for: they wait for us (RFC 4724 §4.1) */
    boolean of(AddressFamily family, boolean despiteRestarting) {
        return settings.peers().isEmpty() || peers.stream().allMatch(peer -> isDone(peer, family, despiteRestarting));
    }

    private boolean isDone(Peer peer, AddressFamily family, boolean despiteRestarting) {
        PeerSettings wanted = peer.settings;
        if (wanted == null || wanted.shutdown() || !wanted.families().contains(family)) {
            return true;
        }
        SessionUp up = peer.up;
        if (up == null) {
            return late();
        }
        if (despiteRestarting && up.gracefulRestart().filter(SessionUp.GracefulRestart::restarting).isPresent()) {
            return true;
        }
        boolean willTell = up.gracefulRestart().isPresent();
        return !up.families().contains(family) || peer.family(family).endOfRib || nowNanos - peer.upNanos >= LIMIT_NANOS
                || !willTell && nowNanos - Math.max(peer.upNanos, peer.lastUpdateNanos) >= QUIET_NANOS;
    }
}
