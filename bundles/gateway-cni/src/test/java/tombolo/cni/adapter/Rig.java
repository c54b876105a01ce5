package tombolo.cni.adapter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import tombolo.api.config.CniSettings;
import tombolo.api.json.Json;
import tombolo.api.kernel.contract.Namespace;
import tombolo.dataplane.adapter.endpoint.KernelEndpoints;
import tombolo.linux.adapter.LinuxNamespaces;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.runtime.json.JsonText;

/** A node that serves runtimes: the real server, kernel and shim, a namespace as its host, addresses from memory. */
final class Rig implements AutoCloseable {
    final Namespace host = new Namespace();
    final Pool pool;
    final Path folder;
    final LinuxNetlink netlink = new LinuxNetlink();
    final KernelEndpoints kernel;
    /** The cluster's, which outlive the node. */
    final FakeResources resources = new FakeResources();
    CniNode node;
    /** Which start of the machine the next node finds. */
    String boot = "boot-1";
    String nodeName = "node-1";

    /** What the shim printed and how it ended. */
    record Ended(int status, Json.Obj result) {
        int code() {
            return (int) result.integer("code").orElse(0);
        }
    }

    Rig(Path folder, int addresses) throws IOException {
        this.folder = folder;
        pool = new Pool(addresses);
        kernel = new KernelEndpoints(netlink, new LinuxNamespaces(netlink), Optional.of(host.path()));
        start();
    }

    void start() throws IOException {
        start(true);
    }

    /** @param complete else gateway-dataplane comes later: {@link #complete} */
    void start(boolean complete) throws IOException {
        node = new CniNode(folder.resolve("data"), folder.resolve("net.d"), boot);
        node.resources(resources);
        if (complete) {
            node.kernel(kernel);
        }
        node.addresses(pool);
        rename(nodeName);
        eventually(() -> node.status().socket().isPresent());
    }

    /** With the settings otherwise as they are. */
    void rename(String name) {
        nodeName = name;
        node.settings(nodeName, new CniSettings(true, folder.resolve("cni.sock").toString(), "cali", OptionalInt.of(1400)));
    }

    /** Answers when what an earlier life left is compared with the kernel. */
    void complete() {
        node.kernel(kernel);
        node.addressesGone(); // taken on behind the look, whose end is seen by it
        eventually(() -> node.status().missing().stream().anyMatch(one -> one.contains("gateway-ipam")));
        node.addresses(pool);
        eventually(() -> node.status().missing().isEmpty());
    }

    /** Runs the real shim under a plugin's name. */
    Ended call(String plugin, String command, String container, String netns, String configuration, String... more) {
        return call(shim(), folder.resolve("cni.sock"), plugin, command, container, netns, configuration, more);
    }

    static Ended call(List<String> program, Path socket, String plugin, String command, String container, String netns, String configuration, String... more) {
        try {
            Path named = Files.createDirectories(Files.createTempDirectory("tmbt-cni")).resolve(plugin);
            // a link and no copy: what another call forks at this moment would hold the copy open for writing, and the kernel answers ETXTBSY
            Files.createSymbolicLink(named, Path.of(program.getLast()).toAbsolutePath());
            ProcessBuilder builder = new ProcessBuilder(program.size() == 1 ? List.of(named.toString()) : List.of(program.getFirst(), named.toString()));
            builder.environment().putAll(Map.of("TOMBOLO_CNI_SOCKET", socket.toString(), "CNI_COMMAND", command, "CNI_CONTAINERID", container, "CNI_IFNAME", "eth0",
                    "CNI_PATH", "/opt/cni/bin"));
            if (!netns.isEmpty()) {
                builder.environment().put("CNI_NETNS", netns);
            }
            for (int i = 0; i < more.length; i += 2) {
                builder.environment().put(more[i], more[i + 1]);
            }
            Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
            process.getOutputStream().write(configuration.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            byte[] output = process.getInputStream().readAllBytes();
            int status = process.waitFor();
            Files.delete(named);
            Files.delete(named.getParent());
            return new Ended(status, output.length == 0 ? Json.Obj.EMPTY : (Json.Obj) JsonText.parse(output));
        } catch (IOException | JsonText.Malformed e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static List<String> shim() {
        String processor = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        Path program = Path.of("target/classes/shim/tombolo-cni." + processor).toAbsolutePath();
        Assumptions.assumeTrue(Files.exists(program), "skipped: no C compiler built the shim");
        return List.of(program.toString());
    }

    static String configuration(String version, String more) {
        return "{\"cniVersion\":\"" + version + "\",\"name\":\"net\",\"type\":\"tombolo\",\"ipam\":{\"type\":\"tombolo-ipam\"}" + more + "}";
    }

    static void eventually(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            Assertions.assertTrue(System.nanoTime() - deadline < 0, "not within 20 s");
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() {
        node.close();
        kernel.close();
        netlink.close();
        host.close();
    }
}
