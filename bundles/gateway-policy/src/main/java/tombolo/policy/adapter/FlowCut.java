package tombolo.policy.adapter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.kernel.Connection;
import tombolo.api.kernel.Connections;
import tombolo.api.kernel.Connections.Routed;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.policy.Policies.Step;
import tombolo.api.resource.ResourceId;
import tombolo.policy.adapter.nft.NftLog;
import tombolo.policy.core.HostInterfaces;
import tombolo.policy.core.HostVerdicts;
import tombolo.policy.core.Model;
import tombolo.policy.core.NodeParameters;
import tombolo.policy.core.Packet;
import tombolo.policy.core.PolicyEngine;
import tombolo.policy.core.Verdicts;
import tombolo.runtime.Loop;

/**
 * Cuts flows that were allowed once and are not any more.
 *
 * <pre>
 *  a change is in force ─► 50 ms, what comes meanwhile together ─► connections of our endpoints, host endpoints too (a thread of its own) ─► judged as new ones, 512 at a time, on the Loop
 *                                                                  └─ at most a tenth of the time                          └─► those that are denied: forgotten
 * </pre>
 *
 * Judged after the change is in force: what the kernel is made to forget before would be let in again by the old rules. On the Loop alone, but for the visits to the kernel.
 */
final class FlowCut {
    private static final Logger LOG = LoggerFactory.getLogger(FlowCut.class);
    private static final Duration SOON = Duration.ofMillis(50);
    /** Between two looks, in lengths of the last one. */
    private static final int PAUSES = 10;
    private static final Duration AGAIN = Duration.ofSeconds(5);
    /** About a millisecond of the Loop. */
    private static final int AT_ONCE = 512;


    /** What was cut, and at which step of whose policy. @param own whether the endpoint is an end of it, and not one by which it was forwarded */
    record Cut(Connection connection, ResourceId endpoint, boolean own, Direction direction, Step step) {
        boolean host() {
            return endpoint.kind().equals("HostEndpoint");
        }
    }

    private final Loop loop;
    private final Supplier<Optional<PolicyEngine>> engine;
    private final Supplier<HostInterfaces> hosts;
    private final Supplier<NodeParameters> parameters;
    private final Consumer<List<Cut>> told;
    private @Nullable Connections means;
    private boolean wanted;
    private boolean dirty;
    private boolean busy;
    private Duration pause = SOON;

    /**
     * @param hosts which host endpoint governs which interface
     * @param told  of what was cut
     */
    FlowCut(Loop loop, Supplier<Optional<PolicyEngine>> engine, Supplier<HostInterfaces> hosts, Supplier<NodeParameters> parameters, Consumer<List<Cut>> told) {
        this.loop = loop;
        this.engine = engine;
        this.hosts = hosts;
        this.parameters = parameters;
        this.told = told;
    }

    void meansCame(Connections came) {
        means = came;
        changed();
    }

    void meansWent(Connections went) {
        if (means == went) {
            means = null;
        }
    }

    void wanted(boolean now) {
        boolean before = wanted;
        wanted = now;
        if (now && !before) {
            changed();
        }
    }

    /** What was handed over is in force. */
    void changed() {
        dirty = true;
        if (wanted && means != null && !busy) {
            busy = true;
            loop.schedule(pause, this::look);
        }
    }

    private void look() {
        Connections from = means;
        if (!wanted || from == null || engine.get().isEmpty()) {
            busy = false;
            return;
        }
        dirty = false;
        long began = System.nanoTime();
        Set<IpAddress> ends = Set.copyOf(locals(engine.get().get()).keySet());
        boolean byInterface = !hosts.get().isEmpty() || parameters.get().dropToHost() || !spoofing(engine.get().get(), parameters.get()).isEmpty();
        away(() -> {
            // Only host endpoints, what is for this host, and what is sent from others' addresses need to know over which interfaces a connection goes, a question to the kernel for each address.
            List<Routed> all = byInterface ? routed(from, ends) : unrouted(from.of(ends));
            onLoop(() -> judge(from, all, 0, new ArrayList<>(), began));
        });
    }

    private static List<Routed> unrouted(List<Connection> connections) {
        return connections.stream().map(one -> new Routed(one, Routed.SOMEWHERE, Routed.SOMEWHERE)).toList();
    }

