package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.endpoint.Bandwidth;
import tombolo.api.json.Json;
import tombolo.api.kernel.contract.Namespace;
import tombolo.cni.adapter.Rig.Ended;
import tombolo.cni.core.CniError;
import tombolo.dataplane.adapter.endpoint.KernelLimits;
import tombolo.dataplane.adapter.nat.KernelNat;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.runtime.json.JsonText;

/** Ports of the host and limits, from the program that a runtime executes to what the kernel has. */
class HostPartsTest {
    private static final String PORTS = ",\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":8080,\"containerPort\":80,\"protocol\":\"tcp\"},"
            + "{\"hostPort\":5353,\"containerPort\":53,\"protocol\":\"udp\",\"hostIP\":\"192.0.2.1\"}]}";
    @TempDir
    Path folder;
    private Rig rig;
    private Namespace container;
    private NftablesWriter writer;
    private KernelNat nat;
    private KernelLimits limits;

    @BeforeEach
    void start() throws IOException {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nft")), "skipped: the nft program (package nftables) is not installed");
        rig = new Rig(folder, 200);
        container = new Namespace();
        serve();
    }

    /** The services of gateway-dataplane, in the namespace that is the host here. */
    private void serve() {
        writer = new NftablesWriter(rig.netlink, Optional.of(rig.host.path()));
        nat = new KernelNat();
        nat.writer(writer);
        rig.node.nat(nat);
        limits = new KernelLimits(rig.netlink, Optional.of(rig.host.path()));
        rig.node.limits(limits);
        // Both are told on the node's own thread: the first ADD may come before.
        Rig.eventually(() -> !writer.status().unspoken().contains(tombolo.api.nftables.Owner.PORTS));
    }

    @AfterEach
    void stop() {
        writer.close();
        rig.close();
        container.close();
    }

    private String ruleset() {
        return Namespace.run(List.of("ip", "netns", "exec", rig.host.name(), "nft", "list", "ruleset"));
    }

    private String qdiscs() {
        return Namespace.run(List.of("tc", "-n", rig.host.name(), "qdisc", "show"));
    }

    private Ended add(String id, String more) {
        return rig.call("tombolo", "ADD", id, container.path(), Rig.configuration("1.1.0", more));
    }

    private static String withResult(String configuration, Json.Obj result) {
        return configuration.substring(0, configuration.length() - 1) + ",\"prevResult\":" + JsonText.line(result) + "}";
    }

