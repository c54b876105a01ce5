package tombolo.azure.cni.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.endpoint.EndpointPlan.Neighbour;
import tombolo.api.endpoint.EndpointPlan.Route;
import tombolo.api.endpoint.EndpointPlan.Side;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.net.Prefix;

/**
 * The Azure CNI's transparent mode: the container has an address of its subnet, but every packet goes through the host, which routes it.
 *
 * <pre>
 *  host       azv…   aa:aa:aa:aa:aa:aa   10.240.0.5/32 dev azv… proto static      proxy ARP; no router advertisements
 *  container  eth0                       10.240.0.5/16, no route to the subnet    169.254.1.1 dev eth0 scope link, default via 169.254.1.1
 *                                        2001:db8::5/64                           fe80::1234:5678:9abc dev eth0, default via it
 * </pre>
 *
 * Never touched: reverse path filters (but for that of the pair's own end, where the container asks for allowedSourcePrefixes), rules, iptables, IPv4 forwarding, the host's own interface; nothing of the multi-tenant variant (transparent-vlan: a
 * namespace for each VNET, VLAN interfaces, marks, a second routing table) is there, and a configuration that asks for it is refused.
 *
 * <p>DEVIATION: the neighbour 169.254.1.1 is permanent; the Azure CNI leaves it in state PROBE, after which the first packets of a container may wait for ARP.
 * DEVIATION: a DEL removes the pair; the Azure CNI leaves that to the end of the namespace. DEVIATION: the container's end is born in its namespace under its
 * own name instead of being moved and renamed there; what is seen afterwards is the same. DEVIATION: an address that is routed elsewhere already is refused; the
 * Azure CNI takes the route that is there for its own, and the container hears nothing. DEVIATION: an MTU that cannot be set fails the ADD; the Azure CNI logs it.
 * DEVIATION: the host's end of a container without IPv6 has no link-local address, which the kernel would make by itself and nobody uses.
 */
public final class TransparentMode implements EndpointMode {
    private static final String PREFIX = "azv";
    private static final IpAddress GATEWAY = IpAddress.parse("169.254.1.1");
    private static final IpAddress GATEWAY6 = IpAddress.parse("fe80::1234:5678:9abc");
    private static final MacAddress HOST_MAC = MacAddress.parse("aa:aa:aa:aa:aa:aa");

    private final boolean fabric;

    /** @param fabric whether the machine is in a VNET, whose fabric could carry what passes between its containers */
    public TransparentMode(boolean fabric) {
        this.fabric = fabric;
    }

    /** On a machine in a VNET. */
    public TransparentMode() {
        this(true);
    }

    /** The variant that sends all out of the machine, for the VNET's fabric to decide about it; refused where there is one (see {@link BridgeMode#standsFor}). */
    @Override
    public Set<String> standsFor() {
        return fabric ? Set.of() : Set.of("transparent-tunnel");
    }

    @Override
    public String name() {
        return "transparent";
    }

    @Override
    public String hostInterface(EndpointId id, String network, Map<String, String> arguments) {
        String pod = arguments.getOrDefault("K8S_POD_NAME", "");
        // A second interface of a pod would have the first one's name: it goes by what identifies it otherwise.
        return EndpointMode.named(PREFIX, pod.isEmpty() || !id.interfaceName().equals("eth0") ? network + id.containerId() + id.interfaceName()
                : arguments.getOrDefault("K8S_POD_NAMESPACE", "") + "." + pod);
    }

    @Override
    public IpAddress gateway(boolean ipv4) {
        return ipv4 ? GATEWAY : GATEWAY6;
    }

    @Override
    public Optional<EndpointPlan> begin(Wish wish) {
        return Optional.of(plan(wish));
    }

    @Override
    public EndpointPlan plan(Wish wish) {
        String outer = wish.hostInterface();
        String inner = wish.id().interfaceName();
        List<Route> hostRoutes = new ArrayList<>();
        List<Route> routes = new ArrayList<>();
        List<Neighbour> neighbours = new ArrayList<>();
        Map<String, String> hostSettings = new LinkedHashMap<>();
        Map<String, String> settings = new LinkedHashMap<>();
        hostSettings.put("ipv6/conf/" + outer + "/accept_ra", "0");
        for (AddressFamily family : AddressFamily.values()) {
            List<InterfaceAddress> own = wish.addresses().stream().filter(address -> address.address().family() == family).toList();
            if (own.isEmpty()) {
                continue;
            }
            boolean ipv4 = family == AddressFamily.IPV4;
            own.forEach(address -> hostRoutes.add(new Route(Prefix.host(address.address()), Optional.empty(), false, Route.STATIC)));
            routes.add(new Route(Prefix.host(gateway(ipv4)), Optional.empty(), true, Route.STATIC));
            routes.add(new Route(new Prefix(IpAddress.any(family), 0), Optional.of(gateway(ipv4)), false, Route.STATIC));
            neighbours.add(new Neighbour(gateway(ipv4), HOST_MAC));
            if (ipv4) {
                hostSettings.put("ipv4/conf/" + outer + "/proxy_arp", "1");
                if (wish.asksForSources()) {
                    hostSettings.put("ipv4/conf/" + outer + "/rp_filter", LOOSE_REVERSE_PATH);
                }
            } else {
                hostSettings.put("ipv6/conf/all/forwarding", "1");
                settings.put("ipv6/conf/all/disable_ipv6", "0");
                settings.put("ipv6/conf/" + inner + "/disable_ipv6", "0");
            }
        }
        settings.put("ipv6/conf/" + inner + "/accept_ra", "0");
        return new EndpointPlan(wish.id(), wish.netns(),
                new Side(outer, Optional.of(HOST_MAC), wish.mtu(), List.of(), hostRoutes, List.of(), hostSettings),
                new Side(inner, wish.mac(), wish.mtu(), wish.addresses(), routes, neighbours, settings));
    }
}
