package tombolo.dataplane.core.overlay;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tombolo.api.kernel.Link;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.net.Prefix;
import tombolo.api.overlay.OverlayTunnel;
import tombolo.api.overlay.OverlayTunnel.Kind;
import tombolo.api.overlay.TunnelMac;
import tombolo.api.resource.BlockAffinity;
import tombolo.api.resource.InterfaceAddress;
import tombolo.api.resource.IpPool;
import tombolo.api.resource.IpPool.Encapsulation;
import tombolo.api.resource.Node;
import tombolo.api.resource.Resource;
import tombolo.api.route.NextHop;

/**
 * What one node wants of the overlay.
 *
 * @param tunnels by device
 * @param ways    to the other nodes' blocks in pools that are encapsulated, also those that go plainly
 * @param notes   what cannot be done, and why; sorted
 * @param owedMtu where tunnels are wanted and this node's own Node has no address yet, or is not written: the smallest MTU that they can come to have
 */
public record OverlayPlan(Map<String, OverlayTunnel> tunnels, Map<Prefix, Way> ways, List<String> notes, OptionalInt owedMtu) {
    public static final String VXLAN = "vxlan.calico";
    public static final String VXLAN_V6 = "vxlan-v6.calico";
    public static final String IPIP = "tunl0";
    /** Devices that can be ours. */
    public static final List<String> DEVICES = List.of(VXLAN, VXLAN_V6, IPIP);
    /** Of what the plan is made. */
    public static final Set<String> KINDS = Set.of("IPPool", "Node", "BlockAffinity", "FelixConfiguration");
    public static final OverlayPlan NOTHING = new OverlayPlan(Map.of(), Map.of(), List.of(), OptionalInt.empty());

    /** Each other node is a set of next hops of a route feed, which has 65,536. */
    static final int MAX_PEERS = 65_000;
    private static final int DEFAULT_VNI = 4096;
    private static final int DEFAULT_PORT = 4789;
    /** Where the interface with the node's address is not known. */
    private static final int DEFAULT_MTU = 1500;
    /** IPv6 needs a link of at least 1280 (RFC 8200 §5). */
    private static final int MIN_MTU = 576;
    private static final int MIN_MTU_V6 = 1280;

    public OverlayPlan {
        tunnels = Collections.unmodifiableMap(new TreeMap<>(tunnels));
        ways = Collections.unmodifiableMap(new TreeMap<>(ways));
        notes = notes.stream().distinct().sorted().toList();
    }

    /** How a block is reached. @param node whose it is @param underlay that node's address */
    public record Way(String node, IpAddress underlay, NextHop hop) { }

    /**
     * The plan, which depends on what is held and not on its order.
     *
     * @param self      this node's name
     * @param resources of {@link #KINDS}
     * @param links     this node's interfaces
     */
    public static OverlayPlan of(String self, Collection<Resource> resources, Collection<Link> links) {
        return new Making(self, resources, links).plan();
    }

    /** One run of the computation. */
    private static final class Making {
        private final String self;
        private final Collection<Link> links;
        private final FelixParameters felix;
        private final Map<String, Node> nodes = new TreeMap<>();
        private final Map<Prefix, IpPool> pools = new TreeMap<>();
        private final Map<Prefix, String> owners = new TreeMap<>();
        private final Map<String, OverlayTunnel> tunnels = new TreeMap<>();
        private final Map<Prefix, Way> ways = new TreeMap<>();
        private final List<String> notes = new ArrayList<>();
        private OptionalInt owedMtu = OptionalInt.empty();

        Making(String self, Collection<Resource> resources, Collection<Link> links) {
            this.self = self;
            this.links = links;
            Map<String, String> labels = new TreeMap<>();
            for (Resource resource : resources) {
                switch (resource.spec()) {
                    case Node node -> {
                        nodes.put(resource.id().name(), node);
                        if (resource.id().name().equals(self)) {
                            labels.putAll(resource.labels());
                        }
                    }
                    case IpPool pool -> pools.put(pool.cidr(), pool);
                    // Two nodes that claim one block: only for a moment, and then the first by name for all.
                    case BlockAffinity affinity when held(affinity) -> owners.merge(affinity.cidr(), affinity.node(), (one, other) -> one.compareTo(other) <= 0 ? one : other);
                    default -> { }
                }
            }
            felix = FelixParameters.of(self, labels, resources);
        }

