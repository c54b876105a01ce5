package tombolo.fabric.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.bgp.NodeBlocks.Holdings;
import tombolo.api.config.ConfigEntry;
import tombolo.api.config.ConfigProblem;
import tombolo.api.config.Configuration;
import tombolo.api.config.Contribution;
import tombolo.api.config.Settings;
import tombolo.api.json.Json;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.overlay.TunnelMac;
import tombolo.api.resource.Node;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.Resources;
import tombolo.config.core.ConfigFiles;
import tombolo.resources.core.Decoder;
import tombolo.runtime.json.JsonText;

class FabricTest {
    /** Resources in memory, told as the service tells them. */
    private static final class Store implements Resources {
        private final Map<ResourceId, Resource> resources = new TreeMap<>();
        private final List<ResourceListener> listeners = new ArrayList<>();
        private long revision;

        @Override
        public synchronized Optional<Resource> get(ResourceId id) {
            return Optional.ofNullable(resources.get(id));
        }

        @Override
        public synchronized List<Resource> list(String kind, Optional<String> namespace) {
            return resources.values().stream().filter(resource -> resource.id().kind().equals(kind)).toList();
        }

        @Override
        public synchronized WriteOutcome write(Verb verb, Json.Obj document) {
            Decoder.Decoded decoded = Decoder.decode(document, ++revision);
            if (!(decoded instanceof Decoder.Decoded.Good(Resource resource, List<String> unknown))) {
                return new WriteOutcome.Refused(((Decoder.Decoded.Bad) decoded).problems());
            }
            if (verb == Verb.CREATE && resources.containsKey(resource.id())) {
                return new WriteOutcome.Refused(List.of(new Problem("", "TMB-RES-040 exists")));
            }
            resources.put(resource.id(), resource);
            listeners.forEach(listener -> listener.changed(new ResourceListener.Changes(false, List.of(resource), List.of())));
            return new WriteOutcome.Done(resource, true);
        }

        @Override
        public synchronized WriteOutcome delete(ResourceId id, Optional<Long> at) {
            throw new UnsupportedOperationException();
        }

        @Override
        public synchronized Subscription subscribe(Set<String> kinds, ResourceListener listener) {
            listener.changed(new ResourceListener.Changes(true, List.copyOf(resources.values()), List.of()));
            listeners.add(listener);
            return () -> {
                synchronized (this) {
                    listeners.remove(listener);
                }
            };
        }

        void put(String text) throws JsonText.Malformed {
            WriteOutcome outcome = write(Verb.APPLY, (Json.Obj) JsonText.parse(text.replace('\'', '"')));
            assertTrue(outcome instanceof WriteOutcome.Done, outcome.toString());
        }
    }

    private record Etc(Settings ofFiles) implements Configuration {
        @Override
        public Settings settings() {
            return ofFiles;
        }

        @Override
        public List<ConfigProblem> problems() {
            return List.of();
        }

        @Override
        public List<ConfigEntry> entries() {
            return List.of();
        }
    }

    private static final Holdings BLOCKS = new Holdings(Set.of(Prefix.parse("10.65.0.0/26")), Set.of());

    @TempDir Path data;
    private final Store store = new Store();
    private final List<Contribution> offered = new CopyOnWriteArrayList<>();
    private Fabric fabric = new Fabric(Path.of("/nonexistent"));

    @BeforeEach
    void start() {
        fabric.close();
        fabric = new Fabric(data);
    }

    @AfterEach
    void stop() {
        fabric.close();
    }

    private static Settings settings(String bgp) {
        return ConfigFiles.read(Map.of("tombolo.node.cfg", new ConfigFiles.Content.Text("name = a\nipv4-address = 10.0.0.1/24\n"),
                "tombolo.bgp.cfg", new ConfigFiles.Content.Text(bgp)), Map.of(), "h", "/etc").settings();
    }

