package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.PeerSettings.LocalAs;
import tombolo.api.config.PeerSettings.NextHopMode;
import tombolo.api.net.Asn;
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

    private final FakePeer migrated = new FakePeer("migrated", 65030, "10.0.0.9", 64999);

    private Node migrating(boolean noPrepend, boolean replaceAs) {
        settings.peer(migrated).keys(migrated, keys -> keys.localAs = Optional.of(new LocalAs(new Asn(64999), noPrepend, replaceAs)));
        Node node = node();
        migrated.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        migrated.announce("10.7.0.0/16", -1, 65030);
        node.run(a, migrated);
        return node;
    }

    private void apply(Node node) {
        node.engine.settings(settings.build());
        node.settle();
    }

    /** RFC 7705 §3.1: by default the old AS stands before the new one in what the peer is told, and before the peer's in what it says. */
    @Test
    void localAsShowsBothAsesInBothDirections() {
        migrating(false, false);
        assertEquals("[64999 65001 65010] via 10.255.0.1", migrated.holds.get(PREFIX));
        assertEquals("[65001 64999 65030] via 10.255.0.1", b.holds.get(Prefix.parse("10.7.0.0/16")));
        assertEquals("[64999 65030] via 10.0.0.9 lp 100", inner.holds.get(Prefix.parse("10.7.0.0/16")));
    }

    /** RFC 7705 §3.2, "no prepend inbound", and §3.3, "replace old AS"; neither needs a new session. */
    @Test
    void noPrependAndReplaceAsHideOneOfTheTwoAndMayChangeAtAnyTime() {
        Node node = migrating(true, true);
        assertEquals("[64999 65010] via 10.255.0.1", migrated.holds.get(PREFIX));
        assertEquals("[65001 65030] via 10.255.0.1", b.holds.get(Prefix.parse("10.7.0.0/16")));
        settings.keys(migrated, keys -> keys.localAs = Optional.of(new LocalAs(new Asn(64999), false, true)));
        apply(node);
        assertEquals("[64999 65010] via 10.255.0.1", migrated.holds.get(PREFIX));
        assertEquals("[65001 64999 65030] via 10.255.0.1", b.holds.get(Prefix.parse("10.7.0.0/16")));
        settings.keys(migrated, keys -> keys.localAs = Optional.of(new LocalAs(new Asn(64999), true, false)));
        apply(node);
        assertEquals("[64999 65001 65010] via 10.255.0.1", migrated.holds.get(PREFIX));
        assertEquals("[65001 65030] via 10.255.0.1", b.holds.get(Prefix.parse("10.7.0.0/16")));
    }

    /** RFC 7705 §3.1 with RFC 4271 §9.1.2: a path with either of our two ASes is a loop, and the prepended one is not held against it. */
    @Test
    void bothOfOurAsesAreLoops() {
        Node node = migrating(false, false);
        migrated.announce("10.8.0.0/16", -1, 65030, 64999);
        migrated.announce("10.9.0.0/16", -1, 65030, OURS);
        node.run(migrated);
        assertEquals(Set.of(PREFIX, Prefix.parse("10.7.0.0/16")), b.holds.keySet());
        assertTrue(node.engine.views().explain(Prefix.parse("10.8.0.0/16")).paths().getFirst().reason().contains("our own AS"));
    }

    /** RFC 4271 §5.1.3: a route is never advertised to a peer with that peer's own address as NEXT_HOP. One group, one encoding for all others. */
    @Test
    void noPeerIsToldItsOwnAddressAsNextHop() {
        Node node = node();
        a.announce("10.1.0.0/16", inner.address, -1, 0, 65010);
        a.announce("10.2.0.0/16", -1, 65010);
        node.run(a);
        assertEquals("[65010] via 10.255.0.1 lp 100", inner.holds.get(PREFIX));
        assertEquals("[65010] via 10.0.0.7 lp 100", second.holds.get(PREFIX));
        assertEquals("[65010] via 10.0.0.1 lp 100", inner.holds.get(Prefix.parse("10.2.0.0/16")));
        assertEquals(2, node.engine.groups().count() / 2, "still one internal and one external group of each family");
        a.announce("10.2.0.0/16", second.address, -1, 0, 65010);
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        assertEquals("[65010] via 10.0.0.1 lp 100", inner.holds.get(PREFIX));
        assertEquals("[65010] via 10.0.0.8 lp 100", inner.holds.get(Prefix.parse("10.2.0.0/16")));
        assertEquals("[65010] via 10.255.0.1 lp 100", second.holds.get(Prefix.parse("10.2.0.0/16")));
        second.fall(false);
        second.establish();
        node.run(second);
        assertEquals("[65010] via 10.255.0.1 lp 100", second.holds.get(Prefix.parse("10.2.0.0/16")), "also where it is told alone");
        assertTrue(node.engine.views().explain(Prefix.parse("10.2.0.0/16")).advertisements().stream()
                .anyMatch(told -> told.peer().equals("second") && told.reason().contains("RFC 4271 §5.1.3")));
        a.withdraw("10.2.0.0/16");
        node.run(a);
        assertFalse(second.holds.containsKey(Prefix.parse("10.2.0.0/16")));
        assertFalse(inner.holds.containsKey(Prefix.parse("10.2.0.0/16")));
    }

    /** The same where the route came from another member of the group, so that two are left out of what the others are told (RFC 4271 §5.1.3, RFC 4456). */
    @Test
    void aReflectedRouteWhoseNextHopIsAnotherClientIsToldToItWithOurs() {
        FakePeer third = new FakePeer("third", OURS, "10.0.0.10", OURS);
        settings.peer(third, "", "");
        for (FakePeer client : List.of(inner, second, third)) {
            settings.keys(client, keys -> keys.client = true);
        }
        Node node = node();
        third.establish();
        inner.announce("10.1.0.0/16", second.address, -1, 0, 65099);
        node.run(inner, third);
        assertEquals("[65099] via 10.255.0.1 lp 100 [originator-id: 10.0.0.7, cluster-list: 10.255.0.1]", second.holds.get(PREFIX));
        assertEquals("[65099] via 10.0.0.8 lp 100 [originator-id: 10.0.0.7, cluster-list: 10.255.0.1]", third.holds.get(PREFIX));
        assertFalse(inner.holds.containsKey(PREFIX));
        second.announce("10.1.0.0/16", -1);
        node.run(second);
        assertEquals("[] via 10.0.0.8 lp 100 [originator-id: 10.0.0.8, cluster-list: 10.255.0.1]", inner.holds.get(PREFIX));
        assertFalse(second.holds.containsKey(PREFIX), "now it is its own");
        second.withdraw("10.1.0.0/16");
        node.run(second);
        assertEquals("[65099] via 10.255.0.1 lp 100 [originator-id: 10.0.0.7, cluster-list: 10.255.0.1]", second.holds.get(PREFIX));
        assertFalse(inner.holds.containsKey(PREFIX));
    }

    /** RFC 4271 §5.1.3: with next-hop = keep an external peer is told a third party's next hop, but never its own address. */
    @Test
    void nextHopKeepLeavesTheNextHopOnExternalSessionsToo() {
        settings.keys(b, keys -> keys.nextHop = NextHopMode.KEEP);
        Node node = node();
        a.announce("10.1.0.0/16", IpAddress.parse("10.0.0.77"), -1, 0, 65010);
        a.announce("10.2.0.0/16", b.address, -1, 0, 65010);
        node.run(a);
        assertEquals("[65001 65010] via 10.0.0.77", b.holds.get(PREFIX));
        assertEquals("[65001 65010] via 10.255.0.1", b.holds.get(Prefix.parse("10.2.0.0/16")));
        settings.keys(b, keys -> keys.nextHop = NextHopMode.AUTO);
        apply(node);
        assertEquals("[65001 65010] via 10.255.0.1", b.holds.get(PREFIX));
    }

    @Test
    void theDefaultRouteOfDefaultOriginatePassesItsOwnFilters() {
        settings.filters.put("mark", new FilterSettings("mark", List.of(new FilterSettings.Rule(10, List.of(), List.of(new FilterSettings.Change.Med(Optional.of(30L)),
                new FilterSettings.Change.Prepend(Optional.empty(), 2)), FilterSettings.Action.ACCEPT)), FilterSettings.Action.ACCEPT));
        settings.reject("nothing", "0.0.0.0/0").peer(b, "all", "nothing", Map.of(), PeerSettings.MaxPrefixesAction.DROP, true, 0)
                .keys(b, keys -> keys.defaultOriginateFilters = List.of("mark"));
        Node node = node();
        assertEquals("[65001 65001 65001] via 10.255.0.1 med 30", b.holds.get(Prefix.parse("0.0.0.0/0")));
        settings.keys(b, keys -> keys.defaultOriginateFilters = List.of("nothing"));
        apply(node);
        assertFalse(b.holds.containsKey(Prefix.parse("0.0.0.0/0")));
        settings.keys(b, keys -> keys.defaultOriginateFilters = List.of());
        apply(node);
        assertEquals("[65001] via 10.255.0.1", b.holds.get(Prefix.parse("0.0.0.0/0")));
    }

    /** RFC 4271 §6.3: an external path begins with the peer's AS; RFC 7947 §2.2.2.1: that of a route server does not. A change asks for the routes again. */
    @Test
    void theFirstAsIsEnforcedUnlessTheKeySaysOtherwise() {
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65098, 65010);
        node.run(a);
        assertFalse(b.holds.containsKey(PREFIX));
        settings.keys(a, keys -> keys.enforceFirstAs = false);
        apply(node);
        assertEquals(2, a.refreshes.size());
        a.announce("10.1.0.0/16", -1, 65098, 65010);
        node.run(a);
        assertEquals("[65001 65098 65010] via 10.255.0.1", b.holds.get(PREFIX));
        settings.keys(a, keys -> keys.enforceFirstAs = true);
        apply(node);
        a.announce("10.1.0.0/16", -1, 65098, 65010);
        node.run(a);
        assertFalse(b.holds.containsKey(PREFIX));
    }
}
