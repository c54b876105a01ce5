package tombolo.policy.adapter.nft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Verdict;
import tombolo.api.resource.PolicyRule;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Tier.DefaultAction;
import tombolo.policy.core.Model;
import tombolo.policy.core.Stage;

/**
 * The chains of all endpoints that have the same policies in one direction, named by their content: tier by tier, then the profiles, then drop. A tier that a rule may pass over is a chain of its
 * own, which that rule returns from, and so is each piece of what is more than a chain has room for: beside each other and not one behind the other, since the kernel follows at most sixteen
 * verdicts (NFT_JUMP_STACK_SIZE).
 */
final class Parts {
    /** What the names of chains begin with that endpoints' policies for ingress are in. */
    static final String INGRESS = "policy-i-";

    /** What an endpoint's chain must know of a policy. @param stages where it is enforced: nowhere if it is staged @param ingressChain its name, which takes a digest to find */
    record Kind(Set<Stage> stages, boolean passesIngress, boolean passesEgress, String ingressChain, String egressChain) {
        static final Kind NONE = new Kind(Set.of(), false, false, "", "");

        static Kind of(Model.Policy policy) {
            return new Kind(Arrays.stream(Stage.values()).filter(stage -> stage.has(policy)).collect(Collectors.toUnmodifiableSet()), passes(policy.ingress()), passes(policy.egress()),
                    NftNames.policy(policy.id(), true), NftNames.policy(policy.id(), false));
        }

        String chain(boolean ingress) {
            return ingress ? ingressChain : egressChain;
        }

        boolean passes(boolean ingress) {
            return ingress ? passesIngress : passesEgress;
        }

        private static boolean passes(List<Model.Rule> rules) {
            return rules.stream().anyMatch(rule -> rule.action() == PolicyRule.Action.PASS);
        }
    }

    /** @param first the name of the chain to jump to, which is the first of them */
    record Composition(String first, List<Chain> chains) { }

    private static final Rule PASSED = Rule.of("passed on", Statement.anyOf(Field.MARK, NftRules.PASS), Statement.decide(Verdict.RETURN));

    private final Function<ResourceId, Kind> kinds;
    private final Function<String, Boolean> profileStored;
    private final BooleanSupplier invalid;
    private final NftLog log;
    private final boolean wholeFlows;
    private final boolean numbered;

    Parts(Function<ResourceId, Kind> kinds, Function<String, Boolean> profileStored, NftOptions options) {
        this(kinds, profileStored, () -> false, options);
    }

    /** @param invalid whether what is of no flow is left to policies, at the moment when it is asked */
    Parts(Function<ResourceId, Kind> kinds, Function<String, Boolean> profileStored, BooleanSupplier invalid, NftOptions options) {
        this.kinds = kinds;
        this.profileStored = profileStored;
        this.invalid = invalid;
        this.log = options.log();
        this.wholeFlows = options.wholeFlows();
        this.numbered = options.numbered();
    }

    Composition of(Model.Endpoint endpoint, boolean ingress) {
        return of(endpoint, ingress, Stage.OWN);
    }

    /** @param stage of a host endpoint; of a workload's, {@code OWN} */
    Composition of(Model.Endpoint endpoint, boolean ingress, Stage stage) {
        // The rules refer to the next part by its name, which is that of the whole: its content is gathered first, with marks in place of names.
        List<List<Rule>> parts = parts(endpoint, ingress, stage, "");
        String base = (endpoint.host() ? ingress ? "policy-hi-" : "policy-he-" : ingress ? INGRESS : "policy-e-") + NftNames.hash(parts.toString());
        List<List<Rule>> named = parts(endpoint, ingress, stage, base);
        List<Chain> chains = new ArrayList<>();
        String comment = "what " + (ingress ? "comes to" : "comes from") + " endpoints with these policies";
        for (int i = 0; i < named.size(); i++) {
            share(name(base, i), comment, i > 0, named.get(i), chains);
        }
        return new Composition(base, chains);
    }