    private static void within(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not so within 20 s");
            LockSupport.parkNanos(5_000_000);
        }
    }

    private boolean last(String... words) {
        return !offered.isEmpty() && java.util.Arrays.stream(words).allMatch(offered.getLast().parts().toString()::contains);
    }

    private void connect(String bgp) {
        Settings settings = settings(bgp);
        fabric.configurationCame(new Etc(settings));
        fabric.settingsChanged(settings);
        fabric.contributionsCame(offered::add);
        fabric.resourcesCame(store);
    }

    @Test
    void aNodeAppearsInItsClusterPeersWithTheOthersAndAdvertisesItsBlocks() throws JsonText.Malformed {
        store.put("{'apiVersion':'projectcalico.org/v3','kind':'Node','metadata':{'name':'b'},'spec':{'bgp':{'ipv4Address':'10.0.0.2/24'}}}");
        store.put("{'apiVersion':'projectcalico.org/v3','kind':'IPPool','metadata':{'name':'p'},'spec':{'cidr':'10.65.0.0/16'}}");
        connect("as = 65001\nrouter-id = 10.0.0.1\n");
        within(() -> store.get(ResourceId.of("Node", "a")).isPresent());
        Node.Bgp mine = ((Node) store.get(ResourceId.of("Node", "a")).orElseThrow().spec()).bgp().orElseThrow();
        assertEquals("10.0.0.1/24", mine.ipv4Address().orElseThrow().toString());
        assertEquals(65001, mine.asNumber().orElseThrow().value());
        within(() -> last("Mesh_10_0_0_2", "multihop-ttl=255"));
        fabric.holds(BLOCKS);
        within(() -> last("block-10.65.0.0-26"));
        fabric.holds(Holdings.NONE);
        within(() -> !last("block-10.65.0.0-26"));
    }

    @Test
    void aPoolWithTunnelsGivesTheNodeATunnelAddressAndTakesItBack() throws JsonText.Malformed {
        FewAddresses ipam = new FewAddresses();
        String pool = "{'apiVersion':'projectcalico.org/v3','kind':'IPPool','metadata':{'name':'p'},'spec':{'cidr':'10.65.0.0/16','vxlanMode':'Always'}}";
        store.put(pool);
        connect("");
        fabric.ipamCame(ipam);
        within(() -> mine().flatMap(Node::ipv4VxlanTunnelAddr).filter(IpAddress.parse("10.65.0.0")::equals).isPresent());
        assertEquals(TunnelMac.of("a", AddressFamily.IPV4).toString(), mine().orElseThrow().vxlanTunnelMacAddr().orElseThrow());
        fabric.ipamWent(ipam);
        store.put(pool.replace("Always", "Never"));
        fabric.ipamCame(ipam);
        within(() -> mine().orElseThrow().ipv4VxlanTunnelAddr().isEmpty());
        assertEquals(List.of(), ipam.held);
    }

    private Optional<Node> mine() {
        return store.get(ResourceId.of("Node", "a")).map(resource -> (Node) resource.spec());
    }

    @Test
    void theBlocksAreAdvertisedAfterARestartBeforeSomebodyTellsThemAgain() throws JsonText.Malformed {
        store.put("{'apiVersion':'projectcalico.org/v3','kind':'IPPool','metadata':{'name':'p'},'spec':{'cidr':'10.65.0.0/16'}}");
        connect("");
        fabric.holds(BLOCKS);
        within(() -> last("block-10.65.0.0-26"));
        fabric.close();
        fabric = new Fabric(data);
        offered.clear();
        connect("");
        within(() -> !offered.isEmpty());
        assertTrue(last("block-10.65.0.0-26"), offered.toString());
        assertEquals(1, offered.size());
    }

    @Test
    void nothingIsSaidBeforeTheResourcesHaveBeenHeardAndNothingIsTakenBackWhenTheyGo() throws JsonText.Malformed {
        fabric.settingsChanged(settings(""));
        fabric.contributionsCame(offered::add);
        fabric.holds(BLOCKS);
        store.put("{'apiVersion':'projectcalico.org/v3','kind':'IPPool','metadata':{'name':'p'},'spec':{'cidr':'10.65.0.0/16'}}");
        assertEquals(List.of(), offered);
        fabric.resourcesCame(store);
        within(() -> last("block-10.65.0.0-26"));
        fabric.resourcesWent(store);
        fabric.settingsChanged(settings("as = 65001\nrouter-id = 10.0.0.1\n"));
        within(() -> last("block-10.65.0.0-26"));
    }
}
