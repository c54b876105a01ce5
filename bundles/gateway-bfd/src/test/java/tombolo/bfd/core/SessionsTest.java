package tombolo.bfd.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.bfd.BfdPath;
import tombolo.api.bfd.BfdState;
import tombolo.api.kernel.Datagram;
import tombolo.api.net.IpAddress;

class SessionsTest {
    private final Wire wire = new Wire();

    private Fault to(Wire.End end, byte[] packet, IpAddress from, int port, int ttl) {
        return end.sessions.receive(Wire.datagram(packet, from, port, ttl), wire.now);
    }

    @Test
    void aPacketFromMoreThanOneHopAwayIsPassedOver() { // RFC 5881 §5
        wire.up();
        byte[] packet = wire.b.last();
        assertEquals(Fault.TTL, to(wire.a, packet, Wire.B, Sessions.SINGLE_HOP_PORT, 254));
        assertEquals(Fault.TTL, to(wire.a, packet, Wire.B, Sessions.SINGLE_HOP_PORT, -1), "where the kernel does not say");
        assertEquals(Fault.NONE, to(wire.a, packet, Wire.B, Sessions.SINGLE_HOP_PORT, 255));
    }

    @Test
    void overSeveralHopsTheTtlIsFreeAndThePortIsAnother() { // RFC 5883 §5
        Wire far = new Wire(true, Optional.empty(), Optional.empty(), 5).up();
        byte[] packet = far.b.last();
        assertEquals(Fault.NONE, far.a.sessions.receive(Wire.datagram(packet, Wire.B, Sessions.MULTIHOP_PORT, 3), far.now));
        assertEquals(Fault.WRONG_PATH, far.a.sessions.receive(Wire.datagram(packet, Wire.B, Sessions.SINGLE_HOP_PORT, 255), far.now));
    }

    @Test
    void theRightDiscriminatorFromTheWrongPlaceIsPassedOver() {
        wire.up();
        byte[] packet = wire.b.last();
        assertEquals(Fault.WRONG_PATH, to(wire.a, packet, IpAddress.parse("192.0.2.9"), Sessions.SINGLE_HOP_PORT, 255));
        wire.a.session.interfaceIndex(7);
        Datagram elsewhere = Wire.datagram(packet, Wire.B, Sessions.SINGLE_HOP_PORT, 255);
        elsewhere.interfaceIndex = 8;
        assertEquals(Fault.WRONG_PATH, wire.a.sessions.receive(elsewhere, wire.now));
        elsewhere.interfaceIndex = 7;
        assertEquals(Fault.NONE, wire.a.sessions.receive(elsewhere, wire.now));
    }

    @Test
    void whatTheReceptionRulesForbidIsPassedOver() { // RFC 5880 §6.8.6, in its order
        wire.up();
        byte[] good = wire.b.last();
        assertEquals(Fault.VERSION, changed(good, 0, 0x40));
        assertEquals(Fault.TOO_SHORT, changed(good, 3, 23));
        assertEquals(Fault.TOO_SHORT, changed(with(good, ControlPacket.AUTHENTICATED), 3, 25));
        assertEquals(Fault.TOO_LONG, changed(good, 3, 25));
        assertEquals(Fault.MULTIPLIER, changed(good, 2, 0));
        assertEquals(Fault.MULTIPOINT, wire.a.receive(with(good, ControlPacket.MULTIPOINT)));
        byte[] nobody = good.clone();
        ControlPacket.word(nobody, 4, 0);
        assertEquals(Fault.NO_DISCRIMINATOR, wire.a.receive(nobody));
        byte[] unknown = good.clone();
        ControlPacket.word(unknown, 8, wire.a.session.localDiscriminator() + Sessions.MAX_SESSIONS);
        assertEquals(Fault.UNKNOWN, wire.a.receive(unknown));
        byte[] upWithoutOurs = good.clone();
        ControlPacket.word(upWithoutOurs, 8, 0);
        assertEquals(Fault.NO_DISCRIMINATOR, wire.a.receive(upWithoutOurs));
        byte[] authenticated = java.util.Arrays.copyOf(with(good, ControlPacket.AUTHENTICATED), 33);
        authenticated[3] = 33;
        assertEquals(Fault.AUTHENTICATED, wire.a.receive(authenticated));
        assertEquals(BfdState.UP, wire.a.session.state());
        assertEquals(10, wire.a.sessions.refused());
    }

    private Fault changed(byte[] good, int at, int value) {
        byte[] bad = good.clone();
        bad[at] = (byte) value;
        return wire.a.receive(bad);
    }

    private static byte[] with(byte[] good, int flag) {
        byte[] packet = good.clone();
        packet[1] |= (byte) flag;
        return packet;
    }

    @Test
    void thereAreAsManySessionsAsAllowedEachWithItsOwnDiscriminatorAndNoMore() {
        Sessions sessions = new Sessions(11);
        Set<Integer> discriminators = new HashSet<>();
        for (int i = 0; i < Sessions.MAX_SESSIONS; i++) {
            Session one = sessions.add(new BfdPath(IpAddress.v4(0x0a000000 + i + 1), Optional.empty(), Optional.empty(), false), Optional.empty(), Wire.WISH, wire.a).orElseThrow();
            assertNotEquals(0, one.localDiscriminator());
            discriminators.add(one.localDiscriminator());
        }
        assertEquals(Sessions.MAX_SESSIONS, discriminators.size());
        assertTrue(sessions.add(new BfdPath(Wire.B, Optional.empty(), Optional.empty(), false), Optional.empty(), Wire.WISH, wire.a).isEmpty());
    }

    /** Whatever comes: nothing is thrown, no session is made, and a stranger's datagrams move nobody. */
    @Test
    void noDatagramCostsMoreThanItself() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        wire.up();
        byte[] good = wire.b.last();
        for (int i = 0; i < 300_000; i++) {
            byte[] packet = random.nextInt(4) == 0 ? new byte[random.nextInt(60)] : java.util.Arrays.copyOf(good, ControlPacket.LENGTH + random.nextInt(30));
            if (packet.length > 0) {
                for (int change = random.nextInt(5); change >= 0; change--) {
                    packet[random.nextInt(packet.length)] = (byte) random.nextInt();
                }
            }
            to(wire.a, packet, random.nextBoolean() ? IpAddress.v4(random.nextInt()) : Wire.B, random.nextBoolean() ? Sessions.SINGLE_HOP_PORT : Sessions.MULTIHOP_PORT,
                    random.nextBoolean() ? 254 : random.nextInt(255));
        }
        assertEquals(1, wire.a.sessions.size());
        assertEquals(BfdState.UP, wire.a.session.state());
        // as if from the neighbour itself: the session may go down, and comes up again
        for (int i = 0; i < 300_000; i++) {
            byte[] packet = java.util.Arrays.copyOf(good, ControlPacket.LENGTH + random.nextInt(30));
            for (int change = random.nextInt(4); change >= 0; change--) {
                packet[random.nextInt(packet.length)] = (byte) random.nextInt();
            }
            wire.a.receive(packet);
            wire.a.sessions.tick(wire.now);
            wire.a.sent.clear();
            wire.a.sentAt.clear();
        }
        wire.a.arriving.clear();
        wire.b.arriving.clear();
        wire.run(20_000); // what the last of them said of intervals holds until the next genuine packet
        wire.up();
    }
}
