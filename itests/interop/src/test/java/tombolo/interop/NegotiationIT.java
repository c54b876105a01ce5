package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tombolo.harness.Await;
import tombolo.harness.Bird;
import tombolo.harness.Frr;
import tombolo.harness.Link;
import tombolo.harness.Namespace;

/**
 * Neighbours that are less than, other than or farther away than the usual one.
 *
 * <pre>
 *   FRR in tmbt-i-peer (AS 65010)      plain: no capabilities at all      10.77.1.2 ── 10.77.1.1  ┐
 *   FRR in tmbt-i-far (AS 65040)       far:   two hops away               10.77.3.2 ── 10.77.1.1  ├ the gateway
 *   BIRD in tmbt-i-observer            wide:  AS 4200000003, extended     10.77.2.2 ── 10.77.2.102│
 *                                      int1, int2: iBGP                   10.77.2.3, .4 ── .103, .104
 *                                      greedy: past its limit             10.77.2.5 ── 10.77.2.105┘
 * </pre>
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NegotiationIT {
    private static final Namespace FAR = new Namespace(Net.PREFIX + "far");
    /** Of 12 octets each: more than 4096 in all. */
    private static final int LARGE_COMMUNITIES = 390;
    /** Of the session that is dropped for its prefixes: long enough to see it down, short enough to wait for it. */
    private static final int RESTART_SECONDS = 5;
    private static final String OWN = "route 10.60.0.0/24 unreachable;";

    private Net net;
    private Frr frr;
    private Frr far;
    private Bird bird;

    @SuppressWarnings("NullAway.Init")
    NegotiationIT() { }

    @BeforeAll
    void start() {
        Net.require("bird", "bgpd");
        net = Net.start(Map.of(
            "tombolo.bgp.cfg", "as = 65020\nrouter-id = 10.77.0.1\nlisten = 0.0.0.0, ::\nmultipath-ibgp = 2\n",
            "tombolo.bgp.peer-plain.cfg", Net.peer("10.77.1.2", 65010, "local-address = 10.77.1.1"),
            "tombolo.bgp.peer-far.cfg", Net.peer("10.77.3.2", 65040, "multihop-ttl = 2"),
            "tombolo.bgp.peer-wide.cfg", Net.peer("10.77.2.2", 4_200_000_003L, "local-address = 10.77.2.102"),
            "tombolo.bgp.peer-int1.cfg", Net.peer("10.77.2.3", 65020, "local-address = 10.77.2.103"),
            "tombolo.bgp.peer-int2.cfg", Net.peer("10.77.2.4", 65020, "local-address = 10.77.2.104"),
            "tombolo.bgp.peer-greedy.cfg", Net.peer("10.77.2.5", 65050, "local-address = 10.77.2.105", "max-prefixes-ipv4 = 3", "max-prefixes-action = restart",
                "max-prefixes-restart-time = " + RESTART_SECONDS)), this::neighbours);
    }

    private static void addresses() {
        for (int host = 2; host <= 5; host++) {
            Net.GATEWAY.address("observer", "10.77.2.10" + host + "/24");
            if (host > 2) {
                Net.OBSERVER.address("gw", "10.77.2." + host + "/24");
            }
        }
        Namespace.create(FAR.name());
        Link.veth(new Link.End(Net.PEER, "far"), new Link.End(FAR, "peer"));
        Net.PEER.address("far", "10.77.3.1/24");
        FAR.address("peer", "10.77.3.2/24");
        FAR.ip("route", "add", "default", "via", "10.77.3.1");
        Net.GATEWAY.ip("route", "add", "10.77.3.0/24", "via", "10.77.1.2", "proto", "static");
    }

    private static String plain() {
        return """
            route-map prepended permit 10
             set as-path prepend 4200000009
            router bgp 65010
             bgp router-id 10.77.1.2
             no bgp ebgp-requires-policy
             no bgp network import-check
             neighbor 10.77.1.1 remote-as 65020
             neighbor 10.77.1.1 dont-capability-negotiate
             neighbor 10.77.1.1 timers connect 5
             address-family ipv4 unicast
              network 10.61.0.0/24 route-map prepended
             exit-address-family
            """;
    }

    private static String far() {
        // FRR takes no more than 256 words in a line.
        int half = LARGE_COMMUNITIES / 2;
        String some = IntStream.rangeClosed(1, half).mapToObj(i -> "1:1:" + i).collect(Collectors.joining(" "));
        String others = IntStream.rangeClosed(half + 1, LARGE_COMMUNITIES).mapToObj(i -> "1:1:" + i).collect(Collectors.joining(" "));
        return """
            route-map long permit 10
             set large-community %s
             on-match next
            route-map long permit 20
             set large-community %s additive
            router bgp 65040
             bgp router-id 10.77.3.2
             no bgp ebgp-requires-policy
             no bgp network import-check
             neighbor 10.77.1.1 remote-as 65020
             neighbor 10.77.1.1 ebgp-multihop 2
             neighbor 10.77.1.1 timers connect 5
             address-family ipv4 unicast
              network 10.62.0.0/24
              network 10.63.0.0/24 route-map long
             exit-address-family
            """.formatted(some, others);
    }

    private static String bird(int greedy) {
        String many = IntStream.range(0, greedy).mapToObj(i -> "route 10.64." + i + ".0/24 unreachable;").collect(Collectors.joining(" "));
        return """
            router id 10.77.2.2;
            log stderr all;
            protocol device { }
            ipv4 table greedy_table;
            protocol static own { ipv4; %s }
            protocol static many { ipv4 { table greedy_table; }; %s }
            template bgp toward_us { connect retry time 5; error wait time 1, 5; ipv4 { import all; export where source = RTS_STATIC; }; }
            protocol bgp wide from toward_us { local 10.77.2.2 as 4200000003; neighbor 10.77.2.102 as 65020; enable extended messages on; ipv4 { import all; export none; }; }
            protocol bgp int1 from toward_us { router id 10.77.2.3; local 10.77.2.3 as 65020; neighbor 10.77.2.103 as 65020; ipv4 { import none; next hop self; }; }
            protocol bgp int2 from toward_us { router id 10.77.2.4; local 10.77.2.4 as 65020; neighbor 10.77.2.104 as 65020; ipv4 { import none; next hop self; }; }
            protocol bgp greedy from toward_us { router id 10.77.2.5; local 10.77.2.5 as 65050; neighbor 10.77.2.105 as 65020; ipv4 { table greedy_table; import all; }; }
            """.formatted(OWN, many);
    }

    private void neighbours() {
        addresses();
        frr = Frr.start(Net.PEER, plain());
        far = Frr.start(FAR, far());
        bird = Bird.start(Net.OBSERVER, bird(4));
    }

    @AfterAll
    void stop() {
        if (net != null) {
            net.close();
        }
    }

    private JsonNode route(String prefix) {
        return net.ask("bgp:routes " + prefix).path("routes");
    }

    private void awaitRoute(String prefix) {
        Await.until(Net.SESSION, () -> prefix + " in bgp:routes", () -> !route(prefix).isEmpty());
    }

    /** RFC 6793 §4.2.2: towards a speaker of two octets the path is in AS_PATH with AS_TRANS and whole in AS4_PATH; RFC 5492 §3: capabilities are no condition. */
    @Test
    void aNeighbourWithoutCapabilitiesGetsAndGivesPathsOfFourOctets() {
        net.awaitEstablished("plain");
        JsonNode peer = net.peer("plain");
        assertEquals(0, peer.path("capabilitiesReceived").size(), peer::toString);
        assertEquals(false, peer.path("session").path("fourOctetAs").asBoolean(true));
        assertEquals("[\"ipv4\"]", peer.path("session").path("families").toString());
        Net.awaitKernel("10.61.0.0/24", "10.77.1.2");
        assertEquals("65010 4200000009", route("10.61.0.0/24").path(0).path("asPath").asText());
        Await.until(Net.EFFECT, () -> "the path of the other side, put together again from AS4_PATH; seen: " + frr.ask("show bgp ipv4 unicast"),
            () -> frr.route("10.62.0.0/24").contains("65020 65040"));
    }

    private int advertised(String peer) {
        return net.peer(peer).path("families").path(0).path("advertised").asInt();
    }

    @Test
    void pathsOfTwoInternalNeighboursAreUsedTogether() {
        net.awaitEstablished("int1", "int2");
        Await.until(Net.EFFECT, () -> "two next hops of 10.60.0.0/24; seen: " + Net.kernel("10.60.0.0/24"),
            () -> Net.kernel("10.60.0.0/24").filter(route -> route.contains("via 10.77.2.3 ") && route.contains("via 10.77.2.4 ")).isPresent());
        // RFC 4456 §6, RFC 4271 §9.2: what an internal neighbour told goes to no other internal neighbour, and to external ones.
        Await.until(Net.EFFECT, () -> "10.60.0.0/24 at the external neighbour", () -> !far.route("10.60.0.0/24").isEmpty());
        Await.until(Net.EFFECT, () -> "as many prefixes at one as at the other; seen: " + advertised("int1") + " and " + advertised("int2"), () -> advertised("int1") == advertised("int2"));
        bird.ask("disable", "int2");
        Await.until(Net.EFFECT, () -> "one next hop; seen: " + Net.kernel("10.60.0.0/24"), () -> Net.kernel("10.60.0.0/24").filter(route -> !route.contains("10.77.2.4")).isPresent());
        bird.ask("enable", "int2");
        net.awaitEstablished("int2");
    }

    @Test
    void aNeighbourBehindARouterHasItsSessionAndItsRoutesGoOverThatRouter() {
        net.awaitEstablished("far");
        // Its next hop is two hops away: the kernel is given the router in between.
        Net.awaitKernel("10.62.0.0/24", "10.77.1.2");
        assertTrue(net.peer("far").path("session").path("interface").isNull(), "directly connected to nothing");
    }

    /** RFC 8654: messages of up to 65535 octets between those who offer it, and nothing longer than 4096 to anybody else. */
    @Test
    void whatDoesNotFitIntoFourThousandOctetsGoesToThoseWhoTakeMore() {
        net.awaitEstablished("far", "wide");
        assertEquals(65_535, net.peer("far").path("session").path("maxMessageLength").asInt());
        assertEquals(65_535, net.peer("wide").path("session").path("maxMessageLength").asInt());
        awaitRoute("10.63.0.0/24");
        assertEquals(LARGE_COMMUNITIES, route("10.63.0.0/24").path(0).path("communities").size(),
            () -> route("10.63.0.0/24") + "\n" + far.route("10.63.0.0/24"));
        Await.until(Net.EFFECT, () -> "10.63.0.0/24 with its last community at BIRD; seen: " + bird.route("10.63.0.0/24"),
            () -> bird.route("10.63.0.0/24").contains("(1, 1, " + LARGE_COMMUNITIES + ")"));
        net.awaitEstablished("plain");
        Await.until(Net.EFFECT, () -> "10.62.0.0/24 at the one without", () -> !frr.route("10.62.0.0/24").isEmpty());
        assertTrue(frr.route("10.63.0.0/24").isEmpty(), () -> "it fits into no message to this neighbour: " + frr.route("10.63.0.0/24"));
        assertTrue(net.established("plain"));
    }

    /** RFC 4486 §4: Cease/1. */
    @Test
    void aNeighbourPastItsLimitIsTriedAgainAfterTheTimeThatWasSet() {
        Await.until(Net.SESSION, () -> "the limit in bgp:peer greedy; seen: " + net.node().attempt("bgp:peer greedy").output(),
            () -> net.peer("greedy").path("resets").toString().contains("6/1"));
        assertTrue(net.peer("greedy").path("flaps").asInt() >= 1);
        bird.reconfigure(bird(3));
        net.awaitEstablished("greedy");
        Net.awaitKernel("10.64.2.0/24", "10.77.2.5");
        assertTrue(Await.staysFor(Duration.ofSeconds(2), () -> net.established("greedy")));
        bird.reconfigure(bird(4));
        Await.until(Net.SESSION, "dropped once more", () -> !net.established("greedy"));
        Net.awaitNoKernel("10.64.2.0/24");
    }
}
