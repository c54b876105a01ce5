package tombolo.bgp.core.rib;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tombolo.api.bgp.SessionUp;
import tombolo.api.net.AddressFamily;

/**
 * What the ups and downs of a session mean for the peer's paths: graceful restart as helper (RFC 4724 §4.2), stale marks, refresh (RFC 7313 §4).
 *
 * <pre>
 * current ──down, graceful──► stale, kept ──up with F bit──► stale, replaced one by one ──End-of-RIB or timer──► purged
 *    │                            └──restart time over, or up without F──► purged
 *    └──down, else──► dead at once (not usable), purged in slices
 * </pre>
 */
final class PeerLifecycle {
    /** How long stale paths wait for the End-of-RIB of a peer that came back: enough for a full table, short of an operator's patience. */
    static final long STALE_LIMIT_SECONDS = 360;
    /** RFC 7313 §4: a BoRR whose EoRR never comes must not keep stale paths for ever. */
    static final long REFRESH_LIMIT_SECONDS = 600;
    private static final long SECOND = 1_000_000_000L;
    private static final int MOST_OPEN_EPOCHS = PathTable.EPOCH_MASK - 1;

    private final Map<AddressFamily, FamilyRib> ribs;
    private final Jobs jobs;
    private final Timers timers;
    private final NextHopSets sets;
    private final Consumer<Peer> purged;

    /** @param purged told when a purge of a peer is complete */
    PeerLifecycle(Map<AddressFamily, FamilyRib> ribs, NextHopSets sets, Jobs jobs, Timers timers, Consumer<Peer> purged) {
        this.ribs = ribs;
        this.sets = sets;
        this.jobs = jobs;
        this.timers = timers;
        this.purged = purged;
    }

    void up(Peer peer, SessionUp up) {
        Set<AddressFamily> kept = up.gracefulRestart().map(SessionUp.GracefulRestart::forwarding).orElse(Set.of());
        ribs.forEach((family, rib) -> {
            PeerFamily share = peer.family(family);
            share.endOfRib = false;
            share.refreshing = false;
            if (share.keepStale && share.stale > 0) {
                if (kept.contains(family) && up.families().contains(family)) {
                    limit(peer, rib, STALE_LIMIT_SECONDS);
                } else {
                    purge(peer, rib); // RFC 4724 §4.2: the forwarding state was not preserved
                }
            }
        });
    }

    void down(Peer peer, boolean graceful, Optional<SessionUp.GracefulRestart> restart) {
        ribs.forEach((family, rib) -> {
            PeerFamily share = peer.family(family);
            share.endOfRib = false;
            share.refreshing = false;
            if (graceful && restart.isPresent() && restart.get().families().contains(family)) {
                // RFC 4724 §4.2: paths that were stale already are removed, so that a peer that never gets there does not keep them alive
                if (share.keepStale) {
                    purgeNow(peer, rib);
                }
                raise(peer, rib);
                share.keepStale = true;
                limit(peer, rib, restart.get().restartSeconds());
            } else {
                raise(peer, rib);
                purge(peer, rib);
            }
        });
        // RFC 4724 §4.2: what is kept of a family goes on as before, by the same address too.
        if (isPurging(peer) && peer.families.values().stream().noneMatch(share -> share.keepStale)) {
            sets.fell(peer);
        }
    }

    private static boolean isPurging(Peer peer) {
        return peer.families.values().stream().anyMatch(share -> share.purging);
    }

    /** A walk over one family's table is done. */
    private void purged(Peer peer) {
        if (!isPurging(peer)) {
            sets.rose(peer);
        }
        purged.accept(peer);
    }

    /** The peer has told everything (End-of-RIB): what is still stale is gone. */
    void endOfRib(Peer peer, FamilyRib rib) {
        PeerFamily share = peer.family(rib.family);
        share.endOfRib = true;
        if (share.keepStale && !share.refreshing) {
            purge(peer, rib);
        }
    }

    /** BoRR: everything is stale until it is told again. */
    void beginRefresh(Peer peer, FamilyRib rib) {
        PeerFamily share = peer.family(rib.family);
        raise(peer, rib);
        share.keepStale = true;
        share.refreshing = true;
        limit(peer, rib, REFRESH_LIMIT_SECONDS);
    }

    /** EoRR. One without BoRR is ignored (RFC 7313 §4). */
    void endRefresh(Peer peer, FamilyRib rib) {
        PeerFamily share = peer.family(rib.family);
        if (share.refreshing) {
            share.refreshing = false;
            purge(peer, rib);
        }
    }

    private void raise(Peer peer, FamilyRib rib) {
        PeerFamily share = peer.family(rib.family);
        if (share.purging || share.epochsOpen >= MOST_OPEN_EPOCHS) {
            purgeNow(peer, rib); // dead paths must not become stale ones, and an epoch's number must not come round while paths carry it
        }
        share.epoch = share.epoch + 1 & PathTable.EPOCH_MASK;
        share.epochsOpen++;
        share.stale = share.received;
    }

    /** Replaces the limit before: the Restart Time ends when the session is back, and what is stale then waits for End-of-RIB (RFC 4724 §4.2). */
    private void limit(Peer peer, FamilyRib rib, long seconds) {
        PeerFamily share = peer.family(rib.family);
        int limit = ++share.staleLimit;
        timers.after(seconds * SECOND, () -> {
            if (share.keepStale && share.staleLimit == limit) {
                share.refreshing = false;
                purge(peer, rib);
            }
        });
    }

    /** Stale paths are dead at once; their removal follows in slices. */
    void purge(Peer peer, FamilyRib rib) {
        PeerFamily share = peer.family(rib.family);
        share.keepStale = false;
        if (share.stale == 0) {
            share.epochsOpen = 0;
            purged(peer);
            return;
        }
        int epoch = share.epoch;
        share.purging = true;
        jobs.walk(rib, (from, to) -> {
            if (share.epoch == epoch) {
                rib.purge(peer, from, to);
            }
        }, () -> {
            if (share.epoch == epoch) {
                share.purging = false;
                share.epochsOpen = 0;
            }
            purged(peer);
        });
    }

    private void purgeNow(Peer peer, FamilyRib rib) {
        rib.purge(peer, 1, rib.prefixes.highest() + 1);
        PeerFamily share = peer.family(rib.family);
        share.epochsOpen = 0;
        share.purging = false;
    }
}
