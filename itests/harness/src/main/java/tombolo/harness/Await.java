package tombolo.harness;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition, never for a time. */
public final class Await {
    /** Between two looks at a condition. Most conditions ask a daemon through a program, which costs some milliseconds by itself. */
    private static final Duration INTERVAL = Duration.ofMillis(50);

    private Await() { }

    /** Returns once {@code condition} holds; throws with {@code what} when it does not within {@code limit}. */
    public static void until(Duration limit, String what, BooleanSupplier condition) {
        until(limit, () -> what, condition);
    }

    /** As above; {@code what} is asked for at the end, so that it can say what was seen instead. */
    public static void until(Duration limit, Supplier<String> what, BooleanSupplier condition) {
        if (!holdsWithin(limit, condition)) {
            throw new HarnessException("not within " + limit.toMillis() + " ms: " + what.get());
        }
    }

    /** Whether {@code condition} comes to hold within {@code limit}. */
    public static boolean holdsWithin(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            if (condition.getAsBoolean()) {
                return true;
            }
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            LockSupport.parkNanos(INTERVAL.toNanos());
        }
    }

    /** Whether {@code condition} holds at every look during {@code span}: for what must not happen. */
    public static boolean staysFor(Duration span, BooleanSupplier condition) {
        return !holdsWithin(span, () -> !condition.getAsBoolean());
    }

    /** The first value that {@code source} gives within {@code limit}. */
    public static <T> T value(Duration limit, String what, Supplier<Optional<T>> source) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> found = source.get();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() - end >= 0) {
                throw new HarnessException("not within " + limit.toMillis() + " ms: " + what);
            }
            LockSupport.parkNanos(INTERVAL.toNanos());
        }
    }
}
