package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.PeerSettings.MaxPrefixesAction;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;
import tombolo.api.route.NextHopState;

class LifecycleTest {
    private static final Set<AddressFamily> BOTH = EnumSet.allOf(AddressFamily.class);
    private final FakePeer a = new FakePeer("a", 65010, "10.0.0.1", FakeSettings.LOCAL_AS);
    private final FakePeer b = new FakePeer("b", 65020, "10.0.0.2", FakeSettings.LOCAL_AS);
    private final FakePeer inner = new FakePeer("inner", FakeSettings.LOCAL_AS, "10.0.0.7", FakeSettings.LOCAL_AS);
    private final FakeSettings settings = new FakeSettings().peer(a).peer(b).peer(inner, "", "");

    private Node node() {
        Node node = new Node(settings.build());
        a.establish();
        b.establish();
        node.run(a, b);
        return node;
    }

    /** RFC 4486 §4: Cease/1 with AFI, SAFI and the upper bound as data. */
    @Test
    void morePrefixesThanAllowedEndTheSessionWithCease1AndItsExactData() {
        settings.peer(a, "all", "all", Map.of(AddressFamily.IPV4, 2), MaxPrefixesAction.RESTART, false, 0);
        Node node = node();
        for (int i = 1; i <= 3; i++) {
            a.announce("10." + i + ".0.0/16", -1, 65010);
        }
        node.run(a);
        assertNotNull(a.ended);
        assertEquals("6/1 000101" + "00000002", a.ended.code() + "/" + a.ended.subcode() + " " + HexFormat.of().formatHex(a.ended.data()));
        assertEquals(Optional.of(300), a.retry);
        assertTrue(b.holds.isEmpty(), "its routes are gone");
        assertTrue(node.log.getFirst().startsWith("TMB-BGP-320 peer a: 2 IPV4 prefixes"), node.log.toString());
        assertTrue(node.log.get(1).startsWith("TMB-BGP-321 peer a: 3 IPV4 prefixes received, the limit is 2"), node.log.toString());
    }

    @Test
    void withActionWarnTheRoutesStayAndOneLineIsWritten() {
        settings.peer(a, "all", "all", Map.of(AddressFamily.IPV4, 2), MaxPrefixesAction.WARN, false, 0);
        Node node = node();
        for (int i = 1; i <= 5; i++) {
            a.announce("10." + i + ".0.0/16", -1, 65010);
        }
        node.run(a);
        assertNull(a.ended);
        assertEquals(5, b.holds.size());
        assertEquals(1, node.log.stream().filter(line -> line.startsWith("TMB-BGP-322")).count());
    }

    /** RFC 4724 §4.2: routes of a restarting peer are kept, replaced, and what is stale at End-of-RIB is removed. */
    @Test
    void aGracefulRestartKeepsRoutesUntilEndOfRib() {
        a.restart = Optional.of(new SessionUp.GracefulRestart(false, false, 120, BOTH, BOTH));
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        a.announce("10.2.0.0/16", -1, 65010);
        node.run(a);
        a.fall(true);
        node.run(a);
        assertEquals(2, b.holds.size());
        assertEquals(0, b.withdrawals);
        assertEquals(2, node.engine.views().peers().getFirst().families().getFirst().stale());
        node.seconds(60);
        a.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        assertEquals(2, b.holds.size());
        a.endOfRib(AddressFamily.IPV4);
        node.run(a);
        assertEquals(Set.of(Prefix.parse("10.1.0.0/16")), b.holds.keySet());
        assertEquals(1, b.withdrawals);
    }

    @Test
    void aRestartTimeThatRunsOutRemovesTheStaleRoutes() {
        a.restart = Optional.of(new SessionUp.GracefulRestart(false, false, 120, BOTH, BOTH));
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        a.fall(true);
        node.run(a);
        node.seconds(119);
        assertEquals(1, b.holds.size());
        node.seconds(2);
        assertEquals(0, b.holds.size());
        assertEquals("none", node.feed.route("10.1.0.0/16"));
    }

