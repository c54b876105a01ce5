package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.PeerSettings.MaxPrefixesAction;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHopState;

/** Restarts of either side, refreshes, and what goes wrong meanwhile. */
class RestartTest {
    private static final Set<AddressFamily> BOTH = EnumSet.allOf(AddressFamily.class);
    private static final Optional<SessionUp.GracefulRestart> HELPER = Optional.of(new SessionUp.GracefulRestart(false, false, 120, BOTH, BOTH));
    private final FakePeer a = new FakePeer("a", 65010, "10.0.0.1", FakeSettings.LOCAL_AS);
    private final FakePeer b = new FakePeer("b", 65020, "10.0.0.2", FakeSettings.LOCAL_AS);
    private final FakePeer inner = new FakePeer("inner", FakeSettings.LOCAL_AS, "10.0.0.7", FakeSettings.LOCAL_AS);
    private final FakeSettings settings = new FakeSettings().peer(a).peer(b);

    /** Behind its own restart, with two peers that can help. */
    private Node restarted() {
        a.restart = HELPER;
        b.restart = HELPER;
        Node node = new Node(settings.build());
        node.engine.restarted();
        return node;
    }

    private Node node() {
        Node node = new Node(settings.build());
        a.establish();
        b.establish();
        node.run(a, b);
        return node;
    }

    /**
     * RFC 4724 §4.1: the restarting speaker defers route selection until it has the End-of-RIB of its peers; then the forwarding state is updated, the routes
     * are told, and End-of-RIB after them, at which a helper drops what was not told again.
     */
    @Test
    void afterOurOwnRestartNothingIsSelectedAndNobodyIsToldEndOfRibBeforeTheOthersHaveToldTheirs() {
        settings.network("192.0.2.0/24");
        Node node = restarted();
        b.establish();
        node.run(b);
        b.endOfRib(AddressFamily.IPV4);
        b.endOfRib(AddressFamily.IPV6);
        node.run(b);
        assertEquals(Map.of(), b.endOfRibs, "a is not there yet");
        a.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        assertEquals(Set.of(), b.holds.keySet(), "selection is deferred, also of what is our own");
        assertEquals(Map.of(), node.feed.ids);
        assertEquals(Set.of(), node.feed.inSync, "the kernel keeps the routes from before");
        assertEquals(Map.of(), b.endOfRibs, "a has not told everything");
        var explained = node.engine.views().explain(Prefix.parse("10.1.0.0/16"));
        assertTrue(explained.kernel().contains("RFC 4724 §4.1"), explained.kernel());
        assertTrue(explained.advertisements().getLast().reason().contains("RFC 4724 §4.1"), explained.advertisements().toString());
        a.announce("10.3.0.0/16", -1, 65010);
        a.withdraw("10.3.0.0/16");
        node.run(a);
        a.endOfRib(AddressFamily.IPV4);
        node.run(a);
        node.seconds(1);
        assertEquals(Set.of(Prefix.parse("10.1.0.0/16"), Prefix.parse("192.0.2.0/24")), b.holds.keySet());
        assertEquals(Set.of(Prefix.parse("10.1.0.0/16")), node.feed.ids.keySet());
        assertEquals(Set.of(AddressFamily.IPV4), node.feed.inSync);
        assertEquals(Map.of(AddressFamily.IPV4, 1), b.endOfRibs);
        assertEquals(Map.of(AddressFamily.IPV4, 1), a.endOfRibs);
    }

