package tombolo.dataplane.core.nftables;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Owner;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Value;

/**
 * What every owner wants in the table, and of what is wanted otherwise than it is in force, how it was: so that a change costs its own size, and can be taken back.
 *
 * <pre>
 *  apply(change) ─► wanted, before ─► steps() ─► in force: settle()      refused: rollBack(owner)
 *                                └──► steps(kernel): against what is there, at the start and after a foreign hand
 * </pre>
 *
 * One Loop's. What an owner has not spoken of is left as the kernel has it.
 */
public final class DesiredTable {
    private final Map<Owner, Part> parts = new EnumMap<>(Owner.class);

    private static final class Part {
        final Map<String, Chain> chains = new TreeMap<>();
        final Map<String, Contents> sets = new TreeMap<>();
        /** As in force, of chains that are wanted otherwise. */
        final Map<String, Optional<Chain>> chainsBefore = new LinkedHashMap<>();
        /** As in force, of sets that came, went or are made otherwise. */
        final Map<String, Optional<Contents>> setsBefore = new LinkedHashMap<>();
        /** Sets some of whose elements may be wanted otherwise: a change looks at these and not at the thousands of others. */
        final Set<String> touched = new LinkedHashSet<>();
        boolean spokenBefore;

        void eachTouched(Consumer<Contents> to) {
            for (String name : touched) {
                Contents contents = sets.get(name);
                if (contents != null) {
                    to.accept(contents);
                }
            }
        }
    }

    /** A set's shape, and its elements by the first of their range. */
    private static final class Contents {
        final NamedSet shape;
        final Map<Value, Element> elements;
        /** As in force, of elements that are wanted otherwise. */
        final Map<Value, Optional<Element>> before = new LinkedHashMap<>();

        Contents(NamedSet set) {
            shape = new NamedSet(set.name(), set.key(), set.interval(), set.data(), set.comment(), List.of());
            elements = new HashMap<>(Math.max(16, set.elements().size() * 2));
            set.elements().forEach(element -> elements.put(element.from(), element));
        }

        /** How many there would be, or a number that is at most what may be. */
        long sizeWith(Change.Elements differences) {
            if (elements.size() + differences.put().size() <= NamedSet.MOST_ELEMENTS) {
                return elements.size();
            }
            Set<Value> gone = new HashSet<>(differences.gone());
            gone.retainAll(elements.keySet());
            Set<Value> put = new HashSet<>();
            differences.put().stream().map(Element::from).filter(key -> !elements.containsKey(key) || gone.contains(key)).forEach(put::add);
            return (long) elements.size() - gone.size() + put.size();
        }

        void put(Element element) {
            Element old = elements.put(element.from(), element);
            if (!element.equals(old)) {
                before.putIfAbsent(element.from(), Optional.ofNullable(old));
            }
        }

        void remove(Value key) {
            Element old = elements.remove(key);
            if (old != null) {
                before.putIfAbsent(key, Optional.of(old));
            }
        }

        /** Makes the elements those of another set of the same shape. */
        void replace(NamedSet wanted) {
            Set<Value> keep = new HashSet<>(wanted.elements().size() * 2);
            for (Element element : wanted.elements()) {
                keep.add(element.from());
                put(element);
            }
            if (keep.size() < elements.size()) {
                elements.keySet().stream().filter(key -> !keep.contains(key)).toList().forEach(this::remove);
            }
        }

        void rollBack() {
            before.forEach((key, old) -> old.ifPresentOrElse(element -> elements.put(key, element), () -> elements.remove(key)));
            before.clear();
        }
    }

    /** Owners that have not spoken. */
    public Set<Owner> unspoken() {
        Set<Owner> silent = EnumSet.allOf(Owner.class);
        silent.removeAll(parts.keySet());
        return silent;
    }

    public int chains() {
        return parts.values().stream().mapToInt(part -> part.chains.size()).sum();
    }

    public int sets() {
        return parts.values().stream().mapToInt(part -> part.sets.size()).sum();
    }

