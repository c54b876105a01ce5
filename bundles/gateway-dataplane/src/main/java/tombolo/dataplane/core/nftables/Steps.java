package tombolo.dataplane.core.nftables;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Value;

/**
 * What a transaction has to do, in the one order in which the kernel takes it: nothing may be removed that is still used, and nothing used that is not there yet.
 *
 * <pre>
 *  1 the table   2 chains emptied, rules out   3 elements out   4 sets away   5 chains away   6 chains made   7 sets made   8 elements in   9 rules in
 * </pre>
 *
 * <p>A packet keeps the rules with which it began, but looks into sets as they are at that moment, and what is new in a set of ranges of several fields is found only
 * a moment after the new rules are in force (nf_tables_core.c, nft_do_chain; nf_tables_api.c, nf_tables_commit). One transaction that made a rule and its set, or led
 * an element to a chain of its own, lost packets that old and new policy allow: in 11 of 15 runs of StandingTest, in none of 10 when what nobody uses yet was made before,
 * and what nobody uses any more removed behind. {@link #inTurn} takes a transaction apart so; elements of a map that {@code Lasting} describes are such too. What decides, the middle one, stays one.
 */
public final class Steps {
    /** What the kernel takes for each element grows with those of the transaction: 2 us where there are 13,000, 13 us where there are 130,000 (Linux 6.18). */
    static final int PIECE = 4_096;

    private boolean table;
    private boolean fresh;
    private final Set<String> emptied = new LinkedHashSet<>();
    private final Map<String, Removal> removals = new LinkedHashMap<>();
    private final Set<String> setsAway = new LinkedHashSet<>();
    private final Set<String> chainsAway = new LinkedHashSet<>();
    private final Set<String> hooksAway = new LinkedHashSet<>();
    private final Map<String, Chain> chainsMade = new LinkedHashMap<>();
    private final Map<String, NamedSet> setsMade = new LinkedHashMap<>();
    private final Map<String, Removal> additions = new LinkedHashMap<>();
    private final Map<String, Chain> filled = new LinkedHashMap<>();
    private final Map<String, Chain> changed = new LinkedHashMap<>();
    private final List<Edit> edits = new ArrayList<>();

    private record Removal(NamedSet set, Collection<Element> elements) { }

    /** Rules {@code from} (included) to {@code to} of a chain come in place of others. @param before the handle of the rule that follows; 0: none */
    private record Edit(Chain chain, List<Long> removed, int from, int to, long before) { }

    public boolean isEmpty() {
        return !table && emptied.isEmpty() && removals.isEmpty() && setsAway.isEmpty() && chainsAway.isEmpty() && chainsMade.isEmpty() && setsMade.isEmpty()
                && additions.isEmpty() && filled.isEmpty() && changed.isEmpty() && edits.isEmpty();
    }

    /** @param anew whether there is none; else one that sleeps is woken */
    void makeTable(boolean anew) {
        table = true;
        fresh = anew;
    }

    /** @param hooked whether it is at a hook: packets come to it by themselves */
    void removeChain(String name, boolean hooked) {
        emptied.add(name);
        chainsAway.add(name);
        if (hooked) {
            hooksAway.add(name);
        }
    }

    void makeChain(Chain chain) {
        chainsMade.put(chain.name(), chain);
        filled.put(chain.name(), chain);
    }

    /** A chain some of whose rules are others: {@link #edit} says how. */
    void change(Chain chain) {
        changed.put(chain.name(), chain);
    }

    /** The chains of which {@link #edit} must be told what they have now. */
    public List<String> changed() {
        return changed.keySet().stream().filter(name -> !filled.containsKey(name)).toList();
    }

    /**
     * Finds out which rules of changed chains are to stay, with what they have counted. Before {@link #write}.
     *
     * <p>Of a chain of which more than {@link #PIECE} rules change none stays: the kernel finds a rule that is removed, or before which another comes, by walking along the chain, each time anew, and
     * 40,000 rules before one that stays took longer than 30 s (Linux 6.18), emptied and filled a few seconds.
     */
    public void edit(KernelTable seen) {
        Expressions expressions = new Expressions();
        for (String name : changed()) {
            Chain chain = changed.get(name);
            List<KernelTable.SeenRule> old = seen.rules(name);
            List<String> hashes = chain.rules().stream().map(rule -> {
                expressions.encode(rule);
                return HexFormat.of().formatHex(expressions.hash(rule));
            }).toList();
            int most = Math.min(old.size(), hashes.size());
            int head = 0;
            while (head < most && old.get(head).hash().equals(hashes.get(head))) {
                head++;
            }
            int tail = 0;
            while (tail < most - head && old.get(old.size() - 1 - tail).hash().equals(hashes.get(hashes.size() - 1 - tail))) {
                tail++;
            }
            if (head + tail == 0 || Math.max(old.size(), hashes.size()) - head - tail > PIECE) {
                refill(chain);
                continue;
            }
            edits.add(new Edit(chain, old.subList(head, old.size() - tail).stream().map(KernelTable.SeenRule::handle).toList(), head, hashes.size() - tail,
                    tail == 0 ? 0 : old.get(old.size() - tail).handle()));
        }
        changed.clear();
    }

    /** A chain that is emptied and filled. */
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

