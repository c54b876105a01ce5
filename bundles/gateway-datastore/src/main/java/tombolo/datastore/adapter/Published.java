package tombolo.datastore.adapter;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import tombolo.api.datastore.Change;
import tombolo.api.datastore.KeyPrefix;
import tombolo.datastore.core.History;
import tombolo.datastore.core.StoreState;
import tombolo.datastore.core.Tree;

/** What readers and watchers see: the durable state and the history up to it. Any thread. */
final class Published {
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Waiter> waiters = new HashSet<>();
    private final History history;
    private volatile StoreState state;
    private volatile boolean closed;

    Published(StoreState state, History history) {
        this.state = state;
        this.history = history;
    }

    /** A watch that has read all there is. It is woken by what it watches, not by every write: waking thirty of them would cost more than the write itself. */
    private static final class Waiter {
        private final KeyPrefix prefix;
        private final Condition due;
        /** Up to there is nothing of the prefix. */
        private long upTo;
        private boolean isDue;

        Waiter(KeyPrefix prefix, long revision, Condition due) {
            this.prefix = prefix;
            this.upTo = revision;
            this.due = due;
        }

        void look(List<StoreState.Next> steps) {
            for (int i = 0; !isDue && i < steps.size(); i++) {
                StoreState.Next step = steps.get(i);
                if (step.state().revision() > upTo) {
                    if (touches(step)) {
                        isDue = true;
                        due.signal();
                    } else {
                        upTo = step.state().revision();
                    }
                }
            }
        }

        private boolean touches(StoreState.Next step) {
            for (Change change : step.changes()) {
                if (change.key().startsWith(prefix)) {
                    return true;
                }
            }
            return false;
        }
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
            waiters.forEach(waiter -> waiter.look(steps));
        } finally {
            lock.unlock();
        }
    }

    void compact(long revision) {
        lock.lock();
        try {
            history.compact(revision); // who waits has read all of it
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

    /** Waits until there is something of the prefix after that revision, or it is forgotten, or the store, the time or the watch is over. Then says what. */
    History.Answer after(long revision, KeyPrefix prefix, int maxRevisions, Duration limit, BooleanSupplier stop) throws InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            if (history.newest() > revision) {
                return history.after(revision, prefix, maxRevisions);
            }
            Waiter waiter = new Waiter(prefix, revision, lock.newCondition());
            waiters.add(waiter);
            try {
                while (!waiter.isDue && left > 0 && !closed && !stop.getAsBoolean()) {
                    left = waiter.due.awaitNanos(left);
                }
            } finally {
                waiters.remove(waiter);
            }
            return waiter.isDue ? history.after(waiter.upTo, prefix, maxRevisions) : new History.Answer.Changes(waiter.upTo, List.of());
        } finally {
            lock.unlock();
        }
    }

    /** Lets every watch look at its stop condition. */
    void wake() {
        lock.lock();
        try {
            waiters.forEach(waiter -> waiter.due.signal());
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            waiters.forEach(waiter -> waiter.due.signal());
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        return closed;
    }
}
