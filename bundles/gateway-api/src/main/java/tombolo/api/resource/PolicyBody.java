package tombolo.api.resource;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import tombolo.api.selector.Selector;

/**
 * What all policies have in common.
 *
 * @param tier                   default {@code default}
 * @param order                  lower first; empty: last
 * @param selector               which endpoints; default all
 * @param types                  directions that the policy governs; where not written, by its rules: ingress unless there are only egress rules
 * @param serviceAccountSelector over the labels of the endpoint's service account
 * @param assumeNeededOnEveryNode the performance hint of that name
 */
public record PolicyBody(String tier, OptionalDouble order, List<PolicyRule> ingress, List<PolicyRule> egress, Selector selector, Set<Type> types,
                         Optional<Selector> serviceAccountSelector, boolean assumeNeededOnEveryNode) {
    public static final String DEFAULT_TIER = "default";

    public PolicyBody {
        ingress = List.copyOf(ingress);
        egress = List.copyOf(egress);
        types = Set.copyOf(types);
    }

    public enum Type { INGRESS, EGRESS }
}
