package tombolo.bgp.core.wire;

import static tombolo.bgp.core.wire.AttributeType.AGGREGATOR;
import static tombolo.bgp.core.wire.AttributeType.AS4_AGGREGATOR;
import static tombolo.bgp.core.wire.AttributeType.AS4_PATH;
import static tombolo.bgp.core.wire.AttributeType.AS_PATH;
import static tombolo.bgp.core.wire.AttributeType.EXTENDED_LENGTH;
import static tombolo.bgp.core.wire.AttributeType.MP_REACH_NLRI;
import static tombolo.bgp.core.wire.AttributeType.MP_UNREACH_NLRI;
import static tombolo.bgp.core.wire.AttributeType.NEXT_HOP;
import static tombolo.bgp.core.wire.AttributeType.OPTIONAL;
import static tombolo.bgp.core.wire.AttributeType.ORIGIN;
import static tombolo.bgp.core.wire.AttributeType.PARTIAL;
import static tombolo.bgp.core.wire.AttributeType.PREFIX_SID;
import static tombolo.bgp.core.wire.AttributeType.TRANSITIVE;
import static tombolo.bgp.core.wire.AttributeType.TUNNEL_ENCAPSULATION;

import tombolo.api.net.AddressFamily;
import tombolo.bgp.core.wire.UpdateError.Action;
import tombolo.bgp.core.wire.UpdateError.Problem;

/**
 * Reads the Path Attributes field of one UPDATE: first the frame of each attribute (RFC 7606 §3, §4), with its value checked by {@link AttributeRules},
 * then the canonical set, written in ascending type order. Reused for every message: no objects are made for a sound one.
 *
 * <pre>
 *  0               1               2               3 (and 4 with E)
 * +---------------+---------------+---------------+------------ - - -
 * | flags O T P E | type          | length, 1 or 2 octets | value
 * +---------------+---------------+---------------+------------ - - -
 * </pre>
 */
final class AttributeReader {
    /** 65,535 octets of attributes, whose paths double at most when 2-octet ASes become 4-octet ones. */
    private static final int SCRATCH = 256 * 1024;

    /** Types that the canonical form takes over as they are, from a peer with 4-octet ASes. */
    private static final boolean[] PLAIN = new boolean[256];

    static {
        for (int type = 0; type < 256; type++) {
            PLAIN[type] = AttributeType.isKnown(type);
        }
        for (int type : new int[] {MP_REACH_NLRI, MP_UNREACH_NLRI, AS4_PATH, AS4_AGGREGATOR, TUNNEL_ENCAPSULATION, PREFIX_SID}) {
            PLAIN[type] = false;
        }
    }

    final Faults faults;
    private final AttributeRules rules;
    private byte[] bytes = {};
    private DecodeContext context;
    private boolean classicNlri;

    /** Per type code: where the attribute, its value, and its end are; only those in {@code kept} count. */
    private final int[] starts = new int[256];
    private final int[] values = new int[256];
    private final int[] ends = new int[256];
    private final long[] seen = new long[4];
    private final long[] kept = new long[4];

    final byte[] canonical = new byte[SCRATCH];
    int canonicalLength;
    private byte[] merged = {};
    private int mergedLength;

    /** MP_REACH_NLRI of a negotiated family: where its next hop and NLRI are; {@code reachPresent} also where the family is not ours. */
    boolean reachPresent;
    boolean reachUsable;
    AddressFamily reachFamily = AddressFamily.IPV6;
    int reachNextHop;
    int reachNextHopLength;
    int reachFrom;
    int reachEnd;
    boolean unreachPresent;
    boolean unreachUsable;
    AddressFamily unreachFamily = AddressFamily.IPV6;
    int unreachFrom;
    int unreachEnd;
    /** Any attribute but MP_UNREACH_NLRI. */
    boolean others;

    AttributeReader(Faults faults, DecodeContext initial) {
        this.faults = faults;
        this.context = initial;
        this.rules = new AttributeRules(faults);
    }

    /** Forgets the message before. */
    void clear() {
        for (int i = 0; i < 4; i++) {
            seen[i] = 0;
            kept[i] = 0;
        }
        reachPresent = false;
        reachUsable = false;
        unreachPresent = false;
        unreachUsable = false;
        others = false;
    }

