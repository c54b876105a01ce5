package tombolo.bgp.core.wire;

import static tombolo.bgp.core.wire.AttributeType.*;

import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.bgp.core.wire.UpdateError.Action;
import tombolo.bgp.core.wire.UpdateError.Problem;

/**
 * What the value of each known attribute must be, and what happens where it is not: RFC 7606 §7 and the RFCs that later attributes come from.
 *
 * <pre>
 * attribute                    sound where                                        else
 * ORIGIN                       1 octet, 0-2                                       treat-as-withdraw   RFC 7606 §7.1
 * AS_PATH                      segments fill it, none empty, no AS 0              treat-as-withdraw   RFC 7606 §7.2, RFC 7607
 * NEXT_HOP                     4 octets, a host address, not our own              treat-as-withdraw   RFC 7606 §7.3, RFC 4271 §6.3
 * MULTI_EXIT_DISC              4 octets                                           treat-as-withdraw   RFC 7606 §7.4
 * LOCAL_PREF                   4 octets, from an internal peer                    treat-as-withdraw; discard from an external one   §7.5
 * ATOMIC_AGGREGATE             0 octets                                           discard             RFC 7606 §7.6
 * AGGREGATOR                   6 octets (8 with 4-octet ASes), no AS 0            discard             RFC 7606 §7.7
 * COMMUNITIES                  n x 4 octets, n > 0                                treat-as-withdraw   RFC 7606 §7.8
 * ORIGINATOR_ID, CLUSTER_LIST  4, n x 4 octets, from an internal peer             as LOCAL_PREF       RFC 7606 §7.9, §7.10
 * EXTENDED COMMUNITIES         n x 8 octets, n > 0 (IPv6: n x 20)                 treat-as-withdraw   RFC 7606 §7.14, §7.15
 * LARGE_COMMUNITY              n x 12 octets, n > 0                               treat-as-withdraw   RFC 8092 §6
 * AS4_PATH, AS4_AGGREGATOR     from a 2-octet peer, and sound                     discard             RFC 6793 §6
 * TUNNEL_ENCAPSULATION         TLVs and sub-TLVs fill it                          treat-as-withdraw   RFC 9012 §13
 * OTC                          4 octets, not AS 0                                 treat-as-withdraw   RFC 9234 §5
 * PREFIX_SID                   from an internal peer, TLVs fill it                discard             RFC 8669 §6, §8
 * </pre>
 */
final class AttributeRules {
    private final Faults faults;

    AttributeRules(Faults faults) {
        this.faults = faults;
    }

    /** Notes wrong O and T bits; answers whether the attribute may be used all the same (never). */
    boolean flags(int type, int at, int value, int end) {
        // RFC 7606 §3 f: faults of these two never cost more than the attribute; RFC 6793 §6 says the same of AS4_*
        boolean mild = type == ATOMIC_AGGREGATE || type == AGGREGATOR || type == AS4_PATH || type == AS4_AGGREGATOR;
        faults.attribute(Problem.FLAGS, at, end, end - value, "the Optional and Transitive bits do not fit the type", mild ? "RFC 7606 §3 f" : "RFC 7606 §3 c",
                mild ? Action.ATTRIBUTE_DISCARD : Action.TREAT_AS_WITHDRAW, 4);
        return false;
    }

    /** Whether the attribute is to be kept; a fault is noted where not. */
    boolean check(int type, byte[] bytes, int at, int value, int end, DecodeContext context) {
        int length = end - value;
        return switch (type) {
            case ORIGIN -> origin(bytes, at, value, end);
            case AS_PATH -> path(bytes, at, value, end, context);
            case NEXT_HOP -> length(at, end, length, 4, "RFC 7606 §7.3", Action.TREAT_AS_WITHDRAW)
                    && nextHop(AddressFamily.IPV4, bytes, value, 4, at, end, context);
            case MED -> length(at, end, length, 4, "RFC 7606 §7.4", Action.TREAT_AS_WITHDRAW);
            case LOCAL_PREF -> internal(at, end, length, "RFC 7606 §7.5", context) && length(at, end, length, 4, "RFC 7606 §7.5", Action.TREAT_AS_WITHDRAW);
            case ATOMIC_AGGREGATE -> length(at, end, length, 0, "RFC 7606 §7.6", Action.ATTRIBUTE_DISCARD);
            case AGGREGATOR -> aggregator(bytes, at, value, end, context);
            case COMMUNITIES -> multiple(at, end, length, 4, "RFC 7606 §7.8");
            case ORIGINATOR_ID -> internal(at, end, length, "RFC 7606 §7.9", context) && length(at, end, length, 4, "RFC 7606 §7.9", Action.TREAT_AS_WITHDRAW);
            case CLUSTER_LIST -> internal(at, end, length, "RFC 7606 §7.10", context) && multiple(at, end, length, 4, "RFC 7606 §7.10");
            case EXTENDED_COMMUNITIES -> multiple(at, end, length, 8, "RFC 7606 §7.14");
            case IPV6_EXTENDED_COMMUNITIES -> multiple(at, end, length, 20, "RFC 7606 §7.15");
            case LARGE_COMMUNITIES -> multiple(at, end, length, 12, "RFC 8092 §6");
            case AS4_PATH -> as4Path(bytes, at, value, end, context);
            case AS4_AGGREGATOR -> as4Aggregator(bytes, at, value, end, context);
            case TUNNEL_ENCAPSULATION -> tunnels(bytes, at, value, end);
            case ONLY_TO_CUSTOMER -> onlyToCustomer(bytes, at, value, end);
            case PREFIX_SID -> prefixSid(bytes, at, value, end, context);
            default -> throw new IllegalStateException("attribute " + type + " is known but has no rule");
        };
    }