    /** RFC 4724 §4.2: without the F bit for the family the stale routes go at once. */
    @Test
    void aPeerThatComesBackWithoutItsForwardingStateLosesItsStaleRoutes() {
        a.restart = Optional.of(new SessionUp.GracefulRestart(false, false, 120, BOTH, BOTH));
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        a.fall(true);
        a.restart = Optional.of(new SessionUp.GracefulRestart(true, false, 120, BOTH, Set.of()));
        a.establish();
        node.run(a);
        assertTrue(b.holds.isEmpty());
    }

    @Test
    void routeRefreshSendsEverythingAgainBetweenItsMarkersWherePeersKnowThem() {
        b.enhancedRefresh = true;
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        a.announce("10.2.0.0/16", -1, 65010);
        node.run(a);
        int told = b.prefixesTold;
        b.send(ControlMessages.refresh(AddressFamily.IPV4, ControlMessages.NORMAL_REFRESH));
        node.run(b);
        assertEquals(told + 2, b.prefixesTold);
        assertEquals(List.of("1/1", "1/2"), b.refreshes, "BoRR, then EoRR (RFC 7313 §4)");
        assertEquals(1, b.endOfRibs.get(AddressFamily.IPV4));
    }

    /** RFC 7313 §4: what is not told again between BoRR and EoRR is gone. */
    @Test
    void anEnhancedRefreshFromThePeerRemovesWhatItDidNotRepeat() {
        a.enhancedRefresh = true;
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        a.announce("10.2.0.0/16", -1, 65010);
        node.run(a);
        a.send(ControlMessages.refresh(AddressFamily.IPV4, ControlMessages.BEGIN_OF_REFRESH));
        a.announce("10.2.0.0/16", -1, 65010);
        node.run(a);
        assertEquals(2, b.holds.size());
        a.send(ControlMessages.refresh(AddressFamily.IPV4, ControlMessages.END_OF_REFRESH));
        node.run(a);
        assertEquals(Set.of(Prefix.parse("10.2.0.0/16")), b.holds.keySet());
    }

    @Test
    void aFilterChangeMovesOnlyWhatItConcernsAndKeepsTheSession() {
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        a.announce("11.1.0.0/16", -1, 65010);
        node.run(a);
        int told = b.prefixesTold;
        settings.reject("not-ten", "10.0.0.0/8").peer(a, "not-ten", "all");
        node.engine.settings(settings.build());
        node.settle();
        assertEquals(Set.of(Prefix.parse("11.1.0.0/16")), b.holds.keySet());
        settings.peer(a);
        node.engine.settings(settings.build());
        node.settle();
        assertEquals(2, b.holds.size());
        assertEquals(told + 1, b.prefixesTold);
        assertNull(a.ended);
    }

    @Test
    void anExportFilterChangeWithdrawsAndAnnouncesTheDifference() {
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        a.announce("11.1.0.0/16", -1, 65010);
        node.run(a);
        settings.reject("not-ten", "10.0.0.0/8").peer(b, "all", "not-ten");
        node.engine.settings(settings.build());
        node.settle();
        assertEquals(Set.of(Prefix.parse("11.1.0.0/16")), b.holds.keySet());
        assertEquals(1, b.withdrawals);
        assertEquals(1, b.endOfRibs.get(AddressFamily.IPV4), "no second End-of-RIB");
    }

