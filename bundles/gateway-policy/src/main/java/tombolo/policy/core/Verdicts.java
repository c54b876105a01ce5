package tombolo.policy.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.policy.Policies.Step;
import tombolo.api.resource.PolicyRule.Action;
import tombolo.api.resource.PolicyRule.Icmp;
import tombolo.api.resource.PolicyRule.Port.Range;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Tier.DefaultAction;

/** What becomes of a packet at an endpoint, by the compiled policy: the way through tiers and rules. Source: {@code felix/rules/endpoints.go}. */
public final class Verdicts {
    private static final String PROFILES = "profiles";

    private final PolicyEngine engine;

    public Verdicts(PolicyEngine engine) {
        this.engine = engine;
    }

    /** @param steps in the order in which they were taken */
    public record Verdict(boolean allowed, List<Step> steps) {
        public Verdict {
            steps = List.copyOf(steps);
        }
    }

    /** At the enforced policies, for what an endpoint itself sends or receives; at a host endpoint that is the last of several stages, see {@link HostVerdicts}. */
    public Verdict at(Model.Endpoint endpoint, Direction direction, Packet packet) {
        return decide(endpoint, direction, packet, counts(false));
    }

    /** What the policies of a stage decide; empty where none does. @param steps gets the way */
    Optional<Boolean> at(Stage stage, Model.Endpoint endpoint, Direction direction, Packet packet, boolean pending, List<Step> steps) {
        return tiers(stage, endpoint, direction, packet, counts(pending), steps);
    }

    /** Whether the endpoint has a policy at the stage, whatever it says of a packet. */
    boolean has(Stage stage, Model.Endpoint endpoint, Direction direction, boolean pending) {
        Predicate<Model.Policy> counts = counts(pending);
        return endpoint.tiers().stream().flatMap(tier -> policies(direction == Direction.INGRESS ? tier.ingress() : tier.egress()).stream()).anyMatch(policy -> stage.holds(policy) && counts.test(policy));
    }

    private Predicate<Model.Policy> counts(boolean pending) {
        Set<ResourceId> replaced = pending ? engine.replacedByStaged() : Set.of();
        return policy -> pending ? policy.staged().isPresent() || !replaced.contains(policy.id()) : policy.staged().isEmpty();
    }

    /** As if what is staged were enforced. */
    public Verdict pendingAt(Model.Endpoint endpoint, Direction direction, Packet packet) {
        return decide(endpoint, direction, packet, counts(true));
    }

    private Verdict decide(Model.Endpoint endpoint, Direction direction, Packet packet, Predicate<Model.Policy> counts) {
        List<Step> steps = new ArrayList<>();
        Optional<Boolean> decided = tiers(Stage.OWN, endpoint, direction, packet, counts, steps);
        return decided.isPresent() ? new Verdict(decided.get(), steps) : profiles(endpoint, direction, packet, steps);
    }

    private Optional<Boolean> tiers(Stage stage, Model.Endpoint endpoint, Direction direction, Packet packet, Predicate<Model.Policy> counts, List<Step> steps) {
        for (Model.TierPolicies tier : endpoint.tiers()) {
            List<Model.Policy> applicable = policies(direction == Direction.INGRESS ? tier.ingress() : tier.egress()).stream().filter(stage::holds).filter(counts).toList();
            if (applicable.isEmpty()) {
                continue;
            }
            Optional<Action> action = walk(tier.tier(), applicable, direction, packet, steps);
            if (action.isEmpty()) {
                boolean pass = tier.defaultAction() == DefaultAction.PASS || !stage.tiersEnd();
                steps.add(new Step(tier.tier(), Optional.empty(), 0, pass ? "no rule matches: the tier passes on" : "no rule matches: the tier denies"));
                if (!pass) {
                    return Optional.of(false);
                }
            } else if (action.get() != Action.PASS) {
                return Optional.of(action.get() == Action.ALLOW);
            }
        }
        return Optional.empty();
    }

