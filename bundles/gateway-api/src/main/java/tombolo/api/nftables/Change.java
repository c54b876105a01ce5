package tombolo.api.nftables;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an owner wants otherwise. It is in force whole or not at all.
 *
 * @param complete   whether this is all that the owner has: what is not named goes. The first change after the writer has started must be
 * @param chains     new ones, and those with new content
 * @param sets       new ones, and those whose content is given anew as a whole
 * @param goneChains to be removed; one that is not there is passed over
 * @param elements   differences of sets that are there, by name
 */
public record Change(boolean complete, List<Chain> chains, List<NamedSet> sets, Set<String> goneChains, Set<String> goneSets, Map<String, Elements> elements) {
    public Change {
        chains = List.copyOf(chains);
        sets = List.copyOf(sets);
        goneChains = Set.copyOf(goneChains);
        goneSets = Set.copyOf(goneSets);
        elements = Map.copyOf(elements);
        if (complete && !(goneChains.isEmpty() && goneSets.isEmpty() && elements.isEmpty())) {
            throw new IllegalArgumentException("a complete change names what there is, and no differences");
        }
    }

    /**
     * @param put  new ones, and those that lead elsewhere; one with the same {@code from} is replaced
     * @param gone by the first of their range; one that is not there is passed over
     */
    public record Elements(List<Element> put, List<Value> gone) {
        public Elements {
            put = List.copyOf(put);
            gone = List.copyOf(gone);
        }
    }

    public static Change complete(Collection<Chain> chains, Collection<NamedSet> sets) {
        return new Change(true, List.copyOf(chains), List.copyOf(sets), Set.of(), Set.of(), Map.of());
    }

    public static Change elements(String set, List<Element> put, List<Value> gone) {
        return new Change(false, List.of(), List.of(), Set.of(), Set.of(), Map.of(set, new Elements(put, gone)));
    }

    public static Builder differences() {
        return new Builder();
    }

    /** Gathers differences; of what is said twice of one name the last counts. One thread. */
    public static final class Builder {
        private final Map<String, Chain> chains = new LinkedHashMap<>();
        private final Map<String, NamedSet> sets = new LinkedHashMap<>();
        private final Set<String> goneChains = new LinkedHashSet<>();
        private final Set<String> goneSets = new LinkedHashSet<>();
        private final Map<String, Elements> elements = new LinkedHashMap<>();

        public Builder put(Chain chain) {
            goneChains.remove(chain.name());
            chains.put(chain.name(), chain);
            return this;
        }

        public Builder put(NamedSet set) {
            goneSets.remove(set.name());
            elements.remove(set.name());
            sets.put(set.name(), set);
            return this;
        }

        public Builder removeChain(String name) {
            chains.remove(name);
            goneChains.add(name);
            return this;
        }

        public Builder removeSet(String name) {
            sets.remove(name);
            elements.remove(name);
            goneSets.add(name);
            return this;
        }

        /** Adds to what was said of the set before; elements that come and go within one change must not be the same. */
        public Builder elements(String set, List<Element> put, List<Value> gone) {
            elements.merge(set, new Elements(put, gone), (before, fresh) -> {
                List<Element> puts = new ArrayList<>(before.put());
                puts.addAll(fresh.put());
                List<Value> goners = new ArrayList<>(before.gone());
                goners.addAll(fresh.gone());
                return new Elements(puts, goners);
            });
            return this;
        }

        public Change build() {
            return new Change(false, List.copyOf(chains.values()), List.copyOf(sets.values()), goneChains, goneSets, elements);
        }
    }
}
