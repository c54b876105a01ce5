package tombolo.bench.ipam;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.IpamConfiguration;
import tombolo.ipam.core.Cluster;
import tombolo.ipam.core.Reservations;

/** Clusters of one or two pools, as the resources would say them. */
final class Clusters {
    private Clusters() { }

    static Cluster of(int maxBlocksPerHost, boolean strict, String... cidrs) {
        List<Cluster.Pool> pools = List.of(cidrs).stream().map(Prefix::parse).map(cidr -> new Cluster.Pool("pool-" + cidr.address(), new IpPool(cidr, IpPool.Encapsulation.NEVER,
                IpPool.Encapsulation.NEVER, false, false, false, cidr.address().isIpv4() ? 26 : 122, "all()", Optional.empty(), Set.of(IpPool.Use.WORKLOAD),
                IpPool.AssignmentMode.AUTOMATIC))).toList();
        return new Cluster(pools, Reservations.NONE, new IpamConfiguration(strict, true, maxBlocksPerHost, Optional.empty(), 0), Map.of(), Map.of(), false, true);
    }
}
