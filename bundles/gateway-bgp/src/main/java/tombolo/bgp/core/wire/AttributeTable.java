package tombolo.bgp.core.wire;

import static tombolo.bgp.core.wire.AttributeRow.*;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import tombolo.api.net.IpAddress;
import tombolo.runtime.StateKeeper.Region;

/**
 * Attribute sets, each stored once and named by a dense number from 1 (0: none). What the decision process asks of a set stands beside it in columns,
 * so that comparing two paths touches no octets. Sets are in the canonical form that the package's page describes.
 *
 * <p>Reference counted: {@link #intern} and {@link #retain} take a reference, {@link #release} gives one back, and a number without references is given
 * out again. Asking about a number that is not in use is an error of the caller. Owned by one Loop. Bound: 2^31 references, and memory.
 */
public final class AttributeTable {
    /** Changes with the meaning of any array in {@link #export}. */
    public static final int LAYOUT_VERSION = 1;
    /** No set can be longer: it came in, and must go out, in one message (RFC 8654 §3). */
    public static final int MAX_SET_LENGTH = 65_535;

    /** The set came from an internal (external) peer in the plain form ({@link AttributeReader#plainForm}) and was sound: nothing is left to check when it comes again. */
    static final int CLEAN_INTERNAL = 1;
    static final int CLEAN_EXTERNAL = 1 << 1;

    private static final int ROWS_SHIFT = 10;
    private static final int ROWS_MASK = (1 << ROWS_SHIFT) - 1;

    private final long key;
    private ByteSlab slab = new ByteSlab();
    private int[][] rows = {};
    private int[] heads = new int[1024];
    private int top = 1;
    private int freeHead;
    private int size;
    private final NextHopTable nextHops;

    /** @param key secret of the hash: a peer that does not know it cannot choose sets that collide */
    public AttributeTable(long key) {
        this(key, new NextHopTable());
    }

    private AttributeTable(long key, NextHopTable nextHops) {
        this.key = key;
        this.nextHops = nextHops;
    }

    /**
     * The number of a set, with one reference for the caller.
     *
     * @throws IllegalArgumentException where the set is longer than {@link #MAX_SET_LENGTH}
     */
    public int intern(byte[] canonical, int offset, int length) {
        int hash = hash(canonical, offset, length);
        int found = find(hash, canonical, offset, length);
        if (found != 0) {
            retain(found);
            return found;
        }
        if (length > MAX_SET_LENGTH) {
            throw new IllegalArgumentException("an attribute set of " + length + " octets, the most is " + MAX_SET_LENGTH);
        }
        int id = newRow();
        int location = slab.allocate(length);
        System.arraycopy(canonical, offset, slab.page(location), ByteSlab.offset(location), length);
        int[] page = rows[id >>> ROWS_SHIFT];
        int row = (id & ROWS_MASK) * ROW;
        page[row + LOCATION] = location;
        page[row + LENGTH_AND_FLAGS] = length;
        page[row + REFERENCES] = 1;
        page[row + HASH] = hash;
        AttributeRow.fill(page, row, canonical, offset, length, nextHops);
        if (++size > heads.length) {
            grow();
        }
        link(id, page, row);
        return id;
    }

    int hash(byte[] bytes, int offset, int length) {
        return Octets.hash(key, bytes, offset, length);
    }

    /** The number of a set that is there, without a reference, or 0. */
    int find(int hash, byte[] bytes, int offset, int length) {
        int id = heads[hash & heads.length - 1];
        while (id != 0) {
            int[] page = rows[id >>> ROWS_SHIFT];
            int row = (id & ROWS_MASK) * ROW;
            if (page[row + HASH] == hash && (page[row + LENGTH_AND_FLAGS] & 0xffff) == length) {
                int at = ByteSlab.offset(page[row + LOCATION]);
                if (Arrays.equals(slab.page(page[row + LOCATION]), at, at + length, bytes, offset, offset + length)) {
                    return id;
                }
            }
            id = page[row + CHAIN];
        }
        return 0;
    }

    public void retain(int id) {
        rows[id >>> ROWS_SHIFT][(id & ROWS_MASK) * ROW + REFERENCES]++;
    }

