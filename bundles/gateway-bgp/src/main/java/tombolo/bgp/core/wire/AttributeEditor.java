package tombolo.bgp.core.wire;

import java.util.Arrays;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;

/**
 * Makes new attribute sets of old ones: {@link #load}, changes, {@link #intern}. Reused, makes no objects once its buffers have grown. The set that was
 * loaded must stay in use until intern has answered. Not for two threads.
 */
public final class AttributeEditor {
    static final int[] COMMUNITY_TYPES = {AttributeType.COMMUNITIES, AttributeType.EXTENDED_COMMUNITIES, AttributeType.LARGE_COMMUNITIES};
    static final int[] COMMUNITY_OCTETS = {4, 8, 12};
    /** {@link #addCommunity} and others: which of the three kinds. */
    public static final int STANDARD = 0;
    public static final int EXTENDED = 1;
    public static final int LARGE = 2;

    private final AttributeTable table;
    private int source;
    private boolean changed;
    /** The loaded set, then values that were written since. */
    private byte[] work = new byte[1024];
    private int workLength;
    private final int[] values = new int[256];
    private final int[] lengths = new int[256];
    private final byte[] flags = new byte[256];
    private final long[] present = new long[4];
    private byte[] out = new byte[1024];

    public AttributeEditor(AttributeTable table) {
        this.table = table;
    }

    /** Begins with a set in use. */
    public AttributeEditor load(int id) {
        source = id;
        changed = false;
        byte[] bytes = table.bytes(id);
        int from = table.offset(id);
        workLength = table.length(id);
        room(0);
        System.arraycopy(bytes, from, work, 0, workLength);
        Arrays.fill(present, 0);
        for (int at = 0; at < workLength; at = AttributeTable.next(work, at)) {
            int type = work[at + 1] & 0xff;
            values[type] = AttributeTable.valueAt(work, at);
            lengths[type] = AttributeTable.next(work, at) - values[type];
            flags[type] = (byte) (work[at] & ~AttributeType.EXTENDED_LENGTH);
            present[type >> 6] |= 1L << type;
        }
        return this;
    }

    /** Begins with nothing, for routes of our own: the caller sets ORIGIN, the path (may stay empty) and the next hop. */
    public AttributeEditor create() {
        source = 0;
        changed = true;
        workLength = 0;
        Arrays.fill(present, 0);
        set(AttributeType.AS_PATH, 0);
        return this;
    }

    /**
     * The set as changed, with one reference for the caller; the loaded set itself where nothing changed.
     *
     * @return 0 where the set would be longer than any message ({@link AttributeTable#MAX_SET_LENGTH})
     */
    public int intern() {
        if (!changed) {
            table.retain(source);
            return source;
        }
        int needed = 0;
        for (int word = 0; word < 4; word++) {
            for (long bits = present[word]; bits != 0; bits &= bits - 1) {
                needed += 4 + lengths[word * 64 + Long.numberOfTrailingZeros(bits)];
            }
        }
        if (out.length < needed) {
            out = new byte[needed * 2];
        }
        int to = 0;
        for (int word = 0; word < 4; word++) {
            for (long bits = present[word]; bits != 0; bits &= bits - 1) {
                int type = word * 64 + Long.numberOfTrailingZeros(bits);
                to = AttributeForm.head(out, to, flags[type], type, lengths[type]);
                System.arraycopy(work, values[type], out, to, lengths[type]);
                to += lengths[type];
                if (to > AttributeTable.MAX_SET_LENGTH) {
                    return 0;
                }
            }
        }
        return table.intern(out, 0, to);
    }

    /** @param code 0 IGP, 1 EGP, 2 incomplete */
    public AttributeEditor setOrigin(int code) {
        int at = set(AttributeType.ORIGIN, 1);
        work[at] = (byte) code;
        return this;
    }

    /** @param value 0 to 4294967295 */
    public AttributeEditor setMed(long value) {
        int at = set(AttributeType.MED, 4);
        Octets.put32(work, at, (int) value);
        return this;
    }

    public AttributeEditor removeMed() {
        return remove(AttributeType.MED);
    }

    /** @param value 0 to 4294967295 */
    public AttributeEditor setLocalPreference(long value) {
        int at = set(AttributeType.LOCAL_PREF, 4);
        Octets.put32(work, at, (int) value);
        return this;
    }

    public AttributeEditor removeLocalPreference() {
        return remove(AttributeType.LOCAL_PREF);
    }

