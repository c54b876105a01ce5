package tombolo.policy.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.resource.Resource;
import tombolo.policy.core.Cluster;

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

    /** The pools of the node's collector: what is new is almost all garbage, and what is old almost none. */
    @Test
    void ofNewObjectsWhatTheLastCollectionLeftCountsAndOfOldOnesWhatIsThere() {
        MemoryUsage none = new MemoryUsage(0, 0, 0, -1);
        MemoryUsage some = new MemoryUsage(0, 100 * MEBI, 100 * MEBI, -1);
        assertEquals(0, Rehearsals.used("Eden Space", some, Optional.of(none)));
        assertEquals(100 * MEBI, Rehearsals.used("Survivor Space", none, Optional.of(some)));
        assertEquals(100 * MEBI, Rehearsals.used("Tenured Gen", some, Optional.of(none)), "promoted since");
        assertEquals(100 * MEBI, Rehearsals.used("ZHeap", some, Optional.empty()));
    }

    @Test
    void whatThePacketFilterWouldHaveAndTheDocumentsOfThePlanWeighToo() {
        Cluster cluster = new Cluster();
        long empty = Rehearsals.weight(cluster.engine, 102_000, OptionalInt.of(0));
        assertTrue(empty > 20 * MEBI && empty < 39 * MEBI, "engine and table of 102,000 resources took 30 MB: " + empty);
        assertTrue(Rehearsals.weight(cluster.engine, 102_000, OptionalInt.of(65_536)) - empty > 20 * MEBI, "of one policy, as many as there may be");
        Resource nets = Cluster.read("GlobalNetworkSet", "'name':'many'", "'nets':[" + IntStream.range(0, 1000).mapToObj(i -> "'10.0." + i / 256 + "." + i % 256 + "/32'").collect(Collectors.joining(",")) + "]", 1);
        Resource policy = Cluster.read("GlobalNetworkPolicy", "'name':'long'", "'ingress':[" + "{'action':'Allow'},".repeat(999) + "{'action':'Deny'}]", 1);
        assertTrue(Rehearsals.weight(List.of(nets)) > 400_000);
        assertTrue(Rehearsals.weight(List.of(nets, policy)) - Rehearsals.weight(List.of(nets)) > 3_000_000);
    }

    @Test
    void aPlanAndAQuestionForAllPairsAreRefusedWhereThereIsNoRoom(@TempDir Path net) {
        try (PolicyNode node = new PolicyNode(Optional.empty(), net, new Rehearsals(() -> 0, nanos::get))) {
            for (Executable question : List.<Executable>of(() -> node.plan(List.of(), List.of()), () -> node.pairs(Optional.empty(), Optional.empty()))) {
                assertTrue(assertThrows(IllegalArgumentException.class, question).getMessage().startsWith("TMB-POL-055 "));
            }
        }
    }
}
