package tombolo.bgp.core.wire;

import tombolo.api.net.Asn;

/**
 * One fault of an UPDATE message, with all that its line needs (RFC 7606 §8).
 *
 * @param peer          as in {@link DecodeContext#peer}
 * @param attribute     the attribute's type code; -1 where the fault lies elsewhere in the message
 * @param flags         as received; 0 where there is no attribute
 * @param length        the attribute's length field, or that of the faulty field
 * @param offset        of the faulty attribute or field in the message, its header included
 * @param clause        "RFC 7606 §7.1"
 * @param prefixes      "10.0.0.0/24 (+3)": what the message announces; "" where there is nothing or it could not be read
 * @param hex           the received octets of the attribute, at most {@value #MAX_HEX_OCTETS}
 */
public record UpdateError(Problem problem, String peer, Asn localAs, Asn remoteAs, String family, int attribute, int flags, int length, int offset, String reason,
                          String clause, Action action, String prefixes, String hex) {
    static final int MAX_HEX_OCTETS = 64;

    /** From the mildest to the strongest (RFC 7606 §2). */
    public enum Action {
        IGNORE("ignored"), ATTRIBUTE_DISCARD("attribute discarded"), TREAT_AS_WITHDRAW("treat-as-withdraw"), AFI_DISABLE("address family disabled"),
        SESSION_RESET("session reset");

        private final String text;

        Action(String text) {
            this.text = text;
        }

        /** "treat-as-withdraw". */
        public String text() {
            return text;
        }
    }

    /** Each kind of fault with its stable code: TMB-BGP-301 and on. */
    public enum Problem {
        /** The length of the message, of Withdrawn Routes or of the attributes does not fit the others. */
        MESSAGE_LENGTHS(301),
        /** An attribute reaches beyond the end of the attributes. */
        ATTRIBUTE_LIST(302),
        /** Optional and Transitive are not as the type wants them. */
        FLAGS(303),
        /** A value is longer or shorter than its type allows. */
        LENGTH(304),
        /** A value of the right length says what is not defined. */
        VALUE(305),
        /** ORIGIN, AS_PATH or NEXT_HOP is not there. */
        MISSING(306),
        /** An attribute stands there twice. */
        REPEATED(307),
        /** An attribute that we do not know is marked well-known. */
        NOT_RECOGNIZED(308),
        /** An attribute that such a peer has no business to send: LOCAL_PREF from an external one. */
        NOT_FROM_THIS_PEER(309),
        /** A field of prefixes cannot be read. */
        PREFIXES(310),
        /** Prefixes of an address family that was not negotiated. */
        FAMILY(311),
        /** A next hop that is no host, or ourselves. */
        NEXT_HOP(312),
        /** The attributes fit no message once AS numbers have four octets. */
        TOO_LARGE(313);

        private final int code;

        Problem(int code) {
            this.code = code;
        }

        /** "TMB-BGP-304". */
        public String code() {
            return "TMB-BGP-" + code;
        }
    }

    /** "OTC(35)", or "message". */
    public String attributeName() {
        return attribute < 0 ? "message" : AttributeType.name(attribute) + "(" + attribute + ")";
    }

    /** "ORIGIN/treat-as-withdraw": the name of a counter. */
    public String counter() {
        return (attribute < 0 ? "message" : AttributeType.isKnown(attribute) ? AttributeType.name(attribute) : "attribute " + attribute) + "/" + action.text();
    }

    /** The one line of operator text. */
    public String line() {
        return problem.code() + " peer " + peer + " AS" + remoteAs + " to AS" + localAs + " UPDATE" + (family.isEmpty() ? "" : " " + family) + ": " + attributeName()
                + (attribute < 0 ? "" : String.format(" flags 0x%02X", flags)) + " length " + length + " at offset " + offset + ": " + reason
                + " -> " + action.text() + (prefixes.isEmpty() ? "" : " " + prefixes) + " [" + clause + "]" + (hex.isEmpty() ? "" : " octets " + hex);
    }
}
