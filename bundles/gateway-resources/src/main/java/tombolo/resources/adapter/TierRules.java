package tombolo.resources.adapter;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Resources;
import tombolo.api.resource.Resources.Problem;
import tombolo.resources.core.Document;
import tombolo.resources.core.Kinds;

/** A tier stays while policies are in it; the three that always exist stay for ever. Who writes a policy of a tier that does not exist is told. */
final class TierRules {
    private static final Set<String> FIXED = Set.of("default", "kube-admin", "kube-baseline");
    private static final int SHOWN = 5;

    private TierRules() { }

    /** Makes those that always exist, as calicoctl does before its first write. */
    static void makeFixed(Resources resources) {
        for (String[] tier : new String[][] {{"kube-admin", "1000", "Pass"}, {"default", "1000000", "Deny"}, {"kube-baseline", "10000000", "Pass"}}) {
            Json.Obj spec = Json.Obj.of("order", new Json.Num(tier[1])).with("defaultAction", tier[2]);
            resources.write(Resources.Verb.CREATE, Json.Obj.of("apiVersion", new Json.Text(Kinds.API)).with("kind", "Tier")
                    .with("metadata", Json.Obj.of("name", new Json.Text(tier[0]))).with("spec", spec)); // refused where it exists, which is fine
        }
    }

    private static final List<String> POLICIES = List.of("NetworkPolicy", "GlobalNetworkPolicy", "StagedNetworkPolicy", "StagedGlobalNetworkPolicy");

    /** Warnings to whoever has just written these documents: policies and tiers may come in any order, and the policy counts in any case. */
    static List<String> missing(Resources resources, List<Document> written) {
        Set<String> there = new HashSet<>(FIXED);
        written.stream().filter(document -> document.tree().text("kind").filter("Tier"::equals).isPresent()).forEach(document -> there.add(Batch.id(document).name()));
        List<String> warnings = new ArrayList<>();
        for (Document document : written) {
            Optional<String> tier = document.tree().text("kind").filter(POLICIES::contains).isEmpty() ? Optional.empty() : Stored.text(document.tree(), "spec", "tier");
            if (tier.isPresent() && !there.contains(tier.get()) && resources.get(ResourceId.of("Tier", tier.get())).isEmpty()) {
                warnings.add("Warning: " + document.place(document.line("spec.tier")) + ", " + Batch.id(document) + ": TMB-RES-024 spec.tier: Tier(" + tier.get()
                        + ") does not exist. Until it does, the policy is asked behind all other tiers, and what it does not decide is denied. Create the tier, or name another.");
            }
        }
        return warnings;
    }

    static Optional<Problem> kept(Resources resources, ResourceId id) {
        if (!id.kind().equals("Tier")) {
            return Optional.empty();
        }
        if (FIXED.contains(id.name())) {
            return Optional.of(new Problem("", "TMB-RES-015 " + id + " always exists and cannot be deleted."));
        }
        List<String> policies = POLICIES.stream()
                .flatMap(kind -> resources.list(kind, Optional.empty()).stream())
                .filter(each -> each.tree().object("spec").flatMap(spec -> spec.text("tier")).filter(id.name()::equals).isPresent()).map(Resource::id).map(ResourceId::toString).toList();
        return policies.isEmpty() ? Optional.empty() : Optional.of(new Problem("", "TMB-RES-006 " + id + " still holds " + policies.size() + " policies ("
                + String.join(", ", policies.stream().limit(SHOWN).toList()) + (policies.size() > SHOWN ? ", …" : "") + "): delete or move them first."));
    }
}
