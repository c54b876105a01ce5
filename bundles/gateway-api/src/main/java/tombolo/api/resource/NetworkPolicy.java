package tombolo.api.resource;

/** {@code NetworkPolicy}: for the endpoints of its namespace. */
public record NetworkPolicy(PolicyBody body) implements ResourceSpec { }