    public void release(int id) {
        int[] page = rows[id >>> ROWS_SHIFT];
        int row = (id & ROWS_MASK) * ROW;
        if (page[row + LOCATION] < 0) {
            throw new IllegalStateException("attribute set " + id + " was released more often than retained");
        }
        if (--page[row + REFERENCES] > 0) {
            return;
        }
        unlink(id, page, row);
        slab.free(page[row + LOCATION], page[row + LENGTH_AND_FLAGS] & 0xffff);
        if (page[row + NEXT_HOP] != 0) {
            nextHops.release(page[row + NEXT_HOP]);
        }
        page[row + LOCATION] = -1;
        page[row + REFERENCES] = freeHead;
        freeHead = id;
        size--;
        if (slab.sparse()) {
            compact();
        }
    }

    /** Sets in use. */
    public int size() {
        return size;
    }

    /** One more than the greatest number given out so far: the length for an array indexed by attribute set. */
    public int limit() {
        return top;
    }

    /** Grows each time the number is given out: tells a set from a later one of the same number, without holding a reference. */
    int generation(int id) {
        return at(id, GENERATION);
    }

    /** Whether the number stands for a set now; any int may be asked. */
    public boolean inUse(int id) {
        return id > 0 && id < top && at(id, LOCATION) >= 0;
    }

    /** Octets of heap held: slabs, rows and the hash table. */
    public long memoryBytes() {
        return slab.bytes() + (long) rows.length * (ROW << ROWS_SHIFT) * 4 + heads.length * 4L;
    }

    public NextHopTable nextHops() {
        return nextHops;
    }

    /** ORIGIN: 0 IGP, 1 EGP, 2 incomplete. */
    public int origin(int id) {
        return at(id, PACKED) & 3;
    }

    /** As route selection counts: an AS_SET is 1, confederation segments are 0. */
    public int asPathLength(int id) {
        return at(id, PACKED) >>> 10;
    }

    /** The first AS of the path, unsigned; 0 for an empty path or one that begins with a set. */
    public int neighborAs(int id) {
        return at(id, NEIGHBOR_AS);
    }

    /** The last AS of the path, unsigned; 0 for an empty path or one that ends in a set. */
    public int originAs(int id) {
        return at(id, ORIGIN_AS);
    }

    public boolean hasMed(int id) {
        return flag(id, HAS_MED);
    }

    /** MULTI_EXIT_DISC, unsigned; 0 where there is none (RFC 4271 §9.1.2.2 c). */
    public int med(int id) {
        return at(id, MED);
    }

    public boolean hasLocalPreference(int id) {
        return flag(id, HAS_LOCAL_PREF);
    }

    /** LOCAL_PREF, unsigned; 0 where there is none. */
    public int localPreference(int id) {
        return at(id, LOCAL_PREF);
    }

    /** The number of the next hop in {@link #nextHops}; 0 where the set has none. */
    public int nextHop(int id) {
        return at(id, NEXT_HOP);
    }

    public IpAddress nextHopAddress(int id) {
        return nextHops.address(nextHop(id));
    }

    public boolean hasOriginatorId(int id) {
        return flag(id, HAS_ORIGINATOR);
    }

    /** ORIGINATOR_ID; 0 where there is none. */
    public int originatorId(int id) {
        return at(id, ORIGINATOR);
    }

    /** Cluster ids in CLUSTER_LIST; 255 stands for 255 or more. */
    public int clusterListLength(int id) {
        return at(id, PACKED) >>> 2 & 0xff;
    }

    /** RFC 1997 NO_EXPORT. */
    public boolean noExport(int id) {
        return flag(id, NO_EXPORT);
    }

    /** RFC 1997 NO_ADVERTISE. */
    public boolean noAdvertise(int id) {
        return flag(id, NO_ADVERTISE);
    }

    /** RFC 1997 NO_EXPORT_SUBCONFED: without confederations the same as NO_EXPORT. */
    public boolean noExportSubconfed(int id) {
        return flag(id, NO_EXPORT_SUBCONFED);
    }

    /** RFC 8326 GRACEFUL_SHUTDOWN. */
    public boolean gracefulShutdown(int id) {
        return flag(id, GRACEFUL_SHUTDOWN);
    }

    /** RFC 9494 LLGR_STALE. */
    public boolean llgrStale(int id) {
        return flag(id, LLGR_STALE);
    }

    /** RFC 9494 NO_LLGR. */
    public boolean noLlgr(int id) {
        return flag(id, NO_LLGR);
    }

    /** RFC 7999 BLACKHOLE. */
    public boolean blackhole(int id) {
        return flag(id, BLACKHOLE);
    }

