package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.interop.ContainerNode.SOON;
import static tombolo.interop.ContainerNode.reaches;

import java.util.List;
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

/** The Azure CNI's bridge mode with the uplink as a port of the bridge, and policy, both real: what the rules know as containers is what the mode has made. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BridgePolicyIT {
    private static final String PREFIX = "tmbt-bu-";
    private static final Namespace NODE = new Namespace(PREFIX + "node");
    private static final Namespace WIRE = new Namespace(PREFIX + "wire");
    private static final Namespace A = new Namespace(PREFIX + "a");
    private static final Namespace B = new Namespace(PREFIX + "b");
    private static final String WIRE_ADDRESS = "10.240.0.1";
    private static final String BRIDGE = "{\"cniVersion\":\"0.3.0\",\"name\":\"azure\",\"type\":\"azure-vnet\",\"mode\":\"bridge\",\"bridge\":\"azure0\",\"ipam\":{\"type\":\"azure-vnet-ipam\"}}";
    private static final String INTERFACES = "{\"Interfaces\":[{\"MacAddress\":\"*\",\"IsPrimary\":true,\"IPSubnets\":[{\"Prefix\":\"10.240.0.0/16\",\"IPAddresses\":["
            + "{\"Address\":\"10.240.0.4\",\"IsPrimary\":true},{\"Address\":\"10.240.0.5\",\"IsPrimary\":false},{\"Address\":\"10.240.0.6\",\"IsPrimary\":false}]}]}]}";
    private static final String POLICY = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: from-a, namespace: web}\n"
            + "spec: {podSelector: {matchLabels: {role: server}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {role: client}}}]}]}\n";

    private ContainerNode host;
    private GatewayNode node;
    private CniPlugin cni;

    @SuppressWarnings("NullAway.Init")
    BridgePolicyIT() { }

    @BeforeAll
    void start() {
        Net.require("ip");
        host = new ContainerNode(PREFIX, NODE, WIRE, A, B);
        Link.veth(new Link.End(NODE, "up0"), new Link.End(WIRE, "eth0"));
        NODE.address("up0", "10.240.0.4/16");
        NODE.ip("route", "add", "default", "via", WIRE_ADDRESS);
        WIRE.address("eth0", WIRE_ADDRESS + "/16");
        for (String container : List.of("10.240.0.5", "10.240.0.6")) {
            WIRE.ip("route", "add", container, "via", "10.240.0.4");
        }
        host.setting("tombolo.cni.cfg", CniPlugin.settings(host.socket()) + "policy = required\n");
        host.setting("tombolo.azure.cni.cfg", "address-mode = in-azure\nvnet-source = file\ninterfaces-file = " + host.file("interfaces.json", INTERFACES) + "\nbridge-uplink = up0\n");
        cni = host.startWithPlugin("azure-vnet");
        node = host.node();
        node.awaitShell("policy:status");
        cni.awaitReady();
    }

    @AfterAll
    void stop() {
        if (host != null) {
            host.close();
        }
    }

    private Command.Result call(String command, String container, Namespace netns, String pod, String role) {
        return cni.call("azure-vnet", command, container, CniPlugin.path(netns), BRIDGE, "CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=web;K8S_POD_NAME=" + pod + ";label/role=" + role);
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
        String a = host.address("c1");
        String b = host.address("c2");
        assertTrue(NODE.ip("link", "show", "up0").contains("master azure0"), "the uplink is a port of the bridge");
        assertTrue(reaches(A, b) && reaches(B, a) && reaches(A, WIRE_ADDRESS) && reaches(WIRE, b) && reaches(NODE, b), () -> node.ask("policy:status"));

        host.apply(POLICY);
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

        node.ask("resource:delete -f " + host.file("policy.yaml", POLICY));
        Await.until(SOON, () -> "the wire comes in again", () -> reaches(WIRE, b));
        assertEquals(0, call("DEL", "c1", A, "a", "client").code());
        assertEquals(0, call("DEL", "c2", B, "b", "server").code());
        Await.until(SOON, () -> "no endpoint is left; last answer: " + node.ask("policy:status"), () -> node.json("policy:status").path("endpoints").asInt() == 0);
    }
}
