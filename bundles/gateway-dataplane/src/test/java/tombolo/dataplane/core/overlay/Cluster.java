package tombolo.dataplane.core.overlay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.BlockAffinity;
import tombolo.api.resource.FelixConfiguration;
import tombolo.api.resource.InterfaceAddress;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.IpPool.Encapsulation;
import tombolo.api.resource.Node;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.selector.Selector;

/** Resources for tests, in the few words that matter to the overlay. */
public final class Cluster {
    public final List<Resource> resources = new ArrayList<>();

    private static Resource resource(String kind, String name, ResourceSpec spec) {
        return new Resource(ResourceId.of(kind, name), Map.of(), spec, Json.Obj.of("kind", new Json.Text(kind)), 1);
    }

    /** @param words node address/length, then tunnel address; of either family, empty text for none */
    public static Resource node(String name, String ipv4, String tunnel4, String ipv6, String tunnel6) {
        Node.Bgp bgp = new Node.Bgp(Optional.empty(), address(ipv4), address(ipv6), tunnel4.isEmpty() ? Optional.empty() : Optional.of(IpAddress.parse(tunnel4)), Optional.empty());
        return resource("Node", name, new Node(Optional.of(bgp), tunnel4.isEmpty() ? Optional.empty() : Optional.of(IpAddress.parse(tunnel4)), Optional.empty(),
                tunnel6.isEmpty() ? Optional.empty() : Optional.of(IpAddress.parse(tunnel6)), Optional.empty(), List.of(), Optional.empty(), Optional.empty(), List.of(), List.of(),
                Optional.empty(), Optional.empty(), List.of()));
    }

    private static Optional<InterfaceAddress> address(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(InterfaceAddress.parse(text));
    }

    public static Resource pool(String cidr, Encapsulation vxlan, Encapsulation ipip) {
        Prefix prefix = Prefix.parse(cidr);
        return resource("IPPool", "pool-" + cidr, new IpPool(prefix, vxlan, ipip, false, false, false, prefix.address().isIpv4() ? 26 : 122, "all()", Optional.empty(),
                Set.of(IpPool.Use.WORKLOAD, IpPool.Use.TUNNEL), IpPool.AssignmentMode.AUTOMATIC));
    }

    public static Resource block(String node, String cidr) {
        return block(node, cidr, BlockAffinity.State.CONFIRMED);
    }

    static Resource block(String node, String cidr, BlockAffinity.State state) {
        return resource("BlockAffinity", node + "-" + cidr, new BlockAffinity(state, node, BlockAffinity.Type.HOST, Prefix.parse(cidr), false));
    }

    static Resource felix(String name, Optional<String> selector, Json.Obj parameters) {
        return resource("FelixConfiguration", name, new FelixConfiguration(selector.map(Selector::parse), parameters));
    }

    public Cluster with(Resource... more) {
        resources.addAll(List.of(more));
        return this;
    }
}
