package tombolo.policy.core;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tombolo.api.policy.Policies.Problem;
import tombolo.api.resource.GlobalNetworkPolicy;
import tombolo.api.resource.NetworkPolicy;
import tombolo.api.resource.PolicyBody;
import tombolo.api.resource.PolicyBody.Type;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.StagedAction;
import tombolo.api.resource.StagedGlobalNetworkPolicy;
import tombolo.api.resource.StagedKubernetesNetworkPolicy;
import tombolo.api.resource.StagedNetworkPolicy;
import tombolo.api.selector.Selector;

/** A policy that is there: the version in force, and what was told of it. */
final class HeldPolicy {
    final ResourceId id;
    Version version;
    /** The sets that it holds; empty while it selects nobody here. */
    Set<SetId> acquired = Set.of();
    Model.@Nullable Policy told;
    Optional<Problem> problem = Optional.empty();
    /** Its place among all policies. */
    int rank;

    /** @param good whether all of it could be compiled */
    record Version(Model.Policy policy, Selector scope, Resource source, boolean good) { }

    private record Reading(PolicyBody body, Optional<GlobalNetworkPolicy> global, Optional<StagedAction> staged) { }

    private HeldPolicy(ResourceId id, Version version) {
        this.id = id;
        this.version = version;
    }

    /** Whether a resource is a policy that can choose endpoints. A staged deletion, and what is staged to be learned or ignored, cannot. */
    static boolean isOne(Resource resource) {
        return read(resource).filter(reading -> reading.staged.isEmpty() || reading.staged.get() == StagedAction.SET).isPresent();
    }

    static HeldPolicy of(Resource resource) {
        List<String> problems = new ArrayList<>();
        Version version = compile(resource, problems);
        HeldPolicy held = new HeldPolicy(resource.id(), version);
        held.problem = problem(resource, problems, "the rest of it; of the rules named, those that allow are left out and those that deny or pass deny everything");
        return held;
    }

    /** Takes another version; one that cannot be compiled leaves the last good one in force. */
    void put(Resource resource) {
        List<String> problems = new ArrayList<>();
        Version next = compile(resource, problems);
        if (!next.good && version.good) {
            problem = problem(resource, problems, "the last good version, revision " + version.source.revision());
            return;
        }
        version = next;
        problem = problem(resource, problems, "the rest of it; of the rules named, those that allow are left out and those that deny or pass deny everything");
    }

    private static Optional<Problem> problem(Resource resource, List<String> problems, String inForce) {
        return problems.isEmpty() ? Optional.empty() : Optional.of(new Problem(resource.id(), "TMB-POL-001 " + resource.id() + ": " + String.join("; ", problems), inForce));
    }

    private static Version compile(Resource resource, List<String> problems) {
        Reading reading = read(resource).orElseThrow();
        PolicyBody body = reading.body;
        RuleCompiler compiler = new RuleCompiler(resource.id().namespace(), problems::add);
        Set<Type> types = body.types().isEmpty() ? Set.of(Type.INGRESS, Type.EGRESS) : body.types(); // a stored policy without types is one from before types
        Selector scope = Scopes.ofPolicy(resource.id(), body, reading.global);
        boolean untracked = reading.global.filter(GlobalNetworkPolicy::doNotTrack).isPresent();
        boolean preDnat = reading.global.filter(GlobalNetworkPolicy::preDnat).isPresent();
        Model.Policy policy = new Model.Policy(resource.id(), body.tier(), body.order(), scope.canonical(), types,
                types.contains(Type.INGRESS) ? compiler.rules(body.ingress(), "ingress") : List.of(), types.contains(Type.EGRESS) ? compiler.rules(body.egress(), "egress") : List.of(),
                untracked, preDnat, reading.global.filter(GlobalNetworkPolicy::applyOnForward).isPresent(), reading.staged);
        return new Version(policy, scope, resource, problems.isEmpty());
    }

    private static Optional<Reading> read(Resource resource) {
        return switch (resource.spec()) {
            case NetworkPolicy(PolicyBody body) -> Optional.of(new Reading(body, Optional.empty(), Optional.empty()));
            case GlobalNetworkPolicy global -> Optional.of(new Reading(global.body(), Optional.of(global), Optional.empty()));
            case StagedNetworkPolicy(PolicyBody body, StagedAction action) -> Optional.of(new Reading(body, Optional.empty(), Optional.of(action)));
            case StagedGlobalNetworkPolicy(GlobalNetworkPolicy global, StagedAction action) -> Optional.of(new Reading(global.body(), Optional.of(global), Optional.of(action)));
            case StagedKubernetesNetworkPolicy(PolicyBody body, StagedAction action) -> Optional.of(new Reading(body, Optional.empty(), Optional.of(action)));
            default -> Optional.empty();
        };
    }

    /** The policy that a staged one stands for; empty for one that is not staged, or staged to be learned or ignored. */
    static Optional<ResourceId> standsFor(Resource resource) {
        Optional<StagedAction> action = read(resource).flatMap(Reading::staged);
        if (action.isEmpty() || action.get() == StagedAction.LEARN || action.get() == StagedAction.IGNORE) {
            return Optional.empty();
        }
        ResourceId id = resource.id();
        return Optional.of(resource.spec() instanceof StagedKubernetesNetworkPolicy ? new ResourceId("NetworkPolicy", id.namespace(), "knp.default." + id.name())
                : new ResourceId(id.kind().substring("Staged".length()), id.namespace(), id.name()));
    }

    /** What the version in force refers to. */
    Set<SetId> sets() {
        Set<SetId> sets = new LinkedHashSet<>();
        RuleCompiler.sets(version.policy.ingress(), sets::add);
        RuleCompiler.sets(version.policy.egress(), sets::add);
        return sets;
    }

    boolean onlyForHosts() {
        return version.policy.untracked() || version.policy.preDnat();
    }
}