    /**
     * The same as up to three transactions, in the order in which they have to take effect; as one where a set or chain is made anew under its name. After {@link #edit}. The first, which
     * decides nothing, may be several: see {@link #PIECE}.
     */
    public List<Steps> inTurn() {
        boolean remade = setsAway.stream().anyMatch(setsMade::containsKey) || chainsAway.stream().anyMatch(chainsMade::containsKey);
        if (table && !fresh || remade) {
            return List.of(this);
        }
        Steps first = new Steps();
        Steps then = new Steps();
        Steps last = new Steps();
        chainsMade.forEach((name, chain) -> (chain.hook().isEmpty() ? first : then).makeChain(chain));
        first.setsMade.putAll(setsMade);
        additions.forEach((name, addition) -> (setsMade.containsKey(name) || lasts(addition) ? first : then).additions.put(name, addition));
        removals.forEach((name, removal) -> (lasts(removal) ? last : then).removals.put(name, removal));
        chainsAway.forEach(name -> (hooksAway.contains(name) ? then : last).removeChain(name, hooksAway.contains(name)));
        last.setsAway.addAll(setsAway);
        emptied.stream().filter(name -> !chainsAway.contains(name)).forEach(then.emptied::add);
        filled.forEach((name, chain) -> {
            if (!chainsMade.containsKey(name)) {
                then.filled.put(name, chain);
            }
        });
        then.edits.addAll(edits);
        List<Steps> turns = Stream.concat(first.pieces().stream(), Stream.of(then, last)).filter(steps -> !steps.isEmpty()).toList();
        if (turns.isEmpty()) {
            return List.of(this);
        }
        turns.getFirst().table = table;
        return turns;
    }

    /** Sets with many elements, before all that may refer to them, and many rules, which are not all in memory at once as bytes. */
    private List<Steps> pieces() {
        List<Steps> pieces = new ArrayList<>();
        Steps piece = new Steps();
        Steps rest = new Steps();
        int room = PIECE;
        for (Removal addition : additions.values()) {
            String name = addition.set.name();
            if (leadsToChains(addition.set)) {
                rest.additions.put(name, addition);
                continue;
            }
            if (setsMade.containsKey(name)) {
                piece.setsMade.put(name, addition.set);
            }
            List<Element> elements = List.copyOf(addition.elements);
            for (int from = 0; from < elements.size();) {
                int to = Math.min(elements.size(), from + room);
                piece.additions.put(name, new Removal(addition.set, elements.subList(from, to)));
                room -= to - from;
                from = to;
                if (room == 0) {
                    pieces.add(piece);
                    piece = new Steps();
                    room = PIECE;
                }
            }
        }
        if (pieces.isEmpty()) {
            if (filled.values().stream().mapToInt(chain -> chain.rules().size()).sum() <= PIECE) {
                return List.of(this);
            }
            rest.additions.putAll(additions);
            rest.setsMade.putAll(setsMade);
            rest.chainsMade.putAll(chainsMade);
            return Stream.concat(Stream.of(rest), rules().stream()).toList();
        }
        setsMade.forEach((name, set) -> {
            if (leadsToChains(set) || !additions.containsKey(name)) {
                rest.setsMade.put(name, set);
            }
        });
        rest.chainsMade.putAll(chainsMade);
        pieces.add(piece);
        pieces.add(rest);
        pieces.addAll(rules());
        return pieces;
    }

    /** The rules of chains that are there. */
    private List<Steps> rules() {
        List<Steps> pieces = new ArrayList<>();
        int room = 0;
        for (Chain chain : filled.values()) {
            if (room <= 0) {
                pieces.add(new Steps());
                room = PIECE;
            }
            pieces.getLast().filled.put(chain.name(), chain);
            room -= chain.rules().size();
        }
        return pieces;
    }

    private static boolean leadsToChains(NamedSet set) {
        return switch (set.data()) {
            case NamedSet.MapData.None _, NamedSet.MapData.Values _ -> false;
            case NamedSet.MapData.Verdicts _, NamedSet.MapData.Lasting _ -> true;
        };
    }

    /** Whether what comes to and goes from a set is as its shape promises: no key that leads elsewhere than before. */
    private boolean lasts(Removal one) {
        String name = one.set.name();
        if (!(one.set.data() instanceof NamedSet.MapData.Lasting) || !additions.containsKey(name) || !removals.containsKey(name)) {
            return one.set.data() instanceof NamedSet.MapData.Lasting;
        }
        Set<Value> gone = removals.get(name).elements.stream().map(Element::from).collect(Collectors.toSet());
        return additions.get(name).elements.stream().noneMatch(element -> gone.contains(element.from()));
    }

    /** How many elements, rules and other objects it makes or removes, about. */
    public int size() {
        return removals.values().stream().mapToInt(one -> one.elements.size()).sum() + additions.values().stream().mapToInt(one -> one.elements.size()).sum()
                + filled.values().stream().mapToInt(chain -> chain.rules().size()).sum() + emptied.size() + edits.size() + setsMade.size() + setsAway.size() + chainsMade.size();
    }

    public void write(Messages out) {
        if (table) {
            out.newTable();
        }
        emptied.forEach(out::flushChain);
        edits.forEach(edit -> edit.removed.forEach(handle -> out.deleteRule(edit.chain.name(), handle)));
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
        for (Edit edit : edits) {
            for (int i = edit.from; i < edit.to; i++) {
                out.newRule(edit.chain.name(), i, edit.chain.rules().get(i), edit.before);
            }
        }
    }

    /** What is done, in a few words for a log. */
    @Override
    public String toString() {
        return "chains made " + chainsMade.size() + ", filled " + filled.size() + ", changed " + (changed.size() + edits.size()) + ", removed " + chainsAway.size() + "; sets made " + setsMade.size() + ", removed " + setsAway.size()
                + "; elements added " + additions.values().stream().mapToInt(one -> one.elements.size()).sum()
                + ", removed " + removals.values().stream().mapToInt(one -> one.elements.size()).sum();
    }
}
