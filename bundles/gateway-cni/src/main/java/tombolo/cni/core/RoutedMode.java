package tombolo.cni.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * Calico's way: the container has a single address and reaches everything through the host, every packet is routed.
 *
 * <pre>
 *  host       cali…   ee:ee:ee:ee:ee:ee   10.65.0.5/32 dev cali… scope link      proxy ARP, forwarding, strict reverse path (loose: allowedSourcePrefixes)
 *                                         2001:db8::5/128 dev cali…              fe80::ecee:eeff:feee:eeee, proxy NDP, forwarding
 *  container  eth0                        10.65.0.5/32   169.254.1.1 scope link, default via 169.254.1.1
 *                                         2001:db8::5/128   default via fe80::ecee:eeff:feee:eeee
 * </pre>
 *
 * Both gateways are permanent neighbours: proxy ARP alone does not answer on a host without a default route. DEVIATION: without a pod's name Calico takes the
 * first 11 characters of the container id for the host's end, which two ids may share; here it is a hash of container and interface.
 */
public final class RoutedMode implements EndpointMode {
    public static final String NAME = "routed";
    /** No host has it, so that a container never takes one of its neighbours for the gateway. */
    public static final IpAddress GATEWAY = IpAddress.parse("169.254.1.1");
    public static final MacAddress HOST_MAC = MacAddress.parse("ee:ee:ee:ee:ee:ee");

    /** Among an endpoint's arguments: that its container may route (Calico's {@code container_settings.allow_ip_forwarding}). */
    public static final String FORWARDING = "tombolo.io/ip-forwarding";

    private final String prefix;

    /** @param prefix of host interfaces, 1 to 4 characters, such as {@code cali} */
    public RoutedMode(String prefix) {
        if (prefix.isEmpty() || prefix.length() > 15 - HASH_LENGTH) {
            throw new IllegalArgumentException("'" + prefix + "': a prefix of host interfaces has 1 to " + (15 - HASH_LENGTH) + " characters");
        }
        this.prefix = prefix;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String hostInterface(EndpointId id, String network, Map<String, String> arguments) {
        String pod = arguments.getOrDefault("K8S_POD_NAME", "");
        // As Calico names it, so that whatever looks for a pod's interface finds it.
        return EndpointMode.named(prefix, pod.isEmpty() || !id.interfaceName().equals("eth0") ? id.toString() : arguments.getOrDefault("K8S_POD_NAMESPACE", "") + "." + pod);
    }

    @Override
    public IpAddress gateway(boolean ipv4) {
        return ipv4 ? GATEWAY : HOST_MAC.linkLocal();
    }

    @Override
    public Optional<EndpointPlan> begin(Wish wish) {
        return Optional.of(plan(wish));
    }

    @Override
    public EndpointPlan plan(Wish wish) {
        String outer = wish.hostInterface();
        String inner = wish.id().interfaceName();
        List<InterfaceAddress> addresses = new ArrayList<>();
        List<Route> hostRoutes = new ArrayList<>();
        List<Route> routes = new ArrayList<>();
        List<Neighbour> neighbours = new ArrayList<>();
        List<InterfaceAddress> hostAddresses = new ArrayList<>();
        Map<String, String> hostSettings = new LinkedHashMap<>();
        Map<String, String> settings = new LinkedHashMap<>();
        for (AddressFamily family : AddressFamily.values()) {
            List<InterfaceAddress> own = wish.addresses().stream().filter(address -> address.address().family() == family).toList();
            if (own.isEmpty()) {
                continue;
            }
            boolean ipv4 = family == AddressFamily.IPV4;
            if (wish.arguments().containsKey(FORWARDING)) {
                settings.put(ipv4 ? "ipv4/ip_forward" : "ipv6/conf/all/forwarding", "1");
            }
            for (InterfaceAddress address : own) {
                addresses.add(new InterfaceAddress(address.address(), family.bits()));
                hostRoutes.add(new Route(Prefix.host(address.address()), Optional.empty(), true, Route.OURS));
            }
            routes.add(new Route(Prefix.host(gateway(ipv4)), Optional.empty(), true, Route.BOOT));
            routes.add(new Route(new Prefix(IpAddress.any(family), 0), Optional.of(gateway(ipv4)), false, Route.BOOT));
            neighbours.add(new Neighbour(gateway(ipv4), HOST_MAC));
            if (ipv4) {
                hostSettings.put("ipv4/conf/" + outer + "/proxy_arp", "1");
                hostSettings.put("ipv4/conf/" + outer + "/forwarding", "1");
                hostSettings.put("ipv4/conf/" + outer + "/rp_filter", wish.asksForSources() ? LOOSE_REVERSE_PATH : "1");
                hostSettings.put("ipv4/conf/" + outer + "/route_localnet", "1");
            } else {
                hostSettings.put("ipv6/conf/" + outer + "/disable_ipv6", "0");
                hostSettings.put("ipv6/conf/" + outer + "/accept_ra", "0");
                hostSettings.put("ipv6/conf/" + outer + "/proxy_ndp", "1");
                hostSettings.put("ipv6/conf/" + outer + "/forwarding", "1");
                hostAddresses.add(new InterfaceAddress(gateway(false), 64));
                settings.put("ipv6/conf/" + inner + "/disable_ipv6", "0");
                settings.put("ipv6/conf/" + inner + "/accept_ra", "0");
            }
        }
        return new EndpointPlan(wish.id(), wish.netns(),
                new Side(outer, Optional.of(HOST_MAC), wish.mtu(), hostAddresses, hostRoutes, List.of(), hostSettings),
                new Side(inner, wish.mac(), wish.mtu(), addresses, routes, neighbours, settings));
    }
}
