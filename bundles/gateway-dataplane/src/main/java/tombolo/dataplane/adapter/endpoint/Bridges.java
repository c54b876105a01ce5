package tombolo.dataplane.adapter.endpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.endpoint.EndpointPlan.Bridge;
import tombolo.api.endpoint.EndpointPlan.Neighbour;
import tombolo.api.endpoint.EndpointPlan.Route;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.kernel.Namespaces;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.net.Prefix;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.NeighbourMessage;
import tombolo.dataplane.core.endpoint.BridgeMessages.SeenPort;
import tombolo.dataplane.core.endpoint.BridgeMessages;
import tombolo.dataplane.core.endpoint.EndpointAnswers.SeenLink;
import tombolo.dataplane.core.endpoint.EndpointAnswers.SeenNeighbour;
import tombolo.dataplane.core.endpoint.EndpointAnswers;
import tombolo.dataplane.core.endpoint.EndpointMessages;

/**
 * The bridge's part of endpoints whose host end is a port: makes the bridge where it is not there, and what of one endpoint hangs on it.
 *
 * <pre>
 *  bridge, settings, addresses ─► [uplink: addresses on the bridge too ─► a port ─► its routes over the bridge ─► addresses off the uplink] ─► the endpoint's port,
 *  forwarding entry, neighbours, routes
 * </pre>
 *
 * The host is not reached while the kernel works off the two datagrams between the uplink's becoming a port and the last address's leaving it; a kill just
 * between them is mended by the next start or endpoint, as is any other stop. Any thread; the host's socket is the caller's.
 */
final class Bridges {
    /** What containers say to each other goes through the host, which routes it, so that its rules see it; none speaks under another's hardware address. */
    private static final Map<Integer, Integer> APART = Map.of(BridgeMessages.HAIRPIN, 1, BridgeMessages.PROXY_ARP_WIFI, 0, BridgeMessages.ISOLATED, 1, BridgeMessages.LOCKED, 1,
            BridgeMessages.LEARNING, 0);
    /** Beside an uplink the bridge answers for its ports, since somebody on the wire may ask for them; what is on the wire reaches them directly. */
    private static final Map<Integer, Integer> BESIDE_UPLINK = Map.of(BridgeMessages.HAIRPIN, 1, BridgeMessages.PROXY_ARP_WIFI, 1, BridgeMessages.ISOLATED, 1, BridgeMessages.LOCKED, 1,
            BridgeMessages.LEARNING, 0);
    private static final Map<Integer, String> FLAGS = Map.of(BridgeMessages.HAIRPIN, "hairpin", BridgeMessages.PROXY_ARP_WIFI, "proxy_arp_wifi", BridgeMessages.ISOLATED, "isolated",
            BridgeMessages.LOCKED, "locked", BridgeMessages.LEARNING, "learning");
    /** Containers' broadcasts stay on this host; the host's own go out all the same. */
    private static Map<Integer, Integer> uplinkPort(Bridge bridge) {
        return Map.of(BridgeMessages.HAIRPIN, 1, BridgeMessages.BROADCAST_FLOOD, 0, BridgeMessages.MULTICAST_FLOOD, 0, BridgeMessages.ISOLATED, bridge.apart() ? 1 : 0);
    }


    /** All go in one datagram: some 100 bytes each, and it has 512 KiB. The gateway's own routes (protocol 201) are not among them: their owner moves them. */
    private static final int MOST_ROUTES = 1_000;

    private final Namespaces namespaces;
    private final Optional<String> hostNetns;
    private final Object making = new Object();

    Bridges(Namespaces namespaces, Optional<String> hostNetns) {
        this.namespaces = namespaces;
        this.hostNetns = hostNetns;
    }

