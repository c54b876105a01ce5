package tombolo.bgp.session.core;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import tombolo.api.bgp.Notification;

/**
 * OPEN messages to and from bytes (RFC 4271 §4.2, RFC 5492 §4, RFC 9072 §2).
 *
 * <pre>
 *  octet  19: version | 20-21: my AS | 22-23: hold time | 24-27: BGP identifier | 28: length of the optional parameters
 *  parameter           type (1) length (1) value
 *  RFC 9072: octet 28 = any non-zero value (255 sent), octet 29 = 255, 30-31: length; parameter type (1) length (2) value
 *  capability (type 2) code (1) length (1) value, one or more back to back
 * </pre>
 */
public final class OpenCodec {
    private static final int FIXED = 10;
    private static final int EXTENDED = 255;
    private static final int CAPABILITIES_PARAMETER = 2;
    private static final int MAX_CLASSIC_PARAMETERS = 255;

    private OpenCodec() { }

    /** What became of decoding. */
    public sealed interface Decoded {
        record Good(OpenMessage open) implements Decoded { }

        /** @param why operator text */
        record Bad(Notification notification, String why) implements Decoded { }
    }

    /** The whole message with its header. */
    public static byte[] encode(OpenMessage open) {
        ByteArrayOutputStream capabilities = new ByteArrayOutputStream();
        for (Capability capability : open.capabilities()) {
            byte[] value = capability.value();
            capabilities.write(capability.code());
            capabilities.write(value.length);
            capabilities.writeBytes(value);
        }
        int size = capabilities.size();
        boolean extended = size + 2 > MAX_CLASSIC_PARAMETERS; // one parameter for all capabilities, as RFC 5492 §4 asks for
        int parameters = size == 0 ? 0 : size + (extended ? 3 : 2);
        byte[] message = new byte[MessageHeader.LENGTH + FIXED + (extended ? 3 : 0) + parameters];
        MessageHeader.write(message, 0, message.length, MessageHeader.OPEN);
        int at = MessageHeader.LENGTH;
        message[at++] = (byte) open.version();
        message[at++] = (byte) (open.shortAs() >>> 8);
        message[at++] = (byte) open.shortAs();
        message[at++] = (byte) (open.holdTime() >>> 8);
        message[at++] = (byte) open.holdTime();
        for (int shift = 24; shift >= 0; shift -= 8) {
            message[at++] = (byte) (open.routerId() >>> shift);
        }
        message[at++] = (byte) (extended ? EXTENDED : parameters);
        if (extended) {
            message[at++] = (byte) EXTENDED;
            message[at++] = (byte) (parameters >>> 8);
            message[at++] = (byte) parameters;
        }
        if (size > 0) {
            message[at++] = CAPABILITIES_PARAMETER;
            if (extended) {
                message[at++] = (byte) (size >>> 8);
            }
            message[at++] = (byte) size;
            System.arraycopy(capabilities.toByteArray(), 0, message, at, size);
        }
        return message;
    }

