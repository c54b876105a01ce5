package tombolo.datastore.etcd.adapter;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.Change;
import tombolo.api.datastore.ChangeBatch;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchEnd;
import tombolo.api.datastore.WatchListener;
import tombolo.api.datastore.WatchRequest;

/**
 * A watch: jetcd's thread merges events by key into what waits; a virtual thread gives that to the listener. A stream that breaks is opened again after the last
 * revision seen, with a growing pause: jetcd itself ends a watch when its connection is closed.
 */
final class EtcdWatch implements Watch {
    private static final Logger LOG = LoggerFactory.getLogger(EtcdWatch.class);
    /** Keys that may wait for a slow listener; past it the watch ends, and its listener lists again. */
    private static final int MAX_PENDING = 10_000;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** etcd says "permission denied" of an expired login too; so often it is believed to be one. */
    private static final int MAX_REFUSALS = 3;

    /** Who else hears what this watch hears, at once; called with the lock of the watch. */
    @FunctionalInterface
    interface Told {
        void changed(List<Change> changes, long revision);
    }

    private final EtcdLink link;
    private final WatchRequest request;
    private final WatchListener listener;
    private final Runnable whenOver;
    private final Told told;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition something = lock.newCondition();

    // guarded by the lock
    private Map<Key, Change> pending = new HashMap<>();
    private long pendingRevision;
    private long progress;
    private @Nullable WatchEnd end;
    private boolean closed;
    private int stream;
    private int refusals;
    private boolean hurry;
    private Duration pause = FIRST_PAUSE;

    private volatile io.etcd.jetcd.Watch.@Nullable Watcher watcher;

    EtcdWatch(EtcdLink link, WatchRequest request, WatchListener listener, Runnable whenOver, Told told) {
        this.link = link;
        this.request = request;
        this.listener = listener;
        this.whenOver = whenOver;
        this.told = told;
        this.pendingRevision = request.afterRevision();
        this.thread = Thread.ofVirtual().name("tombolo-watch " + request.prefix()).unstarted(this::run);
    }

    void start() {
        thread.start();
        open(0, request.afterRevision());
    }

    /**
     * Opens a stream; answers of others do not count any more. jetcd calls back under a lock of its own, and takes that lock where a watcher is closed: nothing of
     * jetcd is called with ours.
     */
    private void open(int number, long after) {
        ByteSequence prefix = Wire.bytes(request.prefix().text());
        // with a leader: a member that has lost its majority ends the stream instead of leaving it silent
        WatchOption option = WatchOption.builder().withRevision(after + 1).withRange(Wire.end(prefix)).withProgressNotify(true).withRequireLeader(true).build();
        io.etcd.jetcd.Watch.Watcher opened;
        try {
            opened = link.client().getWatchClient().watch(prefix, option,
                    io.etcd.jetcd.Watch.listener(response -> take(number, response), failure -> failed(number, failure), () -> { }));
        } catch (DatastoreException | IllegalStateException | io.etcd.jetcd.common.exception.EtcdException e) {
            failed(number, e); // no connection yet, or one that was closed meanwhile
            return;
        }
        boolean wanted;
        lock.lock();
        try {
            wanted = number == stream && !closed && end == null;
            if (wanted) {
                watcher = opened;
            }
        } finally {
            lock.unlock();
        }
        if (!wanted) {
            opened.close();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            something.signalAll();
        } finally {
            lock.unlock();
        }
        stopStream();
    }

    /** The connection is another one. */
    void reconnect() {
        int number;
        lock.lock();
        try {
            number = stream;
            hurry = true;
            something.signalAll();
        } finally {
            lock.unlock();
        }
        Thread.ofVirtual().name("tombolo-watch-reconnect " + request.prefix()).start(() -> connectAgain(number));
    }

