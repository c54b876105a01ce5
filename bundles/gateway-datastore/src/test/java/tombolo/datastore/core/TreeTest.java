package tombolo.datastore.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;

class TreeTest {
    @Test
    void agreesWithASortedMapUnderRandomChangesAndOldTreesStayAsTheyWere() {
        long seed = System.nanoTime();
        System.out.println("TreeTest seed " + seed);
        Random random = new Random(seed);
        TreeMap<Key, KeyValue> model = new TreeMap<>();
        Tree tree = Tree.EMPTY;
        Tree old = tree;
        List<KeyValue> oldContent = List.of();
        for (int step = 1; step <= 20_000; step++) {
            Key key = Key.of("/" + (char) ('a' + random.nextInt(4)) + "/" + random.nextInt(500));
            if (random.nextInt(3) == 0) {
                tree = tree.without(key);
                model.remove(key);
            } else {
                KeyValue entry = new KeyValue(key, Bytes.of(new byte[random.nextInt(5)]), 1, step, 1, OptionalLong.empty());
                tree = tree.with(entry);
                model.put(key, entry);
            }
            assertEquals(Optional.ofNullable(model.get(key)), tree.get(key));
            if (step % 500 == 0) {
                assertTrue(tree.isBalanced());
                assertEquals(oldContent, old.range(KeyPrefix.ALL, Optional.empty(), Integer.MAX_VALUE));
                assertEquals(model.size(), tree.size());
                assertEquals(model.values().stream().mapToLong(e -> e.key().text().length() + e.value().size()).sum(), tree.bytes());
                checkRanges(random, model, tree);
                old = tree;
                oldContent = List.copyOf(model.values());
                assertEquals(oldContent, Tree.of(oldContent).range(KeyPrefix.ALL, Optional.empty(), Integer.MAX_VALUE));
                assertTrue(Tree.of(oldContent).isBalanced());
            }
        }
    }

    private static void checkRanges(Random random, TreeMap<Key, KeyValue> model, Tree tree) {
        for (String prefix : List.of("/", "/a", "/a/", "/b/1", "/c/49", "/d/499", "/e", "/a/0/")) {
            Optional<Key> after = random.nextBoolean() ? Optional.empty() : Optional.of(Key.of("/" + (char) ('a' + random.nextInt(4)) + "/" + random.nextInt(500)));
            int limit = 1 + random.nextInt(50);
            List<KeyValue> wanted = new ArrayList<>();
            model.values().stream().filter(e -> e.key().text().startsWith(prefix) && (after.isEmpty() || e.key().compareTo(after.get()) > 0)).limit(limit).forEach(wanted::add);
            assertEquals(wanted, tree.range(KeyPrefix.of(prefix), after, limit), prefix + " after " + after);
        }
    }
}
