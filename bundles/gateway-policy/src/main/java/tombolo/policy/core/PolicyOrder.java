package tombolo.policy.core;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import tombolo.api.resource.PolicyBody;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Tier;
import tombolo.api.resource.Tier.DefaultAction;

/** The tiers there are, and which policy comes before which. Source: {@code felix/calc/policy_sorter.go}. */
final class PolicyOrder {
    /** What these are where nobody has stored them: their orders and actions are fixed. */
    private static final Map<String, Tier> FIXED = Map.of(PolicyBody.DEFAULT_TIER, new Tier(OptionalDouble.of(Tier.DEFAULT_ORDER), DefaultAction.DENY),
            "kube-admin", new Tier(OptionalDouble.of(Tier.KUBE_ADMIN_ORDER), DefaultAction.PASS),
            "kube-baseline", new Tier(OptionalDouble.of(Tier.KUBE_BASELINE_ORDER), DefaultAction.PASS));
    /** Policies whose tier was deleted under them stay in force, behind all others: what they deny stays denied. */
    private static final Tier MISSING = new Tier(OptionalDouble.empty(), DefaultAction.DENY);

    private final Map<String, Tier> tiers = new HashMap<>(FIXED);

    /** @return whether that changes anything */
    boolean put(String name, Tier tier) {
        return !tier.equals(tiers.put(name, tier));
    }

    boolean remove(String name) {
        Tier fixed = FIXED.get(name);
        return fixed != null ? !fixed.equals(tiers.put(name, fixed)) : tiers.remove(name) != null;
    }

    boolean isThere(String name) {
        return tiers.containsKey(name);
    }

    Tier tier(String name) {
        return tiers.getOrDefault(name, MISSING);
    }

    /** Tiers that are there before those that are not, then by order, none last, then by name; policies in a tier by order, then {@code name/namespace/kind}. */
    Comparator<Model.Policy> comparator() {
        return Comparator.<Model.Policy, Boolean>comparing(policy -> !tiers.containsKey(policy.tier()))
                .thenComparing(policy -> tier(policy.tier()).order().orElse(Double.POSITIVE_INFINITY))
                .thenComparing(Model.Policy::tier)
                .thenComparing(policy -> policy.order().orElse(Double.POSITIVE_INFINITY))
                .thenComparing(policy -> name(policy.id()));
    }

    private static String name(ResourceId id) {
        return id.name() + "/" + id.namespace().orElse("") + "/" + id.kind();
    }
}
