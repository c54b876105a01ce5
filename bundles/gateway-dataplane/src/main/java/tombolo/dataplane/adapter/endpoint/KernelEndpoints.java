package tombolo.dataplane.adapter.endpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tombolo.api.endpoint.EndpointKernel;
import tombolo.api.endpoint.EndpointPlan.Route;
import tombolo.api.endpoint.EndpointPlan.Side;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Namespaces.Namespace;
import tombolo.api.kernel.Namespaces;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.api.net.IpAddress;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.NeighbourMessage;
import tombolo.dataplane.core.Rtnetlink;
import tombolo.dataplane.core.endpoint.EndpointAnswers.SeenLink;
import tombolo.dataplane.core.endpoint.EndpointAnswers.SeenRoute;
import tombolo.dataplane.core.endpoint.EndpointAnswers;
import tombolo.dataplane.core.endpoint.EndpointMessages;

/**
 * Endpoints in the kernel, by rtnetlink: one socket in the container's namespace, opened for the call, and one of a few in the host's. Nothing is remembered
 * between calls; what is there is always asked of the kernel.
 */
public final class KernelEndpoints implements EndpointKernel, AutoCloseable {
    /** As many as there are callers at once; more would wait for the kernel's one lock on links anyway. */
    private static final int IDLE_SOCKETS = 16;
    /** Answers to a few messages; a link's description is 2 KiB. */
    private static final int RECEIVE_BUFFER = 256 << 10;

    private final Netlink netlink;
    private final Namespaces namespaces;
    private final Optional<String> hostNetns;
    private final ArrayBlockingQueue<Exchange> idle = new ArrayBlockingQueue<>(IDLE_SOCKETS);
    /** Of sockets in containers' namespaces, which live for one call. */
    private final ArrayBlockingQueue<Exchange.Memory> memories = new ArrayBlockingQueue<>(IDLE_SOCKETS);
    private volatile String hostIdentity = "";
    private final Bridges bridges;
    private final SideComparison comparison;
    private volatile boolean closed;

    /** @param hostNetns path of the namespace where the host's ends are; empty: the process's own */
    public KernelEndpoints(Netlink netlink, Namespaces namespaces, Optional<String> hostNetns) {
        this.netlink = netlink;
        this.namespaces = namespaces;
        this.hostNetns = hostNetns;
        this.bridges = new Bridges(namespaces, hostNetns);
        this.comparison = new SideComparison(namespaces);
    }

    @Override
    public Outcome add(EndpointPlan plan) {
        return add(plan, () -> plan);
    }

    @Override
    public Outcome add(EndpointPlan begun, Supplier<EndpointPlan> whole) {
        return inside(begun, (namespace, container) -> {
            if (link(container, begun.container().interfaceName()).isPresent()) {
                return new Outcome.InterfaceExists(begun.container().interfaceName());
            }
            return onHost(host -> {
                try {
                    int hostIndex = makePair(host, begun, namespace.descriptor());
                    try {
                        EndpointPlan plan = whole.get();
                        if (hasIpv6(plan) && !hasIpv6(begun)) {
                            linkLocal(host, plan, true); // it has no carrier yet: the address comes with that
                        }
                        Outcome outcome = program(plan, host, hostIndex, container, namespace.path(), Optional.of(begun.host().settings()));
                        if (isGone(plan.netns(), namespace)) {
                            deleteByIndex(host, hostIndex); // the container was deleted meanwhile; only our handle keeps its namespace
                            plan.bridge().ifPresent(bridge -> bridges.detach(host, plan, bridge));
                            return new Outcome.NamespaceGone(plan.netns());
                        }
                        return outcome;
                    } catch (StepFailed | RuntimeException e) {
                        deleteByIndex(host, hostIndex);
                        begun.bridge().ifPresent(bridge -> bridges.detach(host, begun, bridge)); // a mode with a bridge begins with the whole plan
                        throw e;
                    }
                } catch (StepFailed e) {
                    return new Outcome.Refused(String.valueOf(e.getMessage()));
                }
            });
        });
    }

