package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
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
import tombolo.harness.RunFiles;

/** The node's own life: files that change under it, being killed, stopped and drained. The last two end the node, hence the order. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NodeIT {
    private static final Duration CONFIGURATION = Duration.ofSeconds(2);

    /** Far above what it takes: a collection, and the seconds in which a bundle joins its threads. */
    private static final Duration UNLOADING = Duration.ofSeconds(20);

    private Net net;
    private Bird bird;

    @SuppressWarnings("NullAway.Init")
    NodeIT() { }

    @BeforeAll
    void start() {
        Net.require("bird");
        net = Net.start(Map.of("tombolo.bgp.peer-one.cfg", Net.peer("10.77.1.2", 65010)), this::neighbours);
        net.awaitEstablished("one");
        Net.awaitKernel("10.50.1.0/24", "10.77.1.2");
        // A route of somebody else's, which nobody may touch.
        Net.GATEWAY.ip("route", "add", "10.200.0.0/16", "via", "10.77.1.2", "proto", "static");
    }

    private static String configuration(String... prefixes) {
        StringBuilder routes = new StringBuilder();
        for (String prefix : prefixes) {
            routes.append("route ").append(prefix).append(" unreachable; ");
        }
        return """
            router id 10.77.1.2;
            log stderr all;
            protocol device { }
            protocol static own { ipv4; %s }
            protocol bgp one { local 10.77.1.2 as 65010; neighbor 10.77.1.1 as 65020; connect retry time 5; error wait time 5, 10; ipv4 { import all; export where source = RTS_STATIC; }; }
            """.formatted(routes);
    }

    private void neighbours() {
        bird = Bird.start(Net.PEER, configuration("10.50.0.0/24", "10.50.1.0/24"));
    }

    @AfterAll
    void stop() {
        if (net != null) {
            net.close();
        }
    }

    private long sessionNumber() {
        return net.peer("one").path("session").path("number").asLong();
    }

    @Test
    @Order(1)
    void aStaticRouteIsThereWithinTwoSecondsOfItsFileAndGoneWithIt() {
        long number = sessionNumber();
        net.write("tombolo.route.static-test.cfg", "prefix = 10.90.0.0/16\nnext-hops = 10.77.1.2\n");
        Await.until(CONFIGURATION, () -> "10.90.0.0/16 in the kernel within 2 s; seen: " + Net.GATEWAY.routes("-4", "201"), () -> Net.kernel("10.90.0.0/16").filter(route -> route.contains("via 10.77.1.2 ")).isPresent());
        RunFiles.delete(net.node().etc().resolve("tombolo.route.static-test.cfg"));
        Await.until(CONFIGURATION, () -> "10.90.0.0/16 gone within 2 s; seen: " + Net.GATEWAY.routes("-4", "201"), () -> Net.kernel("10.90.0.0/16").isEmpty());
        assertEquals(number, sessionNumber(), "the session is not concerned");
    }

    @Test
    @Order(2)
    void aNetworkStatementReachesTheNeighbourWithinTwoSeconds() {
        net.write("tombolo.bgp.network-test.cfg", "prefix = 10.91.0.0/16\ncommunities = 65020:5\n");
        Await.until(CONFIGURATION, "10.91.0.0/16 with its community at BIRD within 2 s", () -> bird.route("10.91.0.0/16").contains("(65020,5)"));
        RunFiles.delete(net.node().etc().resolve("tombolo.bgp.network-test.cfg"));
        Await.until(CONFIGURATION, "10.91.0.0/16 withdrawn within 2 s", () -> bird.route("10.91.0.0/16").isEmpty());
    }

    @Test
    @Order(3)
    void aFileWithAMistakeChangesNothingAndIsNamed() {
        long number = sessionNumber();
        net.write("tombolo.bgp.peer-one.cfg", Net.peer("10.77.1.2", 65010, "hold-tme = 30"));
        Await.until(Net.EFFECT, () -> "file and key in gateway:config; seen: " + net.node().attempt("gateway:config").output(), () -> {
            String status = net.node().attempt("gateway:config").output();
            return status.contains("tombolo.bgp.peer-one.cfg") && status.contains("hold-tme");
        });
        assertTrue(net.established("one"));
        assertEquals(number, sessionNumber(), "the last good version stays in force");
        net.write("tombolo.bgp.peer-one.cfg", Net.peer("10.77.1.2", 65010));
        Await.until(Net.EFFECT, "gateway:config without the mistake", () -> !net.node().attempt("gateway:config").output().contains("hold-tme"));
        assertEquals(number, sessionNumber());
    }

    @Test
    @Order(4)
    void ofABundleThatWasReplacedWhileSessionsRanNoClassStays() {
        Map<String, String> components = Map.of("gateway-config", "tombolo.config.osgi.ConfigComponent", "gateway-linux", "tombolo.linux.osgi.NetlinkComponent",
            "gateway-dataplane", "tombolo.dataplane.osgi.DataplaneComponent", "gateway-bgp-session", "tombolo.bgp.session.osgi.BgpSessionComponent",
            "gateway-bgp", "tombolo.bgp.osgi.BgpComponent", "gateway-shell", "tombolo.shell.osgi.BgpSummary");
        components.forEach((bundle, component) -> {
            assertEquals(1, net.node().loaded(component), bundle + " before");
            String swapped = net.node().ask("gateway:swap " + net.node().changedJar(bundle));
            assertTrue(swapped.contains("Other bundles restarted: none"), swapped);
            net.node().awaitShell("bgp:summary");
            net.awaitEstablished("one");
            Await.until(UNLOADING, () -> "the old class loader of " + bundle + " gone; what holds it shows in a heap dump: jcmd " + net.node().daemon().pid()
                + " GC.heap_dump", () -> net.node().loaded(component) == 1);
            Net.awaitKernel("10.50.1.0/24", "10.77.1.2");
        });
        foreignRouteIsThere();
    }

    @Test
    @Order(5)
    void afterAKillRoutesForwardAndTheNextStartRemovesOnlyWhatIsNoLongerAnnounced() {
        List<String> before = Net.GATEWAY.routes("-4", "201");
        net.node().daemon().kill();
        assertEquals(before, Net.GATEWAY.routes("-4", "201"), "killing the JVM leaves forwarding as it is");
        bird.reconfigure(configuration("10.50.0.0/24"));
        net.node().restart(Map.of());
        net.node().awaitShell("bgp:summary");
        net.awaitEstablished("one");
        // The leftover goes once End-of-RIB has come (RFC 4724 §2), not before the session is up.
        Net.awaitNoKernel("10.50.1.0/24");
        Net.awaitKernel("10.50.0.0/24", "10.77.1.2");
        foreignRouteIsThere();
    }

    @Test
    @Order(6)
    void aStopLeavesTheRoutesAndSendsNoNotification() {
        List<String> before = Net.GATEWAY.routes("-4", "201");
        assertTrue(!before.isEmpty());
        net.node().stop();
        assertEquals(before, Net.GATEWAY.routes("-4", "201"));
        assertTrue(!bird.ask("show", "protocols", "all", "one").contains("Received: "), () -> "a peer with graceful restart gets no NOTIFICATION: " + bird.ask("show", "protocols", "all", "one"));
        net.node().restart(Map.of());
        net.node().awaitShell("bgp:summary");
        net.awaitEstablished("one");
        foreignRouteIsThere();
    }

    @Test
    @Order(7)
    void aDrainTakesEverythingOfOursAwayAndNothingElse() {
        net.node().stop("--drain");
        assertEquals(List.of(), Net.GATEWAY.routes("-4", "201"));
        assertEquals(List.of(), Net.GATEWAY.routes("-6", "201"));
        Await.until(Net.EFFECT, () -> "BIRD has heard Cease; seen: " + bird.ask("show", "protocols", "all", "one"), () -> bird.ask("show", "protocols", "all", "one").contains("Received: "));
        foreignRouteIsThere();
    }

    private static void foreignRouteIsThere() {
        assertTrue(Net.GATEWAY.routes("-4", "static").stream().anyMatch(route -> route.startsWith("10.200.0.0/16 ")), "a route of somebody else is left alone");
    }
}
