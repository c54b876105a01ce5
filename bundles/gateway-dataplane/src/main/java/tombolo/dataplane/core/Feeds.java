package tombolo.dataplane.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The open feeds by number, who inherits a route, and whether leftovers may be swept. One thread. */
final class Feeds {
    /** Feeds of what this node itself is given. They are in sync early, and that says nothing about the routes that BGP left in the kernel. */
    private static final Set<String> LOCAL = Set.of(DesiredRoutes.STATIC, "ipam", "overlay");

    private final long staticMetric;
    private final List<Optional<Feed>> open = new ArrayList<>();

    /** @param staticMetric the metric by which leftovers of the static feed are known, or -1 where it tells nothing */
    Feeds(long staticMetric) {
        this.staticMetric = staticMetric;
        for (int i = 0; i < DesiredRoutes.FEEDS; i++) {
            open.add(Optional.empty());
        }
    }

    Optional<Feed> of(String owner) {
        return open.stream().flatMap(Optional::stream).filter(feed -> feed.owner().equals(owner)).findFirst();
    }

    /** The number of the new feed, or -1 where there are too many. */
    int add(String owner, int preference) {
        for (int number = 0; number < DesiredRoutes.FEEDS; number++) {
            if (open.get(number).isEmpty()) {
                open.set(number, Optional.of(new Feed(number, owner, preference)));
                return number;
            }
        }
        return -1;
    }

    void remove(int number) {
        open.set(number, Optional.empty());
    }

    Optional<Feed> get(int number) {
        return open.get(number);
    }

    void forEach(Consumer<Feed> action) {
        open.forEach(feed -> feed.ifPresent(action));
    }

    /** The feed of a row's desired value, which must not be {@link RouteTable#NONE}. */
    Feed holder(int desired) {
        return open.get(desired >>> 16).orElseThrow();
    }

    /** The content that a row's desired value stands for; 0 for none, or for an id that is not defined yet. */
    int content(int desired) {
        return desired == RouteTable.NONE ? 0 : holder(desired).content(desired & 0xffff);
    }

    /** The best of the feeds whose route the holder of this row outdoes. */
    Optional<Feed> heir(RouteTable rows, int slot) {
        Optional<Feed> heir = Optional.empty();
        for (Optional<Feed> candidate : open) {
            Optional<RouteTable> shadowed = candidate.flatMap(feed -> feed.shadowed(rows.isV6()));
            if (shadowed.isPresent() && shadowed.get().find(rows.hi(slot), rows.lo(slot), rows.length(slot)) >= 0
                    && (heir.isEmpty() || candidate.get().outdoes(heir.get()))) {
                heir = candidate;
            }
        }
        return heir;
    }

    /**
     * Whether a leftover of that metric may go. A leftover does not say who wanted it, but static routes bear their own metric: those wait for the static
     * feed only. All others wait for every open feed, and for one that is not {@link #LOCAL}: a node whose BGP has not started yet keeps forwarding.
     */
    boolean sweepable(boolean v6, long metric) {
        boolean statics = false;
        boolean others = false;
        for (Optional<Feed> one : open) {
            if (one.isPresent()) {
                boolean isStatic = one.get().owner().equals(DesiredRoutes.STATIC);
                boolean synced = one.get().inSync(v6);
                if (!synced && !(metric == staticMetric && !isStatic)) {
                    return false;
                }
                statics |= isStatic && synced;
                others |= !LOCAL.contains(one.get().owner()) && synced;
            }
        }
        return metric == staticMetric ? statics : others;
    }
}
