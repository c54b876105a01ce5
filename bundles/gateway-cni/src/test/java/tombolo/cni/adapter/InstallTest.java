package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.json.Json;
import tombolo.runtime.json.JsonText;

/** What is put where container runtimes look. */
class InstallTest {
    @TempDir
    Path folder;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private int install(String processor, String... more) {
        List<String> arguments = new ArrayList<>(List.of("--bin-dir", folder.resolve("bin").toString(), "--conf-dir", folder.resolve("net.d").toString()));
        arguments.addAll(List.of(more));
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        return Install.run(arguments, processor, out, out);
    }

    @Test
    void theProgramIsExecutableUnderEachNameAndTheNetworkIsReadable() throws Exception {
        assertEquals(0, install("amd64", "--as", "calico,calico-ipam"));
        for (String name : List.of("tombolo", "calico", "calico-ipam")) {
            assertTrue(Files.isExecutable(folder.resolve("bin").resolve(name)), name);
        }
        Json.Obj network = (Json.Obj) JsonText.parse(Files.readAllBytes(folder.resolve("net.d/10-tombolo.conflist")));
        assertEquals(1, network.array("plugins").size());
        assertEquals(0, install("amd64"), "again: an upgrade");
    }

    /** Those of calico's lists and of the Azure CNI's. */
    @Test
    void everyNameThatAListExecutesCanBeAnsweredTo() {
        List<String> names = List.of("calico", "calico-ipam", "azure-vnet", "azure-vnet-ipam", "azure-vnet-ipamv6", "azure-cns", "azure-ipam", "portmap", "bandwidth");
        assertEquals(0, install("amd64", "--as", String.join(",", names)), said.toString(StandardCharsets.UTF_8));
        assertTrue(names.stream().allMatch(name -> Files.isExecutable(folder.resolve("bin").resolve(name))));
    }

    @Test
    void aForeignProgramIsLeftAloneAndNothingIsInstalled() throws IOException {
        Files.createDirectories(folder.resolve("bin"));
        Files.writeString(folder.resolve("bin/portmap"), "somebody else's");
        assertEquals(1, install("amd64", "--as", "calico,portmap"));
        assertEquals("somebody else's", Files.readString(folder.resolve("bin/portmap")));
        assertFalse(Files.exists(folder.resolve("bin/calico")));
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("TMB-CNI-046"));
    }

    @Test
    void aNetworkThatIsThereIsKept() throws IOException {
        Files.createDirectories(folder.resolve("net.d"));
        Files.writeString(folder.resolve("net.d/10-tombolo.conflist"), "mine");
        assertEquals(0, install("amd64"));
        assertEquals("mine", Files.readString(folder.resolve("net.d/10-tombolo.conflist")));
    }

    @Test
    void anotherProcessorGetsThePerlVersion() throws IOException {
        assertEquals(0, install("riscv64"));
        assertTrue(Files.readString(folder.resolve("bin/tombolo")).startsWith("#!/usr/bin/perl"));
        assertEquals(0, install("amd64"), "the perl version is ours too");
    }

    @Test
    void whatIsNoOptionAndNoNameIsAWrongCall() {
        assertEquals(2, install("amd64", "--nonsense", "1"));
        assertEquals(2, install("amd64", "--as", "flannel"));
        assertEquals(2, install("amd64", "--as"));
        assertEquals(2, install("amd64", "--as="));
        assertEquals(2, install("amd64", "now"));
        assertEquals(2, install("amd64", "--bin-dir", "--conf-dir"), "an option is no folder");
        assertEquals(2, install("amd64", "--conf-dir", ""), "nor is nothing, which would be where one stands");
        assertEquals(2, install("amd64", "--as", "calico,,portmap"));
        assertFalse(Files.exists(folder.resolve("bin")));
    }
}
