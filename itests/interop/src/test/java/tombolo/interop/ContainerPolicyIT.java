package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.interop.ContainerNode.SOON;
import static tombolo.interop.ContainerNode.reaches;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import tombolo.harness.Await;
import tombolo.harness.CniPlugin;
import tombolo.harness.GatewayNode;
import tombolo.harness.Namespace;

/** Policy on a real node: a policy that is applied decides about packets between containers, is explained, and stays in force while the node is dead. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ContainerPolicyIT {
    private static final String PREFIX = "tmbt-cp-";
    private static final Namespace NODE = new Namespace(PREFIX + "node");
    private static final Namespace A = new Namespace(PREFIX + "a");
    private static final Namespace B = new Namespace(PREFIX + "b");
    private static final String POLICY = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: only-http, namespace: web}\n"
            + "spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]}\n";

    private ContainerNode host;
    private GatewayNode node;
    private CniPlugin cni;

    @SuppressWarnings("NullAway.Init")
    ContainerPolicyIT() { }

    @BeforeAll
    void start() {
        Net.require("ip");
        host = new ContainerNode(PREFIX, NODE, A, B);
        host.uplink();
        host.defaultRoute();
        cni = host.startWithPlugin();
        node = host.node();
        node.awaitShell("policy:status");
        host.pool("10.66.0.0/24");
        cni.awaitReady();
        assertEquals(0, call("ADD", "c1", A, "a"));
        assertEquals(0, call("ADD", "c2", B, "b"));
        Await.until(SOON, () -> "policy knows both pods; last answer: " + node.ask("policy:status"), () -> node.json("policy:status").path("endpoints").asInt() == 2);
    }

    @AfterAll
    void stop() {
        if (host != null) {
            host.close();
        }
    }

    private int call(String command, String container, Namespace netns, String pod) {
        return cni.call(command, container, netns, CniPlugin.ROUTED, "CNI_ARGS", "K8S_POD_NAMESPACE=web;K8S_POD_NAME=" + pod).code();
    }

    @Test
    @Order(1)
    void withoutPolicyPodsReachEachOtherAndTheStatusSaysWhatIsEnforced() {
        assertTrue(reaches(A, host.address("c2")) && reaches(B, host.address("c1")));
        Await.until(SOON, () -> "enforced; last answer: " + node.ask("policy:status"), () -> node.json("policy:status").path("enforced").asBoolean());
        assertTrue(node.ask("gateway:status").contains("enforced for"), node.ask("gateway:status"));
    }

    @Test
    @Order(2)
    void aKubernetesPolicyDecidesAboutPacketsAndTheShellTellsTheSame() {
        String a = host.address("c1");
        String b = host.address("c2");
        JsonNode plan = node.json("policy:plan -f " + host.file("policy.yaml", POLICY));
        assertEquals("TCP 80", plan.path("pairs").path(0).path("after").asText(), plan.toString());
        host.apply(POLICY);
        Await.until(SOON, () -> "the ping is stopped", () -> !reaches(A, b));
        assertFalse(reaches(B, a));
        JsonNode answer = node.json("policy:explain web/a web/b ICMP");
        assertFalse(answer.path("allowed").asBoolean(), answer.toString());
        assertTrue(answer.path("enforced").asBoolean(), answer.toString());
        assertTrue(node.json("policy:explain web/a " + b + " TCP 80").path("allowed").asBoolean());
        assertTrue(node.ask("policy:show web/b").contains("knp.default.only-http"), node.ask("policy:show web/b"));
        assertTrue(node.ask("policy:pairs").contains("TCP 80"), node.ask("policy:pairs"));
        assertTrue(node.ask("policy:sets").contains("addresses"), node.ask("policy:sets"));
        assertTrue(node.ask("policy:counters").contains("end of tier default"), node.ask("policy:counters"));
        Await.until(SOON, () -> "the denied ping is told; last answer: " + node.ask("policy:flows --denied"), () -> node.ask("policy:flows --denied --endpoint web/a").contains("web/b (" + b + ")"));
        JsonNode flow = node.json("policy:flows --denied").path("flows").path(0);
        assertEquals("deny tier default ICMP", flow.path("verdict").asText() + " " + flow.path("policy").asText() + " " + flow.path("protocol").asText(), flow.toString());
        JsonNode probe = node.json("policy:explain web/a web/b ICMP --probe");
        assertTrue(probe.path("agrees").asBoolean() && !probe.path("passed").asBoolean(true), probe.toString());
        probe = node.json("policy:explain web/a web/b TCP 80 --probe");
        assertTrue(probe.path("agrees").asBoolean() && probe.path("passed").asBoolean(), probe.toString());
        assertTrue(reaches(NODE, b), "the host reaches its own containers");
    }

    /** As a person at a terminal does it: what comes is printed, Ctrl-C ends it, the shell goes on, and nothing of it is left in the node. */
    @Test
    @Order(3)
    void flowsAreFollowedInALiveShellUntilCtrlC() throws Exception {
        String b = host.address("c2");
        try (Terminal terminal = Terminal.of(node)) {
            terminal.type("policy:flows --follow --denied\r");
            Await.until(SOON, () -> "it follows; so far: " + terminal.seen(), () -> following() == 1);
            Await.until(SOON, () -> "a denied ping is printed as it comes; so far: " + terminal.seen(), () -> !reaches(A, b) && terminal.seen().contains(" deny ingress web/a ("));
            assertEquals(1, following());
            terminal.type("\u0003");
            Await.until(SOON, () -> "Ctrl-C ends it; so far: " + terminal.seen(), () -> following() == 0);
            terminal.type("echo the-shell-\"goes\"-on\r");
            Await.until(SOON, () -> "the shell goes on; so far: " + terminal.seen(), () -> terminal.seen().contains("the-shell-goes-on"));
        }
        // A client that is simply gone, as one of a terminal that was closed.
        try (Terminal terminal = Terminal.of(node)) {
            terminal.type("policy:flows --follow --json\r");
            Await.until(SOON, () -> "it follows; so far: " + terminal.seen(), () -> following() == 1);
        }
        Await.until(SOON, () -> "nobody follows for a client that is gone", () -> !reaches(A, b) && following() == 0);
    }

    /** Threads of the node that are in the command. */
    private long following() {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        return tombolo.harness.Command.run(jcmd, Long.toString(node.daemon().pid()), "Thread.print").lines().filter(line -> line.contains("PolicyFlows.behind")).count();
    }

    @Test
    @Order(4)
    void policyStaysInForceWhileTheNodeIsDeadAndAfterItIsBack() {
        String b = host.address("c2");
        node.daemon().kill();
        assertFalse(reaches(A, b));
        node.restart(Map.of());
        node.awaitShell("policy:status");
        Await.until(GatewayNode.START, () -> "enforced again; last answer: " + node.attempt("policy:status").output(), () -> node.attempt("policy:status").output().contains("enforced for"));
        assertFalse(reaches(A, b));
        node.ask("resource:delete -f " + host.file("policy.yaml", POLICY));
        Await.until(SOON, () -> "the ping comes through again", () -> reaches(A, b));
    }
}
