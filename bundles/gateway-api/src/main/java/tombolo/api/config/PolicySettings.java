package tombolo.api.config;

/**
 * {@code etc/tombolo.policy.cfg}.
 *
 * @param established {@code established}: what becomes of flows that a change no longer allows; default keep
 * @param logDenied {@code log-denied}: whether denied packets are logged; default true
 * @param logRate   {@code log-rate}: packets that are logged of one rule, each second, 1-1000; default 100
 * @param closeAzure {@code close-azv}: whether interfaces as the Azure CNI names them carry nothing until their endpoint is known; default when-used
 */
public record PolicySettings(Established established, boolean logDenied, int logRate, CloseAzure closeAzure) {
    public static final PolicySettings DEFAULT = new PolicySettings(Established.KEEP, true, 100);

    /** Otherwise as by default. */
    public PolicySettings(Established established, boolean logDenied, int logRate) {
        this(established, logDenied, logRate, CloseAzure.WHEN_USED);
    }

    /** What a change of policy does to flows that it no longer allows. */
    public enum Established { KEEP, CUT }

    /** When interfaces that are named as the Azure CNI does are closed until their endpoint is known. */
    public enum CloseAzure {
        /** From the first container on that this gateway made so or was told of by a chain. */
        WHEN_USED, ALWAYS, NEVER
    }

    public PolicySettings {
        if (logRate < 1 || logRate > 1000) {
            throw new IllegalArgumentException("log rate " + logRate + ": 1 to 1000");
        }
    }
}
