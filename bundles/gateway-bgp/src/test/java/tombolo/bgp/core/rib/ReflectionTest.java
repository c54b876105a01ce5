package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.PeerSettings.NextHopMode;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.net.RouterId;

/** Route reflection (RFC 4456): who is told what, in which form, and how loops are found. */
class ReflectionTest {
    private static final int OURS = FakeSettings.LOCAL_AS;
    private static final Prefix PREFIX = Prefix.parse("10.1.0.0/16");
    private final FakePeer external = new FakePeer("external", 65010, "10.0.0.1", OURS);
    private final FakePeer one = new FakePeer("one", OURS, "10.0.0.11", OURS);
    private final FakePeer two = new FakePeer("two", OURS, "10.0.0.12", OURS);
    private final FakePeer plain = new FakePeer("plain", OURS, "10.0.0.21", OURS);
    private final FakePeer other = new FakePeer("other", OURS, "10.0.0.22", OURS);
    private final List<FakePeer> all = List.of(external, one, two, plain, other);
    private final FakeSettings settings = new FakeSettings().peer(external).peer(one, "", "").peer(two, "", "").peer(plain, "", "").peer(other, "", "")
            .keys(one, keys -> keys.client = true).keys(two, keys -> keys.client = true);

    private Node node() {
        Node node = new Node(settings.build());
        all.forEach(FakePeer::establish);
        node.run(all.toArray(FakePeer[]::new));
        return node;
    }

    private void apply(Node node) {
        node.engine.settings(settings.build());
        node.settle();
    }

    private Set<String> holders() {
        return Set.copyOf(all.stream().filter(peer -> peer.holds.containsKey(PREFIX)).map(peer -> peer.name).toList());
    }

    /** RFC 4456 §6 (2): a route from a client goes to all non-clients and to the other clients. */
    @Test
    void aRouteOfAClientIsReflectedToAllOthers() {
        Node node = node();
        one.announce("10.1.0.0/16", -1, 65099);
        node.run(one);
        assertEquals(Set.of("external", "two", "plain", "other"), holders());
    }

    /** RFC 4456 §6 (1): a route from a non-client goes to clients only. */
    @Test
    void aRouteOfANonClientIsReflectedToClientsOnly() {
        Node node = node();
        plain.announce("10.1.0.0/16", -1, 65099);
        node.run(plain);
        assertEquals(Set.of("external", "one", "two"), holders());
    }

    /** RFC 4456 §6: what came by eBGP, and what is our own, goes to all, and is not reflected: no ORIGINATOR_ID, no CLUSTER_LIST. */
    @Test
    void anExternalRouteAndOurOwnGoToAllWithoutMarks() {
        settings.network("192.0.2.0/24");
        Node node = node();
        external.announce("10.1.0.0/16", -1, 65010);
        node.run(external);
        assertEquals(Set.of("one", "two", "plain", "other"), holders());
        assertEquals("[65010] via 10.0.0.1 lp 100", one.holds.get(PREFIX));
        assertEquals("[] via 10.255.0.1 lp 100", plain.holds.get(Prefix.parse("192.0.2.0/24")));
    }

    /** RFC 4456 §8 and §10: ORIGINATOR_ID and CLUSTER_LIST come in, NEXT_HOP, AS_PATH, LOCAL_PREF and MED stay. To external peers neither attribute goes. */
    @Test
    void reflectionAddsOriginatorAndClusterAndChangesNothingElse() {
        settings.clusterId = Optional.of(RouterId.parse("7.7.7.7"));
        Node node = node();
        one.announce("10.1.0.0/16", IpAddress.parse("172.16.0.9"), 55, 0, 65099);
        node.run(one);
        String reflected = "[65099] via 172.16.0.9 med 55 lp 100 [originator-id: 10.0.0.11, cluster-list: 7.7.7.7]";
        assertEquals(reflected, two.holds.get(PREFIX));
        assertEquals(reflected, plain.holds.get(PREFIX));
        assertEquals("[65001 65099] via 10.255.0.1", external.holds.get(PREFIX));
    }