    /** Reads the attributes in [from, end); faults are collected. @param classic the message has prefixes in its NLRI field */
    void read(byte[] message, int from, int end, DecodeContext session, boolean classic) {
        bytes = message;
        context = session;
        classicNlri = classic;
        int at = from;
        while (at < end) {
            int header = end - at >= 1 && (bytes[at] & EXTENDED_LENGTH) != 0 ? 4 : 3;
            if (end - at < header) {
                others = true;
                faults.message(Problem.ATTRIBUTE_LIST, at, end - at, end - at + " octets are left for the head of an attribute, wanted " + header,
                        "RFC 7606 §4", Action.TREAT_AS_WITHDRAW, 1);
                return;
            }
            int length = header == 4 ? Octets.u16(bytes, at + 2) : bytes[at + 2] & 0xff;
            int value = at + header;
            if (value + length > end) {
                overrun(at, end, value, length);
                return;
            }
            take(at, value, value + length);
            at = value + length;
        }
    }

    private void overrun(int at, int end, int value, int length) {
        int type = bytes[at + 1] & 0xff;
        others = true;
        boolean nlriLost = type == MP_REACH_NLRI || type == MP_UNREACH_NLRI; // RFC 7606 §3 j: its prefixes cannot be located
        faults.attribute(Problem.ATTRIBUTE_LIST, at, end, length, "the attribute's length is " + length + ", but " + (end - value) + " octets are left in the field",
                "RFC 7606 §4", nlriLost ? Action.SESSION_RESET : Action.TREAT_AS_WITHDRAW, 1);
    }

    private void take(int at, int value, int end) {
        int type = bytes[at + 1] & 0xff;
        int flags = bytes[at] & (OPTIONAL | TRANSITIVE);
        others |= type != MP_UNREACH_NLRI;
        if ((seen[type >> 6] & 1L << type) != 0) {
            repeated(type, at, value, end);
            return;
        }
        seen[type >> 6] |= 1L << type;
        starts[type] = at;
        values[type] = value;
        ends[type] = end;
        if (!AttributeType.isKnown(type)) {
            unknown(type, flags, at, value, end);
            return;
        }
        if (type == NEXT_HOP && !classicNlri) {
            return; // RFC 4760 §3: NEXT_HOP beside nothing but MP_REACH_NLRI is ignored
        }
        if (flags != AttributeType.flags(type) && !rules.flags(type, at, value, end)) {
            if (type != MP_REACH_NLRI && type != MP_UNREACH_NLRI) { // their prefixes are still located, to be withdrawn
                return;
            }
        }
        if (type == MP_REACH_NLRI) {
            reach(at, value, end);
        } else if (type == MP_UNREACH_NLRI) {
            unreach(at, value, end);
        } else if (rules.check(type, bytes, at, value, end, context)) {
            kept[type >> 6] |= 1L << type;
        }
    }

    private void repeated(int type, int at, int value, int end) {
        if (type == MP_REACH_NLRI || type == MP_UNREACH_NLRI) {
            faults.attribute(Problem.REPEATED, at, end, end - value, "stands more than once in the message", "RFC 7606 §3 g", Action.SESSION_RESET, 1);
        } else {
            faults.attribute(Problem.REPEATED, at, end, end - value, "stands more than once in the message; the first one counts", "RFC 7606 §3 g",
                    Action.ATTRIBUTE_DISCARD, 1);
        }
    }

    private void unknown(int type, int flags, int at, int value, int end) {
        if ((flags & OPTIONAL) == 0) {
            faults.attribute(Problem.NOT_RECOGNIZED, at, end, end - value, "is marked well-known but is not known", "RFC 4271 §6.3", Action.SESSION_RESET, 2);
        } else if ((flags & TRANSITIVE) != 0) {
            kept[type >> 6] |= 1L << type;
        }
    }

    private void reach(int at, int value, int end) {
        reachPresent = true;
        if (end - value < 5 || value + 5 + (bytes[value + 3] & 0xff) > end) {
            faults.attribute(Problem.LENGTH, at, end, end - value, end - value < 5 ? "wanted at least 5 octets" : "the next hop of " + (bytes[value + 3] & 0xff)
                    + " octets does not fit", "RFC 7606 §7.11", Action.SESSION_RESET, 9);
            return;
        }
        int afi = Octets.u16(bytes, value);
        int safi = bytes[value + 2] & 0xff;
        AddressFamily family = afi == 1 ? AddressFamily.IPV4 : AddressFamily.IPV6;
        if (afi < 1 || afi > 2 || safi != 1 || !context.families().contains(family)) {
            notNegotiated(at, value, end, afi, safi);
            return;
        }
        reachNextHopLength = bytes[value + 3] & 0xff;
        reachNextHop = value + 4;
        boolean expected = family == AddressFamily.IPV4 ? reachNextHopLength == 4 : reachNextHopLength == 16 || reachNextHopLength == 32;
        if (!expected) {
            faults.attribute(Problem.LENGTH, at, end, end - value, "a next hop of " + reachNextHopLength + " octets, wanted "
                    + (family == AddressFamily.IPV4 ? "4" : "16 or 32"), "RFC 7606 §7.11, RFC 2545 §3", Action.SESSION_RESET, 9);
            return;
        }
        reachFamily = family;
        reachFrom = reachNextHop + reachNextHopLength + 1;
        reachEnd = end;
        int broken = Nlri.brokenAt(family, bytes, reachFrom, end);
        if (broken >= 0) {
            faults.attribute(Problem.PREFIXES, at, end, end - value, Nlri.reason(family, bytes, broken, end), "RFC 7606 §5.3", Action.SESSION_RESET, 9);
            return;
        }
        reachUsable = true;
        if (reachEnd > reachFrom) {
            rules.nextHop(family, bytes, reachNextHop, reachNextHopLength, at, end, context);
        }
    }

