package tombolo.bgp.core.wire;

/**
 * Type codes of path attributes (IANA "BGP Path Attributes") and the flags that each must carry. Codes that are not named here are unknown to this
 * speaker: RFC 4271 §5 says what becomes of them.
 *
 * <pre>
 * Attribute Flags (RFC 4271 §4.3)
 *   0   1   2   3   4   5   6   7
 * +---+---+---+---+---------------+
 * | O | T | P | E |  zero, ignored|   O optional, T transitive, P partial, E extended length
 * +---+---+---+---+---------------+
 * </pre>
 */
final class AttributeType {
    static final int OPTIONAL = 0x80;
    static final int TRANSITIVE = 0x40;
    static final int PARTIAL = 0x20;
    static final int EXTENDED_LENGTH = 0x10;

    static final int ORIGIN = 1;
    static final int AS_PATH = 2;
    static final int NEXT_HOP = 3;
    static final int MED = 4;
    static final int LOCAL_PREF = 5;
    static final int ATOMIC_AGGREGATE = 6;
    static final int AGGREGATOR = 7;
    static final int COMMUNITIES = 8;
    static final int ORIGINATOR_ID = 9;
    static final int CLUSTER_LIST = 10;
    static final int MP_REACH_NLRI = 14;
    static final int MP_UNREACH_NLRI = 15;
    static final int EXTENDED_COMMUNITIES = 16;
    static final int AS4_PATH = 17;
    static final int AS4_AGGREGATOR = 18;
    static final int TUNNEL_ENCAPSULATION = 23;
    static final int IPV6_EXTENDED_COMMUNITIES = 25;
    static final int LARGE_COMMUNITIES = 32;
    static final int ONLY_TO_CUSTOMER = 35;
    static final int PREFIX_SID = 40;

    private static final int WELL_KNOWN = TRANSITIVE;
    private static final int OPTIONAL_TRANSITIVE = OPTIONAL | TRANSITIVE;
    private static final String[] NAMES = new String[256];
    /** The O and T bits of a known type; 0 where the type is unknown (no type has both bits clear: RFC 4271 §4.3). */
    private static final byte[] FLAGS = new byte[256];

    static {
        known(ORIGIN, WELL_KNOWN, "ORIGIN");
        known(AS_PATH, WELL_KNOWN, "AS_PATH");
        known(NEXT_HOP, WELL_KNOWN, "NEXT_HOP");
        known(MED, OPTIONAL, "MULTI_EXIT_DISC");
        known(LOCAL_PREF, WELL_KNOWN, "LOCAL_PREF");
        known(ATOMIC_AGGREGATE, WELL_KNOWN, "ATOMIC_AGGREGATE");
        known(AGGREGATOR, OPTIONAL_TRANSITIVE, "AGGREGATOR");
        known(COMMUNITIES, OPTIONAL_TRANSITIVE, "COMMUNITIES");
        known(ORIGINATOR_ID, OPTIONAL, "ORIGINATOR_ID");
        known(CLUSTER_LIST, OPTIONAL, "CLUSTER_LIST");
        known(MP_REACH_NLRI, OPTIONAL, "MP_REACH_NLRI");
        known(MP_UNREACH_NLRI, OPTIONAL, "MP_UNREACH_NLRI");
        known(EXTENDED_COMMUNITIES, OPTIONAL_TRANSITIVE, "EXTENDED COMMUNITIES");
        known(AS4_PATH, OPTIONAL_TRANSITIVE, "AS4_PATH");
        known(AS4_AGGREGATOR, OPTIONAL_TRANSITIVE, "AS4_AGGREGATOR");
        known(TUNNEL_ENCAPSULATION, OPTIONAL_TRANSITIVE, "TUNNEL_ENCAPSULATION");
        known(IPV6_EXTENDED_COMMUNITIES, OPTIONAL_TRANSITIVE, "IPV6 EXTENDED COMMUNITIES");
        known(LARGE_COMMUNITIES, OPTIONAL_TRANSITIVE, "LARGE_COMMUNITY");
        known(ONLY_TO_CUSTOMER, OPTIONAL_TRANSITIVE, "OTC");
        known(PREFIX_SID, OPTIONAL_TRANSITIVE, "PREFIX_SID");
    }

    private AttributeType() { }

    private static void known(int type, int flags, String name) {
        FLAGS[type] = (byte) flags;
        NAMES[type] = name;
    }

    static boolean isKnown(int type) {
        return FLAGS[type] != 0;
    }

    /** The O and T bits which the type must carry; 0 where the type is unknown. */
    static int flags(int type) {
        return FLAGS[type] & 0xff;
    }

    /** "ORIGIN", or "attribute" where the type is unknown. */
    static String name(int type) {
        String name = NAMES[type];
        return name == null ? "attribute" : name;
    }
}
