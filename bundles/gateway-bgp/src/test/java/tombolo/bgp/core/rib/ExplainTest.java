package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;

class ExplainTest {
    private final FakePeer a = new FakePeer("a", 65010, "10.0.0.1", FakeSettings.LOCAL_AS);
    private final FakePeer b = new FakePeer("b", 65020, "10.0.0.2", FakeSettings.LOCAL_AS);
    private final FakePeer c = new FakePeer("c", 65030, "10.0.0.3", FakeSettings.LOCAL_AS);

    @Test
    void explainNamesTheStepAtWhichEachPathLostAndWhoIsToldWhat() {
        Node node = new Node(new FakeSettings().reject("not-ten", "10.0.0.0/8").peer(a).peer(b).peer(c, "not-ten", "not-ten").build());
        for (FakePeer peer : List.of(a, b, c)) {
            peer.establish();
            peer.announce("10.1.0.0/16", -1, peer.as, 64999, 64998);
        }
        a.announce("10.1.0.0/16", -1, a.as, 64999);
        node.run(a, b, c);
        BgpRoutes.Explanation answer = node.engine.views().explain(Prefix.parse("10.1.2.0/24"));
        assertEquals(Optional.of(Prefix.parse("10.1.0.0/16")), answer.matched());
        assertEquals(List.of("a: best", "b: lost at step 4, AS_PATH length: 3 instead of 2", "c: not used (step 1): rejected by import filter 'not-ten' rule 10"),
                answer.paths().stream().map(path -> path.route().peer() + ": " + path.reason()).toList());
        assertEquals(List.of("a: not advertised: learned from this peer", "b: advertised: accepted by filter 'all' default",
                "c: not advertised: rejected by filter 'not-ten' rule 10"), answer.advertisements().stream().map(told -> told.peer() + ": " + told.reason()).toList());
        assertTrue(answer.kernel().startsWith("handed to the data plane via [10.0.0.1]"), answer.kernel());
        assertTrue(node.engine.views().explain(Prefix.parse("11.0.0.0/8")).matched().isEmpty());
    }

    /** RFC 8212 §3: without policy, nothing in and nothing out on eBGP, and the operator is told. */
    @Test
    void anExternalPeerWithoutFiltersIsNeitherHeardNorToldAnything() {
        Node node = new Node(new FakeSettings().peer(a).peer(b, "", "").build());
        a.establish();
        b.establish();
        a.announce("10.1.0.0/16", -1, a.as);
        b.announce("10.2.0.0/16", -1, b.as);
        node.run(a, b);
        assertTrue(a.holds.isEmpty());
        assertTrue(b.holds.isEmpty());
        BgpRoutes.FamilyCounts counts = node.engine.views().peers().get(1).families().getFirst();
        assertEquals(AddressFamily.IPV4, counts.family());
        assertEquals("1 0 0 0", counts.received() + " " + counts.accepted() + " " + counts.best() + " " + counts.advertised());
        assertEquals("no import and no export filter: nothing accepted, nothing advertised (RFC 8212)", counts.note());
        assertEquals("not used (step 1): no import filter on an eBGP peer: nothing is accepted (RFC 8212)",
                node.engine.views().explain(Prefix.parse("10.2.0.0/16")).paths().getFirst().reason());
    }

    @Test
    void countsFollowWhatIsReceivedAcceptedBestAndAdvertised() {
        Node node = new Node(new FakeSettings().reject("not-ten", "10.0.0.0/8").peer(a, "not-ten", "all").peer(b).build());
        a.establish();
        b.establish();
        a.announce("10.1.0.0/16", -1, a.as);
        a.announce("11.1.0.0/16", -1, a.as);
        b.announce("11.1.0.0/16", -1, b.as, 64999);
        b.announce("12.1.0.0/16", -1, b.as, 64999);
        node.run(a, b);
        BgpRoutes.FamilyCounts counts = node.engine.views().peers().getFirst().families().getFirst();
        assertEquals("2 1 1 1", counts.received() + " " + counts.accepted() + " " + counts.best() + " " + counts.advertised());
        assertEquals(1, node.engine.views().peers().get(1).families().getFirst().advertised());
        assertEquals(3, node.engine.views().totals().prefixes4());
        assertEquals(4, node.engine.views().totals().paths());
    }
}