    private void unreach(int at, int value, int end) {
        unreachPresent = true;
        if (end - value < 3) {
            faults.attribute(Problem.LENGTH, at, end, end - value, "wanted at least 3 octets", "RFC 7606 §5.3", Action.SESSION_RESET, 9);
            return;
        }
        int afi = Octets.u16(bytes, value);
        int safi = bytes[value + 2] & 0xff;
        AddressFamily family = afi == 1 ? AddressFamily.IPV4 : AddressFamily.IPV6;
        if (afi < 1 || afi > 2 || safi != 1 || !context.families().contains(family)) {
            notNegotiated(at, value, end, afi, safi);
            return;
        }
        int broken = Nlri.brokenAt(family, bytes, value + 3, end);
        if (broken >= 0) {
            faults.attribute(Problem.PREFIXES, at, end, end - value, Nlri.reason(family, bytes, broken, end), "RFC 7606 §5.3", Action.SESSION_RESET, 9);
            return;
        }
        unreachFamily = family;
        unreachFrom = value + 3;
        unreachEnd = end;
        unreachUsable = true;
    }

    private void notNegotiated(int at, int value, int end, int afi, int safi) {
        faults.attribute(Problem.FAMILY, at, end, end - value, "AFI " + afi + " SAFI " + safi + " was not negotiated", "RFC 4760 §7", Action.IGNORE, 9);
    }

    boolean has(int type) {
        return (kept[type >> 6] & 1L << type) != 0;
    }

    private boolean wasSeen(int type) {
        return (seen[type >> 6] & 1L << type) != 0;
    }

    /** Checks across attributes, once all are read; only where the message announces something. */
    void checkWhole() {
        if (!wasSeen(ORIGIN)) {
            faults.missing(ORIGIN);
        }
        if (!wasSeen(AS_PATH)) {
            faults.missing(AS_PATH);
        }
        if (classicNlri && !wasSeen(NEXT_HOP)) {
            faults.missing(NEXT_HOP);
        }
        mergedLength = 0;
        if (has(AS_PATH)) {
            mergePath();
        }
    }

    /** The 4-octet path into {@link #merged}, where it is not the received octets themselves (RFC 6793 §4.2.3). */
    private void mergePath() {
        if (context.fourOctetAs()) {
            return;
        }
        if (merged.length == 0) {
            merged = new byte[SCRATCH];
        }
        int as2 = values[AS_PATH];
        int as2Length = ends[AS_PATH] - as2;
        boolean aggregatorSpeaksForAs2 = has(AGGREGATOR) && has(AS4_AGGREGATOR) && Octets.u16(bytes, values[AGGREGATOR]) != AsPath.TRANS;
        boolean useAs4 = has(AS4_PATH) && !aggregatorSpeaksForAs2;
        int surplus = useAs4 ? AsPath.selectionLength(bytes, as2, as2Length, 2)
                - As4Path.selectionLength(bytes, values[AS4_PATH], ends[AS4_PATH]) : -1;
        mergedLength = surplus < 0
                ? As4Path.expand(bytes, as2, as2 + as2Length, merged)
                : As4Path.merge(bytes, as2, as2 + as2Length, surplus, values[AS4_PATH], ends[AS4_PATH], merged);
    }

