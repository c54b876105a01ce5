package tombolo.policy.adapter.nft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.NamedSet;

/** What lies between two tables, in words: which chains, sets, rules and elements the kernel would get, lose or have otherwise. */
public final class NftDifferences {
    private NftDifferences() { }

    /**
     * @param before a complete change, as {@link NftTable#whole} makes it
     * @param after  likewise
     * @return a line for each chain and set that differs, {@code +} new, {@code ~} other, {@code -} gone: chains first, each kind by name
     */
    public static List<String> of(Change before, Change after) {
        List<String> lines = new ArrayList<>();
        differences("chain", "rules", true, byName(before.chains(), Chain::name), byName(after.chains(), Chain::name), Chain::comment, Chain::rules, lines);
        differences("set", "elements", false, byName(before.sets(), NamedSet::name), byName(after.sets(), NamedSet::name), NamedSet::comment, NamedSet::elements, lines);
        return lines;
    }

    private static <T> Map<String, T> byName(List<T> all, Function<T, String> name) {
        Map<String, T> named = new LinkedHashMap<>();
        all.forEach(one -> named.put(name.apply(one), one));
        return named;
    }

    private static <T> void differences(String what, String parts, boolean ordered, Map<String, T> before, Map<String, T> after, Function<T, String> comment, Function<T, ? extends List<?>> content,
                                        List<String> lines) {
        Map<String, T> all = new TreeMap<>(before);
        all.putAll(after);
        all.forEach((name, one) -> {
            List<?> old = before.containsKey(name) ? content.apply(before.get(name)) : List.of();
            List<?> now = after.containsKey(name) ? content.apply(after.get(name)) : List.of();
            String title = what + " " + name + " (" + comment.apply(one) + "): ";
            if (!after.containsKey(name)) {
                lines.add("- " + title + old.size() + " " + parts);
            } else if (!before.containsKey(name)) {
                lines.add("+ " + title + now.size() + " " + parts);
            } else if (!old.equals(now)) {
                int fresh = without(now, old);
                int gone = without(old, now);
                if (fresh != 0 || gone != 0) {
                    lines.add("~ " + title + fresh + " " + parts + " new, " + gone + " gone");
                } else if (ordered) {
                    lines.add("~ " + title + parts + " in another order");
                }
            }
        });
    }

    /** How many of these are not among those. */
    private static int without(List<?> these, List<?> those) {
        Map<Object, Integer> left = new HashMap<>();
        those.forEach(each -> left.merge(each, 1, Integer::sum));
        int found = 0;
        for (Object each : these) {
            if (left.merge(each, -1, Integer::sum) < 0) {
                found++;
            }
        }
        return found;
    }
}
