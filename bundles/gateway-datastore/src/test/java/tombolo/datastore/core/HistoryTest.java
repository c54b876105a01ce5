package tombolo.datastore.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.datastore.core.Mutation.Write;

class HistoryTest {
    private static final int UNBOUNDED = 1 << 30;
    /** Of a key, with {@link #key}: as long as those of Calico's layout. */
    private static final String PATH = "/calico/resources/v3/projectcalico.org/workloadendpoints/default/node-1-";

    private StoreState state = StoreState.EMPTY;
    private History history = new History(1, UNBOUNDED, state);

    private static Key key(int number) {
        return Key.of(PATH + String.format("%08d", number));
    }

    private static Write put(int number, int bytes) {
        return new Write.Put(key(number), Bytes.of(new byte[bytes]), OptionalLong.empty());
    }

    private void commit(List<Write> writes) {
        StoreState.Next next = state.apply(new Mutation.Commit(state.revision() + 1, writes));
        state = next.state();
        history.append(next);
    }

    /** So many keys, before the history begins. */
    private void hold(int keys, int valueBytes, int maxSteps, long maxBytes) {
        for (int i = 0; i < keys; i++) {
            commit(List.of(put(i, valueBytes)));
        }
        history = new History(maxSteps, maxBytes, state);
    }

    @Test
    void theTreesOfSmallChangesCountThoughTheirValuesAreEmpty() {
        hold(1000, 0, 1 << 15, 1 << 20);
        for (int i = 0; i < 10_000; i++) {
            commit(List.of(put(i % 1000, 0)));
        }
        assertTrue(history.bytes() <= 1 << 20, history.bytes() + " bytes");
        long kept = history.newest() - history.oldest();
        assertTrue(kept > 500 && kept < 3000, kept + " changes of some 700 bytes are in 1 MiB");
    }

    @Test
    void whatAChangePutsAnEndToCountsAndNotWhatItPutsInPlace() {
        hold(100, 10_000, 1 << 15, 200_000);
        for (int i = 0; i < 100; i++) {
            commit(List.of(i % 2 == 0 ? put(i, 0) : new Write.Delete(key(i))));
        }
        long kept = history.newest() - history.oldest();
        assertTrue(kept >= 10 && kept < 20, kept + " values of 10,000 bytes are in 200,000");
        for (int i = 0; i < 50; i++) {
            commit(List.of(put(1000 + i, 10_000)));
        }
        assertTrue(history.newest() - history.oldest() > 50, "what is in the newest state anyway costs the history nothing");
    }

    @Test
    void aWatcherBehindWhatTheBytesHoldIsToldThatItsHistoryIsCompacted() {
        hold(10, 0, 1 << 15, 100_000);
        long start = history.newest();
        for (int i = 0; i < 1000; i++) {
            commit(List.of(put(i % 10, 100)));
        }
        assertEquals(new History.Answer.Compacted(history.oldest()), history.after(start, KeyPrefix.ALL, 10));
        History.Answer.Changes rest = assertInstanceOf(History.Answer.Changes.class, history.after(history.oldest(), KeyPrefix.ALL, UNBOUNDED));
        assertEquals(10, rest.changes().size());
        assertEquals(state.revision(), rest.revision());
        assertEquals(state.tree().get(key(7)), history.at(history.newest()).orElseThrow().get(key(7)));
    }

    @Test
    void theLastStepIsKeptWhateverItTakes() {
        hold(10, 10_000, 1 << 15, 1000);
        commit(List.of(put(0, 0)));
        commit(List.of(put(1, 0)));
        assertEquals(history.newest() - 1, history.oldest());
    }

    /** The claim of StoreLimits.DEFAULT: 32 MiB are some 29 seconds of 1,000 small changes. */
    @Test
    void thirtyTwoMebibytesAreHalfAMinuteOfAThousandSmallChangesASecond() {
        hold(10_000, 200, 1 << 15, 1 << 25);
        for (int i = 0; i < 40_000; i++) {
            commit(List.of(put((int) (i * 7919L % 10_000), 200)));
        }
        long kept = history.newest() - history.oldest();
        assertTrue(kept > 27_000 && kept < 31_000, kept + " changes");
    }

    @Test
    void theEstimateIsNearWhatTheHeapHoldsForChangesOneByOne() {
        nearTheHeap(() -> {
            hold(10_000, 200, 1 << 15, UNBOUNDED);
            for (int i = 0; i < 20_000; i++) {
                commit(List.of(put((int) (i * 7919L % 10_000), 200)));
            }
        });
    }

    @Test
    void theEstimateIsNearWhatTheHeapHoldsForManyChangesAtOnceAndDeletions() {
        nearTheHeap(() -> {
            hold(10_000, 50, 1 << 15, UNBOUNDED);
            for (int i = 0; i < 400; i++) {
                List<Write> writes = new ArrayList<>();
                for (int k = 0; k < 100; k++) {
                    int number = (int) ((i * 100L + k) * 7919L % 10_000);
                    writes.add(i / 100 % 2 == 0 ? new Write.Delete(key(number)) : put(number, 50));
                }
                commit(writes);
            }
        });
    }

    /** Once more where it is not: what other threads of this JVM let go of meanwhile counts as well. */
    private void nearTheHeap(Runnable filling) {
        for (boolean again = true;; again = false) {
            state = StoreState.EMPTY;
            history = new History(1, UNBOUNDED, state);
            filling.run();
            long estimate = history.bytes();
            long held = heldByHistory();
            String seen = "estimated " + estimate + " bytes, the heap gave back " + held;
            System.out.println("HistoryTest: " + seen);
            boolean near = held > 10 << 20 && estimate > held / 2 && estimate < held * 2;
            if (near || !again) {
                assertTrue(held > 10 << 20, "too little to measure: " + held);
                assertTrue(near, seen);
                return;
            }
        }
    }

    private long heldByHistory() {
        long with = used();
        Reference.reachabilityFence(history);
        history = new History(1, UNBOUNDED, state); // the newest state stays
        long held = with - used();
        Reference.reachabilityFence(state);
        return held;
    }

    /** The heap in use when nothing more can be collected. */
    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int unchanged = 0; unchanged < 3; unchanged++) {
            System.gc();
            long now = runtime.totalMemory() - runtime.freeMemory();
            if (now < least - 100_000) {
                unchanged = 0;
            }
            least = Math.min(least, now);
        }
        return least;
    }
}
