package tombolo.bgp.core.rib;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tombolo.api.net.IpAddress;
import tombolo.api.route.NextHop;

/**
 * Sets of next hops under the small ids that {@link tombolo.api.route.RouteFeed#define} speaks of. A set is named by what BGP chose (next-hop numbers with
 * the peers they came from), not by where the kernel sends packets: when a next hop moves to another interface, one definition moves every route.
 */
final class NextHopSets {
    static final int NONE = 0;
    /** Ids here are 1 to 65535; the feed's are one less. */
    private static final int MAX_ID = 65_535;

    /** @param members pairs of next-hop number and peer index, best first */
    private record Key(List<Long> members) { }

    private final NextHops nextHops;
    private final Peers peers;
    private final Map<Key, Integer> ids = new HashMap<>();
    private final List<@Nullable Key> byId = new ArrayList<>();
    private final Map<Integer, List<NextHop>> defined = new HashMap<>();
    private final LinkedHashSet<Integer> toDefine = new LinkedHashSet<>();
    /** Peers whose session has ended and whose paths are being removed, with the address that each had. */
    private final Map<Peer, IpAddress> falling = new HashMap<>();
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private int[] uses = new int[64];
    private long lastSingle = -1;
    private int lastSingleId;

    NextHopSets(NextHops nextHops, Peers peers) {
        this.nextHops = nextHops;
        this.peers = peers;
        byId.add(null);
    }

    /** Link-local next hops mean different neighbours on different peers; all others are the same whoever sent them. */
    static long member(int nextHop, int peer, boolean linkLocal) {
        return (long) nextHop << 16 | (linkLocal ? peer : 0);
    }

    int single(long member) {
        if (member == lastSingle && uses[lastSingleId] > 0) {
            return lastSingleId;
        }
        lastSingleId = id(List.of(member));
        lastSingle = member;
        return lastSingleId;
    }

    int id(List<Long> members) {
        Key key = new Key(List.copyOf(members));
        Integer known = ids.get(key);
        if (known != null) {
            if (uses[known] == 0) {
                define(known); // next-hop numbers are used again: what an idle set stood for may be gone
            }
            return known;
        }
        int id = take();
        if (id == NONE) {
            return NONE;
        }
        ids.put(key, id);
        byId.set(id, key);
        if (id >= uses.length) {
            uses = java.util.Arrays.copyOf(uses, uses.length * 2);
        }
        define(id);
        return id;
    }

    private int take() {
        if (byId.size() <= MAX_ID) {
            byId.add(null);
            return byId.size() - 1;
        }
        if (free.isEmpty()) {
            collectUnused();
        }
        Integer id = free.poll();
        return id == null ? NONE : id;
    }

    private void collectUnused() {
        for (int id = 1; id < byId.size(); id++) {
            Key key = byId.get(id);
            if (key != null && uses[id] == 0) {
                ids.remove(key);
                byId.set(id, null);
                defined.remove(id);
                free.add(id);
            }
        }
        lastSingle = -1;
    }

    void use(int id) {
        uses[id]++;
    }

    void release(int id) {
        uses[id]--;
    }

    /** Resolves again every set that holds one of the next hops; those that lead elsewhere now are to be defined again. */
    void changed(int[] nextHopNumbers) {
        Set<Integer> numbers = new HashSet<>();
        for (int number : nextHopNumbers) {
            numbers.add(number);
        }
        for (int id = 1; id < byId.size(); id++) {
            Key key = byId.get(id);
            // a set that no route uses is resolved when it is used again: until then its peers may be gone
            if (key != null && uses[id] > 0 && key.members.stream().anyMatch(member -> numbers.contains((int) (member >>> 16)))) {
                define(id);
            }
        }
    }

    /**
     * The peer's paths are dead, and will be removed one by one: until that is done its address leaves every set that has another member. So the routes of a
     * lost neighbour move in one definition for each set, however many they are; that each then goes to the set without it is no hurry any more.
     */
    void fell(Peer peer) {
        IpAddress address = peer.address;
        if (address != null && !address.equals(falling.get(peer))) {
            rose(peer);
            falling.put(peer, address);
            around(peer, address);
        }
    }

    /** The peer's paths have been removed: whoever else names its address as a next hop has it again. */
    void rose(Peer peer) {
        IpAddress address = falling.remove(peer);
        if (address != null) {
            around(peer, address);
        }
    }

    private void around(Peer peer, IpAddress address) {
        for (int id = 1; id < byId.size(); id++) {
            Key key = byId.get(id);
            if (key != null && uses[id] > 0 && key.members.stream().anyMatch(member -> isOf(member, peer, address))) {
                define(id);
            }
        }
    }

    /** A link-local next hop is that of the peer which told it; any other is one neighbour's, whoever told it. */
    private boolean isOf(long member, Peer peer, IpAddress address) {
        int from = (int) (member & 0xffff);
        return from == 0 ? nextHops.isAt((int) (member >>> 16), address) : peers.at(from) == peer;
    }

    private boolean isFalling(long member) {
        for (Map.Entry<Peer, IpAddress> each : falling.entrySet()) {
            if (isOf(member, each.getKey(), each.getValue())) {
                return true;
            }
        }
        return false;
    }

    private void define(int id) {
        Key key = byId.get(id);
        if (key == null) {
            return;
        }
        List<NextHop> hops = reachable(key, true);
        if (hops.isEmpty() && !falling.isEmpty()) {
            hops = reachable(key, false); // there is no better one, and a set that routes name has to be there
        }
        if (!hops.isEmpty() && !hops.equals(defined.put(id, List.copyOf(hops)))) {
            toDefine.add(id);
        }
    }

    /** A member that is gone leaves the set at once: this is the failover of all routes that still have another. */
    private List<NextHop> reachable(Key key, boolean withoutFalling) {
        List<NextHop> hops = new ArrayList<>();
        for (long member : key.members) {
            int peer = (int) (member & 0xffff);
            int number = (int) (member >>> 16);
            Peer from = peers.at(peer == 0 ? Peer.LOCAL : peer);
            if (nextHops.reachable(number, from) && !(withoutFalling && isFalling(member))) {
                NextHop hop = nextHops.resolve(number, from);
                if (!hops.contains(hop)) {
                    hops.add(hop);
                }
            }
        }
        return hops;
    }

    /** All sets are to be defined again: the feed is new. */
    void redefineAll() {
        toDefine.clear();
        toDefine.addAll(defined.keySet());
    }

    /** The next set to define, NONE where there is none. */
    int nextToDefine() {
        return toDefine.isEmpty() ? NONE : toDefine.getFirst();
    }

    void defined(int id) {
        toDefine.remove(id);
    }

    List<NextHop> hops(int id) {
        return defined.getOrDefault(id, List.of());
    }
}
