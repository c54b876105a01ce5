package tombolo.cni.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.Endpoint.State;
import tombolo.api.endpoint.EndpointExport;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointKernel;
import tombolo.api.endpoint.EndpointKernel.Outcome;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.json.Json;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.MacAddress;
import tombolo.cni.core.AddressSource;
import tombolo.cni.core.CniError;
import tombolo.cni.core.CniRequest.Add;
import tombolo.cni.core.CniRequest.Check;
import tombolo.cni.core.CniRequest.Del;
import tombolo.cni.core.CniResult;
import tombolo.cni.core.NetworkConfiguration;
import tombolo.runtime.Promptness;

/**
 * Adds, removes and checks containers' interfaces, step by step, each step such that a stop after it can be undone.
 *
 * <pre>
 *  ADD   record ADDING ─┬► addresses, durable ──┬─► the rest of the kernel's part ─► policy, if required ─► record READY ─► result
 *                       └► the interface pair ──┘                                                            └► WorkloadEndpoint, later
 *        a step fails: kernel's part off, addresses back, record off; what cannot be given back now is recorded RELEASING
 *  DEL   kernel's part off, WorkloadEndpoint off ─► record RELEASING ─► addresses back ─► record off      done as well where there is nothing
 *  start ADDING: as a failed ADD.  READY: container gone → as DEL; kernel differs → repaired; WorkloadEndpoint written.  RELEASING: addresses back
 *        gone is what has neither a namespace nor an interface, and what is of another start of the machine, whatever its path leads to now
 * </pre>
 *
 * Only the addresses are synced to the disk before the answer. The record is not: what a process wrote outlives its kill -9, and a crash of the machine takes the
 * containers along. ADDING comes first and names the host interface and the handle, so that it does not matter in which order pair and addresses come, nor
 * whether one of them came at all: a start takes both back. READY comes last before the answer, so that no container was told of that a start would take back.
 *
 * Any thread; calls about one container wait for each other.
 */