    public long elements() {
        return parts.values().stream().flatMap(part -> part.sets.values().stream()).mapToLong(set -> set.elements.size()).sum();
    }

    /** The names of an owner's chains. */
    public List<String> chains(Owner owner) {
        Part part = parts.get(owner);
        return part == null ? List.of() : List.copyOf(part.chains.keySet());
    }

    /** Takes a change; empty: done. Else why it cannot be taken, and nothing is changed. */
    public Optional<String> apply(Owner owner, Change change) {
        Part there = parts.get(owner);
        if (there == null && !change.complete()) {
            return Optional.of("the first change of " + owner + " must be complete: the writer does not know what else there is");
        }
        Optional<String> wrong = check(owner, change, there == null ? new Part() : there);
        if (wrong.isPresent()) {
            return wrong;
        }
        Part part = parts.computeIfAbsent(owner, _ -> new Part());
        if (change.complete()) {
            Set<String> chains = new HashSet<>();
            change.chains().forEach(chain -> chains.add(chain.name()));
            Set<String> sets = new HashSet<>();
            change.sets().forEach(set -> sets.add(set.name()));
            part.chains.keySet().stream().filter(name -> !chains.contains(name)).toList().forEach(name -> removeChain(part, name));
            part.sets.keySet().stream().filter(name -> !sets.contains(name)).toList().forEach(name -> removeSet(part, name));
        }
        change.goneChains().forEach(name -> removeChain(part, name));
        change.goneSets().forEach(name -> removeSet(part, name));
        for (Chain chain : change.chains()) {
            Chain old = part.chains.put(chain.name(), chain);
            if (!chain.equals(old)) {
                part.chainsBefore.putIfAbsent(chain.name(), Optional.ofNullable(old));
            }
        }
        change.sets().forEach(set -> putSet(part, set));
        change.elements().forEach((name, differences) -> {
            Contents contents = part.sets.get(name);
            if (contents != null) {
                part.touched.add(name);
                differences.gone().forEach(contents::remove);
                differences.put().forEach(contents::put);
            }
        });
        return Optional.empty();
    }

    private static void removeChain(Part part, String name) {
        Chain old = part.chains.remove(name);
        if (old != null) {
            part.chainsBefore.putIfAbsent(name, Optional.of(old));
        }
    }

    private static void removeSet(Part part, String name) {
        Contents old = part.sets.remove(name);
        if (old != null) {
            setBefore(part, name, Optional.of(old));
        }
    }

    private static void putSet(Part part, NamedSet set) {
        Contents old = part.sets.get(set.name());
        if (old != null && old.shape.sameShape(set)) {
            part.touched.add(set.name());
            old.replace(set);
        } else {
            part.sets.put(set.name(), new Contents(set));
            setBefore(part, set.name(), Optional.ofNullable(old));
        }
    }

    /** What was in force of a set that goes is its contents without what is wanted otherwise. */
    private static void setBefore(Part part, String name, Optional<Contents> old) {
        if (!part.setsBefore.containsKey(name)) {
            old.ifPresent(Contents::rollBack);
            part.setsBefore.put(name, old);
        }
    }

