package tombolo.policy.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.policy.Policies.Problem;
import tombolo.api.resource.FelixConfiguration;
import tombolo.api.resource.Resource;

/** What FelixConfiguration may say of packets that Felix acts on and this node does not: said in the status, where it is something else than what is done here in any case. */
public final class UnheededParameters {
    private static final String ACCEPTED = "what is allowed is accepted at its hook, and chains of others are asked behind it";
    private static final String DROPPED = "what is denied is dropped without a word to its sender";
    private static final String LIMITED = "log-rate in etc/tombolo.policy.cfg limits what is logged";

    /** @param same what is done here @param done in words */
    private record Instead(String same, String done) { }

    private static final Map<String, Instead> PARAMETERS = new TreeMap<>(Map.of("interfaceExclude", new Instead("kube-ipvs0", "host endpoints count every interface"),
            "iptablesFilterAllowAction", new Instead("Accept", ACCEPTED), "iptablesFilterDenyAction", new Instead("Drop", DROPPED), "iptablesMangleAllowAction", new Instead("Accept", ACCEPTED),
            "logActionRateLimit", new Instead("", LIMITED), "logActionRateLimitBurst", new Instead("", LIMITED), "nftablesFilterAllowAction", new Instead("Accept", ACCEPTED),
            "nftablesFilterDenyAction", new Instead("Drop", DROPPED), "nftablesMangleAllowAction", new Instead("Accept", ACCEPTED)));

    private UnheededParameters() { }

    /** One for each resource that is this node's and says such. @param labels of the node */
    public static List<Problem> of(String node, Map<String, String> labels, Collection<Resource> resources) {
        List<Problem> problems = new ArrayList<>();
        resources.stream().sorted((one, other) -> one.id().compareTo(other.id())).forEach(resource -> {
            if (resource.spec() instanceof FelixConfiguration felix && (resource.id().name().equals("default") || resource.id().name().equals("node." + node)
                    || felix.nodeSelector().filter(selector -> selector.matches(labels)).isPresent())) {
                List<String> words = new ArrayList<>();
                PARAMETERS.forEach((name, instead) -> said(felix, name).filter(value -> !value.equalsIgnoreCase(instead.same)).ifPresent(value -> words.add(name + ": " + value + " (" + instead.done + ")")));
                if (!words.isEmpty()) {
                    problems.add(new Problem(resource.id(), "TMB-POL-056 " + resource.id() + " says what this node does not act on: " + String.join("; ", words) + ". Remove it, or leave it to nodes that run Felix",
                            "everything else that it says"));
                }
            }
        });
        return problems;
    }

    private static Optional<String> said(FelixConfiguration felix, String name) {
        return felix.text(name).or(() -> felix.integer(name).stream().mapToObj(Long::toString).findFirst());
    }
}