    /** The host's end of the pair is there. */
    void attach(Exchange host, EndpointPlan plan, Bridge bridge, int portIndex) throws StepFailed {
        int index;
        synchronized (making) {
            index = ensure(host, bridge);
        }
        MacAddress mac = plan.container().mac().orElseThrow();
        Steps steps = new Steps(host);
        String port = plan.host().interfaceName();
        BridgeMessages.setMaster(host.writer(), steps.next("making " + port + " a port of " + bridge.interfaceName()), portIndex, index);
        NeighbourMessage.addBehindPort(host.writer(), steps.next("telling " + bridge.interfaceName() + " that " + mac + " is behind " + port), portIndex, mac);
        BridgeMessages.setPort(host.writer(), steps.next("setting up the port " + port), portIndex, flags(bridge));
        for (Neighbour neighbour : bridge.neighbours()) {
            NeighbourMessage.add(host.writer(), steps.next("telling " + bridge.interfaceName() + " that " + neighbour.address() + " is at " + mac), index, neighbour.address(), neighbour.mac());
        }
        steps.run();
        for (Route route : bridge.routes()) {
            EndpointMessages.newRoute(host.writer(), steps.next("making the route " + route.destination() + " over " + bridge.interfaceName()), index, route);
            Optional<Exchange.Error> refused = steps.first();
            if (refused.isPresent() && refused.get().errno() != Errno.EEXIST) {
                throw new StepFailed("making the route " + route.destination() + " over " + bridge.interfaceName() + ": " + refused.get());
            }
            if (refused.isPresent() && !KernelEndpoints.lookUp(host, route.destination().address()).map(EndpointAnswers.SeenRoute::interfaceIndex).equals(Optional.of(index))) {
                throw new StepFailed("making the route " + route.destination() + " over " + bridge.interfaceName() + ": the address is routed elsewhere already");
            }
        }
    }

    private static Map<Integer, Integer> flags(Bridge bridge) {
        return bridge.uplink().isPresent() && !bridge.apart() ? BESIDE_UPLINK : APART;
    }

    /** By the container's hardware address: what another endpoint made of the same address since is not touched. */
    void detach(Exchange host, EndpointPlan plan, Bridge bridge) {
        Optional<SeenLink> there = KernelEndpoints.link(host, bridge.interfaceName(), false);
        if (there.isEmpty() || plan.container().mac().isEmpty()) {
            return;
        }
        MacAddress mac = plan.container().mac().get();
        List<Neighbour> own = neighbours(host, there.get().index()).stream().map(SeenNeighbour::neighbour).filter(one -> one.mac().equals(mac)).toList();
        for (Neighbour one : own) {
            Route route = new Route(Prefix.host(one.address()), Optional.empty(), false, Route.STATIC);
            Steps steps = new Steps(host);
            BridgeMessages.deleteRoute(host.writer(), steps.next(""), there.get().index(), route);
            steps.first().filter(error -> error.errno() != Errno.ESRCH && error.errno() != Errno.ENOENT).ifPresent(error -> {
                throw new KernelException("removing the route " + route.destination() + " over " + bridge.interfaceName() + ": " + error, 0);
            });
            NeighbourMessage.delete(host.writer(), steps.next(""), there.get().index(), one.address());
            steps.first().filter(error -> error.errno() != Errno.ENOENT).ifPresent(error -> {
                throw new KernelException("removing the neighbour " + one.address() + " of " + bridge.interfaceName() + ": " + error, 0);
            });
        }
    }

