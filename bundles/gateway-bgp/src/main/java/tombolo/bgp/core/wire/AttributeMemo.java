package tombolo.bgp.core.wire;

import java.util.Arrays;

/**
 * Remembers for attribute sets a number that was computed from each. Holds no references: an entry counts only while its set has not been released and its
 * number given out again. Entries are overwritten by others, so that the memory is bounded: 16 octets for each, at most the capacity asked for.
 */
public final class AttributeMemo {
    /** What {@link #get} answers for a set that is not remembered. */
    public static final int MISSING = Integer.MIN_VALUE;
    private static final int ENTRY = 4;
    private static final int FIRST_CAPACITY = 256;

    private final AttributeTable table;
    private final int maxCapacity;
    /** Key, its generation, value, generation of the value where that is a set. */
    private int[] entries = new int[FIRST_CAPACITY * ENTRY];
    private int mask = FIRST_CAPACITY - 1;

    /** @param maxCapacity a power of two, at least 256 */
    public AttributeMemo(AttributeTable table, int maxCapacity) {
        if (maxCapacity < FIRST_CAPACITY || Integer.bitCount(maxCapacity) != 1) {
            throw new IllegalArgumentException("a capacity of " + maxCapacity + ": wanted a power of two from " + FIRST_CAPACITY);
        }
        this.table = table;
        this.maxCapacity = maxCapacity;
    }

    /** The number remembered for a set, or {@link #MISSING}. */
    public int get(int id) {
        int at = (id & mask) * ENTRY;
        return entries[at] == id && entries[at + 1] == table.generation(id) ? entries[at + 2] : MISSING;
    }

    public void put(int id, int value) {
        int at = slot(id);
        entries[at + 2] = value;
    }

    /** As {@link #get} where the number is itself a set: MISSING also where that set is gone. The caller takes its own reference. */
    public int getSet(int id) {
        int at = (id & mask) * ENTRY;
        if (entries[at] != id || entries[at + 1] != table.generation(id)) {
            return MISSING;
        }
        int value = entries[at + 2];
        return value <= 0 || table.inUse(value) && table.generation(value) == entries[at + 3] ? value : MISSING;
    }

    /** @param value a set in use, or a number below 1 that means something to the caller */
    public void putSet(int id, int value) {
        int at = slot(id);
        entries[at + 2] = value;
        entries[at + 3] = value > 0 ? table.generation(value) : 0;
    }

    /** Forgets all: what the numbers were computed by has changed. */
    public void clear() {
        Arrays.fill(entries, 0);
    }

    private int slot(int id) {
        if (id > mask && mask + 1 < maxCapacity) {
            entries = new int[Math.min(maxCapacity, Integer.highestOneBit(id) * 2) * ENTRY];
            mask = entries.length / ENTRY - 1;
        }
        int at = (id & mask) * ENTRY;
        entries[at] = id;
        entries[at + 1] = table.generation(id);
        return at;
    }
}
