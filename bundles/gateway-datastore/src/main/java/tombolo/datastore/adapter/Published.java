package tombolo.datastore.adapter;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import tombolo.api.datastore.KeyPrefix;
import tombolo.datastore.core.History;
import tombolo.datastore.core.StoreState;
import tombolo.datastore.core.Tree;

/** What readers and watchers see: the durable state and the history up to it. Any thread. */
final class Published {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
    private final History history;
    private volatile StoreState state;
    private volatile boolean closed;

    Published(StoreState state, History history) {
        this.state = state;
        this.history = history;
    }

    StoreState state() {
        return state;
    }

    /** Takes the steps up to a new durable state. */
    void advance(StoreState durable, List<StoreState.Next> steps) {
        lock.lock();
        try {
            steps.forEach(history::append);
            state = durable;
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void compact(long revision) {
        lock.lock();
        try {
            history.compact(revision);
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    long oldest() {
        lock.lock();
        try {
            return history.oldest();
        } finally {
            lock.unlock();
        }
    }

    Optional<Tree> at(long revision) {
        lock.lock();
        try {
            return history.at(revision);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is something after that revision, or it is forgotten, or the store, the time or the watch is over. Then says what. */
    History.Answer after(long revision, KeyPrefix prefix, int maxRevisions, Duration limit, BooleanSupplier stop) throws InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (history.newest() <= revision && left > 0 && !closed && !stop.getAsBoolean()) {
                left = advanced.awaitNanos(left);
            }
            return history.after(revision, prefix, maxRevisions);
        } finally {
            lock.unlock();
        }
    }

    /** Lets every watch look at its stop condition. */
    void wake() {
        lock.lock();
        try {
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        return closed;
    }
}