    /** RFC 4456 §8: an ORIGINATOR_ID that is there stays, and our cluster comes before those of the list. Without cluster-id it is the router id (§7). */
    @Test
    void aRouteThatWasReflectedBeforeKeepsItsOriginatorAndGrowsItsList() {
        Node node = node();
        plain.announceReflected("10.1.0.0/16", "1.1.1.1", "9.9.9.9", "8.8.8.8");
        node.run(plain);
        assertEquals("[65099] via 10.0.0.21 lp 100 [originator-id: 1.1.1.1, cluster-list: 10.255.0.1 9.9.9.9 8.8.8.8]", one.holds.get(PREFIX));
    }

    /** RFC 4456 §8: our router id as ORIGINATOR_ID, or our cluster in CLUSTER_LIST, is a loop. */
    @Test
    void ourOwnIdOrClusterMakesARouteALoopAndExplainSaysWhich() {
        settings.clusterId = Optional.of(RouterId.parse("7.7.7.7"));
        Node node = node();
        plain.announceReflected("10.1.0.0/16", "10.255.0.1", "9.9.9.9");
        plain.announceReflected("10.2.0.0/16", "1.1.1.1", "9.9.9.9", "7.7.7.7");
        plain.announceReflected("10.3.0.0/16", "1.1.1.1", "10.255.0.1");
        node.run(plain);
        assertEquals(Set.of(Prefix.parse("10.3.0.0/16")), one.holds.keySet(), "the router id is no cluster here");
        assertTrue(reason(node, "10.1.0.0/16").contains("its ORIGINATOR_ID is our router id"), reason(node, "10.1.0.0/16"));
        assertTrue(reason(node, "10.2.0.0/16").contains("our cluster id 7.7.7.7 stands in its CLUSTER_LIST"), reason(node, "10.2.0.0/16"));
        settings.clusterId = Optional.of(RouterId.parse("6.6.6.6"));
        apply(node);
        assertEquals(Set.of(Prefix.parse("10.2.0.0/16"), Prefix.parse("10.3.0.0/16")), one.holds.keySet(), "another cluster id, and it is none");
        assertEquals("[65099] via 10.0.0.21 lp 100 [originator-id: 1.1.1.1, cluster-list: 6.6.6.6 9.9.9.9 7.7.7.7]", one.holds.get(Prefix.parse("10.2.0.0/16")));
    }

    private static String reason(Node node, String prefix) {
        return node.engine.views().explain(Prefix.parse(prefix)).paths().getFirst().reason();
    }

    /** RFC 4456 §9: ORIGINATOR_ID takes the router id's place, then the shorter CLUSTER_LIST wins. */
    @Test
    void theDecisionComparesOriginatorsAndThenClusterLists() {
        Node node = node();
        plain.announceReflected("10.1.0.0/16", "1.1.1.2", "9.9.9.9");
        other.announceReflected("10.1.0.0/16", "1.1.1.1", "9.9.9.9", "8.8.8.8");
        plain.announceReflected("10.2.0.0/16", "1.1.1.1", "9.9.9.9", "8.8.8.8");
        other.announceReflected("10.2.0.0/16", "1.1.1.1", "9.9.9.9");
        node.run(plain, other);
        assertEquals("lost at step 11, router id: 1.1.1.2 instead of 1.1.1.1", lost(node, "10.1.0.0/16", "plain"));
        assertEquals("lost at step 12, CLUSTER_LIST length: 2 instead of 1", lost(node, "10.2.0.0/16", "plain"));
    }

    private static String lost(Node node, String prefix, String peer) {
        return node.engine.views().explain(Prefix.parse(prefix)).paths().stream().filter(path -> path.route().peer().equals(peer)).findFirst().orElseThrow().reason();
    }

    /** Two clients may send the very same attributes: each route keeps its own originator. */
    @Test
    void equalSetsOfTwoClientsKeepTheirOriginators() {
        Node node = node();
        IpAddress hop = IpAddress.parse("172.16.0.9");
        for (int i = 0; i < 20; i++) {
            one.announce("10.1." + i + ".0/24", hop, -1, 0, 65099);
            two.announce("10.2." + i + ".0/24", hop, -1, 0, 65099);
            node.run(one, two);
        }
        assertEquals("[65099] via 172.16.0.9 lp 100 [originator-id: 10.0.0.11, cluster-list: 10.255.0.1]", plain.holds.get(Prefix.parse("10.1.7.0/24")));
        assertEquals("[65099] via 172.16.0.9 lp 100 [originator-id: 10.0.0.12, cluster-list: 10.255.0.1]", plain.holds.get(Prefix.parse("10.2.7.0/24")));
    }