public final class Attachments implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);
    static final String POLICY_ONLY = "policy-only";
    /** Another main plugin asked for addresses; what it does with them is its own. */
    static final String ADDRESSES_ONLY = "addresses-only";
    static final String STARTED_ANEW = ", since the machine was started anew";
    /** A call about a container ends within this, or the kernel stands still. */
    private static final long WAIT_MILLIS = 20_000;
    /** More endpoints than a node has addresses for in its blocks (Calico: 20 blocks of 64), tenfold. */
    static final int MOST_ENDPOINTS = 20_000;

    private final EndpointLog log;
    private final Publisher publisher;
    private final PolicyGate gate;
    private final Addressing addressing;
    private final Supplier<Means> means;
    private final LongSupplier clock;
    private final ContainerLocks locks = new ContainerLocks();
    /**
     * As many as calls that are worked on. Not virtual threads: those queue behind each other for as many carriers as there are processors, and what is written behind
     * other ADDs would go before a container that somebody waits for.
     */
    private final ExecutorService askers = Executors.newCachedThreadPool(Promptness.threads("tombolo-cni-addresses-"));

    /**
     * @param publisher makes endpoints known to the cluster
     * @param clock     milliseconds since 1970
     */
    Attachments(EndpointLog log, Publisher publisher, Addressing addressing, Supplier<Means> means, LongSupplier clock) {
        this.log = log;
        this.publisher = publisher;
        this.gate = new PolicyGate(publisher);
        this.addressing = addressing;
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
        refuseWhileLocked(means.get());
        try (var _ = take(add.id().containerId())) {
            Optional<Endpoint> before = log.get(add.id());
            if (before.isPresent()) {
                // The last plugin of a chain whose first one had its addresses from us finds its container known already.
                boolean chained = before.get().mode().equals(ADDRESSES_ONLY) && add.network().previous().isPresent();
                if (before.get().state() == State.READY && !chained && !log.isOfAnotherBoot(add.id())) {
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
            if (isPolicyOnly(add.network()) && add.network().previous().isEmpty()) {
                throw new Failed(CniError.INVALID_CONFIGURATION, "mode: 'policy-only' needs prevResult: it must not be the first plugin of its list", "");
            }
            return add.network().previous().isPresent() ? register(add, add.network().previous().get(), before.filter(one -> one.mode().equals(ADDRESSES_ONLY))) : attach(add);
        } catch (IOException e) {
            throw new Failed(CniError.IO_FAILURE, "the record of endpoints cannot be written: " + e.getMessage(), "");
        }
    }

    /** Whosever the addresses are: what the cluster would hear of the container cannot be written. */
    static void refuseWhileLocked(Means now) throws Failed {
        if (now.locked()) {
            throw new Failed(CniError.TRY_AGAIN_LATER, "the datastore is locked, as during an upgrade or a migration", "datastore:unlock ends that");
        }
    }

    /** Whether the configuration says so; behind other plugins it is so without a word. */
    static boolean isPolicyOnly(NetworkConfiguration network) {
        return network.kind() == NetworkConfiguration.Kind.TOMBOLO && network.text("mode").equals(Optional.of(POLICY_ONLY));
    }

    /** The last of a foreign chain: the interface and its addresses are there. @param given what its main plugin was given here */
    private CniResult register(Add add, CniResult previous, Optional<Endpoint> given) throws Failed, IOException {
        String name = add.id().interfaceName();
        List<InterfaceAddress> addresses = previous.addresses(name);
        if (addresses.isEmpty()) {
            throw new Failed(CniError.INVALID_CONFIGURATION, "prevResult names no address of " + name, "the plugins before this one must have given the container an address");
        }
        Optional<CniResult.Interface> inner = previous.inner(name);
        Optional<MacAddress> mac = Optional.empty();
        if (inner.isPresent() && !inner.get().mac().isEmpty()) {
            try {
                mac = Optional.of(MacAddress.parse(inner.get().mac()));
            } catch (IllegalArgumentException e) {
                throw new Failed(CniError.INVALID_CONFIGURATION, "prevResult.interfaces: " + e.getMessage(), "");
            }
        }
        String host = hostEnd(add, previous);
        int mtu = inner.map(CniResult.Interface::mtu).orElse(0);
        Endpoint alone = new Endpoint(add.id(), add.network().name(), POLICY_ONLY, add.netns(), host, mac, mtu, addresses, Wanted.arguments(add), State.READY, clock.getAsLong());
        Endpoint ready = given.map(one -> Lent.with(alone, one.source())).orElse(alone);
        Means now = means.get();
        if (now.policyRequired() && now.policy().isEmpty()) {
            throw missing(now.missing(false));
        }
        gate.expect(now, ready);
        try {
            gate.await(now, ready, false);
        } catch (Failed e) {
            takeBack(alone.in(State.ADDING), e); // nobody was told of it yet
            throw e;
        }
        log.put(ready, false);
        gate.publish(now, ready);
        return previous;
    }

    /** Which interface of the host leads to a container of a foreign chain: what the kernel says, else what the result says; "": nobody knows. */
    String hostEnd(Add add, CniResult previous) throws Failed {
        Optional<String> named = previous.outer(add.id().interfaceName());
        Optional<EndpointKernel> kernel = means.get().kernel();
        if (kernel.isEmpty() && named.isEmpty()) {
            throw missing(List.of("gateway-dataplane"));
        }
        return kernel.flatMap(one -> one.hostEnd(add.netns(), add.id().interfaceName())).or(() -> named).orElse("");
    }

    static Failed missing(List<String> bundles) {
        return new Failed(CniError.TRY_AGAIN_LATER, "not running: " + String.join(", ", bundles), "start it, or wait");
    }

    private CniResult attach(Add add) throws Failed, IOException {
        Means now = means.get();
        List<String> missing = Wanted.missing(now, add.network());
        if (!missing.isEmpty()) {
            throw missing(missing);
        }
        Wanted.refuseWhatIsNotDone(add.network());
        Addressing.check(add);
        EndpointMode mode = Wanted.mode(now, add.network());
        if (!Files.exists(Path.of(add.netns()))) {
            throw new Failed(CniError.UNKNOWN_CONTAINER, "there is no network namespace " + add.netns(), "the container is gone");
        }
        String host = mode.hostInterface(add.id(), add.network().name(), add.arguments());
        // Two pods of one name have one host interface: the later waits, and then takes its place. No container id has a space.
        try (var _ = take("interface " + host)) {
            supersede(add.id(), host);
            return make(add, now, addressing.origin(now, add), mode, host);
        }
    }

    private CniResult make(Add add, Means now, Origins.Origin origin, EndpointMode mode, String host) throws Failed, IOException {
        EndpointKernel kernel = now.kernel().orElseThrow();
        int mtu = Wanted.mtu(now, kernel, add.network());
        EndpointMode.Wish expected = new EndpointMode.Wish(add.id(), add.network().name(), add.netns(), host, Addressing.expected(add), Wanted.mac(add), mtu, Wanted.arguments(add));
        Endpoint begun = new Endpoint(add.id(), add.network().name(), mode.name(), add.netns(), host, expected.mac(), mtu, List.of(), expected.arguments(), State.ADDING, clock.getAsLong(),
                origin.name());
        Optional<Endpoint> waiting = log.get(add.id()); // of an earlier one, taken off but for what could not be given back yet
        log.put(begun, false);
        gate.expect(now, begun); // before the interface is there, which until it is known carries nothing
        Asked asked = new Asked(() -> Addressing.assign(origin, now, add), addresses -> gate.foretell(now, mode, ready(begun, begun.mac(), addresses)), askers);
        try {
            MacAddress mac = program(kernel, mode, expected, asked);
            Endpoint ready = ready(begun, Optional.of(mac), asked.addresses());
            gate.await(now, ready, asked.told());
            log.put(ready, false);
            gate.publish(now, ready);
            return Wanted.result(mode, mode.plan(with(expected, asked.addresses())), mac, origin.dns(add.network()));
        } catch (Asked.NotGiven e) {
            log.restore(begun.id(), waiting); // refused: no more is held than before, and the kernel's part was taken back
            throw e.failed();
        } catch (Failed | RuntimeException e) {
            asked.settle();
            takeBack(begun, e);
            throw e;
        }
    }

    private static Endpoint ready(Endpoint begun, Optional<MacAddress> mac, List<InterfaceAddress> addresses) {
        return new Endpoint(begun.id(), begun.network(), begun.mode(), begun.netns(), begun.hostInterface(), mac, begun.mtu(), addresses, begun.arguments(), State.READY, begun.addedMillis(),
                begun.source());
    }

    private static EndpointMode.Wish with(EndpointMode.Wish wish, List<InterfaceAddress> addresses) {
        return new EndpointMode.Wish(wish.id(), wish.network(), wish.netns(), wish.hostInterface(), addresses, wish.mac(), wish.mtu(), wish.arguments());
    }

    private static MacAddress program(EndpointKernel kernel, EndpointMode mode, EndpointMode.Wish expected, Asked asked) throws Failed {
        Supplier<EndpointPlan> whole = () -> mode.plan(with(expected, asked.addresses()));
        Optional<EndpointPlan> beginning = mode.begin(expected);
        return switch (beginning.isPresent() ? kernel.add(beginning.get(), whole) : kernel.add(whole.get())) {
            case Outcome.Done done -> done.containerMac();
            case Outcome.NamespaceGone gone -> throw new Failed(CniError.UNKNOWN_CONTAINER, "there is no network namespace " + gone.netns(), "the container is gone");
            case Outcome.OwnNamespace own -> throw new Failed(CniError.INVALID_ENVIRONMENT, "CNI_NETNS " + own.netns() + " is the host's own network namespace",
                    "the container's is wanted");
            case Outcome.InterfaceExists exists -> throw new Failed(CniError.EXISTS, "the container has an interface " + exists.interfaceName() + " already", "DEL comes first");
            case Outcome.Refused refused -> throw new Failed(CniError.KERNEL, "the kernel refused: " + refused.reason(), "");
        };
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

    /** Of an ADD that failed: what cannot be taken back now is recorded. The container's lock is held. */
    void takeBack(Endpoint begun, Exception why) {
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
                undo(Lent.without(known.get())); // those that another main plugin was given here it gives back by its own DEL
                return;
            }
            undo(unknown(del));
            if (del.network().previous().isEmpty() || !del.network().ipam().isEmpty()) { // else the last of a chain
                // A record may be lost while addresses are held: what is held under the container's handle goes as well.
                addressing.releaseUnknown(means.get(), del).ifPresent(reason -> LOG.warn("TMB-CNI-012 {} is not known here; whether it holds addresses could not be seen: {}", del.id(), reason));
            }
        } catch (IOException e) {
            throw new Failed(CniError.IO_FAILURE, "the record of endpoints cannot be written: " + e.getMessage(), "");
        }
    }

    /**
     * Of which the cluster may know, by a record that was lost, or by Calico's plugin on a node that was Calico's before. The kernel has nothing of it; in the cluster it
     * goes only where that names this container. Where the resources are away it waits for them as what was told does; on a node that never had any in this life, it has
     * nothing to wait for.
     */
    private Endpoint unknown(Del del) {
        State state = publisher.hadStore() ? State.READY : State.ADDING;
        return new Endpoint(del.id(), del.network().name(), POLICY_ONLY, del.netns().orElse(""), "", Optional.empty(), 0, List.of(), del.arguments(), state, clock.getAsLong());
    }

    /** The handles of all containers that are not on their way out. */
    public Set<String> handlesInUse() {
        Set<String> handles = new TreeSet<>();
        log.list().stream().filter(endpoint -> endpoint.state() != State.RELEASING).forEach(endpoint -> handles.add(AddressSource.handle(endpoint.network(), endpoint.id())));
        return handles;
    }

    /** Takes all of it off, or records what has to wait. The container's lock is held. */
    void undo(Endpoint endpoint) throws Failed, IOException {
        Means now = means.get();
        boolean ours = !endpoint.mode().equals(POLICY_ONLY);
        Optional<String> rest;
        // Beside the kernel's part, which takes ten times as long.
        CompletableFuture<Optional<String>> unpublished = new CompletableFuture<>();
        Thread.ofVirtual().name("tombolo-cni-withdraw").start(() -> unpublished.completeAsync(() -> withdraw(now, endpoint), Runnable::run));
        try {
            rest = ours ? removeFromKernel(now, endpoint) : Optional.empty();
        } catch (KernelException e) {
            unpublished.join();
            if (endpoint.state() == State.READY) {
                publisher.put(now.node(), endpoint, false, false); // it is there after all
            }
            throw new Failed(CniError.KERNEL, String.valueOf(e.getMessage()), "");
        } finally {
            unpublished.join();
        }
        now.policy().ifPresent(policy -> policy.gone(endpoint.id()));
        Optional<String> later = rest.or(unpublished::join).or(() -> ours || Lent.is(endpoint) ? addressing.release(now, endpoint) : Optional.empty());
        if (later.isEmpty()) {
            log.remove(endpoint.id());
            return;
        }
        if (endpoint.state() != State.RELEASING) {
            LOG.warn("TMB-CNI-013 {} is gone from the kernel; the rest of its removal is done later: {}", endpoint.id(), later.get());
            log.put(endpoint.in(State.RELEASING), true);
        }
    }

    /**
     * Empty: done; else why some of it has to wait. Without its mode nobody can say what besides the pair is an endpoint's, such as routes and neighbours of a bridge:
     * until then its addresses are nobody else's.
     */
    private Optional<String> removeFromKernel(Means now, Endpoint endpoint) throws Failed {
        boolean pairGone = endpoint.state() == State.RELEASING;
        Optional<EndpointPlan> plan = plan(endpoint);
        if (endpoint.hostInterface().isEmpty() || pairGone && plan.isPresent() && plan.get().bridge().isEmpty()) {
            return Optional.empty();
        }
        if (plan.isPresent() || !pairGone) {
            EndpointKernel kernel = now.kernel().orElseThrow(() -> missing(List.of("gateway-dataplane")));
            plan.ifPresentOrElse(kernel::remove, () -> kernel.remove(endpoint.hostInterface()));
        }
        return plan.isPresent() ? Optional.empty() : Optional.of("what of the mode " + endpoint.mode() + " is left in the kernel is known when the mode is back; start azure-cni");
    }

    /** Empty: the cluster does not know it any more; else why not. */
    private Optional<String> withdraw(Means now, Endpoint endpoint) {
        if (!Lent.isTold(endpoint)) {
            return Optional.empty();
        }
        if (now.node().isEmpty()) {
            return Optional.of("under which node's name it is known to the cluster is not known yet"); // at a start, before the settings
        }
        try {
            publisher.withdraw(now.node(), endpoint);
            formerNode(now, endpoint).ifPresent(former -> publisher.withdrawFormer(former, endpoint));
            return Optional.empty();
        } catch (DatastoreException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("TMB-CNI-025 the WorkloadEndpoint of {} cannot be removed", endpoint.id(), e);
            return Optional.of(e.toString());
        }
    }

    /** The name that the node had when the cluster was told of an endpoint, where it has another now. */
    private Optional<String> formerNode(Means now, Endpoint endpoint) {
        return log.toldUnder(endpoint.id()).filter(name -> !name.equals(now.node()));
    }

    /** Makes every endpoint known to the cluster, as after a time without its datastore. */
    public void publish() {
        Means now = means.get();
        log.list().stream().filter(endpoint -> endpoint.state() == State.READY && !endpoint.mode().equals(ADDRESSES_ONLY)).forEach(endpoint -> publisher.put(now.node(), endpoint, false, false));
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
        addressing.check(check).ifPresent(differences::add);
        if (!differences.isEmpty()) {
            throw new Failed(CniError.DIFFERS, differences.size() + " things are not as the ADD left them", String.join("; ", differences));
        }
    }

    /** What should be in the kernel for an endpoint; empty where another plugin made it or its mode is not there. */
    Optional<EndpointPlan> plan(Endpoint endpoint) {
        return Optional.ofNullable(means.get().modes().get(endpoint.mode())).map(mode -> mode.plan(new EndpointMode.Wish(endpoint.id(), endpoint.network(), endpoint.netns(),
                endpoint.hostInterface(), endpoint.addresses(), endpoint.mac(), endpoint.mtu(), endpoint.arguments())));
    }

    /** All endpoints in another plugin's words. */
    Json.Obj state(String plugin) throws Failed {
        Means now = means.get();
        EndpointExport export = now.exports().stream().filter(one -> one.plugin().equals(plugin)).findFirst().orElseThrow(() ->
                new Failed(CniError.TRY_AGAIN_LATER, "nothing that is running tells endpoints as " + plugin + " does", "start azure-cni, or wait"));
        return export.export(log.list(), now.kernel().flatMap(EndpointKernel::uplink).orElse(""), clock.getAsLong());
    }

    /** What is being asked for comes to its end. */
    @Override
    public void close() {
        askers.shutdown();
    }

    // ------------------------------------------------------------------------------------------------ GC and starts

    /**
     * Removes what is of the network and not among those that are to stay; answers what could not be removed, in words.
     *
     * @param addressesOnly what was given to another main plugin of the network, which passes its GC on to us, and nothing else
     */
    List<String> collect(String network, Set<EndpointId> valid, boolean addressesOnly) {
        List<String> failures = new ArrayList<>();
        for (Endpoint endpoint : log.list()) {
            if (endpoint.network().equals(network) && !valid.contains(endpoint.id()) && (!addressesOnly || endpoint.mode().equals(ADDRESSES_ONLY) || Lent.is(endpoint))) {
                undoUnlessChanged(endpoint).ifPresent(failures::add);
            }
        }
        return failures;
    }

    /** Cleans up what an earlier life left half done, and puts right what has changed in the kernel meanwhile. */
    public void recover() {
        for (Endpoint endpoint : log.list()) {
            if (endpoint.state() == State.RELEASING) {
                continue;
            }
            if (endpoint.state() == State.ADDING) {
                LOG.info("TMB-CNI-014 the ADD of {} was not finished; it is taken back", endpoint.id());
                undoUnlessChanged(endpoint);
                continue;
            }
            compareAndRepair(endpoint);
        }
    }

    /** Tries again to give back the addresses of endpoints that are gone. */
    public void replayReleases() {
        log.list().stream().filter(endpoint -> endpoint.state() == State.RELEASING).forEach(this::undoUnlessChanged);
    }

    /**
     * Deletes from the cluster what this node told it of containers that are in no record: a loss of power takes the record's last lines along, but not what the
     * datastore has. And what it told under another name of those that are: as written by a node that nobody is. Behind {@link #recover}, not
     * beside another of these, and not on a Loop that others wait for.
     *
     * @return false: it could not be done, and is to be tried again
     */
    boolean forgetUnrecorded() {
        Means now = means.get();
        try {
            EndpointKernel kernel = now.kernel().orElseThrow(() -> new KernelException("gateway-dataplane is not running", 0));
            forgetFormerNodes(now);
            int deleted = publisher.deleteUnrecorded(now.node(), log::list, (mode, host) -> isLedTo(mode, host, kernel));
            if (deleted > 0) {
                LOG.info("TMB-CNI-027 {} WorkloadEndpoints of node {} were of containers that are neither in its record nor on the host, as after a loss of power; they are deleted",
                        deleted, now.node());
            }
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.warn("TMB-CNI-028 whether the cluster knows of containers that node {} does not could not be seen or mended: {}. Trying again", now.node(), e.getMessage());
            return false;
        }
    }

    /**
     * One after another, and only what is of these very containers: another machine may have the name by now. The node may be given another name meanwhile, also the
     * one before again: what it is known as then stays, and the next look takes back what this one leaves.
     */
    private void forgetFormerNodes(Means now) throws IOException {
        for (Endpoint endpoint : log.list()) {
            if (endpoint.state() != State.RELEASING) { // else that is part of what it waits for
                if (Lent.isTold(endpoint)) {
                    Optional<String> former = formerNode(now, endpoint).filter(name -> !isNamed(name));
                    former.ifPresent(name -> publisher.withdrawFormer(name, endpoint));
                    if (former.filter(this::isNamed).isPresent()) {
                        publish(); // it was deleted though the cluster is told of it under that name again
                    }
                }
                log.told(endpoint.id(), now.node());
            }
        }
    }

    private boolean isNamed(String name) {
        return means.get().node().equals(name);
    }

    private void compareAndRepair(Endpoint endpoint) {
        Optional<EndpointKernel> kernel = means.get().kernel();
        Optional<EndpointPlan> plan = plan(endpoint);
        boolean anothers = endpoint.mode().equals(ADDRESSES_ONLY) || endpoint.mode().equals(POLICY_ONLY); // whose DEL may never come, as after a start of the machine
        if (kernel.isEmpty() || plan.isEmpty() && !anothers) {
            return;
        }
        boolean startedAnew = log.isOfAnotherBoot(endpoint.id());
        if (startedAnew || !Files.exists(Path.of(endpoint.netns())) && !isLedTo(endpoint.mode(), endpoint.hostInterface(), kernel.get())) {
            LOG.info("TMB-CNI-015 {} and its namespace {} are gone{}; its addresses are given back", endpoint.id(), endpoint.netns(), startedAnew ? STARTED_ANEW : "");
            undoUnlessChanged(endpoint);
            return;
        }
        List<String> differences = plan.map(kernel.get()::differences).orElse(List.of());
        if (!differences.isEmpty()) {
            Outcome outcome = kernel.get().repair(plan.get());
            LOG.warn("TMB-CNI-016 {} was not as it should be ({}): {}", endpoint.id(), String.join("; ", differences), outcome instanceof Outcome.Done ? "repaired" : "not repaired: " + outcome);
        }
    }

    /** Whether the host has the interface that leads to it. A foreign chain's result may name the machine's own uplink, which is there whatever becomes of the container. */
    private static boolean isLedTo(String mode, String host, EndpointKernel kernel) {
        boolean machines = mode.equals(POLICY_ONLY) && kernel.uplink().equals(Optional.of(host));
        return !host.isEmpty() && !machines && kernel.counters(host).isPresent();
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

    ContainerLocks.Release take(String containerId) throws Failed {
        return locks.take(containerId, WAIT_MILLIS).orElseThrow(() ->
                new Failed(CniError.TRY_AGAIN_LATER, "another call for container " + containerId + " takes longer than " + WAIT_MILLIS / 1000 + " s", ""));
    }
}
