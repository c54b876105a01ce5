package tombolo.ipam.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.bgp.NodeBlocks;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.CheckReport;
import tombolo.api.ipam.ConfigureOutcome;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Ipam;
import tombolo.api.ipam.PoolUse;
import tombolo.api.ipam.Refusal.Reason;
import tombolo.api.json.Json;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.IpPool.Use;
import tombolo.api.resource.Profile;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.IpamConfiguration;
import tombolo.api.resource.ClusterInformation;
import tombolo.api.route.NextHop;
import tombolo.api.route.RouteChanges;
import tombolo.api.route.RouteFeed;

/** The service as the node runs it, on a real store, with resources in memory and a data plane that only takes notes. */
class IpamRunnerTest {
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    @TempDir
    Path directory;
    Stores stores;
    final FakeResources resources = new FakeResources();
    final AtomicReference<Ipam> offered = new AtomicReference<>();
    final Set<Prefix> blackholes = ConcurrentHashMap.newKeySet();
    final AtomicReference<NodeBlocks.Holdings> told = new AtomicReference<>(NodeBlocks.Holdings.NONE);
    IpamRunner runner;

    @BeforeEach
    void start() {
        stores = new Stores(directory);
        resources.pool("default", "10.0.0.0/24", 26);
        resources.pool("singles", "10.1.0.0/30", 32);
        runner = new IpamRunner(ipam -> {
            offered.set(ipam);
            return () -> offered.set(null);
        });
        runner.node("a");
        runner.storeCame(stores.store());
        runner.resourcesCame(resources);
        runner.sinkCame((owner, preference, listener) -> new Feed());
        runner.advertiserCame(told::set);
        await(() -> offered.get() != null);
    }

    @AfterEach
    void stop() {
        runner.close();
        stores.close();
    }

    private final class Feed implements RouteFeed {
        @Override
        public boolean define(int id, List<NextHop> nextHops) {
            assertEquals(List.of(), nextHops);
            return true;
        }

        @Override
        public boolean offer(RouteChanges changes) {
            for (int row = 0; row < changes.size(); row++) {
                if (changes.nextHops(row) == RouteChanges.WITHDRAW) {
                    blackholes.remove(changes.prefix(row));
                } else {
                    blackholes.add(changes.prefix(row));
                }
            }
            return true;
        }

        @Override
        public void inSync(AddressFamily family) { }

        @Override
        public void close() { }