    /** All, and where those are more than one answer holds, what begins or ends at workloads in any case. */
    private static List<Routed> routed(Connections from, Set<IpAddress> ends) {
        List<Routed> routed = from.routed();
        if (routed.size() < Connections.MOST) {
            return routed;
        }
        Set<Connection> known = routed.stream().map(Routed::connection).filter(one -> ends.contains(one.source()) || ends.contains(one.destination())).collect(Collectors.toSet());
        List<Routed> all = new ArrayList<>(routed);
        all.addAll(unrouted(from.of(ends).stream().filter(one -> !known.contains(one)).toList()));
        return all;
    }

    /** Workloads by address. */
    private static Map<IpAddress, Model.Endpoint> locals(PolicyEngine engine) {
        Map<IpAddress, Model.Endpoint> locals = new HashMap<>();
        engine.endpoints().values().stream().filter(endpoint -> !endpoint.host() && endpoint.interfaceName().isPresent())
                .forEach(endpoint -> endpoint.addresses().stream().map(Prefix::address).forEach(address -> locals.putIfAbsent(address, endpoint)));
        return locals;
    }

    /** Workloads that may send from others' addresses, by interface. */
    private static Map<String, Model.Endpoint> spoofing(PolicyEngine engine, NodeParameters parameters) {
        Map<String, Model.Endpoint> spoofing = new HashMap<>();
        if (parameters.sources()) {
            engine.endpoints().values().stream().filter(endpoint -> !endpoint.host() && !endpoint.spoofable().isEmpty() && endpoint.interfaceName().isPresent())
                    .forEach(endpoint -> spoofing.putIfAbsent(endpoint.interfaceName().orElseThrow(), endpoint));
        }
        return spoofing;
    }

    private void judge(Connections from, List<Routed> all, int at, List<Cut> cuts, long began) {
        Optional<PolicyEngine> current = engine.get();
        if (current.isEmpty() || !wanted) {
            busy = false;
            return;
        }
        Judge judge = new Judge(locals(current.get()), spoofing(current.get(), parameters.get()), new Verdicts(current.get()), current.get(), hosts.get(), parameters.get());
        int to = Math.min(all.size(), at + AT_ONCE);
        all.subList(at, to).forEach(connection -> judge.of(connection).ifPresent(cuts::add));
        if (to < all.size()) {
            onLoop(() -> judge(from, all, to, cuts, began));
        } else {
            away(() -> {
                int forgotten = cuts.isEmpty() ? 0 : from.forget(cuts.stream().map(Cut::connection).toList());
                onLoop(() -> done(cuts, forgotten, began));
            });
        }
    }

    /** Looks at a connection as if it began now. */
    private static final class Judge {
        private final Map<IpAddress, Model.Endpoint> locals;
        private final Map<String, Model.Endpoint> spoofing;
        private final Verdicts verdicts;
        private final PolicyEngine engine;
        private final HostInterfaces hosts;
        private final NodeParameters parameters;
        private final HostVerdicts hostVerdicts;

        Judge(Map<IpAddress, Model.Endpoint> locals, Map<String, Model.Endpoint> spoofing, Verdicts verdicts, PolicyEngine engine, HostInterfaces hosts, NodeParameters parameters) {
            this.locals = locals;
            this.spoofing = spoofing;
            this.verdicts = verdicts;
            this.engine = engine;
            this.hosts = hosts;
            this.parameters = parameters;
            this.hostVerdicts = new HostVerdicts(engine, hosts, parameters);
        }

        Optional<Cut> of(Routed routed) {
            Connection connection = routed.connection();
            Packet packet = packet(connection, connection.destination(), connection.destinationPort());
            return byHost(routed, Direction.INGRESS, packet).or(() -> byWorkload(routed, Direction.EGRESS, packet)).or(() -> byWorkload(routed, Direction.INGRESS, packet))
                    .or(() -> byHost(routed, Direction.EGRESS, packet));
        }

        private static Packet packet(Connection connection, IpAddress destination, int port) {
            return new Packet(connection.source(), destination, connection.protocol(), connection.sourcePort(), port, connection.icmpType(), connection.icmpCode());
        }

        private Optional<Cut> byWorkload(Routed routed, Direction direction, Packet packet) {
            if (routed.from().isEmpty()) {
                return Optional.empty(); // what this host sends to its own endpoints always passes
            }
            boolean egress = direction == Direction.EGRESS;
            Optional<Model.Endpoint> holder = workload(egress ? packet.source() : packet.destination(), egress ? routed.from() : routed.to());
            if (holder.isEmpty()) {
                return Optional.empty();
            }
            Model.Endpoint endpoint = holder.get();
            if (egress && parameters.wrapped().drops(packet)) {
                return Optional.of(new Cut(routed.connection(), endpoint.id(), true, direction, new Step("interfaces", Optional.of(NftLog.WRAPPED), 0, "drops")));
            }
            Optional<Cut> cut = cut(routed, endpoint, direction, true, verdicts.at(endpoint, direction, packet));
            return cut.isEmpty() && egress && routed.to().isEmpty() && parameters.dropToHost()
                    ? Optional.of(new Cut(routed.connection(), endpoint.id(), true, direction, new Step("interfaces", Optional.of(NftLog.TO_HOST), 0, "drops"))) : cut;
        }

