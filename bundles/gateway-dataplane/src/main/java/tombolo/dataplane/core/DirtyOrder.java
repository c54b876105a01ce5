package tombolo.dataplane.core;

import java.util.Arrays;

/**
 * In which order the dirty rows of one table are written: windows of many rows, each sorted by address. The table's own order is that of its hash, in which
 * every insertion meets a part of the kernel's trie that no cache holds; neighbours written one after another share it. A row that becomes dirty waits for the
 * windows before it, at most once around the table. One thread.
 */
final class DirtyOrder {
    /** Rows of one window: what the kernel does in 40 ms. Measured with a million routes: 5 % faster than the hash's order; larger windows gain no more. */
    private static final int WINDOW = 1 << 13;
    private static final int SLOT_BITS = 27; // RouteTable has at most so many slots

    private long[] window = new long[64]; // address bits << SLOT_BITS | slot
    private int size;
    private int at;
    private int epoch = -1;
    private int cursor;

    /** The next dirty slot, or -1 where there is none. */
    int next(RouteTable rows) {
        while (true) {
            if (at == size || epoch != rows.epoch()) {
                fill(rows);
                if (size == 0) {
                    return -1;
                }
            }
            int slot = (int) window[at++] & (1 << SLOT_BITS) - 1;
            if (rows.dirty(slot)) { // else written or removed meanwhile
                return slot;
            }
        }
    }

    private void fill(RouteTable rows) {
        at = 0;
        size = 0;
        if (epoch != rows.epoch()) {
            epoch = rows.epoch();
            cursor = 0;
        }
        int wanted = Math.min(WINDOW, rows.dirtyCount());
        if (window.length < wanted) {
            window = new long[wanted < WINDOW / 8 ? WINDOW / 8 : WINDOW];
        }
        int slot = rows.nextDirty(cursor);
        for (; size < wanted; size++) {
            if (slot < 0) {
                slot = rows.nextDirty(0); // once around; what was taken already is behind
            }
            window[size] = key(rows, slot) << SLOT_BITS | slot;
            cursor = slot + 1;
            slot = rows.nextDirty(cursor);
        }
        Arrays.sort(window, 0, size);
    }

    private static long key(RouteTable rows, int slot) {
        return rows.isV6() ? rows.hi(slot) >>> 28 : rows.lo(slot);
    }
}
