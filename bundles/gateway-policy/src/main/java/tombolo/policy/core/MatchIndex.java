package tombolo.policy.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tombolo.api.selector.Selector;

/**
 * Which things which selectors choose, kept up to date by work that is proportional to a change: a thing is looked at only for selectors that a label of it can meet,
 * a selector only for things that have such a label ({@link Restriction}). A thing has labels of its own and those that it inherits: its own win, then those of its
 * first parent. What has the same labels is looked at once: of the pods of a cluster many are copies.
 *
 * @param <I> names a thing
 */
final class MatchIndex<I> {
    /** What a change did to one thing's matches. */
    interface Listener<I> {
        void changed(I thing, List<Selector> started, List<Selector> stopped);
    }

    private static final class Entry<I> {
        final I id;
        Traits traits = NOTHING;
        @Nullable Alike<I> alike;
        /** Among those that are alike. */
        int place;
        private final int hash;

        Entry(I id) {
            this.id = id;
            this.hash = id.hashCode();
        }

        /** An object's own would be made for each and moved along with it by every collection. */
        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        /** Behind its first look at labels. */
        Alike<I> alike() {
            return Objects.requireNonNull(alike);
        }
    }

    /** All things that have the same labels; there is one for each thing where all are different. */
    private static final class Alike<I> {
        final Map<String, String> labels;
        final List<Entry<I>> things = new ArrayList<>(1);
        Set<Watch<I>> matched = Set.of();

        Alike(Map<String, String> labels) {
            this.labels = labels;
        }

        /** Says the same as another thing's, so that it is held once. */
        void add(Entry<I> entry, Traits traits) {
            entry.traits = !things.isEmpty() && things.getFirst().traits.same(traits) ? things.getFirst().traits : traits;
            entry.alike = this;
            entry.place = things.size();
            things.add(entry);
        }

        void remove(Entry<I> entry) {
            Entry<I> last = things.removeLast();
            if (last != entry) {
                last.place = entry.place;
                things.set(entry.place, last);
            }
        }
    }

    private static final class Watch<I> {
        final Selector selector;
        final Restriction restriction;
        final Set<Alike<I>> matching = new HashSet<>();

        Watch(Selector selector, Restriction restriction) {
            this.selector = selector;
            this.restriction = restriction;
        }
    }

    /** What has a label, by its value. */
    private static final class Labelled<I> {
        final Map<String, Set<Alike<I>>> byValue = new HashMap<>();
        int count;

        void add(String value, Alike<I> alike) {
            byValue.computeIfAbsent(value, _ -> new HashSet<>()).add(alike);
            count++;
        }

        void remove(String value, Alike<I> alike) {
            drop(byValue, value, alike);
            count--;
        }
    }

    private static final class Parent<I> {
        Map<String, String> labels = Map.of();
        final Set<Entry<I>> children = new LinkedHashSet<>();
    }

    private static final Traits NOTHING = new Traits(Map.of(), List.of());
    /** Where all things are different, nothing is gained by keeping more. */
    private static final int MOST_KNOWN = 8_192;

    private final Listener<I> listener;
    private final Map<I, Entry<I>> things = new HashMap<>();
    private final Map<Map<String, String>, Alike<I>> alike = new HashMap<>();
    /** What these very traits come to, as long as no parent's labels change. */
    private final Map<Traits, Alike<I>> byTraits = new IdentityHashMap<>();
    private final Map<String, Parent<I>> parents = new HashMap<>();
    private final Map<Selector, Watch<I>> watches = new HashMap<>();
    private final Map<String, Labelled<I>> labelled = new HashMap<>();
    private final Map<Restriction.Key, Set<Watch<I>>> watchesByKey = new HashMap<>();
    private final Set<Watch<I>> unbounded = new LinkedHashSet<>();

    MatchIndex(Listener<I> listener) {
        this.listener = listener;
    }

    /** Adds a thing or gives it other labels and parents. Neither is changed by the caller later. */
    void put(I id, Traits traits) {
        Entry<I> entry = things.get(id);
        if (entry == null) {
            entry = new Entry<>(id);
            things.put(id, entry);
        }
        if (entry.traits != traits && !entry.traits.parents().equals(traits.parents())) {
            leaveParents(entry);
            for (String name : traits.parents()) {
                parents.computeIfAbsent(name, _ -> new Parent<>()).children.add(entry);
            }
        }
        relabel(entry, traits);
    }