    @Test
    void aNextHopThatBecomesUnreachableMovesItsRoutesAndComesBack() {
        Node node = new Node(settings.build());
        node.engine.tracked(true);
        a.establish();
        b.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        b.announce("10.1.0.0/16", -1, 65020, 65021);
        node.run(a, b);
        assertEquals("none", node.feed.route("10.1.0.0/16"), "no answer yet");
        assertEquals(2, node.engine.takeNextHopsToWatch().orElseThrow().size());
        node.engine.nextHopsChanged(List.of(state("10.0.0.1", true, "eth1"), state("10.0.0.2", true, "eth2")));
        node.settle();
        assertEquals("[10.0.0.1@eth1]", node.feed.route("10.1.0.0/16"));
        node.engine.nextHopsChanged(List.of(state("10.0.0.1", false, "eth1")));
        node.settle();
        assertEquals("[10.0.0.2@eth2]", node.feed.route("10.1.0.0/16"));
        node.engine.nextHopsChanged(List.of(state("10.0.0.1", true, "eth9")));
        node.settle();
        assertEquals("[10.0.0.1@eth9]", node.feed.route("10.1.0.0/16"));
    }

    /** A link that loses carrier: its next hops go first, then the session; the link is back before the session is. */
    @Test
    void aNextHopThatComesBackWhileNobodyUsesItIsReachableForTheNextPath() {
        Node node = new Node(settings.build());
        node.engine.tracked(true);
        a.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        node.engine.nextHopsChanged(List.of(state("10.0.0.1", true, "eth1")));
        node.settle();
        node.engine.nextHopsChanged(List.of(state("10.0.0.1", false, "eth1")));
        node.settle();
        a.fall(false);
        node.run(a);
        node.engine.nextHopsChanged(List.of(state("10.0.0.1", true, "eth1")));
        node.settle();
        a.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        assertEquals("[10.0.0.1@eth1]", node.feed.route("10.1.0.0/16"));
    }

    @Test
    void equalPathsOfOneNeighbourAreUsedTogetherAndTheLossOfOneIsOneDefinition() {
        FakePeer twin = new FakePeer("twin", 65010, "10.0.0.3", FakeSettings.LOCAL_AS);
        settings.multipathEbgp = 4;
        settings.peer(twin);
        Node node = new Node(settings.build());
        node.engine.tracked(true);
        a.establish();
        twin.establish();
        for (int i = 0; i < 50; i++) {
            a.announce("10.1." + i + ".0/24", -1, 65010);
            twin.announce("10.1." + i + ".0/24", -1, 65010);
        }
        node.run(a, twin);
        node.engine.nextHopsChanged(List.of(state("10.0.0.1", true, "eth1"), state("10.0.0.3", true, "eth3")));
        node.settle();
        assertEquals("[10.0.0.1@eth1, 10.0.0.3@eth3]", node.feed.route("10.1.7.0/24"));
        int defines = node.feed.defines;
        node.engine.nextHopsChanged(List.of(state("10.0.0.1", false, "eth1")));
        node.engine.feed.work();
        assertEquals(defines + 1, node.feed.defines, "every route left the lost next hop by one call");
        assertEquals("[10.0.0.3@eth3]", node.feed.route("10.1.7.0/24"));
        node.settle();
        assertEquals("[10.0.0.3@eth3]", node.feed.route("10.1.7.0/24"));
    }

    @Test
    void ownPrefixesAreToldToEverybodyAndNotPutIntoTheKernel() {
        settings.network("192.0.2.0/24").network("2001:db8:42::/48");
        Node node = node();
        inner.establish();
        node.run(inner);
        assertEquals("[65001] via 10.255.0.1", a.holds.get(Prefix.parse("192.0.2.0/24")));
        assertEquals("[65001] via 2001:db8:ffff::1", a.holds.get(Prefix.parse("2001:db8:42::/48")));
        assertEquals("[] via 10.255.0.1 lp 100", inner.holds.get(Prefix.parse("192.0.2.0/24")));
        assertTrue(node.feed.ids.isEmpty());
        settings.networks.clear();
        node.engine.settings(settings.build());
        node.settle();
        assertTrue(a.holds.isEmpty());
    }

