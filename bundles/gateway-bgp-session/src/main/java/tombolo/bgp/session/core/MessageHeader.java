package tombolo.bgp.session.core;

import java.util.Arrays;
import java.util.Optional;
import tombolo.api.bgp.Notification;

/**
 * The header of every message (RFC 4271 §4.1) and its errors (§6.1).
 *
 * <pre>
 *  0-15: marker, all ones | 16-17: length of the whole message | 18: type
 * </pre>
 */
public final class MessageHeader {
    public static final int LENGTH = 19;
    public static final int MAX_LENGTH = 4096;
    /** RFC 8654 §3. */
    public static final int MAX_EXTENDED_LENGTH = 65535;

    public static final int OPEN = 1;
    public static final int UPDATE = 2;
    public static final int NOTIFICATION = 3;
    public static final int KEEPALIVE = 4;
    public static final int ROUTE_REFRESH = 5;

    private static final int[] MIN_LENGTHS = {0, 29, 23, 21, 19, 23};
    private static final String[] NAMES = {"", "OPEN", "UPDATE", "NOTIFICATION", "KEEPALIVE", "ROUTE-REFRESH"};
    private static final int TYPES = 5;

    private MessageHeader() { }

    public static void write(byte[] message, int at, int length, int type) {
        Arrays.fill(message, at, at + 16, (byte) 0xff);
        message[at + 16] = (byte) (length >>> 8);
        message[at + 17] = (byte) length;
        message[at + 18] = (byte) type;
    }

    public static byte[] keepalive() {
        byte[] message = new byte[LENGTH];
        write(message, 0, LENGTH, KEEPALIVE);
        return message;
    }

    /** "UPDATE", or "type 9". */
    public static String name(int type) {
        return type >= 1 && type <= TYPES ? NAMES[type] : "type " + type;
    }

    /**
     * What is wrong with a header, in the order of RFC 4271 §6.1: marker, length, type.
     *
     * @param markerGood whether all 16 octets are ones
     * @param length     the length field
     * @param maximum    what was negotiated: 4096 or 65535; OPEN and KEEPALIVE never exceed 4096 (RFC 8654 §3)
     */
    public static Optional<Notification> check(boolean markerGood, int length, int type, int maximum) {
        if (!markerGood) {
            return Optional.of(new Notification(Notification.MESSAGE_HEADER_ERROR, 1));
        }
        if (length < least(type) || length > most(type, maximum)) {
            return Optional.of(new Notification(Notification.MESSAGE_HEADER_ERROR, 2, new byte[] {(byte) (length >>> 8), (byte) length}));
        }
        if (type < 1 || type > TYPES) {
            return Optional.of(new Notification(Notification.MESSAGE_HEADER_ERROR, 3, new byte[] {(byte) type}));
        }
        return Optional.empty();
    }

    /** "23 to 4096": the lengths that a type may have. */
    public static String allowed(int type, int maximum) {
        return least(type) == most(type, maximum) ? "exactly " + least(type) : least(type) + " to " + most(type, maximum);
    }

    private static int least(int type) {
        return type >= 1 && type <= TYPES ? MIN_LENGTHS[type] : LENGTH;
    }

    private static int most(int type, int maximum) {
        return type == KEEPALIVE ? LENGTH : type == OPEN ? MAX_LENGTH : maximum;
    }
}
