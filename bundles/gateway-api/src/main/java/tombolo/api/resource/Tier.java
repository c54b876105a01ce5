package tombolo.api.resource;

import java.util.OptionalDouble;

/**
 * {@code Tier}: a group of policies. {@code kube-admin}, {@code default} and {@code kube-baseline} have fixed orders.
 *
 * @param order         lower first; empty: last
 * @param defaultAction what happens at the tier's end where a policy applied and no rule matched; default DENY
 */
public record Tier(OptionalDouble order, DefaultAction defaultAction) implements ResourceSpec {
    public static final double DEFAULT_ORDER = 1_000_000;
    public static final double KUBE_ADMIN_ORDER = 1_000;
    public static final double KUBE_BASELINE_ORDER = 10_000_000;

    public enum DefaultAction { DENY, PASS }
}
