package tombolo.azure.cni.adapter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import tombolo.api.config.AzureCniSettings;
import tombolo.api.config.CniSettings;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointExport;
import tombolo.api.endpoint.EndpointPolicy;
import tombolo.api.json.Json;
import tombolo.api.kernel.contract.Namespace;
import tombolo.azure.cni.core.BridgeMode;
import tombolo.azure.cni.core.EndpointState;
import tombolo.azure.cni.core.TransparentMode;
import tombolo.cni.adapter.CniNode;
import tombolo.dataplane.adapter.endpoint.KernelEndpoints;
import tombolo.dataplane.adapter.nat.KernelNat;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.linux.adapter.LinuxNamespaces;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.runtime.json.JsonText;

/** A node as runtimes see it: the real shim, server and kernel, a namespace as its host with an uplink into a VNET of one other machine, Azure's services faked. */
final class AzureRig implements AutoCloseable {
    private final List<Namespace> opened = new ArrayList<>();
    final FakeAzure azure = new FakeAzure();
    final Path folder;
    final String host = namespace();
    final String vnet = namespace();
    private final LinuxNetlink netlink = new LinuxNetlink();
    final KernelEndpoints kernel = new KernelEndpoints(netlink, new LinuxNamespaces(netlink), Optional.of("/run/netns/" + host));
    BridgeMode bridge;
    private final Optional<String> uplink;
    CniNode node;
    AzureNode azureNode;
    /** For a request to Azure, from the next start on. */
    Duration limit = Duration.ofSeconds(5);
    private NftablesWriter writer;

    /** What the shim printed and how it ended. */
    record Ended(int status, Json.Obj result) {
        int code() {
            return (int) result.integer("code").orElse(0);
        }

        String address() {
            return ((Json.Obj) result.array("ips").getFirst()).text("address").orElse("");
        }
    }

    AzureRig(Path folder, Optional<String> uplink) throws IOException {
        this.folder = folder;
        this.uplink = uplink;
        this.bridge = new BridgeMode("azure0", uplink, false);
        run("ip -n " + host + " link add up0 type veth peer name eth0 netns " + vnet);
        run("ip -n " + host + " addr add 10.240.0.4/16 dev up0");
        run("ip -n " + host + " link set up0 up");
        run("ip -n " + host + " route add default via 10.240.0.1");
        run("ip -n " + vnet + " addr add 10.240.0.1/16 dev eth0");
        run("ip -n " + vnet + " link set eth0 up");
        run("ip netns exec " + host + " sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0");
        // Azure delivers by address, without ARP: whatever is not the gateway's lies behind the machine.
        for (int i = 5; i < 10; i++) {
            run("ip -n " + vnet + " route add 10.240.0." + i + " via 10.240.0.4");
            run("ip -n " + vnet + " route add 10.241.0." + i + " via 10.240.0.4");
        }
        start();
    }

    void start() throws IOException {
        azureNode = new AzureNode(folder.resolve("azure"), "boot-1");
        node = new CniNode(folder.resolve("data"));
        node.resources(new TakingResources());
        node.add(new TransparentMode());
        node.add(bridge);
        node.add(new EndpointExport() {
            @Override
            public String plugin() {
                return "azure-vnet";
            }

            @Override
            public Json.Obj export(List<Endpoint> endpoints, String nic, long nowMillis) {
                TransparentMode transparent = new TransparentMode();
                return EndpointState.of(endpoints, Map.of("transparent", transparent, "bridge", bridge), nic, nowMillis);
            }
        });
        settings(AzureCniSettings.Mode.IN_AZURE, limit);
        writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + host));
        KernelNat nat = new KernelNat();
        nat.writer(writer);
        azureNode.nat(Optional.of(nat));
        node.kernel(kernel);
        node.addresses(azureNode.vnet());
        node.addresses(azureNode.cns());
        eventually(() -> node.status().socket().isPresent() && node.status().missing().isEmpty());
    }

    void stop() {
        node.close();
        azureNode.close();
        writer.close();
    }

    /** Every ADD waits for its policy from here on. */
    void requirePolicy(EndpointPolicy policy) {
        node.settings("node-1", new CniSettings(true, folder.resolve("cni.sock").toString(), "cali", OptionalInt.of(1400), CniSettings.Policy.REQUIRED),
                settings(azure, AzureCniSettings.Mode.IN_AZURE, Duration.ofSeconds(5), uplink).foreignTypes());
        eventually(() -> !node.status().missing().isEmpty());
        bridge = new BridgeMode("azure0", uplink, true);
        node.add(bridge);
        node.policy(policy);
        eventually(() -> node.status().missing().isEmpty());
    }

    void settings(AzureCniSettings.Mode mode, Duration timeout) {
        AzureCniSettings settings = settings(azure, mode, timeout, uplink);
        azureNode.settings(settings);
        node.settings("node-1", new CniSettings(true, folder.resolve("cni.sock").toString(), "cali", OptionalInt.of(1400)), settings.foreignTypes());
    }

    static AzureCniSettings settings(FakeAzure azure, AzureCniSettings.Mode mode, Duration timeout, Optional<String> uplink) {
        return new AzureCniSettings(mode, AzureCniSettings.Source.WIRESERVER, azure.url() + "/machine/plugins?comp=nmagent&type=getinterfaceinfov1",
                azure.url() + "/metadata/instance/network?api-version=2021-02-01", "/nonexistent", azure.url(), Duration.ofSeconds(3600), timeout, List.of(), "azure0", uplink);
    }

    /** A container's namespace. */
    String container() {
        return namespace();
    }

    private String namespace() {
        Namespace one = new Namespace();
        opened.add(one);
        return one.name();
    }

    /** Runs the real shim under a plugin's name, as a runtime does. */
    Ended call(String plugin, String command, String id, String namespace, String pod, String configuration) {
        Path program = Path.of("../../bundles/gateway-cni/target/classes/shim/tombolo-cni." + (System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch")));
        Assumptions.assumeTrue(Files.exists(program), "skipped: no C compiler built the shim");
        try {
            Path named = Files.createTempDirectory("tmbt-cni").resolve(plugin);
            Files.createSymbolicLink(named, program.toRealPath()); // no copy: what a neighbour forks would hold it open for writing (ETXTBSY)
            ProcessBuilder builder = new ProcessBuilder(named.toString());
            builder.environment().putAll(Map.of("TOMBOLO_CNI_SOCKET", folder.resolve("cni.sock").toString(), "CNI_COMMAND", command, "CNI_CONTAINERID", id, "CNI_IFNAME", "eth0",
                    "CNI_PATH", "/opt/cni/bin", "CNI_NETNS", namespace.isEmpty() ? "" : "/run/netns/" + namespace));
            if (!pod.isEmpty()) {
                builder.environment().put("CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAMESPACE=web;K8S_POD_NAME=" + pod);
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

    static void eventually(BooleanSupplier condition) {
        long deadline = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            Assertions.assertTrue(System.nanoTime() - deadline < 0, "not within 20 s");
            LockSupport.parkNanos(2_000_000);
        }
    }

    static String run(String words) {
        return Namespace.run(Arrays.asList(words.split(" ")));
    }

    @Override
    public void close() {
        stop();
        kernel.close();
        netlink.close();
        azure.close();
        opened.forEach(Namespace::close);
    }
}