    @Test
    void portsAreMappedWithTheAddAndGoWithTheDel() {
        Ended added = add("c1", PORTS);
        assertEquals(0, added.status(), added.toString());
        String rules = ruleset();
        assertTrue(rules.contains("tcp . 8080 comment \"c1/eth0\" : 10.65.0.1 . 80") && rules.contains("192.0.2.1 . udp . 5353 comment \"c1/eth0\" : 10.65.0.1 . 53"), rules);
        assertTrue(rules.contains("10.65.0.1 . 10.65.0.1"), "hairpin: " + rules);
        assertEquals(0, rig.call("tombolo", "CHECK", "c1", container.path(), withResult(Rig.configuration("1.1.0", PORTS), added.result())).status());
        assertEquals(new Ended(0, Json.Obj.EMPTY), rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.1.0", PORTS)));
        assertFalse(ruleset().contains("8080"), ruleset());
        assertEquals(new Ended(0, Json.Obj.EMPTY), rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.1.0", PORTS)), "twice is done as well");
    }

    @Test
    void aTakenPortIsItsOwnErrorAndNothingIsLeftOfTheAdd() {
        assertEquals(0, add("c1", PORTS).status());
        try (Namespace second = new Namespace()) {
            Ended refused = rig.call("tombolo", "ADD", "c2", second.path(), Rig.configuration("1.1.0", PORTS));
            assertEquals(CniError.PORT_TAKEN, refused.code(), refused.toString());
            assertTrue(refused.result().text("msg").orElse("").contains("8080/tcp") && refused.result().text("msg").orElse("").contains("c1"), refused.toString());
            assertFalse(second.ip("link").contains("eth0"));
            assertEquals(1, rig.pool.handles().size());
            assertEquals(1, rig.node.list().size());
            assertFalse(ruleset().contains("c2/eth0"));
            rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.1.0", PORTS));
            assertEquals(0, rig.call("tombolo", "ADD", "c2", second.path(), Rig.configuration("1.1.0", PORTS)).status());
        }
    }

    @Test
    void whatCannotBeDoneIsRefusedBeforeAnythingIsMade() {
        for (String wish : List.of(",\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":70000,\"containerPort\":80}]}",
                ",\"runtimeConfig\":{\"portMappings\":[{\"hostPort\":80,\"containerPort\":80,\"protocol\":\"icmp\"}]}",
                ",\"runtimeConfig\":{\"bandwidth\":{\"ingressRate\":1000}}", ",\"runtimeConfig\":{\"bandwidth\":{\"egressRate\":-1,\"egressBurst\":5}}",
                ",\"conditionsV4\":[\"-o\",\"eth7\"]" + PORTS)) {
            Ended refused = add("c1", wish);
            assertTrue(refused.code() == CniError.INVALID_CONFIGURATION || refused.code() == CniError.UNSUPPORTED_FIELD, wish + refused);
        }
        assertEquals(List.of(), rig.node.list());
        assertFalse(container.ip("link").contains("eth0"));
    }

    /** The example of portmap's own documentation. */
    @Test
    void conditionsOfAddressesAreRulesAndSurviveARestart() throws IOException {
        Ended added = add("c1", ",\"conditionsV4\":[\"!\",\"-d\",\"192.0.2.0/24\"],\"conditionsV6\":[\"!\",\"-d\",\"fc00::/7\"]" + PORTS);
        assertEquals(0, added.status(), added.toString());
        String rules = ruleset();
        assertTrue(rules.contains("ip daddr != 192.0.2.0/24 "), rules);
        rig.node.close();
        writer.close();
        rig.start();
        serve();
        Rig.eventually(() -> writer.status().elements() > 0);
        assertEquals(rules, ruleset());
        assertEquals(0, rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.1.0", PORTS)).status());
        assertFalse(ruleset().contains("192.0.2.0/24"), ruleset());
    }

    @Test
    void withoutTheServiceAnAddWithPortsIsToComeAgainAndOneWithoutIsServed() {
        rig.node.natGone(nat);
        assertEquals(CniError.TRY_AGAIN_LATER, add("c1", PORTS).code());
        assertEquals(List.of(), rig.node.list());
        assertEquals(0, add("c1", "").status());
    }

    @Test
    void aRestartTellsThePortsAgainAndForgetsThoseOfContainersThatAreGone() throws IOException {
        add("c1", PORTS);
        Namespace second = new Namespace();
        assertEquals(0, rig.call("tombolo", "ADD", "c2", second.path(), Rig.configuration("1.1.0", PORTS.replace("8080", "9090").replace("5353", "5454"))).status());
        String before = ruleset();
        rig.node.close();
        writer.close();
        assertEquals(before, ruleset(), "stopping leaves what is in force");
        rig.start();
        serve();
        Rig.eventually(() -> writer.status().elements() > 0);
        assertEquals(before, ruleset());
        assertEquals(0, writer.status().transactions());
        rig.node.close();
        writer.close();
        second.close();
        rig.start();
        serve();
        Rig.eventually(() -> !ruleset().contains("9090"));
        assertTrue(ruleset().contains("8080"));
        assertEquals(0, rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.1.0", PORTS)).status());
        assertFalse(ruleset().contains("8080"));
    }

    @Test
    void asPortmapBehindAForeignChainAndCollectedWithIt() {
        Json.Obj result = (Json.Obj) parse("{\"cniVersion\":\"1.1.0\",\"interfaces\":[{\"name\":\"br0\"},{\"name\":\"vethX\"},{\"name\":\"eth0\",\"sandbox\":\"" + container.path()
                + "\"}],\"ips\":[{\"address\":\"10.88.0.5/16\",\"interface\":2}]}");
        String configuration = "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"portmap\"" + PORTS + "}";
        Ended mapped = rig.call("portmap", "ADD", "c1", container.path(), withResult(configuration, result));
        assertEquals(0, mapped.status(), mapped.toString());
        assertEquals("10.88.0.5/16", ((Json.Obj) mapped.result().array("ips").getFirst()).text("address").orElse(""), "the result is handed on");
        assertTrue(ruleset().contains("10.88.0.0/16 . 10.88.0.5"), "who is on the bridge would be answered past the host: " + ruleset());
        assertEquals(0, rig.call("portmap", "DEL", "c1", container.path(), configuration).status());
        assertFalse(ruleset().contains("8080"));
        assertEquals(0, rig.call("portmap", "ADD", "c1", container.path(), withResult(configuration, result)).status());
        assertEquals(0, rig.call("portmap", "GC", "", "", configuration.substring(0, configuration.length() - 1) + ",\"cni.dev/valid-attachments\":[]}").status());
        assertFalse(ruleset().contains("8080"));
    }

    /** A list whose main plugin and whose portmap entry are both ours hands the ports to both. */
    @Test
    void aPortThatTheMainPluginAndThePortmapEntryAreBothGivenIsMappedOnce() {
        Ended added = add("c1", PORTS);
        assertEquals(0, added.status(), added.toString());
        String once = ruleset();
        String entry = "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"portmap\"" + PORTS + "}";
        Ended mapped = rig.call("portmap", "ADD", "c1", container.path(), withResult(entry, added.result()));
        assertEquals(0, mapped.status(), mapped.toString());
        assertEquals(added.result(), mapped.result());
        assertEquals(once, ruleset());
        assertEquals(0, rig.call("portmap", "DEL", "c1", container.path(), entry).status());
        assertEquals(0, rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.1.0", PORTS)).status());
        assertFalse(ruleset().contains("8080"), ruleset());
    }

    @Test
    void limitsAreTokenBucketsOnTheHostAndGoWithTheContainer() {
        needsIfb();
        Ended added = add("c1", ",\"runtimeConfig\":{\"bandwidth\":{\"ingressRate\":8000000,\"ingressBurst\":800000,\"egressRate\":16000000,\"egressBurst\":1600000}}");
        assertEquals(0, added.status(), added.toString());
        String shown = qdiscs();
        assertTrue(shown.lines().anyMatch(line -> line.contains("tbf") && line.contains("dev cali") && line.contains("rate 8Mbit")), shown);
        assertTrue(shown.lines().anyMatch(line -> line.contains("tbf") && line.contains("dev tmi-") && line.contains("rate 16Mbit")), shown);
        assertTrue(shown.lines().anyMatch(line -> line.contains("qdisc ingress") && line.contains("dev cali")), shown);
        rig.host.ip("addr add 10.0.0.1/32 dev lo");
        Namespace.run(List.of("ip", "netns", "exec", container.name(), "ping", "-c", "3", "-i", "0.05", "-W", "2", "10.0.0.1"));
        assertTrue(Namespace.run(List.of("tc", "-s", "-n", rig.host.name(), "qdisc", "show", "dev", device())).contains("tbf"));
        assertFalse(Namespace.run(List.of("tc", "-s", "-n", rig.host.name(), "qdisc", "show", "dev", device())).contains("Sent 0 bytes"), "what the container sends goes through the bucket");
        assertEquals(0, rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.1.0", "")).status());
        assertFalse(rig.host.ip("link").contains("tmi-"), rig.host.ip("link"));
    }

    /** CNI 1.1 §CHECK: an error where the container is not as the ADD left it. Each of these is what an operator's tc, or another program's, may have done. */
    @Test
    void aCheckSeesEachPartOfALimitThatIsNotAsItWasMade() {
        needsIfb();
        String wanted = ",\"runtimeConfig\":{\"bandwidth\":{\"ingressRate\":8000000,\"ingressBurst\":800000,\"egressRate\":16000000,\"egressBurst\":1600000}}";
        Ended added = add("c1", wanted);
        assertEquals(0, added.status(), added.toString());
        String configuration = withResult(Rig.configuration("1.1.0", wanted), added.result());
        assertEquals(new Ended(0, Json.Obj.EMPTY), rig.call("tombolo", "CHECK", "c1", container.path(), configuration));
        String host = rig.node.list().getFirst().hostInterface();
        String ifb = device();
        for (String change : List.of("qdisc change dev " + host + " root handle 1: tbf rate 9mbit burst 100000 limit 125000", "qdisc change dev " + host + " root handle 1: tbf rate 8mbit burst 90000 limit 125000",
                "qdisc del dev " + host + " root", "qdisc del dev " + ifb + " root", "qdisc del dev " + host + " ingress", "filter del dev " + host + " ingress")) {
            Namespace.run(List.of(("tc -n " + rig.host.name() + " " + change).split(" ")));
            differs(configuration, change);
            limitAgain(host);
        }
        rig.host.ip("link set " + ifb + " down");
        differs(configuration, "down");
        rig.host.ip("link del " + ifb);
        differs(configuration, "gone");
        limitAgain(host);
        assertEquals(0, rig.call("tombolo", "CHECK", "c1", container.path(), configuration).status());
    }

    private void differs(String configuration, String change) {
        Ended checked = rig.call("tombolo", "CHECK", "c1", container.path(), configuration);
        assertEquals(CniError.DIFFERS, checked.code(), change + ": " + checked);
        assertTrue(checked.result().text("details").orElse("").contains("what the container"), checked.toString());
        assertTrue(rig.node.explain(rig.node.list().getFirst().id()).orElseThrow().differences().stream().anyMatch(line -> line.contains("what the container")), change);
    }

    private void limitAgain(String host) {
        assertEquals(Optional.empty(), limits.limit(host, new Bandwidth(8_000_000, 800_000, 16_000_000, 1_600_000)));
    }

    /** A limit of one direction alone; the other's is then a difference as well. Rates and bursts that do not fit into 32 bits are told by the kernel in other ways. */
    @Test
    void aCheckKnowsLimitsOfOneDirectionAndVeryLargeOnes() {
        for (String wish : List.of("\"ingressRate\":8000000,\"ingressBurst\":800000", "\"ingressRate\":80000000000,\"ingressBurst\":8000000000",
                "\"ingressRate\":1000,\"ingressBurst\":34359738360")) {
            String wanted = ",\"runtimeConfig\":{\"bandwidth\":{" + wish + "}}";
            Ended added = add("c1", wanted);
            assertEquals(0, added.status(), added.toString());
            String configuration = withResult(Rig.configuration("1.1.0", wanted), added.result());
            assertEquals(new Ended(0, Json.Obj.EMPTY), rig.call("tombolo", "CHECK", "c1", container.path(), configuration), wish);
            rig.node.limitsGone(limits);
            assertEquals(CniError.TRY_AGAIN_LATER, rig.call("tombolo", "CHECK", "c1", container.path(), configuration).code(), "nobody can look");
            rig.node.limits(limits);
            assertEquals(0, rig.call("tombolo", "DEL", "c1", container.path(), configuration).status());
        }
    }

    @Test
    void aStartPutsALimitRightThatIsNotAsItWasMade() {
        assertEquals(0, add("c1", ",\"runtimeConfig\":{\"bandwidth\":{\"ingressRate\":8000000,\"ingressBurst\":800000}}").status());
        String host = rig.node.list().getFirst().hostInterface();
        rig.node.limitsGone(limits);
        Namespace.run(List.of("tc", "-n", rig.host.name(), "qdisc", "del", "dev", host, "root"));
        rig.node.limits(limits);
        Rig.eventually(() -> qdiscs().contains("rate 8Mbit"));
        assertEquals(List.of(), rig.node.explain(rig.node.list().getFirst().id()).orElseThrow().differences());
    }

    private void needsIfb() {
        try {
            rig.host.ip("link add tmbt-ifb type ifb");
            rig.host.ip("link del tmbt-ifb");
        } catch (IllegalStateException e) {
            Assumptions.abort("skipped: this kernel has no ifb: " + e.getMessage());
        }
    }

    /** Calico's list has the reference's bandwidth plugin behind portmap; its limits may also stand in the list. */
    @Test
    void asTheBandwidthPluginOfAListItLimitsWhateverInterfaceThereIs() {
        Ended added = add("c1", PORTS);
        assertEquals(0, added.status(), added.toString());
        String entry = "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"bandwidth\",\"capabilities\":{\"bandwidth\":true}}";
        assertEquals(added, rig.call("bandwidth", "ADD", "c1", container.path(), withResult(entry, added.result())), "without limits it hands the result on");
        String limited = entry.replace("\"capabilities\"", "\"runtimeConfig\":{\"bandwidth\":{\"ingressRate\":8000000,\"ingressBurst\":800000}},\"capabilities\"");
        assertEquals(added, rig.call("bandwidth", "ADD", "c1", container.path(), withResult(limited, added.result())));
        assertTrue(qdiscs().lines().anyMatch(line -> line.contains("tbf") && line.contains("dev cali") && line.contains("rate 8Mbit")), qdiscs());
        assertTrue(ruleset().contains("8080"), "the ports stay");
        assertEquals(0, rig.call("bandwidth", "CHECK", "c1", container.path(), withResult(limited, added.result())).status());
        assertEquals(0, rig.call("bandwidth", "ADD", "c1", container.path(), withResult(entry.replace("\"capabilities\"", "\"ingressRate\":16000000,\"ingressBurst\":800000,\"capabilities\""),
                added.result())).status());
        assertTrue(qdiscs().contains("rate 16Mbit"), qdiscs());
        assertEquals(CniError.UNSUPPORTED_FIELD, rig.call("bandwidth", "ADD", "c1", container.path(), withResult(entry.replace("\"capabilities\"",
                "\"unshapedSubnets\":[\"10.0.0.0/8\"],\"capabilities\""), added.result())).code());
        assertEquals(0, rig.call("bandwidth", "DEL", "c1", container.path(), entry).status());
        assertFalse(qdiscs().contains("tbf"), qdiscs());
        assertEquals(0, rig.call("bandwidth", "STATUS", "", "", entry).status());
    }

    private String device() {
        return rig.host.ip("-o link show type ifb").lines().findFirst().orElse("").split(": ")[1];
    }

    private static Json parse(String text) {
        try {
            return JsonText.parse(text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonText.Malformed e) {
            throw new IllegalStateException(e);
        }
    }
}
