package tombolo.dataplane.core;

import java.util.BitSet;
import java.util.function.IntConsumer;

/**
 * The next-hop ids whose set has changed, and a cursor over both tables that finds their routes. It needs no list of routes for each id: looking through a
 * million rows takes 10 ms, and is done in steps. One thread.
 */
final class Redefinitions {
    /** Slots looked at in one step: a tenth of a millisecond. */
    private static final int STEP = 1 << 16;

    private final RouteTable[] tables;
    private final BitSet changed = new BitSet();
    private int family;
    private int slot;
    private int epoch;

    Redefinitions(RouteTable[] tables) {
        this.tables = tables;
    }

    boolean isEmpty() {
        return changed.isEmpty();
    }

    /** An id (with its feed, as in {@link RouteTable#desired}) has a new set: the search starts over, which costs nothing for rows that are right already. */
    void add(int desired) {
        changed.set(desired);
        start(0);
    }

    void forget(int feed) {
        changed.clear(feed << 16, feed + 1 << 16);
    }

    /** Looks through one step's worth of slots, until the batch is full; the action gets the slots of {@link #table}. */
    void search(Batch batch, IntConsumer action) {
        RouteTable rows = table();
        if (rows.epoch() != epoch) {
            start(family); // rehashed
        }
        int end = Math.min(rows.capacity(), slot + STEP);
        while (slot < end && !batch.isFull()) {
            int here = slot++;
            if (rows.used(here) && rows.desired(here) != RouteTable.NONE && changed.get(rows.desired(here))) {
                action.accept(here);
            }
        }
        if (slot == rows.capacity()) {
            if (family == 1) {
                changed.clear();
            }
            start(family ^ 1);
        }
    }

    RouteTable table() {
        return tables[family];
    }

    private void start(int first) {
        family = first;
        slot = 0;
        epoch = tables[first].epoch();
    }
}
