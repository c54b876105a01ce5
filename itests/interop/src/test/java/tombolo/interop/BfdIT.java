package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tombolo.harness.Await;
import tombolo.harness.Bird;
import tombolo.harness.Frr;
import tombolo.harness.Namespace;

/**
 * BFD with FRR (peers v4 and v6, one hop; far-v4 and far-v6, over several hops) and BIRD (peer auth, one hop, SHA1; peer far, over several hops), and what its
 * loss does to BGP. Hold times are those of an operator who leaves them alone, 90 s and more: nothing but BFD could end a session within these tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BfdIT {
    private static final List<String> PEERS = List.of("v4", "v6", "far-v4", "far-v6", "auth", "far");
    /** The two ends of the session over several hops: addresses behind those of the link. */
    private static final String FAR = "10.78.0.2";
    private static final String NEAR = "10.78.0.1";
    /** The same with FRR, by name of the peer. */
    private static final Map<String, String> FRR_FAR = Map.of("far-v4", "10.79.0.2", "far-v6", "fd79::2");
    private static final Map<String, String> FRR_NEAR = Map.of("far-v4", "10.79.0.1", "far-v6", "fd79::1");
    /** A collection, and the seconds in which a bundle joins its threads. */
    private static final Duration UNLOADING = Duration.ofSeconds(20);

    private Net net;
    private Bird bird;
    private Frr frr;

    @SuppressWarnings("NullAway.Init")
    BfdIT() { }

    @BeforeAll
    void start() {
        Net.require("bird", "bgpd", "bfdd", "nft");
        net = Net.start(Map.of(
            "bfd-key", "bfd-interop\n",
            "tombolo.bgp.peer-v4.cfg", Net.peer("10.77.1.2", 65010, "bfd = on"),
            "tombolo.bgp.peer-v6.cfg", Net.peer("fd77:1::2", 65010, "bfd = on", "bfd-multiplier = 5"),
            "tombolo.bgp.peer-auth.cfg", Net.peer("10.77.2.2", 65030, "bfd = on", "bfd-authentication = meticulous-sha1", "bfd-key-id = 7", "bfd-key-file = bfd-key"),
            "tombolo.bgp.peer-far.cfg", Net.peer(FAR, 65031, "local-address = " + NEAR, "multihop-ttl = 4", "bfd = strict"),
            "tombolo.bgp.peer-far-v4.cfg", frrFar("far-v4", "bfd = on"),
            "tombolo.bgp.peer-far-v6.cfg", frrFar("far-v6", "bfd = on")), this::neighbours);
        awaitAllUp();
    }

    private void neighbours() {
        Net.OBSERVER.address("lo", FAR + "/32");
        Net.GATEWAY.address("lo", NEAR + "/32");
        Net.GATEWAY.ip("route", "add", FAR + "/32", "via", "10.77.2.2", "proto", "static");
        Net.OBSERVER.ip("route", "add", NEAR + "/32", "via", "10.77.2.1");
        FRR_FAR.forEach((peer, far) -> {
            int length = far.contains(":") ? 128 : 32;
            Net.PEER.address("lo", far + "/" + length);
            Net.GATEWAY.address("lo", FRR_NEAR.get(peer) + "/" + length);
            Net.GATEWAY.ip("route", "add", far + "/" + length, "via", length == 32 ? "10.77.1.2" : "fd77:1::2", "proto", "static");
            Net.PEER.ip("route", "add", FRR_NEAR.get(peer) + "/" + length, "via", length == 32 ? "10.77.1.1" : "fd77:1::1");
        });
        // as behind two routers: whoever looked for 255 would hear nothing, on either side
        StringBuilder farther = new StringBuilder("add table inet tmbt_hops; add chain inet tmbt_hops in { type filter hook prerouting priority -300; };"
            + " add chain inet tmbt_hops out { type filter hook postrouting priority 300; };");
        for (String chain : List.of("in", "out")) {
            farther.append(" add rule inet tmbt_hops ").append(chain).append(" udp dport 4784 ip ttl set 253 counter;");
            farther.append(" add rule inet tmbt_hops ").append(chain).append(" udp dport 4784 ip6 hoplimit set 253 counter;");
        }
        Net.PEER.exec("nft", farther.toString());
        frr = Frr.startWithBfd(Net.PEER, """
            router bgp 65010
             bgp router-id 10.77.1.2
             no bgp ebgp-requires-policy
             no bgp default ipv4-unicast
             neighbor 10.77.1.1 remote-as 65020
             neighbor 10.77.1.1 timers connect 5
             neighbor 10.77.1.1 bfd 3 400 350
             neighbor fd77:1::1 remote-as 65020
             neighbor fd77:1::1 timers connect 5
             neighbor fd77:1::1 bfd
             neighbor 10.79.0.1 remote-as 65020
             neighbor 10.79.0.1 ebgp-multihop 4
             neighbor 10.79.0.1 update-source 10.79.0.2
             neighbor 10.79.0.1 timers connect 5
             neighbor 10.79.0.1 bfd 4 350 320
             neighbor fd79::1 remote-as 65020
             neighbor fd79::1 ebgp-multihop 4
             neighbor fd79::1 update-source fd79::2
             neighbor fd79::1 timers connect 5
             neighbor fd79::1 bfd
             address-family ipv4 unicast
              neighbor 10.77.1.1 activate
              neighbor 10.79.0.1 activate
             exit-address-family
             address-family ipv6 unicast
              neighbor fd77:1::1 activate
              neighbor fd79::1 activate
             exit-address-family
            """, "bfd\n");
        bird = Bird.start(Net.OBSERVER, """
            router id 10.77.2.2;
            log stderr all;
            protocol device { }
            protocol bfd {
              interface "gw" { interval 200 ms; multiplier 4; authentication meticulous keyed sha1; password "bfd-interop" { id 7; }; };
              multihop { interval 250 ms; multiplier 3; };
              neighbor %s local %s multihop;
            }
            protocol bgp near { local 10.77.2.2 as 65030; neighbor 10.77.2.1 as 65020; bfd on; connect retry time 5; error wait time 5, 10; ipv4 { import all; export none; }; }
            protocol bgp far { local %s as 65031; neighbor %s as 65020; multihop 4; bfd on; connect retry time 5; error wait time 5, 10; ipv4 { import all; export none; }; }
            """.formatted(NEAR, FAR, FAR, NEAR));
    }

    @AfterAll
    void stop() {
        if (net != null) {
            net.close();
        }
    }

    private static String frrFar(String peer, String bfd) {
        return Net.peer(FRR_FAR.get(peer), 65010, "local-address = " + FRR_NEAR.get(peer), "multihop-ttl = 4", bfd);
    }

    private JsonNode bfd(String peer) {
        return net.ask("bfd:show " + peer).path("sessions").path(0);
    }

    private boolean up(String peer) {
        return bfd(peer).path("state").asText().equals("Up");
    }

    private void awaitUp(String peer) {
        Await.until(Net.SESSION, () -> "BFD and BGP with " + peer + " up; seen: " + net.node().attempt("bfd:show " + peer).output() + net.node().attempt("bgp:peer " + peer).output(),
            () -> up(peer) && net.established(peer));
    }

    private void awaitAllUp() {
        Await.until(Net.SESSION, () -> "BFD with " + PEERS + " up; seen: " + net.node().attempt("bfd:list").output(), () -> {
            int up = 0;
            for (JsonNode session : net.ask("bfd:list").path("sessions")) {
                up += session.path("state").asText().equals("Up") ? 1 : 0;
            }
            return up == PEERS.size();
        });
        net.awaitEstablished(PEERS.toArray(String[]::new));
    }

    private Map<String, Long> numbers() {
        Map<String, Long> numbers = new TreeMap<>();
        PEERS.forEach(peer -> numbers.put(peer, net.peer(peer).path("session").path("number").asLong()));
        return numbers;
    }

    /** RFC 5880 §6.8.3: below a second only once a session is up, by a Poll, so that what a neighbour really wants comes a moment after Up. */
    private JsonNode awaitDetection(String peer, int micros) {
        Await.until(Net.EFFECT, () -> "RFC 5880 §6.8.4: " + peer + " detected within " + micros + " µs; seen: " + bfd(peer), () -> bfd(peer).path("detectionMicros").asInt() == micros);
        return bfd(peer);
    }

    @Test
    @Order(1)
    void timersAreNegotiatedWithEachInItsKind() {
        awaitDetection("v4", 3 * 350_000);
        Await.until(Net.EFFECT, () -> "v4 sent every 400 ms; seen: " + bfd("v4"), () -> bfd("v4").path("transmitMicros").asInt() == 400_000);
        JsonNode v4 = bfd("v4");
        assertEquals(400_000, v4.path("transmitMicros").asLong(), "what FRR takes (RFC 5880 §6.8.2): " + v4);
        assertEquals(3 * 350_000, v4.path("detectionMicros").asLong(), "RFC 5880 §6.8.4: " + v4);
        Await.until(Net.EFFECT, () -> "a single hop bound to its interface (RFC 5881); seen: " + bfd("v4"), () -> bfd("v4").path("interface").asText().equals("peer"));
        awaitDetection("v6", 900_000);
        JsonNode auth = awaitDetection("auth", 4 * 300_000);
        assertEquals("meticulous-sha1", auth.path("authentication").asText());
        assertEquals(0, auth.path("packetsRefused").asLong() + v4.path("packetsRefused").asLong(), () -> auth + " " + v4);
        JsonNode far = bfd("far");
        assertTrue(far.path("multihop").asBoolean(), far::toString);
        JsonNode peers = frr.json("show bfd peers json");
        assertEquals(4, peers.size(), peers::toString);
        for (JsonNode peer : peers) {
            assertEquals("up", peer.path("status").asText(), peers::toString);
            assertEquals(peer.path("peer").asText().equals("fd77:1::1") ? 5 : 3, peer.path("remote-detect-multiplier").asInt(), peers::toString);
            assertEquals(FRR_NEAR.containsValue(peer.path("peer").asText()), peer.path("multihop").asBoolean(), peers::toString);
        }
        assertEquals(2, bird.ask("show", "bfd", "sessions").lines().filter(line -> line.contains(" Up ")).count(), () -> bird.ask("show", "bfd", "sessions"));
    }

    /** RFC 5883: FRR and we hear each other from behind routers, by their addresses alone; its packets have come with a TTL of 253. */
    @Test
    @Order(1)
    void sessionsOverSeveralHopsStandWithFrrInBothFamilies() {
        FRR_FAR.forEach((peer, far) -> {
            JsonNode session = awaitDetection(peer, peer.equals("far-v4") ? 4 * 320_000 : 3 * 300_000);
            assertTrue(session.path("multihop").asBoolean() && session.path("remote").asText().equals(far), session::toString);
            assertTrue(!session.hasNonNull("interface"), session::toString);
            assertEquals(0, session.path("packetsRefused").asLong(), session::toString);
        });
        String hops = Net.PEER.exec("nft", "list", "table", "inet", "tmbt_hops");
        assertEquals(4, hops.lines().filter(line -> line.contains(" set 253 counter packets ") && !line.contains("packets 0 ")).count(), () -> "each direction of both families: " + hops);
    }

    /** RFC 5882 §4.3.2.2.2: neighbours are asked to wait, and the successor goes on. */
    @Test
    @Order(2)
    void replacingTheBundleOrTheOneWithTheSocketsLeavesBgpUp() {
        Map<String, Long> before = numbers();
        Map<String, String> components = new TreeMap<>(Map.of("gateway-bfd", "tombolo.bfd.osgi.BfdComponent", "gateway-linux", "tombolo.linux.osgi.NetlinkComponent"));
        components.forEach((bundle, component) -> {
            String swapped = net.node().ask("gateway:swap " + net.node().changedJar(bundle));
            assertTrue(swapped.contains("Other bundles restarted: none"), swapped);
            awaitAllUp();
            assertEquals(before, numbers(), () -> bundle + ": " + net.node().attempt("bgp:peer v4").output() + bird.ask("show", "protocols", "all") + frr.ask("show bgp summary"));
            Await.until(UNLOADING, () -> "the old class loader of " + bundle + " gone", () -> net.node().loaded(component) == 1);
        });
    }

    @Test
    @Order(3)
    void aLinkThatGoesSilentIsFoundAndTheReasonIsTold() {
        long at = System.currentTimeMillis();
        silence(Net.PEER);
        for (String peer : List.of("v4", "v6", "far-v4", "far-v6")) {
            awaitLost(peer, at);
            System.out.println(peer + ": seen by a command " + (System.currentTimeMillis() - at) + " ms after the cut");
        }
        assertTrue(up("auth") && net.established("auth"), "another link is not concerned");
        Net.PEER.exec("nft", "delete", "table", "inet", "tmbt_cut");
        List.of("v4", "v6", "far-v4", "far-v6").forEach(this::awaitUp);
    }

    /** Drops all that comes and goes, with both ends of the cable up. */
    private static void silence(Namespace namespace) {
        namespace.exec("nft", "add table inet tmbt_cut; add chain inet tmbt_cut in { type filter hook prerouting priority -400; policy drop; };"
            + " add chain inet tmbt_cut out { type filter hook postrouting priority 400; policy drop; }");
    }

    private JsonNode awaitLost(String peer, long since) {
        return Await.value(Net.EFFECT, "session " + peer + " ended by BFD", () -> {
            for (JsonNode reset : net.peer(peer).path("resets")) {
                if (reset.path("cause").asText().startsWith("BFD lost the peer") && java.time.Instant.parse(reset.path("at").asText()).toEpochMilli() >= since - 1_000) {
                    assertTrue(reset.toString().contains("6/10 Cease, BFD Down") || reset.toString().contains("6/9 Cease, Hard Reset"), reset::toString);
                    return java.util.Optional.of(reset);
                }
            }
            return java.util.Optional.empty();
        });
    }

    /** RFC 5881 §5: what came from farther away than the link is not the neighbour's. RFC 5883: over several hops it may be. */
    @Test
    @Order(4)
    void packetsWithAnotherTtlCountOverSeveralHopsAndNotOverOne() {
        long number = net.peer("far").path("session").path("number").asLong();
        long near = net.peer("auth").path("session").path("number").asLong();
        Net.OBSERVER.exec("nft", "add table ip tmbt_ttl; add chain ip tmbt_ttl out { type filter hook postrouting priority 0; };"
            + " add rule ip tmbt_ttl out udp dport { 3784, 4784 } ip ttl set 64");
        Await.until(Net.EFFECT, () -> "BFD and BGP with auth down; seen: " + bfd("auth"), () -> !up("auth") && net.peer("auth").path("session").path("number").asLong() != near);
        Await.until(Net.EFFECT, () -> "the reason said: " + bfd("auth"), () -> bfd("auth").path("packetsRefused").asLong() > 0 && bfd("auth").path("detail").asText().contains("TTL is not 255"));
        assertTrue(up("far"));
        assertEquals(number, net.peer("far").path("session").path("number").asLong());
        Net.OBSERVER.exec("nft", "delete", "table", "ip", "tmbt_ttl");
        awaitUp("auth");
    }

    /** RFC 5880 §6.8.16: a neighbour whose session ends with its BGP peer hears of it. */
    @Test
    @Order(5)
    void aPeerThatIsRemovedEndsItsBfdSessionOnPurpose() {
        net.write("tombolo.bgp.peer-v6.cfg", Net.peer("fd77:1::2", 65010));
        net.write("tombolo.bgp.peer-far-v6.cfg", frrFar("far-v6", "bfd = off"));
        for (String session : List.of("fd77:1::2", "fd79::2")) {
            Await.until(Net.EFFECT, "no BFD session to " + session, () -> !net.node().attempt("bfd:show " + session).ok());
        }
        awaitTold("fd77:1::1");
        awaitTold("fd79::1");
    }

    /** FRR's session is down because we said so, and not because we fell silent: its diagnostic would be that the time had expired. */
    private void awaitTold(String session) {
        Await.until(Net.EFFECT, () -> "FRR heard AdminDown from " + session + ": " + frr.ask("show bfd peers"), () -> {
            for (JsonNode peer : frr.json("show bfd peers json")) {
                if (peer.path("peer").asText().equals(session)) {
                    return peer.path("status").asText().equals("down") && peer.path("diagnostic").asText().contains("neighbor signaled");
                }
            }
            return false;
        });
    }

    /** RFC 5880 §6.8.16, for the node as a whole: no neighbour takes a planned stop for a failure. */
    @Test
    @Order(6)
    void aPlannedStopOfTheNodeIsToldToo() {
        net.node().stop();
        awaitTold("10.77.1.1");
        awaitTold("10.79.0.1");
    }
}
