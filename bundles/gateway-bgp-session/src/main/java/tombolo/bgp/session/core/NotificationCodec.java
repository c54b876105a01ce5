package tombolo.bgp.session.core;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import tombolo.api.bgp.Notification;

/** NOTIFICATION messages to and from bytes (RFC 4271 §4.5), with the shutdown communication of RFC 9003 and the Hard Reset of RFC 8538 §3. */
public final class NotificationCodec {
    public static final int ADMINISTRATIVE_SHUTDOWN = 2;
    public static final int PEER_DECONFIGURED = 3;
    public static final int ADMINISTRATIVE_RESET = 4;
    public static final int CONNECTION_REJECTED = 5;
    public static final int OTHER_CONFIGURATION_CHANGE = 6;
    public static final int COLLISION = 7;
    public static final int HARD_RESET = 9;
    /** RFC 9384. */
    public static final int BFD_DOWN = 10;
    private static final int MAX_PREFIXES = 1;
    /** RFC 9003 §2: the length octet may say up to 255. */
    private static final int MAX_TEXT = 255;

    private NotificationCodec() { }

    /** The whole message; data that does not fit 4096 octets is cut (RFC 4271 §4.1 limits the message, §6 asks for what was received). */
    public static byte[] encode(Notification notification) {
        byte[] data = notification.data();
        int kept = Math.min(data.length, MessageHeader.MAX_LENGTH - MessageHeader.LENGTH - 2);
        byte[] message = new byte[MessageHeader.LENGTH + 2 + kept];
        MessageHeader.write(message, 0, message.length, MessageHeader.NOTIFICATION);
        message[19] = (byte) notification.code();
        message[20] = (byte) notification.subcode();
        System.arraycopy(data, 0, message, 21, kept);
        return message;
    }

    /** Reads the octets behind the header, of which the header check has seen at least two. */
    public static Notification decode(byte[] body) {
        return new Notification(body[0] & 255, body[1] & 255, Arrays.copyOfRange(body, 2, body.length));
    }

    /** Cease with a text for the people at the other end (RFC 9003 §2); cut at a character so that it fits 255 octets. */
    public static Notification cease(int subcode, String text) {
        if (text.isEmpty()) {
            return new Notification(Notification.CEASE, subcode);
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(utf8.length, MAX_TEXT);
        while (length < utf8.length && length > 0 && (utf8[length] & 0xc0) == 0x80) {
            length--;
        }
        byte[] data = new byte[1 + length];
        data[0] = (byte) length;
        System.arraycopy(utf8, 0, data, 1, length);
        return new Notification(Notification.CEASE, subcode, data);
    }

    /** The peer's shutdown communication: of Cease/2 and Cease/4, also within a Hard Reset. Control characters become '?', so that it is safe in a log. */
    public static Optional<String> text(Notification notification) {
        if (isHardReset(notification)) {
            return inner(notification).flatMap(NotificationCodec::text);
        }
        byte[] data = notification.data();
        boolean carries = notification.code() == Notification.CEASE
                && (notification.subcode() == ADMINISTRATIVE_SHUTDOWN || notification.subcode() == ADMINISTRATIVE_RESET);
        if (!carries || data.length == 0 || (data[0] & 255) == 0) {
            return Optional.empty();
        }
        int length = data[0] & 255;
        if (length > data.length - 1) {
            return Optional.of("(malformed shutdown text)");
        }
        CharsetDecoder strict = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT);
        try {
            CharBuffer decoded = strict.decode(ByteBuffer.wrap(data, 1, length));
            return Optional.of(harmless(decoded.toString()));
        } catch (java.nio.charset.CharacterCodingException e) {
            return Optional.of("(shutdown text that is not UTF-8)"); // RFC 9003 §4: shown with care, never believed
        }
    }

    /** Control, format, separator and unassigned characters made visible as '?': text of a stranger never moves a terminal's cursor or direction. */
    static String harmless(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            boolean bad = type == Character.CONTROL || type == Character.FORMAT || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR || type == Character.UNASSIGNED || type == Character.SURROGATE;
            safe.appendCodePoint(bad ? '?' : c);
        });
        return safe.toString();
    }

    public static boolean isHardReset(Notification notification) {
        return notification.code() == Notification.CEASE && notification.subcode() == HARD_RESET;
    }

    /** What a Hard Reset carries (RFC 8538 §3.1). */
    public static Optional<Notification> inner(Notification hardReset) {
        byte[] data = hardReset.data();
        return data.length < 2 ? Optional.empty() : Optional.of(decode(data)).filter(inner -> !isHardReset(inner));
    }

    /**
     * A NOTIFICATION as it goes to a peer with which the N bit was negotiated: reasons that must not keep routes are wrapped into a Hard Reset
     * (RFC 8538 §5: shutdown, de-configured, too many prefixes), and BFD Down: with the path gone, kept routes would lead nowhere.
     */
    public static Notification wrapForGracefulPeer(Notification notification) {
        boolean hard = notification.code() == Notification.CEASE && (notification.subcode() == ADMINISTRATIVE_SHUTDOWN
                || notification.subcode() == PEER_DECONFIGURED || notification.subcode() == MAX_PREFIXES || notification.subcode() == BFD_DOWN);
        if (!hard) {
            return notification;
        }
        byte[] data = notification.data();
        byte[] wrapped = new byte[2 + data.length];
        wrapped[0] = (byte) notification.code();
        wrapped[1] = (byte) notification.subcode();
        System.arraycopy(data, 0, wrapped, 2, data.length);
        return new Notification(Notification.CEASE, HARD_RESET, wrapped);
    }
}