    /** Sets the next hop, of whatever family, in place of the one that is there. */
    public AttributeEditor setNextHop(IpAddress address) {
        if (address.isIpv4()) {
            remove(AttributeType.MP_REACH_NLRI);
            int at = set(AttributeType.NEXT_HOP, 4);
            address.copyTo(work, at);
        } else {
            remove(AttributeType.NEXT_HOP);
            int at = set(AttributeType.MP_REACH_NLRI, 16);
            address.copyTo(work, at);
        }
        return this;
    }

    /** A global IPv6 next hop with the link-local one beside it (RFC 2545 §3). */
    public AttributeEditor setNextHop(IpAddress global, IpAddress linkLocal) {
        remove(AttributeType.NEXT_HOP);
        int at = set(AttributeType.MP_REACH_NLRI, 32);
        global.copyTo(work, at);
        linkLocal.copyTo(work, at + 16);
        return this;
    }

    /** The family of the next hop that is there now; IPv4 where there is none. */
    public AddressFamily nextHopFamily() {
        return has(AttributeType.MP_REACH_NLRI) ? AddressFamily.IPV6 : AddressFamily.IPV4;
    }

    /** Puts an AS (unsigned) before the path, as often as said: into the first segment while that is a sequence of fewer than 255 (RFC 4271 §5.1.2 b). */
    public AttributeEditor prepend(int as, int times) {
        if (times <= 0) {
            return this;
        }
        int old = values[AttributeType.AS_PATH];
        int oldLength = has(AttributeType.AS_PATH) ? lengths[AttributeType.AS_PATH] : 0;
        int first = oldLength > 0 && work[old] == AsPath.SEQUENCE ? work[old + 1] & 0xff : 0;
        int joined = first > 0 ? Math.min(times, AsPath.MAX_SEGMENT - first) : 0;
        int own = times - joined;
        int segments = (own + AsPath.MAX_SEGMENT - 1) / AsPath.MAX_SEGMENT;
        int to = set(AttributeType.AS_PATH, oldLength + 4 * times + 2 * segments);
        for (int left = own; left > 0; left -= AsPath.MAX_SEGMENT) {
            int count = Math.min(left, AsPath.MAX_SEGMENT);
            work[to] = AsPath.SEQUENCE;
            work[to + 1] = (byte) count;
            to = fill(as, count, to + 2);
        }
        if (joined > 0) {
            work[to] = AsPath.SEQUENCE;
            work[to + 1] = (byte) (first + joined);
            to = fill(as, joined, to + 2);
            System.arraycopy(work, old + 2, work, to, oldLength - 2);
        } else {
            System.arraycopy(work, old, work, to, oldLength);
        }
        return this;
    }

    private int fill(int as, int count, int at) {
        int to = at;
        for (int i = 0; i < count; i++, to += 4) {
            Octets.put32(work, to, as);
        }
        return to;
    }

    /** Takes private AS numbers (RFC 6996) out of the path, but not {@code except} (unsigned): the peer's own, by which it finds loops. */
    public AttributeEditor removePrivateAs(int except) {
        if (!has(AttributeType.AS_PATH)) {
            return this;
        }
        int old = values[AttributeType.AS_PATH];
        int oldLength = lengths[AttributeType.AS_PATH];
        boolean any = false;
        for (int at = old; at < old + oldLength; ) {
            int count = work[at + 1] & 0xff;
            at += 2;
            for (int i = 0; i < count; i++, at += 4) {
                any |= dropped(Octets.i32(work, at), except);
            }
        }
        if (!any) {
            return this;
        }
        int start = set(AttributeType.AS_PATH, oldLength);
        int to = start;
        for (int at = old; at < old + oldLength; ) {
            int type = work[at];
            int count = work[at + 1] & 0xff;
            int head = to;
            to += 2;
            at += 2;
            for (int i = 0; i < count; i++, at += 4) {
                int as = Octets.i32(work, at);
                if (!dropped(as, except)) {
                    Octets.put32(work, to, as);
                    to += 4;
                }
            }
            work[head] = (byte) type;
            work[head + 1] = (byte) ((to - head - 2) / 4);
            to = to - head == 2 ? head : to;
        }
        lengths[AttributeType.AS_PATH] = to - start;
        workLength = to;
        return this;
    }

    private static boolean dropped(int as, int except) {
        return as != except && Asn.isPrivate(as & 0xffff_ffffL);
    }

