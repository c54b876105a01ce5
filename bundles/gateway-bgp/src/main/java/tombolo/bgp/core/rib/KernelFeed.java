package tombolo.bgp.core.rib;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tombolo.api.net.AddressFamily;
import tombolo.api.route.RouteChanges;
import tombolo.api.route.RouteFeed;

/**
 * Loc-RIB's way to the kernel: hands over what is dirty in blocks, next-hop sets before the routes that use them. A full mailbox or an absent sink leaves
 * the dirt where it is.
 */
final class KernelFeed {
    private final NextHopSets sets;
    private final FamilyRib[] ribs;
    private final Set<AddressFamily> announced = EnumSet.noneOf(AddressFamily.class);
    private final Set<AddressFamily> ready = EnumSet.noneOf(AddressFamily.class);
    private @Nullable RouteFeed feed;
    private @Nullable RouteChanges refused;
    private boolean blocked;
    private long offered;

    KernelFeed(NextHopSets sets, FamilyRib... ribs) {
        this.sets = sets;
        this.ribs = ribs;
    }

    boolean isOpen() {
        return feed != null;
    }

    /** A new feed knows nothing: everything wanted is handed over again, then what it has beyond that is swept. */
    void open(RouteFeed opened) {
        feed = opened;
        blocked = false;
        refused = null;
        announced.clear();
        sets.redefineAll();
        for (FamilyRib rib : ribs) {
            rib.refeed();
        }
    }

    void closed() {
        feed = null;
        refused = null;
    }

    void drained() {
        blocked = false;
    }

    /** Routes handed over since start. */
    long offered() {
        return offered;
    }

    /** From now on the family counts as complete; told to the sink when everything dirty has been handed over. */
    void inSync(AddressFamily family) {
        ready.add(family);
    }

    boolean isReady(AddressFamily family) {
        return ready.contains(family);
    }

    /** Hands over a block of each family. True: there is more, and the sink takes it. */
    boolean work() {
        RouteFeed to = feed;
        if (to == null || blocked || !define(to)) {
            return false;
        }
        RouteChanges again = refused;
        if (again != null) {
            if (!to.offer(again)) {
                blocked = true;
                return false;
            }
            offered += again.size();
            refused = null;
        }
        boolean more = false;
        for (FamilyRib rib : ribs) {
            if (!rib.feedDirty.isEmpty() && !offer(to, rib)) {
                return false;
            }
            if (!rib.feedDirty.isEmpty()) {
                more = true;
            } else if (ready.contains(rib.family) && announced.add(rib.family)) {
                to.inSync(rib.family);
            }
        }
        return more;
    }

    private boolean define(RouteFeed to) {
        for (int id = sets.nextToDefine(); id != NextHopSets.NONE; id = sets.nextToDefine()) {
            if (!to.define(id - 1, sets.hops(id))) {
                blocked = true;
                return false;
            }
            sets.defined(id);
        }
        return true;
    }

    private boolean offer(RouteFeed to, FamilyRib rib) {
        RouteChanges block = new RouteChanges(rib.family, Math.min(RouteChanges.CAPACITY, rib.feedDirty.size()));
        for (int prefix = rib.feedDirty.next(0); prefix >= 0 && !block.isFull(); prefix = rib.feedDirty.next(prefix + 1)) {
            rib.feedDirty.remove(prefix);
            int set = rib.want(prefix);
            block.add(rib.prefixes.hi(prefix), rib.prefixes.lo(prefix), rib.prefixes.length(prefix), set == NextHopSets.NONE ? RouteChanges.WITHDRAW : set - 1);
        }
        if (!to.offer(block)) {
            blocked = true;
            refused = block; // kept as it is: a prefix that changes meanwhile is dirty again and follows behind
            return false;
        }
        offered += block.size();
        return true;
    }

    /** Ends the feed; its routes stay in the kernel. */
    void close() {
        RouteFeed open = feed;
        if (open != null) {
            open.close();
        }
        closed();
    }
}
