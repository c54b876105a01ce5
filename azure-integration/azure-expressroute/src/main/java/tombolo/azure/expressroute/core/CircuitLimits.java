package tombolo.azure.expressroute.core;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import tombolo.api.config.CircuitSettings.Plan;
import tombolo.api.config.CircuitSettings.Tier;

/** What a circuit takes, by Azure's published limits of 2026-02. */
public final class CircuitLimits {
    /** Links of a local or standard circuit. */
    static final int STANDARD_LINKS = 10;
    private static final NavigableMap<Integer, Integer> PREMIUM_LINKS = new TreeMap<>(Map.of(50, 20, 100, 25, 200, 25, 500, 40, 1_000, 50, 2_000, 60, 5_000, 75, 10_000, 100));
    /** Prefixes that Microsoft takes on private peering; at one more it ends the session. */
    static final int STANDARD_PREFIXES = 4_000;
    static final int PREMIUM_PREFIXES = 10_000;
    static final int PRIVATE_IPV6_PREFIXES = 100;
    /** Of each family on Microsoft peering. */
    static final int MICROSOFT_PREFIXES = 200;

    private CircuitLimits() { }

    /** Virtual networks that may be linked; connections of Global Reach count too. */
    public static int links(Tier tier, int bandwidthMbps) {
        if (tier != Tier.PREMIUM) {
            return STANDARD_LINKS;
        }
        Map.Entry<Integer, Integer> step = PREMIUM_LINKS.floorEntry(bandwidthMbps);
        return step == null ? PREMIUM_LINKS.firstEntry().getValue() : step.getValue();
    }

    /** Prefixes that this side may advertise on each session of the peering. */
    public static int prefixes(Tier tier, boolean microsoft, boolean ipv4) {
        return microsoft ? MICROSOFT_PREFIXES : !ipv4 ? PRIVATE_IPV6_PREFIXES : tier == Tier.PREMIUM ? PREMIUM_PREFIXES : STANDARD_PREFIXES;
    }

    /** The tier by ARM's word; standard where that is unknown, whose limits are the lower ones. */
    public static Tier tier(String arm) {
        return arm.equalsIgnoreCase("Premium") ? Tier.PREMIUM : arm.equalsIgnoreCase("Local") ? Tier.LOCAL : Tier.STANDARD;
    }

    /** The plan by ARM's word. */
    static Plan plan(String arm) {
        return arm.equalsIgnoreCase("UnlimitedData") ? Plan.UNLIMITED : Plan.METERED;
    }
}
