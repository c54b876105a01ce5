package tombolo.datastore.etcd.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Change;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;

class CachedPrefixTest {
    private static final KeyPrefix PREFIX = KeyPrefix.of("/p/");
    private final CachedPrefix cached = new CachedPrefix(PREFIX);

    private static Key key(String name) {
        return Key.of("/p/" + name);
    }

    private static KeyValue entry(String name, long revision) {
        return new KeyValue(key(name), Bytes.utf8(name + revision), 1, revision, 1, OptionalLong.empty());
    }

    private static Change put(String name, long revision) {
        return new Change.Put(entry(name, revision));
    }

    private static Change deleted(String name, long revision) {
        return new Change.Deleted(key(name), revision);
    }

    private CachedPrefix listed(long revision, KeyValue... entries) {
        cached.add(List.of(entries));
        cached.listed(revision);
        return cached;
    }

    /** What is told while pages still come in must neither be overwritten by them nor bring back what was deleted. */
    @Test
    void aListingAndTheChangesMeanwhileMakeTheSameStateInEveryOrder() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            CachedPrefix mixed = new CachedPrefix(PREFIX);
            // the state at revision 10: a at 5, b at 6, c at 7; then b deleted, a written, d made, d deleted, e made
            List<KeyValue> page = new ArrayList<>(List.of(entry("a", 5), entry("b", 6), entry("c", 7)));
            List<Change> told = List.of(put("x", 8), deleted("x", 9), deleted("b", 11), put("a", 12), put("d", 13), deleted("d", 14), put("e", 15));
            Collections.shuffle(page, random);
            int at = 0;
            while (at < told.size() || !page.isEmpty()) {
                if (!page.isEmpty() && (at == told.size() || random.nextBoolean())) {
                    mixed.add(List.of(page.removeLast()));
                } else {
                    mixed.apply(List.of(told.get(at)), told.get(at).modRevision());
                    at++;
                }
            }
            mixed.listed(10);
            assertEquals(15, mixed.revision());
            assertEquals(List.of(entry("a", 12), entry("c", 7), entry("e", 15)), mixed.range(PREFIX, Optional.empty(), 100), "seed " + seed);
        }
    }

    @Test
    void whatASlowerWatchTellsLateChangesNothing() {
        listed(10, entry("a", 5));
        cached.apply(List.of(put("a", 12), deleted("b", 13)), 13);
        cached.apply(List.of(put("a", 11), put("b", 12)), 12);
        assertEquals(List.of(entry("a", 12)), cached.range(PREFIX, Optional.empty(), 10));
        assertEquals(13, cached.revision());
    }

    @Test
    void rangesArePagesBelowAPrefixBehindAKey() {
        listed(10, entry("a", 1), entry("b/1", 2), entry("b/2", 3), entry("b/3", 4), entry("c", 5));
        assertEquals(2, cached.range(PREFIX, Optional.empty(), 2).size());
        assertEquals(List.of(entry("b/2", 3), entry("b/3", 4)), cached.range(KeyPrefix.of("/p/b/"), Optional.of(key("b/1")), 10));
        assertEquals(3, cached.range(KeyPrefix.of("/p/b/"), Optional.of(key("a")), 10).size(), "behind a key before the prefix");
        assertEquals(List.of(), cached.range(KeyPrefix.of("/p/bb"), Optional.empty(), 10));
        assertEquals(List.of(entry("c", 5)), cached.range(PREFIX, Optional.of(key("b/9")), 10));
    }

    @Test
    void aComparisonSuspectsWhatDiffersAndNothingThatChangedSince() {
        listed(10, entry("same", 1), entry("older", 2), entry("gone", 3));
        cached.beginCompare();
        cached.apply(List.of(put("newer", 25), deleted("deletedSince", 26), put("same2", 12)), 26);
        List<KeyValue> page = List.of(entry("deletedSince", 9), entry("missing", 8), entry("older", 11), entry("same", 1), entry("same2", 12));
        assertEquals(List.of(key("gone"), key("missing"), key("older")), cached.suspects(Optional.empty(), page, true, 20));
        cached.apply(List.of(put("older", 27)), 27);
        assertTrue(!cached.differs(key("older"), Optional.of(entry("older", 11)), 20), "its event came");
        assertTrue(cached.differs(key("gone"), Optional.empty(), 20));
    }

    @Test
    void aPageSpeaksOfTheKeysUpToItsLastOne() {
        listed(10, entry("a", 1), entry("b", 2), entry("z", 3));
        assertEquals(List.of(key("b"), key("c")), cached.suspects(Optional.empty(), List.of(entry("a", 1), entry("c", 4)), false, 10));
        assertEquals(List.of(key("z")), cached.suspects(Optional.of(key("c")), List.of(), true, 10));
    }

    @Test
    void theMemoryIsCountedAndGivenBack() {
        listed(10, entry("a", 1));
        long one = cached.bytes();
        cached.apply(List.of(put("a", 11), put("b", 12)), 12);
        assertTrue(cached.bytes() > one);
        cached.apply(List.of(deleted("a", 13), deleted("b", 14)), 14);
        assertEquals(0, cached.bytes());
        cached.clear();
        assertEquals(0, cached.revision());
    }
}
