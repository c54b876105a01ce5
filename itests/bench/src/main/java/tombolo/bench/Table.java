package tombolo.bench;

import java.util.Arrays;
import java.util.SplittableRandom;

/** A generated routing table: prefixes in groups that share their attributes. The same seed gives the same table. */
final class Table {
    /** Prefixes to an attribute set, on average: seen in a full Internet feed of 577,706 prefixes in 89,675 messages. */
    private static final double PREFIXES_PER_SET = 6.4;
    private static final int FIRST_OCTETS = 223;

    final int[] address;
    final byte[] length;
    /** Set {@code s} has the prefixes {@code setStart[s]} to {@code setStart[s + 1] - 1}. */
    final int[] setStart;
    /** AS numbers behind the peer's own, per set. */
    final int[][] path;
    /** Standard communities per set, ascending. */
    final int[][] communities;
    private final long[] slots;
    private final int[] slotIndex;

    Table(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        address = new int[count];
        length = new byte[count];
        int capacity = Integer.highestOneBit(Math.max(16, count)) * 4;
        slots = new long[capacity];
        slotIndex = new int[capacity];
        for (int i = 0; i < count; ) {
            byte len = randomLength(random);
            int candidate = random.nextInt() & mask(len);
            if (usable(candidate) && remember(key(candidate, len), i)) {
                address[i] = candidate;
                length[i] = len;
                i++;
            }
        }
        setStart = sets(random, count);
        path = new int[sets()][];
        communities = new int[sets()][];
        for (int s = 0; s < sets(); s++) {
            path[s] = random.ints(1 + random.nextInt(5), 1_000, 400_000).map(as -> as >= 23_456 && as < 70_000 ? as + 70_000 : as).toArray();
            communities[s] = random.ints(random.nextInt(4), 0x00010001, 0x7FFF0000).sorted().distinct().toArray();
        }
    }

    int size() {
        return address.length;
    }

    int sets() {
        return setStart.length - 1;
    }

    /** The number of a prefix in this table, or -1. */
    int indexOf(int prefix, int len) {
        long key = key(prefix, len);
        int at = slot(key);
        while (slots[at] != 0) {
            if (slots[at] == key) {
                return slotIndex[at];
            }
            at = (at + 1) & (slots.length - 1);
        }
        return -1;
    }

    private boolean remember(long key, int index) {
        int at = slot(key);
        while (slots[at] != 0) {
            if (slots[at] == key) {
                return false;
            }
            at = (at + 1) & (slots.length - 1);
        }
        slots[at] = key;
        slotIndex[at] = index;
        return true;
    }

    private int slot(long key) {
        long h = key * 0x9E3779B97F4A7C15L;
        return (int) (h >>> 40) & (slots.length - 1);
    }

    private static long key(int prefix, int len) {
        return (prefix & 0xFFFFFFFFL) << 8 | len | 1L << 40;
    }

    static int mask(int len) {
        return len == 0 ? 0 : -1 << (32 - len);
    }

    /** 60 % /24, 24 % /22 and /23, the rest /16 to /21. */
    private static byte randomLength(SplittableRandom random) {
        int percent = random.nextInt(100);
        if (percent < 60) {
            return 24;
        }
        return (byte) (percent < 84 ? 22 + random.nextInt(2) : 16 + random.nextInt(6));
    }

    /** No class D or E, no loopback, nothing that a router may refuse as a martian, and not the network of the benchmark. */
    private static boolean usable(int prefix) {
        int first = prefix >>> 24;
        int second = prefix >>> 16 & 255;
        return first >= 1 && first <= FIRST_OCTETS && first != 10 && first != 127 && !(first == 169 && second == 254)
            && !(first == 172 && second >= 16 && second < 32) && !(first == 192 && (second == 168 || second == 0)) && !(first == 198 && (second == 18 || second == 19))
            && !(first == 100 && second >= 64 && second < 128);
    }

    private static int[] sets(SplittableRandom random, int count) {
        int[] starts = new int[count + 1];
        int sets = 0;
        int at = 0;
        while (at < count) {
            starts[sets++] = at;
            // Geometric: many sets with one prefix, few with many. At most 400, which fits into one message.
            int size = 1 + (int) Math.min(399, Math.log(1 - random.nextDouble()) / Math.log(1 - 1 / PREFIXES_PER_SET));
            at = Math.min(count, at + size);
        }
        starts[sets] = count;
        return Arrays.copyOf(starts, sets + 1);
    }
}
