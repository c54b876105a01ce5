package tombolo.bgp.core.rib;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tombolo.api.net.IpAddress;
import tombolo.api.route.NextHop;
import tombolo.api.route.NextHopState;
import tombolo.bgp.core.wire.NextHopTable;

/**
 * Whether and at what cost each next hop is reached (RFC 4271 §9.1.2.1), by the dense number it has in the attribute table.
 *
 * <p>The answers come from the data plane's tracker. While no tracker has ever answered for an address, it counts as reachable at cost 0 where no tracker
 * is there (a node without a data plane still routes between its peers), and as unreachable while one is there and has not answered yet. When the tracker
 * goes away (the data plane is swapped) what it said last stays in force. A link-local next hop is reached over the interface of the peer that sent it.
 */
final class NextHops {
    /** As {@link tombolo.api.route.NextHopTracker#watch} accepts. */
    static final int MAX_WATCHED = 65_536;
    /** Below so many in use, a full list of watched addresses is worth going through for those that nobody uses any longer. */
    private static final int WORTH_DROPPING = MAX_WATCHED / 4 * 3;

    private final NextHopTable table;
    private final Map<IpAddress, NextHopState> answers = new HashMap<>();
    private final TreeSet<IpAddress> watched = new TreeSet<>();
    private long[] hi = new long[16];
    private long[] lo = new long[16];
    private byte[] known = new byte[16]; // the version (4 or 6) for which the entry was filled, 0: none
    private boolean[] reachable = new boolean[16];
    /** In a subnet of ours, or not known. */
    private boolean[] connected = new boolean[16];
    private long[] metric = new long[16];
    private @Nullable NextHop[] via = new @Nullable NextHop[16];
    private boolean tracked;
    private boolean watchChanged;
    private boolean trusting;

    NextHops(NextHopTable table) {
        this.table = table;
    }

    boolean reachable(int nextHop, Peer peer) {
        if (nextHop == 0) {
            return false;
        }
        if (!isFilled(nextHop)) {
            fill(nextHop);
        }
        if (!reachable[nextHop]) {
            return false;
        }
        return isLinkLocal(nextHop) ? peer.interfaceName != null : !offLink(nextHop, peer);
    }

    /** RFC 4271 §6.3: a peer one hop away names itself or somebody on a link that we share with it; else its routes are not used. */
    boolean offLink(int nextHop, Peer peer) {
        IpAddress address = peer.address;
        return peer.onLink && isFilled(nextHop) && reachable[nextHop] && !connected[nextHop]
                && !(address != null && address.hi() == hi[nextHop] && address.lo() == lo[nextHop] && address.isIpv4() == (known[nextHop] == 4));
    }

    /** Whether it is that address. */
    boolean isAt(int nextHop, IpAddress address) {
        return nextHop != 0 && table.inUse(nextHop) && address.hi() == table.hi(nextHop) && address.lo() == table.lo(nextHop) && address.isIpv4() == (version(nextHop) == 4);
    }

    private boolean isLinkLocal(int nextHop) {
        return hi[nextHop] >>> 54 == 0x3fa && known[nextHop] == 6;
    }

    /** The cost of step 8; 0 where connected or unknown. */
    long metric(int nextHop) {
        if (nextHop == 0) {
            return Long.MAX_VALUE;
        }
        if (!isFilled(nextHop)) {
            fill(nextHop);
        }
        return metric[nextHop];
    }

    /** Where the kernel sends packets for this next hop of this peer. */
    NextHop resolve(int nextHop, Peer peer) {
        if (!isFilled(nextHop)) {
            fill(nextHop);
        }
        IpAddress address = table.address(nextHop);
        if (address.isLinkLocal()) {
            return new NextHop(Optional.of(address), Optional.ofNullable(peer.interfaceName));
        }
        NextHop through = via[nextHop];
        return through != null ? through : NextHop.via(address);
    }

    private boolean isFilled(int nextHop) {
        // numbers are used again: the entry is of this next hop only where the address is the same
        return nextHop < known.length && known[nextHop] != 0 && lo[nextHop] == table.lo(nextHop) && hi[nextHop] == table.hi(nextHop)
                && known[nextHop] == version(nextHop);
    }

    /** An entry that no path uses is forgotten: whoever uses its next hop again has to find what holds then, not what held when the last path went. */
    private boolean isCurrent(int nextHop) {
        if (!table.inUse(nextHop)) {
            known[nextHop] = 0;
            return false;
        }
        return isFilled(nextHop);
    }

