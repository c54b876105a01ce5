package tombolo.dataplane.adapter;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Bounded waiting on a condition, for what other threads and the kernel do. */
final class Eventually {
    /** Most of it is never needed; a machine that does other things too has been seen to need ten seconds. */
    private static final long LIMIT_NANOS = 30_000_000_000L;

    private Eventually() { }

    /** Waits until both are equal; fails with what was last seen. */
    static <T> void equal(T wanted, Supplier<T> seen) {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        T last = seen.get();
        while (!wanted.equals(last)) {
            if (System.nanoTime() - deadline > 0) {
                org.junit.jupiter.api.Assertions.assertEquals(wanted, last);
            }
            LockSupport.parkNanos(2_000_000);
            last = seen.get();
        }
    }
}
