package tombolo.policy.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tombolo.api.selector.Selector;

class MatchIndexTest {
    private static final long PATIENCE_NANOS = 20_000_000_000L;

    private final MatchIndex<String> index = new MatchIndex<>((_, _, _) -> { });

    @Test
    void aSelectorThatNobodyAsksForIsNotHeldByThingsThatAreGone() {
        WeakReference<Selector> gone = watchedAndGone();
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (gone.get() != null && System.nanoTime() - deadline < 0) {
            System.gc();
            LockSupport.parkNanos(1_000_000);
        }
        assertTrue(gone.get() == null);
        assertEquals(List.of(), List.copyOf(index.add(Selector.parse("a == 'gone'"))));
    }

    private WeakReference<Selector> watchedAndGone() {
        Selector selector = Selector.parse("a == 'gone'");
        index.put("thing", new Traits(Map.of("a", "gone"), List.of()));
        assertEquals(List.of("thing"), List.copyOf(index.add(selector)));
        index.remove("thing");
        index.remove(selector);
        return new WeakReference<>(selector);
    }
}
