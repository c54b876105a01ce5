package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.config.CniSettings;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.overlay.Overlays;
import tombolo.cni.adapter.Rig.Ended;
import tombolo.cni.core.CniError;
import tombolo.runtime.json.JsonText;

/** The plugin from the program that a runtime executes to the kernel and back. */
class PluginTest {
    @TempDir
    Path folder;
    private Rig rig;
    private Namespace container;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig(folder, 200);
        container = new Namespace();
    }

    @AfterEach
    void stop() {
        rig.close();
        container.close();
    }

    private Ended add(String id, String configuration, String... more) {
        return rig.call("tombolo", "ADD", id, container.path(), configuration, more);
    }

    private static String withResult(String configuration, Json.Obj result) {
        return configuration.substring(0, configuration.length() - 1) + ",\"prevResult\":" + JsonText.line(result) + "}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"})
    void anAddAndADelInEveryVersion(String version) {
        Ended added = add("c1", Rig.configuration(version, ""));
        assertEquals(0, added.status(), added.toString());
        assertEquals(version, added.result().text("cniVersion").orElse(""));
        assertTrue(container.ip("addr show eth0").contains("10.65.0.1/32"), container.ip("addr"));
        assertTrue(rig.host.ip("route").contains("10.65.0.1 dev cali"));
        Ended deleted = rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration(version, ""));
        assertEquals(new Ended(0, Json.Obj.EMPTY), deleted);
        assertFalse(rig.host.ip("link").contains("cali"));
        assertEquals(List.of(), rig.pool.handles());
        assertEquals(List.of(), rig.node.list());
    }

    private record Tunnels(boolean isPlanned, OptionalInt endpointMtu) implements Overlays {
        @Override
        public Status status() {
            throw new UnsupportedOperationException();
        }
    }

    /** The MTU is recorded for the container's life, and the uplink's does not fit into a tunnel. */
    @Test
    void untilTheTunnelsArePlannedAnAddThatNeedsTheirMtuIsToldToTryAgainLater() {
        Tunnels before = new Tunnels(false, OptionalInt.empty());
        rig.node.overlays(before);
        String network = Rig.configuration("1.1.0", "");
        assertEquals(0, status(network).status(), "etc/ says an MTU");
        rig.node.settings("node-1", new CniSettings(true, folder.resolve("cni.sock").toString(), "cali", OptionalInt.empty()));
        Rig.eventually(() -> status(network).code() == CniError.NOT_AVAILABLE);
        assertEquals(1, rig.node.status().missing().size(), rig.node.status().toString());
        Ended refused = add("c1", network);
        assertEquals(CniError.TRY_AGAIN_LATER, refused.code(), refused.toString());
        assertTrue(refused.result().text("msg").orElse("").contains("tunnels"), refused.toString());
        assertEquals(List.of(), rig.node.list());
        assertEquals(List.of(), rig.pool.handles());
        String stated = Rig.configuration("1.1.0", ",\"mtu\":1200");
        assertEquals(0, status(stated).status());
        assertEquals(0, add("c2", stated).status());
        rig.call("tombolo", "DEL", "c2", container.path(), stated);
        rig.node.overlaysGone(before);
        assertEquals(CniError.NOT_AVAILABLE, status(network).code(), "the bundle that plans is being replaced");
        rig.node.overlays(new Tunnels(false, OptionalInt.of(1430))); // devices of an earlier life
        assertEquals(0, status(network).status());
        rig.node.overlays(new Tunnels(true, OptionalInt.empty()));
        assertEquals(0, status(network).status());
        rig.node.overlays(before);
        rig.node.resourcesGone(rig.resources);
        assertEquals(0, status(network).status(), "nobody has pools to tell of, and nobody ever plans");
        assertEquals(0, add("c1", network).status());
        assertEquals(List.of(), rig.node.status().missing());
    }

    private Ended status(String network) {
        return rig.call("tombolo", "STATUS", "", "", network);
    }

    /** What fits into the tunnels holds where neither the network nor etc/ says anything. */
    @Test
    void theMtuIsTheNetworksThenThatOfEtcThenThatOfTheTunnels() throws IOException {
        rig.node.overlays(new Tunnels(true, OptionalInt.of(1430)));
        add("c1", Rig.configuration("1.0.0", ""));
        assertTrue(container.ip("link show eth0").contains("mtu 1400"), container.ip("link show eth0"));
        rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.0.0", ""));
        rig.node.settings("node-1", new CniSettings(true, folder.resolve("cni.sock").toString(), "cali", OptionalInt.empty()));
        Rig.eventually(() -> {
            add("c1", Rig.configuration("1.0.0", ""));
            boolean follows = container.ip("link show eth0").contains("mtu 1430");
            rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.0.0", ""));
            return follows;
        });
        add("c1", Rig.configuration("1.0.0", ",\"mtu\":1200"));
        assertTrue(container.ip("link show eth0").contains("mtu 1200"), container.ip("link show eth0"));
    }

    @Test
    void theContainerReachesTheHostAndAnotherContainer() {
        rig.host.veth("up0", "up1", "192.0.2.1/24");
        Namespace.run(List.of("ip", "netns", "exec", rig.host.name(), "sysctl", "-q", "-w", "net.ipv4.ip_forward=1"));
        assertEquals(0, add("c1", Rig.configuration("1.0.0", "")).status());
        try (Namespace second = new Namespace()) {
            assertEquals(0, rig.call("tombolo", "ADD", "c2", second.path(), Rig.configuration("1.0.0", "")).status());
            Namespace.run(List.of("ip", "netns", "exec", container.name(), "ping", "-c1", "-W5", "192.0.2.1"));
            Namespace.run(List.of("ip", "netns", "exec", container.name(), "ping", "-c1", "-W5", "10.65.0.2"));
            Namespace.run(List.of("ip", "netns", "exec", second.name(), "ping", "-c1", "-W5", "10.65.0.1"));
        }
    }

    /** CNI 1.1 §ADD: "If the requested interface name already exists in the container, the plugin MUST return with an error." */
    @Test
    void anAddOnAnInterfaceThatIsThereFailsAndLeavesItAlone() {
        assertEquals(0, add("c1", Rig.configuration("1.0.0", "")).status());
        String before = container.ip("-4 -o addr");
        assertEquals(CniError.EXISTS, add("c1", Rig.configuration("1.0.0", "")).code());
        assertEquals(CniError.EXISTS, add("c2", Rig.configuration("1.0.0", "")).code(), "another id, the same namespace");
        assertEquals(before, container.ip("-4 -o addr"));
        assertEquals(List.of("net.c1"), rig.pool.handles());
    }

    /** CNI 1.1 §DEL: "Plugins MUST accept multiple DEL calls for the same (CNI_CONTAINERID, CNI_IFNAME) pair, and return success if the interface ... is missing." */
    @Test
    void aDelSucceedsTwiceAndWithoutTheNamespace() {
        add("c1", Rig.configuration("1.0.0", ""));
        Namespace.run(List.of("ip", "netns", "exec", container.name(), "ip", "link", "del", "eth0"));
        for (int i = 0; i < 2; i++) {
            assertEquals(new Ended(0, Json.Obj.EMPTY), rig.call("tombolo", "DEL", "c1", "", Rig.configuration("1.0.0", "")));
        }
        assertEquals(List.of(), rig.pool.handles());
    }

    @Test
    void checkSucceedsUntilSomebodyChangesSomething() {
        String configuration = Rig.configuration("1.0.0", "");
        Ended added = add("c1", configuration);
        assertEquals(0, rig.call("tombolo", "CHECK", "c1", container.path(), withResult(configuration, added.result())).status());
        assertEquals(CniError.UNKNOWN_CONTAINER, rig.call("tombolo", "CHECK", "c2", container.path(), withResult(configuration, added.result())).code());
        container.ip("route del default");
        Ended checked = rig.call("tombolo", "CHECK", "c1", container.path(), withResult(configuration, added.result()));
        assertEquals(CniError.DIFFERS, checked.code());
        assertTrue(checked.result().text("details").orElse("").contains("0.0.0.0/0"), checked.toString());
    }

    @Test
    void gcRemovesWhatIsNotNamedAndOnlyOfItsNetwork() {
        add("c1", Rig.configuration("1.1.0", ""));
        try (Namespace second = new Namespace(); Namespace third = new Namespace()) {
            rig.call("tombolo", "ADD", "c2", second.path(), Rig.configuration("1.1.0", ""));
            rig.call("tombolo", "ADD", "c3", third.path(), Rig.configuration("1.1.0", "").replace("\"net\"", "\"other\""));
            assertEquals(0, rig.call("tombolo", "GC", "", "", Rig.configuration("1.1.0", ",\"cni.dev/valid-attachments\":[{\"containerID\":\"c1\",\"ifname\":\"eth0\"}]")).status());
            assertEquals(List.of("net.c1", "other.c3"), rig.pool.handles());
            assertFalse(second.ip("link").contains("eth0"));
        }
    }

    @Test
    void statusTellsWhatIsMissing() {
        assertEquals(0, rig.call("tombolo", "STATUS", "", "", Rig.configuration("1.1.0", "")).status());
        rig.node.addressesGone();
        Rig.eventually(() -> !rig.node.status().missing().isEmpty());
        Ended ended = rig.call("tombolo", "STATUS", "", "", Rig.configuration("1.1.0", ""));
        assertEquals(CniError.NOT_AVAILABLE, ended.code());
        assertTrue(ended.result().text("msg").orElse("").contains("gateway-ipam"));
        assertEquals(CniError.TRY_AGAIN_LATER, add("c1", Rig.configuration("1.0.0", "")).code());
    }

    /**
     * CNI 1.1 §STATUS: an error is for a plugin that knows that it cannot serve an ADD. Without a word of its own what {@code {"type": "tombolo"}} needs depends on where in
     * its list it stands, which the call does not say, and the runtime's folder does.
     */
    @Test
    void statusOfABarePluginGoesByItsPlaceInTheList() throws IOException {
        rig.node.addressesGone();
        Rig.eventually(() -> !rig.node.status().missing().isEmpty());
        String bare = "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"tombolo\"}";
        assertEquals(new Ended(0, Json.Obj.EMPTY), rig.call("tombolo", "STATUS", "", "", bare), "nothing is known");
        Path folder = Files.createDirectories(this.folder.resolve("net.d"));
        Files.writeString(folder.resolve("00-broken.conflist"), "{");
        Files.writeString(folder.resolve("05-other.conflist"), "{\"name\":\"other\",\"plugins\":[{\"type\":\"tombolo\"}]}");
        Files.writeString(folder.resolve("20-net.conflist"), "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"plugins\":[{\"type\":\"azure-vnet\"},{\"type\":\"tombolo\"}]}");
        assertEquals(new Ended(0, Json.Obj.EMPTY), rig.call("tombolo", "STATUS", "", "", bare), "the last plugin of a foreign list");
        for (String first : List.of("{\"name\":\"net\",\"plugins\":[{\"type\":\"tombolo\"},{\"type\":\"portmap\"}]}", bare)) {
            Files.writeString(folder.resolve("10-net.conf"), first);
            Ended ended = rig.call("tombolo", "STATUS", "", "", bare);
            assertEquals(CniError.NOT_AVAILABLE, ended.code(), "a main plugin has its addresses from the pools");
            assertTrue(ended.result().text("msg").orElse("").contains("gateway-ipam"), ended.toString());
        }
    }

    /** What another plugin of the list gives need not be there for this one to do its part. */
    @Test
    void statusAsksForWhatThePluginNeedsAndForNothingElse() {
        rig.node.addressesGone();
        Rig.eventually(() -> !rig.node.status().missing().isEmpty());
        String last = "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"tombolo\"}";
        assertEquals(new Ended(0, Json.Obj.EMPTY), rig.call("tombolo", "STATUS", "", "", last.replace("}", ",\"mode\":\"policy-only\"}")), "the last plugin of a foreign list");
        assertEquals(0, rig.call("tombolo", "STATUS", "", "", last.replace("}", ",\"prevResult\":{\"cniVersion\":\"1.1.0\"}}")).status());
        assertEquals(0, rig.call("tombolo", "STATUS", "", "", Rig.configuration("1.1.0", ",\"mode\":\"policy-only\"")).status());
        for (String type : List.of("calico", "azure-vnet", "tombolo\",\"mode\":\"routed")) {
            Ended first = rig.call(type.split("\"")[0], "STATUS", "", "", last.replace("\"tombolo\"", "\"" + type + "\""));
            assertEquals(CniError.NOT_AVAILABLE, first.code(), type + " without ipam has its addresses from the pools");
            assertTrue(first.result().text("msg").orElse("").contains("gateway-ipam"), first.toString());
        }
        assertEquals(CniError.NOT_AVAILABLE, rig.call("calico-ipam", "STATUS", "", "", last.replace("}", ",\"ipam\":{\"type\":\"calico-ipam\"}}")).code());
        Ended ports = rig.call("portmap", "STATUS", "", "", last.replace("tombolo", "portmap"));
        assertEquals(CniError.NOT_AVAILABLE, ports.code(), "nobody is there who maps ports");
        assertTrue(ports.result().text("msg").orElse("").contains("gateway-dataplane"), ports.toString());
    }

    @Test
    void whoIsToBeTheLastOfAListIsNotItsFirst() {
        Ended first = add("c1", Rig.configuration("1.0.0", ",\"mode\":\"policy-only\""));
        assertEquals(CniError.INVALID_CONFIGURATION, first.code(), first.toString());
        assertTrue(first.result().text("msg").orElse("").contains("prevResult"), first.toString());
        assertEquals(List.of(), rig.pool.handles());
        String before = "{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"azv1\"},{\"name\":\"eth0\",\"sandbox\":\"" + container.path()
                + "\"}],\"ips\":[{\"interface\":1,\"address\":\"10.9.0.5/16\"}]}";
        assertEquals(0, add("c1", Rig.configuration("1.0.0", ",\"mode\":\"policy-only\",\"prevResult\":" + before)).status());
    }

    /** A main plugin that asks again for a container that lives: what comes of it must not make anybody forget the addresses. */
    @Test
    void anIpamAddThatIsAskedAgainInVainLeavesTheFirstAsItWas() {
        String bridge = "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"bridge\",\"ipam\":{\"type\":\"calico-ipam\"}}";
        Ended first = rig.call("calico-ipam", "ADD", "c1", container.path(), bridge);
        assertEquals(0, first.status());
        Endpoint known = rig.node.get(new EndpointId("c1", "eth0")).orElseThrow();
        rig.pool.unreachable = true;
        assertEquals(CniError.TRY_AGAIN_LATER, rig.call("calico-ipam", "ADD", "c1", container.path(), bridge).code());
        rig.pool.unreachable = false;
        assertEquals(known, rig.node.get(known.id()).orElseThrow());
        assertEquals(first, rig.call("calico-ipam", "ADD", "c1", container.path(), bridge));
        assertEquals(known, rig.node.get(known.id()).orElseThrow());
        assertEquals(0, rig.call("calico-ipam", "GC", "", "", bridge.replace("}}", "},\"cni.dev/valid-attachments\":[]}")).status());
        assertEquals(List.of(), rig.pool.handles());
    }

    /** CNI 1.1 §GC: plugins that delegate to an IPAM plugin forward the GC to it. */
    @Test
    void gcByAnotherMainPluginTakesBackWhatItWasGivenAndNothingElse() {
        String bridge = "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"bridge\",\"ipam\":{\"type\":\"calico-ipam\"}}";
        assertEquals(0, rig.call("calico-ipam", "ADD", "stays", container.path(), bridge).status());
        assertEquals(0, rig.call("calico-ipam", "ADD", "goes", container.path(), bridge).status());
        assertEquals(0, add("ours", Rig.configuration("1.1.0", "")).status());
        assertEquals(0, rig.call("calico-ipam", "GC", "", "", bridge.replace("}}", "},\"cni.dev/valid-attachments\":[{\"containerID\":\"stays\",\"ifname\":\"eth0\"}]}")).status());
        assertEquals(List.of("net.ours", "net.stays"), rig.pool.handles());
    }

    /** CNI 1.1 §GC of a list [bridge with calico-ipam, tombolo]: each plugin is called in its turn, and none may hide from another what is to go. */
    @ParameterizedTest
    @ValueSource(strings = {"calico-ipam tombolo", "tombolo calico-ipam", "tombolo", "calico-ipam"})
    void gcOfAListWhoseMainPluginHasItsAddressesHereGivesThemBack(String order) {
        String bridge = "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"bridge\",\"ipam\":{\"type\":\"calico-ipam\"}}";
        for (String id : List.of("stays", "goes")) {
            Ended given = rig.call("calico-ipam", "ADD", id, container.path(), bridge);
            assertEquals(0, add(id, withResult("{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"tombolo\"}", given.result())).status());
        }
        String valid = ",\"cni.dev/valid-attachments\":[{\"containerID\":\"stays\",\"ifname\":\"eth0\"}]}";
        for (String plugin : order.split(" ")) {
            assertEquals(0, rig.call(plugin, "GC", "", "", plugin.equals("tombolo") ? "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"tombolo\"" + valid
                    : bridge.substring(0, bridge.length() - 1) + valid).status());
        }
        assertEquals(List.of("net.stays"), rig.pool.handles());
        assertEquals(List.of("stays/eth0"), rig.node.list().stream().map(one -> one.id().toString()).toList());
    }

    /** Calico's {@code container_settings}, and the conventions' capability {@code dns}. */
    @Test
    void aContainerMayRouteWhereItsListSaysSoAndTheRuntimesNameServersAreInTheResult() {
        Ended added = rig.call("calico", "ADD", "c1", container.path(), "{\"name\":\"k8s-pod-network\",\"cniVersion\":\"1.0.0\",\"type\":\"calico\",\"container_settings\":"
                + "{\"allow_ip_forwarding\":true},\"ipam\":{\"type\":\"calico-ipam\"},\"dns\":{\"nameservers\":[\"192.0.2.1\"]},\"runtimeConfig\":{\"dns\":{\"servers\":[\"192.0.2.53\"],"
                + "\"searches\":[\"example.test\"]}}}");
        assertEquals(0, added.status(), added.toString());
        assertEquals("1", Namespace.run(List.of("ip", "netns", "exec", container.name(), "sysctl", "-n", "net.ipv4.ip_forward")).strip());
        assertEquals(Json.Arr.texts(List.of("192.0.2.53")), new Json.Arr(added.result().object("dns").orElseThrow().array("nameservers")));
        assertEquals(Json.Arr.texts(List.of("example.test")), new Json.Arr(added.result().object("dns").orElseThrow().array("search")));
        assertEquals(List.of(), rig.node.explain(new EndpointId("c1", "eth0")).orElseThrow().differences());
    }

    @Test
    void versionListsAllOfThem() {
        Ended ended = rig.call("calico", "VERSION", "", "", "{\"cniVersion\":\"0.4.0\"}");
        assertEquals("{\"cniVersion\":\"0.4.0\",\"supportedVersions\":[\"0.1.0\",\"0.2.0\",\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}", JsonText.line(ended.result()));
    }

    @Test
    void badInputHasItsOwnErrorAndLeavesNothing() {
        String good = Rig.configuration("1.0.0", "");
        assertEquals(CniError.UNKNOWN_CONTAINER, rig.call("tombolo", "ADD", "c1", "/run/netns/tmbt-none", good).code());
        assertEquals(CniError.INVALID_ENVIRONMENT, rig.call("tombolo", "ADD", "c1", rig.host.path(), good).code(), "the host's own namespace");
        assertEquals(CniError.INVALID_ENVIRONMENT, add("c1", good, "CNI_IFNAME", "a-name-that-is-too-long").code());
        assertEquals(CniError.NOT_DECODABLE, add("c1", "garbage").code());
        assertEquals(CniError.INCOMPATIBLE_VERSION, add("c1", Rig.configuration("1.2.0", "")).code());
        assertEquals(CniError.UNSUPPORTED_FIELD, add("c1", Rig.configuration("1.0.0", ",\"mode\":\"tunnel\"")).code());
        assertEquals(CniError.TRY_AGAIN_LATER, add("c1", Rig.configuration("1.0.0", ",\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":80,\"containerPort\":80}]}")).code(),
                "nobody is there who maps ports");
        assertEquals(CniError.INVALID_CONFIGURATION, add("c1", Rig.configuration("1.0.0", ",\"mtu\":70000")).code());
        rig.pool.unreachable = true;
        assertEquals(CniError.TRY_AGAIN_LATER, add("c1", good).code());
        rig.pool.unreachable = false;
        assertEquals(List.of(), rig.pool.handles());
        assertEquals(List.of(), rig.node.list());
        assertFalse(rig.host.ip("link").contains("cali"));
    }

    @Test
    void anEmptyPoolAndATakenAddressAreErrors() throws IOException {
        Ended fixed = add("c1", Rig.configuration("1.0.0", ",\"runtimeConfig\":{\"ips\":[\"10.65.9.9\"],\"mac\":\"02:00:00:00:00:09\"}"));
        assertEquals(0, fixed.status(), fixed.toString());
        assertTrue(container.ip("link show eth0").contains("02:00:00:00:00:09"));
        try (Namespace second = new Namespace()) {
            Ended taken = rig.call("tombolo", "ADD", "c2", second.path(), Rig.configuration("1.0.0", ""), "CNI_ARGS", "IP=10.65.9.9");
            assertEquals(CniError.NO_ADDRESS, taken.code());
            assertFalse(second.ip("link").contains("eth0"));
        }
    }

    @Test
    void addressesThatCannotBeGivenBackAreGivenBackLater() {
        add("c1", Rig.configuration("1.0.0", ""));
        rig.pool.unreachable = true;
        assertEquals(0, rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.0.0", "")).status(), "the kernel's part is done, the rest is written down");
        assertFalse(rig.host.ip("link").contains("cali"));
        assertEquals(1, rig.node.status().releasing());
        rig.pool.unreachable = false;
        assertEquals(0, add("c1", Rig.configuration("1.0.0", "")).status(), "the same container comes again: what it held is given back first");
        assertEquals(0, rig.node.status().releasing());
    }

    @Test
    void aForeignChainsLastPluginRegistersAndHandsOnWhatCameBefore() {
        String before = "{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"azv1\"},{\"name\":\"eth0\",\"mac\":\"02:00:00:00:00:05\",\"sandbox\":\"" + container.path()
                + "\"}],\"ips\":[{\"interface\":1,\"address\":\"10.9.0.5/16\"}],\"kept\":7}";
        Ended added = add("c1", Rig.configuration("1.0.0", ",\"prevResult\":" + before));
        assertEquals(before, JsonText.line(added.result()));
        Endpoint endpoint = rig.node.get(new EndpointId("c1", "eth0")).orElseThrow();
        assertEquals("policy-only", endpoint.mode());
        assertEquals("azv1", endpoint.hostInterface());
        assertEquals(List.of(), rig.pool.handles());
        assertEquals(0, rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.0.0", ",\"prevResult\":" + before)).status());
        assertEquals(List.of(), rig.node.list());
    }

    /** The Azure CNI's result names the container's end alone, and without a sandbox: taken for the host's, it would be the host's own eth0. */
    @Test
    void behindTheAzureCniTheHostsEndIsTheOneThatTheKernelKnows() {
        rig.host.ip("link add azv1 type veth peer name eth0 netns " + container.name());
        String before = "{\"cniVersion\":\"0.3.0\",\"interfaces\":[{\"name\":\"eth0\"}],\"ips\":[{\"version\":\"4\",\"address\":\"10.9.0.5/16\"}],\"dns\":{}}";
        Ended added = add("c1", Rig.configuration("0.3.0", ",\"prevResult\":" + before));
        assertEquals(before, JsonText.line(added.result()));
        Endpoint endpoint = rig.node.get(new EndpointId("c1", "eth0")).orElseThrow();
        assertEquals("azv1", endpoint.hostInterface());
        assertEquals("10.9.0.5", endpoint.addresses().getFirst().address().toString());
        rig.host.ip("link del azv1");
        assertEquals(0, add("c2", Rig.configuration("0.3.0", ",\"prevResult\":" + before)).status());
        assertEquals("", rig.node.get(new EndpointId("c2", "eth0")).orElseThrow().hostInterface(), "no pair, and none is made up");
    }

    @Test
    void calicosListIsServedUnderItsNames() {
        String calico = "{\"name\":\"k8s-pod-network\",\"cniVersion\":\"0.3.1\",\"type\":\"calico\",\"mtu\":1380,\"ipam\":{\"type\":\"calico-ipam\"},\"policy\":{\"type\":\"k8s\"}}";
        Ended added = rig.call("calico", "ADD", "c1", container.path(), calico, "CNI_ARGS", "K8S_POD_NAMESPACE=kube-system;K8S_POD_NAME=metrics-server-77c8679d7d-6ksdh");
        assertEquals(0, added.status(), added.toString());
        assertTrue(rig.host.ip("link show calid805fb1b0f8").contains("mtu 1380"));
        String portmap = "{\"name\":\"k8s-pod-network\",\"cniVersion\":\"0.3.1\",\"type\":\"portmap\",\"snat\":true,\"capabilities\":{\"portMappings\":true}}";
        assertEquals(added, rig.call("portmap", "ADD", "c1", container.path(), withResult(portmap, added.result())));
        assertEquals(0, rig.call("portmap", "DEL", "c1", container.path(), portmap).status());
        assertEquals(0, rig.call("calico", "DEL", "c1", container.path(), calico).status());
        assertEquals(List.of(), rig.pool.handles());
    }

    @Test
    void addressesAloneAreGivenToOtherPlugins() {
        String bridge = "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"bridge\",\"ipam\":{\"type\":\"calico-ipam\"}}";
        Ended added = rig.call("calico-ipam", "ADD", "c1", container.path(), bridge);
        assertEquals("{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.65.0.1/32\"}],\"dns\":{}}", JsonText.line(added.result()));
        assertEquals(Set.of("net.c1"), rig.node.handlesInUse(), "what another plugin holds is in use, and not collected as leaked");
        assertEquals(0, add("c1", bridge.replace("\"bridge\"", "\"tombolo\"").replace("}}", "},\"prevResult\":" + JsonText.line(added.result()) + "}")).status(), "the last of the same chain");
        assertEquals(0, rig.call("tombolo", "DEL", "c1", container.path(), bridge.replace("\"bridge\"", "\"tombolo\"")).status());
        assertEquals(List.of("net.c1"), rig.pool.handles(), "the last plugin only registers: the addresses are the first one's");
        assertEquals(0, rig.call("calico-ipam", "DEL", "c1", container.path(), bridge).status());
        assertEquals(Set.of(), rig.node.handlesInUse());
        assertEquals(List.of(), rig.pool.handles());
    }

    @Test
    void aPodThatIsMadeAnewUnderItsNameTakesTheInterfaceOver() {
        String pod = "K8S_POD_NAMESPACE=web;K8S_POD_NAME=db-0";
        add("old", Rig.configuration("1.0.0", ""), "CNI_ARGS", pod);
        try (Namespace second = new Namespace()) {
            assertEquals(0, rig.call("tombolo", "ADD", "new", second.path(), Rig.configuration("1.0.0", ""), "CNI_ARGS", pod).status());
            assertEquals(List.of("net.new"), rig.pool.handles());
            assertEquals(0, rig.call("tombolo", "DEL", "old", container.path(), Rig.configuration("1.0.0", "")).status());
            assertTrue(second.ip("addr show eth0").contains("10.65."), "the late DEL of the old one does not touch the new one");
            assertTrue(rig.host.ip("link").contains("cali"));
        }
    }

    @Test
    void bothFamiliesAreGivenWhereAskedFor() {
        Ended added = add("c1", Rig.configuration("1.0.0", "").replace("\"tombolo-ipam\"", "\"tombolo-ipam\",\"assign_ipv6\":true"));
        assertEquals(0, added.status(), added.toString());
        assertTrue(container.ip("-6 route").contains("default via fe80::ecee:eeff:feee:eeee"), container.ip("-6 route"));
        assertEquals(List.of(), rig.node.explain(new EndpointId("c1", "eth0")).orElseThrow().differences());
    }

    @Test
    void aContainerHasSeveralInterfacesOfSeveralNetworksAndEachGoesByItself() {
        String second = Rig.configuration("1.0.0", "").replace("\"net\"", "\"other\"");
        assertEquals(0, add("c1", Rig.configuration("1.0.0", "")).status());
        Ended more = add("c1", second, "CNI_IFNAME", "net1");
        assertEquals(0, more.status(), more.toString());
        assertEquals(List.of("net.c1", "other.c1.net1"), rig.pool.handles());
        assertTrue(container.ip("route show default").contains("dev eth0"), "the first one's default route stays: " + container.ip("route"));
        assertTrue(container.ip("addr show net1").contains("10.65.0.2/32"));
        assertEquals(0, rig.call("tombolo", "CHECK", "c1", container.path(), withResult(second, more.result()), "CNI_IFNAME", "net1").status());
        assertEquals(0, rig.call("tombolo", "DEL", "c1", container.path(), second, "CNI_IFNAME", "net1").status());
        assertTrue(container.ip("addr show eth0").contains("10.65.0.1/32") && !container.ip("link").contains("net1"));
        assertEquals(List.of("net.c1"), rig.pool.handles());
    }

    @Test
    void annotationsInTheArgumentsDecideOnAddressAndHardwareAddress() {
        Ended added = add("c1", Rig.configuration("1.0.0", ""), "CNI_ARGS", "IgnoreUnknown=1;cni.projectcalico.org/ipAddrs=[\"10.65.0.77\"];cni.projectcalico.org/hwAddr=02:00:00:00:00:77");
        assertEquals(0, added.status(), added.toString());
        assertTrue(container.ip("addr show eth0").contains("10.65.0.77/32") && container.ip("addr show eth0").contains("02:00:00:00:00:77"), container.ip("addr"));
        try (Namespace second = new Namespace()) {
            String unmanaged = Rig.configuration("1.0.0", ",\"feature_control\":{\"ip_addrs_no_ipam\":true}");
            assertEquals(0, rig.call("tombolo", "ADD", "c2", second.path(), unmanaged, "CNI_ARGS", "cni.projectcalico.org/ipAddrsNoIpam=[\"10.99.0.9\",\"2001:db8::9\"]").status());
            assertTrue(second.ip("addr show eth0").contains("10.99.0.9/32") && second.ip("addr show eth0").contains("2001:db8::9/128"));
            assertEquals(List.of("net.c1"), rig.pool.handles(), "no pool was asked");
            try (Namespace third = new Namespace()) {
                Ended twice = rig.call("tombolo", "ADD", "c3", third.path(), unmanaged, "CNI_ARGS", "cni.projectcalico.org/ipAddrsNoIpam=[\"10.99.0.9\"]");
                assertEquals(CniError.KERNEL, twice.code(), "somebody here has it");
                assertFalse(third.ip("link").contains("eth0"));
            }
            assertEquals(0, rig.call("tombolo", "DEL", "c2", second.path(), unmanaged).status());
        }
    }

    @Test
    void callsForOneContainerWaitForEachOtherAndThoseForOthersDoNot() throws Exception {
        CountDownLatch assigning = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        rig.pool.onAssign = () -> {
            if (assigning.getCount() > 0) {
                assigning.countDown();
                try {
                    goOn.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
        CompletableFuture<Ended> first = CompletableFuture.supplyAsync(() -> add("c1", Rig.configuration("1.0.0", "")));
        assertTrue(assigning.await(20, TimeUnit.SECONDS));
        CompletableFuture<Ended> same = CompletableFuture.supplyAsync(() -> rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.0.0", "")));
        try (Namespace second = new Namespace()) {
            assertEquals(0, rig.call("tombolo", "ADD", "c2", second.path(), Rig.configuration("1.0.0", "")).status());
            assertFalse(same.isDone());
            goOn.countDown();
            assertEquals(0, first.get(20, TimeUnit.SECONDS).status());
            assertEquals(0, same.get(20, TimeUnit.SECONDS).status());
            assertEquals(List.of("net.c2"), rig.pool.handles(), "the DEL came after the ADD");
        }
    }

    @Test
    void manyContainersAtOnceGetDifferentAddressesAndLeaveNothing() throws Exception {
        List<Namespace> containers = new ArrayList<>();
        try {
            IntStream.range(0, 30).forEach(_ -> containers.add(new Namespace()));
            List<CompletableFuture<Ended>> adds = IntStream.range(0, 30)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> rig.call("tombolo", "ADD", "m" + i, containers.get(i).path(), Rig.configuration("1.0.0", "")))).toList();
            Set<String> addresses = new HashSet<>();
            for (CompletableFuture<Ended> one : adds) {
                Ended ended = one.get(60, TimeUnit.SECONDS);
                assertEquals(0, ended.status(), ended.toString());
                addresses.add(((Json.Obj) ended.result().array("ips").getFirst()).text("address").orElse(""));
            }
            assertEquals(30, addresses.size());
            List<CompletableFuture<Ended>> deletes = IntStream.range(0, 30)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> rig.call("tombolo", "DEL", "m" + i, containers.get(i).path(), Rig.configuration("1.0.0", "")))).toList();
            for (CompletableFuture<Ended> one : deletes) {
                assertEquals(0, one.get(60, TimeUnit.SECONDS).status());
            }
            assertEquals(List.of(), rig.pool.handles());
            assertFalse(rig.host.ip("link").contains("cali"));
        } finally {
            containers.forEach(Namespace::close);
        }
    }

    @Test
    void withoutAGatewayTheShimAnswersAtOnceWithError11AndTheConfigurationsVersion() {
        rig.node.close();
        Ended ended = add("c1", Rig.configuration("0.4.0", ""));
        assertEquals(1, ended.status());
        assertEquals(CniError.TRY_AGAIN_LATER, ended.code());
        assertEquals("0.4.0", ended.result().text("cniVersion").orElse(""));
        Ended perl = Rig.call(List.of("perl", Path.of("target/classes/shim/tombolo-cni.pl").toAbsolutePath().toString()), folder.resolve("cni.sock"), "tombolo", "ADD", "c1",
                container.path(), Rig.configuration("0.4.0", ""));
        assertEquals(ended, perl);
    }

    @Test
    void thePerlVersionSaysTheSame() {
        List<String> perl = List.of("perl", Path.of("target/classes/shim/tombolo-cni.pl").toAbsolutePath().toString());
        Ended added = Rig.call(perl, folder.resolve("cni.sock"), "tombolo", "ADD", "c1", container.path(), Rig.configuration("1.0.0", ""));
        assertEquals(0, added.status(), added.toString());
        assertEquals(CniError.EXISTS, Rig.call(perl, folder.resolve("cni.sock"), "tombolo", "ADD", "c1", container.path(), Rig.configuration("1.0.0", "")).code());
    }

    /** The cross-built program, where an emulator of its processor is at hand (qemu-user). */
    @Test
    void theArm64ProgramSaysTheSame() {
        Path program = Path.of("target/classes/shim/tombolo-cni.aarch64").toAbsolutePath();
        Optional<Path> emulator = Stream.of("/usr/bin/qemu-aarch64-static", "/usr/bin/qemu-aarch64").map(Path::of).filter(Files::isExecutable).findFirst();
        Assumptions.assumeTrue(Files.exists(program) && emulator.isPresent(), "skipped: no cross compiler built the shim for arm64, or there is no qemu-aarch64");
        List<String> emulated = List.of(emulator.get().toString(), program.toString());
        Ended added = Rig.call(emulated, folder.resolve("cni.sock"), "tombolo", "ADD", "c1", container.path(), Rig.configuration("1.0.0", ""));
        assertEquals(0, added.status(), added.toString());
        assertEquals(CniError.EXISTS, Rig.call(emulated, folder.resolve("cni.sock"), "tombolo", "ADD", "c1", container.path(), Rig.configuration("1.0.0", "")).code());
        assertEquals(new Ended(0, Json.Obj.EMPTY), Rig.call(emulated, folder.resolve("cni.sock"), "tombolo", "DEL", "c1", container.path(), Rig.configuration("1.0.0", "")));
        rig.node.close();
        Ended away = Rig.call(emulated, folder.resolve("cni.sock"), "tombolo", "ADD", "c1", container.path(), Rig.configuration("0.4.0", ""));
        assertEquals(CniError.TRY_AGAIN_LATER, away.code());
        assertEquals("0.4.0", away.result().text("cniVersion").orElse(""));
    }

    @Test
    void theSocketIsTheOwnersAlone() throws IOException {
        assertEquals("rw-------", java.nio.file.attribute.PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("cni.sock"))));
    }

    @Test
    void theShimIsSmall() throws IOException {
        assertTrue(Files.size(Path.of(Rig.shim().getLast())) < 100_000);
    }
}