    /** Reads the octets behind the header. Never throws. */
    public static Decoded decode(byte[] body) {
        if (body.length < FIXED) { // the header check has refused this; kept so that the decoder is total by itself
            return unspecific("OPEN of " + body.length + " octets");
        }
        int version = body[0] & 255;
        if (version != OpenMessage.VERSION) {
            // RFC 4271 §6.2: the data is the version that we have, in 2 octets
            return new Decoded.Bad(new Notification(Notification.OPEN_ERROR, 1, new byte[] {0, OpenMessage.VERSION}),
                    "OPEN says BGP version " + version + ", only version 4 is spoken here");
        }
        int shortAs = u16(body, 1);
        int holdTime = u16(body, 3);
        int routerId = u16(body, 5) << 16 | u16(body, 7);
        int length = body[9] & 255;
        int at = FIXED;
        int lengthOctets = 1;
        // RFC 9072 §2: a non-zero length and then 255 where the first parameter's type would be
        if (length != 0 && body.length > FIXED && (body[FIXED] & 255) == EXTENDED) {
            if (body.length < FIXED + 3) {
                return unspecific("OPEN ends within the extended length of its optional parameters");
            }
            length = u16(body, FIXED + 1);
            at = FIXED + 3;
            lengthOctets = 2;
        }
        if (body.length - at != length) {
            return unspecific("OPEN says " + length + " octets of optional parameters, " + (body.length - at) + " are there");
        }
        List<Capability> capabilities = new ArrayList<>();
        while (at < body.length) {
            if (body.length - at < 1 + lengthOctets) {
                return unspecific("OPEN ends within an optional parameter");
            }
            int type = body[at] & 255;
            int size = lengthOctets == 1 ? body[at + 1] & 255 : u16(body, at + 1);
            at += 1 + lengthOctets;
            if (size > body.length - at) {
                return unspecific("optional parameter " + type + " of an OPEN says " + size + " octets, " + (body.length - at) + " are left");
            }
            if (type != CAPABILITIES_PARAMETER) {
                return new Decoded.Bad(new Notification(Notification.OPEN_ERROR, 4), "OPEN has optional parameter " + type + ", which is not known here");
            }
            String problem = readCapabilities(body, at, at + size, capabilities);
            if (!problem.isEmpty()) {
                return unspecific(problem);
            }
            at += size;
        }
        return new Decoded.Good(new OpenMessage(version, shortAs, holdTime, routerId, capabilities));
    }

    /** Adds to the list; answers what is wrong, or "". */
    private static String readCapabilities(byte[] body, int start, int end, List<Capability> capabilities) {
        int at = start;
        while (at < end) {
            if (end - at < 2) {
                return "OPEN ends within a capability";
            }
            int code = body[at] & 255;
            int size = body[at + 1] & 255;
            at += 2;
            if (size > end - at) {
                return "capability " + code + " of an OPEN says " + size + " octets, " + (end - at) + " are left";
            }
            byte[] value = java.util.Arrays.copyOfRange(body, at, at + size);
            at += size;
            Capability capability = capability(code, value);
            if (capability instanceof Capability.Unknown && isFixed(code)) {
                return "capability " + code + " of an OPEN has " + size + " octets";
            }
            if (!capabilities.contains(capability)) { // RFC 5492 §4: repeated alike counts once
                capabilities.add(capability);
            }
        }
        return "";
    }

    private static boolean isFixed(int code) {
        return code == Capability.MULTIPROTOCOL || code == Capability.FOUR_OCTET_AS;
    }

    private static Capability capability(int code, byte[] value) {
        return switch (code) {
            case Capability.MULTIPROTOCOL -> value.length == 4 ? new Capability.Multiprotocol(u16(value, 0), value[3] & 255) : new Capability.Unknown(code, value);
            case Capability.ROUTE_REFRESH -> value.length == 0 ? new Capability.RouteRefresh() : new Capability.Unknown(code, value);
            case Capability.ENHANCED_ROUTE_REFRESH -> value.length == 0 ? new Capability.EnhancedRouteRefresh() : new Capability.Unknown(code, value);
            case Capability.EXTENDED_MESSAGE -> value.length == 0 ? new Capability.ExtendedMessage() : new Capability.Unknown(code, value);
            case Capability.FOUR_OCTET_AS -> value.length == 4
                    ? new Capability.FourOctetAs((long) u16(value, 0) << 16 | u16(value, 2)) : new Capability.Unknown(code, value);
            case Capability.GRACEFUL_RESTART -> value.length >= 2 && value.length % 4 == 2 ? gracefulRestart(value) : new Capability.Unknown(code, value);
            default -> new Capability.Unknown(code, value);
        };
    }

    private static Capability gracefulRestart(byte[] value) {
        int head = u16(value, 0);
        List<Capability.GracefulRestart.Family> families = new ArrayList<>();
        for (int at = 2; at < value.length; at += 4) {
            families.add(new Capability.GracefulRestart.Family(u16(value, at), value[at + 2] & 255, (value[at + 3] & 0x80) != 0));
        }
        return new Capability.GracefulRestart((head & 0x8000) != 0, (head & 0x4000) != 0, head & 0xfff, families);
    }

    private static Decoded unspecific(String why) {
        return new Decoded.Bad(new Notification(Notification.OPEN_ERROR, 0), why);
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 255) << 8 | bytes[at + 1] & 255;
    }
}
