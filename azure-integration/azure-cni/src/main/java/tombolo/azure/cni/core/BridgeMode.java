package tombolo.azure.cni.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.config.CniSettings;
import tombolo.api.config.Settings;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.endpoint.EndpointPlan.Bridge;
import tombolo.api.endpoint.EndpointPlan.Neighbour;
import tombolo.api.endpoint.EndpointPlan.Route;
import tombolo.api.endpoint.EndpointPlan.Side;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.net.Prefix;

/**
 * The Azure CNI's bridge mode: containers of a subnet share a link on this host, and see on it what they would see in the VNET.
 *
 * <pre>
 *  host       azure0   12:34:56:78:9a:bc   10.240.0.5/32 dev azure0 proto static      10.240.0.5 at 02:… for good      proxy ARP, forwarding
 *             azv…     port of azure0: isolated, locked, 02:… for good
 *  container  eth0     02:…                10.240.0.5/16, 10.240.0.0/16 dev eth0, default via 10.240.0.1, which is at 12:34:56:78:9a:bc
 * </pre>
 *
 * What the Azure CNI does with ebtables is done with the bridge's own means:
 *
 * <pre>
 *  ebtables, nat                                           here
 *  arpreply of a container's address with its MAC          proxy ARP (proxy_arp_pvlan) with the bridge's MAC; beside an uplink proxy_arp_wifi on the port, with the container's
 *  arpreply of the node's address                          the bridge has the address, or (without an uplink) proxy ARP; its MAC is the uplink's where there is one
 *  dnat of packets to a container's MAC                    the route to the container over the bridge and that neighbour: the host forwards
 *  snat of what leaves the uplink, ARP too                 containers send to the host, whose MAC is the uplink's; their broadcasts do not leave by the uplink
 *  dnat of ARP replies to broadcast                        not needed: containers ask for nothing behind the uplink
 * </pre>
 *
 * The address 12:34:56:78:9a:bc is the one that every machine in a VNET sees at its gateway. With an uplink the subnet is not on the container's link but behind
 * 169.254.1.1, which the bridge has.
 *
 * <p>DEVIATION: between the uplink and a container the host forwards, so the time to live is one less than with rewritten MACs. DEVIATION: a container's MAC is a
 * hash of its id; the kernel's is random in the Azure CNI, and is not known before the interface is there. DEVIATION: nothing is bridged between the uplink and
 * containers but ARP for a container's address. DEVIATION: between two containers too the host forwards, where the Azure CNI's bridge does: this kernel tracks no connections in
 * the bridge family (CONFIG_NF_CONNTRACK_BRIDGE), so that policy would not hold between them. Beside an uplink, machines on its wire reach containers at their
 * MAC, and policy does not see that, unless policy is required: then the uplink is isolated too, nobody on the wire is answered for a container, and what is for one comes by a route
 * to this host (in a VNET, by its fabric, to the machine's own MAC). Known gaps: the tunnel mode inside a VNET, in which all of a container's traffic goes out of the machine (ebtables' dnat
 * to 12:34:56:78:9a:bc); it needs rules in nftables' bridge family. Beside an uplink, a machine on its wire that sends to this host under a container's MAC and address together is taken for the
 * container, also by policy (what is answered goes to the container); a VNET's fabric lets no such frames through, another wire may.
 */
public final class BridgeMode implements EndpointMode {
    public static final String NAME = BRIDGE;
    private static final String PREFIX = "azv";
    /** What a VNET shows as every gateway's. */
    static final MacAddress GATEWAY_MAC = MacAddress.parse("12:34:56:78:9a:bc");
    private static final IpAddress NO_SUBNET_GATEWAY = IpAddress.parse("169.254.1.1");
    private static final IpAddress GATEWAY6 = GATEWAY_MAC.linkLocal();

    private final String bridge;
    private final Optional<String> uplink;
    private final boolean apart;
    private final boolean fabric;

    /**
     * @param uplink the interface that becomes a port of the bridge; empty: none does
     * @param apart  whether nothing passes between the uplink and containers but through the host, as policy needs it
     * @param fabric whether the machine is in a VNET, whose fabric could carry what passes between its containers
     */
    public BridgeMode(String bridge, Optional<String> uplink, boolean apart, boolean fabric) {
        this.bridge = bridge;
        this.uplink = uplink;
        this.apart = apart;
        this.fabric = fabric;
    }

    /** On a machine in a VNET. */
    public BridgeMode(String bridge, Optional<String> uplink, boolean apart) {
        this(bridge, uplink, apart, true);
    }

    /** As the node's settings want it. */
    public static BridgeMode of(Settings settings) {
        return new BridgeMode(settings.azureCni().bridge(), settings.azureCni().bridgeUplink(), settings.cni().policy() == CniSettings.Policy.REQUIRED,
                !settings.azureCni().isAtSite());
    }

