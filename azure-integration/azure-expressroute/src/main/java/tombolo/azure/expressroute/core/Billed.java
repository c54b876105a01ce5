package tombolo.azure.expressroute.core;

import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Plan;
import tombolo.api.config.CircuitSettings.Tier;

/**
 * Of a circuit, what its price depends on.
 *
 * @param direct      whether it is on a port of ExpressRoute Direct
 * @param globalReach connections to other circuits
 */
public record Billed(Tier tier, Plan plan, int bandwidthMbps, boolean direct, int globalReach) {
    /** As a file wants it. */
    public static Billed of(CircuitSettings wanted) {
        return new Billed(wanted.tier(), wanted.plan(), wanted.bandwidthMbps(), false, 0);
    }

    /** As Azure has it. A local circuit is never charged by volume. */
    public static Billed of(CircuitSnapshot seen) {
        Tier tier = CircuitLimits.tier(seen.tier());
        return new Billed(tier, tier == Tier.LOCAL ? Plan.UNLIMITED : CircuitLimits.plan(seen.family()), seen.bandwidthMbps(), seen.direct(), seen.globalReach());
    }

    /** As a file wants one that is there: of what files do not say, as it is; one on a port of ExpressRoute Direct as it is altogether, for no file changes it. */
    public static Billed of(CircuitSettings wanted, CircuitSnapshot seen) {
        return seen.direct() ? of(seen) : new Billed(wanted.tier(), wanted.plan(), wanted.bandwidthMbps(), false, seen.globalReach());
    }

    /** For people. */
    String words() {
        return CircuitReconciler.tierWord(tier) + " " + CircuitReconciler.lower(plan) + (direct ? " on ExpressRoute Direct" : ", " + CircuitReconciler.bandwidth(bandwidthMbps));
    }
}