        @Override
        public void removeAll() { }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(2_000_000);
        }
        assertTrue(condition.getAsBoolean(), "did not come to pass in time");
    }

    private HeldAddress one(String node, String handle, String pool) {
        return assertInstanceOf(AutoAssignOutcome.Assigned.class, offered.get().autoAssign(new AutoAssign(1, 0, Optional.of(handle), Map.of("node", node), node, Optional.empty(),
                List.of(Prefix.parse(pool)), Use.WORKLOAD, Optional.empty(), OptionalInt.empty()))).ipv4().getFirst();
    }

    @Test
    void blocksOfThisNodeBecomeBlackholesAndAreAdvertisedAndGoAgain() {
        Prefix block = one("a", "h", "10.0.0.0/24").block();
        await(() -> blackholes.equals(Set.of(block)) && told.get().blocks().equals(Set.of(block)));
        Prefix single = one("a", "s", "10.1.0.0/30").block();
        await(() -> told.get().blocks().equals(new TreeSet<>(Set.of(block, single))));
        assertEquals(Set.of(block), blackholes, "a block of one address needs none");
        one("b", "h2", "10.0.0.0/24");
        offered.get().releaseAffinity(BlockOwner.host("a"), Optional.of(block), false);
        await(() -> blackholes.isEmpty() && told.get().blocks().equals(Set.of(single)));
        // what is still held in it is now in nobody's block
        await(() -> told.get().borrowed().size() == 1);
    }

    @Test
    void routesStayWhileTheResourcesAreAwayAndTheServiceComesBack() {
        Prefix block = one("a", "h", "10.0.0.0/24").block();
        await(() -> blackholes.contains(block));
        runner.resourcesWent(resources);
        await(() -> offered.get() == null);
        assertEquals(Set.of(block), blackholes);
        runner.resourcesCame(resources);
        await(() -> offered.get() != null);
        assertEquals(List.of(block), offered.get().blocksOf(BlockOwner.host("a")));
        assertEquals(Set.of(block), blackholes);
    }

    @Test
    void aPoolThatSelectsNamespacesIsForThoseAlone() {
        IpPool any = Stores.pool("x", "10.5.0.0/24", 26).spec();
        resources.delete(ResourceId.of("IPPool", "default"), Optional.empty());
        resources.delete(ResourceId.of("IPPool", "singles"), Optional.empty());
        resources.put(ResourceId.of("IPPool", "gold"), Map.of(), new IpPool(any.cidr(), any.vxlanMode(), any.ipipMode(), false, false, false, 26, "all()", Optional.of("team == 'gold'"),
                Set.of(Use.WORKLOAD), any.assignmentMode()), Json.Obj.EMPTY);
        resources.put(ResourceId.of("Profile", "kns.web"), Map.of(), new Profile(List.of(), List.of(), Map.of("pcns.team", "gold")), Json.Obj.EMPTY);
        for (Map.Entry<String, Boolean> each : Map.of("web", true, "other", false).entrySet()) {
            AutoAssignOutcome outcome = offered.get().autoAssign(new AutoAssign(1, 0, Optional.of("h-" + each.getKey()), Map.of(), "a", Optional.of(each.getKey()), List.of(), Use.WORKLOAD,
                    Optional.empty(), OptionalInt.empty()));
            assertEquals(each.getValue(), outcome instanceof AutoAssignOutcome.Assigned, each.getKey() + ": " + outcome);
        }
    }

    @Test
    void usageCountsHeldAndFreeAddressesOfEachPool() {
        one("a", "h", "10.0.0.0/24");
        PoolUse pool = offered.get().usage().getFirst();
        assertEquals(Optional.of("default"), pool.name());
        assertEquals(256, pool.total().intValue());
        assertEquals(List.of(64, 1, 63), List.of(pool.blocks().getFirst().total(), pool.blocks().getFirst().inUse(), pool.blocks().getFirst().free()));
    }

    @Test
    void theConfigurationKeepsCalicosRulesAndCoolDownIsRefusedBesideOldCalico() {
        Ipam ipam = offered.get();
        assertInstanceOf(ConfigureOutcome.Configured.class, ipam.configure(before -> new IpamConfiguration(true, true, 3, Optional.empty(), 60)));
        await(() -> ipam.configuration().maxBlocksPerHost() == 3);
        assertInstanceOf(ConfigureOutcome.Refused.class, ipam.configure(before -> new IpamConfiguration(false, false, 0, Optional.empty(), 0)));
        assertInstanceOf(ConfigureOutcome.Refused.class, ipam.configure(before -> new IpamConfiguration(false, true, 3, Optional.empty(), 0)));
        assertInstanceOf(ConfigureOutcome.Refused.class, ipam.configure(before -> new IpamConfiguration(true, true, 0, Optional.empty(), 1201)));
        for (Map.Entry<String, Boolean> each : Map.of("v3.32.1", false, "v3.33.0", true, "3.9", false, "master", false, "v4.0.0-0.dev", true).entrySet()) {
            ClusterInformation information = new ClusterInformation(Optional.empty(), Optional.empty(), Optional.of(each.getKey()), Optional.empty(), Optional.empty());
            assertEquals(each.getValue(), ClusterView.mayCoolDown(true, information), each.getKey());
            assertTrue(ClusterView.mayCoolDown(false, information), "on the embedded store there is no Calico");
        }
    }

    @Test
    void aReportNamesLeaksAndReleasesThemOnlyFromALockedStore() {
        HeldAddress held = one("a", "h", "10.0.0.0/24");
        resources.information(true, "");
        CheckReport report = offered.get().check();
        assertEquals(1, report.problemCount());
        assertTrue(report.problems().contains("  " + held.address() + " leaked; attrs Main:h Extra:node=a"), report.problems().toString());
        assertTrue(report.lines().contains("Check complete; found 1 problems."));
        assertInstanceOf(Ipam.ReportRelease.Refused.class, offered.get().releaseLeaked(List.of(report.document()), false));
        resources.information(false, "");
        Json.Obj locked = offered.get().check().document();
        assertEquals(Optional.of(true), locked.bool("datastoreLocked"));
        Ipam.ReportRelease.Done done = assertInstanceOf(Ipam.ReportRelease.Done.class, offered.get().releaseLeaked(List.of(report.document(), locked), false));
        assertTrue(done.lines().contains("Released 1 IPs successfully"), done.lines().toString());
        assertEquals(Optional.empty(), offered.get().holder(held.address()));
        assertEquals(0, offered.get().check().problemCount());
    }

    @Test
    void aPoolIsSplitOnlyWhileTheStoreIsLockedAndIntoAPowerOfTwo() {
        resources.information(true, "");
        assertEquals(Reason.INVALID, assertInstanceOf(Ipam.SplitOutcome.Refused.class, offered.get().split(2, "default")).refusal().reason());
        resources.information(false, "");
        assertEquals(Reason.INVALID, assertInstanceOf(Ipam.SplitOutcome.Refused.class, offered.get().split(3, "default")).refusal().reason());
        assertEquals(Reason.INVALID, assertInstanceOf(Ipam.SplitOutcome.Refused.class, offered.get().split(8, "default")).refusal().reason());
        Ipam.SplitOutcome.Split split = assertInstanceOf(Ipam.SplitOutcome.Split.class, offered.get().split(4, "10.0.0.0/24"));
        assertEquals("[Part[name=split-default-0, cidr=10.0.0.0/26], Part[name=split-default-1, cidr=10.0.0.64/26], Part[name=split-default-2, cidr=10.0.0.128/26], "
                + "Part[name=split-default-3, cidr=10.0.0.192/26]]", split.pools().toString());
    }
}
