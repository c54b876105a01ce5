package tombolo.datastore.etcd.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import tombolo.api.datastore.Change;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;

/**
 * What is below a prefix, as a listing said and the changes since: to answer reads while etcd is away, and to be compared with a later listing. Not thread-safe.
 *
 * <p>Changes may come from several watches and while the listing is still under way: of a key the newest word counts, a deletion's too.
 *
 * <p>An entry that differs from a listing is only suspect: the stream may still have to tell. It is wrong where it is still the same some time later.
 */
public final class CachedPrefix {
    /** Of an entry's objects beside its text and bytes: key, value, record, tree node. */
    private static final int ENTRY_BYTES = 200;

    private final KeyPrefix prefix;
    private final NavigableMap<Key, KeyValue> entries = new TreeMap<>();
    private final Map<Key, Long> deletions = new HashMap<>();
    private boolean listing = true;
    private boolean comparing;
    private long told;
    private long revision;
    private long bytes;

    public CachedPrefix(KeyPrefix prefix) {
        this.prefix = prefix;
    }

    public KeyPrefix prefix() {
        return prefix;
    }

    /** Everything below the prefix is known up to here; 0: nothing is. */
    public long revision() {
        return revision;
    }

    /** What the entries cost in memory, about. */
    public long bytes() {
        return bytes;
    }

    public int size() {
        return entries.size();
    }

    /** Forgets everything; a listing follows. */
    public void clear() {
        entries.clear();
        deletions.clear();
        listing = true;
        comparing = false;
        told = 0;
        revision = 0;
        bytes = 0;
    }

    /** Takes a page of a listing; {@link #listed} ends it. */
    public void add(List<KeyValue> page) {
        page.forEach(this::put);
    }

    /** The pages taken were all there was at that revision. */
    public void listed(long at) {
        listing = false;
        deletions.clear();
        revision = Math.max(at, told);
    }

    /** A step of a watch: what is not above {@link #revision} was told before. */
    public void apply(List<Change> changes, long reached) {
        for (Change change : changes) {
            if (change.modRevision() > revision) {
                switch (change) {
                    case Change.Put put -> put(put.entry());
                    case Change.Deleted deleted -> delete(deleted.key(), deleted.modRevision());
                }
            }
        }
        reached(reached);
    }

    /** There is nothing new up to there. */
    public void reached(long known) {
        told = Math.max(told, known);
        if (!listing) {
            revision = Math.max(revision, known);
        }
    }

    public Optional<KeyValue> get(Key key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** In order. @param after starts behind it; empty: at the first @param limit the most */
    public List<KeyValue> range(KeyPrefix below, Optional<Key> after, int limit) {
        List<KeyValue> found = new ArrayList<>();
        NavigableMap<Key, KeyValue> tail = after.map(key -> entries.tailMap(key, false)).orElse(entries);
        Key first = below.text().length() < 2 ? null : Key.of(below.text());
        if (first != null && (after.isEmpty() || after.get().compareTo(first) < 0)) {
            tail = entries.tailMap(first, true);
        }
        for (KeyValue entry : tail.values()) {
            if (!entry.key().startsWith(below)) {
                if (first == null || entry.key().compareTo(first) > 0) {
                    break;
                }
            } else if (found.size() < limit) {
                found.add(entry);
            } else {
                break;
            }
        }
        return found;
    }

    /** From here on deletions are remembered, so that a listing made meanwhile can be told from a lost event. */
    public void beginCompare() {
        comparing = true;
        deletions.clear();
    }

    public void endCompare() {
        comparing = false;
        deletions.clear();
    }

    /**
     * Keys that are not here as a page of a listing at a revision says: by their mod revisions, so that the listing need not carry values.
     *
     * @param after the page starts behind it
     * @param last  whether it is the last page: it then speaks of all keys to the end
     */
    public List<Key> suspects(Optional<Key> after, List<KeyValue> page, boolean last, long at) {
        Map<Key, KeyValue> there = new HashMap<>();
        page.forEach(entry -> there.put(entry.key(), entry));
        NavigableMap<Key, KeyValue> here = after.map(key -> entries.tailMap(key, false)).orElse(entries);
        if (!last) {
            here = page.isEmpty() ? new TreeMap<>() : here.headMap(page.getLast().key(), true);
        }
        TreeSet<Key> keys = new TreeSet<>(here.keySet());
        keys.addAll(there.keySet());
        return keys.stream().filter(key -> differs(key, Optional.ofNullable(there.get(key)), at)).toList();
    }

    /** Whether what is here contradicts what a listing at a revision said of the key. */
    public boolean differs(Key key, Optional<KeyValue> there, long at) {
        KeyValue here = entries.get(key);
        if (here == null) {
            return there.isPresent() && deletions.getOrDefault(key, 0L) <= at;
        }
        return here.modRevision() <= at && there.map(KeyValue::modRevision).orElse(0L) != here.modRevision();
    }

    private void put(KeyValue entry) {
        KeyValue old = entries.get(entry.key());
        if (old != null && old.modRevision() > entry.modRevision() || deletions.getOrDefault(entry.key(), 0L) > entry.modRevision()) {
            return;
        }
        deletions.remove(entry.key());
        entries.put(entry.key(), entry);
        bytes += cost(entry) - (old == null ? 0 : cost(old));
    }

    private void delete(Key key, long at) {
        KeyValue old = entries.get(key);
        if (old != null && old.modRevision() > at) {
            return;
        }
        remove(key);
        if (listing || comparing) {
            deletions.put(key, at);
        }
    }

    /** Without a word: to lose an event in a test. */
    public void remove(Key key) {
        KeyValue old = entries.remove(key);
        bytes -= old == null ? 0 : cost(old);
    }

    private static long cost(KeyValue entry) {
        return ENTRY_BYTES + entry.key().text().length() + entry.value().size();
    }
}