    private boolean origin(byte[] bytes, int at, int value, int end) {
        if (!length(at, end, end - value, 1, "RFC 7606 §7.1", Action.TREAT_AS_WITHDRAW)) {
            return false;
        }
        int code = bytes[value] & 0xff;
        return code <= 2 || fault(Problem.VALUE, at, end, 1, "the value is " + code + ", wanted 0 to 2", "RFC 7606 §7.1", Action.TREAT_AS_WITHDRAW, 6);
    }

    private boolean path(byte[] bytes, int at, int value, int end, DecodeContext context) {
        int asOctets = context.fourOctetAs() ? 4 : 2;
        int length = end - value;
        String problem = AsPath.problem(bytes, value, length, asOctets);
        if (!problem.isEmpty()) {
            return fault(Problem.VALUE, at, end, length, problem, problem.startsWith("AS 0") ? "RFC 7607 §2, RFC 7606 §7.2" : "RFC 7606 §7.2",
                    Action.TREAT_AS_WITHDRAW, 11);
        }
        if (AsPath.hasSegment(bytes, value, length, asOctets, AsPath.CONFED_SEQUENCE, AsPath.CONFED_SET)) {
            return fault(Problem.VALUE, at, end, length, "confederation segments from a peer outside of a confederation", "RFC 5065 §5, RFC 7606 §7.2",
                    Action.TREAT_AS_WITHDRAW, 11);
        }
        if (context.rejectAsSets() && AsPath.hasSegment(bytes, value, length, asOctets, AsPath.SET, AsPath.SET)) {
            return fault(Problem.VALUE, at, end, length, "an AS_SET stands in the path", "RFC 9774 §3", Action.TREAT_AS_WITHDRAW, 11);
        }
        if (context.ibgp()) {
            return true;
        }
        if (length == 0) {
            return fault(Problem.VALUE, at, end, 0, "the path of an external peer is empty", "RFC 4271 §5.1.2, §6.3", Action.TREAT_AS_WITHDRAW, 11);
        }
        if (!context.enforceFirstAs()) {
            return true;
        }
        int first = bytes[value] == AsPath.SEQUENCE ? AsPath.as(bytes, value + 2, asOctets) : 0;
        Asn remote = context.remoteAs();
        int wanted = asOctets == 2 && !remote.fitsTwoOctets() ? AsPath.TRANS : (int) remote.value();
        return first == wanted || fault(Problem.VALUE, at, end, length, "the path begins with " + (first == 0 ? "a set" : "AS " + Integer.toUnsignedLong(first))
                + ", not with the peer's AS " + remote, "RFC 4271 §6.3", Action.TREAT_AS_WITHDRAW, 11);
    }

    /** Whether a next hop is a host address and not our own. A 32-octet one is judged by its global address, or by the link-local where that is ::. */
    boolean nextHop(AddressFamily family, byte[] bytes, int value, int length, int at, int end, DecodeContext context) {
        String reason;
        if (family == AddressFamily.IPV4) {
            int bits = Octets.i32(bytes, value);
            int first = bits >>> 24;
            reason = bits == 0 || first == 127 || first >= 224 ? "is no host address"
                    : context.isOwn(family, 0, bits & 0xffff_ffffL) ? "is our own address" : "";
        } else {
            int from = length == 32 && (Octets.i64(bytes, value) | Octets.i64(bytes, value + 8)) == 0 ? value + 16 : value;
            long hi = Octets.i64(bytes, from);
            long lo = Octets.i64(bytes, from + 8);
            boolean host = hi >>> 56 != 0xff && (hi != 0 || lo >>> 32 != 0 && lo >>> 32 != 0xffff);
            reason = !host ? "is no host address" : context.isOwn(family, hi, lo) ? "is our own address" : "";
        }
        if (reason.isEmpty()) {
            return true;
        }
        IpAddress address = IpAddress.fromBytes(family, bytes, value);
        return fault(Problem.NEXT_HOP, at, end, end - value, "the next hop " + address + " " + reason, "RFC 4271 §6.3, RFC 7606 §7.3", Action.TREAT_AS_WITHDRAW, 8);
    }

    private boolean aggregator(byte[] bytes, int at, int value, int end, DecodeContext context) {
        if (!length(at, end, end - value, context.fourOctetAs() ? 8 : 6, "RFC 7606 §7.7", Action.ATTRIBUTE_DISCARD)) {
            return false;
        }
        return AsPath.as(bytes, value, context.fourOctetAs() ? 4 : 2) != 0
                || fault(Problem.VALUE, at, end, end - value, "AS 0", "RFC 7607 §2", Action.ATTRIBUTE_DISCARD, 9);
    }

