package tombolo.ipam.adapter;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.ChangeBatch;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.ListRequest;
import tombolo.api.datastore.ListResult;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.OperationResult;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchEnd;
import tombolo.api.datastore.WatchListener;
import tombolo.api.datastore.WatchRequest;
import tombolo.api.net.Prefix;
import tombolo.ipam.core.Block;
import tombolo.ipam.core.BlockTable;
import tombolo.ipam.core.BlockTable.Versioned;
import tombolo.ipam.core.Handle;
import tombolo.ipam.core.Keys;
import tombolo.ipam.core.Malformed;
import tombolo.ipam.core.Working;

/** The table of blocks and affinities, and what keeps it up to date: a listing, then a watch, and again where a watch ends. Handles are not watched: there can be millions. */
final class TableFeed implements Working.Loader, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TableFeed.class);
    private static final List<KeyPrefix> PARTS = List.of(Keys.BLOCKS, Keys.HOST_AFFINITIES, Keys.VIRTUAL_AFFINITIES);
    private static final Duration FIRST_RETRY = Duration.ofMillis(200);
    private static final Duration LAST_RETRY = Duration.ofSeconds(10);

    private final Datastore store;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    /** While a write of ours is on its way, what the watch brings is mostly that write, and known by the time the write is over: it is looked at no sooner than after this. */
    private static final long PAUSE_NANOS = 2_000_000;
    private volatile long begun;
    private volatile long done;
    private final BlockTable table = new BlockTable();
    private final Map<KeyPrefix, Watch> watches = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Instant readAt = Instant.EPOCH;
    private volatile boolean closed;

    TableFeed(Datastore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Reads everything and starts watching. */
    void start() {
        readAll();
        for (KeyPrefix part : PARTS) {
            watch(part, locked(BlockTable::reached));
        }
    }

    /** Called after changes of blocks or affinities, from whatever thread brought them; must return at once. */
    void listen(Runnable listener) {
        listeners.add(listener);
    }

    <T> T locked(Function<BlockTable, T> work) {
        lock.lock();
        try {
            return work.apply(table);
        } finally {
            lock.unlock();
        }
    }

    /** A write of ours, from its first step until the table knows it. */
    <T> T whileWriting(Supplier<T> write) {
        begun = begun + 1; // one writer at a time
        try {
            return write.get();
        } finally {
            done = begun;
        }
    }

    /** Waits for the write that is on its way; many of ours go by meanwhile, at the price of one waking. */
    private void letOwnWritePass() {
        long write = begun;
        while (done < write && !closed) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** How long ago everything was read. */
    Duration age(Instant now) {
        return Duration.between(readAt, now);
    }

    /** Reads all blocks and affinities. */
    void readAll() {
        Instant begun = clock.instant();
        long oldest = Long.MAX_VALUE;
        for (KeyPrefix part : PARTS) {
            oldest = Math.min(oldest, read(part));
        }
        long reached = oldest;
        // only once all of them are read: what was deleted before cannot come back
        locked(known -> {
            if (known.reached() == 0) {
                known.reached(reached);
            }
            return true;
        });
        readAt = begun;
        listeners.forEach(Runnable::run);
    }

    private long read(KeyPrefix part) {
        for (int attempt = 0; attempt < Datastore.MAX_LIST_RESTARTS; attempt++) {
            // where nothing was known, as at the first reading, nothing can have gone
            Optional<Set<String>> seen = locked(known -> knows(known, part)) ? Optional.of(new HashSet<>()) : Optional.empty();
            Optional<ListRequest> request = Optional.of(ListRequest.of(part));
            long revision = 0;
            while (request.isPresent()) {
                if (!(store.list(request.get()) instanceof ListResult.Page page)) {
                    revision = 0;
                    break;
                }
                revision = page.revision();
                request = page.next();
                tell(page.entries(), seen);
            }
            if (revision > 0) {
                long read = revision;
                seen.ifPresent(keys -> dropOthers(part, keys, read));
                return revision;
            }
            if (request.isEmpty()) {
                // an empty store that has no revision yet
                return 0;
            }
        }
        throw new DatastoreException(DatastoreException.Reason.BUSY, DatastoreException.Applied.NO, "TMB-IPM-008 listing " + part + ": the store forgot the revision between two pages "
                + Datastore.MAX_LIST_RESTARTS + " times in a row. Try again, or keep more history.");
    }

    private static boolean knows(BlockTable table, KeyPrefix part) {
        return part.equals(Keys.BLOCKS) ? !table.blocks().isEmpty() : table.owners().stream().anyMatch(owner -> !table.affinities(owner).isEmpty());
    }

    private void tell(List<KeyValue> entries, Optional<Set<String>> seen) {
        seen.ifPresent(keys -> entries.forEach(entry -> keys.add(entry.key().text())));
        // decoding is what takes the time; the order does not matter
        List<Stored.News> news = entries.parallelStream().flatMap(entry -> Stored.news(entry).stream()).toList();
        locked(known -> {
            news.forEach(each -> each.tell(known, false));
            return true;
        });
    }

    private void dropOthers(KeyPrefix part, Set<String> seen, long revision) {
        locked(known -> {
            if (part.equals(Keys.BLOCKS)) {
                List<Prefix> gone = known.blocks().keySet().stream().filter(cidr -> !seen.contains(Keys.block(cidr).text())).toList();
                gone.forEach(cidr -> known.dropBlock(cidr, revision));
            } else {
                for (var owner : known.owners()) {
                    List<Prefix> gone = known.affinities(owner).keySet().stream().filter(cidr -> Keys.affinity(owner, cidr).startsWith(part))
                            .filter(cidr -> !seen.contains(Keys.affinity(owner, cidr).text())).toList();
                    gone.forEach(cidr -> known.dropAffinity(owner, cidr, revision));
                }
            }
            return true;
        });
    }

    // ---- the watch

    private void watch(KeyPrefix part, long after) {
        if (closed) {
            return;
        }
        watches.put(part, store.watch(new WatchRequest(part, after), new WatchListener() {
            @Override
            public void changed(ChangeBatch batch) {
                letOwnWritePass();
                List<Stored.News> news = batch.changes().stream().filter(change -> isNews(change.key(), change.modRevision())).flatMap(change -> Stored.news(change).stream()).toList();
                locked(known -> {
                    news.forEach(each -> each.tell(known, false));
                    return true;
                });
                listeners.forEach(Runnable::run);
            }

            @Override
            public void ended(WatchEnd end) {
                if (!closed && !(end instanceof WatchEnd.Closed)) {
                    LOG.info("TMB-IPM-009 the watch of {} ended ({}); everything is read again", part, end);
                    Thread.ofVirtual().name("tombolo-ipam-relist").start(() -> again(part));
                }
            }
        }));
        if (closed) {
            stopWatches();
        }
    }

    /** Our own writes come back through the watch: known already, not worth decoding. */
    private boolean isNews(Key key, long revision) {
        Optional<Prefix> cidr = Keys.blockOf(key);
        return cidr.isEmpty() || locked(known -> known.summary(cidr.get()).map(summary -> summary.revision() < revision).orElse(true));
    }

    private void again(KeyPrefix part) {
        Duration wait = FIRST_RETRY;
        while (!closed) {
            try {
                long revision = read(part);
                watch(part, revision);
                listeners.forEach(Runnable::run);
                return;
            } catch (DatastoreException e) {
                LOG.debug("not read again yet", e);
                try {
                    Thread.sleep(wait);
                } catch (InterruptedException _) {
                    return;
                }
                wait = wait.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : wait.multipliedBy(2);
            }
        }
    }

    private void stopWatches() {
        watches.values().forEach(Watch::close);
        watches.clear();
    }

    @Override
    public void close() {
        closed = true;
        stopWatches();
    }

    // ---- single reads

    /** In a transaction: a store that is cut off answers plain reads from what it remembers, and a "no" must not rest on that. */
    private Optional<KeyValue> read(Key key) {
        try {
            return ((OperationResult.Read) store.commit(Transaction.of(new Operation.Get(key))).results().getFirst()).entry();
        } catch (DatastoreException e) {
            // it only reads: whatever became of it, nothing was changed
            throw new DatastoreException(e.reason(), DatastoreException.Applied.NO, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public Optional<Versioned<Block>> block(Prefix cidr) {
        Optional<KeyValue> entry = read(Keys.block(cidr));
        if (entry.isEmpty()) {
            // which revision that was is not said: what is known is forgotten without a trace, and a watch may bring it back
            return Optional.empty();
        }
        try {
            Block block = Stored.block(cidr, entry.get().value());
            locked(known -> {
                known.put(block, entry.get().modRevision(), true);
                return true;
            });
            return Optional.of(new Versioned<>(block, entry.get().modRevision()));
        } catch (Malformed e) {
            locked(known -> {
                known.breaks(cidr, String.valueOf(e.getMessage()));
                return true;
            });
            return Optional.empty();
        }
    }

    @Override
    public Optional<Versioned<Handle>> handle(String id) {
        Optional<KeyValue> entry = read(Keys.handle(id));
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        try {
            Handle handle = Handle.read(id, Stored.json(entry.get().value()));
            locked(known -> {
                known.put(handle, entry.get().modRevision());
                return true;
            });
            return Optional.of(new Versioned<>(handle, entry.get().modRevision()));
        } catch (Malformed e) {
            throw new DatastoreException(DatastoreException.Reason.CORRUPT, DatastoreException.Applied.NO, "TMB-IPM-040 what is stored of handle " + id + " cannot be read: " + e.getMessage()
                    + ". Mend or delete " + Keys.handle(id) + ".", e);
        }
    }
}
