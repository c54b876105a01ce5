package tombolo.api.endpoint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.net.Prefix;

/**
 * What must be in the kernel for one container interface: a veth pair, what hangs on its two ends, and nothing else. Who makes a plan does no I/O; who
 * applies, compares or repairs it needs to know nothing of modes.
 *
 * <pre>
 *  host namespace                                      container namespace
 *  host.interfaceName ═══════════ veth pair ═══════════ container.interfaceName
 *  addresses, routes to the container, settings        addresses, routes, permanent neighbours, settings
 * </pre>
 *
 * @param netns  path of the container's namespace
 * @param bridge of which the host's end is a port; empty: it is none
 */
public record EndpointPlan(EndpointId id, String netns, Side host, Side container, Optional<Bridge> bridge) {
    /** The most routes or addresses of one side: what a runtime asks for, many times over. */
    public static final int MOST = 256;

    public EndpointPlan {
        if (!container.interfaceName.equals(id.interfaceName())) {
            throw new IllegalArgumentException("the container's interface is " + id.interfaceName() + ", not " + container.interfaceName);
        }
        if (bridge.isPresent() && container.mac.isEmpty()) {
            throw new IllegalArgumentException("a container behind a bridge needs a hardware address: the bridge is told of it");
        }
    }

    /** A pair whose host's end stands alone. */
    public EndpointPlan(EndpointId id, String netns, Side host, Side container) {
        this(id, netns, host, container, Optional.empty());
    }

    /**
     * A bridge that the endpoints of a mode share. It is made with the first of them and stays; the port, and the routes and neighbours of one endpoint on the
     * bridge, come and go with that endpoint. The port exchanges frames with the host alone, and not with other ports of its kind
     * (isolated), so that the host's rules see what containers say to each other; it takes frames from the container's hardware address alone (locked), which the bridge knows for
     * good. Beside an uplink it answers ARP requests for its container's address from the bridge's permanent neighbours (proxy_arp_wifi), unless the two are to be apart.
     *
     * @param mac        of the bridge; empty: the uplink's
     * @param uplink     the interface of the host that is a port too, whose addresses and routes move to the bridge; empty: none is
     * @param apart      beside an uplink: whether it, too, exchanges frames with the host alone, so that the host's rules see all that containers and the wire say to each other; the
     *                   wire then reaches containers by routes to this host alone
     * @param addresses  of the bridge itself, the same for every endpoint
     * @param settings   of the bridge, by path below {@code /proc/sys/net/}
     * @param routes     to this endpoint, over the bridge
     * @param neighbours on the bridge: the addresses of this endpoint, all with the container's hardware address
     */
    public record Bridge(String interfaceName, Optional<MacAddress> mac, int mtu, Optional<String> uplink, boolean apart, List<InterfaceAddress> addresses,
                         Map<String, String> settings, List<Route> routes, List<Neighbour> neighbours) {
        public Bridge {
            if (!EndpointId.isInterfaceName(interfaceName)) {
                throw new IllegalArgumentException("'" + interfaceName + "' is not an interface name");
            }
            if (mac.isEmpty() && uplink.isEmpty()) {
                throw new IllegalArgumentException("bridge " + interfaceName + " has neither a hardware address nor an uplink to take it from");
            }
            addresses = List.copyOf(addresses);
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
            routes = List.copyOf(routes);
            neighbours = List.copyOf(neighbours);
            if (routes.size() > MOST || neighbours.size() > MOST || settings.size() > MOST) {
                throw new IllegalArgumentException("more than " + MOST + " routes, neighbours or settings of " + interfaceName);
            }
        }
    }

    /**
     * One end of the pair.
     *
     * @param mac        empty: whatever the kernel gives
     * @param mtu        68 to 65535
     * @param addresses  never with a route of the kernel's own to their subnet: the routes below are all there are
     * @param neighbours permanent ones
     * @param settings   by path below {@code /proc/sys/net/}, written in this order before the addresses
     */
    public record Side(String interfaceName, Optional<MacAddress> mac, int mtu, List<InterfaceAddress> addresses, List<Route> routes,
                       List<Neighbour> neighbours, Map<String, String> settings) {
        public Side {
            if (!EndpointId.isInterfaceName(interfaceName)) {
                throw new IllegalArgumentException("'" + interfaceName + "' is not an interface name");
            }
            if (mtu < 68 || mtu > 65535) {
                throw new IllegalArgumentException("MTU " + mtu + ": 68 to 65535");
            }
            if (mac.filter(MacAddress::isMulticast).isPresent()) {
                throw new IllegalArgumentException(mac.get() + " is a group address; an interface cannot have it");
            }
            addresses = List.copyOf(addresses);
            routes = List.copyOf(routes);
            neighbours = List.copyOf(neighbours);
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
            if (addresses.size() > MOST || routes.size() > MOST || neighbours.size() > MOST || settings.size() > MOST) {
                throw new IllegalArgumentException("more than " + MOST + " addresses, routes, neighbours or settings of " + interfaceName);
            }
        }
    }

    /**
     * A route over that end, in the main table.
     *
     * @param gateway  empty: the destination is on the link
     * @param onLink   whether an IPv4 route has scope link, as one without a gateway usually has; else scope global
     * @param protocol the kernel's number of who made it (rtm_protocol): {@link #OURS}, 3 boot, 4 static
     */
    public record Route(Prefix destination, Optional<IpAddress> gateway, boolean onLink, int protocol) {
        /** Marks routes to containers as ours; 201 are those of the route table, which has a loop of its own to sweep them. */
        public static final int OURS = 202;
        public static final int BOOT = 3;
        public static final int STATIC = 4;

        public Route {
            if (gateway.filter(address -> address.family() != destination.family()).isPresent()) {
                throw new IllegalArgumentException("the gateway of " + destination + " is " + gateway.get() + ", of the other family");
            }
        }
    }

    public record Neighbour(IpAddress address, MacAddress mac) { }
}
