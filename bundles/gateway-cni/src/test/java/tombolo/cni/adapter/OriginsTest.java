package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.config.CniSettings;
import tombolo.api.endpoint.ContainerAddresses;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.ipam.ForbiddenSpace;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Resources;
import tombolo.cni.adapter.Rig.Ended;
import tombolo.cni.core.CniError;

/** Whose addresses a container gets, by the ipam.type of its network. */
class OriginsTest {
    private static final Set<String> FOREIGN = Set.of("azure-vnet-ipam");
    private static final String CLOUD = Rig.configuration("1.0.0", "").replace("tombolo-ipam", "azure-vnet-ipam");

    /** Of a main plugin that executes us for the addresses alone. */
    private static final String FOREIGN_MAIN = CLOUD.replace("\"type\":\"tombolo\"", "\"type\":\"bridge\"").replace("1.0.0", "1.1.0");

    @TempDir
    Path folder;
    private Rig rig;
    private Namespace container;
    private final Cloud cloud = new Cloud();

    /** One address for everybody, from memory. */
    private static final class Cloud implements ContainerAddresses {
        private final Set<String> held = new TreeSet<>();
        private final List<String> told = new ArrayList<>();
        private volatile boolean away;
        private volatile Runnable onRelease = () -> { };
        private volatile Runnable onAdopt = () -> { };

        @Override
        public String name() {
            return "cloud";
        }

        @Override
        public Set<String> types() {
            return FOREIGN;
        }

        @Override
        public synchronized Outcome assign(Ask ask) {
            held.add(ask.handle());
            return new Outcome.Assigned(List.of(new InterfaceAddress(IpAddress.parse("10.240.0.5"), 16)));
        }

        @Override
        public Optional<String> release(String handle) {
            onRelease.run();
            return released(handle);
        }

        private synchronized Optional<String> released(String handle) {
            if (away) {
                return Optional.of("it is away");
            }
            held.remove(handle);
            return Optional.empty();
        }

        @Override
        public void adopt(List<Endpoint> endpoints) {
            onAdopt.run();
            adopted(endpoints);
        }

        private synchronized void adopted(List<Endpoint> endpoints) {
            endpoints.forEach(one -> told.add(one.id() + " " + one.source()));
        }

        @Override
        public synchronized List<Holding> holdings() {
            return held.stream().map(handle -> new Holding(IpAddress.parse("10.240.0.5"), 16, "held", handle)).toList();
        }
    }

    @BeforeEach
    void start() throws IOException {
        rig = new Rig(folder, 10);
        container = new Namespace();
        foreign();
    }

    private void foreign() {
        rig.node.settings("node-1", new CniSettings(true, folder.resolve("cni.sock").toString(), "cali", OptionalInt.of(1400)), FOREIGN);
    }

    @AfterEach
    void stop() {
        rig.close();
        container.close();
    }

    private Ended add(String configuration) {
        return rig.call("tombolo", "ADD", "c1", container.path(), configuration);
    }

    @Test
    void aForeignTypeIsNeverServedFromThePoolsAlsoWhileNobodyServesIt() {
        Rig.eventually(() -> rig.node.status().missing().equals(List.of("azure-cni")));
        assertEquals(CniError.TRY_AGAIN_LATER, add(CLOUD).code());
        assertEquals(List.of(), rig.pool.handles());
        assertEquals(List.of(), rig.node.list());
        assertEquals(0, add(Rig.configuration("1.0.0", "")).status(), "the pools serve their own");
    }

    @Test
    void anEndpointRemembersWhoseItsAddressIsAndItGoesBackThereAfterARestart() throws IOException {
        rig.node.addresses(cloud);
        Rig.eventually(() -> rig.node.status().missing().isEmpty());
        Ended added = add(CLOUD);
        assertEquals(0, added.status(), added.toString());
        assertTrue(container.ip("addr show eth0").contains("10.240.0.5"));
        assertEquals("cloud", rig.node.get(new EndpointId("c1", "eth0")).orElseThrow().source());
        rig.node.close();
        rig.start();
        foreign();
        assertEquals(new Ended(0, Json.Obj.EMPTY), rig.call("tombolo", "DEL", "c1", "", CLOUD), "the kernel's part is done without the source");
        assertEquals(1, rig.node.status().releasing());
        assertFalse(cloud.holdings().isEmpty());
        rig.node.addresses(cloud);
        Rig.eventually(() -> rig.node.status().releasing() == 0 && cloud.holdings().isEmpty());
        assertEquals(List.of("c1/eth0 cloud"), cloud.told, "it is told of what there is before it is asked");
    }

