package tombolo.dataplane.adapter.overlay;

import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;
import tombolo.api.route.RouteChanges;
import tombolo.api.route.RouteFeed;

/** One open route feed and what it was given: offers only what differs. One thread. */
final class OverlayRoutes {
    private final RouteFeed feed;
    private final Map<NextHop, Integer> ids = new HashMap<>();
    private final Map<Prefix, NextHop> offered = new HashMap<>();
    private final BitSet used = new BitSet();

    OverlayRoutes(RouteFeed feed) {
        this.feed = feed;
    }

    /** @return false where the feed is full: call again, with whatever is wanted then */
    boolean offer(Map<Prefix, NextHop> wanted) {
        for (AddressFamily family : AddressFamily.values()) {
            List<Prefix> gone = offered.keySet().stream().filter(prefix -> prefix.family() == family && !wanted.containsKey(prefix)).sorted().toList();
            List<Prefix> fresh = wanted.keySet().stream().filter(prefix -> prefix.family() == family && !wanted.get(prefix).equals(offered.get(prefix))).sorted().toList();
            if (!offer(family, gone, wanted) || !offer(family, fresh, wanted)) {
                return false;
            }
        }
        forgetUnused();
        for (AddressFamily family : AddressFamily.values()) {
            feed.inSync(family);
        }
        return true;
    }

    private boolean offer(AddressFamily family, List<Prefix> prefixes, Map<Prefix, NextHop> wanted) {
        for (int from = 0; from < prefixes.size(); from += RouteChanges.CAPACITY) {
            List<Prefix> some = prefixes.subList(from, Math.min(prefixes.size(), from + RouteChanges.CAPACITY));
            RouteChanges changes = new RouteChanges(family, some.size());
            for (Prefix prefix : some) {
                NextHop hop = wanted.get(prefix);
                int id = hop == null ? RouteChanges.WITHDRAW : define(hop);
                if (hop != null && id < 0) {
                    return false;
                }
                changes.add(prefix.address().hi(), prefix.address().lo(), prefix.length(), id);
            }
            if (!feed.offer(changes)) {
                return false;
            }
            for (Prefix prefix : some) {
                NextHop hop = wanted.get(prefix);
                if (hop == null) {
                    offered.remove(prefix);
                } else {
                    offered.put(prefix, hop);
                }
            }
        }
        return true;
    }

    /** The id of a next hop; -1 where the feed is full. */
    private int define(NextHop hop) {
        Integer known = ids.get(hop);
        if (known != null) {
            return known;
        }
        int id = used.nextClearBit(0); // far below the feed's 65,536: the plan has fewer peers
        if (!feed.define(id, List.of(hop))) {
            return -1;
        }
        ids.put(hop, id);
        used.set(id);
        return id;
    }

    private void forgetUnused() {
        if (ids.keySet().retainAll(new HashSet<>(offered.values()))) {
            used.clear();
            ids.values().forEach(used::set);
        }
    }

    void close() {
        feed.close();
    }
}
