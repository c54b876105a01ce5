package tombolo.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tombolo.harness.Await;
import tombolo.harness.Command;
import tombolo.harness.GatewayNode;
import tombolo.harness.Namespace;
import tombolo.harness.RunFiles;

/** Real container runtimes on a real node: containerd by ctr and by the kubelet's interface, podman, and the reference library with foreign plugins in the list. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RuntimesIT {
    private static final String PREFIX = "tmbt-rt-";
    private static final Namespace NODE = new Namespace(PREFIX + "node");
    private static final Namespace A = new Namespace(PREFIX + "a");
    private static final String LOOK = "ip addr show eth0 && ip route && ping -c3 -W10 192.0.2.1";

    private ContainerNode host;
    private GatewayNode node;
    private Runtimes runtimes;
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    RuntimesIT() { }

    @BeforeAll
    void start() throws IOException {
        Net.require("ip");
        Runtimes.require();
        host = new ContainerNode(PREFIX, NODE, A);
        host.uplink();
        folder = host.folder();
        host.start();
        node = host.node();
        host.install();
        Files.createSymbolicLink(folder.resolve("bin/loopback"), Path.of("/usr/lib/cni/loopback"));
        runtimes = new Runtimes(folder, host.socket());
        runtimes.makeRootfs();
        runtimes.makePodmansPlugins();
        runtimes.startContainerd();
        runtimes.importPauseImage();
        runtimes.buildLibcniDriver();
        node.awaitShell("cni:status");
        host.pool("10.65.0.0/24");
        awaitAsk("cni:status --json", "\"missing\": []");
    }

    private void awaitAsk(String command, String seen) {
        Await.until(GatewayNode.START, () -> command + "; last answer: " + node.attempt(command).output(), () -> {
            Command.Result result = node.attempt(command);
            return result.ok() && result.output().contains(seen);
        });
    }

    @AfterAll
    void stop() {
        try {
            if (runtimes != null) {
                runtimes.close();
            }
        } finally {
            if (host != null) {
                host.close();
            }
        }
    }

    private static void isOnTheNetwork(String seen) {
        assertTrue(seen.contains("inet 10.65.0."), seen);
        assertTrue(seen.contains("default via 169.254.1.1"), seen);
        assertTrue(seen.matches("(?s).*[1-3] packets received.*"), seen);
    }

    private JsonNode endpoint(String container) {
        return host.endpoint(container).orElseThrow(() -> new AssertionError("no endpoint of " + container + ": " + node.ask("endpoint:list")));
    }

    private void nothingIsLeft() {
        JsonNode endpoints = node.json("endpoint:list");
        assertEquals(0, endpoints.size(), endpoints.toString());
        assertFalse(NODE.ip("-o", "link").contains("cali"), NODE.ip("-o", "link"));
    }

    @Test
    void aContainerOfCtrIsOnTheNetworkAndLeavesNothing() throws IOException {
        isOnTheNetwork(runtimes.ctrRun("c1", LOOK));
        nothingIsLeft();
    }

    /** RunPodSandbox, PodSandboxStatus, StopPodSandbox and RemovePodSandbox, with the pod's annotations handed on by containerd's capability. */
    @Test
    void aSandboxOfTheContainerRuntimeInterfaceHasItsAddressAndItsPodsName() {
        Runtimes.Sandbox sandbox = runtimes.runSandbox("web", "db-0", "cni.projectcalico.org/ipAddrs=[\"10.65.0.9\"]", "cni.projectcalico.org/hwAddr=02:00:00:00:00:09", "other=1");
        try {
            assertEquals(List.of("10.65.0.9"), sandbox.addresses(), "the one that the pod's annotation asks for");
            assertEquals("10.65.0.9", endpoint(sandbox.id()).path("addresses").path(0).asText());
            assertTrue(NODE.ip("route", "get", "10.65.0.9").contains("cali"), NODE.ip("route", "get", "10.65.0.9"));
            Await.until(Duration.ofSeconds(30), () -> "the pod's WorkloadEndpoint; seen: " + node.ask("resource:get workloadendpoints --all-namespaces"),
                    () -> node.ask("resource:get workloadendpoints --all-namespaces").contains("db-0"));
            assertEquals(0, node.json("endpoint:explain " + sandbox.id()).path("differences").size(), node.ask("endpoint:explain " + sandbox.id()));
        } finally {
            runtimes.removeSandbox(sandbox.id());
        }
        nothingIsLeft();
        assertFalse(node.ask("resource:get workloadendpoints --all-namespaces").contains("db-0"));
    }

    @Test
    void aContainerOfPodmanIsOnTheNetworkAndLeavesNothing() {
        isOnTheNetwork(runtimes.podmanRun("tombolo", LOOK));
        Await.until(Duration.ofSeconds(30), () -> "podman's clean-up; seen: " + node.ask("endpoint:list"), () -> node.json("endpoint:list").size() == 0);
        nothingIsLeft();
    }

    @Test
    void theReferenceLibraryAddsChecksAndRemovesWithCapabilitiesAndAPluginBehindOurs() {
        Path list = list("tuned", "{\"type\":\"tombolo\",\"capabilities\":{\"ips\":true,\"mac\":true},\"ipam\":{\"type\":\"tombolo-ipam\"}},{\"type\":\"tuning\",\"mtu\":1300}");
        String result = runtimes.libcni("add", list, "l1", "/run/netns/" + A.name(), "capability:ips=[\"10.65.0.7\"]", "capability:mac=\"02:00:00:00:00:07\"", "IgnoreUnknown=1");
        assertTrue(result.contains("10.65.0.7/32") && result.contains("02:00:00:00:00:07"), result);
        assertTrue(A.ip("link", "show", "eth0").contains("mtu 1300"), "the plugin behind ours did its part");
        A.ip("link", "set", "dev", "eth0", "mtu", "1500");
        runtimes.libcni("check", list("tuned", "{\"type\":\"tombolo\",\"capabilities\":{\"ips\":true,\"mac\":true},\"ipam\":{\"type\":\"tombolo-ipam\"}}"), "l1", "/run/netns/" + A.name());
        runtimes.libcni("del", list, "l1", "/run/netns/" + A.name());
        runtimes.libcni("del", list, "l1", "/run/netns/" + A.name());
        nothingIsLeft();
    }

    @Test
    void theReferencesHostLocalGivesTheAddressesOfARoutedContainer() {
        Path list = list("local", "{\"type\":\"tombolo\",\"ipam\":{\"type\":\"host-local\",\"subnet\":\"10.66.0.0/24\",\"dataDir\":\"" + folder.resolve("host-local") + "\"}}");
        String result = runtimes.libcni("add", list, "l2", "/run/netns/" + A.name());
        assertTrue(result.contains("10.66.0.2/32"), result);
        A.exec("ping", "-c1", "-w10", "192.0.2.1");
        runtimes.libcni("check", list, "l2", "/run/netns/" + A.name());
        runtimes.libcni("del", list, "l2", "/run/netns/" + A.name());
        assertFalse(Files.exists(folder.resolve("host-local/local/10.66.0.2")), "given back");
        nothingIsLeft();
    }

    @Test
    void behindTheReferencesBridgeWeRegisterTheEndpointAndLeaveItsNetworkAlone() {
        // Executed by the library itself, in whose namespace the bridge is: that of the node.
        Path list = list("bridged", "{\"type\":\"bridge\",\"bridge\":\"tmbtbr0\",\"isGateway\":true,\"ipam\":{\"type\":\"host-local\",\"subnet\":\"10.67.0.0/24\",\"dataDir\":\""
                + folder.resolve("host-local") + "\"}},{\"type\":\"tombolo\"}");
        String result = inNode("add", list);
        assertTrue(result.contains("10.67.0.2/24") && result.contains("tmbtbr0"), result);
        JsonNode endpoint = endpoint("l3");
        assertEquals("policy-only", endpoint.path("mode").asText(), endpoint.toString());
        assertEquals("10.67.0.2", endpoint.path("addresses").path(0).asText().replaceAll("/.*", ""), endpoint.toString());
        inNode("check", list);
        inNode("del", list);
        NODE.ip("link", "del", "tmbtbr0");
        nothingIsLeft();
    }

    private String inNode(String verb, Path list) {
        return runtimes.libcniIn(NODE, verb, list, "l3", "/run/netns/" + A.name());
    }

    private Path list(String name, String plugins) {
        Path list = folder.resolve(name + ".conflist");
        RunFiles.write(list, "{\"cniVersion\":\"1.0.0\",\"name\":\"" + name + "\",\"plugins\":[" + plugins + "]}");
        return list;
    }
}
