package tombolo.ipam.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.ipam.AddressUse;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.WorkloadEndpoint;

/** What is released on a real store, and what not. */
class CollectorTest {
    @TempDir
    Path directory;

    private static HeldAddress one(Allocator ipam, String node, String handle) {
        return assertInstanceOf(AutoAssignOutcome.Assigned.class, ipam.autoAssign(new AutoAssign(1, 0, Optional.of(handle), Map.of("node", node), node, Optional.empty(), List.of(), IpPool.Use.WORKLOAD,
                Optional.empty(), OptionalInt.empty()))).ipv4().getFirst();
    }

    private static WorkloadEndpoint endpoint(String node, HeldAddress held) {
        return new WorkloadEndpoint(Optional.empty(), Optional.empty(), Optional.of(node), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(),
                List.of(Prefix.host(held.address())), List.of(), Optional.empty(), Optional.empty(), List.of(), Optional.empty(), Optional.empty(), List.of(), List.of(), Map.of());
    }

    /** Node "old" is "new" now, and somebody has deleted the old Node, as TMB-FAB-016 says; "dead" is gone, and its endpoints with nobody to delete them. */
    @Test
    void addressesOfANodeThatHasAnotherNameNowStayAndThoseOfOneThatIsGoneAreReleased() {
        try (Stores stores = new Stores(directory)) {
            stores.pools(Stores.pool("default", "10.0.0.0/24", 26));
            stores.nodes(Map.of("new", Map.of(), "here", Map.of()));
            try (Allocator ipam = stores.allocator()) {
                List<WorkloadEndpoint> workloads = new ArrayList<>(List.of(endpoint("new", one(ipam, "old", "told")), endpoint("dead", one(ipam, "dead", "dead"))));
                one(ipam, "old", "ours");
                one(ipam, "old", "nobodys");
                AddressUse use = new AddressUse() {
                    @Override
                    public String node() {
                        return "here";
                    }

                    @Override
                    public Set<String> handlesInUse() {
                        return Set.of("ours");
                    }
                };
                Collector collector = new Collector(stores.store(), ipam, () -> stores.cluster, Stores.MATCHER, "here", () -> List.of(use), () -> workloads, stores.clock(), Duration.ofMinutes(15));
                assertEquals(2, collector.collect());
                assertEquals(List.of(1, 1, 0, 0), List.of("told", "ours", "dead", "nobodys").stream().map(handle -> ipam.addressesOf(handle).size()).toList());
                workloads.removeFirst();
                assertEquals(1, collector.collect());
                assertEquals(List.of(), ipam.addressesOf("told"));
            }
        }
    }
}
