package tombolo.azure.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointPolicy;
import tombolo.azure.cni.adapter.AzureRig.Ended;

/** The bridge mode with the uplink as a port of the bridge, as bridge-uplink in etc/ asks for it. */
class BridgeUplinkTest {
    private static final String BRIDGE = """
            {"cniVersion":"0.3.0","name":"azure","type":"azure-vnet","mode":"bridge","bridge":"azure0","ipam":{"type":"azure-vnet-ipam"}}""";

    @TempDir
    Path folder;
    private AzureRig rig;

    @BeforeEach
    void start() throws IOException {
        rig = new AzureRig(folder, Optional.of("up0"));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private String host(String words) {
        return AzureRig.run("ip -n " + rig.host + " " + words);
    }

    private static void ping(String from, String address) {
        AzureRig.run("ip netns exec " + from + " ping -c1 -W5 " + address);
    }

    private static void unreachable(String from, String address) {
        assertThrows(Throwable.class, () -> AzureRig.run("ip netns exec " + from + " ping -c1 -W1 " + address));
    }

    private static String mac(String namespace, String name) {
        return AzureRig.run("ip -n " + namespace + " link show " + name).replaceAll("(?s).*link/ether (\\S+).*", "$1");
    }

    @Test
    void theHostKeepsItsAddressesAndRoutesAndPodsAreSeenAtItsHardwareAddress() {
        host("addr add 2001:db8::4/64 dev up0 nodad");
        host("route add 198.51.100.0/24 via 10.240.0.1 metric 77 proto 155");
        String mac = mac(rig.host, "up0");
        String a = rig.container();
        String b = rig.container();
        Ended added = rig.call("azure-vnet", "ADD", "a", a, "a", BRIDGE);
        assertEquals(0, added.status(), added.toString());
        assertEquals(0, rig.call("azure-vnet", "ADD", "b", b, "b", BRIDGE).status());
        assertEquals(mac, mac(rig.host, "azure0"), "what leaves has the uplink's hardware address");
        assertTrue(host("link show up0").contains("master azure0"));
        assertFalse(host("addr show up0").contains("10.240.0.4"));
        assertTrue(host("addr show azure0").contains("10.240.0.4/16") && host("addr show azure0").contains("2001:db8::4/64"), host("addr show azure0"));
        assertTrue(host("route").contains("default via 10.240.0.1 dev azure0"), host("route"));
        assertTrue(host("route").contains("198.51.100.0/24 via 10.240.0.1 dev azure0 proto 155 metric 77"), host("route"));
        assertFalse(host("route").contains("dev up0"), host("route"));
        assertTrue(AzureRig.run("ip -n " + rig.host + " -d link show up0").contains("bcast_flood off"), "containers' broadcasts stay here");
        ping(rig.host, "10.240.0.1");
        ping(a, "10.240.0.1");
        ping(a, "10.240.0.6");
        ping(a, "10.240.0.4");
        ping(rig.vnet, "10.240.0.5");
        // Somebody on the wire asks for a pod by ARP: the bridge answers with the pod's own.
        AzureRig.run("ip -n " + rig.vnet + " route del 10.240.0.6 via 10.240.0.4");
        ping(rig.vnet, "10.240.0.6");
        assertTrue(AzureRig.run("ip -n " + rig.vnet + " neigh").contains("10.240.0.6 dev eth0 lladdr " + mac(b, "eth0")));
        assertTrue(AzureRig.run("ip -n " + rig.vnet + " neigh").contains("10.240.0.4 dev eth0 lladdr " + mac));
        assertEquals(List.of(), rig.node.explain(new EndpointId("a", "eth0")).orElseThrow().differences());
        // As after a kill in the middle of the move.
        host("addr add 10.240.0.4/16 dev up0");
        assertEquals(List.of("bridge: addresses of up0 have not moved to azure0"), rig.node.explain(new EndpointId("a", "eth0")).orElseThrow().differences());
        rig.stop();
        try {
            rig.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        AzureRig.eventually(() -> rig.node.explain(new EndpointId("a", "eth0")).orElseThrow().differences().isEmpty());
        for (String one : List.of("a", "b")) {
            assertEquals(0, rig.call("azure-vnet", "DEL", one, one.equals("a") ? a : b, one, BRIDGE).status());
        }
        assertFalse((host("route") + host("neigh")).contains("10.240.0.5"));
        ping(rig.host, "10.240.0.1");
    }

    /** Else machines on the wire reach a container's hardware address without the host, and its rules. */
    @Test
    void wherePolicyIsRequiredNothingPassesBetweenContainersAndTheWireButThroughTheHost() {
        rig.requirePolicy(new EndpointPolicy() {
            @Override
            public Outcome await(Endpoint endpoint, Duration limit) {
                return new Outcome.InForce();
            }

            @Override
            public void gone(EndpointId id) {
                // nothing is held
            }
        });
        String a = rig.container();
        String b = rig.container();
        assertEquals(0, rig.call("azure-vnet", "ADD", "a", a, "a", BRIDGE).status());
        assertEquals(0, rig.call("azure-vnet", "ADD", "b", b, "b", BRIDGE).status());
        ping(rig.host, "10.240.0.1");
        ping(rig.host, "10.240.0.5");
        ping(a, "10.240.0.1");
        ping(a, "10.240.0.6");
        ping(rig.vnet, "10.240.0.6"); // by its route to the host
        AzureRig.run("ip -n " + rig.vnet + " route del 10.240.0.6 via 10.240.0.4");
        AzureRig.run("ip -n " + rig.vnet + " neigh replace 10.240.0.6 lladdr " + mac(b, "eth0") + " dev eth0 nud permanent");
        unreachable(rig.vnet, "10.240.0.6");
        AzureRig.run("ip -n " + a + " route add 10.240.0.1 dev eth0");
        AzureRig.run("ip -n " + a + " neigh replace 10.240.0.1 lladdr " + mac(rig.vnet, "eth0") + " dev eth0 nud permanent");
        unreachable(a, "10.240.0.1");
        assertEquals(List.of(), rig.node.explain(new EndpointId("a", "eth0")).orElseThrow().differences());
        host("link set up0 type bridge_slave isolated off");
        assertEquals(List.of("bridge: isolated of the port up0 is off"), rig.node.explain(new EndpointId("a", "eth0")).orElseThrow().differences());
        assertEquals(0, rig.call("azure-vnet", "ADD", "c", rig.container(), "c", BRIDGE).status());
        assertEquals(List.of(), rig.node.explain(new EndpointId("a", "eth0")).orElseThrow().differences(), "the next container puts it right");
    }

    @Test
    void anUplinkThatIsAnothersPortOrNotThereIsLeftAloneAndTheContainerIsRefused() {
        host("link add foreign type bridge");
        host("link set up0 master foreign");
        Ended refused = rig.call("azure-vnet", "ADD", "a", rig.container(), "a", BRIDGE);
        assertEquals(103, refused.code(), refused.toString());
        assertTrue(host("link show up0").contains("master foreign"));
        assertTrue(host("addr show up0").contains("10.240.0.4"));
        assertFalse(host("link").contains("azv"), host("link"));
        host("link del up0");
        assertTrue(rig.call("azure-vnet", "ADD", "a", rig.container(), "a", BRIDGE).result().text("msg").orElse("").contains("bridge-uplink"));
        assertEquals(List.of(), rig.node.list());
    }
}
