package tombolo.datastore.etcd.adapter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.Change;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.ListRequest;
import tombolo.api.datastore.ListResult;
import tombolo.datastore.etcd.core.CachedPrefix;

/**
 * Keeps one prefix in memory: lists it once, hears what its watches hear, and from time to time compares what it holds with a new listing. What differs and
 * still does {@link #GRACE} later is an event that the watches were never told: they end, and whoever watches lists again.
 */
final class Follower {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    /** For an event that is on its way: longer than a stream takes to be opened again. */
    static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** How often at least it is looked whether everything still fits. */
    private static final Duration LOOK_AROUND = Duration.ofMinutes(1);
    /** A prefix that did not fit may fit later. */
    private static final Duration TOO_LARGE_PAUSE = Duration.ofMinutes(10);

    /** etcd itself, never the cache. */
    interface Source {
        ListResult list(ListRequest request);

        /** The same with empty values: a tenth of the bytes, for a comparison by revisions. */
        ListResult revisions(ListRequest request);
    }

    private final Source source;
    private final Duration relist;
    private final Duration grace;
    private final BooleanSupplier fits;
    private final LongConsumer eventsLost;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // guarded by the lock
    private final CachedPrefix cached;
    private boolean ready;
    private boolean tooLarge;
    private boolean closed;
    private long mustReach;
    private long heardFrom = Long.MAX_VALUE;

    private volatile long bytes;
    private long comparedAt; // of the thread

