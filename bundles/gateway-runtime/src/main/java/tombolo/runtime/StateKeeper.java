package tombolo.runtime;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds the tables of a subsystem while its bundle is swapped: named regions made only of the JDK's primitive arrays, so that no class of the swapped
 * bundle stays reachable. A bundle puts its region here when it has stopped in a consistent state, and takes it out when it starts: a region is owned by
 * exactly one side at a time. A region that was not put back (a crash inside the bundle) is simply not there: the bundle then rebuilds. Any thread.
 */
public final class StateKeeper {
    /** More subsystems than the node has bundles would be a leak. */
    private static final int MAX_REGIONS = 32;

    private final Map<String, Region> regions = new TreeMap<>();

    /**
     * @param layoutVersion the writer's version of the layout: a reader with another one must rebuild
     * @param scalars counters and sizes by name; @param tables by name: {@code long[]}, {@code int[]}, {@code byte[]}, or arrays of these
     */
    public record Region(int layoutVersion, Map<String, Long> scalars, Map<String, Object> tables) {
        public Region {
            scalars = Map.copyOf(scalars);
            tables = Map.copyOf(tables);
            tables.forEach((name, table) -> {
                Class<?> type = table.getClass();
                while (type.isArray()) {
                    type = type.getComponentType();
                }
                if (!type.isPrimitive()) {
                    throw new IllegalArgumentException("table '" + name + "' is a " + table.getClass().getName() + ": only primitive arrays may outlive a bundle");
                }
            });
        }
    }

    /** Puts a region under a name, replacing what was there. */
    public synchronized void put(String name, Region region) {
        if (!regions.containsKey(name) && regions.size() >= MAX_REGIONS) {
            throw new IllegalStateException("more than " + MAX_REGIONS + " regions");
        }
        regions.put(name, region);
    }

    /** Takes a region out; empty where there is none, or one of another layout version (which is then dropped: its owner rebuilds). */
    public synchronized Optional<Region> take(String name, int layoutVersion) {
        @Nullable Region region = regions.remove(name);
        return region != null && region.layoutVersion() == layoutVersion ? Optional.of(region) : Optional.empty();
    }
}
