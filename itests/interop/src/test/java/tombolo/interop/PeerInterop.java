package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tombolo.harness.Await;
import tombolo.harness.Bird;

/** What must hold with every neighbour. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PeerInterop {
    private static final String TAGGED = "10.50.0.0/24";
    private static final String TAGGED6 = "fd50::/64";
    /** Three kinds; a multiple of what fits into few messages. */
    private static final int PLAIN = 200;

    private final Neighbour neighbour;
    private final String program;
    private final List<Neighbour.Route> routes = new ArrayList<>();
    private Net net;
    private Bird observer;

    @SuppressWarnings("NullAway.Init")
    PeerInterop(Neighbour neighbour, String program) {
        this.neighbour = neighbour;
        this.program = program;
        routes.add(new Neighbour.Route(TAGGED, true));
        routes.add(new Neighbour.Route(TAGGED6, true));
        IntStream.range(0, PLAIN).forEach(i -> routes.add(new Neighbour.Route("10.51." + i + ".0/24", false)));
        IntStream.range(0, 20).forEach(i -> routes.add(new Neighbour.Route("fd51:0:0:" + Integer.toHexString(i + 1) + "::/64", false)));
    }

    @BeforeAll
    void start() {
        Net.require("bird", program);
        net = Net.start(Map.of(
            "tombolo.bgp.peer-v4.cfg", Net.peer("10.77.1.2", Neighbour.AS, "password-file = secret"),
            "tombolo.bgp.peer-v6.cfg", Net.peer("fd77:1::2", Neighbour.AS, "password-file = secret"),
            "tombolo.bgp.peer-observer.cfg", Net.peer("10.77.2.2", 65030, "families = ipv4"),
            "tombolo.bgp.peer-observer6.cfg", Net.peer("fd77:2::2", 65030)), this::neighbours);
    }

    private void neighbours() {
        observer = Bird.start(Net.OBSERVER, """
            router id 10.77.2.2;
            log stderr all;
            protocol device { }
            protocol static own4 { ipv4; route 10.60.0.0/24 unreachable { bgp_community.add((65030,300)); bgp_ext_community.add((rt,65030,9)); bgp_large_community.add((65030,3,4)); }; }
            protocol static own6 { ipv6; route fd60::/64 unreachable { bgp_community.add((65030,300)); bgp_ext_community.add((rt,65030,9)); bgp_large_community.add((65030,3,4)); }; }
            protocol bgp gateway4 { local 10.77.2.2 as 65030; neighbor 10.77.2.1 as 65020; connect retry time 5; ipv4 { import all; export where source = RTS_STATIC; }; }
            protocol bgp gateway6 { local fd77:2::2 as 65030; neighbor fd77:2::1 as 65020; connect retry time 5; ipv6 { import all; export where source = RTS_STATIC; }; }
            """);
        neighbour.start(routes);
    }

    @AfterAll
    void stop() {
        if (net != null) {
            net.close();
        }
    }

    @BeforeEach
    void sessionsAreUp() {
        net.awaitEstablished("v4", "v6", "observer", "observer6");
    }

    @Test
    void bothFamiliesComeUpWithMd5AndAFourOctetAs() {
        for (String name : List.of("v4", "v6")) {
            JsonNode peer = net.peer(name);
            assertEquals(Neighbour.AS, peer.path("remoteAs").asLong(), peer::toString);
            assertTrue(peer.path("md5").asBoolean(), peer::toString);
            assertTrue(peer.path("session").path("fourOctetAs").asBoolean(), "RFC 6793: " + peer);
            assertEquals(name.equals("v4") ? "ipv4" : "ipv6", peer.path("session").path("families").path(0).asText(), peer::toString);
        }
    }

    @Test
    void theKernelHasWhatTheNeighbourAnnouncesAndNothingElse() {
        List<String> wanted = new ArrayList<>(routes.stream().map(Neighbour.Route::prefix).toList());
        wanted.add("10.60.0.0/24");
        wanted.add("fd60::/64");
        List<String> sorted = wanted.stream().sorted().toList();
        Await.until(Net.EFFECT, () -> "kernel routes " + sorted + "; seen: " + kernelPrefixes(), () -> kernelPrefixes().equals(sorted));
        Net.awaitKernel(TAGGED, "10.77.1.2");
        Net.awaitKernel("10.60.0.0/24", "10.77.2.2");
        // RFC 2545 §3: the global address, or the link-local one that comes with it.
        assertTrue(Net.kernel(TAGGED6).filter(route -> route.contains("via fd77:1::2 ") || route.contains("via fe80::")).isPresent(), () -> "seen: " + Net.kernel(TAGGED6));
    }

    private static List<String> kernelPrefixes() {
        List<String> prefixes = new ArrayList<>();
        for (String family : List.of("-4", "-6")) {
            Net.GATEWAY.routes(family, "201").forEach(route -> prefixes.add(route.substring(0, route.indexOf(' '))));
        }
        return prefixes.stream().sorted().toList();
    }

    @Test
    void communitiesOfAllThreeKindsPassThroughInBothFamilies() {
        for (String prefix : List.of(TAGGED, TAGGED6)) {
            Await.until(Net.EFFECT, () -> prefix + " with three kinds of communities at the observer; seen: " + observer.route(prefix), () -> {
                String seen = observer.route(prefix);
                return seen.contains("(65010,100)") && seen.contains("(rt, 65010, 7)") && seen.contains("(65010, 1, 2)");
            });
        }
        // RFC 4271 §5.1.2: our AS in front of the neighbour's, both in one path of four-octet numbers.
        assertTrue(observer.route(TAGGED).contains("65020 " + Neighbour.AS), () -> observer.route(TAGGED));
        for (String prefix : List.of("10.60.0.0/24", "fd60::/64")) {
            Await.until(Net.EFFECT, () -> prefix + " with " + neighbour.communitiesOfObserver() + " at the neighbour; seen: " + neighbour.received(prefix),
                () -> neighbour.communitiesOfObserver().stream().allMatch(neighbour.received(prefix)::contains));
        }
    }

    @Test
    void aWithdrawnRouteGoesFromTheKernelAndFromTheOtherNeighbour() {
        List<Neighbour.Route> fewer = routes.stream().filter(route -> !route.prefix().equals("10.51.7.0/24") && !route.prefix().equals("fd51:0:0:3::/64")).toList();
        Net.awaitKernel("10.51.7.0/24", "10.77.1.2");
        Await.until(Net.EFFECT, "fd51:0:0:3::/64 at the observer", () -> !observer.route("fd51:0:0:3::/64").isEmpty());
        neighbour.announce(routes, fewer);
        try {
            for (String prefix : List.of("10.51.7.0/24", "fd51:0:0:3::/64")) {
                Net.awaitNoKernel(prefix);
                Await.until(Net.EFFECT, () -> prefix + " gone at the observer", () -> observer.route(prefix).isEmpty());
            }
            assertFalse(observer.route("10.51.8.0/24").isEmpty(), "other routes stay");
        } finally {
            neighbour.announce(fewer, routes);
        }
        Net.awaitKernel("10.51.7.0/24", "10.77.1.2");
    }

    @Test
    void aRefreshAskedForByTheNeighbourIsAnsweredWithoutAReset() {
        JsonNode before = net.peer("v4");
        Assumptions.assumeTrue(neighbour.softClear(), "skipped: this daemon has no command that sends a ROUTE-REFRESH");
        Await.until(Net.EFFECT, () -> "a ROUTE-REFRESH counted (RFC 2918 §4); seen: " + net.peer("v4").path("messagesIn"), () -> {
            JsonNode now = net.peer("v4");
            return count(now, "messagesIn", "ROUTE-REFRESH") > count(before, "messagesIn", "ROUTE-REFRESH")
                && count(now, "messagesOut", "UPDATE") > count(before, "messagesOut", "UPDATE");
        });
        assertEquals(before.path("session").path("number"), net.peer("v4").path("session").path("number"), "the session stays");
        assertFalse(neighbour.received("10.60.0.0/24").isEmpty());
    }

    @Test
    void aRefreshAskedForByTheOperatorBringsTheRoutesAgainWithoutAReset() {
        JsonNode before = net.peer("v4");
        net.node().ask("bgp:clear --soft in v4");
        Await.until(Net.EFFECT, () -> "UPDATEs after the refresh; seen: " + net.peer("v4").path("messagesIn"),
            () -> count(net.peer("v4"), "messagesIn", "UPDATE") > count(before, "messagesIn", "UPDATE"));
        assertEquals(before.path("session").path("number"), net.peer("v4").path("session").path("number"), "the session stays");
        Net.awaitKernel(TAGGED, "10.77.1.2");
    }

    private static long count(JsonNode peer, String direction, String message) {
        return peer.path(direction).path(message).asLong();
    }

    @Test
    void afterTheNeighboursSuddenRestartItsRoutesComeBack() {
        Net.awaitKernel(TAGGED, "10.77.1.2");
        long number = net.peer("v4").path("session").path("number").asLong();
        neighbour.kill();
        neighbour.start(routes);
        Await.until(Net.SESSION, () -> "a new session; seen: " + net.peer("v4"), () -> net.peer("v4").path("session").path("number").asLong() > number && net.established("v4"));
        net.awaitEstablished("v6");
        theKernelHasWhatTheNeighbourAnnouncesAndNothingElse();
        communitiesOfAllThreeKindsPassThroughInBothFamilies();
    }

    @Test
    void afterTheNodesRestartRoutesAreTheSameAndWereNeverAway() {
        theKernelHasWhatTheNeighbourAnnouncesAndNothingElse();
        List<String> before = kernelPrefixes();
        net.node().stop();
        assertEquals(before, kernelPrefixes(), "a stop leaves the routes forwarding");
        net.node().restart(Map.of());
        net.node().awaitShell("bgp:summary");
        assertEquals(before, kernelPrefixes(), "a start adopts them");
        net.awaitEstablished("v4", "v6", "observer", "observer6");
        theKernelHasWhatTheNeighbourAnnouncesAndNothingElse();
        communitiesOfAllThreeKindsPassThroughInBothFamilies();
    }
}
