package tombolo.policy.adapter.nft;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Value;

/** What a change comes to, by name: of what is said twice the last counts. */
final class Collected {
    final Map<String, Chain> chains = new LinkedHashMap<>();
    final Map<String, NamedSet> sets = new LinkedHashMap<>();
    final Set<String> goneChains = new LinkedHashSet<>();
    final Set<String> goneSets = new LinkedHashSet<>();
    final Map<String, Map<Value, Element>> put = new LinkedHashMap<>();
    final Map<String, Set<Value>> gone = new LinkedHashMap<>();

    List<Element> puts(String set) {
        return List.copyOf(put.getOrDefault(set, Map.of()).values());
    }

    void put(String set, Element element) {
        gone.computeIfAbsent(set, _ -> new LinkedHashSet<>()).remove(element.from());
        put.computeIfAbsent(set, _ -> new LinkedHashMap<>()).put(element.from(), element);
    }

    void gone(String set, Value from) {
        put.computeIfAbsent(set, _ -> new LinkedHashMap<>()).remove(from);
        gone.computeIfAbsent(set, _ -> new LinkedHashSet<>()).add(from);
    }
}
