package tombolo.bgp.session.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tombolo.api.bgp.Notification;

/** Headers, NOTIFICATION messages and operator text. */
class MessageTest {
    @Test
    void headerErrorsHaveTheirExactData() { // RFC 4271 §6.1
        assertEquals(Optional.of(new Notification(1, 1)), MessageHeader.check(false, 19, 4, 4096));
        assertEquals(Optional.of(new Notification(1, 2, new byte[] {0, 18})), MessageHeader.check(true, 18, 4, 4096));
        assertEquals(Optional.of(new Notification(1, 2, new byte[] {16, 1})), MessageHeader.check(true, 4097, 2, 4096));
        assertEquals(Optional.of(new Notification(1, 2, new byte[] {0, 28})), MessageHeader.check(true, 28, 1, 4096));
        assertEquals(Optional.of(new Notification(1, 2, new byte[] {0, 22})), MessageHeader.check(true, 22, 2, 4096));
        assertEquals(Optional.of(new Notification(1, 2, new byte[] {0, 20})), MessageHeader.check(true, 20, 3, 4096));
        assertEquals(Optional.of(new Notification(1, 2, new byte[] {0, 20})), MessageHeader.check(true, 20, 4, 4096));
        assertEquals(Optional.of(new Notification(1, 3, new byte[] {9})), MessageHeader.check(true, 19, 9, 4096));
        assertEquals(Optional.empty(), MessageHeader.check(true, 23, 2, 4096));
    }

    @Test
    void extendedLengthIsForUpdatesNotForOpenOrKeepalive() { // RFC 8654 §3
        assertEquals(Optional.empty(), MessageHeader.check(true, 65535, 2, 65535));
        assertTrue(MessageHeader.check(true, 4097, 1, 65535).isPresent());
        assertTrue(MessageHeader.check(true, 20, 4, 65535).isPresent());
    }

    @Test
    void aNotificationHasTheseBytesAndComesBack() {
        Notification notification = NotificationCodec.cease(2, "maintenance");
        byte[] message = NotificationCodec.encode(notification);
        assertEquals("ffffffffffffffffffffffffffffffff0021030602" + "0b" + "6d61696e74656e616e6365", HexFormat.of().formatHex(message));
        assertEquals(notification, NotificationCodec.decode(Arrays.copyOfRange(message, 19, message.length)));
        assertEquals(Optional.of("maintenance"), NotificationCodec.text(notification));
    }

    @Test
    void aShutdownTextIsCutAtACharacterWithin255Octets() { // RFC 9003 §2
        byte[] data = NotificationCodec.cease(2, "ä".repeat(200)).data();
        assertEquals(254, data[0] & 255);
        assertEquals("ä".repeat(127), new String(data, 1, 254, StandardCharsets.UTF_8));
    }

    @Test
    void aTextThatLiesOrHarmsIsMadeHarmless() { // RFC 9003 §4, §6
        assertEquals(Optional.of("(malformed shutdown text)"), NotificationCodec.text(new Notification(6, 2, new byte[] {5, 'a'})));
        assertEquals(Optional.of("(shutdown text that is not UTF-8)"), NotificationCodec.text(new Notification(6, 2, new byte[] {1, (byte) 0xc3})));
        assertEquals(Optional.of("a?[31mb??"), NotificationCodec.text(NotificationCodec.cease(4, "a\u001b[31mb\n\u202e")));
        assertEquals(Optional.empty(), NotificationCodec.text(new Notification(6, 1, new byte[] {1, 'a'})));
    }

    @Test
    void aHardResetCarriesTheShutdownAndItsText() { // RFC 8538 §3.1
        Notification wrapped = NotificationCodec.wrapForGracefulPeer(NotificationCodec.cease(2, "bye"));
        assertArrayEquals(new byte[] {6, 2, 3, 'b', 'y', 'e'}, wrapped.data());
        assertEquals(Optional.of("bye"), NotificationCodec.text(wrapped));
        Notification nested = new Notification(6, 9, new byte[] {6, 9, 6, 9, 6, 2});
        assertEquals(Optional.empty(), NotificationCodec.text(nested));
    }

    @Test
    void theOperatorsLineSaysWhatWasSeenWantedAndToDo() {
        String why = ((OpenCheck.Verdict.Refused) OpenCheck.check(new OpenMessage(4, 65010, 180, 9, java.util.List.of()), Plans.EBGP, false)).why();
        assertEquals("TMB-BGP-014 peer p (192.0.2.2): OPEN says AS 65010, configured 65002. Set remote-as in etc/tombolo.bgp.peer-p.cfg or fix the peer. Retrying in 30 s.",
                OperatorText.line(Cause.WRONG_AS, Plans.EBGP, why, Optional.empty(), OptionalLong.of(29_500)));
        String peers = OperatorText.line(Cause.NOTIFICATION_RECEIVED, Plans.EBGP, "x", Optional.of(new Notification(2, 2)), OptionalLong.empty());
        assertTrue(peers.contains("does not expect AS 65001"), peers);
    }
}
