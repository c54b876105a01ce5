package tombolo.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what was wished last, on a virtual thread of its own, where that may take long: whoever wishes never waits, and wishes that were overtaken are passed over.
 *
 * <pre>
 *  any thread ── tell(wish) ──► [ the last one ] ──► carryOut(wish) │ unsettled(): carryOut once more, after a while │ end()
 * </pre>
 *
 * @param <T> equal by value: a wish that equals the one carried out last is no new one
 */
public final class LatestWish<T> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LatestWish.class);

    /** What is done about a wish; all of it on the one thread. */
    public interface Work<T> {
        /** Makes it so; one that throws is logged, and asked for again where it is unsettled. */
        void carryOut(T wish);

        /** Whether the last wish is to be carried out once more though there is no new one. Asked from time to time. */
        default boolean unsettled() {
            return false;
        }

        /** Undoes all of it. Once, at the end. */
        void end();
    }

    private final String name;
    private final Duration again;
    private final Duration closeLimit;
    private final Work<T> work;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // guarded by the lock
    private @Nullable T wanted;
    private boolean closed;

    /**
     * Starts the thread.
     *
     * @param again      how often what is unsettled is tried
     * @param closeLimit how long {@link #close} waits for the end
     */
    public LatestWish(String name, Duration again, Duration closeLimit, Work<T> work) {
        this.name = name;
        this.again = again;
        this.closeLimit = closeLimit;
        this.work = work;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
        this.thread.start();
    }

    /** Returns at once. Any thread. */
    public void tell(T wish) {
        lock.lock();
        try {
            wanted = wish;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What was told last. Any thread. */
    public Optional<T> last() {
        lock.lock();
        try {
            return Optional.ofNullable(wanted);
        } finally {
            lock.unlock();
        }
    }

    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the work and waits for that, up to the limit. Idempotent; not from the work itself. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            if (!thread.join(closeLimit)) {
                LOG.error("TMB-RUN-004 {}: did not end within {} s; look at its disk or its connection", name, closeLimit.toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        Optional<T> done = Optional.empty();
        try {
            for (Optional<T> next = next(done); next.isPresent(); next = next(done)) {
                done = next;
                guarded(next.get());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody's business but an end's
        } finally {
            work.end();
        }
    }

    private void guarded(T wish) {
        try {
            work.carryOut(wish);
        } catch (RuntimeException e) {
            LOG.error("TMB-RUN-005 {}: {} was not carried out", name, wish, e);
        }
    }

    /** What is to be carried out now; empty: closed. */
    private Optional<T> next(Optional<T> done) throws InterruptedException {
        while (true) {
            lock.lockInterruptibly();
            try {
                if (closed) {
                    return Optional.empty();
                }
                T wish = wanted;
                if (wish != null && !done.equals(Optional.of(wish))) {
                    return Optional.of(wish);
                }
                boolean over = !changed.await(again.toNanos(), TimeUnit.NANOSECONDS);
                if (!over) {
                    continue;
                }
            } finally {
                lock.unlock();
            }
            // outside the lock: it may take locks of its own, whose holders tell wishes
            if (done.isPresent() && work.unsettled()) {
                return last();
            }
        }
    }
}
