package tombolo.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoopTest {
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @Test
    void tasksRunInTheOrderOfTheirOffersOnOneThread() {
        try (Loop loop = new Loop("test", 1000)) {
            List<Integer> seen = new ArrayList<>();
            IntStream.range(0, 500).forEach(i -> assertTrue(loop.offer(() -> seen.add(i))));
            assertEquals(IntStream.range(0, 500).boxed().toList(), loop.ask(() -> List.copyOf(seen), LIMIT));
        }
    }

    @Test
    void aFullMailboxRefusesInsteadOfGrowing() throws InterruptedException {
        try (Loop loop = new Loop("test", 2)) {
            CountDownLatch entered = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            loop.offer(() -> {
                entered.countDown();
                awaitQuietly(release);
            });
            assertTrue(entered.await(5, TimeUnit.SECONDS));
            assertTrue(loop.offer(() -> { }));
            assertTrue(loop.offer(() -> { }));
            assertFalse(loop.offer(() -> { }));
            release.countDown();
        }
    }

    @Test
    void aTaskThatThrowsDoesNotStopTheLoop() {
        try (Loop loop = new Loop("test", 10)) {
            loop.offer(() -> {
                throw new IllegalStateException("on purpose");
            });
            assertEquals(7, loop.ask(() -> 7, LIMIT));
        }
    }

    @Test
    void timersFireInTheOrderOfTheirTimesAndACancelledOneDoesNot() throws InterruptedException {
        try (Loop loop = new Loop("test", 10)) {
            List<String> seen = new ArrayList<>();
            CountDownLatch done = new CountDownLatch(1);
            loop.schedule(Duration.ofMillis(60), () -> {
                seen.add("late");
                done.countDown();
            });
            loop.schedule(Duration.ofMillis(5), () -> seen.add("early"));
            loop.schedule(Duration.ofMillis(30), () -> seen.add("cancelled")).cancel();
            assertTrue(done.await(5, TimeUnit.SECONDS));
            assertEquals(List.of("early", "late"), loop.ask(() -> List.copyOf(seen), LIMIT));
        }
    }

    @Test
    void theWorkerRunsUntilItHasNothingLeftAndTasksGetInBetween() throws InterruptedException {
        try (Loop loop = new Loop("test", 10)) {
            AtomicInteger left = new AtomicInteger(1000);
            CountDownLatch done = new CountDownLatch(1);
            loop.worker(() -> {
                if (left.decrementAndGet() == 500) {
                    loop.offer(done::countDown);
                }
                return left.get() > 0;
            });
            loop.wake();
            assertTrue(done.await(5, TimeUnit.SECONDS));
            while (left.get() > 0) {
                Thread.onSpinWait();
            }
            assertEquals(0, loop.ask(left::get, LIMIT));
        }
    }

    @Test
    void closingRunsWhatIsQueuedAndThenRefuses() {
        AtomicInteger ran = new AtomicInteger();
        Loop loop = new Loop("test", 100);
        IntStream.range(0, 50).forEach(i -> loop.offer(ran::incrementAndGet));
        loop.close();
        assertEquals(50, ran.get());
        assertFalse(loop.offer(ran::incrementAndGet));
        assertThrows(IllegalStateException.class, () -> loop.ask(() -> 1, LIMIT));
    }

    @Test
    void aRegionIsTakenOnceAndOnlyByTheSameLayout() {
        StateKeeper keeper = new StateKeeper();
        keeper.put("bgp", new StateKeeper.Region(1, Map.of("size", 3L), Map.of("keys", new long[][] {{1, 2, 3}})));
        assertTrue(keeper.take("bgp", 1).isPresent());
        assertTrue(keeper.take("bgp", 1).isEmpty());
        keeper.put("bgp", new StateKeeper.Region(1, Map.of(), Map.of()));
        assertTrue(keeper.take("bgp", 2).isEmpty());
        assertTrue(keeper.take("bgp", 1).isEmpty());
    }

    @Test
    void aRegionRefusesObjectsThatWouldKeepABundleReachable() {
        assertThrows(IllegalArgumentException.class, () -> new StateKeeper.Region(1, Map.of(), Map.of("names", new String[] {"x"})));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
