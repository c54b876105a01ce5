package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.config.PeerSettings.NextHopMode;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** What the keys of a peer's file do to its routes, and who is told what (RFC 4271 §9.2, RFC 1997). */
class PeerKeysTest {
    private static final int OURS = FakeSettings.LOCAL_AS;
    private static final Prefix PREFIX = Prefix.parse("10.1.0.0/16");
    private final FakePeer a = new FakePeer("a", 65010, "10.0.0.1", OURS);
    private final FakePeer b = new FakePeer("b", 65020, "10.0.0.2", OURS);
    private final FakePeer inner = new FakePeer("inner", OURS, "10.0.0.7", OURS);
    private final FakePeer second = new FakePeer("second", OURS, "10.0.0.8", OURS);
    private final FakeSettings settings = new FakeSettings().peer(a).peer(b).peer(inner, "", "").peer(second, "", "");

    private Node node() {
        Node node = new Node(settings.build());
        a.establish();
        b.establish();
        inner.establish();
        second.establish();
        node.run(a, b, inner, second);
        return node;
    }

    @Test
    void allowOwnAsSaysHowOftenOurAsMayStandInThePathAndAChangeNeedsNoReset() {
        settings.keys(a, keys -> keys.allowOwnAs = 1);
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010, OURS);
        a.announce("10.2.0.0/16", -1, 65010, OURS, OURS);
        node.run(a);
        assertEquals(Set.of(PREFIX), b.holds.keySet());
        settings.keys(a, keys -> keys.allowOwnAs = 2);
        node.engine.settings(settings.build());
        node.settle();
        assertEquals(2, b.holds.size());
        settings.keys(a, keys -> keys.allowOwnAs = 0);
        node.engine.settings(settings.build());
        node.settle();
        assertEquals(0, b.holds.size());
    }

    @Test
    void removePrivateAsLeavesPublicNumbersAndThePeersOwn() {
        settings.keys(b, keys -> keys.removePrivateAs = true);
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010, 3356, 64512, 65020);
        node.run(a);
        assertEquals("[65001 3356 65020] via 10.255.0.1", b.holds.get(PREFIX));
        assertEquals("[65010 3356 64512 65020] via 10.0.0.1 lp 100", inner.holds.get(PREFIX), "internal peers see the path as it is");
    }

    /** RFC 4271 §5.1.3: to an internal peer the next hop stays, unless asked otherwise. */
    @Test
    void nextHopSelfPutsOurAddressIntoWhatInternalPeersAreTold() {
        settings.keys(second, keys -> keys.nextHop = NextHopMode.SELF);
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        assertEquals("[65010] via 10.0.0.1 lp 100", inner.holds.get(PREFIX));
        assertEquals("[65010] via 10.255.0.1 lp 100", second.holds.get(PREFIX));
    }

    /** RFC 4271 §9.2: what came from an internal peer goes to external ones only. */
    @Test
    void routesOfAnInternalPeerAreNotPassedOnToOtherInternalPeers() {
        Node node = node();
        inner.announce("10.1.0.0/16", -1, 65099);
        node.run(inner);
        assertFalse(second.holds.containsKey(PREFIX));
        assertEquals("[65001 65099] via 10.255.0.1", a.holds.get(PREFIX));
    }

    /** RFC 1997: NO_EXPORT stays inside the AS, NO_ADVERTISE with us. */
    @Test
    void wellKnownCommunitiesAreObeyed() {
        Node node = node();
        a.announce("10.1.0.0/16", IpAddress.parse("10.0.0.1"), -1, 0xFFFFFF01, 65010);
        a.announce("10.2.0.0/16", IpAddress.parse("10.0.0.1"), -1, 0xFFFFFF02, 65010);
        a.announce("10.3.0.0/16", IpAddress.parse("10.0.0.1"), -1, 0xFFFFFF03, 65010);
        node.run(a);
        assertEquals(Set.of(), b.holds.keySet());
        assertEquals(Set.of(PREFIX, Prefix.parse("10.3.0.0/16")), inner.holds.keySet());
        assertEquals(3, node.feed.ids.size(), "all three are used here");
    }

    /** RFC 7705 §3: the peer sees the local AS in the place of the node's; a path with either of them is a loop. */
    @Test
    void localAsIsWhatThePeerSeesOfUs() {
        FakePeer migrated = new FakePeer("migrated", 65030, "10.0.0.9", 64999);
        settings.peer(migrated);
        Node node = node();
        migrated.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        migrated.announce("10.8.0.0/16", -1, 65030, 64999);
        migrated.announce("10.9.0.0/16", -1, 65030, OURS);
        migrated.announce("10.7.0.0/16", -1, 65030);
        node.run(a, migrated);
        assertEquals("[64999 65010] via 10.255.0.1", migrated.holds.get(PREFIX));
        assertEquals(Set.of(PREFIX, Prefix.parse("10.7.0.0/16")), b.holds.keySet());
    }
}
