package tombolo.api.resource;

/** {@code StagedGlobalNetworkPolicy}: told of, not enforced. @param stagedAction default SET; with DELETE, the policy is empty but for its tier */
public record StagedGlobalNetworkPolicy(GlobalNetworkPolicy policy, StagedAction stagedAction) implements ResourceSpec { }