    private boolean isGone(String path, Namespace held) {
        try (Namespace now = namespaces.open(path)) {
            return !now.identity().equals(held.identity());
        } catch (KernelException e) {
            return true;
        }
    }

    @Override
    public Outcome repair(EndpointPlan plan) {
        return inside(plan, (namespace, container) -> onHost(host -> {
            Optional<SeenLink> there = link(host, plan.host().interfaceName());
            if (there.isEmpty()) {
                return new Outcome.Refused("interface " + plan.host().interfaceName() + " is not there; the container has lost its network and must be made anew");
            }
            try {
                return program(plan, host, there.get().index(), container, namespace.path(), Optional.empty());
            } catch (StepFailed e) {
                return new Outcome.Refused(String.valueOf(e.getMessage()));
            }
        }));
    }

    @Override
    public void remove(String hostInterface) {
        onHost(host -> {
            Optional<SeenLink> there = link(host, hostInterface);
            if (there.isPresent()) {
                if (!there.get().kind().equals("veth")) {
                    throw new KernelException("interface " + hostInterface + " is a " + there.get().kind() + ", not a container's veth; it is left alone", 0);
                }
                deleteByIndex(host, there.get().index());
            }
            return true;
        });
    }

    @Override
    public void remove(EndpointPlan plan) {
        remove(plan.host().interfaceName());
        plan.bridge().ifPresent(bridge -> onHost(host -> {
            bridges.detach(host, plan, bridge);
            return true;
        }));
    }

    @Override
    public List<String> differences(EndpointPlan plan) {
        List<String> found = new ArrayList<>();
        onHost(host -> {
            comparison.compare(host, hostNetns, plan.host(), "host", found);
            plan.bridge().ifPresent(bridge -> bridges.compare(host, plan, bridge, found));
            return true;
        });
        try (Namespace namespace = namespaces.open(plan.netns())) {
            inContainer(namespace, container -> {
                comparison.compare(container, Optional.of(namespace.path()), plan.container(), "container", found);
                return true;
            });
        } catch (KernelException e) {
            found.add("container: " + e.getMessage());
        }
        return found;
    }

    @Override
    public Optional<Counters> counters(String hostInterface) {
        return onHost(host -> link(host, hostInterface, true).flatMap(SeenLink::counters));
    }

