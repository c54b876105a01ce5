package tombolo.resources.core;

import static tombolo.resources.core.Forms.words;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;
import tombolo.api.resource.GlobalNetworkPolicy;
import tombolo.api.resource.GlobalNetworkSet;
import tombolo.api.resource.NetworkPolicy;
import tombolo.api.resource.NetworkSet;
import tombolo.api.resource.PolicyBody;
import tombolo.api.resource.PolicyRule;
import tombolo.api.resource.Profile;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.resource.StagedAction;
import tombolo.api.resource.StagedGlobalNetworkPolicy;
import tombolo.api.resource.StagedKubernetesNetworkPolicy;
import tombolo.api.resource.StagedNetworkPolicy;
import tombolo.api.resource.Tier;
import tombolo.api.selector.Selector;
import tombolo.resources.core.RuleFields.Place;

/** Policies, tiers, sets and profiles. Source: {@code api/pkg/apis/projectcalico/v3}, {@code api/pkg/defaults} and {@code libcalico-go/lib/validator/v3}. */
final class PolicyKinds {
    static final String TIER_LABEL = "projectcalico.org/tier";
    private static final Map<String, PolicyBody.Type> TYPES = words("Ingress", PolicyBody.Type.INGRESS, "Egress", PolicyBody.Type.EGRESS);
    private static final Map<String, StagedAction> STAGED = words("Set", StagedAction.SET, "Delete", StagedAction.DELETE, "Learn", StagedAction.LEARN, "Ignore", StagedAction.IGNORE);
    private static final Map<String, Tier.DefaultAction> TIER_ACTIONS = words("Deny", Tier.DefaultAction.DENY, "Pass", Tier.DefaultAction.PASS);
    private static final Map<String, Double> FIXED_ORDERS = Map.of("default", Tier.DEFAULT_ORDER, "kube-admin", Tier.KUBE_ADMIN_ORDER, "kube-baseline", Tier.KUBE_BASELINE_ORDER);
    private static final Map<String, String> FIXED_ACTIONS = Map.of("default", "Deny", "kube-admin", "Pass", "kube-baseline", "Pass");

    private PolicyKinds() { }

    // ---------------------------------------------------------------- what is written where it is left out

    static Json.Obj policyDefaults(Json.Obj tree) {
        Json.Obj spec = tree.object("spec").orElse(Json.Obj.EMPTY);
        if (spec.text("stagedAction").filter("Delete"::equals).isPresent()) {
            return tree.with("spec", PoolKinds.orElse(spec, "tier", new Json.Text(PolicyBody.DEFAULT_TIER)));
        }
        spec = PoolKinds.orElse(spec, "tier", new Json.Text(PolicyBody.DEFAULT_TIER));
        boolean egress = !spec.array("egress").isEmpty();
        boolean ingress = !spec.array("ingress").isEmpty();
        spec = PoolKinds.orElse(spec, "types", Json.Arr.texts(egress && ingress ? List.of("Ingress", "Egress") : egress ? List.of("Egress") : List.of("Ingress")));
        return withTierLabel(tree.with("spec", spec), spec.text("tier").orElse(PolicyBody.DEFAULT_TIER));
    }

    static Json.Obj stagedDefaults(Json.Obj tree) {
        Json.Obj spec = tree.object("spec").orElse(Json.Obj.EMPTY);
        return policyDefaults(tree.with("spec", PoolKinds.orElse(spec, "stagedAction", new Json.Text("Set"))));
    }

    private static Json.Obj withTierLabel(Json.Obj tree, String tier) {
        Json.Obj metadata = tree.object("metadata").orElse(Json.Obj.EMPTY);
        Json.Obj labels = metadata.object("labels").orElse(Json.Obj.EMPTY);
        return tree.with("metadata", metadata.with("labels", labels.with(TIER_LABEL, tier)));
    }

    static Json.Obj tierDefaults(Json.Obj tree) {
        Json.Obj spec = tree.object("spec").orElse(Json.Obj.EMPTY);
        String name = tree.object("metadata").flatMap(metadata -> metadata.text("name")).orElse("");
        return tree.with("spec", PoolKinds.orElse(spec, "defaultAction", new Json.Text(FIXED_ACTIONS.getOrDefault(name, "Deny"))));
    }

    // ---------------------------------------------------------------- policies

    private static PolicyBody body(Fields spec, boolean global) {
        Optional<Selector> selector = spec.parsed("selector", Forms::shortSelector);
        Optional<Selector> accounts = spec.parsed("serviceAccountSelector", Forms::shortSelector);
        noGlobal(spec, "selector");
        noGlobal(spec, "serviceAccountSelector");
        List<PolicyRule> ingress = RuleFields.rules(spec, "ingress", Place.INGRESS, global);
        List<PolicyRule> egress = RuleFields.rules(spec, "egress", Place.EGRESS, global);
        Set<PolicyBody.Type> types = spec.choices("types", TYPES);
        if (types.isEmpty()) {
            types = egress.isEmpty() ? EnumSet.of(PolicyBody.Type.INGRESS) : ingress.isEmpty() ? EnumSet.of(PolicyBody.Type.EGRESS) : EnumSet.allOf(PolicyBody.Type.class);
        }
        Set<Boolean> hints = spec.choices("performanceHints", words("AssumeNeededOnEveryNode", true));
        return new PolicyBody(spec.text("tier", Forms.is(Forms.SIMPLE_NAME), "wanted the name of a tier: lower case letters, digits and '-'").orElse(PolicyBody.DEFAULT_TIER),
                spec.decimal("order"), ingress, egress, selector.orElse(Selector.ALL), types, accounts, !hints.isEmpty());
    }

