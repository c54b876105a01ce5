package tombolo.api.route;

import java.util.List;
import tombolo.api.net.AddressFamily;

/** One owner's routes on their way to the kernel. All calls from the owner's one Loop. */
public interface RouteFeed extends AutoCloseable {
    /**
     * Gives a set of next hops an id for use in {@link RouteChanges}. Ids are small non-negative integers chosen by the owner and may be redefined: then
     * every route that uses the id moves to the new set, without being offered again (this is how a failover of many routes stays one call).
     *
     * @param id       0 to 65535
     * @param nextHops 1 to 64 next hops (ECMP); empty means blackhole
     * @return false while the mailbox is full; offer again after {@link RouteFeedListener#drained}
     */
    boolean define(int id, List<NextHop> nextHops);

    /**
     * Hands over a block of changes; the caller must not touch the block afterwards. Later changes of a prefix replace earlier ones.
     *
     * @return false while the mailbox is full (nothing was taken); offer again after {@link RouteFeedListener#drained}
     */
    boolean offer(RouteChanges changes);

    /** All routes of that family have been offered: what is in the kernel under our protocol number, and not offered by any feed, may be swept. Idempotent. */
    void inSync(AddressFamily family);

    /** Ends the feed; its routes stay in the kernel until another feed of the same owner is in sync (a swap), or {@link #removeAll} was called before. */
    @Override
    void close();

    /** Removes every route of this feed from the kernel (drain). */
    void removeAll();
}
