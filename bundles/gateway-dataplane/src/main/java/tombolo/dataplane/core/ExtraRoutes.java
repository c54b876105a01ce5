package tombolo.dataplane.core;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Routes of ours that stand beside the one that their prefix's row stands for, under another metric: the old one after a change of metric, or what earlier
 * settings left. Bounded: what does not fit is found by the next dump. One thread.
 */
final class ExtraRoutes {
    private static final int LIMIT = 100_000;

    record Extra(boolean v6, long hi, long lo, int length, long metric) { }

    private final Feeds feeds;
    /** Which to remove, and whether now or only once it may be swept. */
    private final Map<Extra, Boolean> extras = new LinkedHashMap<>();

    ExtraRoutes(Feeds feeds) {
        this.feeds = feeds;
    }

    void add(RouteTable rows, int slot, long metric, boolean now) {
        if (extras.size() < LIMIT) {
            extras.merge(of(rows, slot, metric), now, Boolean::logicalOr);
        }
    }

    boolean remove(Extra extra) {
        return !extras.isEmpty() && extras.remove(extra) != null;
    }

    /** Takes the one of a row's prefix with that metric. */
    Optional<Extra> take(RouteTable rows, int slot, long metric) {
        if (extras.isEmpty()) {
            return Optional.empty(); // nearly always: no object for each route written
        }
        Extra extra = of(rows, slot, metric);
        return extras.remove(extra) == null ? Optional.empty() : Optional.of(extra);
    }

    void allNow() {
        extras.replaceAll((extra, now) -> true);
    }

    boolean anyDue() {
        return extras.entrySet().stream().anyMatch(this::due);
    }

    /** Takes one that may be removed now. */
    Optional<Extra> takeDue() {
        for (Iterator<Map.Entry<Extra, Boolean>> all = extras.entrySet().iterator(); all.hasNext();) {
            Map.Entry<Extra, Boolean> entry = all.next();
            if (due(entry)) {
                all.remove();
                return Optional.of(entry.getKey());
            }
        }
        return Optional.empty();
    }

    private boolean due(Map.Entry<Extra, Boolean> entry) {
        return entry.getValue() || feeds.sweepable(entry.getKey().v6, entry.getKey().metric);
    }

    private static Extra of(RouteTable rows, int slot, long metric) {
        return new Extra(rows.isV6(), rows.hi(slot), rows.lo(slot), rows.length(slot), metric);
    }
}