    /** What differs from the plan, in words. */
    void compare(Exchange host, EndpointPlan plan, Bridge bridge, List<String> found) {
        String name = bridge.interfaceName();
        Optional<SeenLink> there = KernelEndpoints.link(host, name, false);
        if (there.isEmpty()) {
            found.add("bridge: interface " + name + " is not there");
            return;
        }
        if (!there.get().up()) {
            found.add("bridge: " + name + " is down");
        }
        bridge.mac().filter(mac -> !there.get().mac().equals(Optional.of(mac))).ifPresent(mac ->
                found.add("bridge: " + name + " has hardware address " + there.get().mac().map(Object::toString).orElse("none") + ", wanted " + mac));
        Map<String, String> settings = namespaces.readSettings(hostNetns, bridge.settings().keySet());
        bridge.settings().forEach((path, value) -> {
            if (settings.containsKey(path) && !value.equals(settings.get(path))) {
                found.add("bridge: " + path + " is " + settings.get(path) + ", wanted " + value);
            }
        });
        List<InterfaceAddress> addresses = addresses(host, there.get().index());
        bridge.addresses().stream().filter(address -> !addresses.contains(address)).forEach(address ->
                found.add("bridge: " + name + " lacks the address " + address.address() + "/" + address.prefixLength()));
        bridge.uplink().filter(uplink -> port(host, uplink).filter(port -> port.master() == there.get().index()).isEmpty()).ifPresent(uplink ->
                found.add("bridge: " + uplink + " is no port of " + name));
        bridge.uplink().flatMap(uplink -> KernelEndpoints.link(host, uplink, false)).filter(uplink -> addresses(host, uplink.index()).stream().anyMatch(one -> !one.address().isLinkLocal()))
                .ifPresent(uplink -> found.add("bridge: addresses of " + uplink.name() + " have not moved to " + name));
        bridge.uplink().flatMap(uplink -> port(host, uplink)).filter(port -> port.master() == there.get().index() && isolated(port) != bridge.apart()).ifPresent(_ ->
                found.add("bridge: isolated of the port " + bridge.uplink().get() + " is " + (bridge.apart() ? "off" : "on")));
        comparePort(host, plan, bridge, there.get(), found);
    }

    private static void comparePort(Exchange host, EndpointPlan plan, Bridge bridge, SeenLink there, List<String> found) {
        String name = bridge.interfaceName();
        Optional<SeenPort> port = port(host, plan.host().interfaceName());
        Optional<SeenLink> link = KernelEndpoints.link(host, plan.host().interfaceName(), false);
        if (port.isPresent() && link.isPresent()) {
            if (port.get().master() != there.index()) {
                found.add("bridge: " + plan.host().interfaceName() + " is no port of " + name);
            }
            flags(bridge).forEach((flag, value) -> {
                if (!value.equals(port.get().flags().get(flag))) {
                    found.add("bridge: " + FLAGS.get(flag) + " of the port " + plan.host().interfaceName() + " is " + (value == 0 ? "on" : "off"));
                }
            });
            Steps steps = new Steps(host);
            NeighbourMessage.getBehindPort(host.writer(), steps.next(""), link.get().index(), plan.container().mac().orElseThrow());
            if (steps.first().isPresent()) {
                found.add("bridge: " + name + " does not know for good that " + plan.container().mac().get() + " is behind " + plan.host().interfaceName());
            }
        }
        List<SeenNeighbour> neighbours = neighbours(host, there.index());
        bridge.neighbours().stream().filter(one -> !neighbours.contains(new SeenNeighbour(one, true))).forEach(one ->
                found.add("bridge: " + name + " does not know for good that " + one.address() + " is at " + one.mac()));
        bridge.routes().stream().filter(route -> KernelEndpoints.lookUp(host, route.destination().address())
                .filter(seen -> seen.destination().equals(route.destination()) && seen.interfaceIndex() == there.index()).isEmpty())
                .forEach(route -> found.add("bridge: the route " + route.destination() + " over " + name + " is missing"));
    }

    // ------------------------------------------------------------------------------------------------ the bridge itself

