package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tombolo.harness.Await;
import tombolo.harness.Bird;
import tombolo.harness.GatewayNode;

/** What a neighbour that helps a graceful restart (RFC 4724) sees of the node's restart: nothing. The node runs as shipped, with the compiler that operators have. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestartIT {
    /** Longer than BIRD needs from End-of-RIB to removing stale routes, which is well under a second. */
    private static final Duration LOOK = Duration.ofSeconds(4);

    private Net net;
    private Bird source;
    private Bird helper;

    @SuppressWarnings("NullAway.Init")
    RestartIT() { }

    @BeforeAll
    void start() {
        Net.require("bird");
        net = Net.start(Map.of("tombolo.bgp.peer-source.cfg", Net.peer("10.77.1.2", 65010), "tombolo.bgp.peer-helper.cfg", Net.peer("10.77.2.2", 65030)), GatewayNode.AS_SHIPPED, this::neighbours);
        net.awaitEstablished("source", "helper");
    }

    private static String configuration(String link, int as, String routes) {
        return """
            router id %s.2;
            log stderr all;
            protocol device { }
            protocol static own { ipv4; %s }
            protocol bgp node { local %s.2 as %d; neighbor %s.1 as 65020; graceful restart on; connect retry time 5; error wait time 5, 10;
              ipv4 { import all; export where source = RTS_STATIC; }; }
            """.formatted(link, routes, link, as, link);
    }

    private void neighbours() {
        source = Bird.start(Net.PEER, configuration("10.77.1", 65010, "route 10.50.0.0/24 unreachable; route 10.50.1.0/24 unreachable;"));
        helper = Bird.start(Net.OBSERVER, configuration("10.77.2", 65030, ""));
    }

    @AfterAll
    void stop() {
        if (net != null) {
            net.close();
        }
    }

    private boolean helperHolds(String prefix) {
        return !helper.route(prefix).isEmpty();
    }

    /** RFC 4724 §4.1: the node sends End-of-RIB, at which a helper drops stale routes, only once those that it has them from have told it theirs. */
    @Test
    void aHelperKeepsTheNodesRoutesUntilTheNodeHasThemAgain() {
        Await.until(Net.EFFECT, "10.50.1.0/24 at the helper", () -> helperHolds("10.50.1.0/24"));
        net.node().stop();
        assertTrue(helperHolds("10.50.1.0/24"), () -> "stale, but there: " + helper.ask("show", "protocols", "all", "node"));
        source.ask("disable", "node"); // it comes back late
        net.node().restart(GatewayNode.AS_SHIPPED);
        net.node().awaitShell("bgp:summary");
        net.awaitEstablished("helper");
        assertFalse(net.established("source"));
        assertTrue(Await.staysFor(LOOK, () -> helperHolds("10.50.0.0/24") && helperHolds("10.50.1.0/24")),
            () -> "End-of-RIB went to the helper before the source had told its routes: " + net.node().attempt("bgp:peer helper").output());
        source.reconfigure(configuration("10.77.1", 65010, "route 10.50.0.0/24 unreachable;"));
        source.ask("enable", "node");
        net.awaitEstablished("source");
        Await.until(Net.EFFECT, () -> "10.50.1.0/24, not told again, gone at the helper: " + helper.route("10.50.1.0/24"), () -> !helperHolds("10.50.1.0/24"));
        assertTrue(helperHolds("10.50.0.0/24"));
        Net.awaitKernel("10.50.0.0/24", "10.77.1.2");
        Net.awaitNoKernel("10.50.1.0/24");
    }
}