    /** How often an AS (unsigned) stands in the path: loop detection (RFC 4271 §9.1.2) and allow-own-as. */
    public int countAs(int id, int as) {
        int path = find(id, AttributeType.AS_PATH);
        return path < 0 ? 0 : AsPath.count(bytes(id), valueOffset(id, path), valueLength(id, path), as);
    }

    /** Whether a cluster id stands in CLUSTER_LIST (RFC 4456 §8). */
    public boolean hasCluster(int id, int clusterId) {
        int list = find(id, AttributeType.CLUSTER_LIST);
        if (list < 0) {
            return false;
        }
        int at = valueOffset(id, list);
        for (int end = at + valueLength(id, list); at < end; at += 4) {
            if (Octets.i32(bytes(id), at) == clusterId) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether any community of a kind has, under a mask, the bits of a value.
     *
     * @param kind {@link AttributeEditor#STANDARD}, EXTENDED or LARGE
     * @param hi   octets 0-3 of a large community; 0 for other kinds
     * @param lo   the last 8 octets, right-aligned
     */
    public boolean hasCommunity(int id, int kind, int hi, long lo, int maskHi, long maskLo) {
        int list = find(id, AttributeEditor.COMMUNITY_TYPES[kind]);
        if (list < 0) {
            return false;
        }
        byte[] bytes = bytes(id);
        int octets = AttributeEditor.COMMUNITY_OCTETS[kind];
        int at = valueAt(bytes, list);
        for (int end = next(bytes, list); at < end; at += octets) {
            int seenHi = kind == AttributeEditor.LARGE ? Octets.i32(bytes, at) : 0;
            long seenLo = switch (kind) {
                case AttributeEditor.STANDARD -> Octets.i32(bytes, at) & 0xffff_ffffL;
                case AttributeEditor.EXTENDED -> Octets.i64(bytes, at);
                default -> Octets.i64(bytes, at + 4);
            };
            if ((seenHi & maskHi) == (hi & maskHi) && (seenLo & maskLo) == (lo & maskLo)) {
                return true;
            }
        }
        return false;
    }

    /** "65010 65020 {1 2}"; "" for an empty path. */
    public String asPathText(int id) {
        int path = find(id, AttributeType.AS_PATH);
        return path < 0 ? "" : AsPath.text(bytes(id), valueOffset(id, path), valueLength(id, path));
    }

    /** The set for people. */
    public AttributeView view(int id) {
        return AttributeText.view(this, id);
    }

    /** The canonical octets, copied. */
    public byte[] canonical(int id) {
        return Arrays.copyOfRange(bytes(id), offset(id), offset(id) + length(id));
    }

    /** The page that holds a set; only until the next change of the table. */
    byte[] bytes(int id) {
        return slab.page(at(id, LOCATION));
    }

    int offset(int id) {
        return ByteSlab.offset(at(id, LOCATION));
    }

    public int length(int id) {
        return at(id, LENGTH_AND_FLAGS) & 0xffff;
    }

    /** Where the attribute of a type begins (its flags octet) in {@link #bytes}, or -1. Sets are sorted: the search stops behind the type. */
    int find(int id, int type) {
        byte[] bytes = bytes(id);
        int at = offset(id);
        int end = at + length(id);
        while (at < end) {
            int seen = bytes[at + 1] & 0xff;
            if (seen >= type) {
                return seen == type ? at : -1;
            }
            at = next(bytes, at);
        }
        return -1;
    }

    /** The attribute behind the one at {@code at}. */
    static int next(byte[] bytes, int at) {
        return (bytes[at] & AttributeType.EXTENDED_LENGTH) != 0 ? at + 4 + Octets.u16(bytes, at + 2) : at + 3 + (bytes[at + 2] & 0xff);
    }

    static int valueAt(byte[] bytes, int attribute) {
        return attribute + ((bytes[attribute] & AttributeType.EXTENDED_LENGTH) != 0 ? 4 : 3);
    }

    int valueOffset(int id, int attribute) {
        return valueAt(bytes(id), attribute);
    }

    int valueLength(int id, int attribute) {
        byte[] bytes = bytes(id);
        return next(bytes, attribute) - valueAt(bytes, attribute);
    }

    boolean clean(int id, int flag) {
        return flag(id, flag);
    }

    void markClean(int id, int flag) {
        rows[id >>> ROWS_SHIFT][(id & ROWS_MASK) * ROW + LENGTH_AND_FLAGS] |= flag << 16;
    }

    private int at(int id, int column) {
        return rows[id >>> ROWS_SHIFT][(id & ROWS_MASK) * ROW + column];
    }

    private boolean flag(int id, int flag) {
        return (at(id, LENGTH_AND_FLAGS) & flag << 16) != 0;
    }

    private int newRow() {
        if (freeHead != 0) {
            int id = freeHead;
            freeHead = at(id, REFERENCES);
            return id;
        }
        if (top >>> ROWS_SHIFT >= rows.length) {
            rows = Arrays.copyOf(rows, rows.length + 1);
            rows[rows.length - 1] = new int[ROW << ROWS_SHIFT];
        }
        return top++;
    }

    private void link(int id, int[] page, int row) {
        int bucket = page[row + HASH] & heads.length - 1;
        page[row + CHAIN] = heads[bucket];
        heads[bucket] = id;
    }

    private void unlink(int id, int[] page, int row) {
        int bucket = page[row + HASH] & heads.length - 1;
        if (heads[bucket] == id) {
            heads[bucket] = page[row + CHAIN];
            return;
        }
        int before = heads[bucket];
        while (at(before, CHAIN) != id) {
            before = at(before, CHAIN);
        }
        rows[before >>> ROWS_SHIFT][(before & ROWS_MASK) * ROW + CHAIN] = page[row + CHAIN];
    }

    private void grow() {
        int[] old = heads;
        heads = new int[old.length * 2];
        for (int head : old) {
            for (int id = head; id != 0; ) {
                int next = at(id, CHAIN);
                link(id, rows[id >>> ROWS_SHIFT], (id & ROWS_MASK) * ROW);
                id = next;
            }
        }
    }

    /** Moves all sets together: without it the room of one peak's size classes would never serve another. */
    private void compact() {
        ByteSlab fresh = new ByteSlab();
        for (int head : heads) {
            for (int id = head; id != 0; id = at(id, CHAIN)) {
                int length = length(id);
                int location = fresh.allocate(length);
                System.arraycopy(bytes(id), offset(id), fresh.page(location), ByteSlab.offset(location), length);
                rows[id >>> ROWS_SHIFT][(id & ROWS_MASK) * ROW + LOCATION] = location;
            }
        }
        slab = fresh;
    }

    /** The whole table as primitive arrays: nothing is copied, so this table must not be used afterwards. */
    public Region export() {
        Map<String, Long> scalars = new HashMap<>(Map.of("key", key, "top", (long) top, "freeHead", (long) freeHead, "size", (long) size,
                "slab.bump", (long) slab.bump(), "slab.used", slab.usedUnits()));
        Map<String, Object> tables = new HashMap<>(Map.of("rows", rows, "heads", heads, "slab.pages", slab.pages(), "slab.free", slab.freeHeads()));
        nextHops.export(scalars, tables);
        return new Region(LAYOUT_VERSION, scalars, tables);
    }

    /**
     * The table that {@link #export} made the region of; numbers and references are as they were.
     *
     * @throws IllegalArgumentException where the region has another layout
     */
    public static AttributeTable adopt(Region region) {
        if (region.layoutVersion() != LAYOUT_VERSION) {
            throw new IllegalArgumentException("attribute table of layout " + region.layoutVersion() + ", wanted " + LAYOUT_VERSION);
        }
        Map<String, Long> scalars = region.scalars();
        Map<String, Object> tables = region.tables();
        AttributeTable table = new AttributeTable(number(scalars, "key"), NextHopTable.adopt(scalars, tables));
        table.rows = (int[][]) Objects.requireNonNull(tables.get("rows"));
        table.heads = (int[]) Objects.requireNonNull(tables.get("heads"));
        table.top = Math.toIntExact(number(scalars, "top"));
        table.freeHead = Math.toIntExact(number(scalars, "freeHead"));
        table.size = Math.toIntExact(number(scalars, "size"));
        table.slab = ByteSlab.adopt((byte[][]) Objects.requireNonNull(tables.get("slab.pages")), Math.toIntExact(number(scalars, "slab.bump")),
                (int[]) Objects.requireNonNull(tables.get("slab.free")), number(scalars, "slab.used"));
        return table;
    }

    private static long number(Map<String, Long> scalars, String name) {
        return Objects.requireNonNull(scalars.get(name), name);
    }
}