    /** RFC 4724 §4.1: the Selection_Deferral_Timer bounds the wait for a peer that is there and does not come to its end. */
    @Test
    void selectionWaitsNoLongerThanItsDeferralTime() {
        settings.selectionDeferralSeconds = 200;
        Node node = restarted();
        a.establish();
        b.establish();
        b.endOfRib(AddressFamily.IPV4);
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a, b);
        for (int second = 0; second < 199; second += 10) {
            assertEquals(Set.of(), b.holds.keySet());
            a.fall(true);
            a.establish(); // each session anew has its own minute
            a.announce("10.1.0.0/16", -1, 65010);
            node.run(a);
            node.seconds(10);
        }
        assertEquals(Set.of(Prefix.parse("10.1.0.0/16")), b.holds.keySet());
        assertEquals(1, b.endOfRibs.get(AddressFamily.IPV4));
        assertTrue(node.log.stream().anyMatch(line -> line.startsWith("TMB-BGP-355 IPV4 routes are selected though not all")), node.log.toString());
    }

    @Test
    void withADeferralTimeOfZeroOnlyEndOfRibWaits() {
        settings.selectionDeferralSeconds = 0;
        Node node = restarted();
        a.establish();
        b.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        b.endOfRib(AddressFamily.IPV4);
        node.run(a, b);
        assertEquals(Set.of(Prefix.parse("10.1.0.0/16")), b.holds.keySet());
        assertEquals(Map.of(), b.endOfRibs);
        a.endOfRib(AddressFamily.IPV4);
        node.run(a);
        node.seconds(1);
        assertEquals(Map.of(AddressFamily.IPV4, 1), b.endOfRibs);
    }

    /** When the selection is made, the answers about next hops are there: else End-of-RIB would go out before the routes. */
    @Test
    void nextHopsAreLookedUpWhileSelectionWaits() {
        a.restart = HELPER;
        b.restart = HELPER;
        Node node = new Node(settings.build());
        node.engine.tracked(true);
        node.engine.restarted();
        a.establish();
        b.establish();
        b.endOfRib(AddressFamily.IPV4);
        a.announce("10.1.0.0/16", -1, 65010);
        a.endOfRib(AddressFamily.IPV4);
        node.run(a, b);
        node.seconds(1);
        assertEquals(Map.of(), b.endOfRibs, "the next hop is not known yet");
        assertEquals(java.util.List.of(a.address), java.util.List.copyOf(node.engine.takeNextHopsToWatch().orElseThrow()));
        node.engine.nextHopsChanged(java.util.List.of(new NextHopState(a.address, true, true, Optional.empty(), 0)));
        node.seconds(1);
        assertEquals(Set.of(Prefix.parse("10.1.0.0/16")), b.holds.keySet());
        assertEquals(Map.of(AddressFamily.IPV4, 1), b.endOfRibs);
    }

    /** A swap of the route bundle while selection waits: what is selected already stays so, the rest goes on waiting. */
    @Test
    void aSwapWhileSelectionWaitsTakesNothingAway() {
        Node former = restarted();
        a.establish();
        b.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        b.endOfRib(AddressFamily.IPV4);
        former.run(a, b);
        Node node = new Node(settings.build(), former.engine.export().orElseThrow(), former.nanos + 1_000_000_000L);
        node.engine.attached();
        node.engine.restarted();
        a.resume();
        b.resume();
        node.run(a, b);
        node.seconds(3);
        node.seconds(11);
        assertEquals(Set.of(), b.holds.keySet());
        a.endOfRib(AddressFamily.IPV4);
        node.run(a);
        node.seconds(1);
        assertEquals(Set.of(Prefix.parse("10.1.0.0/16")), b.holds.keySet());
        assertEquals(Map.of(AddressFamily.IPV4, 1), b.endOfRibs);
    }

    @Test
    void anEndOfRibThatIsHeldBackGoesOutAfterAMinuteWhateverTheOthersDo() {
        Node node = restarted();
        b.establish();
        b.endOfRib(AddressFamily.IPV4);
        b.endOfRib(AddressFamily.IPV6);
        node.run(b);
        node.seconds(59);
        assertEquals(Map.of(), b.endOfRibs);
        node.seconds(2);
        assertEquals(Map.of(AddressFamily.IPV4, 1, AddressFamily.IPV6, 1), b.endOfRibs);
    }

    /** RFC 4724 §4.1: peers that restart themselves are not waited for, or two would wait for each other. */
    @Test
    void twoSpeakersThatRestartTogetherDoNotWaitForEachOther() {
        a.restart = Optional.of(new SessionUp.GracefulRestart(true, false, 120, BOTH, BOTH));
        b.restart = Optional.of(new SessionUp.GracefulRestart(true, false, 120, BOTH, BOTH));
        Node node = new Node(settings.build());
        node.engine.restarted();
        a.establish();
        b.establish();
        node.run(a, b);
        node.seconds(1);
        assertEquals(Map.of(AddressFamily.IPV4, 1, AddressFamily.IPV6, 1), a.endOfRibs);
    }

    /** RFC 4724 §4.2: the Restart Time ends with the new session; from there on stale routes wait for End-of-RIB. */
    @Test
    void theRestartTimeDoesNotRemoveStaleRoutesOfAPeerThatIsBackAndStillTelling() {
        a.restart = HELPER;
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        a.announce("10.2.0.0/16", -1, 65010);
        node.run(a);
        a.fall(true);
        node.run(a);
        node.seconds(110);
        a.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        node.seconds(30);
        assertEquals(2, b.holds.size());
        a.endOfRib(AddressFamily.IPV4);
        node.run(a);
        assertEquals(1, b.holds.size());
    }

    @Test
    void aFilterThatChangedWhileThePeerWasAwayIsAppliedToRoutesThatComeBackUnchanged() {
        a.restart = HELPER;
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        a.fall(true);
        node.run(a);
        settings.reject("not-ten", "10.0.0.0/8").peer(a, "not-ten", "all");
        node.engine.settings(settings.build());
        node.settle();
        a.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        assertEquals(Set.of(), b.holds.keySet());
    }

    @Test
    void prefixesOfTheSessionBeforeDoNotCountForTheLimitOfTheNewOne() {
        settings.peer(a, "all", "all", Map.of(AddressFamily.IPV4, 2), MaxPrefixesAction.DROP, false, 0);
        a.restart = HELPER;
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        a.announce("10.2.0.0/16", -1, 65010);
        node.run(a);
        a.fall(true);
        a.establish();
        a.announce("10.3.0.0/16", -1, 65010);
        a.announce("10.4.0.0/16", -1, 65010);
        node.run(a);
        assertNull(a.ended);
        a.announce("10.5.0.0/16", -1, 65010);
        node.run(a);
        assertNotNull(a.ended);
    }

    /** RFC 7313 §4: between BoRR and EoRR the routes are what they were. */
    @Test
    void aRefreshMovesNoTraffic() {
        a.enhancedRefresh = true;
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        b.announce("10.1.0.0/16", -1, 65020);
        node.run(a, b);
        assertEquals("[10.0.0.1]", node.feed.route("10.1.0.0/16"));
        a.send(ControlMessages.refresh(AddressFamily.IPV4, ControlMessages.BEGIN_OF_REFRESH));
        node.run(a);
        b.announce("10.1.0.0/16", 7, 65020);
        node.run(b);
        assertEquals("[10.0.0.1]", node.feed.route("10.1.0.0/16"));
    }

    /** RFC 7313 §4: where graceful restart is negotiated, a BoRR before End-of-RIB is ignored. */
    @Test
    void aRefreshThatBeginsBeforeEndOfRibIsIgnoredWhereRestartIsNegotiated() {
        a.enhancedRefresh = true;
        a.restart = HELPER;
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        a.send(ControlMessages.refresh(AddressFamily.IPV4, ControlMessages.BEGIN_OF_REFRESH));
        a.send(ControlMessages.refresh(AddressFamily.IPV4, ControlMessages.END_OF_REFRESH));
        node.run(a);
        assertEquals(1, b.holds.size());
    }

    @Test
    void whatCannotBeProcessedEndsThatSessionAndNobodyElses() {
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        b.announce("10.2.0.0/16", -1, 65020);
        node.run(a, b);
        a.send(new byte[7]);
        b.announce("10.3.0.0/16", -1, 65020);
        node.run(a, b);
        assertNotNull(a.ended);
        assertTrue(node.log.stream().anyMatch(line -> line.startsWith("TMB-BGP-333 peer a")), node.log.toString());
        assertNull(b.ended);
        assertEquals(Set.of(Prefix.parse("10.2.0.0/16"), Prefix.parse("10.3.0.0/16")), node.feed.ids.keySet());
        a.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        assertEquals("[10.0.0.1]", node.feed.route("10.1.0.0/16"), "it is read again when it is back");
    }

    @Test
    void aPeerWithoutALimitCannotFillTheHeap() {
        Node node = node();
        node.engine.intake().mostPrefixes(100);
        for (int i = 0; i <= 100; i++) {
            a.announce("10.1." + i + ".0/24", -1, 65010);
        }
        node.run(a);
        assertNotNull(a.ended);
        assertEquals("6/8", a.ended.code() + "/" + a.ended.subcode());
        assertEquals(Optional.of(0), a.retry);
        assertEquals(Set.of(), b.holds.keySet());
    }

    /** The heap is the node's: who sends the path that is too many pays, and nobody else. */
    @Test
    void thePeerThatCrossesTheBoundOfTheNodePays() {
        settings.maxPaths = 1000;
        Node node = node();
        for (int i = 0; i < 600; i++) {
            a.announce("10." + i / 256 + "." + i % 256 + ".0/24", -1, 65010);
        }
        for (int i = 0; i < 400; i++) {
            b.announce("2001:db8:" + Integer.toHexString(i) + "::/48", -1, 65020);
        }
        node.run(a, b);
        assertNull(a.ended);
        assertNull(b.ended);
        a.announce("10.0.0.0/24", 7, 65010);
        a.withdraw("10.0.1.0/24");
        b.announce("10.0.0.0/24", -1, 65020);
        node.run(a, b);
        assertNull(a.ended, "another path in the place of one is not one more");
        assertNull(b.ended, "1000 again");
        b.announce("10.0.2.0/24", -1, 65020);
        node.run(b);
        assertNull(a.ended);
        assertNotNull(b.ended);
        assertEquals("6/8", b.ended.code() + "/" + b.ended.subcode());
        assertEquals(Optional.of(0), b.retry);
        assertTrue(node.log.stream().anyMatch(line -> line.startsWith("TMB-BGP-324 peer b: 1001 paths") && line.contains("402 of them from this peer")), node.log.toString());
        assertEquals(599, node.engine.views().totals().paths());
    }

    /** Paths of a session that is over, and wait to be removed, are not held against who comes meanwhile. */
    @Test
    void deadPathsDoNotCountForTheBoundOfTheNode() {
        settings.maxPaths = 1000;
        Node node = node();
        for (int i = 0; i < 900; i++) {
            a.announce("10." + i / 256 + "." + i % 256 + ".0/24", -1, 65010);
        }
        node.run(a);
        a.fall(false);
        for (int i = 0; i < 900; i++) {
            b.announce("11." + i / 256 + "." + i % 256 + ".0/24", -1, 65020);
        }
        node.run(a, b);
        assertNull(b.ended);
        assertEquals(900, node.engine.views().totals().paths());
    }

    /** RFC 7313 §4: no BoRR before End-of-RIB where graceful restart is negotiated. */
    @Test
    void aRefreshThatIsAskedForBeforeEndOfRibIsAnsweredWithoutMarkers() {
        settings.selectionDeferralSeconds = 0;
        b.enhancedRefresh = true;
        b.restart = HELPER;
        Node node = new Node(settings.build());
        node.engine.restarted();
        a.establish();
        b.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a, b);
        assertEquals(Map.of(), b.endOfRibs);
        int told = b.prefixesTold;
        b.send(ControlMessages.refresh(AddressFamily.IPV4, ControlMessages.NORMAL_REFRESH));
        node.run(b);
        assertEquals(told + 1, b.prefixesTold);
        assertEquals(java.util.List.of(), b.refreshes);
    }

    @Test
    void aRouteThatFitsNoMessageIsNotToldAndNotCountedAsTold() {
        Node node = node();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a, b);
        assertEquals(1, b.holds.size());
        a.announceLong("10.1.0.0/16", 1050);
        node.run(a);
        assertEquals(Set.of(), b.holds.keySet(), "withdrawn, not cut");
        assertEquals(0, node.engine.views().peers().get(1).families().getFirst().advertised());
        assertTrue(node.log.stream().anyMatch(line -> line.startsWith("TMB-BGP-340 10.1.0.0/16")), node.log.toString());
    }

    @Test
    void aDefaultLocalPreferenceThatChangesIsToldToInternalPeers() {
        settings.peer(inner, "", "");
        Node node = node();
        inner.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a, inner);
        assertEquals("[65010] via 10.0.0.1 lp 100", inner.holds.get(Prefix.parse("10.1.0.0/16")));
        settings.localPreference = 150;
        node.engine.settings(settings.build());
        node.settle();
        assertEquals("[65010] via 10.0.0.1 lp 150", inner.holds.get(Prefix.parse("10.1.0.0/16")));
    }
}