        /** By its address, or by the interface where it may have that address too. */
        private Optional<Model.Endpoint> workload(IpAddress address, Optional<String> interfaceName) {
            return Optional.ofNullable(locals.get(address)).or(() -> interfaceName.map(spoofing::get).filter(endpoint -> endpoint.spoofable().stream().anyMatch(net -> net.contains(address))));
        }

        private Optional<Cut> byHost(Routed routed, Direction direction, Packet packet) {
            boolean ingress = direction == Direction.INGRESS;
            boolean own = (ingress ? routed.to() : routed.from()).isEmpty();
            Optional<String> outside = (ingress ? routed.from() : routed.to()).or(() -> own ? Optional.of(HostInterfaces.LOOPBACK) : Optional.empty()); // what this host says to itself
            IpAddress end = ingress ? packet.source() : packet.destination();
            Optional<Model.Endpoint> host = outside.flatMap(name -> governing(name, end));
            if (host.isEmpty()) {
                return Optional.empty();
            }
            Packet before = packet(routed.connection(), routed.connection().told(), routed.connection().toldPort());
            boolean workload = locals.containsKey(end) || outside.filter(parameters::isWorkload).isPresent();
            if (own && workload) {
                // Between a workload and this host its own policy decides, but for what is asked before destinations are changed.
                return ingress ? cut(routed, host.get(), direction, true, hostVerdicts.arriving(host.get(), before, false)) : Optional.empty();
            }
            return cut(routed, host.get(), direction, own,
                    own ? hostVerdicts.own(host.get(), direction, before, packet, false) : hostVerdicts.forwarded(host.get(), direction, before, packet, workload, false));
        }

        /** What endpoints behind a bridge send and get is not what comes and goes by its uplink: the same as in {@code HostTable}. */
        private Optional<Model.Endpoint> governing(String name, IpAddress end) {
            boolean behind = hosts.bridge().filter(bridge -> bridge.uplink() && bridge.name().equals(name)).isPresent() && locals.containsKey(end) && locals.get(end).bridged().isPresent();
            return Optional.ofNullable(behind ? null : hosts.named().get(name)).or(() -> name.isEmpty() || name.equals(HostInterfaces.LOOPBACK) ? Optional.empty() : hosts.all())
                    .flatMap(id -> Optional.ofNullable(engine.endpoints().get(id)));
        }

        private static Optional<Cut> cut(Routed routed, Model.Endpoint endpoint, Direction direction, boolean own, Verdicts.Verdict verdict) {
            return verdict.allowed() ? Optional.empty() : Optional.of(new Cut(routed.connection(), endpoint.id(), own, direction, verdict.steps().getLast()));
        }
    }

    private void done(List<Cut> cuts, int forgotten, long began) {
        if (forgotten > 0) {
            LOG.info("TMB-POL-018 {} flows that policy no longer allows were cut (established = cut in etc/tombolo.policy.cfg)", forgotten);
            told.accept(cuts);
        }
        Duration long10 = Duration.ofNanos(System.nanoTime() - began).multipliedBy(PAUSES);
        pause = long10.compareTo(SOON) > 0 ? long10 : SOON;
        next(pause);
    }

    private void next(Duration in) {
        busy = false;
        pause = in;
        if (dirty) {
            changed();
        }
    }

    private interface Visit {
        void go();
    }

    private void away(Visit visit) {
        Thread.ofVirtual().name("tombolo-policy-cut").start(() -> {
            try {
                visit.go();
            } catch (RuntimeException e) { // also a bundle that goes away under the call
                LOG.warn("TMB-POL-019 flows that policy no longer allows cannot be cut now: {}. Trying again in {} s", e.getMessage(), AGAIN.toSeconds());
                onLoop(() -> {
                    dirty = true;
                    next(AGAIN);
                });
            }
        });
    }

    /** By a timer: these do not count against the mailbox, and must not be lost. */
    private void onLoop(Runnable task) {
        loop.schedule(Duration.ZERO, task);
    }
}