        private static boolean held(BlockAffinity affinity) {
            return !affinity.deleted() && affinity.type() == BlockAffinity.Type.HOST
                    && (affinity.state() == BlockAffinity.State.CONFIRMED || affinity.state() == BlockAffinity.State.UNSET);
        }

        OverlayPlan plan() {
            Set<Kind> kinds4 = new TreeSet<>();
            Set<Kind> kinds6 = new TreeSet<>();
            pools.values().forEach(pool -> kind(pool).ifPresent(kind -> (pool.cidr().family() == AddressFamily.IPV4 ? kinds4 : kinds6).add(kind)));
            kinds4.forEach(kind -> tunnel(kind, AddressFamily.IPV4));
            kinds6.forEach(kind -> tunnel(kind, AddressFamily.IPV6));
            owners.forEach(this::way);
            return new OverlayPlan(tunnels, ways, notes, owedMtu);
        }

        /** How a pool is encapsulated; disabled ones too, since addresses of theirs are still in use. */
        private Optional<Kind> kind(IpPool pool) {
            if (pool.vxlanMode() != Encapsulation.NEVER) {
                return felix.enabled("vxlanEnabled") ? Optional.of(Kind.VXLAN) : Optional.empty();
            }
            return pool.ipipMode() != Encapsulation.NEVER && pool.cidr().family() == AddressFamily.IPV4 && felix.enabled("ipipEnabled") ? Optional.of(Kind.IPIP) : Optional.empty();
        }

        private void tunnel(Kind kind, AddressFamily family) {
            Optional<InterfaceAddress> own = address(self, family);
            if (own.isEmpty()) {
                notes.add("TMB-OVL-001 node " + self + " has no " + name(family) + " address in its Node resource, so no " + kind.word() + " tunnel can be made; set "
                        + (family == AddressFamily.IPV4 ? "ipv4" : "ipv6") + "-address in etc/tombolo.node.cfg");
                // One that has an address of the other family alone says so: that there are no tunnels of this one.
                if (address(self, AddressFamily.IPV4).or(() -> address(self, AddressFamily.IPV6)).isEmpty()) {
                    owedMtu = OptionalInt.of(Math.min(mtu(kind, family, smallestMtu()), owedMtu.orElse(Integer.MAX_VALUE)));
                }
                return;
            }
            boolean v4 = family == AddressFamily.IPV4;
            Node me = nodes.get(self);
            int mtu = mtu(kind, family, underlayMtu(own.get().address()));
            Map<String, OverlayTunnel.Peer> peers = new TreeMap<>();
            nodes.keySet().stream().filter(name -> !name.equals(self)).limit(MAX_PEERS).forEach(name -> peer(kind, family, name).ifPresent(peer -> peers.put(name, peer)));
            if (nodes.size() > MAX_PEERS + 1) {
                notes.add("TMB-OVL-002 there are " + nodes.size() + " nodes; tunnels lead to the first " + MAX_PEERS + " of them");
            }
            Optional<IpAddress> address = tunnelAddress(kind, me, family);
            if (address.isEmpty()) {
                notes.add("TMB-OVL-003 this node has no " + name(family) + " " + kind.word() + " tunnel address yet; it gets one from a pool of that mode that is enabled, selects the node and "
                        + "allows the use Tunnel");
            }
            OverlayTunnel tunnel = kind == Kind.IPIP
                    ? new OverlayTunnel(kind, IPIP, 0, 0, own.get().address(), mtu, Optional.empty(), address, peers)
                    : new OverlayTunnel(kind, v4 ? VXLAN : VXLAN_V6, felix.number("vxlanVNI", 1, 0xff_ffff, DEFAULT_VNI), felix.number("vxlanPort", 1, 0xffff, DEFAULT_PORT),
                            own.get().address(), mtu, Optional.of(mac(self, me, family)), address, peers);
            tunnels.put(tunnel.device(), tunnel);
        }

        private int mtu(Kind kind, AddressFamily family, int underlay) {
            boolean v4 = family == AddressFamily.IPV4;
            int least = v4 ? MIN_MTU : MIN_MTU_V6;
            return felix.number(kind == Kind.IPIP ? "ipipMTU" : v4 ? "vxlanMTU" : "vxlanMTUV6", least, 65535, Math.max(least, underlay - kind.overhead(family)));
        }

