package tombolo.api.bgp;

import java.util.Arrays;
import java.util.HexFormat;

/**
 * A NOTIFICATION message's content (RFC 4271 §4.5).
 *
 * @param code    0-255
 * @param subcode 0-255
 * @param data    at most 65514 octets; copied
 */
public record Notification(int code, int subcode, byte[] data) {
    public static final int MESSAGE_HEADER_ERROR = 1;
    public static final int OPEN_ERROR = 2;
    public static final int UPDATE_ERROR = 3;
    public static final int HOLD_TIMER_EXPIRED = 4;
    public static final int FSM_ERROR = 5;
    public static final int CEASE = 6;
    public static final int ROUTE_REFRESH_ERROR = 7;
    /** RFC 9687. */
    public static final int SEND_HOLD_TIMER_EXPIRED = 8;

    private static final String[] CODES = {"", "Message Header Error", "OPEN Message Error", "UPDATE Message Error", "Hold Timer Expired",
        "Finite State Machine Error", "Cease", "ROUTE-REFRESH Message Error", "Send Hold Timer Expired"};
    private static final String[][] SUBCODES = {
        {},
        {"", "Connection Not Synchronized", "Bad Message Length", "Bad Message Type"},
        {"", "Unsupported Version Number", "Bad Peer AS", "Bad BGP Identifier", "Unsupported Optional Parameter", "Authentication Failure",
            "Unacceptable Hold Time", "Unsupported Capability", "", "", "", "Role Mismatch"},
        {"", "Malformed Attribute List", "Unrecognized Well-known Attribute", "Missing Well-known Attribute", "Attribute Flags Error",
            "Attribute Length Error", "Invalid ORIGIN Attribute", "AS Routing Loop", "Invalid NEXT_HOP Attribute", "Optional Attribute Error",
            "Invalid Network Field", "Malformed AS_PATH"},
        {},
        {"", "Unexpected Message in OpenSent State", "Unexpected Message in OpenConfirm State", "Unexpected Message in Established State"},
        {"", "Maximum Number of Prefixes Reached", "Administrative Shutdown", "Peer De-configured", "Administrative Reset", "Connection Rejected",
            "Other Configuration Change", "Connection Collision Resolution", "Out of Resources", "Hard Reset", "BFD Down"},
        {"", "Invalid Message Length"},
        {},
    };

    public Notification {
        if (code < 0 || code > 255 || subcode < 0 || subcode > 255) {
            throw new IllegalArgumentException("NOTIFICATION " + code + "/" + subcode);
        }
        data = data.clone();
    }

    public Notification(int code, int subcode) {
        this(code, subcode, new byte[0]);
    }

    @Override
    public byte[] data() {
        return data.clone();
    }

    /** "6/1 Cease, Maximum Number of Prefixes Reached". */
    public String describe() {
        String name = code < CODES.length ? CODES[code] : "";
        String detail = code < SUBCODES.length && subcode < SUBCODES[code].length ? SUBCODES[code][subcode] : "";
        return code + "/" + subcode + (name.isEmpty() ? "" : " " + name) + (detail.isEmpty() ? "" : ", " + detail);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Notification that && code == that.code && subcode == that.subcode && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * code + subcode) + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return describe() + (data.length == 0 ? "" : " data " + HexFormat.of().formatHex(data, 0, Math.min(data.length, 64)));
    }
}
