package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;

class RibEngineTest {
    private final FakePeer a = new FakePeer("a", 65010, "10.0.0.1", FakeSettings.LOCAL_AS);
    private final FakePeer b = new FakePeer("b", 65020, "10.0.0.2", FakeSettings.LOCAL_AS);
    private final FakePeer c = new FakePeer("c", 65030, "10.0.0.3", FakeSettings.LOCAL_AS);
    private final FakeSettings settings = new FakeSettings().peer(a).peer(b).peer(c);
    private Node node = new Node(settings.build());

    @BeforeEach
    void establish() {
        a.establish();
        b.establish();
        node.run(a, b);
    }

    @Test
    void aRouteOfOnePeerReachesTheKernelAndTheOtherPeerButNotItsSender() {
        a.announce("10.1.0.0/16", -1, 65010);
        a.announce("2001:db8:1::/48", -1, 65010);
        node.run(a);
        assertEquals("[65001 65010] via 10.255.0.1", b.holds.get(Prefix.parse("10.1.0.0/16")));
        assertEquals("[65001 65010] via 2001:db8:ffff::1", b.holds.get(Prefix.parse("2001:db8:1::/48")));
        assertTrue(a.holds.isEmpty());
        assertEquals(0, a.withdrawals);
        assertEquals("[10.0.0.1]", node.feed.route("10.1.0.0/16"));
        assertEquals(List.of(), node.log);
        assertEquals(List.of(), b.errors);
    }

    @Test
    void aWithdrawalReachesKernelAndPeersAndTheTablesAreEmptyAfterwards() {
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        a.withdraw("10.1.0.0/16");
        node.run(a);
        node.settle();
        assertTrue(b.holds.isEmpty());
        assertTrue(node.feed.ids.isEmpty());
        assertEquals(0, node.engine.rib(AddressFamily.IPV4).prefixes.size());
        assertEquals(0, node.engine.attributes.size());
    }

    @Test
    void everyPeerIsSentOneEndOfRibForEachFamilyAfterItsFirstDump() {
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        c.establish();
        node.run(c);
        assertEquals(1, c.endOfRibs.get(AddressFamily.IPV4));
        assertEquals(1, c.endOfRibs.get(AddressFamily.IPV6));
        assertEquals(1, c.holds.size());
        assertEquals(1, b.endOfRibs.get(AddressFamily.IPV4));
    }

    @Test
    void theLossOfTheBestPeerMovesKernelAndNeighboursToTheOther() {
        a.announce("10.1.0.0/16", -1, 65010);
        b.announce("10.1.0.0/16", -1, 65020, 65021);
        node.run(a, b);
        assertEquals("[10.0.0.1]", node.feed.route("10.1.0.0/16"));
        assertEquals(null, a.holds.get(Prefix.parse("10.1.0.0/16")));
        a.fall(false);
        node.run(a);
        assertEquals("[10.0.0.2]", node.feed.route("10.1.0.0/16"));
        assertTrue(b.holds.isEmpty());
        a.establish();
        node.run(a);
        assertEquals("[65001 65020 65021] via 10.255.0.1", a.holds.get(Prefix.parse("10.1.0.0/16")));
    }
}
