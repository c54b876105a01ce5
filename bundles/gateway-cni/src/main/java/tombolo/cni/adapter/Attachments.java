package tombolo.cni.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.Endpoint.State;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointKernel;
import tombolo.api.endpoint.EndpointKernel.Outcome;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.cni.core.AddressSource;
import tombolo.cni.core.CniError;
import tombolo.cni.core.CniRequest.Add;
import tombolo.cni.core.CniRequest.Check;
import tombolo.cni.core.CniRequest.Del;
import tombolo.cni.core.CniResult;
import tombolo.cni.core.NetworkConfiguration;
import tombolo.cni.core.RoutedMode;

/**
 * Adds, removes and checks containers' interfaces, step by step, each step such that a stop after it can be undone.
 *
 * <pre>
 *  ADD   record ADDING ─► addresses, durable ─► plan ─► kernel ─► record READY ─► result
 *        a step fails: kernel's part off, addresses back, record off; what cannot be given back now is recorded RELEASING
 *  DEL   kernel's part off ─► record RELEASING ─► addresses back ─► record off      done as well where there is nothing
 *  start ADDING: as a failed ADD.  READY: container gone → as DEL; kernel differs → repaired.  RELEASING: addresses back
 * </pre>
 *
 * Any thread; calls about one container wait for each other.
 */
