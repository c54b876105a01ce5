package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;
import tombolo.api.route.NextHopState;
import tombolo.bgp.core.wire.AttributeTable;

class NextHopsTest {
    private final FakePeer a = new FakePeer("a", 65010, "10.0.0.1", FakeSettings.LOCAL_AS);
    private final FakePeer inner = new FakePeer("inner", FakeSettings.LOCAL_AS, "10.0.0.7", FakeSettings.LOCAL_AS);
    private final FakeSettings settings = new FakeSettings().peer(a).peer(inner, "", "");

    private static NextHopState state(String address, boolean connected) {
        IpAddress parsed = IpAddress.parse(address);
        NextHop via = new NextHop(Optional.of(connected ? parsed : IpAddress.parse("10.0.0.254")), Optional.of("eth0"));
        return new NextHopState(parsed, true, connected, Optional.of(via), connected ? 0 : 10);
    }

    private static int intern(AttributeTable table, IpAddress nextHop) {
        byte[] canonical = Sets.canonical(AddressFamily.IPV4, nextHop, -1, 0, -1, 65010);
        return table.intern(canonical, 0, canonical.length);
    }

    /** RFC 4271 §5.1.3, §6.3: one IP hop away, the next hop is the peer or shares a link with us; a default route does not make it reachable. */
    @Test
    void aNextHopBeyondTheLinkOfADirectlyConnectedExternalPeerIsNotUsed() {
        Node node = new Node(settings.build());
        node.engine.tracked(true);
        a.establish();
        a.announce("10.1.0.0/16", IpAddress.parse("198.51.100.9"), -1, 0, 65010);
        a.announce("10.2.0.0/16", IpAddress.parse("10.0.0.5"), -1, 0, 65010);
        a.announce("10.3.0.0/16", -1, 65010);
        node.run(a);
        node.engine.nextHopsChanged(List.of(state("198.51.100.9", false), state("10.0.0.5", true), state("10.0.0.1", false)));
        node.settle();
        assertEquals("none", node.feed.route("10.1.0.0/16"));
        assertEquals("[10.0.0.5@eth0]", node.feed.route("10.2.0.0/16"), "a third party on the link (RFC 4271 §5.1.3)");
        assertEquals("[10.0.0.254@eth0]", node.feed.route("10.3.0.0/16"), "the peer itself");
        String reason = node.engine.views().explain(Prefix.parse("10.1.0.0/16")).paths().getFirst().reason();
        assertTrue(reason.contains("lies on no link shared"), reason);
    }

    @Test
    void anInternalPeerMayNameANextHopFarAway() {
        Node node = new Node(settings.build());
        node.engine.tracked(true);
        inner.establish();
        inner.announce("10.1.0.0/16", IpAddress.parse("198.51.100.9"), -1, 0, 65010);
        node.run(inner);
        node.engine.nextHopsChanged(List.of(state("198.51.100.9", false)));
        node.settle();
        assertEquals("[10.0.0.254@eth0]", node.feed.route("10.1.0.0/16"));
    }

    /** A peer that uses up what can be watched and then withdraws leaves nothing behind. */
    @Test
    void addressesThatNobodyUsesAnyLongerMakeRoomForNewOnes() {
        AttributeTable table = new AttributeTable(7);
        NextHops nextHops = new NextHops(table.nextHops());
        nextHops.tracked(true);
        Peer peer = new Peer(2, "a");
        int[] sets = new int[NextHops.MAX_WATCHED];
        for (int i = 0; i < sets.length; i++) {
            sets[i] = intern(table, IpAddress.v4(0x0b000000 + i));
            assertFalse(nextHops.reachable(table.nextHop(sets[i]), peer));
        }
        nextHops.takeWatchChange();
        for (int set : sets) {
            table.release(set);
        }
        IpAddress late = IpAddress.parse("10.0.0.9");
        int set = intern(table, late);
        assertFalse(nextHops.reachable(table.nextHop(set), peer), "not answered yet");
        Collection<IpAddress> watched = nextHops.takeWatchChange().orElseThrow();
        assertEquals(List.of(late), List.copyOf(watched));
        nextHops.answered(List.of(state("10.0.0.9", true)));
        assertTrue(nextHops.reachable(table.nextHop(set), peer));
    }
}
