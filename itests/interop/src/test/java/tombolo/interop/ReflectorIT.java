package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
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

/** The node as route reflector (RFC 4456) between BIRD and FRR of its own AS. The tests change who is a client, hence the order. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReflectorIT {
    private static final String OF_BIRD = "10.50.0.0/24";
    private static final String OF_BIRD6 = "fd50::/64";
    private static final String OF_FRR = "10.60.0.0/24";
    private static final String OF_FRR6 = "fd60::/64";

    private Net net;
    private Bird bird;
    private Frr frr;

    @SuppressWarnings("NullAway.Init")
    ReflectorIT() { }

    @BeforeAll
    void start() {
        Net.require("bird", "bgpd");
        net = Net.start(Map.of("tombolo.bgp.cfg", "as = 65020\nrouter-id = 10.77.0.1\nlisten = 0.0.0.0, ::\ncluster-id = 7.7.7.7\n",
            "tombolo.bgp.peer-bird.cfg", internal("10.77.1.2", true), "tombolo.bgp.peer-bird6.cfg", internal("fd77:1::2", true),
            "tombolo.bgp.peer-frr.cfg", internal("10.77.2.2", true), "tombolo.bgp.peer-frr6.cfg", internal("fd77:2::2", true)), this::neighbours);
        net.awaitEstablished("bird", "bird6", "frr", "frr6");
    }

    private static String internal(String address, boolean client) {
        return "remote-address = " + address + "\nremote-as = 65020\nconnect-retry-time = 2\nroute-reflector-client = " + client + "\n";
    }

    private void neighbours() {
        Net.PEER.ip("route", "add", "10.77.2.0/24", "via", "10.77.1.1"); // next hops are not changed on the way: each must reach the other's
        Net.OBSERVER.ip("route", "add", "10.77.1.0/24", "via", "10.77.2.1");
        bird = Bird.start(Net.PEER, """
            router id 10.77.1.2;
            log stderr all;
            protocol device { }
            protocol direct { ipv4; ipv6; }
            protocol kernel { ipv4 { import none; }; learn yes; }
            protocol static own4 { ipv4; route %s unreachable { bgp_local_pref = 250; bgp_med = 17; }; }
            protocol static own6 { ipv6; route %s unreachable; }
            protocol bgp node4 { local 10.77.1.2 as 65020; neighbor 10.77.1.1 as 65020; connect retry time 5; ipv4 { import all; export where source = RTS_STATIC; next hop self; }; }
            protocol bgp node6 { local fd77:1::2 as 65020; neighbor fd77:1::1 as 65020; connect retry time 5; ipv6 { import all; export where source = RTS_STATIC; next hop self; }; }
            """.formatted(OF_BIRD, OF_BIRD6));
        frr = Frr.start(Net.OBSERVER, """
            router bgp 65020
             bgp router-id 10.77.2.2
             no bgp network import-check
             no bgp default ipv4-unicast
             neighbor 10.77.2.1 remote-as 65020
             neighbor 10.77.2.1 timers connect 5
             neighbor fd77:2::1 remote-as 65020
             neighbor fd77:2::1 timers connect 5
             address-family ipv4 unicast
              neighbor 10.77.2.1 activate
              network %s
             exit-address-family
             address-family ipv6 unicast
              neighbor fd77:2::1 activate
              network %s
             exit-address-family
            """.formatted(OF_FRR, OF_FRR6));
    }

    @AfterAll
    void stop() {
        if (net != null) {
            net.close();
        }
    }

    private void atFrr(String prefix, String... words) {
        Await.until(Net.EFFECT, () -> prefix + " at FRR with " + String.join(" and ", words) + "; seen: " + frr.route(prefix), () -> holds(frr.route(prefix), words));
    }

    private void atBird(String prefix, String... words) {
        Await.until(Net.EFFECT, () -> prefix + " at BIRD with " + String.join(" and ", words) + "; seen: " + bird.route(prefix), () -> holds(bird.route(prefix), words));
    }

    private static boolean holds(String text, String... words) {
        for (String word : words) {
            if (!text.contains(word)) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** RFC 4456 §6 and §8: from client to client, with ORIGINATOR_ID and our cluster; §10: next hop, LOCAL_PREF and MED as they were. */
    @Test
    @Order(1)
    void routesGoFromClientToClientWithOriginatorAndClusterAndUnchangedElse() {
        atFrr(OF_BIRD, "Originator: 10.77.1.2", "Cluster list: 7.7.7.7", "localpref 250", "metric 17", "10.77.1.2 ");
        atFrr(OF_BIRD6, "Originator: 10.77.1.2", "Cluster list: 7.7.7.7", "fd77:1::2");
        atBird(OF_FRR, "BGP.originator_id: 10.77.2.2", "BGP.cluster_list: 7.7.7.7", "BGP.next_hop: 10.77.2.2");
        atBird(OF_FRR6, "BGP.originator_id: 10.77.2.2", "BGP.cluster_list: 7.7.7.7", "BGP.next_hop: fd77:2::2");
        Net.awaitKernel(OF_BIRD, "10.77.1.2");
        Net.awaitKernel(OF_FRR, "10.77.2.2");
        String explained = net.ask("bgp:explain " + OF_BIRD).toString();
        assertTrue(explained.contains("reflected from client bird with cluster id 7.7.7.7"), explained);
    }

    /** RFC 4456 §6: with one client of two, both still hear each other; with none, neither does, and explain says why. No session ends for it. */
    @Test
    @Order(2)
    void whoIsAClientDecidesWhatIsReflected() {
        long number = number("bird");
        net.write("tombolo.bgp.peer-frr.cfg", internal("10.77.2.2", false));
        Await.until(Net.EFFECT, () -> "frr is no client; seen: " + net.ask("bgp:explain " + OF_FRR), () -> net.ask("bgp:explain " + OF_FRR).toString()
            .contains("reflected to this client from frr"));
        atFrr(OF_BIRD, "Originator: 10.77.1.2");
        atBird(OF_FRR, "BGP.cluster_list: 7.7.7.7");
        net.write("tombolo.bgp.peer-bird.cfg", internal("10.77.1.2", false));
        Await.until(Net.EFFECT, () -> OF_BIRD + " gone at FRR; seen: " + frr.route(OF_BIRD), () -> !frr.route(OF_BIRD).contains("Originator"));
        Await.until(Net.EFFECT, () -> OF_FRR + " gone at BIRD; seen: " + bird.route(OF_FRR), () -> bird.route(OF_FRR).isEmpty());
        assertFalse(frr.route(OF_BIRD6).isEmpty(), "the IPv6 sessions are still clients");
        String explained = net.ask("bgp:explain " + OF_BIRD).toString();
        assertTrue(explained.contains("neither it nor this peer is a route reflector client (RFC 4456 §6)"), explained);
        net.write("tombolo.bgp.peer-bird.cfg", internal("10.77.1.2", true));
        atFrr(OF_BIRD, "Originator: 10.77.1.2");
        atBird(OF_FRR, "BGP.originator_id: 10.77.2.2");
        assertEquals(number, number("bird"), "the session stays");
    }

    /** RFC 4456 §8: a route that comes back with our cluster in its list is a loop. BIRD plays the other reflector of our cluster, with FRR's route as its own. */
    @Test
    @Order(3)
    void aRouteThatOurClusterHasReflectedIsNotTakenBack() {
        net.write("tombolo.bgp.peer-bird.cfg", internal("10.77.1.2", false));
        bird.reconfigure("""
            router id 10.77.1.2;
            log stderr all;
            protocol device { }
            protocol static own4 { ipv4; route 10.51.0.0/24 unreachable; }
            protocol bgp node4 { local 10.77.1.2 as 65020; neighbor 10.77.1.1 as 65020; connect retry time 5; rr cluster id 7.7.7.7;
              ipv4 { import all; export filter { if source = RTS_STATIC then { bgp_cluster_list.add(7.7.7.7); accept; } reject; }; next hop self; }; }
            """);
        Await.until(Net.SESSION, () -> "10.51.0.0/24 a loop; seen: " + net.node().attempt("bgp:explain 10.51.0.0/24").output(),
            () -> net.node().attempt("bgp:explain 10.51.0.0/24").output().contains("our cluster id 7.7.7.7 stands in its CLUSTER_LIST"));
        assertTrue(Net.kernel("10.51.0.0/24").isEmpty());
        assertFalse(frr.route("10.51.0.0/24").contains("Originator"));
    }

    private long number(String peer) {
        return net.peer(peer).path("session").path("number").asLong();
    }
}