    private static void noGlobal(Fields spec, String name) {
        spec.require(spec.object().text(name).filter(text -> text.contains("global(")).isEmpty(), name, "global() stands only in the namespace selector of a rule");
    }

    static ResourceSpec policy(Reading reading) {
        return new NetworkPolicy(body(reading.spec(), false));
    }

    static ResourceSpec globalPolicy(Reading reading) {
        return global(reading.spec());
    }

    private static GlobalNetworkPolicy global(Fields spec) {
        PolicyBody body = body(spec, true);
        noGlobal(spec, "namespaceSelector");
        GlobalNetworkPolicy policy = new GlobalNetworkPolicy(body, spec.bool("doNotTrack").orElse(false), spec.bool("preDNAT").orElse(false),
                spec.bool("applyOnForward").orElse(false), spec.parsed("namespaceSelector", Forms::shortSelector));
        spec.require(!policy.doNotTrack() || !policy.preDnat(), "preDNAT", "and doNotTrack exclude each other");
        spec.require(!policy.preDnat() || body.egress().isEmpty(), "egress", "a policy with preDNAT has no egress rules");
        spec.require(!policy.preDnat() || !body.types().contains(PolicyBody.Type.EGRESS), "types", "a policy with preDNAT is for Ingress only");
        spec.require(policy.applyOnForward() || !policy.doNotTrack() && !policy.preDnat(), "applyOnForward", "must be true with doNotTrack or preDNAT");
        return policy;
    }

    static ResourceSpec staged(Reading reading) {
        Fields spec = reading.spec();
        StagedAction action = spec.choice("stagedAction", STAGED).orElse(StagedAction.SET);
        checkDeletion(spec, action, "tier");
        return new StagedNetworkPolicy(body(spec, false), action);
    }

    static ResourceSpec stagedGlobal(Reading reading) {
        Fields spec = reading.spec();
        StagedAction action = spec.choice("stagedAction", STAGED).orElse(StagedAction.SET);
        checkDeletion(spec, action, "tier");
        return new StagedGlobalNetworkPolicy(global(spec), action);
    }

    static ResourceSpec stagedKubernetes(Reading reading) {
        Fields spec = reading.spec();
        StagedAction action = spec.choice("stagedAction", STAGED).orElse(StagedAction.SET);
        checkDeletion(spec, action, "");
        spec.knows("podSelector", "ingress", "egress", "policyTypes");
        List<String> dropped = new ArrayList<>();
        Json.Obj converted = KubernetesKinds.policySpec(spec.object(), dropped);
        dropped.forEach(why -> spec.problem(Fields.RULE, "", "", why));
        Fields calico = new Fields(converted, "spec", new Problems(), new Notes());
        return new StagedKubernetesNetworkPolicy(body(calico, false), action);
    }

    private static void checkDeletion(Fields spec, StagedAction action, String allowed) {
        if (action == StagedAction.DELETE) {
            spec.object().members().keySet().stream().filter(name -> !name.equals("stagedAction") && !name.equals(allowed)).forEach(name ->
                    spec.require(!spec.has(name), name, "must be left out where stagedAction is Delete"));
        }
    }

    // ---------------------------------------------------------------- tiers, sets, profiles

    static ResourceSpec tier(Reading reading) {
        Fields spec = reading.spec();
        OptionalDouble order = spec.decimal("order");
        Double fixed = FIXED_ORDERS.get(reading.name());
        if (fixed != null && (order.isEmpty() || order.getAsDouble() != fixed)) {
            spec.broken("order", "that of the tier " + reading.name() + " is " + fixed.longValue());
        }
        return new Tier(order, spec.choice("defaultAction", TIER_ACTIONS).orElse(Tier.DefaultAction.DENY));
    }

    static ResourceSpec set(Reading reading) {
        return new NetworkSet(nets(reading));
    }

    static ResourceSpec globalSet(Reading reading) {
        return new GlobalNetworkSet(nets(reading));
    }

    private static List<Prefix> nets(Reading reading) {
        if (reading.labels().containsKey("projectcalico.org/namespace")) {
            reading.spec().problem(Fields.RULE, "", "", "the label projectcalico.org/namespace is not for sets");
        }
        return reading.spec().parsedList("nets", Integer.MAX_VALUE, Forms::looseNetwork);
    }

    static ResourceSpec profile(Reading reading) {
        Fields spec = reading.spec();
        return new Profile(RuleFields.rules(spec, "ingress", Place.INGRESS, true), RuleFields.rules(spec, "egress", Place.EGRESS, true), spec.textMap("labelsToApply"));
    }
}
