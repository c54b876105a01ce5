package tombolo.fabric.core;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;
import tombolo.api.resource.BgpConfiguration;
import tombolo.api.resource.BgpFilter;
import tombolo.api.resource.BgpPeer;
import tombolo.api.resource.InterfaceAddress;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.Node;
import tombolo.api.resource.Resource;
import tombolo.api.selector.Selector;

/**
 * The resources that concern BGP, by name, seen from one node.
 *
 * @param self           this node's name
 * @param pinnedAs       the AS that this node's etc/ says: it wins over every resource
 * @param configurations {@code default}, {@code node.<name>}
 */
record Cluster(String self, Optional<Asn> pinnedAs, Map<String, Member> nodes, Map<String, BgpConfiguration> configurations, Map<String, BgpPeer> peers,
               Map<String, BgpFilter> filters, Map<String, IpPool> pools) {
    private static final String DEFAULT = "default";

    /**
     * A node as a neighbour.
     *
     * @param as   what its Node resource says; empty: the cluster's
     * @param port on which it listens; empty: nothing says so
     */
    record Member(String name, Map<String, String> labels, Optional<Asn> as, Optional<IpAddress> ipv4, Optional<IpAddress> ipv6, Optional<RouterId> clusterId,
                  OptionalInt port) {
        Optional<IpAddress> address(AddressFamily family) {
            return family == AddressFamily.IPV4 ? ipv4 : ipv6;
        }

        boolean has(IpAddress address) {
            return address(address.family()).filter(address::equals).isPresent();
        }
    }

    Cluster {
        nodes = sorted(nodes);
        configurations = sorted(configurations);
        peers = sorted(peers);
        filters = sorted(filters);
        pools = sorted(pools);
    }

    static Cluster of(String self, Optional<Asn> pinnedAs, Collection<Resource> resources) {
        Map<String, Node> nodes = new TreeMap<>();
        Map<String, Map<String, String>> labels = new TreeMap<>();
        Map<String, BgpConfiguration> configurations = new TreeMap<>();
        Map<String, BgpPeer> peers = new TreeMap<>();
        Map<String, BgpFilter> filters = new TreeMap<>();
        Map<String, IpPool> pools = new TreeMap<>();
        for (Resource resource : resources) {
            String name = resource.id().name();
            switch (resource.spec()) {
                case Node node -> {
                    nodes.put(name, node);
                    labels.put(name, resource.labels());
                }
                case BgpConfiguration configuration -> configurations.put(name, configuration);
                case BgpPeer peer -> peers.put(name, peer);
                case BgpFilter filter -> filters.put(name, filter);
                case IpPool pool -> pools.put(name, pool);
                default -> { } // of no concern here
            }
        }
        Map<String, Member> members = new TreeMap<>();
        nodes.forEach((name, node) -> members.put(name, member(name, node, labels.get(name), configurations)));
        return new Cluster(self, pinnedAs, members, configurations, peers, filters, pools);
    }

    private static Member member(String name, Node node, Map<String, String> labels, Map<String, BgpConfiguration> configurations) {
        OptionalInt port = Stream.of("node." + name, DEFAULT).map(configurations::get).filter(java.util.Objects::nonNull).map(BgpConfiguration::listenPort)
                .filter(OptionalInt::isPresent).findFirst().orElse(OptionalInt.empty());
        Optional<Node.Bgp> bgp = node.bgp();
        return new Member(name, labels, bgp.flatMap(Node.Bgp::asNumber), bgp.flatMap(Node.Bgp::ipv4Address).map(InterfaceAddress::address),
                bgp.flatMap(Node.Bgp::ipv6Address).map(InterfaceAddress::address), bgp.flatMap(Node.Bgp::routeReflectorClusterId), port);
    }

    /** This node; a blank one while it has no Node resource. */
    Member me() {
        return nodes.getOrDefault(self, new Member(self, Map.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty()));
    }

    /** The AS of nodes that have none of their own. */
    Asn commonAs() {
        return fromDefault(BgpConfiguration::asNumber).orElse(BgpConfiguration.DEFAULT_AS_NUMBER);
    }

    /** This node's AS. */
    Asn as() {
        return pinnedAs.or(() -> me().as()).or(() -> configuration(mine()).flatMap(BgpConfiguration::asNumber)).orElseGet(this::commonAs);
    }

    Asn as(Member member) {
        return member.name().equals(self) ? as() : member.as().orElseGet(this::commonAs);
    }

    /** The name of the configuration of this node alone. */
    String mine() {
        return "node." + self;
    }

    Optional<BgpConfiguration> configuration(String name) {
        return Optional.ofNullable(configurations.get(name));
    }

    Optional<BgpConfiguration> defaults() {
        return configuration(DEFAULT);
    }

    /** A value that only the configuration of all nodes has. */
    <T> Optional<T> fromDefault(Function<BgpConfiguration, Optional<T>> field) {
        return defaults().flatMap(field);
    }

    /** A list of the node's own configuration; where that has none, of the common one. */
    <T> List<T> mineOrDefault(Function<BgpConfiguration, List<T>> field) {
        return Stream.of(mine(), DEFAULT).map(this::configuration).flatMap(Optional::stream).map(field).filter(list -> !list.isEmpty()).findFirst().orElse(List.of());
    }

    List<Member> matching(Selector selector) {
        return nodes.values().stream().filter(member -> selector.matches(member.labels())).toList();
    }

    /** Whether the selector selects this node; a node without a resource has no labels. */
    boolean selectsMe(Selector selector) {
        return selector.matches(me().labels());
    }

    private static <T> Map<String, T> sorted(Map<String, T> map) {
        return Collections.unmodifiableMap(new TreeMap<>(map));
    }
}
