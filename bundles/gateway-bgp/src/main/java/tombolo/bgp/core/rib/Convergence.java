package tombolo.bgp.core.rib;

import java.util.Collection;
import java.util.function.Consumer;
import tombolo.api.config.Settings;

/**
 * When what was learned since the start is complete: leftovers in the kernel may go then, and behind our own restart routes are selected, and End-of-RIB is
 * said (RFC 4724 §4.1).
 *
 * <pre>
 * restart ─► selection held ──all told, or selection-deferral-time over──► every prefix decided ─► routes told ─► End-of-RIB
 * start   ─────────────────────────────────────────all told, nothing waits──────────────────────► kernel in sync (swept)
 * </pre>
 */
final class Convergence {
    private final Collection<FamilyRib> ribs;
    private final Peers peers;
    private final NextHops nextHops;
    private final Jobs jobs;
    private final KernelFeed feed;
    private final Consumer<String> log;

    Convergence(Collection<FamilyRib> ribs, Peers peers, NextHops nextHops, Jobs jobs, KernelFeed feed, Consumer<String> log) {
        this.ribs = ribs;
        this.peers = peers;
        this.nextHops = nextHops;
        this.jobs = jobs;
        this.feed = feed;
        this.log = log;
    }

    /** @param deferSelection else only End-of-RIB waits */
    void restarted(boolean deferSelection) {
        for (FamilyRib rib : ribs) {
            rib.holdEndOfRib();
            if (deferSelection) {
                rib.holdSelection();
            }
        }
    }

    void check(Settings settings, long nowNanos, long startedNanos) {
        int deferralSeconds = settings.bgp().selectionDeferralSeconds();
        for (FamilyRib rib : ribs) {
            if (rib.selectionHeld() && nowNanos - startedNanos >= deferralSeconds * 1_000_000_000L) {
                select(rib, "though not all peers have told theirs: selection-deferral-time of " + deferralSeconds + " s is over");
            }
        }
        Completeness completeness = new Completeness(settings, peers.all(), nowNanos, startedNanos);
        if (!jobs.isEmpty() || nextHops.isWaiting() && !completeness.late()) {
            return; // routes whose next hop was not looked up yet are not among the wanted ones: to sweep now would take them from the kernel for a moment
        }
        for (FamilyRib rib : ribs) {
            boolean told = completeness.of(rib.family, true);
            if (rib.selectionHeld() && told) {
                select(rib, "now that the peers have told theirs");
            } else if (rib.endOfRibHeld() && told) {
                rib.releaseEndOfRib();
            }
            if (!rib.selectionHeld() && jobs.isEmpty() && !feed.isReady(rib.family) && completeness.of(rib.family, false)) {
                feed.inSync(rib.family);
            }
        }
    }

    private void select(FamilyRib rib, String why) {
        log.accept("TMB-BGP-355 " + rib.family + " routes are selected " + why + " (RFC 4724 §4.1)");
        rib.releaseSelection();
        // End-of-RIB is said only once all that was selected has been told
        jobs.walk(rib, rib::redecideAll, rib::releaseEndOfRib);
    }
}
