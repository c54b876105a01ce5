package tombolo.bgp.core.rib;

import tombolo.api.net.AddressFamily;

/** The small fixed messages of the route exchange. */
final class ControlMessages {
    /** Message subtypes of ROUTE-REFRESH (RFC 7313 §3.2). */
    static final int NORMAL_REFRESH = 0;
    static final int BEGIN_OF_REFRESH = 1;
    static final int END_OF_REFRESH = 2;
    static final int HEADER = 19;
    static final int UPDATE = 2;
    static final int ROUTE_REFRESH = 5;
    private static final int UNICAST = 1;

    private ControlMessages() { }

    /** RFC 2918 §3, RFC 7313 §3.2: AFI, message subtype, SAFI. */
    static byte[] refresh(AddressFamily family, int subtype) {
        byte[] message = header(HEADER + 4, ROUTE_REFRESH);
        message[HEADER + 1] = (byte) family.afi();
        message[HEADER + 2] = (byte) subtype;
        message[HEADER + 3] = UNICAST;
        return message;
    }

    /** RFC 4724 §2: an UPDATE without anything for IPv4, with an empty MP_UNREACH_NLRI for other families. */
    static byte[] endOfRib(AddressFamily family) {
        if (family == AddressFamily.IPV4) {
            return header(HEADER + 4, UPDATE);
        }
        byte[] message = header(HEADER + 4 + 6, UPDATE);
        message[HEADER + 3] = 6; // total path attribute length
        message[HEADER + 4] = (byte) 0x80; // optional
        message[HEADER + 5] = 15; // MP_UNREACH_NLRI
        message[HEADER + 6] = 3;
        message[HEADER + 8] = (byte) family.afi();
        message[HEADER + 9] = UNICAST;
        return message;
    }

    private static byte[] header(int length, int type) {
        byte[] message = new byte[length];
        java.util.Arrays.fill(message, 0, 16, (byte) 0xff);
        message[16] = (byte) (length >>> 8);
        message[17] = (byte) length;
        message[18] = (byte) type;
        return message;
    }
}
