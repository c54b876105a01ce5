package tombolo.bgp.core.rib;

import java.util.HashSet;
import java.util.Set;

/**
 * The time between the start behind a swap and the first word to anybody: nothing is told to peers or the kernel until the sessions are back and the tables
 * have been evaluated again, so that only differences go out.
 *
 * <pre>
 * adopted:  wait for the Up of each session that was there (2 s at most) ─► reimport, redecide ─► next hops answered (10 s at most) ─► over
 * rebuilt:  a resumed session whose tables are lost: wait until each such peer has told everything again: EoRR, or 5 quiet seconds, 60 s at most ─► over
 * none:     an ordinary start: over at once
 * </pre>
 */
final class Settling {
    private static final long SECOND = 1_000_000_000L;
    private static final long SESSIONS_NANOS = 2 * SECOND;
    private static final long NEXT_HOPS_NANOS = 10 * SECOND;
    private static final long QUIET_NANOS = 5 * SECOND;
    private static final long REBUILD_NANOS = 60 * SECOND;

    private enum Phase { OVER, SESSIONS, TABLES, NEXT_HOPS, REBUILD }

    private Phase phase = Phase.OVER;
    private long sinceNanos;
    private final Set<Peer> awaited = new HashSet<>();
    private final Set<Peer> rebuilding = new HashSet<>();

    boolean isOver() {
        return phase == Phase.OVER;
    }

    boolean waitsForSessions() {
        return phase == Phase.SESSIONS;
    }

    void adopted(Iterable<Peer> peers) {
        phase = Phase.SESSIONS;
        peers.forEach(peer -> {
            if (peer.adoptedSession != 0) {
                awaited.add(peer);
            }
        });
    }

    /** The clock of the first phase starts when sessions are asked for. */
    void attached(long nowNanos) {
        sinceNanos = nowNanos;
    }

    void seen(Peer peer) {
        awaited.remove(peer);
    }

    void rebuild(Peer peer, long nowNanos) {
        if (phase == Phase.OVER || phase == Phase.REBUILD) {
            phase = Phase.REBUILD;
            sinceNanos = rebuilding.isEmpty() ? nowNanos : sinceNanos;
            rebuilding.add(peer);
        }
    }

    /** What is to be done now. */
    enum Step { WAIT, EVALUATE, RELEASE }

    /** @param inputRead nothing is left of what the sessions had when they were asked */
    Step step(long nowNanos, boolean inputRead, boolean jobsDone, boolean nextHopsKnown) {
        long waited = nowNanos - sinceNanos;
        switch (phase) {
            case SESSIONS -> {
                if (sinceNanos == 0 || !awaited.isEmpty() && (waited < SESSIONS_NANOS || !inputRead)) {
                    return Step.WAIT;
                }
                phase = Phase.TABLES;
                return Step.EVALUATE;
            }
            case TABLES -> {
                if (jobsDone) {
                    phase = Phase.NEXT_HOPS;
                    sinceNanos = nowNanos;
                }
                return Step.WAIT;
            }
            case NEXT_HOPS -> {
                if (!jobsDone || !nextHopsKnown && waited < NEXT_HOPS_NANOS) {
                    return Step.WAIT;
                }
            }
            case REBUILD -> {
                boolean told = rebuilding.stream().allMatch(peer -> peer.up == null || peer.refreshed || nowNanos - peer.lastUpdateNanos >= QUIET_NANOS);
                if (!jobsDone || !told && waited < REBUILD_NANOS) {
                    return Step.WAIT;
                }
            }
            case OVER -> {
                return Step.WAIT;
            }
        }
        phase = Phase.OVER;
        return Step.RELEASE;
    }
}