    private int ensure(Exchange host, Bridge bridge) throws StepFailed {
        String name = bridge.interfaceName();
        Optional<SeenLink> uplink = Optional.empty();
        if (bridge.uplink().isPresent()) {
            uplink = KernelEndpoints.link(host, bridge.uplink().get(), false);
            if (uplink.isEmpty()) {
                throw new StepFailed("there is no interface " + bridge.uplink().get() + "; set bridge-uplink in etc/tombolo.azure.cni.cfg to the one that leads to the outside");
            }
        }
        Optional<MacAddress> ofUplink = uplink.flatMap(SeenLink::mac);
        MacAddress mac = bridge.mac().or(() -> ofUplink).orElseThrow(() -> new StepFailed("interface " + bridge.uplink().orElse("") + " has no hardware address"));
        Optional<SeenLink> there = KernelEndpoints.link(host, name, false);
        if (there.isEmpty()) {
            Steps steps = new Steps(host);
            BridgeMessages.newBridge(host.writer(), steps.next("making the bridge " + name), name, mac, bridge.mtu());
            Optional<Exchange.Error> refused = steps.first();
            if (refused.filter(error -> error.errno() != Errno.EEXIST).isPresent()) {
                throw new StepFailed("making the bridge " + name + ": " + refused.get());
            }
            there = KernelEndpoints.link(host, name, false);
        }
        SeenLink link = there.orElseThrow(() -> new StepFailed("the bridge " + name + " went away while it was made"));
        if (!link.kind().equals("bridge")) {
            throw new StepFailed("interface " + name + " is " + (link.kind().isEmpty() ? "hardware" : "a " + link.kind()) + ", not a bridge, and is left alone; set bridge-name in"
                    + " etc/tombolo.azure.cni.cfg to a name of its own");
        }
        Steps steps = new Steps(host);
        if (!link.up() || !link.mac().equals(Optional.of(mac))) {
            BridgeMessages.setMac(host.writer(), steps.next("setting up the bridge " + name), link.index(), mac);
        }
        bridge.addresses().forEach(address -> EndpointMessages.newAddress(host.writer(), steps.next("giving " + name + " the address " + address.address()), link.index(), address));
        steps.run();
        Map<String, String> seen = namespaces.readSettings(hostNetns, bridge.settings().keySet());
        if (bridge.settings().entrySet().stream().anyMatch(one -> !one.getValue().equals(seen.get(one.getKey())))) {
            try {
                namespaces.writeSettings(hostNetns, bridge.settings());
            } catch (KernelException e) {
                throw new StepFailed(e.getMessage());
            }
        }
        if (uplink.isPresent()) {
            enslave(host, bridge, link.index(), uplink.get());
        }
        return link.index();
    }

    private static boolean isolated(SeenPort port) {
        return port.flags().getOrDefault(BridgeMessages.ISOLATED, 0) == 1;
    }

    private void enslave(Exchange host, Bridge bridge, int index, SeenLink uplink) throws StepFailed {
        SeenPort port = port(host, uplink.name()).orElseThrow(() -> new StepFailed("interface " + uplink.name() + " went away"));
        List<InterfaceAddress> addresses = addresses(host, uplink.index()).stream().filter(address -> !address.address().isLinkLocal()).toList();
        if (port.master() == index && addresses.isEmpty()) {
            if (isolated(port) != bridge.apart()) {
                List<Integer> containers = containerPorts(host, index, uplink.index());
                Steps setting = new Steps(host);
                // Who was made under the other setting: of an isolated uplink the bridge answers for nobody, of one that is not for all.
                containers.forEach(each -> BridgeMessages.setPort(host.writer(), setting.may(), each,
                        Map.of(BridgeMessages.PROXY_ARP_WIFI, flags(bridge).get(BridgeMessages.PROXY_ARP_WIFI))));
                BridgeMessages.setPort(host.writer(), setting.next("setting up the port " + uplink.name()), uplink.index(), uplinkPort(bridge));
                setting.run();
            }
            return;
        }
        if (port.master() != 0 && port.master() != index) {
            throw new StepFailed("interface " + uplink.name() + " is a port of another bridge or bond already and is left alone");
        }
        Steps steps = new Steps(host);
        addresses.forEach(address -> BridgeMessages.newHostAddress(host.writer(), steps.next("moving " + address.address() + " to " + bridge.interfaceName()), index, address));
        steps.run();
        List<byte[]> routes = new ArrayList<>();
        for (AddressFamily family : AddressFamily.values()) {
            EndpointMessages.dumpRoutes(host.writer(), host.next(), family, uplink.index());
            host.dump(reader -> BridgeMessages.movable(reader, host.bytes()).ifPresent(routes::add));
        }
        if (routes.size() > MOST_ROUTES) {
            throw new StepFailed("interface " + uplink.name() + " has " + routes.size() + " routes, of which at most " + MOST_ROUTES + " can be moved at once; take bridge-uplink out of"
                    + " etc/tombolo.azure.cni.cfg, or the routes away");
        }
        routes.sort(Comparator.comparing(BridgeMessages::hasGateway)); // a gateway may need the route before
        BridgeMessages.setMaster(host.writer(), steps.next("making " + uplink.name() + " a port of " + bridge.interfaceName()), uplink.index(), index);
        BridgeMessages.setPort(host.writer(), steps.next("setting up the port " + uplink.name()), uplink.index(), uplinkPort(bridge));
        steps.run();
        // From here to the end of the next datagram, which the kernel works off before this process runs on, the host is not reached.
        routes.forEach(route -> BridgeMessages.moveRoute(host.writer(), steps.next("moving a route of " + uplink.name() + " to " + bridge.interfaceName()), route, index));
        addresses.forEach(address -> LinkMessage.deleteAddress(host.writer(), steps.may(), uplink.index(), address)); // the first of a subnet takes the others along
        steps.run();
    }

