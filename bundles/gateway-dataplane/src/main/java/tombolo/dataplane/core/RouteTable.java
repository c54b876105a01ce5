package tombolo.dataplane.core;

import java.util.Arrays;

/**
 * The routes of one family, wanted and actual, in one open-addressing hash table of primitive columns: 16 bytes a slot for IPv4 and 25 for IPv6, at a load of
 * 3/8 to 3/4, and no object per route.
 *
 * <pre>
 *  key          desired                        actual                                            dirty (1 bit)
 *  prefix       feed (5 bits) | id (16 bits)   flags (8 bits) | content number (24 bits)         the kernel must be written
 *               NONE: nobody wants it          content 0: not in the kernel
 * </pre>
 *
 * A slot number is valid until {@link #epoch} changes (a rehash) or the row is removed. A row that is not wanted and not in the kernel should be removed by
 * whoever made it so. One thread.
 */
public abstract class RouteTable {
    /** Nobody wants the route. */
    public static final int NONE = -1;
    static final int CONTENT_MASK = 0xffffff;
    /** The last dump, or a write since it began, has seen the route. */
    public static final int SEEN = 1 << 24;
    /** The kernel refused it. */
    public static final int FAILED = 1 << 25;
    /** It was refused since a foreign route has the same prefix and metric. */
    public static final int CONFLICT = 1 << 26;
    private static final int INITIAL = 1024;
    /** 64 million rows; the kernel would need 13 GB for them. */
    private static final int LARGEST = 1 << 27;

    private int[] desired;
    private int[] actual;
    private long[] dirty;
    private int occupied; // rows and tombstones
    private int size;
    private int desiredCount;
    private int installedCount;
    private int dirtyCount;
    private int failedCount;
    private int epoch;
    private int mask;

    RouteTable() {
        allocateColumns(INITIAL);
    }

    /** The table for IPv4 or IPv6. */
    public static RouteTable of(boolean v6) {
        return v6 ? new RouteTable6() : new RouteTable4();
    }

    public abstract boolean isV6();

    public abstract long hi(int slot);

    public abstract long lo(int slot);

    public abstract int length(int slot);

    public abstract boolean used(int slot);

    abstract boolean matches(int slot, long hi, long lo, int length);

    abstract boolean free(int slot);

    abstract void setKey(int slot, long hi, long lo, int length);

    abstract void bury(int slot);

    abstract void allocateKeys(int capacity);

    /** Keeps the old keys aside, for {@link #rehash}: answers an object that the same class reads. */
    abstract RouteTable keysOnly();

    /** The slot of a prefix, or -1. */
    public int find(long hi, long lo, int length) {
        for (int slot = hash(hi, lo, length) & mask; !free(slot); slot = slot + 1 & mask) {
            if (matches(slot, hi, lo, length)) {
                return slot;
            }
        }
        return -1;
    }

    /** The slot of a prefix, made where there is none; may rehash. */
    public int findOrAdd(long hi, long lo, int length) {
        int slot = find(hi, lo, length);
        if (slot >= 0) {
            return slot;
        }
        if (occupied >= capacity() / 4 * 3) {
            rehash();
        }
        slot = hash(hi, lo, length) & mask;
        while (used(slot)) {
            slot = slot + 1 & mask;
        }
        if (free(slot)) {
            occupied++;
        }
        setKey(slot, hi, lo, length);
        desired[slot] = NONE;
        actual[slot] = 0;
        size++;
        return slot;
    }

    public void remove(int slot) {
        desired(slot, NONE);
        content(slot, 0);
        flag(slot, FAILED | CONFLICT, false);
        dirty(slot, false);
        bury(slot);
        size--;
    }

    public int capacity() {
        return mask + 1;
    }

    public int size() {
        return size;
    }

    public int desiredCount() {
        return desiredCount;
    }

    public int installedCount() {
        return installedCount;
    }

    public int dirtyCount() {
        return dirtyCount;
    }

    public int failedCount() {
        return failedCount;
    }

    /** Changes when slot numbers do. */
    public int epoch() {
        return epoch;
    }

    public int desired(int slot) {
        return desired[slot];
    }

    public void desired(int slot, int value) {
        desiredCount += (value == NONE ? 0 : 1) - (desired[slot] == NONE ? 0 : 1);
        desired[slot] = value;
    }

    /** The number of the content that the kernel has, 0 for none. */
    public int content(int slot) {
        return actual[slot] & CONTENT_MASK;
    }

    public void content(int slot, int content) {
        installedCount += (content == 0 ? 0 : 1) - (content(slot) == 0 ? 0 : 1);
        actual[slot] = actual[slot] & ~CONTENT_MASK | content;
    }

    public boolean flagged(int slot, int flag) {
        return (actual[slot] & flag) != 0;
    }

    public void flag(int slot, int flags, boolean on) {
        boolean failedBefore = flagged(slot, FAILED);
        actual[slot] = on ? actual[slot] | flags : actual[slot] & ~flags;
        failedCount += (flagged(slot, FAILED) ? 1 : 0) - (failedBefore ? 1 : 0);
    }

    public boolean dirty(int slot) {
        return (dirty[slot >>> 6] & 1L << slot) != 0;
    }