    /**
     * Writes the canonical set into {@link #canonical}: with the next hop of MP_REACH_NLRI, or with NEXT_HOP.
     *
     * @return false where the set is too large, which is then a fault
     */
    boolean writeCanonical(boolean multiprotocol) {
        boolean reach4 = multiprotocol && reachFamily == AddressFamily.IPV4;
        boolean reach6 = multiprotocol && !reach4;
        int at = 0;
        for (int word = 0; word < 4; word++) {
            long bits = kept[word];
            if (word == 0) {
                bits &= ~(1L << NEXT_HOP | 1L << AS4_PATH | 1L << AS4_AGGREGATOR);
                bits |= (reach4 || !multiprotocol ? 1L << NEXT_HOP : 0) | (reach6 ? 1L << MP_REACH_NLRI : 0);
            }
            for (; bits != 0; bits &= bits - 1) {
                at = write(at, word * 64 + Long.numberOfTrailingZeros(bits), multiprotocol);
                if (at > AttributeTable.MAX_SET_LENGTH) {
                    faults.message(Problem.TOO_LARGE, starts[AS_PATH], at, "the attributes need more than " + AttributeTable.MAX_SET_LENGTH
                            + " octets with 4-octet AS numbers", "RFC 8654 §3", Action.TREAT_AS_WITHDRAW, 1);
                    return false;
                }
            }
        }
        canonicalLength = at;
        return true;
    }

    private int write(int at, int type, boolean multiprotocol) {
        if (type == NEXT_HOP && multiprotocol) {
            return put(at, TRANSITIVE, NEXT_HOP, bytes, reachNextHop, 4);
        }
        if (type == MP_REACH_NLRI) {
            return writeNextHop6(at);
        }
        if (type == AS_PATH && !context.fourOctetAs()) {
            return put(at, TRANSITIVE, AS_PATH, merged, 0, mergedLength);
        }
        if (type == AGGREGATOR && !context.fourOctetAs()) {
            return writeAggregator(at);
        }
        int required = AttributeType.flags(type);
        int partial = bytes[starts[type]] & PARTIAL;
        boolean passedOn = required == 0 || type == TUNNEL_ENCAPSULATION || type == PREFIX_SID;
        int flags = passedOn ? OPTIONAL | TRANSITIVE | PARTIAL // RFC 4271 §5: set Partial on what we do not understand
                : required == (OPTIONAL | TRANSITIVE) ? required | partial : required;
        return put(at, flags, type, bytes, values[type], ends[type] - values[type]);
    }

    private int put(int at, int flags, int type, byte[] source, int from, int length) {
        canonical[at + 1] = (byte) type;
        int value;
        if (length > 255) {
            canonical[at] = (byte) (flags | EXTENDED_LENGTH);
            Octets.put16(canonical, at + 2, length);
            value = at + 4;
        } else {
            canonical[at] = (byte) flags;
            canonical[at + 2] = (byte) length;
            value = at + 3;
        }
        System.arraycopy(source, from, canonical, value, length);
        return value + length;
    }

    /** A second address that is not link-local says nothing; an unspecified first one beside a link-local is how some speakers say "only link-local". */
    private int writeNextHop6(int at) {
        int from = reachNextHop;
        int length = reachNextHopLength;
        if (length == 32) {
            boolean second = Octets.i64(bytes, from + 16) >>> 54 == 0x3fa;
            boolean first = (Octets.i64(bytes, from) | Octets.i64(bytes, from + 8)) != 0;
            if (!second) {
                length = 16;
            } else if (!first) {
                from += 16;
                length = 16;
            }
        }
        return put(at, OPTIONAL, MP_REACH_NLRI, bytes, from, length);
    }

    private int writeAggregator(int at) {
        int as = Octets.u16(bytes, values[AGGREGATOR]);
        int flags = OPTIONAL | TRANSITIVE | bytes[starts[AGGREGATOR]] & PARTIAL;
        if (as == AsPath.TRANS && has(AS4_AGGREGATOR)) {
            return put(at, flags, AGGREGATOR, bytes, values[AS4_AGGREGATOR], 8);
        }
        int end = put(at, flags, AGGREGATOR, bytes, values[AGGREGATOR] - 2, 8);
        Octets.put32(canonical, at + 3, as);
        return end;
    }

    /**
     * Copies attributes of a message to {@link #canonical} with nothing changed but their heads, where that is all that stands between them and the
     * canonical form: sorted, none of a type that is rewritten, left out or not known.
     *
     * @return the length, or -1
     */
    int plainForm(byte[] message, int from, int end) {
        int to = 0;
        int before = 0;
        for (int at = from; at < end; ) {
            int flags = message[at] & 0xff;
            int header = (flags & EXTENDED_LENGTH) != 0 ? 4 : 3;
            if (end - at < header) {
                return -1;
            }
            int type = message[at + 1] & 0xff;
            int length = header == 4 ? Octets.u16(message, at + 2) : message[at + 2] & 0xff;
            int value = at + header;
            if (type <= before || !PLAIN[type] || length > end - value) {
                return -1;
            }
            to = AttributeForm.head(canonical, to, flags & (OPTIONAL | TRANSITIVE | PARTIAL), type, length);
            System.arraycopy(message, value, canonical, to, length);
            to += length;
            before = type;
            at = value + length;
        }
        return to;
    }
}