    private Optional<Action> walk(String tier, List<Model.Policy> applicable, Direction direction, Packet packet, List<Step> steps) {
        for (Model.Policy policy : applicable) {
            Optional<Action> action = first(tier, policy.id().toString(), direction == Direction.INGRESS ? policy.ingress() : policy.egress(), packet, steps);
            if (action.isPresent()) {
                return action;
            }
            steps.add(new Step(tier, Optional.of(policy.id().toString()), 0, "no rule matches"));
        }
        return Optional.empty();
    }

    /** What the first rule that matches and decides says. */
    private Optional<Action> first(String tier, String policy, List<Model.Rule> rules, Packet packet, List<Step> steps) {
        for (Model.Rule rule : rules) {
            if (!matches(rule, packet)) {
                continue;
            }
            steps.add(new Step(tier, Optional.of(policy), rule.number(), switch (rule.action()) {
                case ALLOW -> "allows";
                case DENY -> "denies";
                case PASS -> "passes to the next tier";
                case LOG -> "logs and goes on";
            }));
            if (rule.action() != Action.LOG) {
                return Optional.of(rule.action());
            }
        }
        return Optional.empty();
    }

    private Verdict profiles(Model.Endpoint endpoint, Direction direction, Packet packet, List<Step> steps) {
        for (String name : endpoint.profiles()) {
            if (endpoint.implicit().contains(name)) {
                steps.add(new Step(PROFILES, Optional.of(name), 0, "allows: it is not stored, and one of this name allows everything by itself"));
                return new Verdict(true, steps);
            }
            Optional<Model.Profile> profile = engine.profile(name);
            Optional<Action> action = profile.flatMap(rules -> first(PROFILES, name, direction == Direction.INGRESS ? rules.ingress() : rules.egress(), packet, steps));
            if (action.isPresent() && action.get() != Action.PASS) {
                return new Verdict(action.get() == Action.ALLOW, steps);
            }
            steps.add(new Step(PROFILES, Optional.of(name), 0, profile.isEmpty() ? "is not stored" : "no rule matches"));
        }
        steps.add(new Step(PROFILES, Optional.empty(), 0, "no profile allows it: denied"));
        return new Verdict(false, steps);
    }

    private List<Model.Policy> policies(List<ResourceId> ids) {
        return ids.stream().map(engine.activePolicies()::get).toList();
    }

    // ---------------------------------------------------------------- one rule

    private boolean matches(Model.Rule rule, Packet packet) {
        return rule.families().contains(packet.source().family())
                && rule.protocol().map(packet.protocol()::equals).orElse(true)
                && !rule.notProtocol().map(packet.protocol()::equals).orElse(false)
                && rule.icmp().map(icmp -> matches(icmp, packet)).orElse(true)
                && !rule.notIcmp().map(icmp -> matches(icmp, packet)).orElse(false)
                && matches(rule.source(), packet, packet.source(), packet.sourcePort())
                && matches(rule.destination(), packet, packet.destination(), packet.destinationPort());
    }

    private static boolean matches(Icmp icmp, Packet packet) {
        return packet.icmpType() >= 0 && icmp.type().orElse(packet.icmpType()) == packet.icmpType() && icmp.code().orElse(packet.icmpCode()) == packet.icmpCode();
    }

    private boolean matches(Model.Side side, Packet packet, tombolo.api.net.IpAddress address, int port) {
        return (side.nets().isEmpty() || side.nets().stream().anyMatch(net -> net.contains(address)))
                && side.notNets().stream().noneMatch(net -> net.contains(address))
                && side.in().map(set -> engine.sets().contains(set, address)).orElse(true)
                && !side.notIn().map(set -> engine.sets().contains(set, address)).orElse(false)
                && (side.ports().isEmpty() && side.namedPorts().isEmpty() || isPort(side.ports(), side.namedPorts(), packet, address, port))
                && !isPort(side.notPorts(), side.notNamedPorts(), packet, address, port);
    }

    private boolean isPort(List<Range> ranges, List<SetId.Ports> named, Packet packet, tombolo.api.net.IpAddress address, int port) {
        return ranges.stream().anyMatch(range -> range.min() <= port && port <= range.max())
                || named.stream().anyMatch(set -> engine.sets().contains(set, address, packet.protocol(), port));
    }
}
