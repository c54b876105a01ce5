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

/** Restarts of either side, refreshes, and what goes wrong meanwhile. */
class RestartTest {
    private static final Set<AddressFamily> BOTH = EnumSet.allOf(AddressFamily.class);
    private static final Optional<SessionUp.GracefulRestart> HELPER = Optional.of(new SessionUp.GracefulRestart(false, false, 120, BOTH, BOTH));
    private final FakePeer a = new FakePeer("a", 65010, "10.0.0.1", FakeSettings.LOCAL_AS);
    private final FakePeer b = new FakePeer("b", 65020, "10.0.0.2", FakeSettings.LOCAL_AS);
    private final FakePeer inner = new FakePeer("inner", FakeSettings.LOCAL_AS, "10.0.0.7", FakeSettings.LOCAL_AS);
    private final FakeSettings settings = new FakeSettings().peer(a).peer(b);

    private Node node() {
        Node node = new Node(settings.build());
        a.establish();
        b.establish();
        node.run(a, b);
        return node;
    }

    /** RFC 4724 §4.1: a helper drops what was not told again when it sees End-of-RIB, so it must not see it before the others have told us their routes. */
    @Test
    void afterOurOwnRestartNobodyIsToldEndOfRibBeforeTheOthersHaveToldTheirs() {
        a.restart = HELPER;
        b.restart = HELPER;
        Node node = new Node(settings.build());
        node.engine.restarted();
        b.establish();
        node.run(b);
        b.endOfRib(AddressFamily.IPV4);
        b.endOfRib(AddressFamily.IPV6);
        node.run(b);
        assertEquals(Map.of(), b.endOfRibs, "a is not there yet");
        a.establish();
        a.announce("10.1.0.0/16", -1, 65010);
        node.run(a);
        assertEquals(Set.of(Prefix.parse("10.1.0.0/16")), b.holds.keySet(), "routes are told as they come");
        assertEquals(Map.of(), b.endOfRibs, "a has not told everything");
        a.endOfRib(AddressFamily.IPV4);
        node.run(a);
        node.seconds(1);
        assertEquals(Map.of(AddressFamily.IPV4, 1), b.endOfRibs);
        assertEquals(Map.of(AddressFamily.IPV4, 1), a.endOfRibs);
    }

    @Test
    void anEndOfRibThatIsHeldBackGoesOutAfterAMinuteWhateverTheOthersDo() {
        a.restart = HELPER;
        b.restart = HELPER;
        Node node = new Node(settings.build());
        node.engine.restarted();
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

    /** RFC 7313 §4: no BoRR before End-of-RIB where graceful restart is negotiated. */
    @Test
    void aRefreshThatIsAskedForBeforeEndOfRibIsAnsweredWithoutMarkers() {
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
