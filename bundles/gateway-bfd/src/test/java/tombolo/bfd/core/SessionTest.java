package tombolo.bfd.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tombolo.api.bfd.BfdState;

class SessionTest {
    private final Wire wire = new Wire();

    @Test
    void aSessionComesUpByThreeWays() { // RFC 5880 §6.2
        assertEquals(1_000_000, wire.a.session.transmitMicros());
        wire.up();
        assertEquals(List.of(BfdState.INIT, BfdState.UP).getLast(), wire.a.changes.getLast());
        assertFalse(wire.a.changes.contains(BfdState.DOWN));
        assertEquals(wire.b.session.localDiscriminator(), wire.a.session.remoteDiscriminator());
    }

    @Test
    void untilItIsUpNoMoreThanAPacketASecondIsSentAndAnnounced() { // RFC 5880 §6.8.3
        wire.cut = true;
        wire.run(10_000);
        assertTrue(wire.a.sent.size() >= 10 && wire.a.sent.size() <= 15, () -> wire.a.sent.size() + " packets in 10 s");
        wire.a.sent.forEach(packet -> assertEquals(1_000_000, Wire.desiredMinTx(packet)));
    }

    @Test
    void onceUpTheWishedIntervalsAreAgreedByAPollSequence() { // RFC 5880 §6.5, §6.8.3
        wire.up();
        assertEquals(300_000, wire.a.session.transmitMicros());
        assertEquals(900_000, wire.a.session.detectionMicros());
        assertTrue(wire.a.sent.stream().anyMatch(packet -> Wire.has(packet, ControlPacket.POLL) && Wire.desiredMinTx(packet) == 300_000));
        assertFalse(Wire.has(wire.a.last(), ControlPacket.POLL), "the sequence ended with the neighbour's F");
        wire.a.sent.forEach(packet -> assertFalse(Wire.has(packet, ControlPacket.POLL) && Wire.has(packet, ControlPacket.FINAL)));
    }

    @Test
    void packetsNeverSayThatTheyOutliveTheControlPlaneNorAskForDemandEchoOrMultipoint() { // RFC 5880 §6.8.7
        wire.up();
        wire.a.sent.forEach(packet -> {
            assertFalse(Wire.has(packet, ControlPacket.INDEPENDENT | ControlPacket.DEMAND | ControlPacket.MULTIPOINT));
            assertEquals(0, ControlPacket.word(packet, 20));
        });
    }

