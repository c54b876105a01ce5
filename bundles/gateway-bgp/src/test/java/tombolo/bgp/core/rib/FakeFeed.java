package tombolo.bgp.core.rib;

import java.util.HashMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;
import tombolo.api.route.RouteChanges;
import tombolo.api.route.RouteFeed;

/** The kernel as the data plane would make it. */
final class FakeFeed implements RouteFeed {
    final Map<Prefix, Integer> ids = new TreeMap<>();
    final Map<Integer, List<NextHop>> sets = new HashMap<>();
    /** How many rows had come when a set was defined last. */
    final Map<Integer, Integer> rowsAtDefine = new HashMap<>();
    final Set<AddressFamily> inSync = EnumSet.noneOf(AddressFamily.class);
    boolean full;
    int offers;
    int defines;
    int rows;

    @Override
    public boolean define(int id, List<NextHop> nextHops) {
        if (full) {
            return false;
        }
        defines++;
        sets.put(id, nextHops);
        rowsAtDefine.put(id, rows);
        return true;
    }

    @Override
    public boolean offer(RouteChanges changes) {
        if (full) {
            return false;
        }
        offers++;
        for (int row = 0; row < changes.size(); row++) {
            rows++;
            if (changes.nextHops(row) == RouteChanges.WITHDRAW) {
                ids.remove(changes.prefix(row));
            } else {
                if (!sets.containsKey(changes.nextHops(row))) {
                    throw new AssertionError("set " + changes.nextHops(row) + " used before it was defined");
                }
                ids.put(changes.prefix(row), changes.nextHops(row));
            }
        }
        return true;
    }

    String route(String prefix) {
        Integer id = ids.get(Prefix.parse(prefix));
        return id == null ? "none" : String.valueOf(sets.get(id));
    }

    @Override
    public void inSync(AddressFamily family) {
        inSync.add(family);
    }

    @Override
    public void close() { }

    @Override
    public void removeAll() {
        ids.clear();
    }
}
