package tombolo.policy.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tombolo.api.selector.Selector;

/**
 * Which things which selectors choose, kept up to date by work that is proportional to a change: a thing is looked at only for selectors that a label of it can meet,
 * a selector only for things that have such a label ({@link Restriction}). A thing has labels of its own and those that it inherits: its own win, then those of its
 * first parent.
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
        Map<String, String> own = Map.of();
        List<String> parents = List.of();
        Map<String, String> labels = Map.of();
        Set<Watch<I>> matched = Set.of();

        Entry(I id) {
            this.id = id;
        }
    }

    private static final class Watch<I> {
        final Selector selector;
        final Restriction restriction;
        final Set<Entry<I>> matching = new HashSet<>();

        Watch(Selector selector, Restriction restriction) {
            this.selector = selector;
            this.restriction = restriction;
        }
    }

    /** What has a label, by its value: each thing once for each of its labels, since there are 100,000 of them. */
    private static final class Labelled<I> {
        final Map<String, Set<Entry<I>>> byValue = new HashMap<>();
        int things;

        void add(String value, Entry<I> entry) {
            byValue.computeIfAbsent(value, _ -> new HashSet<>()).add(entry);
            things++;
        }

        void remove(String value, Entry<I> entry) {
            drop(byValue, value, entry);
            things--;
        }
    }

    private static final class Parent<I> {
        Map<String, String> labels = Map.of();
        final Set<Entry<I>> children = new LinkedHashSet<>();
    }

    private final Listener<I> listener;
    private final Map<I, Entry<I>> things = new HashMap<>();
    private final Map<String, Parent<I>> parents = new HashMap<>();
    private final Map<Selector, Watch<I>> watches = new HashMap<>();
    private final Map<String, Labelled<I>> labelled = new HashMap<>();
    private final Map<Restriction.Key, Set<Watch<I>>> watchesByKey = new HashMap<>();
    private final Set<Watch<I>> unbounded = new LinkedHashSet<>();

    MatchIndex(Listener<I> listener) {
        this.listener = listener;
    }

    /** Adds a thing or gives it other labels and parents. */
    void put(I id, Map<String, String> own, List<String> parentNames) {
        Entry<I> entry = things.computeIfAbsent(id, Entry::new);
        if (!entry.parents.equals(parentNames)) {
            leaveParents(entry);
            entry.parents = List.copyOf(parentNames);
            entry.parents.forEach(name -> parents.computeIfAbsent(name, _ -> new Parent<>()).children.add(entry));
        }
        entry.own = Map.copyOf(own);
        relabel(entry);
    }

    void remove(I id) {
        Entry<I> entry = things.remove(id);
        if (entry == null) {
            return;
        }
        leaveParents(entry);
        unlabel(entry, entry.labels, Map.of());
        List<Selector> stopped = new ArrayList<>();
        entry.matched.forEach(watch -> {
            watch.matching.remove(entry);
            stopped.add(watch.selector);
        });
        if (!stopped.isEmpty()) {
            listener.changed(id, List.of(), stopped);
        }
    }

    /** The labels that things with this parent inherit; empty where it is not there. */
    void parent(String name, Map<String, String> labels) {
        Parent<I> parent = parents.computeIfAbsent(name, _ -> new Parent<>());
        if (!parent.labels.equals(labels)) {
            parent.labels = Map.copyOf(labels);
            List.copyOf(parent.children).forEach(this::relabel);
        }
        forget(name, parent);
    }

    /** Begins to watch for a selector; its matches are answered, the listener is not called. */
    Collection<I> add(Selector selector) {
        Watch<I> known = watches.get(selector);
        if (known != null) {
            return ids(known.matching);
        }
        Watch<I> watch = new Watch<>(selector, Restriction.of(selector.expression(), key -> things(key) + size(watchesByKey, key)));
        watches.put(selector, watch);
        if (!watch.restriction.bounded()) {
            unbounded.add(watch);
            things.values().forEach(entry -> check(watch, entry));
        } else {
            for (Restriction.Key key : watch.restriction.keys()) {
                watchesByKey.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(watch);
                each(key, entry -> check(watch, entry));
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
        watch.matching.forEach(entry -> entry.matched.remove(watch));
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
            for (Entry<I> entry : watch.matching) {
                if (such.test(entry.id)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The watched selectors that choose a thing. */
    List<Selector> selectorsOf(I id) {
        Entry<I> entry = things.get(id);
        return entry == null ? List.of() : entry.matched.stream().map(watch -> watch.selector).toList();
    }

    /** Of a thing, those that it inherits included; empty where it is not there. */
    Optional<Map<String, String>> labels(I id) {
        return Optional.ofNullable(things.get(id)).map(entry -> entry.labels);
    }

    // ---------------------------------------------------------------- inside

    private void check(Watch<I> watch, Entry<I> entry) {
        if (watch.selector.matches(entry.labels) && watch.matching.add(entry)) {
            matched(entry).add(watch);
        }
    }

    private Set<Watch<I>> matched(Entry<I> entry) {
        if (entry.matched.isEmpty()) {
            entry.matched = new HashSet<>(4);
        }
        return entry.matched;
    }

    private void relabel(Entry<I> entry) {
        Map<String, String> before = entry.labels;
        Map<String, String> after = inherited(entry);
        if (!before.isEmpty() && after.equals(before)) {
            return; // a thing without labels is still looked at: selectors such as !has(a) choose it
        }
        entry.labels = after;
        unlabel(entry, before, entry.labels);
        entry.labels.forEach((label, value) -> {
            if (!value.equals(before.get(label))) {
                labelled.computeIfAbsent(label, _ -> new Labelled<>()).add(value, entry);
            }
        });
        rematch(entry);
    }

    private Map<String, String> inherited(Entry<I> entry) {
        @Nullable Map<String, String> after = null;
        for (int i = entry.parents.size() - 1; i >= 0; i--) {
            Map<String, String> more = parents.get(entry.parents.get(i)).labels;
            if (!more.isEmpty()) {
                after = after == null ? new HashMap<>() : after;
                after.putAll(more);
            }
        }
        if (after == null) {
            return entry.own;
        }
        after.putAll(entry.own);
        return Map.copyOf(after);
    }

    /** Takes a thing out where it is found by labels that it does not have any more. */
    private void unlabel(Entry<I> entry, Map<String, String> before, Map<String, String> now) {
        before.forEach((label, value) -> {
            if (!value.equals(now.get(label))) {
                Labelled<I> there = labelled.get(label);
                there.remove(value, entry);
                if (there.things == 0) {
                    labelled.remove(label);
                }
            }
        });
    }

    private int things(Restriction.Key key) {
        Labelled<I> there = labelled.get(key.label());
        return there == null ? 0 : key.value().map(value -> size(there.byValue, value)).orElse(there.things);
    }

    private void each(Restriction.Key key, Consumer<Entry<I>> to) {
        Labelled<I> there = labelled.get(key.label());
        if (there != null) {
            key.value().ifPresentOrElse(value -> there.byValue.getOrDefault(value, Set.of()).forEach(to), () -> there.byValue.values().forEach(entries -> entries.forEach(to)));
        }
    }

    private void rematch(Entry<I> entry) {
        if (watches.isEmpty()) {
            return; // as at a start: nobody asks yet
        }
        Set<Watch<I>> now = new HashSet<>();
        unbounded.forEach(watch -> test(watch, entry, now));
        entry.labels.forEach((label, value) -> {
            watchesByKey.getOrDefault(new Restriction.Key(label, Optional.empty()), Set.of()).forEach(watch -> test(watch, entry, now));
            watchesByKey.getOrDefault(new Restriction.Key(label, Optional.of(value)), Set.of()).forEach(watch -> test(watch, entry, now));
        });
        List<Selector> started = new ArrayList<>();
        List<Selector> stopped = new ArrayList<>();
        for (Watch<I> watch : List.copyOf(entry.matched)) {
            if (!now.contains(watch)) {
                watch.matching.remove(entry);
                entry.matched.remove(watch);
                stopped.add(watch.selector);
            }
        }
        for (Watch<I> watch : now) {
            if (watch.matching.add(entry)) {
                matched(entry).add(watch);
                started.add(watch.selector);
            }
        }
        if (!started.isEmpty() || !stopped.isEmpty()) {
            listener.changed(entry.id, started, stopped);
        }
    }

    private static <I> void test(Watch<I> watch, Entry<I> entry, Set<Watch<I>> into) {
        if (!into.contains(watch) && watch.selector.matches(entry.labels)) {
            into.add(watch);
        }
    }

    private void leaveParents(Entry<I> entry) {
        for (String name : entry.parents) {
            Parent<I> parent = parents.get(name);
            if (parent != null) {
                parent.children.remove(entry);
                forget(name, parent);
            }
        }
        entry.parents = List.of();
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

    private static <I> List<I> ids(Set<Entry<I>> entries) {
        List<I> ids = new ArrayList<>(entries.size());
        entries.forEach(entry -> ids.add(entry.id));
        return ids;
    }
}