    /** A source may wait for another machine's answer with each release. */
    @Test
    void aReleaseThatTakesLongKeepsNoServiceFromComingAndGoing() {
        rig.node.addresses(cloud);
        Rig.eventually(() -> rig.node.status().missing().isEmpty());
        assertEquals(0, add(CLOUD).status());
        cloud.away = true;
        assertEquals(0, rig.call("tombolo", "DEL", "c1", "", CLOUD).status());
        cloud.away = false;
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        cloud.onRelease = () -> {
            asked.countDown();
            awaitQuietly(goOn);
        };
        try {
            rig.node.addresses(rig.pool);
            awaitQuietly(asked);
            rig.node.kernelGone(rig.kernel);
            Rig.eventually(() -> rig.node.status().missing().contains("gateway-dataplane"));
        } finally {
            goOn.countDown();
        }
        Rig.eventually(() -> rig.node.status().releasing() == 0);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS), "not within 30 s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** As STATUS says, and as where the interface is made here too. */
    @Test
    void whileTheDatastoreIsLockedAnIpamPluginGivesNoAddressOfAnotherSourceEither() {
        rig.node.addresses(cloud);
        Rig.eventually(() -> rig.node.status().missing().isEmpty());
        lock(true);
        Rig.eventually(() -> rig.call("azure-vnet-ipam", "STATUS", "", "", FOREIGN_MAIN).code() == CniError.NOT_AVAILABLE);
        Ended refused = rig.call("azure-vnet-ipam", "ADD", "c1", container.path(), FOREIGN_MAIN);
        assertEquals(CniError.TRY_AGAIN_LATER, refused.code(), refused.toString());
        assertEquals(List.of(), cloud.holdings());
        assertEquals(List.of(), rig.node.list());
        lock(false);
        Rig.eventually(() -> rig.call("azure-vnet-ipam", "ADD", "c1", container.path(), FOREIGN_MAIN).status() == 0);
        lock(true);
        assertEquals(0, rig.call("azure-vnet-ipam", "DEL", "c1", "", FOREIGN_MAIN).status());
    }

    /** As while the kernel is compared with a long record, which can take minutes, and pools are written by the hundred. */
    @Test
    void aLockThatComesBehindMorePoolsThanTheNodeTakesInAtOnceCountsAllTheSame() {
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        cloud.onAdopt = () -> {
            held.countDown();
            awaitQuietly(goOn);
        };
        Rig.eventually(() -> rig.node.status().missing().equals(List.of("azure-cni")));
        rig.resources.put(pool("heard", "10.66.0.0/24", false));
        rig.node.addresses(cloud);
        Thread feed = Thread.ofPlatform().daemon(true).unstarted(() -> {
            for (int i = 0; i < 300; i++) {
                rig.resources.put(pool("p" + i, "10.65." + i / 8 + "." + i % 8 * 32 + "/27", false));
            }
            lock(true);
        });
        try {
            awaitQuietly(held);
            feed.start();
            Rig.eventually(() -> !feed.isAlive() || feed.getState() == Thread.State.TIMED_WAITING);
        } finally {
            goOn.countDown();
        }
        Rig.eventually(() -> rig.call("azure-vnet-ipam", "STATUS", "", "", FOREIGN_MAIN).code() == CniError.NOT_AVAILABLE);
    }

    private void lock(boolean locked) {
        rig.resources.write(Resources.Verb.APPLY, Json.Obj.of("kind", new Json.Text("ClusterInformation")).with("metadata", Json.Obj.of("name", new Json.Text("default")))
                .with("spec", Json.Obj.EMPTY.with("datastoreReady", !locked)));
    }

    private static Resource pool(String name, String cidr, boolean disabled) {
        return new Resource(ResourceId.of("IPPool", name), Map.of(), new IpPool(Prefix.parse(cidr), IpPool.Encapsulation.NEVER, IpPool.Encapsulation.NEVER, false, disabled, false, 26, "all()",
                Optional.empty(), Set.of(IpPool.Use.WORKLOAD), IpPool.AssignmentMode.AUTOMATIC), Json.Obj.of("kind", new Json.Text("IPPool")), 1);
    }

    /** A file that is changed, or what Azure tells of a network that was peered today, refuses new pools; the old ones stay and give nothing, which somebody must hear of. */
    @Test
    void aPoolThatIsOlderThanTheWordThatForbidsItIsNamedByTheStatusUntilItIsOver() {
        rig.resources.put(pool("edge", "10.65.0.0/16", false));
        rig.resources.put(pool("off", "10.240.0.0/16", true));
        rig.resources.put(pool("v", "10.240.8.0/24", false));
        List<Prefix> vnets = new CopyOnWriteArrayList<>();
        rig.node.add((ForbiddenSpace) range -> vnets.stream().filter(vnet -> vnet.covers(range)).findFirst().map(vnet -> "TMB-AZC-030 " + range + " overlaps " + vnet));
        assertEquals(List.of(), rig.node.status().forbidden());
        vnets.add(Prefix.parse("10.240.0.0/16"));
        Rig.eventually(() -> rig.node.status().forbidden().equals(List.of("IPPool(v): TMB-AZC-030 10.240.8.0/24 overlaps 10.240.0.0/16")));
        Rig.eventually(() -> rig.node.toldOfPools().equals(Map.of("v", "TMB-AZC-030 10.240.8.0/24 overlaps 10.240.0.0/16")));
        rig.resources.put(pool("v", "10.240.8.0/24", true));
        Rig.eventually(() -> rig.node.status().forbidden().isEmpty() && rig.node.toldOfPools().isEmpty());
    }

    @Test
    void anAddressOfAPoolInForbiddenSpaceIsNotUsedAndNotHeld() {
        rig.node.add((ForbiddenSpace) range -> range.address().equals(IpAddress.parse("10.65.0.1")) ? Optional.of("TMB-AZC-030 " + range + " is a VNET's") : Optional.empty());
        Ended refused = add(Rig.configuration("1.0.0", ""));
        assertEquals(CniError.NO_ADDRESS, refused.code());
        assertEquals("TMB-AZC-030 10.65.0.1/32 is a VNET's", refused.result().text("msg").orElse(""));
        assertEquals(List.of(), rig.pool.handles());
    }
}
