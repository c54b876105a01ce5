package tombolo.bfd.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tombolo.api.bfd.BfdState;
import tombolo.api.config.BfdAuthentication.Kind;

/** RFC 5880 §6.7. */
class AuthenticatorTest {
    private static Optional<Authenticator> key(Kind kind, int id, String key, int first) {
        return Optional.of(new Authenticator(kind, id, key.getBytes(StandardCharsets.US_ASCII), first));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void sessionsWithTheSameKeyComeUpAlsoWhereTheSequenceNumberTurnsOver(Kind kind) {
        Wire wire = new Wire(false, key(kind, 9, "secret", -3), key(kind, 9, "secret", Integer.MAX_VALUE - 5), 3).up();
        wire.run(20_000);
        assertEquals(0, wire.a.session.downs() + wire.a.session.packetsRefused() + wire.b.session.packetsRefused());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void anotherKeyAnotherIdOrNoneIsRefused(Kind kind) {
        for (Optional<Authenticator> other : java.util.List.of(key(kind, 9, "Secret", 1), key(kind, 8, "secret", 1), Optional.<Authenticator>empty())) {
            Wire wire = new Wire(false, key(kind, 9, "secret", 1), other, 3);
            wire.run(5_000);
            assertEquals(BfdState.DOWN, wire.a.session.state());
            assertTrue(wire.a.session.packetsRefused() > 0 && wire.b.session.packetsRefused() > 0);
            assertEquals(0, wire.a.session.packetsIn());
            assertEquals(other.isEmpty() ? Fault.NOT_AUTHENTICATED : Fault.WRONG_KEY, wire.a.session.lastFault());
        }
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"METICULOUS_MD5", "METICULOUS_SHA1"})
    void aMeticulousKindTakesNoPacketTwice(Kind kind) { // §6.7.3, §6.7.4
        Wire wire = new Wire(false, key(kind, 1, "k", 1), key(kind, 1, "k", 77), 3).up();
        assertEquals(Fault.WRONG_KEY, wire.a.receive(wire.b.last()));
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"KEYED_MD5", "KEYED_SHA1", "METICULOUS_MD5", "METICULOUS_SHA1"})
    void aPacketFromLongAgoIsRefused(Kind kind) {
        Wire wire = new Wire(false, key(kind, 1, "k", 1), key(kind, 1, "k", 77), 3).up();
        byte[] old = wire.b.last();
        wire.run(30_000);
        assertEquals(Fault.WRONG_KEY, wire.a.receive(old));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyChangedOctetIsNoticed(Kind kind) {
        Wire wire = new Wire(false, key(kind, 1, "0123456789", 1), key(kind, 1, "0123456789", 77), 3).up();
        wire.run(1_000);
        wire.cut = true;
        int before = wire.b.sent.size();
        wire.run(400);
        byte[] packet = wire.b.sent.get(before); // not yet seen by a
        for (int at = kind == Kind.SIMPLE ? ControlPacket.LENGTH : 0; at < packet.length; at++) {
            byte[] changed = packet.clone();
            changed[at] ^= 0x41;
            assertNotEquals(Fault.NONE, wire.a.receive(changed), "octet " + at);
        }
        assertEquals(Fault.NONE, wire.a.receive(packet));
    }

    /** §6.8.1: after twice the detection time without a packet a restarted neighbour may begin anywhere. */
    @Test
    void aRestartedNeighbourMayBeginAnywhereAfterTwiceTheDetectionTime() {
        Wire wire = new Wire(false, key(Kind.METICULOUS_SHA1, 1, "k", 1), key(Kind.METICULOUS_SHA1, 1, "k", 77), 3).up();
        Wire other = new Wire(false, key(Kind.METICULOUS_SHA1, 1, "k", 1), key(Kind.METICULOUS_SHA1, 1, "k", -1_000_000), 99);
        other.run(1);
        byte[] fresh = other.b.sent.getFirst();
        assertEquals(Fault.WRONG_KEY, wire.a.receive(fresh));
        wire.cut = true;
        wire.run(6_000);
        assertEquals(Fault.NONE, wire.a.receive(fresh));
    }

    @Test
    void aKeyThatDoesNotFitIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> key(Kind.KEYED_MD5, 1, "", 1));
        assertThrows(IllegalArgumentException.class, () -> key(Kind.SIMPLE, 1, "12345678901234567", 1));
        assertThrows(IllegalArgumentException.class, () -> key(Kind.KEYED_SHA1, 1, "123456789012345678901", 1));
    }
}
