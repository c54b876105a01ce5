package tombolo.api.resource;

import java.util.List;
import java.util.Map;

/** {@code Profile}: rules that come after all policies, and labels that its endpoints inherit. */
public record Profile(List<PolicyRule> ingress, List<PolicyRule> egress, Map<String, String> labelsToApply) implements ResourceSpec {
    public Profile {
        ingress = List.copyOf(ingress);
        egress = List.copyOf(egress);
        labelsToApply = Map.copyOf(labelsToApply);
    }
}