    // ------------------------------------------------------------------------------------------------ asking

    private static Optional<SeenPort> port(Exchange host, String name) {
        List<SeenPort> ports = new ArrayList<>();
        EndpointMessages.getLink(host.writer(), host.next(), name, false);
        host.run(reader -> BridgeMessages.port(reader).ifPresent(ports::add));
        return ports.stream().findFirst();
    }

    /** Locked ports of the bridge. */
    private static List<Integer> containerPorts(Exchange host, int bridge, int uplink) {
        List<Integer> ports = new ArrayList<>();
        LinkMessage.dumpLinks(host.writer(), host.next());
        host.dump(reader -> {
            Optional<SeenLink> link = EndpointAnswers.link(reader);
            Optional<SeenPort> port = BridgeMessages.port(reader);
            if (link.isPresent() && link.get().index() != uplink && port.filter(one -> one.master() == bridge && one.flags().getOrDefault(BridgeMessages.LOCKED, 0) == 1).isPresent()) {
                ports.add(link.get().index());
            }
        });
        return ports;
    }

    private static List<InterfaceAddress> addresses(Exchange host, int index) {
        List<IpAddress> seen = new ArrayList<>();
        List<InterfaceAddress> addresses = new ArrayList<>();
        LinkMessage.dumpAddresses(host.writer(), host.next(), index);
        host.dump(reader -> {
            // Kernels that do not filter tell of every interface.
            LinkMessage.parseAddress(reader).filter(address -> address.index() == index && !seen.contains(address.address())).ifPresent(address -> {
                seen.add(address.address());
                addresses.add(address.onInterface());
            });
        });
        return addresses;
    }

    private static List<SeenNeighbour> neighbours(Exchange host, int index) {
        List<SeenNeighbour> neighbours = new ArrayList<>();
        NeighbourMessage.dump(host.writer(), host.next(), index);
        host.dump(reader -> {
            if (reader.payloadLength() >= 12 && reader.u32(reader.payload() + 4) == index) {
                EndpointAnswers.neighbour(reader).ifPresent(neighbours::add);
            }
        });
        return neighbours;
    }

    /** Messages with what each is for, in words. */
    private static final class Steps {
        private final Exchange exchange;
        private final Map<Integer, String> words = new TreeMap<>();

        Steps(Exchange exchange) {
            this.exchange = exchange;
        }

        int next(String what) {
            int number = exchange.next();
            words.put(number, what);
            return number;
        }

        /** The number of a step that may come to nothing. */
        int may() {
            return exchange.next();
        }

        void run() throws StepFailed {
            Map<Integer, Exchange.Error> errors = exchange.run(_ -> { });
            for (Map.Entry<Integer, Exchange.Error> error : errors.entrySet()) {
                if (words.containsKey(error.getKey())) {
                    throw new StepFailed(words.get(error.getKey()) + ": " + error.getValue());
                }
            }
        }

        /** What the kernel refused first; empty: nothing. */
        Optional<Exchange.Error> first() {
            return exchange.run(_ -> { }).values().stream().findFirst();
        }
    }
}