    /** Adds a community where it is not yet there. @param kind STANDARD, EXTENDED or LARGE; @param hi octets 0-3 of a large one; @param lo the last 8, right-aligned */
    public AttributeEditor addCommunity(int kind, int hi, long lo) {
        int type = COMMUNITY_TYPES[kind];
        int octets = COMMUNITY_OCTETS[kind];
        int oldLength = has(type) ? lengths[type] : 0;
        int old = values[type];
        for (int at = old; at < old + oldLength; at += octets) {
            if (hi(kind, at) == hi && lo(kind, at) == lo) {
                return this;
            }
        }
        int to = set(type, oldLength + octets);
        System.arraycopy(work, old, work, to, oldLength);
        to += oldLength;
        switch (kind) {
            case STANDARD -> Octets.put32(work, to, (int) lo);
            case EXTENDED -> Octets.put64(work, to, lo);
            default -> {
                Octets.put32(work, to, hi);
                Octets.put64(work, to + 4, lo);
            }
        }
        return this;
    }

    /** Removes every community whose bits under the mask are those of the value. */
    public AttributeEditor removeCommunities(int kind, int hi, long lo, int maskHi, long maskLo) {
        int type = COMMUNITY_TYPES[kind];
        int octets = COMMUNITY_OCTETS[kind];
        if (!has(type)) {
            return this;
        }
        int old = values[type];
        int oldLength = lengths[type];
        int kept = 0;
        for (int at = old; at < old + oldLength; at += octets) {
            kept += matches(kind, at, hi, lo, maskHi, maskLo) ? 0 : octets;
        }
        if (kept == oldLength) {
            return this;
        }
        if (kept == 0) {
            return remove(type); // RFC 7606 §7.8: an empty one would be malformed
        }
        int to = set(type, kept);
        for (int at = old; at < old + oldLength; at += octets) {
            if (!matches(kind, at, hi, lo, maskHi, maskLo)) {
                System.arraycopy(work, at, work, to, octets);
                to += octets;
            }
        }
        return this;
    }

    /** Removes all communities of a kind. */
    public AttributeEditor clearCommunities(int kind) {
        if (kind == EXTENDED) {
            remove(AttributeType.IPV6_EXTENDED_COMMUNITIES);
        }
        return remove(COMMUNITY_TYPES[kind]);
    }

    /** Removes what must not cross the border of an AS: non-transitive extended communities (RFC 4360 §6). */
    public AttributeEditor removeNonTransitiveExtended() {
        return removeCommunities(EXTENDED, 0, 1L << 62, 0, 1L << 62);
    }

    AttributeEditor setOriginatorId(int bits) {
        int at = set(AttributeType.ORIGINATOR_ID, 4);
        Octets.put32(work, at, bits);
        return this;
    }

    /** Puts a cluster id before CLUSTER_LIST (RFC 4456 §8). */
    AttributeEditor prependCluster(int clusterId) {
        int old = values[AttributeType.CLUSTER_LIST];
        int oldLength = has(AttributeType.CLUSTER_LIST) ? lengths[AttributeType.CLUSTER_LIST] : 0;
        int to = set(AttributeType.CLUSTER_LIST, oldLength + 4);
        Octets.put32(work, to, clusterId);
        System.arraycopy(work, old, work, to + 4, oldLength);
        return this;
    }

    /** Makes an attribute what it is in another set in use: its value there, or its absence. */
    AttributeEditor take(int type, int from) {
        int there = table.find(from, type);
        if (there < 0) {
            return remove(type);
        }
        int length = table.valueLength(from, there);
        int to = set(type, length);
        System.arraycopy(table.bytes(from), table.valueOffset(from, there), work, to, length);
        return this;
    }

    AttributeEditor remove(int type) {
        if (has(type)) {
            present[type >> 6] &= ~(1L << type);
            changed = true;
        }
        return this;
    }

    private boolean has(int type) {
        return (present[type >> 6] & 1L << type) != 0;
    }

    private boolean matches(int kind, int at, int hi, long lo, int maskHi, long maskLo) {
        return (hi(kind, at) & maskHi) == (hi & maskHi) && (lo(kind, at) & maskLo) == (lo & maskLo);
    }

    private int hi(int kind, int at) {
        return kind == LARGE ? Octets.i32(work, at) : 0;
    }

    private long lo(int kind, int at) {
        return switch (kind) {
            case STANDARD -> Octets.i32(work, at) & 0xffff_ffffL;
            case EXTENDED -> Octets.i64(work, at);
            default -> Octets.i64(work, at + 4);
        };
    }

    /** Room for a new value of an attribute behind all others; the old value stays readable where it was. May replace {@link #work}: call it before naming that. */
    private int set(int type, int length) {
        room(length);
        if (!has(type)) {
            flags[type] = (byte) AttributeType.flags(type);
            present[type >> 6] |= 1L << type;
        }
        values[type] = workLength;
        lengths[type] = length;
        workLength += length;
        changed = true;
        return values[type];
    }

    private void room(int more) {
        if (work.length < workLength + more) {
            work = Arrays.copyOf(work, Math.max(workLength + more, work.length * 2));
        }
    }
}
