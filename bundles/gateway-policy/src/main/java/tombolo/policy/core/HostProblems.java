package tombolo.policy.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tombolo.api.policy.Policies.Problem;
import tombolo.api.resource.ResourceId;

/** What of endpoints is not in force as it stands, but for what cannot be compiled. */
final class HostProblems {
    private static final String WORKLOADS = "its policies with applyOnForward and preDNAT, none with doNotTrack";

    private HostProblems() { }

    static List<Problem> of(PolicyEngine engine, HostInterfaces interfaces, NodeParameters parameters) {
        List<Problem> problems = new ArrayList<>();
        interfaces.idle().forEach((id, why) -> problems.add(new Problem(id, "TMB-POL-040 " + id + " governs no interface: " + why, "nothing of it")));
        List<Model.Endpoint> bridged = interfaces.bridge().isEmpty() ? List.of() : engine.endpoints().values().stream().filter(endpoint -> endpoint.bridged().isPresent()).toList();
        interfaces.named().forEach((name, id) -> {
            Optional<String> bridge = interfaces.bridge().filter(_ -> !bridged.isEmpty()).map(HostInterfaces.Bridge::name);
            if (bridged.stream().anyMatch(endpoint -> endpoint.interfaceName().filter(name::equals).isPresent())) {
                problems.add(new Problem(id, "TMB-POL-041 " + id + " names " + name + ", a port of " + bridge.orElseThrow() + ": what containers behind it send and get has the name of the bridge",
                        "nothing of it"));
            } else if (bridge.filter(name::equals).isPresent() && !interfaces.bridge().get().uplink()) {
                problems.add(new Problem(id, "TMB-POL-041 " + id + " names " + name + ", the bridge of containers: what the host itself sends and receives there is decided by their policies",
                        WORKLOADS));
            } else if (parameters.isWorkload(name)) {
                problems.add(new Problem(id, "TMB-POL-041 " + id + " names " + name + ", which begins as workloads' interfaces do (" + String.join(", ", parameters.workloads())
                        + "): what the host itself sends and receives there is decided by the workload's policy. Rename the interface, or change interfacePrefix", WORKLOADS));
            }
        });
        interfaces.all().ifPresent(id -> untracked(engine, id).forEach(policy -> problems.add(new Problem(policy, "TMB-POL-042 " + policy + ": doNotTrack is not supported at " + id
                + ", which is for all interfaces. Make endpoints that name the interfaces where flows are not to be tracked", "nothing of it there"))));
        engine.ofContainersAlone().forEach(policy -> problems.add(new Problem(policy.id(), "TMB-POL-052 " + policy.id() + ": " + (policy.untracked() ? "doNotTrack" : "preDNAT")
                + " is for host endpoints, and of this node it selects containers alone. Select a host endpoint, or leave the word out", "nothing of it")));
        if (!parameters.sources()) {
            engine.endpoints().values().stream().filter(endpoint -> !endpoint.spoofable().isEmpty()).forEach(endpoint -> problems.add(new Problem(endpoint.id(), "TMB-POL-044 " + endpoint.id()
                    + " asks to send from " + endpoint.spoofable() + " (allowedSourcePrefixes), which nobody has granted. Set workloadSourceSpoofing: Any in FelixConfiguration(default)",
                    "its own addresses alone")));
        }
        return problems;
    }

    private static List<ResourceId> untracked(PolicyEngine engine, ResourceId host) {
        return engine.endpoints().get(host).tiers().stream().flatMap(tier -> Stream.concat(tier.ingress().stream(), tier.egress().stream())).distinct()
                .filter(policy -> Stage.UNTRACKED.has(engine.activePolicies().get(policy))).toList();
    }
}
