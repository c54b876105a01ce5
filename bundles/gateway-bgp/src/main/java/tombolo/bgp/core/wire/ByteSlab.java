package tombolo.bgp.core.wire;

import java.util.Arrays;

/**
 * Octet strings in large pages, so that a hundred thousand attribute sets are not a hundred thousand objects. A location is an index in units of
 * {@value #UNIT} octets. Freed room is kept in one list for each size class; the owner moves everything into a fresh slab when too much is free.
 */
final class ByteSlab {
    static final int UNIT = 8;
    /** 256 KiB: holds the longest attribute set (65,535 octets) four times, and is small beside a full table. */
    private static final int PAGE_UNITS = 1 << 15;
    private static final int PAGE_SHIFT = 15;
    /** Up to 512 octets each number of units is a class of its own; above, four classes for each doubling. */
    private static final int EXACT_CLASSES = 64;
    private static final int CLASSES = EXACT_CLASSES + 4 * 7;

    private byte[][] pages = {};
    private int bump;
    private final int[] freeHeads = new int[CLASSES];
    private long usedUnits;

    ByteSlab() {
        Arrays.fill(freeHeads, -1);
    }

    private ByteSlab(byte[][] pages, int bump, int[] freeHeads, long usedUnits) {
        this.pages = pages;
        this.bump = bump;
        this.usedUnits = usedUnits;
        System.arraycopy(freeHeads, 0, this.freeHeads, 0, CLASSES);
    }

    static ByteSlab adopt(byte[][] pages, int bump, int[] freeHeads, long usedUnits) {
        return new ByteSlab(pages, bump, freeHeads, usedUnits);
    }

    byte[] page(int location) {
        return pages[location >>> PAGE_SHIFT];
    }

    static int offset(int location) {
        return (location & PAGE_UNITS - 1) * UNIT;
    }

    /** Room for {@code length} octets, 0 to 65535. */
    int allocate(int length) {
        int sizeClass = classOf(length);
        int units = unitsOf(sizeClass);
        usedUnits += units;
        int free = freeHeads[sizeClass];
        if (free >= 0) {
            freeHeads[sizeClass] = Octets.i32(page(free), offset(free));
            return free;
        }
        if (pages.length == 0 || bump + units > PAGE_UNITS) {
            pages = Arrays.copyOf(pages, pages.length + 1);
            pages[pages.length - 1] = new byte[PAGE_UNITS * UNIT];
            bump = 0;
        }
        int location = (pages.length - 1 << PAGE_SHIFT) + bump;
        bump += units;
        return location;
    }

    void free(int location, int length) {
        int sizeClass = classOf(length);
        usedUnits -= unitsOf(sizeClass);
        Octets.put32(page(location), offset(location), freeHeads[sizeClass]);
        freeHeads[sizeClass] = location;
    }

    /** Whether more than half of at least 4 MiB is free: below that, moving is not worth its time. */
    boolean sparse() {
        long total = (long) pages.length * PAGE_UNITS;
        return pages.length >= 16 && usedUnits * 2 < total;
    }

    long bytes() {
        return (long) pages.length * PAGE_UNITS * UNIT;
    }

    byte[][] pages() {
        return pages;
    }

    int bump() {
        return bump;
    }

    int[] freeHeads() {
        return freeHeads.clone();
    }

    long usedUnits() {
        return usedUnits;
    }

    private static int classOf(int length) {
        int units = Math.max(1, (length + UNIT - 1) / UNIT);
        if (units <= EXACT_CLASSES) {
            return units - 1;
        }
        int exponent = 31 - Integer.numberOfLeadingZeros(units - 1);
        return EXACT_CLASSES + (exponent - 6) * 4 + (units - 1 >>> exponent - 2) - 4;
    }

    private static int unitsOf(int sizeClass) {
        if (sizeClass < EXACT_CLASSES) {
            return sizeClass + 1;
        }
        int exponent = 6 + (sizeClass - EXACT_CLASSES) / 4;
        return (sizeClass - EXACT_CLASSES) % 4 + 5 << exponent - 2;
    }
}
