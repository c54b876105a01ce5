package tombolo.fabric.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.IpPool.Encapsulation;
import tombolo.api.resource.Node;
import tombolo.api.resource.Resource;
import tombolo.api.selector.Selector;

/** The tunnels for which a node has an address of its own. Names and handles are Calico's (node/pkg/allocateip). */
public enum TunnelKind {
    VXLAN(AddressFamily.IPV4, "vxlan-tunnel-addr-", "vxlanTunnelAddress"),
    VXLAN_V6(AddressFamily.IPV6, "vxlan-v6-tunnel-addr-", "vxlanV6TunnelAddress"),
    IPIP(AddressFamily.IPV4, "ipip-tunnel-addr-", "ipipTunnelAddress");

    private final AddressFamily family;
    private final String handle;
    private final String type;

    TunnelKind(AddressFamily family, String handle, String type) {
        this.family = family;
        this.handle = handle;
        this.type = type;
    }

    public AddressFamily family() {
        return family;
    }

    /** Under which a node's address is held. */
    public String handle(String node) {
        return handle + node;
    }

    /** What is said of the address where it is held ({@code type}). */
    public String type() {
        return type;
    }

    /** What a Node resource says. */
    public Optional<IpAddress> of(Node node) {
        return switch (this) {
            case VXLAN -> node.ipv4VxlanTunnelAddr();
            case VXLAN_V6 -> node.ipv6VxlanTunnelAddr();
            case IPIP -> node.bgp().flatMap(Node.Bgp::ipv4IpipTunnelAddr);
        };
    }

    /**
     * The pools from which a node's tunnel addresses are taken, in order: those that are encapsulated so, enabled, for tunnels, and that select the node. A kind
     * without any is not there.
     */
    public static Map<TunnelKind, List<Prefix>> wanted(Map<String, String> labels, Collection<Resource> resources) {
        Map<TunnelKind, List<Prefix>> pools = new EnumMap<>(TunnelKind.class);
        for (Resource resource : resources) {
            if (resource.spec() instanceof IpPool pool && !pool.disabled() && pool.allowedUses().contains(IpPool.Use.TUNNEL)
                    && pool.assignmentMode() == IpPool.AssignmentMode.AUTOMATIC && Selector.parse(pool.nodeSelector()).matches(labels)) {
                kind(pool).ifPresent(kind -> pools.computeIfAbsent(kind, _ -> new ArrayList<>()).add(pool.cidr()));
            }
        }
        pools.values().forEach(list -> list.sort(null));
        return pools;
    }

    private static Optional<TunnelKind> kind(IpPool pool) {
        boolean v4 = pool.cidr().family() == AddressFamily.IPV4;
        if (pool.vxlanMode() != Encapsulation.NEVER) {
            return Optional.of(v4 ? VXLAN : VXLAN_V6);
        }
        return pool.ipipMode() != Encapsulation.NEVER && v4 ? Optional.of(IPIP) : Optional.empty();
    }
}