    void remove(I id) {
        Entry<I> entry = things.remove(id);
        if (entry == null) {
            return;
        }
        leaveParents(entry);
        Alike<I> before = entry.alike();
        List<Selector> stopped = before.matched.stream().map(watch -> watch.selector).toList();
        leave(entry, before);
        if (!stopped.isEmpty()) {
            listener.changed(id, List.of(), stopped);
        }
    }

    /** The labels that things with this parent inherit; empty where it is not there. */
    void parent(String name, Map<String, String> labels) {
        Parent<I> parent = parents.computeIfAbsent(name, _ -> new Parent<>());
        if (!parent.labels.equals(labels)) {
            parent.labels = Map.copyOf(labels);
            byTraits.clear();
            List.copyOf(parent.children).forEach(child -> relabel(child, child.traits));
        }
        forget(name, parent);
    }

    /** Begins to watch for a selector; its matches are answered, the listener is not called. */
    Collection<I> add(Selector selector) {
        Watch<I> known = watches.get(selector);
        if (known != null) {
            return ids(known.matching);
        }
        Watch<I> watch = new Watch<>(selector, Restriction.of(selector.expression(), key -> count(key) + size(watchesByKey, key)));
        watches.put(selector, watch);
        if (!watch.restriction.bounded()) {
            unbounded.add(watch);
            alike.values().forEach(each -> check(watch, each));
        } else {
            for (Restriction.Key key : watch.restriction.keys()) {
                watchesByKey.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(watch);
                each(key, each -> check(watch, each));
            }
        }
        return ids(watch.matching);
    }

    void remove(Selector selector) {
        Watch<I> watch = watches.remove(selector);
        if (watch == null) {
            return;
        }
        unbounded.remove(watch);
        watch.restriction.keys().forEach(key -> drop(watchesByKey, key, watch));
        watch.matching.forEach(each -> each.matched.remove(watch));
        watch.matching.clear();
    }

    /** The things that a watched selector chooses; none where it is not watched. */
    Collection<I> matching(Selector selector) {
        Watch<I> watch = watches.get(selector);
        return watch == null ? List.of() : ids(watch.matching);
    }

