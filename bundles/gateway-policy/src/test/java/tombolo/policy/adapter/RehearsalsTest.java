package tombolo.policy.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When plans are made, and for how long. */
class RehearsalsTest {
    private static final long MEBI = 1L << 20;
    private final AtomicLong free = new AtomicLong(200 * MEBI);
    private final AtomicLong nanos = new AtomicLong();
    private final Rehearsals rehearsals = new Rehearsals(free::get, nanos::get);

    private String refused(long needed) {
        return assertThrows(IllegalArgumentException.class, () -> rehearsals.one(() -> needed, _ -> 0)).getMessage();
    }

    @Test
    void whatWouldTakeTheHeapThatTheNodeNeedsIsRefusedWithWhatToDo() {
        assertTrue(refused(137 * MEBI).startsWith("TMB-POL-055 to hold the policy anew takes about 137 MiB of heap, and 136 MiB are free beside what the node needs. Give the node more (TOMBOLO_HEAP)"));
        assertEquals("7", rehearsals.one(() -> 136 * MEBI, _ -> "7"));
        free.set(0);
        assertTrue(refused(MEBI).contains("and 0 MiB are free"));
    }

    @Test
    void oneIsMadeAtATimeAndAnotherIsRefusedUntilItHasAnswered() {
        assertTrue(rehearsals.one(() -> 0L, _ -> refused(0)).startsWith("TMB-POL-054 another policy:plan or policy:pairs is under way"));
        assertThrows(IllegalStateException.class, () -> rehearsals.one(() -> 0L, _ -> {
            throw new IllegalStateException("a failure");
        }));
        assertEquals("1", rehearsals.one(() -> 0L, _ -> "1"), "also behind one that failed");
    }

    @Test
    void itsTimeIsOverBehindTenSecondsOrWhereItsThreadIsInterrupted() {
        rehearsals.one(() -> 0L, late -> {
            nanos.addAndGet(10_000_000_000L);
            assertFalse(late.getAsBoolean());
            nanos.addAndGet(1);
            assertTrue(late.getAsBoolean());
            return 0;
        });
        rehearsals.one(() -> 0L, late -> {
            assertFalse(late.getAsBoolean());
            Thread.currentThread().interrupt();
            assertTrue(late.getAsBoolean());
            return Thread.interrupted();
        });
    }

    @Test
    void aSmallPolicyIsMadeAnewInAnyHeap() {
        assertEquals("1", new Rehearsals().one(() -> MEBI, _ -> "1"));
    }
}