    /** RFC 4456 §10: neither next-hop = self nor what export filters set changes what a reflector leaves as it is; filters still reject and mark. */
    @Test
    void nextHopSelfAndFiltersDoNotChangeReflectedRoutes() {
        settings.filters.put("change", new FilterSettings("change", List.of(new FilterSettings.Rule(10, List.of(), List.of(
                new FilterSettings.Change.LocalPreference(7), new FilterSettings.Change.Med(Optional.of(3L)), new FilterSettings.Change.Prepend(Optional.empty(), 2),
                new FilterSettings.Change.NextHop(Optional.empty()), new FilterSettings.Change.Origin(2)), FilterSettings.Action.ACCEPT)), FilterSettings.Action.ACCEPT));
        settings.peer(two, "", "change").keys(two, keys -> {
            keys.client = true;
            keys.nextHop = NextHopMode.SELF;
        });
        settings.reject("not-ten", "10.0.0.0/8").peer(plain, "", "not-ten");
        Node node = node();
        one.announce("10.1.0.0/16", -1, 65099);
        external.announce("11.1.0.0/16", 4, 65010);
        node.run(one, external);
        assertEquals("[65099] via 10.0.0.11 lp 100 [originator-id: 10.0.0.11, cluster-list: 10.255.0.1]", two.holds.get(PREFIX));
        assertEquals("[65001 65001 65010] via 10.255.0.1 med 3 lp 7", two.holds.get(Prefix.parse("11.1.0.0/16")), "what is not reflected is changed");
        assertFalse(plain.holds.containsKey(PREFIX));
    }

    @Test
    void whoIsAClientMayChangeWithoutAReset() {
        settings.keys(one, keys -> keys.client = false).keys(two, keys -> keys.client = false);
        Node node = node();
        one.announce("10.1.0.0/16", -1, 65099);
        node.run(one);
        assertEquals(Set.of("external"), holders());
        assertTrue(advertisement(node, "plain").contains("not passed on by iBGP (RFC 4271 §9.2)"), advertisement(node, "plain"));
        settings.keys(one, keys -> keys.client = true);
        apply(node);
        assertEquals(Set.of("external", "two", "plain", "other"), holders());
        settings.keys(one, keys -> keys.client = false).keys(two, keys -> keys.client = true);
        apply(node);
        assertEquals(Set.of("external", "two"), holders());
        settings.keys(two, keys -> keys.client = false);
        apply(node);
        assertEquals(Set.of("external"), holders());
        assertEquals(2, node.engine.groups().count() / AddressFamily.values().length, "clients and others are one group again");
    }

    @Test
    void explainSaysWhyARouteIsOrIsNotReflected() {
        Node node = node();
        plain.announce("10.1.0.0/16", -1, 65099);
        node.run(plain);
        assertEquals(List.of("route reflector client, cluster id 10.255.0.1"), node.engine.views().peers().stream().filter(peer -> peer.peer().equals("one")).findFirst()
                .orElseThrow().traits());
        assertEquals("not advertised: learned from plain by iBGP, and neither it nor this peer is a route reflector client (RFC 4456 §6)", advertisement(node, "other"));
        assertEquals("advertised, reflected to this client from plain with cluster id 10.255.0.1 (RFC 4456 §6)", advertisement(node, "one"));
        one.announce("10.1.0.0/16", -1);
        node.run(one);
        assertEquals("advertised, reflected from client one with cluster id 10.255.0.1 (RFC 4456 §6)", advertisement(node, "other"));
        assertEquals("not advertised: learned from this peer", advertisement(node, "one"));
    }

    private static String advertisement(Node node, String peer) {
        return node.engine.views().explain(PREFIX).advertisements().stream().filter(told -> told.peer().equals(peer)).map(BgpRoutes.AdvertisementVerdict::reason)
                .findFirst().orElseThrow();
    }

    /** RFC 2545 §3, RFC 4456 §10: IPv6 routes are reflected with the global next hop that came. */
    @Test
    void ipv6RoutesAreReflectedWithTheirNextHop() {
        Node node = node();
        one.announce("2001:db8:1::/48", -1, 65099);
        node.run(one);
        assertEquals("[65099] via 2001:db8:ffff::fde9 lp 100 [originator-id: 10.0.0.11, cluster-list: 10.255.0.1]", two.holds.get(Prefix.parse("2001:db8:1::/48")));
    }
}
