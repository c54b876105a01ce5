package tombolo.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatestWishTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Tells what it does, and waits for a permit before it goes on. */
    private static final class Slow implements LatestWish.Work<String> {
        final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        final Semaphore permits = new Semaphore(0);
        volatile boolean unsettled;

        @Override
        public void carryOut(String wish) {
            told.add(wish);
            permits.acquireUninterruptibly();
            if (wish.equals("bad")) {
                throw new IllegalStateException("on purpose");
            }
        }

        @Override
        public boolean unsettled() {
            return unsettled;
        }

        @Override
        public void end() {
            told.add("end");
        }

        String next() throws InterruptedException {
            return Optional.ofNullable(told.poll(30, TimeUnit.SECONDS)).orElse("nothing within 30 s");
        }
    }

    @Test
    void wishesThatAreOvertakenArePassedOverAndAnEqualOneIsNoNewOne() throws Exception {
        Slow work = new Slow();
        try (LatestWish<String> wish = new LatestWish<>("test-wish", Duration.ofHours(1), LIMIT, work)) {
            wish.tell("a");
            assertEquals("a", work.next());
            List.of("b", "c", "d").forEach(wish::tell);
            assertEquals(Optional.of("d"), wish.last());
            work.permits.release(10);
            assertEquals("d", work.next());
            wish.tell("d");
            wish.tell("e");
            assertEquals("e", work.next());
        }
        assertEquals("end", work.next());
        assertTrue(work.told.isEmpty());
    }

    @Test
    void whatIsUnsettledIsCarriedOutAgainAndAFailureEndsNothing() throws Exception {
        Slow work = new Slow();
        work.permits.release(1000);
        work.unsettled = true;
        try (LatestWish<String> wish = new LatestWish<>("test-wish", Duration.ofMillis(1), LIMIT, work)) {
            wish.tell("bad");
            assertEquals("bad", work.next());
            assertEquals("bad", work.next());
            work.unsettled = false;
            wish.tell("good");
            String next = work.next();
            while (next.equals("bad")) {
                next = work.next();
            }
            assertEquals("good", next);
        }
    }
}
