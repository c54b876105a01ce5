package tombolo.fabric.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import tombolo.api.bgp.NodeBlocks.Holdings;
import tombolo.api.config.Contribution.Kind;
import tombolo.api.config.Contribution.Level;
import tombolo.api.config.Contribution.Part;
import tombolo.api.net.Prefix;
import tombolo.api.resource.BgpConfiguration;
import tombolo.api.resource.CommunityValue;
import tombolo.api.resource.IpPool;

/** What this node originates: its blocks and borrowed addresses, where their pools let them out, and the ranges of service addresses. */
final class Originations {
    /** The label of a Node that keeps it from advertising service addresses. */
    private static final String EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers";

    private Originations() { }

    /** The ranges of service addresses of the configuration of all nodes. */
    static Set<Prefix> services(Cluster cluster) {
        if ("true".equals(cluster.me().labels().get(EXCLUDED))) {
            return Set.of();
        }
        Set<Prefix> ranges = new TreeSet<>();
        cluster.defaults().ifPresent(all -> Stream.of(all.serviceClusterIps(), all.serviceExternalIps(), all.serviceLoadBalancerIps()).forEach(ranges::addAll));
        return ranges;
    }

    static List<Part> of(Cluster cluster, Holdings holdings, Set<Prefix> services) {
        List<Part> parts = new ArrayList<>();
        holdings.blocks().forEach(block -> pool(cluster, block).ifPresent(pool -> parts.add(part(cluster, "block-", block, "block of IPPool(" + pool + ")"))));
        holdings.borrowed().forEach(address -> pool(cluster, address).ifPresent(pool -> parts.add(part(cluster, "address-", address, "borrowed, of IPPool(" + pool + ")"))));
        services.forEach(range -> parts.add(part(cluster, "service-", range, "BGPConfiguration(default)")));
        return parts;
    }

    private static Part part(Cluster cluster, String kind, Prefix prefix, String origin) {
        Map<String, String> keys = new TreeMap<>(Map.of("prefix", prefix.toString()));
        // DEVIATION from Calico, which adds communities on export alone: peers of etc/, whose filters are the operator's, are told them too
        List<String> communities = cluster.mineOrDefault(BgpConfiguration::prefixAdvertisements).stream().filter(advertisement -> advertisement.cidr().covers(prefix))
                .flatMap(advertisement -> Filters.communities(cluster, advertisement).stream()).map(CommunityValue::toString).toList();
        if (!communities.isEmpty()) {
            keys.put("communities", RuleText.list(communities));
        }
        return new Part(Kind.NETWORK, kind + prefix.toString().replace(':', '_').replace('/', '-'), Level.NODE, origin, keys);
    }

    /** The most specific pool around it, where that may be exported. */
    private static Optional<String> pool(Cluster cluster, Prefix prefix) {
        return cluster.pools().entrySet().stream().filter(entry -> entry.getValue().cidr().family() == prefix.family() && entry.getValue().cidr().covers(prefix))
                .max(Comparator.comparingInt(entry -> entry.getValue().cidr().length())).filter(entry -> !isWithheld(entry.getValue())).map(Map.Entry::getKey);
    }

    private static boolean isWithheld(IpPool pool) {
        return pool.disableBgpExport();
    }
}