    private byte version(int nextHop) {
        return (byte) (table.family(nextHop) == tombolo.api.net.AddressFamily.IPV4 ? 4 : 6);
    }

    private void fill(int nextHop) {
        if (nextHop >= known.length) {
            int size = Math.max(nextHop + 1, known.length * 2);
            hi = Arrays.copyOf(hi, size);
            lo = Arrays.copyOf(lo, size);
            known = Arrays.copyOf(known, size);
            reachable = Arrays.copyOf(reachable, size);
            connected = Arrays.copyOf(connected, size);
            metric = Arrays.copyOf(metric, size);
            via = Arrays.copyOf(via, size);
        }
        hi[nextHop] = table.hi(nextHop);
        lo[nextHop] = table.lo(nextHop);
        known[nextHop] = version(nextHop);
        IpAddress address = table.address(nextHop);
        if (watched.size() >= MAX_WATCHED && table.size() <= WORTH_DROPPING) {
            dropUnused();
            watchChanged = true;
        }
        if (!address.isLinkLocal() && watched.size() < MAX_WATCHED && watched.add(address)) {
            watchChanged = true;
        }
        store(nextHop, address);
    }

    private boolean store(int nextHop, IpAddress address) {
        NextHopState answer = answers.get(address);
        boolean nowReachable = answer != null ? answer.reachable() : address.isLinkLocal() || !tracked || trusting;
        long nowMetric = answer != null && !answer.connected() ? answer.metric() : 0;
        boolean nowConnected = answer == null || answer.connected();
        @Nullable NextHop nowVia = answer != null ? answer.via().orElse(null) : null;
        boolean changed = nowReachable != reachable[nextHop] || nowConnected != connected[nextHop] || nowMetric != metric[nextHop] || !java.util.Objects.equals(nowVia, via[nextHop]);
        reachable[nextHop] = nowReachable;
        connected[nextHop] = nowConnected;
        metric[nextHop] = nowMetric;
        via[nextHop] = nowVia;
        return changed;
    }

    /** Behind a swap: next hops that were reachable a moment ago count as such until the tracker has answered or {@link #trustEnds} is called. */
    void trust() {
        trusting = true;
    }

    /** The numbers of the next hops that were only trusted. */
    int[] trustEnds() {
        if (!trusting) {
            return new int[0];
        }
        trusting = false;
        int[] changed = new int[Math.min(known.length, table.limit())];
        int count = 0;
        for (int id = 1; id < changed.length; id++) {
            if (isCurrent(id) && store(id, table.address(id))) {
                changed[count++] = id;
            }
        }
        return Arrays.copyOf(changed, count);
    }

    /** Whether a tracker is there and has answered for every address. */
    boolean isAnswered() {
        return tracked && !isWaiting();
    }

    /** Whether an answer of the tracker is still to come. */
    boolean isWaiting() {
        return tracked && (watchChanged || !answers.keySet().containsAll(watched));
    }

    /** A tracker has come or gone. What the former one said stays until the new one answers. */
    void tracked(boolean present) {
        tracked = present;
        watchChanged = present;
    }

    /** The addresses to watch, where they changed since the last call. */
    Optional<Collection<IpAddress>> takeWatchChange() {
        if (!watchChanged || !tracked) {
            return Optional.empty();
        }
        watchChanged = false;
        dropUnused();
        return Optional.of(new ArrayList<>(watched));
    }

    private void dropUnused() {
        TreeSet<IpAddress> used = new TreeSet<>();
        for (int id = 1; id < Math.min(known.length, table.limit()); id++) {
            if (known[id] != 0 && table.inUse(id)) {
                used.add(table.address(id));
            } else {
                known[id] = 0;
            }
        }
        watched.retainAll(used);
        for (IpAddress address : used) { // those for which there was no room before
            if (!address.isLinkLocal() && watched.size() < MAX_WATCHED) {
                watched.add(address);
            }
        }
        answers.keySet().retainAll(used);
    }

    /** Takes the tracker's answers; the numbers of the next hops for which something changed. */
    int[] answered(List<NextHopState> states) {
        TreeSet<IpAddress> addresses = new TreeSet<>();
        for (NextHopState state : states) {
            if (watched.contains(state.address())) {
                answers.put(state.address(), state);
                addresses.add(state.address());
            }
        }
        int[] changed = new int[Math.min(known.length, table.limit())];
        int count = 0;
        for (int id = 1; id < changed.length; id++) {
            if (isCurrent(id) && addresses.contains(table.address(id)) && store(id, table.address(id))) {
                changed[count++] = id;
            }
        }
        return Arrays.copyOf(changed, count);
    }
}