    @Override
    public Optional<String> hostEnd(String netns, String interfaceName) {
        try (Namespace namespace = namespaces.open(netns)) {
            Optional<SeenLink> inner = inContainer(namespace, container -> link(container, interfaceName)).filter(one -> one.kind().equals("veth"));
            // Indexes are counted in each namespace: only two that name each other are the ends of one pair.
            return inner.flatMap(end -> onHost(host -> link(host, end.below())).filter(outer -> outer.kind().equals("veth") && outer.below() == end.index())).map(SeenLink::name);
        } catch (KernelException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.EINVAL) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public Optional<Integer> uplinkMtu() {
        return onHost(host -> {
            // An address of the Internet (TEST-NET-1, RFC 5737): what is looked up is the default route.
            Optional<SeenRoute> out = lookUp(host, IpAddress.parse("192.0.2.1"));
            if (out.isEmpty() || out.get().interfaceIndex() == 0) {
                return Optional.<Integer>empty();
            }
            return link(host, out.get().interfaceIndex()).map(SeenLink::mtu);
        });
    }

    @Override
    public Optional<String> uplink() {
        return onHost(host -> lookUp(host, IpAddress.parse("192.0.2.1")).filter(out -> out.interfaceIndex() != 0).map(out -> linkName(host, out.interfaceIndex())));
    }

    /** Closes the sockets that are kept. */
    @Override
    public void close() {
        closed = true;
        for (Exchange exchange = idle.poll(); exchange != null; exchange = idle.poll()) {
            exchange.close();
        }
    }

    // ------------------------------------------------------------------------------------------------ making

    private int makePair(Exchange host, EndpointPlan plan, int descriptor) throws StepFailed {
        Map<Integer, Integer> settings = inetSettings(plan.host());
        String name = plan.host().interfaceName();
        for (int attempt = 0; ; attempt++) {
            Answer<SeenLink> echoed = new Answer<>();
            int pair = host.next();
            EndpointMessages.newPair(host.writer(), pair, plan.host(), plan.container(), descriptor);
            if (!settings.isEmpty()) {
                EndpointMessages.setInet(host.writer(), host.next(), name, settings);
            }
            int unnumbered = hasIpv6(plan) ? 0 : host.next();
            if (unnumbered != 0) {
                EndpointMessages.setLinkLocal(host.writer(), unnumbered, name, false);
            }
            Map<Integer, Exchange.Error> errors = host.run(reader -> EndpointAnswers.link(reader).ifPresent(echoed::set));
            errors.remove(unnumbered); // where there is no IPv6 there is nothing to be spared
            Optional<SeenLink> made = echoed.value.or(() -> link(host, name)); // kernels before 6.2 do not tell what they made
            Exchange.Error refused = errors.get(pair);
            if (refused != null && refused.errno() == Errno.EEXIST && attempt == 0 && made.filter(link -> link.kind().equals("veth")).isPresent()) {
                deleteByIndex(host, made.get().index()); // left over from an earlier life; whoever called knows of no endpoint with it
                continue;
            }
            if (refused != null) {
                throw new StepFailed("making the interface pair " + name + ": " + refused);
            }
            if (!errors.isEmpty() || made.isEmpty()) {
                made.ifPresent(link -> deleteByIndex(host, link.index()));
                throw new StepFailed("setting up interface " + name + ": " + errors.values());
            }
            return made.get().index();
        }
    }

    /**
     * Of a container without IPv6 the host's end needs no link-local address, which the kernel would otherwise make, announce, look for elsewhere on the wire for a second
     * (RFC 4862 §5.4) and take away again, each time telling everybody who listens for addresses and routes.
     */
    private static boolean hasIpv6(EndpointPlan plan) {
        return Stream.concat(plan.host().addresses().stream(), plan.container().addresses().stream()).anyMatch(address -> !address.address().isIpv4());
    }

    private static void linkLocal(Exchange host, EndpointPlan plan, boolean wanted) {
        EndpointMessages.setLinkLocal(host.writer(), host.next(), plan.host().interfaceName(), wanted);
        host.run(_ -> { }); // refused where there is no IPv6: the addresses that follow say so
    }

    /** @param written host settings, some of which came with the pair just made; empty: the pair was there before */
    private Outcome program(EndpointPlan plan, Exchange host, int hostIndex, Exchange container, String netns, Optional<Map<String, String>> written) throws StepFailed {
        boolean again = written.isEmpty();
        Optional<SeenLink> inner = link(container, plan.container().interfaceName());
        if (inner.isEmpty()) {
            throw new StepFailed("interface " + plan.container().interfaceName() + " is not in the container's namespace");
        }
        if (again) {
            writeSettings(hostNetns, plan.host().settings());
        } else {
            Map<String, String> rest = new LinkedHashMap<>(plan.host().settings());
            Map<String, String> came = written.get();
            rest.entrySet().removeIf(one -> one.getValue().equals(came.get(one.getKey())) && EndpointMessages.inetSetting(one.getKey(), plan.host().interfaceName()).isPresent());
            writeSettings(hostNetns, rest); // the others came with the pair
        }
        writeSettings(Optional.of(netns), plan.container().settings());
        side(container, inner.get().index(), plan.container(), again, true);
        side(host, hostIndex, plan.host(), again, false);
        if (plan.bridge().isPresent()) {
            bridges.attach(host, plan, plan.bridge().get(), hostIndex);
        }
        return new Outcome.Done(plan.container().mac().or(inner.get()::mac).orElseThrow(() -> new StepFailed("the container's interface has no hardware address")), hostIndex);
    }

    private void writeSettings(Optional<String> netns, Map<String, String> settings) throws StepFailed {
        if (settings.isEmpty()) {
            return;
        }
        try {
            namespaces.writeSettings(netns, settings);
        } catch (KernelException e) {
            throw new StepFailed(e.getMessage());
        }
    }

    /** @param first whether the first of two routes to one destination wins: in a container another interface may have the default route already */
    private void side(Exchange exchange, int index, Side side, boolean again, boolean first) throws StepFailed {
        Map<Integer, String> steps = new TreeMap<>();
        Map<Integer, Route> routes = new TreeMap<>();
        String name = side.interfaceName();
        if (again) {
            EndpointMessages.setLink(exchange.writer(), step(exchange, steps, "setting up interface " + name), index, side);
        } else if (first) {
            LinkMessage.setUp(exchange.writer(), step(exchange, steps, "setting interface " + name + " up"), index);
        }
        side.addresses().forEach(address -> EndpointMessages.newAddress(exchange.writer(),
                step(exchange, steps, "giving " + name + " the address " + address.address() + "/" + address.prefixLength()), index, address));
        for (Route route : side.routes()) {
            int number = step(exchange, steps, "making the route " + text(route) + " over " + name);
            routes.put(number, route);
            EndpointMessages.newRoute(exchange.writer(), number, index, route);
        }
        side.neighbours().forEach(neighbour -> NeighbourMessage.add(exchange.writer(),
                step(exchange, steps, "telling " + name + " that " + neighbour.address() + " is at " + neighbour.mac()), index, neighbour.address(), neighbour.mac()));
        List<Route> elsewhere = new ArrayList<>();
        for (Map.Entry<Integer, Exchange.Error> error : exchange.run(_ -> { }).entrySet()) { // in the order of the messages
            Route route = routes.get(error.getKey());
            // Behind a gateway that another interface leads to there is no way through this one; that other has the route.
            if (first && route != null && error.getValue().errno() == Errno.ENETUNREACH && leadsElsewhere(route, elsewhere)) {
                continue;
            }
            if (route == null || error.getValue().errno() != Errno.EEXIST) {
                throw new StepFailed(steps.get(error.getKey()) + ": " + error.getValue());
            }
            elsewhere.add(route);
            if (!first) {
                Optional<SeenRoute> there = lookUp(exchange, route.destination().address());
                if (there.isEmpty() || there.get().interfaceIndex() != index) {
                    throw new StepFailed(steps.get(error.getKey()) + ": the address is routed elsewhere already"
                            + there.map(other -> " (" + linkName(exchange, other.interfaceIndex()) + ", protocol " + Rtnetlink.protocolName(other.protocol()) + ")").orElse(""));
                }
            }
        }
    }

    static String text(Route route) {
        return route.destination() + route.gateway().map(gateway -> " via " + gateway).orElse("");
    }

    private static boolean leadsElsewhere(Route route, List<Route> elsewhere) {
        return route.gateway().filter(gateway -> elsewhere.stream().anyMatch(one -> one.destination().contains(gateway))).isPresent();
    }

    private static int step(Exchange exchange, Map<Integer, String> steps, String words) {
        int number = exchange.next();
        steps.put(number, words);
        return number;
    }

    private static Map<Integer, Integer> inetSettings(Side side) {
        Map<Integer, Integer> settings = new TreeMap<>();
        side.settings().forEach((path, value) -> EndpointMessages.inetSetting(path, side.interfaceName())
                .ifPresent(number -> settings.put(number, Integer.parseInt(value))));
        return settings;
    }

    // ------------------------------------------------------------------------------------------------ asking

    private static Optional<SeenLink> link(Exchange exchange, String name) {
        return link(exchange, name, false);
    }

    static Optional<SeenLink> link(Exchange exchange, String name, boolean statistics) {
        Answer<SeenLink> answer = new Answer<>();
        EndpointMessages.getLink(exchange.writer(), exchange.next(), name, statistics);
        Map<Integer, Exchange.Error> errors = exchange.run(reader -> EndpointAnswers.link(reader).ifPresent(answer::set));
        errors.values().stream().filter(error -> error.errno() != Errno.ENODEV).findFirst().ifPresent(error -> {
            throw new KernelException("asking for interface " + name + ": " + error, 0);
        });
        return answer.value;
    }

    private static Optional<SeenLink> link(Exchange exchange, int index) {
        Answer<SeenLink> answer = new Answer<>();
        EndpointMessages.getLink(exchange.writer(), exchange.next(), index);
        exchange.run(reader -> EndpointAnswers.link(reader).ifPresent(answer::set));
        return answer.value;
    }

    private static String linkName(Exchange exchange, int index) {
        return link(exchange, index).map(SeenLink::name).orElse("interface " + index);
    }

    static Optional<SeenRoute> lookUp(Exchange exchange, IpAddress address) {
        Answer<SeenRoute> answer = new Answer<>();
        EndpointMessages.lookUp(exchange.writer(), exchange.next(), address);
        exchange.run(reader -> EndpointAnswers.route(reader).ifPresent(answer::set));
        return answer.value;
    }

    private static void deleteByIndex(Exchange host, int index) {
        LinkMessage.delete(host.writer(), host.next(), index);
        host.run(_ -> { }).values().stream().filter(error -> error.errno() != Errno.ENODEV).findFirst().ifPresent(error -> {
            throw new KernelException("removing an interface pair: " + error, 0);
        });
    }

    private static final class Answer<T> {
        private Optional<T> value = Optional.empty();

        void set(T fresh) {
            value = Optional.of(fresh);
        }
    }

    // ------------------------------------------------------------------------------------------------ sockets

    private interface InContainer {
        Outcome apply(Namespace namespace, Exchange container);
    }

    private Outcome inside(EndpointPlan plan, InContainer work) {
        try (Namespace namespace = namespaces.open(plan.netns())) {
            if (hostIdentity().equals(namespace.identity())) {
                return new Outcome.OwnNamespace(plan.netns());
            }
            return inContainer(namespace, container -> work.apply(namespace, container));
        } catch (KernelException e) {
            return e.errno() == Errno.ENOENT || e.errno() == Errno.EINVAL ? new Outcome.NamespaceGone(plan.netns()) : new Outcome.Refused(String.valueOf(e.getMessage()));
        }
    }

    private <T> T inContainer(Namespace namespace, Function<Exchange, T> work) {
        Exchange.Memory kept = memories.poll();
        Exchange.Memory memory = kept == null ? new Exchange.Memory() : kept;
        try (Exchange container = new Exchange(socket(Optional.of(namespace.path())), memory)) {
            return work.apply(container);
        } finally {
            memories.offer(memory); // one too many is dropped
        }
    }

    /** The host's namespace stays the same one while we live. */
    private String hostIdentity() {
        String known = hostIdentity;
        if (known.isEmpty()) {
            try (Namespace host = namespaces.open(hostNetns.orElse("/proc/self/ns/net"))) {
                known = host.identity();
                hostIdentity = known;
            }
        }
        return known;
    }

    private <T> T onHost(Function<Exchange, T> work) {
        Exchange taken = idle.poll();
        Exchange host = taken == null ? open(hostNetns) : taken;
        boolean good = false;
        try {
            T answer = work.apply(host);
            good = true;
            return answer;
        } finally {
            // After a failure there may be answers on their way.
            if (!good || closed || !idle.offer(host)) {
                host.close();
            }
        }
    }

    private Exchange open(Optional<String> netns) {
        return new Exchange(socket(netns));
    }

    private NetlinkSocket socket(Optional<String> netns) {
        return netlink.open(Netlink.Options.route().receiveBuffer(RECEIVE_BUFFER).netns(netns));
    }
}
