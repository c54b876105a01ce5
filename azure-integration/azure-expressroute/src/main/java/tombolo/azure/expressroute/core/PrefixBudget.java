package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tombolo.api.config.CircuitSettings.Budget;
import tombolo.api.net.Prefix;

/**
 * What of the prefixes that this node has for a peering is advertised, so that Microsoft never ends the session for too many. At the limit prefixes are aggregated
 * where that is allowed and loses nothing: two halves become their whole, and what a shorter advertised prefix covers goes into it only together with its other
 * half; no address is reached that was not before, and none is lost. What is still too many is held back, the least important first.
 */
public final class PrefixBudget {
    private PrefixBudget() { }

    /**
     * @param limit      what the circuit takes
     * @param advertised sorted
     * @param aggregated those among them that stand for several; sorted
     * @param heldBack   in the order in which they were chosen
     * @param warning    operator text where the number is near the limit, or something was aggregated or held back
     */
    public record Outcome(int wanted, int limit, List<Prefix> advertised, List<Prefix> aggregated, List<Prefix> heldBack, Optional<String> warning) {
        public Outcome {
            advertised = List.copyOf(advertised);
            aggregated = List.copyOf(aggregated);
            heldBack = List.copyOf(heldBack);
        }
    }

    /**
     * @param wanted of one family
     * @param limit  at least 1
     * @param where  for the warning, such as {@code circuit er-1, private peering, IPv4}
     */
    public static Outcome of(Collection<Prefix> wanted, int limit, Budget budget, String where) {
        TreeSet<Prefix> left = new TreeSet<>(wanted);
        int asked = left.size();
        List<Prefix> aggregated = List.of();
        List<Prefix> heldBack = List.of();
        if (asked > limit && budget.aggregate()) {
            aggregated = aggregate(left, limit);
        }
        if (left.size() > limit) {
            heldBack = holdBack(left, limit, budget.leastImportant());
        }
        return new Outcome(asked, limit, List.copyOf(left), aggregated, heldBack, warning(asked, limit, left.size(), aggregated, heldBack, budget, where));
    }

    private static Optional<String> warning(int asked, int limit, int sent, List<Prefix> aggregated, List<Prefix> heldBack, Budget budget, String where) {
        if (!heldBack.isEmpty()) {
            return Optional.of("TMB-ER-302 " + where + ": " + asked + " prefixes for a limit of " + limit + "; " + heldBack.size() + " are held back" + (aggregated.isEmpty() ? "" : " after aggregating")
                    + ", the first " + heldBack.getFirst() + ". Set prefix-least-important, allow prefix-aggregate, or raise the tier.");
        }
        if (!aggregated.isEmpty()) {
            return Optional.of("TMB-ER-301 " + where + ": " + asked + " prefixes for a limit of " + limit + " were aggregated to " + sent + ". Raise the tier or advertise shorter prefixes.");
        }
        return asked * 100L >= (long) limit * budget.warnPercent() ? Optional.of("TMB-ER-300 " + where + ": " + asked + " of " + limit
                + " prefixes are used. Past the limit Microsoft ends the session; aggregate, or raise the tier.") : Optional.empty();
    }

    /**
     * Joins halves until the limit is kept or nothing can be joined, the longest first: what is joined covers little, and the result depends on the set alone. A
     * whole that is itself wanted takes both halves in too.
     */
    private static List<Prefix> aggregate(TreeSet<Prefix> left, int limit) {
        Set<Prefix> made = new HashSet<>();
        int bits = left.first().family().bits();
        for (int length = bits; length > 1 && left.size() > limit; length--) { // never to a default route
            List<Prefix> level = new ArrayList<>();
            for (Prefix each : left) {
                if (each.length() == length) {
                    level.add(each);
                }
            }
            for (int i = 0; i + 1 < level.size() && left.size() > limit; i++) {
                Prefix whole = Prefix.of(level.get(i).address(), length - 1);
                if (whole.covers(level.get(i + 1))) {
                    left.remove(level.get(i));
                    left.remove(level.get(i + 1));
                    made.remove(level.get(i));
                    made.remove(level.get(i + 1));
                    left.add(whole);
                    made.add(whole);
                    i++;
                }
            }
        }
        return made.stream().sorted().toList();
    }

    /** In the order of the list, and within one entry and behind the list the longest prefix first, of equals the one that sorts last. */
    private static List<Prefix> holdBack(TreeSet<Prefix> left, int limit, List<Prefix> leastImportant) {
        List<Prefix> held = new ArrayList<>();
        List<Prefix> order = new ArrayList<>(left);
        order.sort(Collections.reverseOrder((one, other) -> one.length() != other.length() ? Integer.compare(one.length(), other.length()) : one.compareTo(other)));
        for (Prefix least : leastImportant) {
            for (Prefix each : order) {
                if (left.size() > limit && least.family() == each.family() && least.covers(each) && left.remove(each)) {
                    held.add(each);
                }
            }
        }
        for (Prefix each : order) {
            if (left.size() > limit && left.remove(each)) {
                held.add(each);
            }
        }
        return held;
    }
}