    @Test
    void theIntervalIsShortenedByUpToAQuarterAtRandom() { // RFC 5880 §6.8.7
        wire.up();
        wire.a.sent.clear();
        wire.a.sentAt.clear();
        wire.run(60_000);
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 1; i < wire.a.sentAt.size(); i++) {
            long gap = wire.a.sentAt.get(i) - wire.a.sentAt.get(i - 1);
            least = Math.min(least, gap);
            most = Math.max(most, gap);
        }
        assertTrue(least >= 225 * Wire.MILLI && most <= 300 * Wire.MILLI && most - least > 30 * Wire.MILLI, least + " to " + most);
    }

    @Test
    void silenceForTheDetectionTimeAndNotLessIsTheEnd() { // RFC 5880 §6.8.4
        wire.up();
        wire.b.deaf = true;
        wire.a.deaf = true;
        wire.a.changes.clear();
        long since = wire.now;
        wire.run(580);
        assertEquals(BfdState.UP, wire.a.session.state(), "the last packet came at most 300 ms before");
        wire.run(330);
        assertEquals(BfdState.DOWN, wire.a.session.state());
        assertTrue(wire.now - since < 920 * Wire.MILLI);
        assertEquals(Diagnostic.EXPIRED, wire.a.session.diagnostic());
        assertFalse(wire.a.session.stoppedByNeighbor());
        assertEquals(0, wire.a.session.remoteDiscriminator(), "RFC 5880 §6.8.1");
        assertEquals(BfdState.DOWN, Wire.state(wire.a.last()), "told at once, §6.8.7");
        assertEquals(1, wire.a.session.downs());
    }

    @Test
    void afterTheWireIsWholeAgainTheSessionComesUpAgain() {
        wire.up();
        wire.cut = true;
        wire.run(3_000);
        assertEquals(BfdState.DOWN, wire.b.session.state());
        wire.cut = false;
        wire.up();
    }

    @Test
    void whereOneDirectionFailsBothSidesKnow() { // RFC 5880 §4.1, diagnostic 3
        wire.up();
        wire.b.deaf = true;
        wire.run(1_000);
        assertEquals(Diagnostic.EXPIRED, wire.b.session.diagnostic());
        assertEquals(BfdState.DOWN, wire.b.session.state());
        assertNotEquals(BfdState.UP, wire.a.session.state());
        assertEquals(Diagnostic.NEIGHBOR_DOWN, wire.a.session.diagnostic());
        assertFalse(wire.a.session.stoppedByNeighbor(), "it is a failure");
    }

    @Test
    void aPollIsAnsweredAtOnceAndOnlyOnce() { // RFC 5880 §6.8.7
        wire.up();
        byte[] poll = wire.b.last().clone();
        poll[1] |= ControlPacket.POLL;
        int before = wire.a.sent.size();
        wire.a.receive(poll);
        assertEquals(before + 1, wire.a.sent.size());
        assertTrue(Wire.has(wire.a.last(), ControlPacket.FINAL) && !Wire.has(wire.a.last(), ControlPacket.POLL));
    }

    @Test
    void slowerTimersCountOnlyOnceTheNeighbourKnows() { // RFC 5880 §6.8.3
        wire.up();
        wire.cut = true; // no F comes
        wire.a.session.wish(new Session.Wish(2_000_000, 300_000, 3));
        assertEquals(300_000, wire.a.session.transmitMicros());
        wire.cut = false;
        wire.run(1_000);
        assertEquals(2_000_000, wire.a.session.transmitMicros());
        assertEquals(6_000_000, wire.b.session.detectionMicros());
        assertEquals(BfdState.UP, wire.a.session.state());
        wire.run(20_000);
        assertEquals(0, wire.a.session.downs() + wire.b.session.downs());
    }

    @Test
    void aShorterReceiveIntervalCountsForDetectionOnlyOnceTheNeighbourKnows() { // RFC 5880 §6.8.3
        wire.up();
        wire.b.session.wish(new Session.Wish(50_000, 50_000, 3));
        wire.run(1_000);
        wire.cut = true;
        wire.a.session.wish(new Session.Wish(50_000, 50_000, 3));
        assertEquals(900_000, wire.a.session.detectionMicros());
        wire.cut = false;
        wire.run(1_000);
        assertEquals(150_000, wire.a.session.detectionMicros());
        wire.run(10_000);
        assertEquals(0, wire.a.session.downs() + wire.b.session.downs());
    }

    @Test
    void administrativelyDownIsToldAndNoFailureForTheNeighbour() { // RFC 5880 §6.8.16, RFC 5882 §3.2
        wire.up();
        wire.a.session.stop(wire.now);
        assertEquals(BfdState.ADMIN_DOWN, Wire.state(wire.a.last()));
        assertEquals(Diagnostic.ADMINISTRATIVE, wire.a.last()[0] & 0x1f);
        assertFalse(wire.a.session.quiet());
        wire.run(1);
        assertEquals(BfdState.DOWN, wire.b.session.state());
        assertTrue(wire.b.session.stoppedByNeighbor());
        assertTrue(wire.a.session.quiet(), "it has answered");
        wire.run(10_000);
        assertEquals(BfdState.ADMIN_DOWN, wire.a.session.state(), "what comes changes nothing (§6.8.6)");
        assertEquals(BfdState.DOWN, wire.b.session.state(), "AdminDown brings nobody up");
        wire.a.session.enable(wire.now);
        wire.up();
    }

    @Test
    void whereTheNeighbourWantsNothingNothingIsSentByItselfButPollsAreAnswered() { // RFC 5880 §6.8.7
        wire.up();
        byte[] nothing = wire.b.last().clone();
        ControlPacket.word(nothing, 16, 0);
        wire.a.receive(nothing);
        assertEquals(0, wire.a.session.transmitMicros());
        int before = wire.a.sent.size();
        wire.a.sessions.tick(wire.now + 800 * Wire.MILLI);
        assertEquals(before, wire.a.sent.size());
        nothing[1] |= ControlPacket.POLL;
        wire.a.receive(nothing);
        assertEquals(before + 1, wire.a.sent.size());
    }

    @Test
    void aNeighbourThatAsksForDemandModeIsObeyed() { // RFC 5880 §6.8.7: MUST NOT periodically transmit
        wire.up();
        byte[] demand = wire.b.last().clone();
        demand[1] |= ControlPacket.DEMAND;
        wire.a.receive(demand);
        assertTrue(wire.a.session.remoteDemand());
        assertEquals(0, wire.a.session.transmitMicros());
        demand[1] |= ControlPacket.POLL;
        wire.a.receive(demand);
        assertTrue(Wire.has(wire.a.last(), ControlPacket.FINAL));
        assertFalse(Wire.has(wire.a.last(), ControlPacket.DEMAND), "not asked for in return");
    }

    @Test
    void theSlowerOfBothSidesSetsThePace() { // RFC 5880 §6.8.2, §6.8.4
        wire.up();
        wire.b.session.wish(new Session.Wish(300_000, 1_500_000, 5));
        wire.run(2_000);
        assertEquals(1_500_000, wire.a.session.transmitMicros());
        assertEquals(3 * 1_500_000, wire.b.session.detectionMicros(), "the sender's multiplier counts");
        assertEquals(5 * 300_000, wire.a.session.detectionMicros());
    }

    @Test
    void aRestartedNeighbourIsSeenByItsDownAndComesBack() { // RFC 5880 §6.8.6
        wire.up();
        byte[] fresh = Arrays.copyOf(wire.b.last(), ControlPacket.LENGTH);
        fresh[1] = (byte) (BfdState.DOWN.ordinal() << 6);
        ControlPacket.word(fresh, 4, 4711);
        ControlPacket.word(fresh, 8, 0);
        assertEquals(Fault.NONE, wire.a.receive(fresh));
        assertEquals(BfdState.DOWN, wire.a.session.state());
        assertEquals(4711, wire.a.session.remoteDiscriminator());
    }

    @Test
    void aPauseOfOursIsNotTheNeighboursSilenceWhenWhatCameIsReadFirst() {
        wire.up();
        byte[] came = wire.b.last();
        wire.now += 5_000 * Wire.MILLI; // a collection of five seconds; the kernel has kept the packets
        wire.a.receive(came);
        wire.a.sessions.tick(wire.now);
        assertEquals(BfdState.UP, wire.a.session.state());
    }
}
