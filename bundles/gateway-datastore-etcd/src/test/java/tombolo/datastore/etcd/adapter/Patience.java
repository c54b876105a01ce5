package tombolo.datastore.etcd.adapter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import tombolo.api.datastore.DatastoreException;

/** Bounded waiting for what another process does. */
final class Patience {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private Patience() { }

    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("waited in vain until " + what);
            }
            pause();
        }
    }

    /** What was refused for certain is asked again: etcd may just be coming back. */
    static <T> T untilAccepted(Supplier<T> request) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                return request.get();
            } catch (DatastoreException e) {
                if (e.applied() != DatastoreException.Applied.NO || System.nanoTime() - end > 0) {
                    throw e;
                }
                pause();
            }
        }
    }

    static void pause() throws InterruptedException {
        boolean never = new CountDownLatch(1).await(20, TimeUnit.MILLISECONDS);
        if (never) {
            throw new AssertionError("nobody counts down");
        }
    }
}
