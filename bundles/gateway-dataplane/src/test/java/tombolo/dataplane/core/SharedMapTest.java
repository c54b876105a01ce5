package tombolo.dataplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A sorted map whose versions share what they have in common. */
class SharedMapTest {
    @Test
    void itHoldsWhatASortedMapHoldsAndEveryEarlierVersionStaysAsItWas() {
        long seed = Long.getLong("tombolo.seed", System.nanoTime());
        System.out.println("seed " + seed + " (repeat with -Dtombolo.seed=)");
        Random random = new Random(seed);
        TreeMap<Integer, String> expected = new TreeMap<>();
        SharedMap<Integer, String> map = SharedMap.empty();
        List<Map<Integer, String>> then = new ArrayList<>();
        List<SharedMap<Integer, String>> versions = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            int key = random.nextInt(500);
            if (random.nextInt(step / 2_000 % 2 == 0 ? 3 : 2) == 0) {
                expected.remove(key);
                map = map.without(key);
            } else {
                expected.put(key, "v" + step);
                map = map.with(key, "v" + step);
            }
            assertEquals(expected.get(key), map.get(key), () -> "seed " + seed);
            if (step % 500 == 0) {
                then.add(new TreeMap<>(expected));
                versions.add(map);
            }
        }
        assertEquals(then, versions, () -> "seed " + seed);
        assertEquals(List.copyOf(expected.entrySet()), List.copyOf(map.entrySet()), "in order");
        assertEquals(expected.size(), map.size());
    }

    @Test
    void itStaysShallowWhicheverWayItGrowsAndShrinks() {
        for (int direction : new int[] {1, -1}) {
            SharedMap<Integer, Boolean> map = SharedMap.empty();
            for (int i = 0; i < 10_000; i++) {
                map = map.with(direction * i, true);
            }
            assertTrue(map.depth() <= 26, "2 log2 of 10,000; seen " + map.depth());
            for (int i = 0; i < 9_000; i++) {
                map = map.without(direction * i);
            }
            assertTrue(map.size() == 1_000 && map.depth() <= 20, map.size() + " in " + map.depth());
        }
    }

    @Test
    void nobodyChangesItAndWhatIsNotThereCostsNothing() {
        SharedMap<String, Integer> map = SharedMap.<String, Integer>empty().with("a", 1);
        assertSame(map, map.without("b"));
        assertThrows(UnsupportedOperationException.class, () -> map.put("b", 2));
        assertThrows(UnsupportedOperationException.class, () -> map.keySet().remove("a"));
        assertThrows(UnsupportedOperationException.class, () -> map.entrySet().iterator().next().setValue(2));
        assertThrows(NoSuchElementException.class, () -> SharedMap.<String, Integer>empty().entrySet().iterator().next());
        assertEquals(Map.of("a", 1), map);
    }
}