public final class Attachments {
    private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);
    static final String POLICY_ONLY = "policy-only";
    /** Another main plugin asked for addresses; what it does with them is its own. */
    static final String ADDRESSES_ONLY = "addresses-only";
    /** A call about a container ends within this, or the kernel stands still. */
    private static final long WAIT_MILLIS = 20_000;
    private static final int DEFAULT_MTU = 1500;
    /** More endpoints than a node has addresses for in its blocks (Calico: 20 blocks of 64), tenfold. */
    static final int MOST_ENDPOINTS = 20_000;

    private final EndpointLog log;
    private final Supplier<Means> means;
    private final LongSupplier clock;
    private final ContainerLocks locks = new ContainerLocks();

    /** @param clock milliseconds since 1970 */
    public Attachments(EndpointLog log, Supplier<Means> means, LongSupplier clock) {
        this.log = log;
        this.means = means;
        this.clock = clock;
    }

    /** Ends a call with the error that answers it. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;
        private final transient CniError error;

        Failed(int code, String message, String details) {
            super(message, null, false, false);
            error = new CniError(code, message, details);
        }

        CniError error() {
            return error;
        }
    }

    // ------------------------------------------------------------------------------------------------ ADD

    CniResult add(Add add) throws Failed {
        try (var _ = take(add.id().containerId())) {
            Optional<Endpoint> before = log.get(add.id());
            if (before.isPresent()) {
                // The last plugin of a chain whose first one had its addresses from us finds its container known already.
                boolean chained = before.get().mode().equals(ADDRESSES_ONLY) && add.network().previous().isPresent();
                if (before.get().state() == State.READY && !chained) {
                    throw new Failed(CniError.EXISTS, "container " + add.id().containerId() + " has " + add.id().interfaceName() + " on network " + before.get().network() + " already",
                            "DEL comes first");
                }
                if (!chained) {
                    undo(before.get());
                }
            }
            if (log.size() >= MOST_ENDPOINTS) {
                throw new Failed(CniError.TRY_AGAIN_LATER, "this node has " + MOST_ENDPOINTS + " endpoints already", "");
            }
            return add.network().previous().isPresent() ? register(add, add.network().previous().get()) : attach(add);
        } catch (IOException e) {
            throw new Failed(CniError.IO_FAILURE, "the record of endpoints cannot be written: " + e.getMessage(), "");
        }
    }

    /** The last of a foreign chain: the interface and its addresses are there. */
    private CniResult register(Add add, CniResult previous) throws Failed, IOException {
        int inner = -1;
        for (int i = 0; i < previous.interfaces().size(); i++) {
            CniResult.Interface one = previous.interfaces().get(i);
            inner = !one.sandbox().isEmpty() && one.name().equals(add.id().interfaceName()) ? i : inner;
        }
        int position = inner;
        String host = previous.interfaces().stream().filter(one -> one.sandbox().isEmpty()).map(CniResult.Interface::name).filter(EndpointId::isInterfaceName)
                .reduce((_, last) -> last).orElse("");
        List<InterfaceAddress> addresses = previous.ips().stream().filter(ip -> ip.on().isEmpty() || position < 0 || ip.on().getAsInt() == position).map(CniResult.Ip::address).toList();
        if (addresses.isEmpty()) {
            throw new Failed(CniError.INVALID_CONFIGURATION, "prevResult names no address of " + add.id().interfaceName(), "the plugins before this one must have given the container an address");
        }
        Optional<MacAddress> mac = Optional.empty();
        if (inner >= 0 && !previous.interfaces().get(inner).mac().isEmpty()) {
            try {
                mac = Optional.of(MacAddress.parse(previous.interfaces().get(inner).mac()));
            } catch (IllegalArgumentException e) {
                throw new Failed(CniError.INVALID_CONFIGURATION, "prevResult.interfaces: " + e.getMessage(), "");
            }
        }
        int mtu = inner >= 0 ? previous.interfaces().get(inner).mtu() : 0;
        Endpoint ready = new Endpoint(add.id(), add.network().name(), POLICY_ONLY, add.netns(), host, mac, mtu, addresses, add.arguments(), State.READY, clock.getAsLong());
        log.put(ready, true);
        Means now = means.get();
        now.workloads().ifPresent(workloads -> workloads.put(now.node(), ready));
        return previous;
    }

    private CniResult attach(Add add) throws Failed, IOException {
        Means now = means.get();
        if (!now.missing().isEmpty()) {
            throw new Failed(CniError.TRY_AGAIN_LATER, "not running: " + String.join(", ", now.missing()), "start it, or wait");
        }
        EndpointMode mode = mode(now, add.network());
        if (!Files.exists(Path.of(add.netns()))) {
            throw new Failed(CniError.UNKNOWN_CONTAINER, "there is no network namespace " + add.netns(), "the container is gone");
        }
        String host = mode.hostInterface(add.id(), add.network().name(), add.arguments());
        // Two pods of one name have one host interface: the later waits, and then takes its place. No container id has a space.
        try (var _ = take("interface " + host)) {
            supersede(add.id(), host);
            return make(add, now, mode, host);
        }
    }

    private CniResult make(Add add, Means now, EndpointMode mode, String host) throws Failed, IOException {
        EndpointKernel kernel = now.kernel().orElseThrow();
        AddressSource source = now.addresses().orElseThrow();
        int mtu = mtu(now, kernel, add.network());
        Endpoint begun = new Endpoint(add.id(), add.network().name(), mode.name(), add.netns(), host, Optional.empty(), mtu, List.of(), add.arguments(), State.ADDING, clock.getAsLong());
        log.put(begun, false);
        List<InterfaceAddress> addresses;
        try {
            addresses = assign(source, now.node(), add);
        } catch (Failed e) {
            log.remove(begun.id()); // refused: nothing is held, nothing was made
            throw e;
        } catch (RuntimeException e) {
            takeBack(begun, e);
            throw e;
        }
        try {
            EndpointPlan plan = mode.plan(new EndpointMode.Wish(add.id(), add.network().name(), add.netns(), host, addresses, wantedMac(add), mtu, add.arguments()));
            MacAddress mac = program(kernel, plan);
            Endpoint ready = new Endpoint(begun.id(), begun.network(), begun.mode(), begun.netns(), host, Optional.of(mac), mtu, addresses, begun.arguments(), State.READY, begun.addedMillis());
            now.workloads().ifPresent(workloads -> workloads.put(now.node(), ready));
            log.put(ready, false);
            return result(mode, plan, mac, add);
        } catch (Failed | RuntimeException e) {
            takeBack(begun, e);
            throw e;
        }
    }

    private static MacAddress program(EndpointKernel kernel, EndpointPlan plan) throws Failed {
        return switch (kernel.add(plan)) {
            case Outcome.Done done -> done.containerMac();
            case Outcome.NamespaceGone gone -> throw new Failed(CniError.UNKNOWN_CONTAINER, "there is no network namespace " + gone.netns(), "the container is gone");
            case Outcome.OwnNamespace own -> throw new Failed(CniError.INVALID_ENVIRONMENT, "CNI_NETNS " + own.netns() + " is the host's own network namespace",
                    "the container's is wanted");
            case Outcome.InterfaceExists exists -> throw new Failed(CniError.EXISTS, "the container has an interface " + exists.interfaceName() + " already", "DEL comes first");
            case Outcome.Refused refused -> throw new Failed(CniError.KERNEL, "the kernel refused: " + refused.reason(), "");
        };
    }

    private static List<InterfaceAddress> assign(AddressSource source, String node, Add add) throws Failed {
        Map<String, String> attributes = new TreeMap<>(Map.of("node", node));
        Optional<String> namespace = argument(add.arguments(), "K8S_POD_NAMESPACE");
        namespace.ifPresent(text -> attributes.put("namespace", text));
        argument(add.arguments(), "K8S_POD_NAME").ifPresent(text -> attributes.put("pod", text));
        List<IpAddress> fixed = new ArrayList<>(add.network().runtime().addresses());
        if (fixed.isEmpty() && argument(add.arguments(), "IP").isPresent()) { // the convention of host-local's and static's CNI_ARGS
            try {
                for (String text : add.arguments().get("IP").split(",")) {
                    fixed.add(IpAddress.parse(text.indexOf('/') < 0 ? text : text.substring(0, text.indexOf('/'))));
                }
            } catch (IllegalArgumentException e) {
                throw new Failed(CniError.INVALID_ENVIRONMENT, "CNI_ARGS IP: " + e.getMessage(), "");
            }
        }
        AddressSource.Ask ask = new AddressSource.Ask(AddressSource.handle(add.network().name(), add.id()), attributes, namespace, add.network().assigns("assign_ipv4", true),
                add.network().assigns("assign_ipv6", false), add.network().pools("ipv4_pools"), add.network().pools("ipv6_pools"), fixed);
        if (!ask.ipv4() && !ask.ipv6() && fixed.isEmpty()) {
            throw new Failed(CniError.INVALID_CONFIGURATION, "ipam: neither assign_ipv4 nor assign_ipv6 is true", "the container would have no address");
        }
        return switch (source.assign(ask)) {
            case AddressSource.Outcome.Assigned assigned -> assigned.addresses();
            case AddressSource.Outcome.Refused refused -> throw new Failed(refused.later() ? CniError.TRY_AGAIN_LATER : CniError.NO_ADDRESS, refused.reason(), "");
        };
    }

    /** For another main plugin: addresses alone, under the container's handle. */
    CniResult assignOnly(Add add) throws Failed {
        Means now = means.get();
        AddressSource source = now.addresses().orElseThrow(() -> new Failed(CniError.TRY_AGAIN_LATER, "not running: gateway-ipam", "start it, or wait"));
        List<InterfaceAddress> addresses;
        try (var _ = take(add.id().containerId())) {
            Endpoint begun = new Endpoint(add.id(), add.network().name(), ADDRESSES_ONLY, add.netns(), "", Optional.empty(), 0, List.of(), add.arguments(), State.ADDING, clock.getAsLong());
            log.put(begun, false);
            try {
                addresses = assign(source, now.node(), add);
            } catch (Failed e) {
                log.remove(begun.id());
                throw e;
            }
            log.put(new Endpoint(begun.id(), begun.network(), begun.mode(), begun.netns(), "", Optional.empty(), 0, addresses, begun.arguments(), State.READY, begun.addedMillis()), false);
        } catch (IOException e) {
            throw new Failed(CniError.IO_FAILURE, "the record of endpoints cannot be written: " + e.getMessage(), "");
        }
        List<CniResult.Ip> ips = addresses.stream()
                .map(address -> new CniResult.Ip(new InterfaceAddress(address.address(), address.address().family().bits()), Optional.empty(), OptionalInt.empty())).toList();
        return new CniResult(List.of(), ips, List.of(), add.network().dns(), Optional.empty());
    }

    private static CniResult result(EndpointMode mode, EndpointPlan plan, MacAddress mac, Add add) {
        List<CniResult.Interface> interfaces = List.of(
                new CniResult.Interface(plan.host().interfaceName(), plan.host().mac().map(MacAddress::toString).orElse(""), "", plan.host().mtu()),
                new CniResult.Interface(plan.container().interfaceName(), mac.toString(), plan.netns(), plan.container().mtu()));
        List<CniResult.Ip> ips = plan.container().addresses().stream()
                .map(address -> new CniResult.Ip(address, Optional.of(mode.gateway(address.address().isIpv4())), OptionalInt.of(1))).toList();
        List<CniResult.Route> routes = plan.container().routes().stream().filter(route -> route.gateway().isPresent())
                .map(route -> new CniResult.Route(route.destination(), route.gateway())).toList();
        return new CniResult(interfaces, ips, routes, add.network().dns(), Optional.empty());
    }

    private static EndpointMode mode(Means now, NetworkConfiguration network) throws Failed {
        // azure-vnet's own default is tunnel; calico has no such key.
        String stated = network.kind() == NetworkConfiguration.Kind.CALICO ? RoutedMode.NAME
                : network.text("mode").filter(text -> !text.isEmpty()).orElse(network.kind() == NetworkConfiguration.Kind.AZURE ? "tunnel" : RoutedMode.NAME);
        EndpointMode mode = now.modes().get(stated);
        if (mode == null) {
            throw new Failed(CniError.UNSUPPORTED_FIELD, "mode: '" + stated + "' is not available", "available: " + String.join(", ", now.modes().keySet().stream().sorted().toList()));
        }
        if (!network.ipam().isEmpty() && !List.of("tombolo-ipam", "calico-ipam", "azure-vnet-ipam", "azure-vnet-ipamv6", "azure-cns", "azure-ipam", "tombolo").contains(network.ipam())) {
            throw new Failed(CniError.UNSUPPORTED_FIELD, "ipam.type: '" + network.ipam() + "' is not available", "wanted tombolo-ipam, calico-ipam, azure-vnet-ipam or azure-cns");
        }
        return mode;
    }

    /** What the network says, else etc/, else what fits into the tunnels to other nodes, else what the way out takes. */
    private static int mtu(Means now, EndpointKernel kernel, NetworkConfiguration network) throws Failed {
        long stated = network.tree().integer("mtu").orElse(0);
        if (stated != 0 && (stated < 68 || stated > 65535)) {
            throw new Failed(CniError.INVALID_CONFIGURATION, "mtu " + stated + " is out of range", "wanted 68 to 65535");
        }
        if (stated != 0 || now.settings().mtu().isPresent()) {
            return stated != 0 ? (int) stated : now.settings().mtu().getAsInt();
        }
        return now.overlayMtu().orElseGet(() -> kernel.uplinkMtu().orElse(DEFAULT_MTU));
    }

    private static Optional<MacAddress> wantedMac(Add add) throws Failed {
        Optional<String> argument = argument(add.arguments(), "MAC");
        try {
            return add.network().runtime().mac().isPresent() ? add.network().runtime().mac() : argument.map(MacAddress::parse);
        } catch (IllegalArgumentException e) {
            throw new Failed(CniError.INVALID_ENVIRONMENT, "CNI_ARGS MAC: " + e.getMessage(), "");
        }
    }

    private static Optional<String> argument(Map<String, String> arguments, String key) {
        return Optional.ofNullable(arguments.get(key)).filter(text -> !text.isEmpty());
    }

    /** A pod that was made anew under its name has the same host interface: the one before it is over, whether its DEL came or not. */
    private void supersede(EndpointId id, String host) throws Failed, IOException {
        for (Endpoint other : log.list()) {
            if (!other.id().equals(id) && other.hostInterface().equals(host) && !other.mode().equals(POLICY_ONLY) && other.state() != State.RELEASING) {
                // Two that replace each other at once would wait for each other: one of them is told to come back.
                try (var _ = locks.take(other.id().containerId(), other.id().containerId().equals(id.containerId()) ? WAIT_MILLIS : 1_000).orElseThrow(() ->
                        new Failed(CniError.TRY_AGAIN_LATER, "interface " + host + " is being worked on for container " + other.id().containerId(), ""))) {
                    Optional<Endpoint> still = log.get(other.id());
                    if (still.isPresent()) {
                        LOG.info("TMB-CNI-010 {} takes the place of {} on {}", id, other.id(), host);
                        undo(still.get());
                    }
                }
            }
        }
    }

    private void takeBack(Endpoint begun, Exception why) {
        try {
            undo(begun);
        } catch (Failed | IOException | RuntimeException e) {
            LOG.warn("TMB-CNI-011 an ADD of {} failed ({}) and could not be taken back whole: {}. The next DEL or start does it", begun.id(), why.getMessage(), e.getMessage());
        }
    }

    // ------------------------------------------------------------------------------------------------ DEL

    void delete(Del del) throws Failed {
        try (var _ = take(del.id().containerId())) {
            Optional<Endpoint> known = log.get(del.id());
            if (known.isPresent()) {
                undo(known.get());
            } else if (del.network().previous().isEmpty() && del.network().kind() != NetworkConfiguration.Kind.PORTMAP) {
                // A record may be lost while addresses are held: what is held under the container's handle goes as well.
                means.get().addresses().flatMap(source -> source.release(AddressSource.handle(del.network().name(), del.id())))
                        .ifPresent(reason -> LOG.warn("TMB-CNI-012 {} is not known here; whether it holds addresses could not be seen: {}", del.id(), reason));
            }
        } catch (IOException e) {
            throw new Failed(CniError.IO_FAILURE, "the record of endpoints cannot be written: " + e.getMessage(), "");
        }
    }

    /** Gives the addresses of a container back that another main plugin asked for. */
    void deleteOnly(Del del) throws Failed {
        try (var _ = take(del.id().containerId())) {
            Optional<Endpoint> known = log.get(del.id()).filter(one -> one.mode().equals(ADDRESSES_ONLY));
            if (known.isPresent()) {
                undo(known.get());
                return;
            }
            AddressSource source = means.get().addresses().orElseThrow(() -> new Failed(CniError.TRY_AGAIN_LATER, "not running: gateway-ipam", "start it, or wait"));
            Optional<String> later = source.release(AddressSource.handle(del.network().name(), del.id()));
            if (later.isPresent()) {
                throw new Failed(CniError.TRY_AGAIN_LATER, later.get(), "");
            }
        } catch (IOException e) {
            throw new Failed(CniError.IO_FAILURE, "the record of endpoints cannot be written: " + e.getMessage(), "");
        }
    }

    /** The handles of all containers that are not on their way out. */
    public Set<String> handlesInUse() {
        Set<String> handles = new TreeSet<>();
        log.list().stream().filter(endpoint -> endpoint.state() != State.RELEASING).forEach(endpoint -> handles.add(AddressSource.handle(endpoint.network(), endpoint.id())));
        return handles;
    }

    /** The container's lock is held. */
    private void undo(Endpoint endpoint) throws Failed, IOException {
        Means now = means.get();
        boolean ours = !endpoint.mode().equals(POLICY_ONLY);
        if (ours && !endpoint.hostInterface().isEmpty() && endpoint.state() != State.RELEASING) {
            EndpointKernel kernel = now.kernel().orElseThrow(() -> new Failed(CniError.TRY_AGAIN_LATER, "not running: gateway-dataplane", "start it, or wait"));
            try {
                kernel.remove(endpoint.hostInterface());
            } catch (KernelException e) {
                throw new Failed(CniError.KERNEL, String.valueOf(e.getMessage()), "");
            }
        }
        Optional<String> later = forget(now, endpoint, ours);
        if (later.isEmpty()) {
            log.remove(endpoint.id());
            return;
        }
        if (endpoint.state() != State.RELEASING) {
            LOG.warn("TMB-CNI-013 {} is gone from the kernel; the rest of its removal is done later: {}", endpoint.id(), later.get());
            log.put(new Endpoint(endpoint.id(), endpoint.network(), endpoint.mode(), endpoint.netns(), endpoint.hostInterface(), endpoint.mac(), endpoint.mtu(), endpoint.addresses(),
                    endpoint.arguments(), State.RELEASING, endpoint.addedMillis()), true);
        }
    }

    /** The datastore's part of a removal. Empty: done; else why not. */
    private static Optional<String> forget(Means now, Endpoint endpoint, boolean addressesToo) {
        try {
            now.workloads().ifPresent(workloads -> workloads.delete(now.node(), endpoint));
        } catch (DatastoreException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        if (!addressesToo) {
            return Optional.empty();
        }
        return now.addresses().isEmpty() ? Optional.of("gateway-ipam is not running") : now.addresses().get().release(AddressSource.handle(endpoint.network(), endpoint.id()));
    }

    /** Makes every endpoint known to the cluster, as after a time without its datastore. */
    public void publish() {
        Means now = means.get();
        if (now.workloads().isEmpty()) {
            return;
        }
        for (Endpoint endpoint : log.list()) {
            if (endpoint.state() == State.READY && !endpoint.mode().equals(ADDRESSES_ONLY)) {
                try {
                    now.workloads().get().put(now.node(), endpoint);
                } catch (DatastoreException e) {
                    LOG.warn("TMB-CNI-022 endpoints are not made known to the cluster: {}. That is done when gateway-resources is there again", e.getMessage());
                    return;
                }
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ CHECK

    void check(Check check) throws Failed {
        Endpoint endpoint = log.get(check.id()).filter(one -> one.state() == State.READY).orElseThrow(() ->
                new Failed(CniError.UNKNOWN_CONTAINER, "container " + check.id().containerId() + " has no " + check.id().interfaceName() + " here", "ADD comes first"));
        List<String> differences = new ArrayList<>();
        List<InterfaceAddress> told = check.previous().ips().stream().map(CniResult.Ip::address).toList();
        endpoint.addresses().stream().filter(address -> told.stream().noneMatch(one -> one.address().equals(address.address())))
                .forEach(address -> differences.add("prevResult lacks the address " + address.address()));
        if (!endpoint.mode().equals(POLICY_ONLY)) {
            EndpointKernel kernel = means.get().kernel().orElseThrow(() -> new Failed(CniError.TRY_AGAIN_LATER, "not running: gateway-dataplane", "start it, or wait"));
            plan(endpoint).ifPresent(plan -> differences.addAll(kernel.differences(plan)));
        }
        if (!differences.isEmpty()) {
            throw new Failed(CniError.DIFFERS, differences.size() + " things are not as the ADD left them", String.join("; ", differences));
        }
    }

    /** What should be in the kernel for an endpoint; empty where another plugin made it or its mode is not there. */
    Optional<EndpointPlan> plan(Endpoint endpoint) {
        return Optional.ofNullable(means.get().modes().get(endpoint.mode())).map(mode -> mode.plan(new EndpointMode.Wish(endpoint.id(), endpoint.network(), endpoint.netns(),
                endpoint.hostInterface(), endpoint.addresses(), endpoint.mac(), endpoint.mtu(), endpoint.arguments())));
    }

    // ------------------------------------------------------------------------------------------------ GC and starts

    /** Removes what is of the network and not among those that are to stay; answers what could not be removed, in words. */
    List<String> collect(String network, Set<EndpointId> valid) {
        List<String> failures = new ArrayList<>();
        for (Endpoint endpoint : log.list()) {
            if (endpoint.network().equals(network) && !valid.contains(endpoint.id())) {
                undoUnlessChanged(endpoint).ifPresent(failures::add);
            }
        }
        return failures;
    }

    /** Cleans up what an earlier life left half done, and puts right what has changed in the kernel meanwhile. */
    public void recover() {
        for (Endpoint endpoint : log.list()) {
            if (endpoint.mode().equals(POLICY_ONLY) || endpoint.state() == State.RELEASING) {
                continue;
            }
            if (endpoint.state() == State.ADDING) {
                LOG.info("TMB-CNI-014 the ADD of {} was not finished; it is taken back", endpoint.id());
                undoUnlessChanged(endpoint);
                continue;
            }
            compareAndRepair(endpoint);
        }
        replayReleases();
    }

    /** Tries again to give back the addresses of endpoints that are gone. */
    public void replayReleases() {
        log.list().stream().filter(endpoint -> endpoint.state() == State.RELEASING).forEach(this::undoUnlessChanged);
    }

    private void compareAndRepair(Endpoint endpoint) {
        Optional<EndpointKernel> kernel = means.get().kernel();
        Optional<EndpointPlan> plan = plan(endpoint);
        if (kernel.isEmpty() || plan.isEmpty() && !endpoint.mode().equals(ADDRESSES_ONLY)) {
            return;
        }
        if (!Files.exists(Path.of(endpoint.netns())) && (endpoint.hostInterface().isEmpty() || kernel.get().counters(endpoint.hostInterface()).isEmpty())) {
            LOG.info("TMB-CNI-015 {} and its namespace {} are gone; its addresses are given back", endpoint.id(), endpoint.netns());
            undoUnlessChanged(endpoint);
            return;
        }
        List<String> differences = plan.map(kernel.get()::differences).orElse(List.of());
        if (!differences.isEmpty()) {
            Outcome outcome = kernel.get().repair(plan.get());
            LOG.warn("TMB-CNI-016 {} was not as it should be ({}): {}", endpoint.id(), String.join("; ", differences), outcome instanceof Outcome.Done ? "repaired" : "not repaired: " + outcome);
        }
    }

    private Optional<String> undoUnlessChanged(Endpoint endpoint) {
        Optional<ContainerLocks.Release> lock = locks.take(endpoint.id().containerId(), WAIT_MILLIS);
        if (lock.isEmpty()) {
            return Optional.of(endpoint.id() + " is being worked on");
        }
        try (var _ = lock.get()) {
            if (log.get(endpoint.id()).equals(Optional.of(endpoint))) {
                undo(endpoint);
            }
            return Optional.empty();
        } catch (Failed | IOException | RuntimeException e) {
            LOG.warn("TMB-CNI-017 {} could not be removed: {}", endpoint.id(), e.getMessage());
            return Optional.of(endpoint.id() + ": " + e.getMessage());
        }
    }

    private ContainerLocks.Release take(String containerId) throws Failed {
        return locks.take(containerId, WAIT_MILLIS).orElseThrow(() ->
                new Failed(CniError.TRY_AGAIN_LATER, "another call for container " + containerId + " takes longer than " + WAIT_MILLIS / 1000 + " s", ""));
    }
}