    /**
     * The Azure CNI's tunnel, which is its default too, is the bridge whose every packet goes out of the machine, so that the VNET's fabric decides about it. At a site there
     * is no fabric that could; inside a VNET, and where nobody has said that there is none, it is refused, because what security groups forbid between two containers would pass.
     */
    @Override
    public Set<String> standsFor() {
        return fabric ? Set.of() : Set.of("tunnel");
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String hostInterface(EndpointId id, String network, Map<String, String> arguments) {
        return EndpointMode.named(PREFIX, network + id.containerId() + id.interfaceName());
    }

    @Override
    public IpAddress gateway(boolean ipv4) {
        return ipv4 ? NO_SUBNET_GATEWAY : GATEWAY6;
    }

    /** A VNET's gateway is the first address of the subnet. */
    @Override
    public IpAddress gateway(InterfaceAddress own) {
        if (!own.address().isIpv4() || !hasSubnet(own)) {
            return gateway(own.address().isIpv4());
        }
        return IpAddress.v4(Prefix.of(own.address(), own.prefixLength()).address().v4Bits() + 1);
    }

    @Override
    public EndpointPlan plan(Wish wish) {
        String outer = wish.hostInterface();
        String inner = wish.id().interfaceName();
        MacAddress mac = wish.mac().orElseGet(() -> mac(wish.id()));
        List<Route> hostRoutes = new ArrayList<>();
        List<Neighbour> hostNeighbours = new ArrayList<>();
        List<Route> routes = new ArrayList<>();
        List<Neighbour> neighbours = new ArrayList<>();
        Map<String, String> bridgeSettings = new LinkedHashMap<>();
        Map<String, String> settings = new LinkedHashMap<>();
        bridgeSettings.put("ipv6/conf/" + bridge + "/accept_ra", "0");
        bridgeSettings.put("ipv4/conf/" + bridge + "/forwarding", "1");
        bridgeSettings.put("ipv4/conf/" + bridge + "/send_redirects", "0"); // between two containers the host would tell of a shorter way
        bridgeSettings.put("ipv4/conf/" + bridge + "/proxy_arp", "1");
        if (uplink.isEmpty()) {
            bridgeSettings.put("ipv4/conf/" + bridge + "/proxy_arp_pvlan", "1"); // the host answers for neighbours, also for what is behind the bridge itself (RFC 3069)
        }
        bridgeSettings.put("ipv4/neigh/" + bridge + "/proxy_delay", "0"); // else an answer waits up to 0.8 s
        for (AddressFamily family : AddressFamily.values()) {
            List<InterfaceAddress> own = wish.addresses().stream().filter(address -> address.address().family() == family).toList();
            if (own.isEmpty()) {
                continue;
            }
            boolean ipv4 = family == AddressFamily.IPV4;
            if (ipv4 && wish.asksForSources()) {
                bridgeSettings.put("ipv4/conf/" + bridge + "/rp_filter", LOOSE_REVERSE_PATH); // of all behind the bridge; policy asks each of them for its own addresses
            }
            for (InterfaceAddress address : own) {
                hostRoutes.add(new Route(Prefix.host(address.address()), Optional.empty(), false, Route.STATIC));
                hostNeighbours.add(new Neighbour(address.address(), mac));
            }
            InterfaceAddress first = own.getFirst();
            IpAddress gateway = gateway(first);
            routes.add(ipv4 && hasSubnet(first) ? new Route(Prefix.of(first.address(), first.prefixLength()), Optional.empty(), true, Route.STATIC)
                    : new Route(Prefix.host(gateway), Optional.empty(), true, Route.STATIC));
            routes.add(new Route(new Prefix(IpAddress.any(family), 0), Optional.of(gateway), false, Route.STATIC));
            if (uplink.isEmpty()) {
                neighbours.add(new Neighbour(gateway, GATEWAY_MAC)); // with an uplink its MAC is the gateway's, and the kernel answers for its own address
            }
            if (!ipv4) {
                bridgeSettings.put("ipv6/conf/" + bridge + "/disable_ipv6", "0");
                bridgeSettings.put("ipv6/conf/all/forwarding", "1");
                settings.put("ipv6/conf/all/disable_ipv6", "0");
                settings.put("ipv6/conf/" + inner + "/disable_ipv6", "0");
            }
        }
        settings.put("ipv6/conf/" + inner + "/accept_ra", "0");
        settings.put("ipv6/conf/" + inner + "/accept_redirects", "0"); // the way between two containers is by the host, and not straight
        List<InterfaceAddress> bridgeAddresses = uplink.isEmpty() ? List.of() : List.of(new InterfaceAddress(NO_SUBNET_GATEWAY, 32), new InterfaceAddress(GATEWAY6, 64));
        return new EndpointPlan(wish.id(), wish.netns(),
                new Side(outer, Optional.empty(), wish.mtu(), List.of(), List.of(), List.of(), Map.of("ipv6/conf/" + outer + "/accept_ra", "0")),
                new Side(inner, Optional.of(mac), wish.mtu(), wish.addresses(), routes, neighbours, settings),
                Optional.of(new Bridge(bridge, uplink.isEmpty() ? Optional.of(GATEWAY_MAC) : Optional.empty(), wish.mtu(), uplink, apart, bridgeAddresses, bridgeSettings, hostRoutes,
                        hostNeighbours)));
    }

    /** Whether the container has its subnet on its link. */
    private boolean hasSubnet(InterfaceAddress own) {
        return uplink.isEmpty() && own.prefixLength() < 31;
    }

    /** Locally administered (IEEE 802: the second bit of the first octet), and the same whenever it is asked for. */
    static MacAddress mac(EndpointId id) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest(id.toString().getBytes(StandardCharsets.UTF_8));
            digest[0] = 2;
            return MacAddress.fromBytes(digest, 0);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-1", e);
        }
    }
}
