package tombolo.api.config;

/**
 * {@code etc/tombolo.policy.cfg}.
 *
 * @param established {@code established}: what becomes of flows that a change no longer allows; default keep
 * @param logDenied {@code log-denied}: whether denied packets are logged; default true
 * @param logRate   {@code log-rate}: packets that are logged of one rule, each second, 1-1000; default 100
 */
public record PolicySettings(Established established, boolean logDenied, int logRate) {
    public static final PolicySettings DEFAULT = new PolicySettings(Established.KEEP, true, 100);

    /** What a change of policy does to flows that it no longer allows. */
    public enum Established { KEEP, CUT }

    public PolicySettings {
        if (logRate < 1 || logRate > 1000) {
            throw new IllegalArgumentException("log rate " + logRate + ": 1 to 1000");
        }
    }
}