    private boolean as4Path(byte[] bytes, int at, int value, int end, DecodeContext context) {
        int length = end - value;
        if (context.fourOctetAs()) {
            return fault(Problem.NOT_FROM_THIS_PEER, at, end, length, "from a peer that speaks 4-octet AS numbers", "RFC 6793 §4.1", Action.ATTRIBUTE_DISCARD, 9);
        }
        String problem = length < 6 ? "wanted at least 6 octets" : AsPath.problem(bytes, value, length, 4);
        return problem.isEmpty() || fault(Problem.VALUE, at, end, length, problem, "RFC 6793 §6", Action.ATTRIBUTE_DISCARD, 9);
    }

    private boolean as4Aggregator(byte[] bytes, int at, int value, int end, DecodeContext context) {
        if (context.fourOctetAs()) {
            return fault(Problem.NOT_FROM_THIS_PEER, at, end, end - value, "from a peer that speaks 4-octet AS numbers", "RFC 6793 §4.1",
                    Action.ATTRIBUTE_DISCARD, 9);
        }
        return length(at, end, end - value, 8, "RFC 6793 §6", Action.ATTRIBUTE_DISCARD)
                && (Octets.i32(bytes, value) != 0 || fault(Problem.VALUE, at, end, 8, "AS 0", "RFC 7607 §2", Action.ATTRIBUTE_DISCARD, 9));
    }

    /** TLVs of a 2-octet type and length; sub-TLVs of a 1-octet type and a length of 1 octet below type 128, of 2 from there (RFC 9012 §2). */
    private boolean tunnels(byte[] bytes, int at, int value, int end) {
        int tlv = value;
        boolean sound = end > value;
        while (sound && tlv < end) {
            int tlvEnd = end - tlv < 4 ? end + 1 : tlv + 4 + Octets.u16(bytes, tlv + 2);
            sound = tlvEnd <= end;
            for (int sub = tlv + 4; sound && sub < tlvEnd; ) {
                int header = (bytes[sub] & 0x80) != 0 ? 3 : 2;
                sound = sub + header <= tlvEnd;
                if (sound) {
                    sub += header + (header == 3 ? Octets.u16(bytes, sub + 1) : bytes[sub + 1] & 0xff);
                    sound = sub <= tlvEnd;
                }
            }
            tlv = tlvEnd;
        }
        return sound || fault(Problem.VALUE, at, end, end - value, "a TLV or sub-TLV does not fit", "RFC 9012 §13", Action.TREAT_AS_WITHDRAW, 9);
    }

    private boolean onlyToCustomer(byte[] bytes, int at, int value, int end) {
        return length(at, end, end - value, 4, "RFC 9234 §5, RFC 7606 §7", Action.TREAT_AS_WITHDRAW)
                && (Octets.i32(bytes, value) != 0 || fault(Problem.VALUE, at, end, 4, "AS 0", "RFC 9234 §5, RFC 7607 §2", Action.TREAT_AS_WITHDRAW, 9));
    }

    /** TLVs of a 1-octet type and a 2-octet length (RFC 8669 §3). No external peer is in our SR domain. */
    private boolean prefixSid(byte[] bytes, int at, int value, int end, DecodeContext context) {
        if (!context.ibgp()) {
            return fault(Problem.NOT_FROM_THIS_PEER, at, end, end - value, "from an external peer", "RFC 8669 §8", Action.ATTRIBUTE_DISCARD, 9);
        }
        int tlv = value;
        while (tlv + 3 <= end && bytes[tlv] != 0) { // type 0 is reserved
            tlv += 3 + Octets.u16(bytes, tlv + 1);
        }
        return tlv == end && end > value || fault(Problem.VALUE, at, end, end - value, "a TLV does not fit", "RFC 8669 §6", Action.ATTRIBUTE_DISCARD, 9);
    }

    private boolean internal(int at, int end, int length, String clause, DecodeContext context) {
        return context.ibgp() || fault(Problem.NOT_FROM_THIS_PEER, at, end, length, "from an external peer", clause, Action.ATTRIBUTE_DISCARD, 9);
    }

    private boolean length(int at, int end, int length, int wanted, String clause, Action action) {
        return length == wanted || fault(Problem.LENGTH, at, end, length, "length is " + length + ", wanted " + wanted, clause, action, 5);
    }

    private boolean multiple(int at, int end, int length, int unit, String clause) {
        return length > 0 && length % unit == 0
                || fault(Problem.LENGTH, at, end, length, "length is " + length + ", wanted a multiple of " + unit + " above 0", clause, Action.TREAT_AS_WITHDRAW, 5);
    }

    /** Always false, so that a check can end with it. */
    private boolean fault(Problem problem, int at, int end, int length, String reason, String clause, Action action, int subcode) {
        faults.attribute(problem, at, end, length, reason, clause, action, subcode);
        return false;
    }
}
