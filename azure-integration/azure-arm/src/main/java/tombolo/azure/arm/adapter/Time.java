package tombolo.azure.arm.adapter;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The two clocks, and waiting. */
interface Time {
    /** Monotonic. */
    long nanos();

    /** For people and for other machines. */
    Instant now();

    /** Waits. @return false where the client was closed meanwhile */
    boolean pause(Duration length) throws InterruptedException;

    /** The machine's. @param closed counted down when whoever waits shall stop */
    static Time ofMachine(CountDownLatch closed) {
        return new Time() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Instant now() {
                return Instant.now();
            }

            @Override
            public boolean pause(Duration length) throws InterruptedException {
                return !closed.await(length.toNanos(), TimeUnit.NANOSECONDS);
            }
        };
    }

    /** A moment after which nobody waits any more. */
    record Deadline(Time time, long endNanos) {
        static Deadline in(Time time, Duration length) {
            return new Deadline(time, time.nanos() + length.toNanos());
        }

        Duration left() {
            return Duration.ofNanos(Math.max(0, endNanos - time.nanos()));
        }

        boolean over() {
            return endNanos - time.nanos() <= 0;
        }
    }
}
