package tombolo.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.Lease;

/**
 * A lease that lives as long as this object: granted, given its time again at a third of it, and granted anew where it has ended all the same (the store was away
 * for longer, the node was asleep). Whoever holds keys by it is told of each grant, and writes them again with the new lease.
 *
 * <pre>
 *  grant ─► granted(lease) ─► keep alive every ⅓ of its time ─► told that it has ended ─► grant …
 *    └ no answer: again after 0.5 s, 1 s, … 10 s                └ no answer: again after 1/12 of its time
 * </pre>
 */
public final class KeptLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeptLease.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final Datastore store;
    private final Duration timeToLive;
    private final Consumer<Lease> granted;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition over = lock.newCondition();
    private boolean closed; // guarded by the lock
    private volatile Optional<Lease> current = Optional.empty();

    /**
     * Starts at once, on a virtual thread of its own.
     *
     * @param timeToLive 3 s to 24 h: what is shorter cannot be kept over a network
     * @param granted    told of each lease, on that thread; it may use the store. What it throws is logged, and the lease is kept
     */
    public KeptLease(Datastore store, Duration timeToLive, Consumer<Lease> granted) {
        if (timeToLive.compareTo(Duration.ofSeconds(3)) < 0 || timeToLive.compareTo(Duration.ofHours(24)) > 0) {
            throw new IllegalArgumentException("a lease to be kept for " + timeToLive + ": 3 s to 24 h");
        }
        this.store = store;
        this.timeToLive = timeToLive;
        this.granted = granted;
        this.thread = Thread.ofVirtual().name("tombolo-lease").start(this::run);
    }

    /** The lease as it was last granted; empty before the first grant, and after the store has said that it ended. */
    public Optional<Lease> current() {
        return current;
    }

    /** Ends the lease and with it its keys, as far as the store can be reached; else they end with its time. Does not wait. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            over.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!isClosed()) {
                Lease lease;
                try {
                    lease = store.grant(timeToLive);
                } catch (DatastoreException e) {
                    LOG.debug("no lease yet: {}", e.getMessage());
                    sleep(pause);
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
                    continue;
                }
                pause = FIRST_PAUSE;
                current = Optional.of(lease);
                tell(lease);
                keep(lease);
                current = Optional.empty();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(Lease lease) {
        try {
            granted.accept(lease);
        } catch (RuntimeException e) {
            LOG.error("TMB-DST-037 what was to be written with lease {} failed; the lease is kept", lease.id(), e);
        }
    }

    /** Until it has ended, or this is closed. */
    private void keep(Lease lease) throws InterruptedException {
        Duration wait = lease.timeToLive().dividedBy(3);
        while (true) {
            sleep(wait);
            if (isClosed()) {
                revoke(lease);
                return;
            }
            try {
                if (!store.keepAlive(lease.id())) {
                    LOG.warn("TMB-DST-038 lease {} has ended, and its keys with it: the store was out of reach for {} or longer. It is granted anew", lease.id(), lease.timeToLive());
                    return;
                }
                wait = lease.timeToLive().dividedBy(3);
            } catch (DatastoreException e) {
                LOG.debug("lease {} is kept alive later: {}", lease.id(), e.getMessage());
                wait = lease.timeToLive().dividedBy(12);
            }
        }
    }

    private void revoke(Lease lease) {
        try {
            store.revoke(lease.id());
        } catch (DatastoreException e) {
            LOG.debug("lease {} ends by itself: {}", lease.id(), e.getMessage());
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void sleep(Duration time) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = time.toNanos();
            while (left > 0 && !closed) {
                left = over.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
