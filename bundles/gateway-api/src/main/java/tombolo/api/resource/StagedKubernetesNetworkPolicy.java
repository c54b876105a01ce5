package tombolo.api.resource;

/** {@code StagedKubernetesNetworkPolicy}: told of, not enforced. @param body what the Kubernetes policy comes to in Calico's words */
public record StagedKubernetesNetworkPolicy(PolicyBody body, StagedAction stagedAction) implements ResourceSpec { }