    @Test
    void aNetworkThatRequiresARouteIsOriginatedWhileTheKernelHasOne() {
        Prefix prefix = Prefix.parse("192.0.2.0/24");
        settings.networks.put("n", new tombolo.api.config.NetworkSettings("n", prefix, Optional.empty(), Optional.empty(), List.of(), true));
        Node node = new Node(settings.build());
        node.engine.tracked(true);
        a.establish();
        node.run(a);
        assertEquals(Optional.of(Set.of(prefix)), node.engine.takeRoutesToWatch());
        assertEquals(Set.of(), a.holds.keySet(), "not known yet");
        assertTrue(node.engine.views().explain(prefix).kernel().contains("require-route"));
        node.engine.kernelHas(Set.of(prefix));
        node.settle();
        assertEquals(Set.of(prefix), a.holds.keySet());
        node.engine.kernelHas(Set.of());
        node.settle();
        assertEquals(Set.of(), a.holds.keySet());
        node.engine.tracked(true);
        assertEquals(Optional.of(Set.of(prefix)), node.engine.takeRoutesToWatch(), "a new data plane is asked again");
        settings.network("192.0.2.0/24").networks.remove("n");
        node.engine.settings(settings.build());
        node.settle();
        assertEquals(Set.of(prefix), a.holds.keySet(), "without the key it is originated at once");
    }

    /** RFC 1997: NO_EXPORT binds who receives it. */
    @Test
    void anOwnPrefixWithNoExportIsToldToExternalPeersForThemToKeep() {
        Prefix prefix = Prefix.parse("192.0.2.0/24");
        settings.networks.put("n", new tombolo.api.config.NetworkSettings("n", prefix, Optional.empty(), Optional.empty(), List.of("no-export", "accept-own"), false));
        Node node = node();
        assertEquals("[65001] via 10.255.0.1 [accept-own, no-export]", a.holds.get(prefix));
        a.announce("10.1.0.0/16", IpAddress.parse("10.0.0.1"), -1, 0xFFFFFF01, 65010);
        node.run(a);
        assertFalse(b.holds.containsKey(Prefix.parse("10.1.0.0/16")), "received with NO_EXPORT: not passed on");
    }

    @Test
    void aNetworkStatementThatCannotBeUsedCostsNothingElse() {
        settings.networks.put("bad", new tombolo.api.config.NetworkSettings("bad", Prefix.parse("192.0.2.0/24"), Optional.empty(), Optional.empty(), List.of("nonsense"), false));
        settings.network("198.51.100.0/24");
        Node node = node();
        assertEquals(Set.of(Prefix.parse("198.51.100.0/24")), a.holds.keySet());
        assertTrue(node.log.stream().anyMatch(line -> line.startsWith("TMB-BGP-342 network bad")), node.log.toString());
    }

    @Test
    void defaultOriginateTellsThatPeerADefaultRouteWhateverTheTableHolds() {
        settings.peer(b, "all", "all", Map.of(), MaxPrefixesAction.DROP, true, 0);
        Node node = node();
        assertEquals("[65001] via 10.255.0.1", b.holds.get(Prefix.parse("0.0.0.0/0")));
        assertEquals("[65001] via 2001:db8:ffff::1", b.holds.get(Prefix.parse("::/0")));
        assertFalse(a.holds.containsKey(Prefix.parse("0.0.0.0/0")));
        assertEquals("advertised: default-originate", node.engine.groups().of(node.engine.peer("b").orElseThrow(), AddressFamily.IPV4).orElseThrow().policy
                .explain(node.engine.rib(AddressFamily.IPV4).prefixes.find(Prefix.parse("0.0.0.0/0")), node.engine.rib(AddressFamily.IPV4),
                        node.engine.peer("b").orElseThrow()));
    }