    /** etcd is back: a stream that is broken need not wait. */
    void hurry() {
        lock.lock();
        try {
            hurry = true;
            something.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Something that was to be told never came: the listener must list again. */
    void eventsLost(long oldest) {
        over(new WatchEnd.Compacted(oldest));
    }

    KeyPrefix prefix() {
        return request.prefix();
    }

    void storeCloses() {
        over(new WatchEnd.Closed());
    }

    private void take(int number, WatchResponse response) {
        lock.lock();
        try {
            if (number != stream) {
                return;
            }
            pause = FIRST_PAUSE;
            refusals = 0;
            List<Change> changes = new ArrayList<>();
            for (WatchEvent event : response.getEvents()) {
                // not the header's revision: while a watch catches up, that is ahead of the events
                pendingRevision = Math.max(pendingRevision, event.getKeyValue().getModRevision());
                change(event).ifPresent(changes::add);
            }
            changes.forEach(change -> pending.put(change.key(), change));
            if (response.getEvents().isEmpty() && response.isProgressNotify()) {
                progress = Math.max(progress, response.getHeader().getRevision());
            }
            told.changed(changes, Math.max(pendingRevision, progress));
            something.signalAll();
            if (pending.size() <= MAX_PENDING) {
                return;
            }
        } finally {
            lock.unlock();
        }
        over(new WatchEnd.Compacted(pendingRevision));
    }

    private static Optional<Change> change(WatchEvent event) {
        return switch (event.getEventType()) {
            case PUT -> Wire.entry(event.getKeyValue()).map((KeyValue entry) -> new Change.Put(entry));
            case DELETE -> Wire.key(event.getKeyValue().getKey()).map(key -> new Change.Deleted(key, event.getKeyValue().getModRevision()));
            case UNRECOGNIZED -> Optional.empty();
        };
    }

    private void failed(int number, Throwable failure) {
        if (failure instanceof CompactedException forgotten) {
            over(new WatchEnd.Compacted(forgotten.getCompactedRevision()));
        } else if (String.valueOf(failure.getMessage()).contains("permission denied") && refused()) {
            over(new WatchEnd.Failed("TMB-DST-054 the watch on " + request.prefix() + " ended: etcd refuses this user: " + failure.getMessage() + ". Check the user and its role."));
        } else {
            link.suspect("a watch broke: " + Causes.text(failure));
            LOG.debug("the stream of the watch on {} broke: {}", request.prefix(), Causes.text(failure));
            Thread.ofVirtual().name("tombolo-watch-reconnect " + request.prefix()).start(() -> connectAgain(number));
        }
    }

    private boolean refused() {
        lock.lock();
        try {
            return ++refusals > MAX_REFUSALS;
        } finally {
            lock.unlock();
        }
    }

    /** Opens the next stream in the place of that one, after a pause. */
    private void connectAgain(int broken) {
        int mine;
        lock.lock();
        try {
            if (broken != stream) {
                return; // told twice of one break
            }
            mine = ++stream;
        } finally {
            lock.unlock();
        }
        stopStream(); // jetcd would go on trying to open it by itself
        long after;
        lock.lock();
        try {
            long left = pause.toNanos();
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            while (left > 0 && !hurry && !closed && end == null && stream == mine) {
                left = something.awaitNanos(left);
            }
            if (closed || end != null || stream != mine) {
                return;
            }
            hurry = false;
            after = pendingRevision;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        } finally {
            lock.unlock();
        }
        open(mine, after);
    }

    private void over(WatchEnd how) {
        lock.lock();
        try {
            if (end == null) {
                end = how;
            }
            something.signalAll();
        } finally {
            lock.unlock();
        }
        stopStream();
    }

    private void stopStream() {
        io.etcd.jetcd.Watch.Watcher open = watcher;
        if (open != null) {
            open.close();
        }
    }

    private void run() {
        try {
            while (step()) {
                // until the watch is over
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            LOG.error("TMB-DST-030 the listener of the watch on {} failed; its watch is over", request.prefix(), e);
            tell(new WatchEnd.Failed("TMB-DST-030 the listener of the watch on " + request.prefix() + " failed: " + e));
            close();
        } finally {
            whenOver.run();
        }
    }

    /** Waits for something to say and says it; false once the watch is over. */
    private boolean step() throws InterruptedException {
        List<Change> changes;
        long revision;
        WatchEnd over;
        lock.lockInterruptibly();
        try {
            while (!closed && end == null && pending.isEmpty() && progress <= pendingRevision) {
                something.await();
            }
            if (closed) {
                return false;
            }
            over = end;
            changes = new ArrayList<>(pending.values());
            pending = new HashMap<>();
            pendingRevision = Math.max(pendingRevision, progress);
            revision = pendingRevision;
        } finally {
            lock.unlock();
        }
        if (over != null) {
            tell(over);
            return false;
        }
        if (changes.isEmpty()) {
            listener.bookmark(revision);
        } else {
            changes.sort(Comparator.comparingLong(Change::modRevision).thenComparing(Change::key));
            listener.changed(new ChangeBatch(revision, changes));
        }
        return true;
    }

    private void tell(WatchEnd how) {
        try {
            listener.ended(how);
        } catch (RuntimeException | Error e) {
            LOG.error("TMB-DST-031 the listener of the watch on {} failed when told of its end {}", request.prefix(), how, e);
        }
    }
}