    /** Whether a watched selector chooses a thing that is such. */
    boolean anyMatching(Selector selector, Predicate<I> such) {
        Watch<I> watch = watches.get(selector);
        if (watch != null) {
            for (Alike<I> each : watch.matching) {
                for (Entry<I> entry : each.things) {
                    if (such.test(entry.id)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /** The watched selectors that choose a thing. */
    List<Selector> selectorsOf(I id) {
        Entry<I> entry = things.get(id);
        return entry == null ? List.of() : entry.alike().matched.stream().map(watch -> watch.selector).toList();
    }

    /** Of a thing, those that it inherits included; empty where it is not there. */
    Optional<Map<String, String>> labels(I id) {
        return Optional.ofNullable(things.get(id)).map(entry -> entry.alike().labels);
    }

    // ---------------------------------------------------------------- inside

    private static <I> void check(Watch<I> watch, Alike<I> each) {
        if (watch.selector.matches(each.labels) && watch.matching.add(each)) {
            if (each.matched.isEmpty()) {
                each.matched = new HashSet<>(4);
            }
            each.matched.add(watch);
        }
    }

    private void relabel(Entry<I> entry, Traits traits) {
        Alike<I> before = entry.alike;
        Alike<I> now = alike(traits);
        if (before == now) {
            before.remove(entry);
            before.add(entry, traits);
            return;
        }
        List<Selector> started = without(now.matched, before == null ? Set.of() : before.matched);
        List<Selector> stopped = before == null ? List.of() : without(before.matched, now.matched);
        if (before != null) {
            leave(entry, before);
        }
        now.add(entry, traits);
        if (!started.isEmpty() || !stopped.isEmpty()) {
            listener.changed(entry.id, started, stopped);
        }
    }

    private Alike<I> alike(Traits traits) {
        Alike<I> known = byTraits.get(traits);
        if (known != null && !known.things.isEmpty()) { // else it has been forgotten
            return known;
        }
        Map<String, String> labels = inherited(traits.labels(), traits.parents());
        Alike<I> now = alike.get(labels);
        if (now == null) {
            now = known(Map.copyOf(labels));
        }
        if (byTraits.size() >= MOST_KNOWN) {
            byTraits.clear();
        }
        byTraits.put(traits, now);
        return now;
    }

    /** What these are and those are not. */
    private static <I> List<Selector> without(Set<Watch<I>> these, Set<Watch<I>> those) {
        return these.isEmpty() ? List.of() : these.stream().filter(watch -> !those.contains(watch)).map(watch -> watch.selector).toList();
    }

    private Map<String, String> inherited(Map<String, String> own, List<String> parentNames) {
        Map<String, String> after = null;
        for (int i = parentNames.size() - 1; i >= 0; i--) {
            Map<String, String> more = parents.get(parentNames.get(i)).labels;
            if (!more.isEmpty()) {
                after = after == null ? new HashMap<>() : after;
                after.putAll(more);
            }
        }
        if (after == null) {
            return own;
        }
        after.putAll(own);
        return after;
    }

    /** The first thing with these labels: which selectors choose it is asked here, and of no other. */
    private Alike<I> known(Map<String, String> labels) {
        Alike<I> fresh = new Alike<>(labels);
        alike.put(labels, fresh);
        labels.forEach((label, value) -> labelled.computeIfAbsent(label, _ -> new Labelled<>()).add(value, fresh));
        if (!watches.isEmpty()) { // as at a start: nobody asks yet
            unbounded.forEach(watch -> check(watch, fresh));
            labels.forEach((label, value) -> {
                watchesByKey.getOrDefault(new Restriction.Key(label, Optional.empty()), Set.of()).forEach(watch -> check(watch, fresh));
                watchesByKey.getOrDefault(new Restriction.Key(label, Optional.of(value)), Set.of()).forEach(watch -> check(watch, fresh));
            });
        }
        return fresh;
    }

    private void leave(Entry<I> entry, Alike<I> before) {
        before.remove(entry);
        entry.alike = null;
        if (before.things.isEmpty()) {
            alike.remove(before.labels);
            before.matched.forEach(watch -> watch.matching.remove(before));
            before.matched = Set.of(); // it may be known by its traits still, and would hold on to selectors that nobody asks for any more
            before.labels.forEach((label, value) -> {
                Labelled<I> there = labelled.get(label);
                there.remove(value, before);
                if (there.count == 0) {
                    labelled.remove(label);
                }
            });
        }
    }

    private int count(Restriction.Key key) {
        Labelled<I> there = labelled.get(key.label());
        return there == null ? 0 : key.value().map(value -> size(there.byValue, value)).orElse(there.count);
    }

    private void each(Restriction.Key key, Consumer<Alike<I>> to) {
        Labelled<I> there = labelled.get(key.label());
        if (there != null) {
            key.value().ifPresentOrElse(value -> there.byValue.getOrDefault(value, Set.of()).forEach(to), () -> there.byValue.values().forEach(all -> all.forEach(to)));
        }
    }

    private void leaveParents(Entry<I> entry) {
        for (String name : entry.traits.parents()) {
            Parent<I> parent = parents.get(name);
            if (parent != null) {
                parent.children.remove(entry);
                forget(name, parent);
            }
        }
        entry.traits = new Traits(entry.traits.labels(), List.of());
    }

    private void forget(String name, Parent<I> parent) {
        if (parent.children.isEmpty() && parent.labels.isEmpty()) {
            parents.remove(name);
        }
    }

    private static <K, V> void drop(Map<K, Set<V>> map, K key, V value) {
        Set<V> values = map.get(key);
        if (values != null && values.remove(value) && values.isEmpty()) {
            map.remove(key);
        }
    }

    private static <K, V> int size(Map<K, Set<V>> map, K key) {
        return map.getOrDefault(key, Set.of()).size();
    }

    private static <I> List<I> ids(Set<Alike<I>> matching) {
        List<I> ids = new ArrayList<>();
        matching.forEach(each -> each.things.forEach(entry -> ids.add(entry.id)));
        return ids;
    }
}
