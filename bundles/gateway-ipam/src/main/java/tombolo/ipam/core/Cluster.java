package tombolo.ipam.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.IpamConfiguration;

/**
 * What the resources say, as far as addresses depend on it.
 *
 * @param pools      by name
 * @param nodes      labels by name; a node without a resource has none
 * @param namespaces labels by name
 * @param locked     {@code ClusterInformation.datastoreReady} is false
 * @param coolDown   whether addresses may cool down in this store
 */
public record Cluster(List<Pool> pools, Reservations reservations, IpamConfiguration configuration, Map<String, Map<String, String>> nodes,
                      Map<String, Map<String, String>> namespaces, boolean locked, boolean coolDown) {
    public static final Cluster EMPTY = new Cluster(List.of(), Reservations.NONE, IpamConfiguration.DEFAULT, Map.of(), Map.of(), false, true);
    /** Calico's guard against a node that claims blocks without end, where nothing is configured. */
    public static final int DEFAULT_MAX_BLOCKS = 20;

    public Cluster {
        pools = List.copyOf(pools);
        nodes = Map.copyOf(nodes);
        namespaces = Map.copyOf(namespaces);
    }

    /** A pool with its name. */
    public record Pool(String name, IpPool spec) {
        public Prefix cidr() {
            return spec.cidr();
        }

        /** The block of this pool that an address is in. */
        public Prefix block(IpAddress address) {
            return Prefix.of(address, spec.blockSize());
        }
    }

    /** How selectors are evaluated. */
    @FunctionalInterface
    public interface Matcher {
        boolean matches(String selector, Map<String, String> labels);
    }

    /** The pool that holds an address, disabled ones too. */
    public Optional<Pool> poolOf(IpAddress address) {
        return pools.stream().filter(pool -> pool.cidr().contains(address)).findFirst();
    }

    public Set<String> nodeNames() {
        return nodes.keySet();
    }

    /** For how long a released address rests. */
    public int coolDownSeconds() {
        return coolDown ? configuration.ipCooldownSeconds() : 0;
    }
}