    public void dirty(int slot, boolean on) {
        long bit = 1L << slot;
        boolean before = (dirty[slot >>> 6] & bit) != 0;
        if (before != on) {
            dirty[slot >>> 6] ^= bit;
            dirtyCount += on ? 1 : -1;
        }
    }

    /** The first dirty slot at or behind a position, or -1. */
    public int nextDirty(int from) {
        int word = from >>> 6;
        if (dirtyCount == 0 || word >= dirty.length) {
            return -1;
        }
        long bits = dirty[word] & -1L << from;
        while (bits == 0) {
            if (++word == dirty.length) {
                return -1;
            }
            bits = dirty[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    private void rehash() {
        // Many tombstones: the same size will do; else twice as much.
        int capacity = size >= capacity() / 8 * 3 ? capacity() * 2 : capacity();
        if (capacity > LARGEST) {
            throw new IllegalStateException("more than " + LARGEST / 4 * 3 + " routes");
        }
        RouteTable keys = keysOnly();
        int[] oldDesired = desired;
        int[] oldActual = actual;
        long[] oldDirty = dirty;
        allocateColumns(capacity);
        for (int old = 0; old < oldDesired.length; old++) {
            if (keys.used(old)) {
                int slot = hash(keys.hi(old), keys.lo(old), keys.length(old)) & mask;
                while (used(slot)) {
                    slot = slot + 1 & mask;
                }
                setKey(slot, keys.hi(old), keys.lo(old), keys.length(old));
                desired[slot] = oldDesired[old];
                actual[slot] = oldActual[old];
                if ((oldDirty[old >>> 6] & 1L << old) != 0) {
                    dirty[slot >>> 6] |= 1L << slot;
                }
            }
        }
        occupied = size;
        epoch++;
    }

    private void allocateColumns(int capacity) {
        allocateKeys(capacity);
        desired = new int[capacity];
        actual = new int[capacity];
        dirty = new long[Math.max(1, capacity >>> 6)];
        Arrays.fill(desired, NONE);
        mask = capacity - 1;
    }

    private static int hash(long hi, long lo, int length) {
        long mixed = (lo ^ hi * 0x9e3779b97f4a7c15L) + length;
        mixed = (mixed ^ mixed >>> 32) * 0xd6e8feb86659fd93L;
        mixed = (mixed ^ mixed >>> 32) * 0xd6e8feb86659fd93L;
        return (int) (mixed ^ mixed >>> 32);
    }

    private static final class RouteTable4 extends RouteTable {
        private static final long FREE = -1;
        private static final long BURIED = -2;
        private long[] keys; // address << 8 | length

        private RouteTable4() {
        }

        private RouteTable4(long[] keys) {
            this.keys = keys;
        }

        @Override
        public boolean isV6() {
            return false;
        }

        @Override
        public long hi(int slot) {
            return 0;
        }

        @Override
        public long lo(int slot) {
            return keys[slot] >>> 8;
        }

        @Override
        public int length(int slot) {
            return (int) keys[slot] & 0xff;
        }

        @Override
        public boolean used(int slot) {
            return keys[slot] >= 0;
        }

        @Override
        boolean matches(int slot, long hi, long lo, int length) {
            return keys[slot] == (lo << 8 | length);
        }

        @Override
        boolean free(int slot) {
            return keys[slot] == FREE;
        }

        @Override
        void setKey(int slot, long hi, long lo, int length) {
            keys[slot] = lo << 8 | length;
        }

        @Override
        void bury(int slot) {
            keys[slot] = BURIED;
        }

        @Override
        void allocateKeys(int capacity) {
            keys = new long[capacity];
            Arrays.fill(keys, FREE);
        }

        @Override
        RouteTable keysOnly() {
            return new RouteTable4(keys);
        }
    }

    private static final class RouteTable6 extends RouteTable {
        private static final byte FREE = (byte) 0xff;
        private static final byte BURIED = (byte) 0xfe;
        private long[] hi;
        private long[] lo;
        private byte[] lengths;

        private RouteTable6() {
        }

        private RouteTable6(long[] hi, long[] lo, byte[] lengths) {
            this.hi = hi;
            this.lo = lo;
            this.lengths = lengths;
        }

        @Override
        public boolean isV6() {
            return true;
        }

        @Override
        public long hi(int slot) {
            return hi[slot];
        }

        @Override
        public long lo(int slot) {
            return lo[slot];
        }

        @Override
        public int length(int slot) {
            return lengths[slot] & 0xff;
        }

        @Override
        public boolean used(int slot) {
            return lengths[slot] != FREE && lengths[slot] != BURIED;
        }

        @Override
        boolean matches(int slot, long hi, long lo, int length) {
            return this.lo[slot] == lo && this.hi[slot] == hi && lengths[slot] == (byte) length;
        }

        @Override
        boolean free(int slot) {
            return lengths[slot] == FREE;
        }

        @Override
        void setKey(int slot, long hi, long lo, int length) {
            this.hi[slot] = hi;
            this.lo[slot] = lo;
            lengths[slot] = (byte) length;
        }

        @Override
        void bury(int slot) {
            lengths[slot] = BURIED;
        }

        @Override
        void allocateKeys(int capacity) {
            hi = new long[capacity];
            lo = new long[capacity];
            lengths = new byte[capacity];
            Arrays.fill(lengths, FREE);
        }

        @Override
        RouteTable keysOnly() {
            return new RouteTable6(hi, lo, lengths);
        }
    }
}
