package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.kernel.contract.Namespace;
import tombolo.cni.adapter.Rig.Ended;
import tombolo.cni.core.CniError;

/**
 * Addresses of another IPAM plugin. Its part is played by {@code cat}: it answers what it is given, so that a configuration with {@code ips} is its own result; and by
 * {@code false}, which fails without a word.
 */
class ForeignIpamTest {
    @TempDir
    Path folder;
    private Rig rig;
    private Namespace container;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig(folder, 10);
        container = new Namespace();
        Files.createSymbolicLink(folder.resolve("giver"), Path.of("/bin/cat"));
        Files.createSymbolicLink(folder.resolve("refuser"), Path.of("/bin/false"));
    }

    @AfterEach
    void stop() {
        rig.close();
        container.close();
    }

    private static String network(String ipam, String more) {
        return "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"tombolo\",\"ipam\":{\"type\":\"" + ipam + "\"}" + more + "}";
    }

    private Ended call(String command, String network) {
        return rig.call("tombolo", command, "c1", container.path(), network, "CNI_PATH", "/nowhere:" + folder);
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("data/foreign"))) {
            return files.toList();
        }
    }

    @Test
    void itsAddressIsTheContainersAndIsGivenBackToIt() throws IOException {
        String network = network("giver", ",\"ips\":[{\"address\":\"10.9.0.5/24\"}]");
        Ended added = call("ADD", network);
        assertEquals(0, added.status(), added.toString());
        assertTrue(container.ip("addr show eth0").contains("10.9.0.5/32"), container.ip("addr"));
        assertEquals(List.of(), rig.pool.handles(), "the cluster's pools are not asked");
        assertEquals(1, kept().size());
        assertEquals(0, call("DEL", network).status());
        assertEquals(List.of(), kept());
        assertEquals(List.of(), rig.node.list());
    }

    @Test
    void itsRefusalAndItsAbsenceAreErrorsThatNameItAndLeaveNothing() throws IOException {
        for (String ipam : List.of("refuser", "not-there", "giver")) { // the last one's answer has no address here
            Ended refused = call("ADD", network(ipam, ""));
            assertEquals(CniError.NO_ADDRESS, refused.code(), refused.toString());
            assertTrue(refused.result().text("msg").orElse("").contains(ipam), refused.toString());
            assertEquals(List.of(), rig.node.list());
            assertFalse(rig.host.ip("link").contains("cali"));
        }
        assertEquals(CniError.NO_ADDRESS, call("ADD", network("../cat", "")).code(), "a path is no name");
    }

    /** Calico's plugin asks Kubernetes and puts the answer in its place. */
    @Test
    void aSubnetThatOnlyKubernetesKnowsIsRefusedByItsNameAndNotHandedOn() throws IOException {
        String answers = "},\"ips\":[{\"address\":\"10.9.0.5/24\"}],\"unknown\":{\"key\":\"";
        for (String subnet : List.of("\",\"subnet\":\"usePodCidr\"", "\",\"ranges\":[[{\"subnet\":\"10.9.0.0/24\"}],[{\"subnet\":\"UsePodCidrIPv6\"}]]")) {
            Ended refused = call("ADD", network("giver" + subnet + answers, ""));
            assertEquals(CniError.UNSUPPORTED_FIELD, refused.code(), refused.toString());
            assertTrue(refused.result().text("msg").orElse("").toLowerCase(Locale.ROOT).contains("usepodcidr"), refused.toString());
            assertEquals(List.of(), kept());
        }
        assertEquals(0, call("ADD", network("giver\",\"subnet\":\"10.9.0.0/24\"" + answers, "")).status());
    }

    @Test
    void aDelThatItRefusesIsTriedAgainAndTheRuntimeIsNotHeldUp() throws IOException {
        String network = network("giver", ",\"ips\":[{\"address\":\"10.9.0.5/24\"}]");
        assertEquals(0, call("ADD", network).status());
        Files.delete(folder.resolve("giver"));
        assertEquals(0, call("DEL", network).status());
        assertFalse(rig.host.ip("link").contains("cali"));
        assertEquals(1, rig.node.status().releasing());
        Files.createSymbolicLink(folder.resolve("giver"), Path.of("/bin/cat"));
        rig.node.close();
        rig.start();
        Rig.eventually(() -> rig.node.status().releasing() == 0);
        assertEquals(List.of(), kept());
    }

    /** CNI 1.1 §STATUS: "it must also execute a STATUS request to that plugin"; and the same for GC. */
    @Test
    void statusAndGcAreItsToo() throws IOException {
        String late = ",\"cni.dev/valid-attachments\":[]";
        for (String command : List.of("STATUS", "GC")) {
            assertEquals(0, call(command, network("giver", late).replace("1.0.0", "1.1.0")).status());
            for (String ipam : List.of("refuser", "not-there")) {
                Ended refused = call(command, network(ipam, late).replace("1.0.0", "1.1.0"));
                assertEquals(command.equals("STATUS") ? CniError.NOT_AVAILABLE : CniError.TRY_AGAIN_LATER, refused.code(), refused.toString());
                assertTrue(refused.toString().contains(ipam), refused.toString());
            }
            says("older", "{\"code\":4,\"msg\":\"unknown CNI_COMMAND: " + command + "\"}");
            assertEquals(0, call(command, network("older", late).replace("1.0.0", "1.1.0")).status(), "a plugin of before 1.1.0");
        }
        says("limited", "{\"code\":51,\"msg\":\"its server is away\",\"details\":\"start it\"}");
        Ended limited = call("STATUS", network("limited", "").replace("1.0.0", "1.1.0"));
        assertEquals(CniError.LIMITED_CONNECTIVITY, limited.code(), limited.toString());
        assertTrue(limited.toString().contains("its server is away"), limited.toString());
        assertEquals(0, rig.call("portmap", "GC", "", "", network("refuser", late).replace("1.0.0", "1.1.0").replace("tombolo", "portmap"), "CNI_PATH", folder.toString()).status());
    }

    /** A plugin that answers so and fails. Another process writes it: a child that this one forks meanwhile would hold it open for writing, and the kernel answer ETXTBSY. */
    private void says(String name, String answer) throws IOException {
        Path text = folder.resolve(name + ".txt");
        Files.writeString(text, "#!/bin/sh\ncat > /dev/null\necho '" + answer + "'\nexit 1\n");
        Namespace.run(List.of("install", "-m", "700", text.toString(), folder.resolve(name).toString()));
    }

    /** The reference's own, where the package containernetworking-plugins is installed. */
    @Test
    void hostLocalGivesAndTakesBack() {
        Path program = Path.of("/usr/lib/cni/host-local");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isExecutable(program), "skipped: " + program + " is not installed; ./gateway test installs it");
        String network = "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"tombolo\",\"ipam\":{\"type\":\"host-local\",\"dataDir\":\"" + folder.resolve("host-local")
                + "\",\"ranges\":[[{\"subnet\":\"10.9.0.0/24\"}],[{\"subnet\":\"2001:db8:9::/64\"}]]}}";
        Ended added = rig.call("tombolo", "ADD", "c1", container.path(), network, "CNI_PATH", "/usr/lib/cni");
        assertEquals(0, added.status(), added.toString());
        assertTrue(container.ip("addr show eth0").contains("10.9.0.2/32") && container.ip("addr show eth0").contains("2001:db8:9::2/128"), container.ip("addr"));
        assertEquals(List.of(), rig.node.explain(new tombolo.api.endpoint.EndpointId("c1", "eth0")).orElseThrow().differences(), "both families, though one was expected");
        assertTrue(Files.exists(folder.resolve("host-local/net/10.9.0.2")));
        assertEquals(0, rig.call("tombolo", "DEL", "c1", container.path(), network, "CNI_PATH", "/usr/lib/cni").status());
        assertFalse(Files.exists(folder.resolve("host-local/net/10.9.0.2")));
        assertEquals(Optional.empty(), rig.node.get(new tombolo.api.endpoint.EndpointId("c1", "eth0")));
    }
}
