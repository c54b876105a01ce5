package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tombolo.harness.Await;
import tombolo.harness.CniPlugin;
import tombolo.harness.Command;
import tombolo.harness.GatewayNode;
import tombolo.harness.Link;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;
import tombolo.harness.Turn;

/** The Azure CNI's bridge mode with the uplink as a port of the bridge, and policy, both real: what the rules know as containers is what the mode has made. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BridgePolicyIT {
    private static final String PREFIX = "tmbt-bu-";
    private static final Namespace NODE = new Namespace(PREFIX + "node");
    private static final Namespace WIRE = new Namespace(PREFIX + "wire");
    private static final Namespace A = new Namespace(PREFIX + "a");
    private static final Namespace B = new Namespace(PREFIX + "b");
    private static final String WIRE_ADDRESS = "10.240.0.1";
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String BRIDGE = "{\"cniVersion\":\"0.3.0\",\"name\":\"azure\",\"type\":\"azure-vnet\",\"mode\":\"bridge\",\"bridge\":\"azure0\",\"ipam\":{\"type\":\"azure-vnet-ipam\"}}";
    private static final String INTERFACES = "{\"Interfaces\":[{\"MacAddress\":\"*\",\"IsPrimary\":true,\"IPSubnets\":[{\"Prefix\":\"10.240.0.0/16\",\"IPAddresses\":["
            + "{\"Address\":\"10.240.0.4\",\"IsPrimary\":true},{\"Address\":\"10.240.0.5\",\"IsPrimary\":false},{\"Address\":\"10.240.0.6\",\"IsPrimary\":false}]}]}]}";
    private static final String POLICY = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: from-a, namespace: web}\n"
            + "spec: {podSelector: {matchLabels: {role: server}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {role: client}}}]}]}\n";

    private Turn turn;
    private GatewayNode node;
    private CniPlugin cni;
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    BridgePolicyIT() { }

    @BeforeAll
    void start() {
        Net.require("ip");
        turn = Turn.take(PREFIX, Duration.ofMinutes(20), () -> System.out.println("another checkout runs these tests on this machine; waiting"));
        Namespace.removeAll(PREFIX);
        RunFiles.removeAll(PREFIX);
        List.of(NODE, WIRE, A, B).forEach(namespace -> Namespace.create(namespace.name()));
        Link.veth(new Link.End(NODE, "up0"), new Link.End(WIRE, "eth0"));
        NODE.address("up0", "10.240.0.4/16");
        NODE.ip("route", "add", "default", "via", WIRE_ADDRESS);
        WIRE.address("eth0", WIRE_ADDRESS + "/16");
        for (String container : List.of("10.240.0.5", "10.240.0.6")) {
            WIRE.ip("route", "add", container, "via", "10.240.0.4");
        }
        folder = RunFiles.folder(NODE, "gateway");
        Path etc = folder.resolve("etc");
        RunFiles.write(folder.resolve("interfaces.json"), INTERFACES);
        RunFiles.write(folder.resolve("policy.yaml"), POLICY);
        RunFiles.write(etc.resolve("tombolo.node.cfg"), "name = node-1\n");
        RunFiles.write(etc.resolve("tombolo.cni.cfg"), CniPlugin.settings(folder.resolve("cni.sock")) + "policy = required\n");
        RunFiles.write(etc.resolve("tombolo.azure.cni.cfg"), "address-mode = in-azure\nvnet-source = file\ninterfaces-file = " + folder.resolve("interfaces.json") + "\nbridge-uplink = up0\n");
        Path project = Path.of(System.getProperty("tombolo.project", "../..")).toAbsolutePath().normalize();
        node = GatewayNode.start(project, NODE, folder.resolve("home"), etc, Map.of());
        node.awaitShell("policy:status");
        cni = CniPlugin.install(project, folder, folder.resolve("cni.sock"), "--as", "azure-vnet");
        cni.awaitReady();
    }

    @AfterAll
    void stop() {
        if (node != null) {
            node.daemon().kill();
        }
        if (turn != null) {
            Namespace.removeAll(PREFIX);
            turn.close();
        }
    }

    private Command.Result call(String command, String container, Namespace netns, String pod, String role) {
        return cni.call("azure-vnet", command, container, CniPlugin.path(netns), BRIDGE, "CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=web;K8S_POD_NAME=" + pod + ";label/role=" + role);
    }

    private String address(String container) {
        return Net.endpoint(node, container).orElseThrow().path("addresses").path(0).asText();
    }

    private static boolean reaches(Namespace from, String address) {
        return from.attempt("ping", "-c1", "-W1", address).ok();
    }

    /** ICMP echo requests that a namespace has received (RFC 2011: icmpInEchos). */
    private static long echoes(Namespace namespace) {
        List<String> lines = namespace.attempt("cat", "/proc/net/snmp").output().lines().filter(line -> line.startsWith("Icmp:")).toList();
        return Long.parseLong(lines.get(1).split(" ")[List.of(lines.get(0).split(" ")).indexOf("InEchos")]);
    }

    private static String mac(Namespace namespace) {
        return namespace.ip("link", "show", "dev", "eth0").replaceAll("(?s).*link/ether (\\S+).*", "$1");
    }

    @Test
    void policyDecidesBetweenContainersAndTheWireOfTheBridgesUplink() {
        Await.until(SOON, () -> "the first container; last answer: " + node.ask("cni:status"), () -> call("ADD", "c1", A, "a", "client").code() == 0);
        Command.Result second = call("ADD", "c2", B, "b", "server");
        assertEquals(0, second.code(), second.output());
        String a = address("c1");
        String b = address("c2");
        assertTrue(NODE.ip("link", "show", "up0").contains("master azure0"), "the uplink is a port of the bridge");
        assertTrue(reaches(A, b) && reaches(B, a) && reaches(A, WIRE_ADDRESS) && reaches(WIRE, b) && reaches(NODE, b), () -> node.ask("policy:status"));

        node.ask("resource:apply -f " + folder.resolve("policy.yaml"));
        Await.until(SOON, () -> "the wire is kept out", () -> !reaches(WIRE, b));
        assertTrue(reaches(A, b), "whom the policy lets in");
        assertTrue(reaches(NODE, b) && reaches(B, a) && reaches(WIRE, a) && reaches(B, WIRE_ADDRESS), "what the policy is not about");
        assertFalse(node.json("policy:explain " + WIRE_ADDRESS + " web/b ICMP").path("allowed").asBoolean());
        assertTrue(node.json("policy:explain web/a web/b ICMP").path("allowed").asBoolean());

        // Who knows the container's hardware address comes no further without the host.
        WIRE.ip("route", "del", a, "via", "10.240.0.4");
        WIRE.ip("neigh", "replace", a, "lladdr", mac(A), "dev", "eth0", "nud", "permanent");
        assertFalse(reaches(WIRE, a));
        // Nor does who takes a container's address that the policy lets in; answers would go to the container, so what comes in is counted.
        WIRE.ip("addr", "add", a + "/32", "dev", "eth0");
        long before = echoes(B);
        assertTrue(reaches(A, b));
        assertEquals(before + 1, echoes(B), "what is let in is counted");
        WIRE.attempt("ping", "-c1", "-W1", "-I", a, b);
        assertEquals(before + 1, echoes(B), "what is forged does not come in");
        WIRE.ip("addr", "del", a + "/32", "dev", "eth0");

        node.ask("resource:delete -f " + folder.resolve("policy.yaml"));
        Await.until(SOON, () -> "the wire comes in again", () -> reaches(WIRE, b));
        assertEquals(0, call("DEL", "c1", A, "a", "client").code());
        assertEquals(0, call("DEL", "c2", B, "b", "server").code());
        Await.until(SOON, () -> "no endpoint is left; last answer: " + node.ask("policy:status"), () -> node.json("policy:status").path("endpoints").asInt() == 0);
    }
}