        private Optional<OverlayTunnel.Peer> peer(Kind kind, AddressFamily family, String name) {
            Optional<IpAddress> underlay = address(name, family).map(InterfaceAddress::address);
            if (kind == Kind.IPIP) {
                return underlay.map(address -> new OverlayTunnel.Peer(address, address, Optional.empty()));
            }
            Node node = nodes.get(name);
            Optional<IpAddress> tunnel = tunnelAddress(kind, node, family);
            return underlay.isEmpty() || tunnel.isEmpty() ? Optional.empty() : Optional.of(new OverlayTunnel.Peer(underlay.get(), tunnel.get(), Optional.of(mac(name, node, family))));
        }

        private void way(Prefix block, String owner) {
            if (owner.equals(self)) {
                return;
            }
            Optional<IpPool> pool = pools.values().stream().filter(one -> one.cidr().covers(block)).findFirst();
            Optional<Kind> kind = pool.flatMap(this::kind);
            Optional<InterfaceAddress> own = address(self, block.family());
            if (kind.isEmpty() || own.isEmpty()) {
                return; // a pool without encapsulation is BGP's
            }
            Optional<InterfaceAddress> peer = address(owner, block.family());
            if (peer.isEmpty()) {
                notes.add("TMB-OVL-004 node " + owner + " has no " + name(block.family()) + " address in its Node resource: its blocks, such as " + block + ", cannot be reached");
                return;
            }
            Encapsulation mode = kind.get() == Kind.VXLAN ? pool.get().vxlanMode() : pool.get().ipipMode();
            if (mode == Encapsulation.CROSS_SUBNET && own.get().network().contains(peer.get().address())) {
                ways.put(block, new Way(owner, peer.get().address(), NextHop.via(peer.get().address())));
                return;
            }
            String device = kind.get() == Kind.IPIP ? IPIP : block.family() == AddressFamily.IPV4 ? VXLAN : VXLAN_V6;
            OverlayTunnel.Peer end = tunnels.get(device).peers().get(owner);
            if (end == null) {
                notes.add("TMB-OVL-005 node " + owner + " has no " + kind.get().word() + " tunnel address in its Node resource: its blocks, such as " + block + ", cannot be reached");
                return;
            }
            ways.put(block, new Way(owner, end.underlay(), NextHop.onLink(end.tunnel(), device)));
        }

        /** The node's address with the network that it is in, which says who is near. */
        private Optional<InterfaceAddress> address(String name, AddressFamily family) {
            return Optional.ofNullable(nodes.get(name)).flatMap(Node::bgp).flatMap(bgp -> family == AddressFamily.IPV4 ? bgp.ipv4Address() : bgp.ipv6Address());
        }

        private static Optional<IpAddress> tunnelAddress(Kind kind, Node node, AddressFamily family) {
            return kind == Kind.IPIP ? node.bgp().flatMap(Node.Bgp::ipv4IpipTunnelAddr) : family == AddressFamily.IPV4 ? node.ipv4VxlanTunnelAddr() : node.ipv6VxlanTunnelAddr();
        }

        private static MacAddress mac(String name, Node node, AddressFamily family) {
            Optional<String> said = family == AddressFamily.IPV4 ? node.vxlanTunnelMacAddr() : node.vxlanTunnelMacAddrV6();
            try {
                return said.map(MacAddress::parse).orElseGet(() -> TunnelMac.of(name, family));
            } catch (IllegalArgumentException _) {
                return TunnelMac.of(name, family); // what the node itself will use, too
            }
        }

        /** Of the interface that has the node's address, else of the one in whose network it is. */
        private int underlayMtu(IpAddress own) {
            Optional<Link> having = links.stream().filter(link -> link.addresses().stream().anyMatch(address -> address.address().equals(own))).findFirst();
            return having.or(() -> links.stream().filter(link -> !DEVICES.contains(link.name()) && link.addresses().stream()
                    .anyMatch(address -> address.address().family() == own.family() && Prefix.of(address.address(), address.prefixLength()).contains(own))).findFirst())
                    .filter(link -> !own.isLoopback()).map(Link::mtu).filter(mtu -> mtu <= 65535).orElse(DEFAULT_MTU);
        }

        /** Of the interfaces one of which the underlay will be. */
        private int smallestMtu() {
            return links.stream().filter(link -> link.up() && !DEVICES.contains(link.name())
                    && link.addresses().stream().anyMatch(one -> !one.address().isLoopback() && !one.address().isLinkLocal())).mapToInt(Link::mtu).min().orElse(DEFAULT_MTU);
        }

        private static String name(AddressFamily family) {
            return family == AddressFamily.IPV4 ? "IPv4" : "IPv6";
        }
    }
}
