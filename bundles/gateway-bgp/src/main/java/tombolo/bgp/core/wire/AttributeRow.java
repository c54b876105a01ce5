package tombolo.bgp.core.wire;

import java.util.Arrays;

/**
 * What stands beside each attribute set in {@link AttributeTable}: a row of 13 ints (52 octets, within one or two cache lines).
 *
 * <pre>
 *  0 location in the slab      1 length (16 bits), flags (16 bits)    2 references; of a free row the next free one
 *  3 hash                      4 next row of the hash chain           5 origin (2 bits), cluster list length (8), AS_PATH length (22)
 *  6 neighbouring AS           7 origin AS                            8 MED
 *  9 LOCAL_PREF               10 next hop                            11 ORIGINATOR_ID
 * 12 generation: how often the number has been given out
 * </pre>
 */
final class AttributeRow {
    static final int ROW = 13;
    static final int LOCATION = 0;
    static final int LENGTH_AND_FLAGS = 1;
    static final int REFERENCES = 2;
    static final int HASH = 3;
    static final int CHAIN = 4;
    static final int PACKED = 5;
    static final int NEIGHBOR_AS = 6;
    static final int ORIGIN_AS = 7;
    static final int MED = 8;
    static final int LOCAL_PREF = 9;
    static final int NEXT_HOP = 10;
    static final int ORIGINATOR = 11;
    static final int GENERATION = 12;

    /** Flags; bits 0 and 1 are {@link AttributeTable#CLEAN_INTERNAL} and CLEAN_EXTERNAL. */
    static final int HAS_MED = 1 << 2;
    static final int HAS_LOCAL_PREF = 1 << 3;
    static final int HAS_ORIGINATOR = 1 << 4;
    static final int NO_EXPORT = 1 << 5;
    static final int NO_ADVERTISE = 1 << 6;
    static final int NO_EXPORT_SUBCONFED = 1 << 7;
    static final int GRACEFUL_SHUTDOWN = 1 << 8;
    static final int LLGR_STALE = 1 << 9;
    static final int NO_LLGR = 1 << 10;
    static final int BLACKHOLE = 1 << 11;

    private AttributeRow() { }

    /** Fills the columns from a canonical set; the first four are the table's own. Takes a reference of the next hop. */
    static void fill(int[] page, int row, byte[] bytes, int offset, int length, NextHopTable nextHops) {
        Arrays.fill(page, row + CHAIN, row + GENERATION, 0);
        page[row + GENERATION]++;
        int flags = 0;
        int clusters = 0;
        int pathLength = 0;
        int origin = 0;
        int at = offset;
        while (at < offset + length) {
            int value = AttributeTable.valueAt(bytes, at);
            int end = AttributeTable.next(bytes, at);
            switch (bytes[at + 1] & 0xff) {
                case AttributeType.ORIGIN -> origin = bytes[value] & 3;
                case AttributeType.AS_PATH -> {
                    pathLength = AsPath.selectionLength(bytes, value, end - value, 4);
                    page[row + NEIGHBOR_AS] = AsPath.neighbor(bytes, value, end - value);
                    page[row + ORIGIN_AS] = AsPath.origin(bytes, value, end - value);
                }
                case AttributeType.NEXT_HOP -> page[row + NEXT_HOP] = nextHops.intern(4, 0, Octets.i32(bytes, value) & 0xffff_ffffL, 0, 0);
                case AttributeType.MED -> {
                    flags |= HAS_MED;
                    page[row + MED] = Octets.i32(bytes, value);
                }
                case AttributeType.LOCAL_PREF -> {
                    flags |= HAS_LOCAL_PREF;
                    page[row + LOCAL_PREF] = Octets.i32(bytes, value);
                }
                case AttributeType.COMMUNITIES -> flags |= wellKnown(bytes, value, end);
                case AttributeType.ORIGINATOR_ID -> {
                    flags |= HAS_ORIGINATOR;
                    page[row + ORIGINATOR] = Octets.i32(bytes, value);
                }
                case AttributeType.CLUSTER_LIST -> clusters = Math.min(255, (end - value) / 4);
                case AttributeType.MP_REACH_NLRI -> {
                    boolean two = end - value == 32;
                    page[row + NEXT_HOP] = nextHops.intern(6, Octets.i64(bytes, value), Octets.i64(bytes, value + 8),
                            two ? Octets.i64(bytes, value + 16) : 0, two ? Octets.i64(bytes, value + 24) : 0);
                }
                default -> { }
            }
            at = end;
        }
        page[row + PACKED] = origin | clusters << 2 | pathLength << 10;
        page[row + LENGTH_AND_FLAGS] |= flags << 16;
    }

    private static int wellKnown(byte[] bytes, int from, int end) {
        int flags = 0;
        for (int at = from; at < end; at += 4) {
            if (bytes[at] == (byte) 0xff && bytes[at + 1] == (byte) 0xff) {
                flags |= switch (Octets.u16(bytes, at + 2)) {
                    case 0xff01 -> NO_EXPORT;
                    case 0xff02 -> NO_ADVERTISE;
                    case 0xff03 -> NO_EXPORT_SUBCONFED;
                    case 0x0000 -> GRACEFUL_SHUTDOWN;
                    case 0x0006 -> LLGR_STALE;
                    case 0x0007 -> NO_LLGR;
                    case 0x029a -> BLACKHOLE;
                    default -> 0;
                };
            }
        }
        return flags;
    }
}
