package tombolo.policy.adapter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.kernel.Errno;
import tombolo.api.net.IpAddress;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Owner;
import tombolo.api.policy.Policies.Enforcement;
import tombolo.api.resource.ResourceId;
import tombolo.policy.adapter.nft.ClosedInterfaces;
import tombolo.policy.adapter.nft.NftOptions;
import tombolo.policy.adapter.nft.NftTable;
import tombolo.policy.core.HostInterfaces;
import tombolo.policy.core.Model;
import tombolo.policy.core.NodeParameters;
import tombolo.policy.core.PolicyEngine;
import tombolo.runtime.Loop;

/** Hands the compiled policy to the writer of the packet filter, whole at first and then by differences; on the Loop alone. */
final class Enforcer {
    private static final Logger LOG = LoggerFactory.getLogger(Enforcer.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /** Calls that wait at once: more than a node adds containers. */
    private static final int MOST_WAITING = 4096;

    private final Loop loop;
    private @Nullable Nftables writer;
    private @Nullable PolicyEngine engine;
    private @Nullable NftTable table;
    /** Of handed over changes; what an answer says counts where it is of the present table. */
    private long sent;
    private long answered;
    private boolean inForce;
    private NodeParameters parameters = NodeParameters.DEFAULT;
    private Map<String, Set<IpAddress>> interfaces = Map.of();
    private NftOptions options = NftOptions.DEFAULT;
    /** Until a kernel says that it cannot. */
    private boolean numbered = true;
    private final Runnable done;
    private ClosedInterfaces closed = ClosedInterfaces.NONE;
    private String refusal = "";
    /** Asked for with each flow that is logged. */
    private @Nullable HostInterfaces hosts;
    private Duration pause = FIRST_PAUSE;
    private boolean retrying;
    private final List<Awaited> waiting = new ArrayList<>();

    /** Who waits until an endpoint's rules are in the kernel, or until all is that was handed over before. */
    private static final class Awaited {
        final Optional<Endpoint> endpoint;
        final CompletableFuture<Boolean> told;
        /** The change with which everything that was known of the endpoint was handed over; 0 while it is not known. */
        long needs;

        Awaited(Optional<Endpoint> endpoint, CompletableFuture<Boolean> told) {
            this.endpoint = endpoint;
            this.told = told;
        }
    }

    /** @param done told of each change that is in force */
    Enforcer(Loop loop, Runnable done) {
        this.loop = loop;
        this.done = done;
    }

    void writerCame(Nftables came) {
        writer = came;
        begin();
    }

    /** The kernel keeps what it has. */
    void writerWent(Nftables went) {
        if (writer == went) {
            writer = null;
            table = null;
            inForce = false;
        }
    }

    /** The engine that counts from now on, with everything heard. */
    void engine(PolicyEngine now) {
        engine = now;
        hosts = null;
        begin();
    }

    /** What the node's configuration says of policy. */
    void parameters(NodeParameters now) {
        if (!now.equals(parameters)) {
            parameters = now;
            NftTable current = table;
            if (current != null) {
                hand(current, () -> current.parameters(now));
            }
        }
    }

    /** The interfaces of this node with their addresses. */
    void interfaces(Map<String, Set<IpAddress>> now) {
        if (!now.equals(interfaces)) {
            interfaces = Map.copyOf(now);
            hosts = null;
            NftTable current = table;
            if (current != null) {
                hand(current, () -> current.interfaces(now));
            }
        }
    }

    /** The table is said again as a whole where these change. */
    void options(NftOptions now) {
        if (!now.equals(options)) {
            options = now;
            hosts = null;
            begin();
        }
    }

    /** Interfaces that carry nothing until their endpoint is known. */
    void close(ClosedInterfaces now) {
        if (!now.equals(closed)) {
            closed = now;
            NftTable current = table;
            if (current != null) {
                hand(current, () -> current.close(now));
            }
        }
    }

    /** Which host endpoint governs which interface. */
    HostInterfaces hosts() {
        PolicyEngine current = engine;
        HostInterfaces known = hosts;
        if (known == null) {
            known = current == null ? HostInterfaces.NONE : HostInterfaces.of(current.endpoints().values(), interfaces, options.workloadBridge());
            hosts = known;
        }
        return known;
    }

    NodeParameters parameters() {
        return parameters;
    }

    /** What the engine answered to a change. */
    void changed(Model.Delta delta) {
        hosts = null;
        NftTable current = table;
        if (current != null && !delta.isEmpty()) {
            hand(current, () -> current.change(delta));
            tell();
        }
    }

    /** What settings and the kernel make of a table that would be written now. */
    NftOptions options() {
        return options.numbered(numbered);
    }

    /** That the policy comes to; empty: no table is made. */
    OptionalInt filterRules() {
        NftTable current = table;
        return current == null ? OptionalInt.empty() : OptionalInt.of(current.size());
    }

    Optional<Nftables> writer() {
        return Optional.ofNullable(writer);
    }

    Enforcement enforcement() {
        if (writer == null) {
            return new Enforcement(false, "not enforced: no writer; no packet is filtered by what is shown here");
        }
        if (!refusal.isEmpty()) {
            return new Enforcement(false, "not enforced as shown: the last change was refused (" + refusal + "); what was in force before still is");
        }
        if (!inForce) {
            return new Enforcement(false, "not enforced yet: the kernel has not taken it");
        }
        return new Enforcement(true, "enforced for what containers send and receive, and for host endpoints" + (sent == answered ? "" : "; a change is on its way"));
    }

    /** Completes once the kernel holds the rules of what the cluster says of this endpoint. */
    void await(Endpoint endpoint, CompletableFuture<Boolean> told) {
        await(Optional.of(endpoint), told);
    }

    /** @param endpoint empty: until the kernel holds all that has been handed over by now @param told done already where whoever asked has given up; false where too many wait */
    void await(Optional<Endpoint> endpoint, CompletableFuture<Boolean> told) {
        waiting.removeIf(one -> one.told.isDone());
        if (told.isDone()) {
            return;
        }
        if (waiting.size() >= MOST_WAITING) {
            told.complete(false);
            return;
        }
        waiting.add(new Awaited(endpoint, told));
        tell();
    }

    /** What an endpoint still waits for, in words. */
    String missing(Endpoint endpoint) {
        return writer == null ? "no writer of the packet filter" : engine == null ? "the cluster's resources have not been heard" : !known(endpoint)
                ? "no WorkloadEndpoint with interface " + endpoint.hostInterface() + " and its addresses has been heard" : "the kernel has not taken it" + (refusal.isEmpty() ? "" : ": " + refusal);
    }

    /** An endpoint has its rules once the change is in force that was the last when it was first known; what came behind that is no reason to wait. */
    private void tell() {
        waiting.removeIf(one -> {
            if (one.told.isDone()) {
                return true;
            }
            if (one.needs == 0 && table != null && known(one.endpoint)) {
                one.needs = sent;
            }
            return one.needs != 0 && inForce && answered >= one.needs && known(one.endpoint) && one.told.complete(true);
        });
    }

    /** Of which endpoint an interface of this node is. */
    Optional<ResourceId> endpointAt(String interfaceName) {
        return Optional.ofNullable(table).flatMap(current -> current.endpointAt(interfaceName));
    }

    private boolean known(Optional<Endpoint> endpoint) {
        return endpoint.map(this::known).orElse(table != null);
    }

    private boolean known(Endpoint endpoint) {
        PolicyEngine current = engine;
        NftTable written = table;
        return current != null && written != null && written.endpointAt(endpoint.hostInterface()).map(current.endpoints()::get).filter(one ->
                endpoint.addresses().stream().allMatch(address -> one.addresses().stream().anyMatch(net -> net.contains(address.address())))).isPresent();
    }

    private void begin() {
        PolicyEngine known = engine;
        if (writer == null || known == null) {
            return;
        }
        NftTable fresh = new NftTable(known, parameters, interfaces, options());
        fresh.close(closed);
        table = fresh;
        inForce = false;
        waiting.forEach(one -> one.needs = 0);
        hand(fresh, fresh::whole);
    }

    private interface Making {
        Change make();
    }

    private void hand(NftTable of, Making making) {
        Nftables to = writer;
        if (to == null) {
            return;
        }
        Change change;
        try {
            change = making.make();
        } catch (IllegalArgumentException e) {
            refused(of, e.getMessage());
            return;
        }
        if (nothing(change)) {
            return;
        }
        long number = ++sent;
        CompletableFuture<Nftables.Outcome> outcome = to.change(Owner.POLICY, change);
        outcome.thenAccept(said -> loop.offer(() -> heard(of, number, said)));
    }

    private static boolean nothing(Change change) {
        return !change.complete() && change.chains().isEmpty() && change.sets().isEmpty() && change.goneChains().isEmpty() && change.goneSets().isEmpty() && change.elements().isEmpty();
    }

    private void heard(NftTable of, long number, Nftables.Outcome outcome) {
        answered = Math.max(answered, number);
        if (of != table) {
            return;
        }
        switch (outcome) {
            case Nftables.Outcome.InForce _ -> {
                if (!inForce) {
                    LOG.info("TMB-POL-006 policy is enforced");
                }
                inForce = true;
                refusal = "";
                pause = FIRST_PAUSE;
                tell();
                done.run();
            }
            case Nftables.Outcome.Refused(String reason, boolean _) -> {
                if (!inForce && numbered && reason.contains(Errno.text(Errno.EOPNOTSUPP))) {
                    LOG.warn("TMB-POL-050 this kernel refuses security marks, perhaps for lack of CONFIG_NETWORK_SECMARK ({}): interfaces lead to their policies at once. A change of an endpoint takes longer so", reason);
                    numbered = false;
                }
                refused(of, reason);
            }
        }
    }

    /** Differences no longer lead from what the kernel has to what is wanted: all is said again, a while later. */
    private void refused(NftTable of, String reason) {
        if (of != table) {
            return;
        }
        if (!reason.equals(refusal)) {
            LOG.error("TMB-POL-005 a change of policy was refused and what was in force before still is: {}. Trying again, as a whole", reason);
        }
        refusal = reason;
        table = null;
        if (!retrying) {
            retrying = true;
            loop.schedule(pause, () -> {
                retrying = false;
                begin();
            });
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }
}
