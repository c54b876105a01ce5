package tombolo.api.resource;

import java.util.List;
import java.util.Optional;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.net.RouterId;

/**
 * {@code Node}: a member of the cluster, with what of its {@code status} other nodes need.
 *
 * @param bgp empty: the node speaks no BGP
 */
public record Node(Optional<Bgp> bgp, Optional<IpAddress> ipv4VxlanTunnelAddr, Optional<String> vxlanTunnelMacAddr, Optional<IpAddress> ipv6VxlanTunnelAddr,
                   Optional<String> vxlanTunnelMacAddrV6, List<OrchRef> orchRefs, Optional<IpAddress> wireguardInterfaceIpv4Address,
                   Optional<IpAddress> wireguardInterfaceIpv6Address, List<Address> addresses, List<Interface> interfaces, Optional<String> wireguardPublicKey,
                   Optional<String> wireguardPublicKeyV6, List<Prefix> podCidrs) implements ResourceSpec {
    public Node {
        orchRefs = List.copyOf(orchRefs);
        addresses = List.copyOf(addresses);
        interfaces = List.copyOf(interfaces);
        podCidrs = List.copyOf(podCidrs);
    }

    /** @param routeReflectorClusterId set: the node is a route reflector of that cluster (RFC 4456) and no member of the mesh */
    public record Bgp(Optional<Asn> asNumber, Optional<InterfaceAddress> ipv4Address, Optional<InterfaceAddress> ipv6Address, Optional<IpAddress> ipv4IpipTunnelAddr,
                      Optional<RouterId> routeReflectorClusterId) { }

    public record OrchRef(Optional<String> nodeName, String orchestrator) { }

    /** @param type {@code CalicoNodeIP}, {@code InternalIP} or {@code ExternalIP}, where set */
    public record Address(InterfaceAddress address, Optional<String> type) { }

    public record Interface(String name, List<InterfaceAddress> addresses) {
        public Interface {
            addresses = List.copyOf(addresses);
        }
    }
}