    private static Optional<String> check(Owner owner, Change change, Part part) {
        List<String> names = new ArrayList<>();
        change.chains().forEach(chain -> names.add(chain.name()));
        change.sets().forEach(set -> names.add(set.name()));
        names.addAll(change.goneChains());
        names.addAll(change.goneSets());
        names.addAll(change.elements().keySet());
        Optional<String> foreign = names.stream().filter(name -> !name.startsWith(owner.prefix())).findFirst();
        if (foreign.isPresent()) {
            return Optional.of("'" + foreign.get() + "' is no name of " + owner + ", whose names begin with " + owner.prefix());
        }
        Map<String, NamedSet> fresh = new HashMap<>();
        change.sets().forEach(set -> fresh.putIfAbsent(set.name(), set));
        for (Map.Entry<String, Change.Elements> entry : change.elements().entrySet()) {
            Contents known = part.sets.get(entry.getKey());
            NamedSet shape = fresh.containsKey(entry.getKey()) ? fresh.get(entry.getKey()) : known == null ? null : known.shape;
            if (shape == null) {
                return Optional.of("there is no set " + entry.getKey());
            }
            if (known != null && !fresh.containsKey(entry.getKey()) && known.sizeWith(entry.getValue()) > NamedSet.MOST_ELEMENTS) {
                return Optional.of("set " + entry.getKey() + " would have " + known.sizeWith(entry.getValue()) + " elements; at most " + NamedSet.MOST_ELEMENTS);
            }
            try {
                entry.getValue().put().forEach(shape::check);
            } catch (IllegalArgumentException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        }
        return Optional.empty();
    }

    /** Whose object that is, where it belongs to an owner that has spoken. */
    private Optional<Part> part(String name) {
        return Owner.of(name).map(parts::get);
    }

    // ------------------------------------------------------------------------------------------------ in force or not

    /** All that is wanted is in force. */
    public void settle() {
        for (Part part : parts.values()) {
            part.chainsBefore.clear();
            part.setsBefore.clear();
            part.eachTouched(contents -> contents.before.clear());
            part.touched.clear();
            part.spokenBefore = true;
        }
    }

    /** Wants again what is in force of an owner; one that had never spoken has not spoken. */
    public void rollBack(Owner owner) {
        Part part = parts.get(owner);
        if (part == null) {
            return;
        }
        if (!part.spokenBefore) {
            parts.remove(owner);
            return;
        }
        part.chainsBefore.forEach((name, old) -> old.ifPresentOrElse(chain -> part.chains.put(name, chain), () -> part.chains.remove(name)));
        part.chainsBefore.clear();
        part.setsBefore.forEach((name, old) -> old.ifPresentOrElse(contents -> part.sets.put(name, contents), () -> part.sets.remove(name)));
        part.setsBefore.clear();
        part.eachTouched(Contents::rollBack);
        part.touched.clear();
    }

    // ------------------------------------------------------------------------------------------------ differences

    /** From what is in force to what is wanted; the kernel has what is in force. */
    public Steps steps() {
        Steps steps = new Steps();
        Set<String> remade = new HashSet<>();
        for (Part part : parts.values()) {
            part.chainsBefore.forEach((name, old) -> chain(steps, old.map(Shapes::of), old.map(Chain::rules), part.chains.get(name), name));
            part.setsBefore.forEach((name, old) -> {
                Contents wanted = part.sets.get(name);
                old.ifPresent(_ -> steps.removeSet(name));
                if (wanted != null) {
                    steps.makeSet(wanted.shape, wanted.elements.values());
                    old.ifPresent(_ -> remade.add(name));
                }
            });
            part.eachTouched(contents -> {
                if (!contents.before.isEmpty() && !part.setsBefore.containsKey(contents.shape.name())) {
                    List<Element> gone = new ArrayList<>();
                    List<Element> fresh = new ArrayList<>();
                    contents.before.forEach((key, old) -> difference(old.orElse(null), contents.elements.get(key), gone, fresh));
                    steps.remove(contents.shape, gone);
                    steps.add(contents.shape, fresh);
                }
            });
        }
        refillUsers(steps, remade);
        return steps;
    }

    /** From what the kernel has to what is wanted. */
    public Steps steps(KernelTable kernel) {
        Steps steps = new Steps();
        Set<String> remade = new HashSet<>();
        if (kernel.isThere() ? !kernel.isAwake() : chains() + sets() > 0) {
            steps.makeTable(!kernel.isThere());
        }
        kernel.chains().forEach((name, seen) -> {
            Optional<Part> part = part(name);
            if (part.isPresent() ? !part.get().chains.containsKey(name) : Owner.of(name).isEmpty()) {
                steps.removeChain(name, seen.hook.isPresent());
            }
        });
        kernel.sets().forEach((name, seen) -> {
            Optional<Part> part = part(name);
            if (part.isPresent() ? !part.get().sets.containsKey(name) : Owner.of(name).isEmpty()) {
                steps.removeSet(name);
            }
        });
        Expressions expressions = new Expressions();
        for (Part part : parts.values()) {
            part.chains.forEach((name, chain) -> {
                KernelTable.SeenChain seen = kernel.chains().get(name);
                if (seen == null) {
                    steps.makeChain(chain);
                } else if (!seen.hook.equals(Shapes.of(chain))) {
                    steps.removeChain(name, seen.hook.isPresent());
                    steps.makeChain(chain);
                } else if (!same(expressions, chain.rules(), seen.rules)) {
                    steps.change(chain);
                }
            });
            part.sets.forEach((name, contents) -> set(steps, kernel, contents, remade));
        }
        refillUsers(steps, remade);
        return steps;
    }

    private static void set(Steps steps, KernelTable kernel, Contents wanted, Set<String> remade) {
        KernelTable.SeenSet seen = kernel.sets().get(wanted.shape.name());
        if (seen == null || !kernel.hasShape(wanted.shape)) {
            if (seen != null) {
                steps.removeSet(wanted.shape.name());
                remade.add(wanted.shape.name());
            }
            steps.makeSet(wanted.shape, wanted.elements.values());
            return;
        }
        Map<Value, Element> there = seen.elements();
        List<Element> gone = new ArrayList<>();
        List<Element> fresh = new ArrayList<>();
        there.forEach((key, element) -> {
            if (!wanted.elements.containsKey(key)) {
                gone.add(element);
            }
        });
        wanted.elements.forEach((key, element) -> difference(there.get(key), element, gone, fresh));
        steps.remove(wanted.shape, gone);
        steps.add(wanted.shape, fresh);
    }

    private static void difference(@Nullable Element old, @Nullable Element wanted, Collection<Element> gone, Collection<Element> fresh) {
        if (old != null && !old.equals(wanted)) {
            gone.add(old);
        }
        if (wanted != null && !wanted.equals(old)) {
            fresh.add(wanted);
        }
    }

    private static void chain(Steps steps, Optional<Optional<Shapes.HookShape>> oldHook, Optional<List<Rule>> oldRules, @Nullable Chain wanted, String name) {
        if (oldHook.isEmpty()) {
            if (wanted != null) {
                steps.makeChain(wanted);
            }
        } else if (wanted == null) {
            steps.removeChain(name, oldHook.get().isPresent());
        } else if (!oldHook.get().equals(Shapes.of(wanted))) {
            steps.removeChain(name, oldHook.get().isPresent());
            steps.makeChain(wanted);
        } else if (!oldRules.orElse(List.of()).equals(wanted.rules())) {
            steps.change(wanted);
        }
    }

    private static boolean same(Expressions expressions, List<Rule> wanted, List<KernelTable.SeenRule> seen) {
        if (wanted.size() != seen.size()) {
            return false;
        }
        for (int i = 0; i < wanted.size(); i++) {
            expressions.encode(wanted.get(i));
            if (!HexFormat.of().formatHex(expressions.hash(wanted.get(i))).equals(seen.get(i).hash())) {
                return false;
            }
        }
        return true;
    }

    /** A set that is made anew under its name cannot be removed while rules use it: these are taken out and come back in the same transaction. */
    private void refillUsers(Steps steps, Set<String> remade) {
        if (remade.isEmpty()) {
            return;
        }
        for (Part part : parts.values()) {
            part.chains.values().stream().filter(chain -> uses(chain, remade)).forEach(steps::refill);
        }
    }

    private static boolean uses(Chain chain, Set<String> sets) {
        return chain.rules().stream().flatMap(rule -> rule.statements().stream()).anyMatch(statement -> switch (statement) {
            case Statement.Lookup lookup -> sets.contains(lookup.set());
            case Statement.MaskedLookup lookup -> sets.contains(lookup.set());
            case Statement.VerdictLookup lookup -> sets.contains(lookup.map());
            case Statement.Remember lookup -> sets.contains(lookup.map());
            case Statement.DestinationNat nat -> sets.contains(nat.map());
            default -> false;
        });
    }
}
