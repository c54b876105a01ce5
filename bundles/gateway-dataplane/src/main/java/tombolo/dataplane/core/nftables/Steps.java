package tombolo.dataplane.core.nftables;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Rule;

/**
 * What a transaction has to do, in the one order in which the kernel takes it: nothing may be removed that is still used, and nothing used that is not there yet.
 *
 * <pre>
 *  1 the table   2 chains emptied   3 elements out   4 sets away   5 chains away   6 chains made   7 sets made   8 elements in   9 chains filled
 * </pre>
 */
public final class Steps {
    private boolean table;
    private final Set<String> emptied = new LinkedHashSet<>();
    private final Map<String, Removal> removals = new LinkedHashMap<>();
    private final Set<String> setsAway = new LinkedHashSet<>();
    private final Set<String> chainsAway = new LinkedHashSet<>();
    private final Map<String, Chain> chainsMade = new LinkedHashMap<>();
    private final Map<String, NamedSet> setsMade = new LinkedHashMap<>();
    private final Map<String, Removal> additions = new LinkedHashMap<>();
    private final Map<String, Chain> filled = new LinkedHashMap<>();

    private record Removal(NamedSet set, Collection<Element> elements) { }

    public boolean isEmpty() {
        return !table && emptied.isEmpty() && removals.isEmpty() && setsAway.isEmpty() && chainsAway.isEmpty() && chainsMade.isEmpty() && setsMade.isEmpty()
                && additions.isEmpty() && filled.isEmpty();
    }

    void makeTable() {
        table = true;
    }

    void removeChain(String name) {
        emptied.add(name);
        chainsAway.add(name);
    }

    void makeChain(Chain chain) {
        chainsMade.put(chain.name(), chain);
        filled.put(chain.name(), chain);
    }

    /** A chain whose rules are others. */
    void refill(Chain chain) {
        if (!filled.containsKey(chain.name())) {
            emptied.add(chain.name());
            filled.put(chain.name(), chain);
        }
    }

    void removeSet(String name) {
        setsAway.add(name);
    }

    void makeSet(NamedSet set, Collection<Element> elements) {
        setsMade.put(set.name(), set);
        add(set, elements);
    }

    void remove(NamedSet set, Collection<Element> elements) {
        if (!elements.isEmpty()) {
            removals.put(set.name(), new Removal(set, elements));
        }
    }

    void add(NamedSet set, Collection<Element> elements) {
        if (!elements.isEmpty()) {
            additions.put(set.name(), new Removal(set, elements));
        }
    }

    public void write(Messages out) {
        if (table) {
            out.newTable();
        }
        emptied.forEach(out::flushChain);
        removals.values().forEach(removal -> out.removeElements(removal.set, removal.elements));
        setsAway.forEach(out::deleteSet);
        chainsAway.forEach(out::deleteChain);
        chainsMade.values().forEach(out::newChain);
        setsMade.values().forEach(out::newSet);
        additions.values().forEach(addition -> out.addElements(addition.set, addition.elements));
        for (Chain chain : filled.values()) {
            int position = 0;
            for (Rule rule : chain.rules()) {
                out.newRule(chain.name(), position++, rule, 0);
            }
        }
    }

    /** What is done, in a few words for a log. */
    @Override
    public String toString() {
        return "chains made " + chainsMade.size() + ", filled " + filled.size() + ", removed " + chainsAway.size() + "; sets made " + setsMade.size() + ", removed " + setsAway.size()
                + "; elements added " + additions.values().stream().mapToInt(one -> one.elements.size()).sum()
                + ", removed " + removals.values().stream().mapToInt(one -> one.elements.size()).sum();
    }
}
