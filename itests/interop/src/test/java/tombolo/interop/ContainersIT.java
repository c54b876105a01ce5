package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.interop.ContainerNode.ping;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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
import tombolo.harness.CniPlugin;
import tombolo.harness.Command;
import tombolo.harness.GatewayNode;
import tombolo.harness.Namespace;

/** Containers on a real node: pools from the datastore, addresses from IPAM, the installed plugin program as a runtime executes it. The node is killed on the way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ContainersIT {
    private static final String PREFIX = "tmbt-cn-";
    private static final Namespace NODE = new Namespace(PREFIX + "node");
    private static final Namespace A = new Namespace(PREFIX + "a");
    private static final Namespace B = new Namespace(PREFIX + "b");
    private static final String WITH_PORT = CniPlugin.ROUTED.replace("}}", "},\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"tcp\"}]}}");
    private static final String TRANSPARENT = "{\"cniVersion\":\"1.0.0\",\"name\":\"azure\",\"type\":\"azure-vnet\",\"mode\":\"transparent\",\"ipam\":{\"type\":\"azure-vnet-ipam\"}}";
    private static final String POD = "K8S_POD_NAMESPACE=kube-system;K8S_POD_NAME=metrics-server-77c8679d7d-6ksdh";
    /** The default route's interface on the way out, whose MTU containers get. */
    private static final int MTU = 1380;

    private ContainerNode host;
    private GatewayNode node;
    private CniPlugin cni;

    @SuppressWarnings("NullAway.Init")
    ContainersIT() { }

    /** What the plugin printed and how it ended. */
    private record Ended(int status, String text) { }

    @BeforeAll
    void start() {
        Net.require("ip");
        Net.require("nft");
        host = new ContainerNode(PREFIX, NODE, A, B);
        host.uplink();
        NODE.ip("link", "set", "dev", "up0", "mtu", Integer.toString(MTU));
        host.defaultRoute();
        host.setting("tombolo.azure.cni.cfg", "vnet-prefixes = 10.240.0.0/16\n");
        cni = host.startWithPlugin("calico", "azure-vnet");
        node = host.node();
        host.pool("10.65.0.0/24", "natOutgoing: true");
        cni.awaitReady();
    }

    @AfterAll
    void stop() {
        if (host != null) {
            host.close();
        }
    }

    private Ended call(String plugin, String command, String container, String netns, String configuration, String... more) {
        Command.Result result = cni.call(plugin, command, container, netns, configuration, more);
        return new Ended(result.code(), result.output());
    }

    private static String path(Namespace namespace) {
        return CniPlugin.path(namespace);
    }

    /** Our table, without what has been counted. */
    private static String rules() {
        return Command.run("ip", "netns", "exec", NODE.name(), "nft", "list", "table", "inet", "tombolo").replaceAll("packets \\d+ bytes \\d+", "");
    }

    @Test
    @Order(1)
    void containersGetAddressesOfThePoolAndReachTheNodeAndEachOther() {
        Await.until(Duration.ofSeconds(30), () -> "ports and pools are known: " + node.ask("nat:list"), () -> node.json("nat:list").path("known").asBoolean());
        Ended first = call("tombolo", "ADD", "c1", path(A), WITH_PORT);
        assertEquals(0, first.status(), first.text());
        Ended second = call("azure-vnet", "ADD", "c2", path(B), TRANSPARENT, "CNI_ARGS", POD);
        assertEquals(0, second.status(), second.text());
        String a = host.address("c1");
        String b = host.address("c2");
        assertTrue(a.startsWith("10.65.0.") && b.startsWith("10.65.0.") && !a.equals(b), a + " and " + b);
        ping(A, "192.0.2.1");
        ping(A, b);
        ping(B, a);
        JsonNode nat = node.json("nat:list");
        assertEquals("c1/eth0", nat.path("mappings").path(0).path("endpoint").asText(), nat.toString());
        assertTrue(nat.path("pools").path(0).path("natOutgoing").asBoolean(), nat.toString());
        assertTrue(rules().contains("tcp . 8080 comment \"c1/eth0\" : " + a + " . 80") && rules().contains("10.65.0.0/24"), rules());
        assertTrue(NODE.ip("link", "show", "azvd805fb1b0f8").contains("mtu " + MTU), "the name and the MTU of the Azure CNI");
        for (String container : List.of("c1", "c2")) {
            assertEquals(0, node.json("endpoint:explain " + container).path("differences").size(), node.ask("endpoint:explain " + container));
        }
        assertTrue(node.ask("ipam:show --ip=" + a).contains("in use"), node.ask("ipam:show --ip=" + a));
        assertTrue(node.ask("resource:get workloadendpoints --all-namespaces").contains("metrics-server"), node.ask("resource:get workloadendpoints --all-namespaces"));
    }

    @Test
    @Order(2)
    void aKilledNodeComesBackWithItsContainersAndCleansUpWhatWasHalfDone() throws IOException {
        node.daemon().kill();
        String inForce = rules();
        assertTrue(inForce.contains("tcp . 8080"), "without the node the kernel goes on: " + inForce);
        assertEquals(1, call("tombolo", "ADD", "c3", path(A), CniPlugin.ROUTED).status());
        assertTrue(call("tombolo", "ADD", "c3", path(A), CniPlugin.ROUTED).text().contains("\"code\":11"));
        ping(A, "192.0.2.1");
        // As if it had been killed in the middle of an ADD: written down, and the interface made.
        Path log = host.folder().resolve("home/data/cni/endpoints.log");
        Files.writeString(log, "{\"container\":\"half\",\"interface\":\"eth0\",\"state\":\"ADDING\",\"network\":\"net\",\"mode\":\"routed\",\"netns\":\"/run/netns/none\",\"host\":\"calihalf\","
                + "\"mtu\":1400,\"addresses\":[],\"arguments\":{},\"added\":1}\n", java.nio.file.StandardOpenOption.APPEND);
        NODE.ip("link", "add", "calihalf", "type", "veth", "peer", "name", "calihalf2");
        String c1 = NODE.ip("-o", "link").lines().map(line -> line.split("[ @:]+")[1]).filter(name -> name.startsWith("cali") && name.length() == 15).findFirst().orElseThrow();
        NODE.ip("link", "set", "dev", c1, "mtu", "1300");
        node.restart(Map.of());
        node.awaitShell("cni:status");
        cni.awaitReady();
        Await.until(Duration.ofSeconds(30), () -> "calihalf removed; seen: " + NODE.ip("-o", "link"), () -> !NODE.ip("-o", "link").contains("calihalf"));
        assertEquals(0, node.json("endpoint:explain c1").path("differences").size(), "repaired");
        Await.until(Duration.ofSeconds(30), () -> "the port is known again: " + node.ask("nat:list"), () -> node.json("nat:list").path("mappings").size() == 1);
        assertEquals(inForce, rules(), "adopted as it was");
        ping(A, "192.0.2.1");
    }

    @Test
    @Order(3)
    void removedContainersGiveTheirAddressesBack() {
        List<Ended> ends = new ArrayList<>();
        ends.add(call("tombolo", "DEL", "c1", path(A), WITH_PORT));
        ends.add(call("azure-vnet", "DEL", "c2", path(B), TRANSPARENT, "CNI_ARGS", POD));
        assertEquals(List.of(new Ended(0, ""), new Ended(0, "")), ends);
        assertEquals(0, node.json("endpoint:list").size());
        assertFalse(NODE.ip("-o", "link").contains("cali") || NODE.ip("-o", "link").contains("azv"));
        assertFalse(node.ask("resource:get workloadendpoints --all-namespaces").contains("metrics-server"));
        assertFalse(rules().contains("8080"), rules());
        Ended again = call("tombolo", "ADD", "c1", path(A), CniPlugin.ROUTED);
        assertEquals(0, again.status(), again.text());
        assertEquals(0, call("tombolo", "DEL", "c1", path(A), CniPlugin.ROUTED).status());
    }

    /** Both address modes, in the running distribution; the machine's addresses come from a file, as on Azure Stack. */
    @Test
    @Order(4)
    void poolsKeepOutOfTheVnetAndInsideItContainersGetItsAddresses() {
        Path vnet = host.file("vnet.yaml", "apiVersion: projectcalico.org/v3\nkind: IPPool\nmetadata: {name: vnet}\nspec: {cidr: 10.240.8.0/24}\n");
        assertTrue(node.attempt("resource:apply -f " + vnet).output().contains("TMB-AZC-030"), "edge-prefix: refused");
        Path interfaces = host.file("interfaces.json", "{\"Interfaces\":[{\"MacAddress\":\"*\",\"IsPrimary\":true,\"IPSubnets\":[{\"Prefix\":\"10.240.0.0/16\",\"IPAddresses\":["
                + "{\"Address\":\"10.240.0.4\",\"IsPrimary\":true},{\"Address\":\"10.240.0.5\",\"IsPrimary\":false}]}]}]}");
        host.setting("tombolo.azure.cni.cfg", "address-mode = in-azure\nvnet-source = file\ninterfaces-file = " + interfaces + "\n");
        Await.until(Duration.ofSeconds(60), () -> "an address of the VNET; last answer: " + node.ask("endpoint:list"), () -> {
            call("azure-vnet", "ADD", "c4", path(B), TRANSPARENT, "CNI_ARGS", POD);
            if (host.address("c4").startsWith("10.240.0.5")) {
                return true;
            }
            call("azure-vnet", "DEL", "c4", path(B), TRANSPARENT, "CNI_ARGS", POD); // of the time before the change took effect
            return false;
        });
        ping(B, "192.0.2.1");
        assertTrue(node.ask("endpoint:addresses").contains("azure.c4"), node.ask("endpoint:addresses"));
        Ended state = call("azure-vnet", "GET_ENDPOINT_STATE", "", "", "");
        assertTrue(state.status() == 0 && state.text().contains("\"PodName\":\"metrics-server-77c8679d7d-6ksdh\"") && state.text().contains("azvd805fb1b0f8"), state.text());
        assertEquals("10.240.0.5", node.json("endpoint:state").path("ContainerInterfaces").path("c4-eth0").path("IPAddresses").path(0).path("IP").asText());
        assertEquals(new Ended(0, ""), call("azure-vnet", "DEL", "c4", path(B), TRANSPARENT, "CNI_ARGS", POD));
        assertFalse(node.ask("endpoint:addresses").contains("azure.c4"));
    }
}
