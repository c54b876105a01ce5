package tombolo.api.datastore.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Change;
import tombolo.api.datastore.ChangeBatch;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.WatchEnd;
import tombolo.api.datastore.WatchListener;

/** Keeps what a watch said, and the state that follows from it. */
public final class RecordingListener implements WatchListener {
    private final List<ChangeBatch> batches = new ArrayList<>();
    private final Map<Key, Bytes> state = new TreeMap<>();
    private long reached;
    private Optional<WatchEnd> end = Optional.empty();
    private boolean inCall;
    private boolean held;

    @Override
    public synchronized void changed(ChangeBatch batch) {
        enter();
        batches.add(batch);
        for (Change change : batch.changes()) {
            switch (change) {
                case Change.Put put -> state.put(put.key(), put.entry().value());
                case Change.Deleted deleted -> state.remove(deleted.key());
            }
        }
        reached(batch.revision());
        leave();
    }

    @Override
    public synchronized void bookmark(long revision) {
        enter();
        reached(revision);
        leave();
    }

    @Override
    public synchronized void ended(WatchEnd how) {
        enter();
        if (end.isPresent()) {
            throw new AssertionError("ended twice");
        }
        end = Optional.of(how);
        leave();
    }

    /** Keeps the watch's thread in its next call until {@link #release}. */
    public synchronized void hold() {
        held = true;
    }

    public synchronized void release() {
        held = false;
        notifyAll();
    }

    public synchronized List<ChangeBatch> batches() {
        return List.copyOf(batches);
    }

    public synchronized Map<Key, Bytes> state() {
        return new TreeMap<>(state);
    }

    public synchronized long reached() {
        return reached;
    }

    public synchronized Optional<WatchEnd> end() {
        return end;
    }

    /** Waits until the condition holds; it is asked after every call of the watch. */
    public synchronized RecordingListener await(String what, Duration limit, Predicate<RecordingListener> condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.test(this)) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new AssertionError("not within " + limit + ": " + what + "; reached " + reached + ", ended " + end + ", " + batches.size() + " batches");
            }
            pause(left);
        }
        return this;
    }

    private void enter() {
        if (inCall) {
            throw new AssertionError("two calls at once");
        }
        inCall = true;
        while (held) {
            pause(60_000);
        }
    }

    private void leave() {
        inCall = false;
        notifyAll();
    }

    private void reached(long revision) {
        if (revision < reached) {
            throw new AssertionError("revision " + revision + " after " + reached);
        }
        reached = revision;
    }

    private void pause(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