    /**
     * @param relist     how often to compare; zero: never
     * @param fits       whether the cache as a whole is within its bound
     * @param eventsLost told the revision of the listing that showed it
     */
    Follower(KeyPrefix prefix, Source source, Duration relist, Duration grace, BooleanSupplier fits, LongConsumer eventsLost) {
        this.cached = new CachedPrefix(prefix);
        this.source = source;
        this.relist = relist;
        this.grace = grace;
        this.fits = fits;
        this.eventsLost = eventsLost;
        this.thread = Thread.ofVirtual().name("tombolo-etcd-follower " + prefix).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void close() {
        locked(() -> {
            closed = true;
            cached.clear();
            bytes = 0;
            changed.signalAll();
        });
    }

    KeyPrefix prefix() {
        return cached.prefix();
    }

    long bytes() {
        return bytes;
    }

    /** This node wrote below the prefix: what is older than that is not answered any more. */
    void wrote(long revision) {
        locked(() -> mustReach = Math.max(mustReach, revision));
    }

    /** Whether it holds all there was at some moment, nothing older than this node's own writes. */
    boolean answers() {
        lock.lock();
        try {
            return ready && !closed && cached.revision() >= mustReach;
        } finally {
            lock.unlock();
        }
    }

    Optional<KeyValue> get(Key key) {
        lock.lock();
        try {
            return cached.get(key);
        } finally {
            lock.unlock();
        }
    }

    ListResult list(ListRequest request) {
        lock.lock();
        try {
            long revision = cached.revision();
            if (request.atRevision().isPresent() && request.atRevision().getAsLong() != revision) {
                return new ListResult.Compacted(revision);
            }
            List<KeyValue> found = cached.range(request.prefix(), request.after(), request.limit() + 1);
            if (found.size() <= request.limit()) {
                return new ListResult.Page(revision, found, Optional.empty());
            }
            List<KeyValue> page = found.subList(0, request.limit());
            return new ListResult.Page(revision, page, Optional.of(new ListRequest(request.prefix(), Optional.of(page.getLast().key()), request.limit(),
                    java.util.OptionalLong.of(revision))));
        } finally {
            lock.unlock();
        }
    }

    /** For the status: keys, or why there are none. */
    String state() {
        lock.lock();
        try {
            return prefix() + (tooLarge ? " does not fit into the cache" : ready ? " " + cached.size() + " keys at revision " + cached.revision() : " is being listed");
        } finally {
            lock.unlock();
        }
    }

    /** A watch on the prefix tells everything after that revision. */
    void hears(long afterRevision) {
        locked(() -> heardFrom = Math.min(heardFrom, afterRevision));
    }

    /** What a watch on the prefix was told; no changes: there was nothing up to there. */
    void told(List<Change> changes, long revision) {
        update(held -> held.apply(changes, revision));
    }

    private void update(Consumer<CachedPrefix> step) {
        locked(() -> {
            if (!closed && !tooLarge) {
                step.accept(cached);
                bytes = cached.bytes();
            }
        });
    }

    /** For a test: as if the event of that key's creation had never come. */
    void lose(Key key) {
        update(held -> held.remove(key));
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!isClosed() && !listAll()) {
                sleep(tooLarge ? TOO_LARGE_PAUSE : pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
            }
            boolean good = true;
            while (good && !isClosed()) {
                sleep(relist.isZero() ? LOOK_AROUND : relist.compareTo(LOOK_AROUND) < 0 ? relist : LOOK_AROUND);
                if (!fits.getAsBoolean()) {
                    giveUp();
                    return; // until the next one who watches
                }
                if (!relist.isZero() && System.nanoTime() - comparedAt >= relist.toNanos() && !isClosed()) {
                    comparedAt = System.nanoTime();
                    good = compare();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes all pages; false where that failed. */
    private boolean listAll() {
        locked(() -> {
            tooLarge = false;
            cached.clear();
        });
        try {
            Optional<ListRequest> next = Optional.of(ListRequest.of(prefix()));
            long revision = 0;
            while (next.isPresent()) {
                if (!(source.list(next.get()) instanceof ListResult.Page page)) {
                    return false;
                }
                update(held -> held.add(page.entries()));
                if (!fits.getAsBoolean()) {
                    giveUp();
                    return false;
                }
                next = page.next();
                revision = page.revision();
            }
            return listed(revision);
        } catch (DatastoreException e) {
            LOG.debug("{} is listed later: {}", prefix(), e.getMessage());
            return false;
        }
    }

    /** False for a watch that begins in the future: what happens until then nobody tells. */
    private boolean listed(long at) {
        lock.lock();
        try {
            cached.listed(at);
            ready = heardFrom <= at;
            // the nodes of a fleet that started together do not all compare at the same moment
            comparedAt = System.nanoTime() - (relist.isZero() ? 0 : ThreadLocalRandom.current().nextLong(relist.toNanos() / 2));
            return ready;
        } finally {
            lock.unlock();
        }
    }

    private void giveUp() {
        locked(() -> {
            cached.clear();
            bytes = 0;
            ready = false;
            tooLarge = true;
        });
        LOG.warn("TMB-DST-034 {} does not fit into the cache: while etcd is away, nothing of it is answered. Raise etcd-cache-size in etc/tombolo.datastore.cfg", prefix());
    }

    private record Suspect(Key key, Optional<KeyValue> listed) { }

    /** False where an event was lost. */
    private boolean compare() throws InterruptedException {
        locked(cached::beginCompare);
        try {
            List<Suspect> suspects = new ArrayList<>();
            long at = 0;
            Optional<ListRequest> next = Optional.of(ListRequest.of(prefix()));
            while (next.isPresent()) {
                ListRequest request = next.get();
                if (!(source.revisions(request) instanceof ListResult.Page page)) {
                    return true; // compacted between two pages: next time
                }
                at = page.revision();
                next = page.next();
                suspects.addAll(suspects(request.after(), page));
            }
            if (!suspects.isEmpty()) {
                sleep(grace);
            }
            long revision = at;
            List<Key> wrong = suspects.stream().filter(suspect -> isWrong(suspect, revision)).map(Suspect::key).toList();
            if (wrong.isEmpty() || isClosed()) {
                return true;
            }
            LOG.warn("TMB-DST-035 {}: {} keys are not as the watch told, such as {}: events were lost. Whoever watches them is told to list again", prefix(), wrong.size(), wrong.getFirst());
            eventsLost.accept(revision);
            return false;
        } catch (DatastoreException e) {
            LOG.debug("{} is compared later: {}", prefix(), e.getMessage());
            return true;
        } finally {
            locked(cached::endCompare);
        }
    }

    private List<Suspect> suspects(Optional<Key> after, ListResult.Page page) {
        lock.lock();
        try {
            return cached.suspects(after, page.entries(), page.next().isEmpty(), page.revision()).stream()
                    .map(key -> new Suspect(key, page.entries().stream().filter(entry -> entry.key().equals(key)).findFirst())).toList();
        } finally {
            lock.unlock();
        }
    }

    private boolean isWrong(Suspect suspect, long at) {
        lock.lock();
        try {
            return cached.differs(suspect.key(), suspect.listed(), at);
        } finally {
            lock.unlock();
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
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable step) {
        lock.lock();
        try {
            step.run();
        } finally {
            lock.unlock();
        }
    }
}