    /** @param tier whether it is one that a rule may pass over: a piece that was returned from because of that is the last one */
    private static void share(String name, String comment, boolean tier, List<Rule> rules, List<Chain> to) {
        if (rules.size() <= Chain.MOST_RULES) {
            to.add(Chain.of(name, comment, rules));
            return;
        }
        List<Rule> pieces = new ArrayList<>();
        for (int from = 0; from < rules.size(); from += Chain.MOST_RULES) {
            String piece = name + "-from-" + from;
            to.add(Chain.of(piece, comment, rules.subList(from, Math.min(rules.size(), from + Chain.MOST_RULES))));
            pieces.add(Rule.of("", Statement.decide(Verdict.jump(piece))));
            if (tier) {
                pieces.add(PASSED);
            }
        }
        to.add(Chain.of(name, comment, pieces));
    }

    private static String name(String base, int part) {
        return (base.isEmpty() ? "policy-i-" : base) + (part == 0 ? "" : "-" + (part + 1));
    }

    private List<List<Rule>> parts(Model.Endpoint endpoint, boolean ingress, Stage stage, String base) {
        List<List<Rule>> parts = new ArrayList<>();
        List<Rule> rules = new ArrayList<>();
        parts.add(rules);
        if (endpoint.host() && stage.tiersEnd()) {
            if (!invalid.getAsBoolean()) {
                rules.add(Rule.of("of no flow", NftFrame.INVALID, NftFrame.NOT_UDPLITE, new Statement.Count(), Statement.decide(Verdict.DROP)));
            }
            if (wholeFlows) {
                rules.add(NftFrame.middle(List.of(), Verdict.DROP));
            }
        }
        if (!endpoint.host() && numbered) {
            rules.add(Rule.of("", new Statement.Forget())); // the number that led here is nobody's business any more
        }
        for (Model.TierPolicies tier : endpoint.tiers()) {
            List<ResourceId> policies = (ingress ? tier.ingress() : tier.egress()).stream().filter(id -> kinds.apply(id).stages().contains(stage)).toList();
            if (policies.isEmpty()) {
                continue; // also a tier with staged ones alone: it is passed over
            }
            boolean passes = policies.stream().anyMatch(id -> kinds.apply(id).passes(ingress));
            List<Rule> own = rules;
            if (passes) {
                own = new ArrayList<>();
                rules.add(Rule.of("tier " + tier.tier(), new Statement.SetMark(false, ~NftRules.PASS, 0), Statement.decide(Verdict.jump(name(base, parts.size())))));
                parts.add(own);
            }
            for (ResourceId id : policies) {
                own.add(Rule.of(id.toString(), Statement.decide(Verdict.jump(kinds.apply(id).chain(ingress)))));
                if (kinds.apply(id).passes(ingress)) {
                    own.add(PASSED);
                }
            }
            if (tier.defaultAction() == DefaultAction.DENY && stage.tiersEnd()) {
                own.addAll(log.denied(ingress, endpoint.host(), 0, NftLog.TIER + tier.tier()));
                own.add(Rule.of("end of tier " + tier.tier(), new Statement.Count(), Statement.decide(Verdict.DROP)));
                if (!passes) {
                    return parts; // nothing gets further
                }
            }
        }
        if (stage == Stage.OWN) {
            profiles(endpoint, ingress, rules);
        }
        return parts;
    }

    private void profiles(Model.Endpoint endpoint, boolean ingress, List<Rule> rules) {
        for (String name : endpoint.profiles()) {
            if (endpoint.implicit().contains(name)) {
                rules.add(Rule.of(NftNames.comment("profile " + name, ", not stored"), new Statement.Count(), Statement.decide(Verdict.ACCEPT)));
                return;
            }
            if (profileStored.apply(name)) {
                rules.add(Rule.of("profile " + name, Statement.decide(Verdict.jump(NftNames.profile(name, ingress)))));
            }
        }
        rules.addAll(log.denied(ingress, endpoint.host(), 0, NftLog.PROFILES));
        rules.add(Rule.of("no profile allows it", new Statement.Count(), Statement.decide(Verdict.DROP)));
    }
}
