package tombolo.api.resource;

/** {@code StagedNetworkPolicy}: told of, not enforced. @param stagedAction default SET; with DELETE, the body is empty but for its tier */
public record StagedNetworkPolicy(PolicyBody body, StagedAction stagedAction) implements ResourceSpec { }
