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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.kernel.Connection;
import tombolo.api.kernel.Connections;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.policy.Policies.Step;
import tombolo.api.resource.ResourceId;
import tombolo.policy.core.Model;
import tombolo.policy.core.Packet;
import tombolo.policy.core.PolicyEngine;
import tombolo.policy.core.Verdicts;
import tombolo.runtime.Loop;

/**
 * Cuts flows that were allowed once and are not any more.
 *
 * <pre>
 *  a change is in force ─► 50 ms, what comes meanwhile together ─► connections of our endpoints (a thread of its own) ─► judged as new ones, 512 at a time, on the Loop
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

    /** What was cut, and at which step of whose policy. */
    record Cut(Connection connection, ResourceId endpoint, Direction direction, Step step) { }

    private final Loop loop;
    private final Supplier<Optional<PolicyEngine>> engine;
    private final Consumer<List<Cut>> told;
    private @Nullable Connections means;
    private boolean wanted;
    private boolean dirty;
    private boolean busy;
    private Duration pause = SOON;

    /** @param told of what was cut */
    FlowCut(Loop loop, Supplier<Optional<PolicyEngine>> engine, Consumer<List<Cut>> told) {
        this.loop = loop;
        this.engine = engine;
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
        away(() -> {
            List<Connection> all = from.of(ends);
            onLoop(() -> judge(from, all, 0, new ArrayList<>(), began));
        });
    }

    /** By address; host endpoints have other rules. */
    private static Map<IpAddress, Model.Endpoint> locals(PolicyEngine engine) {
        Map<IpAddress, Model.Endpoint> locals = new HashMap<>();
        engine.endpoints().values().stream().filter(endpoint -> !endpoint.host() && endpoint.interfaceName().isPresent())
                .forEach(endpoint -> endpoint.addresses().stream().map(Prefix::address).forEach(address -> locals.putIfAbsent(address, endpoint)));
        return locals;
    }

    private void judge(Connections from, List<Connection> all, int at, List<Cut> cuts, long began) {
        Optional<PolicyEngine> current = engine.get();
        if (current.isEmpty() || !wanted) {
            busy = false;
            return;
        }
        Map<IpAddress, Model.Endpoint> locals = locals(current.get());
        Verdicts verdicts = new Verdicts(current.get());
        int to = Math.min(all.size(), at + AT_ONCE);
        all.subList(at, to).forEach(connection -> judge(connection, locals, verdicts).ifPresent(cuts::add));
        if (to < all.size()) {
            onLoop(() -> judge(from, all, to, cuts, began));
        } else {
            away(() -> {
                int forgotten = cuts.isEmpty() ? 0 : from.forget(cuts.stream().map(Cut::connection).toList());
                onLoop(() -> done(cuts, forgotten, began));
            });
        }
    }

    private static Optional<Cut> judge(Connection connection, Map<IpAddress, Model.Endpoint> locals, Verdicts verdicts) {
        Packet packet = new Packet(connection.source(), connection.destination(), connection.protocol(), connection.sourcePort(), connection.destinationPort(), connection.icmpType(),
                connection.icmpCode());
        for (Direction direction : List.of(Direction.EGRESS, Direction.INGRESS)) {
            Model.Endpoint endpoint = locals.get(direction == Direction.EGRESS ? connection.source() : connection.destination());
            if (endpoint != null) {
                Verdicts.Verdict verdict = verdicts.at(endpoint, direction, packet);
                if (!verdict.allowed()) {
                    return Optional.of(new Cut(connection, endpoint.id(), direction, verdict.steps().getLast()));
                }
            }
        }
        return Optional.empty();
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
