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

    /** However many routes go through two neighbours, the loss of one is one definition of their set, before any of them is told anew. */
    @Test
    void theAddressOfALostPeerLeavesItsSetsBeforeItsRoutesAreRemoved() {
        FakePeer b = new FakePeer("b", 65010, "10.0.0.2", FakeSettings.LOCAL_AS);
        settings.peer(b);
        settings.multipathEbgp = 2;
        Node node = new Node(settings.build());
        a.establish();
        b.establish();
        for (int i = 0; i < 50; i++) {
            a.announce("10.1." + i + ".0/24", -1, 65010);
            b.announce("10.1." + i + ".0/24", -1, 65010);
        }
        a.announce("10.2.0.0/24", -1, 65010);
        node.run(a, b);
        int both = node.feed.ids.get(Prefix.parse("10.1.0.0/24"));
        int alone = node.feed.ids.get(Prefix.parse("10.2.0.0/24"));
        assertEquals(2, node.feed.sets.get(both).size());
        int rows = node.feed.rows;
        a.fall(false);
        node.run(a, b);
        assertEquals("[10.0.0.2]", node.feed.sets.get(both).toString());
        assertEquals(rows, node.feed.rowsAtDefine.get(both), "the set first, then the routes");
        assertEquals("[10.0.0.1]", node.feed.sets.get(alone).toString(), "a set of the lost one alone is left to the removal of its routes");
        assertEquals("[10.0.0.2]", node.feed.route("10.1.49.0/24"));
        assertEquals("none", node.feed.route("10.2.0.0/24"));

        a.establish();
        a.announce("10.1.0.0/24", -1, 65010);
        node.run(a, b);
        assertEquals(2, node.feed.sets.get(node.feed.ids.get(Prefix.parse("10.1.0.0/24"))).size(), "back again");
    }

    /** A third party's routes with the lost peer's address as next hop: a route server that we share with it tells them on. */
    @Test
    void whoeverElseNamesTheAddressHasItAgainWhenTheLostPeersRoutesAreRemoved() {
        FakePeer b = new FakePeer("b", 65030, "10.0.0.2", FakeSettings.LOCAL_AS);
        FakePeer server = new FakePeer("server", 65030, "10.0.0.3", FakeSettings.LOCAL_AS);
        settings.peer(b).peer(server);
        settings.multipathEbgp = 2;
        Node node = new Node(settings.build());
        List.of(a, b, server).forEach(FakePeer::establish);
        server.announce("10.3.0.0/16", IpAddress.parse("10.0.0.1"), -1, 0, 65030);
        b.announce("10.3.0.0/16", -1, 65030);
        a.announce("10.4.0.0/16", -1, 65010);
        node.run(a, b, server);
        String before = node.feed.route("10.3.0.0/16");
        assertTrue(before.contains("10.0.0.1") && before.contains("10.0.0.2"), before);
        a.fall(false);
        node.run(a, b, server);
        assertEquals("none", node.feed.route("10.4.0.0/16"));
        assertEquals(before, node.feed.route("10.3.0.0/16"));
    }

    /** It is the former address that was left out meanwhile, not the one that the peer has now. */
    @Test
    void aLostPeerThatComesBackWithAnotherAddressLeavesItsFormerOneToThirdParties() {
        FakePeer b = new FakePeer("b", 65030, "10.0.0.2", FakeSettings.LOCAL_AS);
        FakePeer server = new FakePeer("server", 65030, "10.0.0.3", FakeSettings.LOCAL_AS);
        settings.peer(b).peer(server);
        settings.multipathEbgp = 2;
        Node node = new Node(settings.build());
        List.of(a, b, server).forEach(FakePeer::establish);
        server.announce("10.3.0.0/16", IpAddress.parse("10.0.0.1"), -1, 0, 65030);
        b.announce("10.3.0.0/16", -1, 65030);
        a.announce("10.4.0.0/16", -1, 65010);
        node.run(a, b, server);
        String before = node.feed.route("10.3.0.0/16");
        assertTrue(before.contains("10.0.0.1") && before.contains("10.0.0.2"), before);
        a.fall(false);
        a.address = IpAddress.parse("10.0.0.9");
        a.establish(); // read with the end of the session before it, ahead of the removal of its routes
        node.run(a, b, server);
        assertEquals("none", node.feed.route("10.4.0.0/16"));
        assertEquals(before, node.feed.route("10.3.0.0/16"));
    }

    /** RFC 4291 §2.5.6: one link-local address on two links is two neighbours. */
    @Test
    void ofTwoPeersWithTheSameLinkLocalAddressTheLossOfOneTakesTheOtherAlongInNoSet() {
        FakePeer left = new FakePeer("left", 65020, "fe80::1", FakeSettings.LOCAL_AS);
        FakePeer right = new FakePeer("right", 65020, "fe80::1", FakeSettings.LOCAL_AS);
        right.interfaceName = "eth1";
        settings.peer(left).peer(right);
        settings.multipathEbgp = 2;
        Node node = new Node(settings.build());
        left.establish();
        right.establish();
        left.announce("2001:db8:1::/48", left.address, -1, 0, 65020);
        right.announce("2001:db8:1::/48", right.address, -1, 0, 65020);
        node.run(left, right);
        int both = node.feed.ids.get(Prefix.parse("2001:db8:1::/48"));
        assertEquals("[fe80::1@eth0, fe80::1@eth1]", node.feed.sets.get(both).toString());
        int rows = node.feed.rows;
        left.fall(false);
        node.run(left, right);
        assertEquals("[fe80::1@eth1]", node.feed.sets.get(both).toString());
        assertEquals(rows, node.feed.rowsAtDefine.get(both), "the set first, then the routes");
        assertEquals("[fe80::1@eth1]", node.feed.route("2001:db8:1::/48"));
    }

    /** Where there is no better one: a set that routes name has to be there, whoever has it wait for it. */
    @Test
    void aSetOfNothingButAddressesOfLostPeersIsDefinedByThem() {
        FakePeer b = new FakePeer("b", 65010, "10.0.0.2", FakeSettings.LOCAL_AS);
        FakePeer server = new FakePeer("server", 65030, "10.0.0.3", FakeSettings.LOCAL_AS);
        settings.peer(b).peer(server);
        settings.multipathEbgp = 2;
        Node node = new Node(settings.build());
        List.of(a, b, server).forEach(FakePeer::establish);
        for (int i = 0; i < 4_096; i++) { // several slices of the removal
            a.announce("10." + (16 + i / 256) + "." + i % 256 + ".0/24", -1, 65010);
            b.announce("10." + (16 + i / 256) + "." + i % 256 + ".0/24", -1, 65010);
        }
        node.run(b); // before the other: none of its routes is alone in a set
        node.run(a, server);
        a.fall(false);
        node.engine.ready(a);
        assertTrue(node.engine.work(() -> true)); // reads the end of the session
        assertTrue(node.engine.work(() -> true)); // removes the first of its routes
        server.announce("10.3.0.0/16", IpAddress.parse("10.0.0.1"), -1, 0, 65030);
        node.engine.ready(server);
        Prefix prefix = Prefix.parse("10.3.0.0/16");
        for (int turns = 0; !node.feed.ids.containsKey(prefix); turns++) {
            assertTrue(turns < 1_000, "the route is never told");
            node.engine.work(() -> true);
        }
        assertTrue(node.engine.peer("a").orElseThrow().family(AddressFamily.IPV4).purging, "told while the removal is under way");
        assertEquals("[10.0.0.1]", node.feed.route("10.3.0.0/16"));
        node.settle();
        assertEquals("[10.0.0.1]", node.feed.route("10.3.0.0/16"));
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
