package tombolo.bgp.core.filter;

import java.util.List;
import tombolo.api.config.FilterSettings.PrefixRange;
import tombolo.api.net.AddressFamily;

/**
 * Ranges of prefixes ({@code 10.0.0.0/8 ge 16 le 24}). Asking takes one hash probe for each different length among the base prefixes of the family, however
 * many ranges there are.
 */
final class PrefixSet {
    /** A slot: hi, lo, base length + 1 (0: free) with bit 8 family IPv6 and bit 9 "length 128 is in", then the set of lengths 0-127. */
    private static final int SLOT = 5;
    private static final int IPV6_BIT = 1 << 8;
    private static final int FULL_LENGTH_BIT = 1 << 9;

    private final long[] slots;
    private final int mask;
    private final int[] lengths4;
    private final int[] lengths6;

    PrefixSet(List<PrefixRange> ranges) {
        int capacity = Math.max(4, Integer.highestOneBit(Math.max(1, ranges.size()) * 2) * 2);
        slots = new long[capacity * SLOT];
        mask = capacity - 1;
        ranges.forEach(this::add);
        lengths4 = baseLengths(ranges, AddressFamily.IPV4);
        lengths6 = baseLengths(ranges, AddressFamily.IPV6);
    }

    private static int[] baseLengths(List<PrefixRange> ranges, AddressFamily family) {
        return ranges.stream().filter(range -> range.prefix().family() == family).mapToInt(range -> range.prefix().length()).distinct().sorted().toArray();
    }

    private void add(PrefixRange range) {
        boolean ipv6 = range.prefix().family() == AddressFamily.IPV6;
        int key = range.prefix().length() + 1 | (ipv6 ? IPV6_BIT : 0);
        int at = slot(range.prefix().address().hi(), range.prefix().address().lo(), key);
        slots[at] = range.prefix().address().hi();
        slots[at + 1] = range.prefix().address().lo();
        slots[at + 2] |= key;
        for (int length = range.ge(); length <= range.le(); length++) {
            if (length == 128) {
                slots[at + 2] |= FULL_LENGTH_BIT;
            } else {
                slots[at + 3 + (length >> 6)] |= 1L << length;
            }
        }
    }

    boolean contains(AddressFamily family, long hi, long lo, int length) {
        boolean ipv6 = family == AddressFamily.IPV6;
        for (int base : ipv6 ? lengths6 : lengths4) {
            if (base > length) {
                return false;
            }
            long maskedHi = ipv6 ? hi & lead(Math.min(base, 64)) : 0;
            long maskedLo = ipv6 ? base <= 64 ? 0 : lo & lead(base - 64) : lo & lead(base) >>> 32;
            int at = slot(maskedHi, maskedLo, base + 1 | (ipv6 ? IPV6_BIT : 0));
            boolean in = length == 128 ? (slots[at + 2] & FULL_LENGTH_BIT) != 0 : (slots[at + 3 + (length >> 6)] >>> length & 1) != 0;
            if (in) {
                return true;
            }
        }
        return false;
    }

    /** The first {@code bits} of 64. */
    private static long lead(int bits) {
        return bits == 0 ? 0 : -1L << 64 - bits;
    }

    /** Where the base prefix stands, or the free slot where it would. */
    private int slot(long hi, long lo, int key) {
        long mixed = (hi * 0x9E3779B97F4A7C15L ^ lo) * 0xBF58476D1CE4E5B9L + key * 0x94D049BB133111EBL;
        int index = (int) (mixed >>> 33 ^ mixed) & mask;
        while (true) {
            int at = index * SLOT;
            if (slots[at + 2] == 0 || slots[at] == hi && slots[at + 1] == lo && (slots[at + 2] & ~FULL_LENGTH_BIT) == key) {
                return at;
            }
            index = index + 1 & mask;
        }
    }
}