    /** RFC 8326 §4: at the receiver a route with GRACEFUL_SHUTDOWN gets LOCAL_PREF 0; at the node that drains, all routes carry it. */
    @Test
    void gracefulShutdownMakesRoutesTheLeastPreferred() {
        Node node = node();
        a.announce("10.1.0.0/16", IpAddress.parse("10.0.0.1"), -1, 0xFFFF0000, 65010);
        b.announce("10.1.0.0/16", -1, 65020, 65021, 65022);
        node.run(a, b);
        assertEquals("[10.0.0.2]", node.feed.route("10.1.0.0/16"));
        node.engine.drain();
        node.settle();
        assertEquals("[65001 65020 65021 65022] via 10.255.0.1 [graceful-shutdown]", a.holds.get(Prefix.parse("10.1.0.0/16")));
    }

    @Test
    void aPathThatHoldsOurOwnAsIsNotUsed() {
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010, FakeSettings.LOCAL_AS);
        node.run(a);
        assertTrue(b.holds.isEmpty());
        assertTrue(node.engine.views().explain(Prefix.parse("10.1.0.0/16")).paths().getFirst().reason().startsWith("not used (step 1): our own AS"));
    }

    @Test
    void theKernelIsSweptOnlyWhenEveryPeerThatIsUpHasToldEverything() {
        a.restart = Optional.of(new SessionUp.GracefulRestart(false, false, 120, BOTH, BOTH));
        Node node = new Node(settings.build());
        a.establish();
        node.run(a);
        assertTrue(node.feed.inSync.isEmpty());
        a.endOfRib(AddressFamily.IPV4);
        node.run(a);
        assertTrue(node.feed.inSync.isEmpty(), "b and inner are not up yet");
        node.seconds(61);
        assertTrue(node.feed.inSync.contains(AddressFamily.IPV4), "peers that do not come up within a minute hold up nothing");
    }

    @Test
    void theKernelIsNotSweptWhileNextHopsAreStillBeingLookedUp() {
        settings.peers.remove("b");
        settings.peers.remove("inner");
        a.restart = Optional.of(new SessionUp.GracefulRestart(false, false, 120, BOTH, BOTH));
        Node node = new Node(settings.build());
        node.engine.tracked(true);
        a.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        a.endOfRib(AddressFamily.IPV4);
        a.endOfRib(AddressFamily.IPV6);
        node.run(a);
        assertTrue(node.engine.takeNextHopsToWatch().isPresent());
        node.seconds(2);
        assertTrue(node.feed.inSync.isEmpty());
        node.engine.nextHopsChanged(List.of(state("10.0.0.1", true, "eth1")));
        node.settle();
        assertEquals("[10.0.0.1@eth1]", node.feed.route("10.1.0.0/16"));
        assertEquals(BOTH, node.feed.inSync);
    }

    @Test
    void anAdvertisementIntervalGathersChanges() {
        settings.peer(b, "all", "all", Map.of(), MaxPrefixesAction.DROP, false, 5000);
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        int told = b.prefixesTold;
        a.announce("10.2.0.0/16", -1, 65010);
        node.run(a);
        assertEquals(told, b.prefixesTold);
        node.seconds(6);
        assertEquals(2, b.holds.size());
    }

    @Test
    void aSlowPeerHoldsUpNobodyAndGetsTheStateNotTheHistory() {
        FakePeer c = new FakePeer("c", 65030, "10.0.0.3", FakeSettings.LOCAL_AS);
        settings.peer(c);
        Node node = node();
        c.room = 1;
        c.establish();
        node.run(c);
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 200; i++) {
                a.announce("10." + i + ".0.0/16", round, 65010, 65000 + round);
            }
            node.run(a);
        }
        assertEquals(200, b.holds.size());
        long before = c.prefixesTold;
        c.room = Integer.MAX_VALUE;
        c.drain();
        node.run(c);
        assertEquals(b.holds, c.holds);
        assertTrue(c.prefixesTold - before <= 20 * 200, "never more than was said");
    }

    private static NextHopState state(String address, boolean reachable, String interfaceName) {
        IpAddress parsed = IpAddress.parse(address);
        return new NextHopState(parsed, reachable, reachable, reachable ? Optional.of(new NextHop(Optional.of(parsed), Optional.of(interfaceName))) : Optional.empty(), 0);
    }
}
