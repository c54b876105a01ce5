package tombolo.config.core;

import java.util.List;
import tombolo.api.config.PolicySettings;

/** {@code tombolo.policy.cfg}. */
final class PolicyFile {
    private static final PolicySettings DEFAULT = PolicySettings.DEFAULT;
    private static final Key<PolicySettings.Established> ESTABLISHED = Key.defaulting("established", ValueType.choice(List.of(PolicySettings.Established.values())), "keep",
            "What becomes of flows of containers and of host endpoints that a change of policy no longer allows. keep: they go on until they end, as with Calico. cut: the kernel is made to"
                    + " forget them, so that their next packet is decided anew, and a TCP connection that it does not know must begin with a SYN. What this host itself began to its own"
                    + " containers is never cut. Replies of UDP may begin a flow of their own where the policy of that direction allows it.");
    private static final Key<Boolean> LOG_DENIED = Key.defaulting("log-denied", ValueType.BOOLEAN, Boolean.toString(DEFAULT.logDenied()),
            "Whether packets that policy denies are in policy:flows. What a rule with the action Log meets always is.");
    private static final Key<Long> LOG_RATE = Key.defaulting("log-rate", ValueType.number(1, 1000), Integer.toString(DEFAULT.logRate()),
            "How many packets of one rule are logged each second, and of all rules together no more than 1000; the kernel passes over what comes faster, so that a flood of denied packets"
                    + " costs little. policy:counters counts them all.").in("packets/s");
    private static final Key<PolicySettings.CloseAzure> CLOSE_AZURE = Key.defaulting("close-azv", ValueType.choice(List.of(PolicySettings.CloseAzure.values())), "when-used",
            "Whether interfaces whose names begin with azv, and the bridge of the mode bridge, carry nothing until their endpoint is known. The Azure CNI names its containers' interfaces so, too,"
                    + " and those that it made without this gateway in its chain have no endpoint here. when-used: from the first container on that this gateway adds in the mode transparent or"
                    + " bridge, or of which such a chain tells it; that is remembered over restarts, and from then on the others are cut off. always: from the start, as for a chain whose"
                    + " first container is still to come. never: not even then. policy:status says what is closed, and why.");
    static final List<Key<?>> KEYS = List.of(ESTABLISHED, LOG_DENIED, LOG_RATE, CLOSE_AZURE);

    private PolicyFile() { }

    static PolicySettings build(Values values) {
        return new PolicySettings(values.need(ESTABLISHED), values.need(LOG_DENIED), values.need(LOG_RATE).intValue(), values.need(CLOSE_AZURE));
    }
}
