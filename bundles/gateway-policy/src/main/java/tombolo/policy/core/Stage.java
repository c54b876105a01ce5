package tombolo.policy.core;

/** Where on a packet's way a policy is asked. Each stage decides by itself; a packet passes where every stage that it meets lets it. */
public enum Stage {
    /** What an endpoint itself sends and receives. Behind the tiers the profiles decide, and behind them nothing passes. */
    OWN,
    /** What is forwarded over a host endpoint's interface: policies with {@code applyOnForward}. Where there is none in a direction, it passes; no profile is asked. */
    FORWARD,
    /** Before connections are tracked, at host endpoints: {@code doNotTrack}. What no rule decides goes on to the other stages. */
    UNTRACKED,
    /** Before destinations are changed, for what comes in over a host endpoint's interface: {@code preDNAT}. What no rule decides goes on to the other stages. */
    PRE_DNAT;

    /** Whether the policy is enforced at this stage. Source: {@code tierInfoToProtoTierInfo} in felix/calc. */
    public boolean has(Model.Policy policy) {
        return policy.staged().isEmpty() && holds(policy);
    }

    /** As {@link #has}, were what is staged enforced. */
    boolean holds(Model.Policy policy) {
        return switch (this) {
            case OWN -> !policy.untracked() && !policy.preDnat();
            case FORWARD -> !policy.untracked() && !policy.preDnat() && policy.onForward();
            case UNTRACKED -> policy.untracked();
            case PRE_DNAT -> policy.preDnat();
        };
    }

    /** Whether a tier's default action counts. Source: {@code endpointIptablesChain} in felix/rules/endpoints.go: only in the chains of the filter table. */
    public boolean tiersEnd() {
        return this == OWN || this == FORWARD;
    }
}
