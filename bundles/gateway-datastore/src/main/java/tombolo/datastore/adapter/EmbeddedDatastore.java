package tombolo.datastore.adapter;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;
import tombolo.api.datastore.DatastoreStatus;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Lease;
import tombolo.api.datastore.ListRequest;
import tombolo.api.datastore.ListResult;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.TransactionResult;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchListener;
import tombolo.api.datastore.WatchRequest;
import tombolo.datastore.core.StoreState;
import tombolo.datastore.core.Tree;

/** The datastore of one node, in a directory. Reads come from memory; writes go through {@link StoreWriter}. */
public final class EmbeddedDatastore implements Datastore, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatastore.class);
    /** A disk that does not answer for so long is not going to: the caller must not hang for ever. */
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);
    private static final Duration LONGEST_LEASE = Duration.ofHours(24);

    private final Volume volume;
    private final StoreLimits limits;
    private final Closeable lock;
    private final Published published;
    private final StoreWriter writer;
    private final Set<HistoryWatch> watches = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private EmbeddedDatastore(Volume volume, StoreLimits limits, Closeable lock, Published published, StoreWriter writer) {
        this.volume = volume;
        this.limits = limits;
        this.lock = lock;
        this.published = published;
        this.writer = writer;
    }

    /**
     * Opens the store of a directory, or makes one.
     *
     * @throws DatastoreException CORRUPT, IN_USE or BROKEN, with what to do
     */
    static EmbeddedDatastore open(Volume volume, StoreLimits limits, LongSupplier nanoTime) {
        try {
            Closeable lock = volume.lock();
            try {
                return open(volume, limits, nanoTime, lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (Volume.StoreInUseException e) {
            throw Texts.inUse(volume.name());
        } catch (IOException e) {
            throw Texts.unreadable(volume.name(), e);
        }
    }

    private static EmbeddedDatastore open(Volume volume, StoreLimits limits, LongSupplier nanoTime, Closeable lock) throws IOException {
        StoreReader reader = new StoreReader(volume, limits);
        StoreReader.Outcome outcome = reader.read();
        if (outcome instanceof StoreReader.Outcome.Nothing nothing) {
            for (String unused : nothing.unused()) {
                volume.delete(unused);
            }
            StoreFiles.create(volume, limits, 0, StoreState.EMPTY);
            outcome = reader.read();
        }
        if (outcome instanceof StoreReader.Outcome.Damaged damaged) {
            throw Texts.corrupt(volume.name(), damaged.file(), damaged.what());
        }
        StoreReader.Recovered store = ((StoreReader.Outcome.Read) outcome).store();
        for (String unused : store.unused()) {
            volume.delete(unused);
        }
        for (String file : volume.files()) {
            if (StoreReader.isStoreFile(file) && file.endsWith(Checkpoints.PART)) {
                volume.delete(file);
            }
        }
        LogFile log = LogFile.open(volume, store);
        if (store.unfinished()) {
            LOG.info("TMB-DST-013 {}: the last frame of {} was not finished when the node stopped; it had not been acknowledged and is dropped", volume.name(), store.log());
        }
        Published published = new Published(store.state(), store.history());
        return new EmbeddedDatastore(volume, limits, lock, published, new StoreWriter(volume, limits, published, log, nanoTime));
    }

    @Override
    public Optional<KeyValue> get(Key key) {
        checkOpen();
        return published.state().tree().get(key);
    }

    @Override
    public ListResult list(ListRequest request) {
        checkOpen();
        StoreState now = published.state();
        long revision = request.atRevision().orElse(now.revision());
        if (revision > now.revision()) {
            throw new DatastoreException(Reason.FUTURE_REVISION, Applied.NO, "TMB-DST-025 " + volume.name() + ": listing " + request.prefix() + " at revision " + revision
                    + ": the store is at " + now.revision() + ". List again without a revision.");
        }
        Optional<Tree> tree = revision == now.revision() ? Optional.of(now.tree()) : published.at(revision);
        if (tree.isEmpty()) {
            return new ListResult.Compacted(published.oldest());
        }
        // one more than asked for tells whether there is a next page
        List<KeyValue> entries = tree.get().range(request.prefix(), request.after(), request.limit() + 1);
        if (entries.size() <= request.limit()) {
            return new ListResult.Page(revision, entries, Optional.empty());
        }
        List<KeyValue> page = entries.subList(0, request.limit());
        return new ListResult.Page(revision, page,
                Optional.of(new ListRequest(request.prefix(), Optional.of(page.getLast().key()), request.limit(), java.util.OptionalLong.of(revision))));
    }

    @Override
    public TransactionResult commit(Transaction transaction) {
        CompletableFuture<TransactionResult> answer = new CompletableFuture<>();
        return await(new Request.Commit(transaction, answer), answer);
    }

    @Override
    public Watch watch(WatchRequest request, WatchListener listener) {
        checkOpen();
        if (watches.size() >= limits.maxWatches()) {
            throw Texts.busy(volume.name(), watches.size());
        }
        HistoryWatch[] self = new HistoryWatch[1];
        self[0] = new HistoryWatch(request, listener, published, limits.bookmark(), () -> watches.remove(self[0]));
        watches.add(self[0]);
        self[0].start();
        return self[0];
    }

    @Override
    public Lease grant(Duration timeToLive) {
        if (timeToLive.compareTo(Duration.ofSeconds(1)) < 0 || timeToLive.compareTo(LONGEST_LEASE) > 0) {
            throw new IllegalArgumentException("a lease for " + timeToLive + ": 1 s to 24 h");
        }
        CompletableFuture<Lease> answer = new CompletableFuture<>();
        return await(new Request.Grant(timeToLive, answer), answer);
    }

    @Override
    public boolean keepAlive(long leaseId) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        return await(new Request.KeepAlive(leaseId, answer), answer);
    }

    @Override
    public boolean revoke(long leaseId) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        return await(new Request.Revoke(leaseId, answer), answer);
    }

    @Override
    public DatastoreStatus status() {
        StoreState state = published.state();
        Optional<String> problem = writer.problem();
        DatastoreStatus.State how = closed ? DatastoreStatus.State.CLOSED : problem.isPresent() ? DatastoreStatus.State.DEGRADED : DatastoreStatus.State.READY;
        List<String> details = new java.util.ArrayList<>();
        problem.ifPresent(details::add);
        details.add("directory " + volume.name());
        details.add(state.tree().size() + " keys, " + state.tree().bytes() + " bytes of keys and values, at most " + limits.maxBytes());
        details.add(state.leases().size() + " leases, " + watches.size() + " watches");
        return new DatastoreStatus("embedded", how, state.revision(), published.oldest(), details);
    }

    /** The durable state: immutable, for a backup. */
    StoreState state() {
        return published.state();
    }

    StoreLimits limits() {
        return limits;
    }

    /** Forgets history, as the limits would. */
    void compact(long revision) {
        published.compact(revision);
    }

    /** Begins a new log and waits for the checkpoint; false where it could not be written (the log says why). */
    boolean checkpoint() {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        return await(new Request.Checkpoint(answer), answer);
    }

    /** Answers what is queued, ends all watches, and lets go of the directory. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        writer.close();
        published.close();
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("TMB-DST-014 {}: the lock file did not close: {}", volume.name(), e.toString());
        }
    }

    private void checkOpen() {
        if (closed) {
            throw Texts.closed(volume.name());
        }
    }

    private <T> T await(Request request, CompletableFuture<T> answer) {
        checkOpen();
        writer.submit(request);
        try {
            return answer.get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DatastoreException problem) {
                // a stack of its own: the writer's says nothing about the caller
                throw new DatastoreException(problem.reason(), problem.applied(), problem.getMessage(), problem);
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatastoreException(Reason.UNAVAILABLE, Applied.UNKNOWN, "TMB-DST-026 " + volume.name() + ": interrupted while a write waited for the disk; read back whether it happened.", e);
        } catch (TimeoutException e) {
            throw new DatastoreException(Reason.UNAVAILABLE, Applied.UNKNOWN, "TMB-DST-027 " + volume.name() + ": the disk has not answered for " + ANSWER_LIMIT.toSeconds()
                    + " s; read back whether the write happened, and check the disk.", e);
        }
    }
}
