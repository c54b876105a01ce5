package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tombolo.api.config.CircuitSettings.Gateway;

/**
 * What has to be done so that a circuit is as wanted.
 *
 * @param circuit  the file's name
 * @param steps    in the order in which they are done; the later ones of a new circuit show only once Azure and the provider have done theirs
 * @param refusals operator text with a code: what is wanted and cannot be. While there is one, nothing is done
 * @param waits    what others have to do first, or what becomes possible later
 * @param notes    what differs and is left alone
 */
public record CircuitPlan(String circuit, List<Step> steps, List<String> refusals, List<String> waits, List<String> notes) {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    public CircuitPlan {
        steps = List.copyOf(steps);
        refusals = List.copyOf(refusals);
        waits = List.copyOf(waits);
        notes = List.copyOf(notes);
    }

    /**
     * One request to ARM, or one change on this node.
     *
     * @param what   such as "create the circuit er-1"
     * @param reason wanted against seen
     * @param costs  what it does to the bill; empty: nothing
     * @param cuts   what it interrupts, or what cannot be taken back; empty: nothing
     */
    public record Step(Action action, String what, String reason, Optional<String> costs, Optional<String> cuts) {
        public boolean needsConsent() {
            return costs.isPresent() || cuts.isPresent();
        }
    }

    /** What is asked of ARM, or done here. */
    public sealed interface Action {
        record CreateCircuit() implements Action { }

        /** SKU and bandwidth. */
        record ChangeCircuit() implements Action { }

        record DeleteCircuit() implements Action { }

        record PutPeering(CircuitSnapshot.Kind kind) implements Action { }

        record PutRouteFilter() implements Action { }

        /** @param existing the id of the link that is to be changed; empty: a new one */
        record PutLink(Gateway gateway, Optional<String> existing) implements Action { }

        /** On this node, and nothing of ARM. */
        record OnNode(NodeSide.Change change) implements Action { }
    }

    /** With more to be told. */
    public CircuitPlan noting(List<String> more) {
        List<String> all = new ArrayList<>(notes);
        all.addAll(more);
        return new CircuitPlan(circuit, steps, refusals, waits, all);
    }

    /**
     * The first step that may be done now: one that is allowed, and that waits for none before it that is not. Empty: there is none.
     *
     * @param allowed whether a step may be done at all
     */
    public Optional<Step> next(Predicate<Step> allowed) {
        List<Action> held = new ArrayList<>();
        for (Step step : steps) {
            if (allowed.test(step) && held.stream().noneMatch(each -> follows(step.action(), each))) {
                return Optional.of(step);
            }
            held.add(step.action());
        }
        return Optional.empty();
    }

    /** Whether a step makes no sense, or does harm, before the earlier one has been done. */
    private static boolean follows(Action later, Action earlier) {
        return switch (earlier) {
            case Action.CreateCircuit _, Action.DeleteCircuit _ -> true;
            // A larger tier or bandwidth is what lets a circuit take more links.
            case Action.ChangeCircuit _ -> later instanceof Action.PutLink;
            case Action.PutRouteFilter _ -> later instanceof Action.PutPeering(CircuitSnapshot.Kind kind) && kind == CircuitSnapshot.Kind.MICROSOFT;
            // This node's end is made for the peering as the file wants it: alone, it would not meet the other end.
            case Action.PutPeering(CircuitSnapshot.Kind kind) -> later instanceof Action.OnNode || kind == CircuitSnapshot.Kind.PRIVATE && later instanceof Action.PutLink;
            case Action.PutLink _ -> false;
            // An interface goes before another one takes its tag, and comes before the peers that use it.
            case Action.OnNode _ -> later instanceof Action.OnNode;
        };
    }

    public boolean inSync() {
        return steps.isEmpty() && refusals.isEmpty() && waits.isEmpty();
    }

    public boolean needsConsent() {
        return steps.stream().anyMatch(Step::needsConsent);
    }

    /** Stands for exactly these steps: consent to a plan that has changed meanwhile is none. */
    public String token() {
        long hash = FNV_OFFSET;
        for (char c : steps.toString().toCharArray()) {
            hash = (hash ^ c) * FNV_PRIME;
        }
        return String.format("%016x", hash);
    }
}
