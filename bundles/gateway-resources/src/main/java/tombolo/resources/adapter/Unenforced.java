package tombolo.resources.adapter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;

/** What of a policy or profile is valid and stored, and no gateway can do: told to whoever writes it, as policy:status tells it later. */
final class Unenforced {
    private static final Set<String> KINDS = Set.of("NetworkPolicy", "GlobalNetworkPolicy", "StagedNetworkPolicy", "StagedGlobalNetworkPolicy", "Profile");

    private Unenforced() { }

    /** Why, by field. */
    static Map<String, String> of(Resource resource) {
        Map<String, String> found = new LinkedHashMap<>();
        Optional<Json.Obj> spec = resource.tree().object("spec");
        if (!KINDS.contains(resource.id().kind()) || spec.isEmpty()) {
            return found;
        }
        for (String side : List.of("ingress", "egress")) {
            List<Json> rules = spec.get().array(side);
            for (int i = 0; i < rules.size(); i++) {
                if (rules.get(i) instanceof Json.Obj rule) {
                    String where = "spec." + side + "[" + i + "]";
                    String instead = rule.text("action").filter(action -> action.equals("Allow") || action.equals("Log")).isPresent() ? "the rule is left out here." : "the rule denies everything here.";
                    if (rule.object("http").isPresent()) {
                        found.put(where + ".http", "cannot be matched: no proxy reads requests on this node; " + instead);
                    }
                    for (String end : List.of("source", "destination")) {
                        if (rule.object(end).filter(each -> each.object("services").isPresent()).isPresent()) {
                            found.put(where + "." + end + ".services", "cannot be matched: this node has no source of services; " + instead);
                        }
                    }
                }
            }
        }
        return found;
    }
}
