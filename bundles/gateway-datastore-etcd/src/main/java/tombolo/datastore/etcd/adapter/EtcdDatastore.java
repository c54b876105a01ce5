package tombolo.datastore.etcd.adapter;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import java.io.Closeable;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import tombolo.api.config.DatastoreSettings.Etcd;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;
import tombolo.api.datastore.DatastoreStatus;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Lease;
import tombolo.api.datastore.ListRequest;
import tombolo.api.datastore.ListResult;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.OperationResult;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.TransactionResult;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchListener;
import tombolo.api.datastore.WatchRequest;

/**
 * The datastore on an etcd cluster. While etcd is lost ({@link EtcdLink}), reads are answered from the {@link ReadCache} or refused, and writes are refused at
 * once. Else every call waits for its answer, at most the request timeout and a second.
 */
public final class EtcdDatastore implements Datastore, Closeable {
    /** gRPC ends a call at the request timeout; only a call that it forgot is ended here. */
    private static final Duration OVERTIME = Duration.ofSeconds(1);
    private static final Duration LONGEST_LEASE = Duration.ofHours(24);
    /** One consumer and kind each. */
    private static final int MAX_WATCHES = 1000;
    /** A member that dies takes its calls along; the next attempt goes to another one. */
    private static final int READ_ATTEMPTS = 3;
    private static final Duration READ_PAUSE = Duration.ofMillis(100);
    /** A login that etcd has forgotten is renewed; one that is forgotten at once again is refused. */
    private static final int LOGIN_ATTEMPTS = 2;

    private final Etcd settings;
    private final String endpoints;
    private final EtcdLink link;
    private final ReadCache cache;
    private final Set<EtcdWatch> watches = ConcurrentHashMap.newKeySet();
    private final AtomicLong newest = new AtomicLong();
    private final AtomicLong compacted = new AtomicLong();
    private volatile boolean closed;

    private EtcdDatastore(Etcd settings, Duration silence, Duration grace) {
        this.settings = settings;
        this.endpoints = String.join(", ", settings.endpoints());
        this.link = new EtcdLink(settings, silence, () -> watches.forEach(EtcdWatch::reconnect), () -> watches.forEach(EtcdWatch::hurry));
        this.cache = new ReadCache(new FromEtcd(), (long) settings.cacheMebibytes() << 20, settings.relistInterval(), grace, this::eventsLost);
    }

    /** A user of etcd and the password. */
    public record Account(String user, String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return user;
        }
    }

    /** The store by the settings. Does not wait for a connection; what stands in its way is in the status. */
    public static EtcdDatastore connect(Etcd settings) {
        return connect(settings, EtcdLink.SILENCE, Follower.GRACE);
    }

    /** @param silence without an answer, before a probe. @param grace how long an event may be on its way when a comparison misses it */
    static EtcdDatastore connect(Etcd settings, Duration silence, Duration grace) {
        EtcdDatastore store = new EtcdDatastore(settings, silence, grace);
        store.link.start();
        return store;
    }

    /** The same with the settings' defaults. @param endpoints such as {@code http://10.0.0.1:2379} */
    public static EtcdDatastore connect(List<String> endpoints) {
        Etcd defaults = Etcd.DEFAULT;
        return connect(new Etcd(endpoints, defaults.user(), defaults.password(), defaults.tls(), defaults.connectTimeout(), defaults.requestTimeout(),
                defaults.keepAliveTime(), defaults.keepAliveTimeout(), defaults.relistInterval(), defaults.cacheMebibytes()));
    }

    @Override
    public Optional<KeyValue> get(Key key) {
        return switch (read("reading " + key, client -> client.getKVClient().get(Wire.bytes(key)))) {
            case Answer.Is<GetResponse> is -> {
                reached(is.value().getHeader().getRevision());
                yield is.value().getKvs().stream().findFirst().flatMap(Wire::entry);
            }
            case Answer.Lost<GetResponse> lost -> cache.get(key).orElseThrow(lost::why).entry();
        };
    }

    @Override
    public ListResult list(ListRequest request) {
        return switch (listAnswer(request, false)) {
            case Answer.Is<ListResult> is -> is.value();
            case Answer.Lost<ListResult> lost -> cache.list(request).orElseThrow(lost::why);
        };
    }

    /** Never the cache. */
    private final class FromEtcd implements Follower.Source {
        @Override
        public ListResult list(ListRequest request) {
            return now(request, false);
        }

        @Override
        public ListResult revisions(ListRequest request) {
            return now(request, true);
        }

        private ListResult now(ListRequest request, boolean keysOnly) {
            return switch (listAnswer(request, keysOnly)) {
                case Answer.Is<ListResult> is -> is.value();
                case Answer.Lost<ListResult> lost -> throw lost.why();
            };
        }
    }

    private Answer<ListResult> listAnswer(ListRequest request, boolean keysOnly) {
        ByteSequence prefix = Wire.bytes(request.prefix().text());
        // the first key behind another is that key and a zero byte
        ByteSequence from = request.after().map(key -> Wire.bytes(key.text() + "\0")).filter(behind -> request.after().get().text().compareTo(request.prefix().text()) > 0).orElse(prefix);
        GetOption.Builder options = GetOption.builder().withRange(Wire.end(prefix)).withLimit(request.limit()).withSortField(GetOption.SortTarget.KEY).withSortOrder(GetOption.SortOrder.ASCEND)
                .withKeysOnly(keysOnly);
        request.atRevision().ifPresent(options::withRevision);
        try {
            return switch (read("listing " + request.prefix(), client -> client.getKVClient().get(from, options.build()))) {
                case Answer.Is<GetResponse> is -> new Answer.Is<>(page(request, is.value()));
                case Answer.Lost<GetResponse> lost -> new Answer.Lost<>(lost.why());
            };
        } catch (CompactedListing e) {
            return new Answer.Is<>(new ListResult.Compacted(oldest()));
        }
    }

    private ListResult.Page page(ListRequest request, GetResponse answer) {
        long revision = request.atRevision().orElse(answer.getHeader().getRevision());
        reached(revision);
        List<KeyValue> entries = answer.getKvs().stream().flatMap(pair -> Wire.entry(pair).stream()).toList();
        Optional<ListRequest> next = answer.isMore() && !entries.isEmpty()
                ? Optional.of(new ListRequest(request.prefix(), Optional.of(entries.getLast().key()), request.limit(), OptionalLong.of(revision))) : Optional.empty();
        return new ListResult.Page(revision, entries, next);
    }

    @Override
    public TransactionResult commit(Transaction transaction) {
        Cmp[] conditions = transaction.conditions().stream().map(Wire::condition).toArray(Cmp[]::new);
        TxnResponse answer = write("a transaction", client -> client.getKVClient().txn().If(conditions).Then(operations(transaction.then())).Else(operations(transaction.otherwise())).commit());
        long revision = answer.getHeader().getRevision();
        reached(revision);
        Iterator<GetResponse> reads = answer.getGetResponses().iterator();
        var deletions = answer.getDeleteResponses().iterator();
        List<OperationResult> results = new ArrayList<>();
        List<Operation> steps = answer.isSucceeded() ? transaction.then() : transaction.otherwise();
        for (Operation step : steps) {
            results.add(switch (step) {
                case Operation.Put _ -> new OperationResult.Written();
                case Operation.Delete _ -> new OperationResult.Deleted(deletions.next().getDeleted() > 0);
                case Operation.Get _ -> new OperationResult.Read(reads.next().getKvs().stream().findFirst().flatMap(Wire::entry));
            });
        }
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i) instanceof Operation.Put || results.get(i) instanceof OperationResult.Deleted(boolean existed) && existed) {
                cache.wrote(steps.get(i).key(), revision);
            }
        }
        return new TransactionResult(answer.isSucceeded(), revision, results);
    }

    private static Op[] operations(List<Operation> steps) {
        return steps.stream().map(Wire::operation).toArray(Op[]::new);
    }

    @Override
    public Watch watch(WatchRequest request, WatchListener listener) {
        checkOpen();
        if (watches.size() >= MAX_WATCHES) {
            throw new DatastoreException(Reason.BUSY, Applied.NO, "TMB-DST-059 etcd " + endpoints + ": " + MAX_WATCHES + " watches run already.");
        }
        KeyPrefix prefix = request.prefix();
        EtcdWatch[] self = new EtcdWatch[1];
        self[0] = new EtcdWatch(link, request, listener, () -> {
            watches.remove(self[0]);
            cache.unwatched(prefix);
        }, (changes, revision) -> {
            reached(revision);
            cache.told(prefix, changes, revision);
        });
        watches.add(self[0]);
        cache.watched(prefix, request.afterRevision());
        self[0].start();
        return self[0];
    }

    private void eventsLost(KeyPrefix prefix, long readable) {
        watches.stream().filter(watch -> watch.prefix().equals(prefix)).forEach(watch -> watch.eventsLost(readable));
    }

    @Override
    public Lease grant(Duration timeToLive) {
        if (timeToLive.compareTo(Duration.ofSeconds(1)) < 0 || timeToLive.compareTo(LONGEST_LEASE) > 0) {
            throw new IllegalArgumentException("a lease for " + timeToLive + ": 1 s to 24 h");
        }
        long seconds = timeToLive.plusNanos(999_999_999).toSeconds();
        LeaseGrantResponse answer = write("granting a lease", client -> client.getLeaseClient().grant(seconds));
        return new Lease(answer.getID(), Duration.ofSeconds(answer.getTTL()));
    }

    @Override
    public boolean keepAlive(long leaseId) {
        try {
            return write("keeping lease " + leaseId + " alive", client -> client.getLeaseClient().keepAliveOnce(leaseId)).getTTL() > 0;
        } catch (DatastoreException e) {
            return notFound(e);
        }
    }

    @Override
    public boolean revoke(long leaseId) {
        try {
            write("ending lease " + leaseId, client -> client.getLeaseClient().revoke(leaseId));
            return true;
        } catch (DatastoreException e) {
            return notFound(e);
        }
    }

    /** False for a lease that is not there. */
    private static boolean notFound(DatastoreException e) {
        if (e.reason() == Reason.LEASE_NOT_FOUND) {
            return false;
        }
        throw e;
    }

    @Override
    public DatastoreStatus status() {
        Optional<EtcdLink.Loss> loss = link.loss();
        DatastoreStatus.State state = closed ? DatastoreStatus.State.CLOSED : loss.isPresent() ? DatastoreStatus.State.DEGRADED : DatastoreStatus.State.READY;
        List<String> details = new ArrayList<>();
        loss.ifPresent(why -> details.add("TMB-DST-055 lost since " + why.since().truncatedTo(ChronoUnit.SECONDS) + ": " + why.why()
                + ". Reads are answered from what is watched, writes are refused, until it is back"));
        details.add("endpoints " + endpoints + settings.user().map(user -> ", user " + user).orElse(""));
        details.add(watches.size() + " watches");
        details.addAll(cache.state());
        return new DatastoreStatus("etcd", state, newest.get(), Math.min(compacted.get(), newest.get()), details);
    }

    /** Ends all watches and connections. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            watches.forEach(EtcdWatch::storeCloses);
            cache.close();
            link.close();
        }
    }

    /** For tests: what is held of a prefix. */
    Optional<Follower> follower(KeyPrefix prefix) {
        return cache.follower(prefix);
    }

    private void reached(long revision) {
        newest.accumulateAndGet(revision, Math::max);
    }

    /** The oldest revision that etcd knows: only a watch from one that is forgotten is told. */
    private long oldest() {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        WatchOption option = WatchOption.builder().withRevision(1).build();
        try (io.etcd.jetcd.Watch.Watcher _ = link.client().getWatchClient().watch(Wire.bytes("/tombolo/v1/none"), option, io.etcd.jetcd.Watch.listener(_ -> { }, failure -> {
            if (failure instanceof CompactedException forgotten) {
                answer.complete(forgotten.getCompactedRevision());
            } else {
                answer.completeExceptionally(failure);
            }
        }))) {
            long revision = write("asking for the oldest revision", _ -> answer);
            compacted.accumulateAndGet(revision, Math::max);
            return revision;
        }
    }

    /** A revision of a listing is forgotten; stays inside. */
    private static final class CompactedListing extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private void checkOpen() {
        if (closed) {
            throw new DatastoreException(Reason.CLOSED, Applied.NO, "TMB-DST-023 etcd " + endpoints + ": the store is closed.");
        }
    }

    /** What a read came to: an answer, or none because etcd is away. */
    private sealed interface Answer<T> {
        record Is<T>(T value) implements Answer<T> { }

        record Lost<T>(DatastoreException why) implements Answer<T> { }
    }

    private <T> Answer<T> read(String what, Function<Client, CompletableFuture<T>> call) {
        checkOpen();
        for (int attempt = 1; ; attempt++) {
            Optional<EtcdLink.Loss> loss = link.loss();
            if (loss.isPresent()) {
                return new Answer.Lost<>(lost(what, Applied.NO, loss.get()));
            }
            try {
                return new Answer.Is<>(once(what, Applied.NO, call));
            } catch (Unanswered e) {
                if (attempt >= READ_ATTEMPTS || e.timedOut) {
                    return new Answer.Lost<>(e.problem);
                }
                pause();
            }
        }
    }

    private <T> T write(String what, Function<Client, CompletableFuture<T>> call) {
        checkOpen();
        Optional<EtcdLink.Loss> loss = link.loss();
        if (loss.isPresent()) {
            throw lost(what, Applied.NO, loss.get());
        }
        try {
            return once(what, Applied.UNKNOWN, call);
        } catch (Unanswered e) {
            throw e.problem;
        }
    }

    /** No answer came; stays inside. */
    private static final class Unanswered extends Exception {
        private static final long serialVersionUID = 1;
        private final transient DatastoreException problem;
        private final boolean timedOut;

        Unanswered(DatastoreException problem, boolean timedOut) {
            super(problem.getMessage(), problem, false, false);
            this.problem = problem;
            this.timedOut = timedOut;
        }
    }

    /** One call, made anew only where etcd has refused its login without looking at it. */
    private <T> T once(String what, Applied whenLost, Function<Client, CompletableFuture<T>> call) throws Unanswered {
        String where = "etcd " + endpoints + ": " + what;
        for (int attempt = 1; ; attempt++) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            try {
                answer = call.apply(link.client());
                T result = answer.get(settings.requestTimeout().plus(OVERTIME).toMillis(), TimeUnit.MILLISECONDS);
                link.answered();
                return result;
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                if (!EtcdErrors.isExpiredLogin(cause) || attempt >= LOGIN_ATTEMPTS) {
                    throw failed(where, whenLost, cause);
                }
            } catch (TimeoutException e) {
                answer.cancel(true);
                throw unanswered(where + ": no answer for " + settings.requestTimeout().toSeconds() + " s", whenLost, true, e);
            } catch (InterruptedException e) {
                answer.cancel(true);
                Thread.currentThread().interrupt();
                throw new DatastoreException(Reason.UNAVAILABLE, whenLost, "TMB-DST-051 " + where + ": interrupted while waiting for the answer.", e);
            } catch (IllegalStateException | io.etcd.jetcd.common.exception.EtcdException e) {
                throw unanswered(where + ": " + Causes.text(e), Applied.NO, false, e); // the connection was replaced at this moment
            }
        }
    }

    private Unanswered failed(String where, Applied whenLost, Throwable cause) {
        if (EtcdErrors.isCompacted(cause)) {
            throw new CompactedListing();
        }
        if (!EtcdErrors.isLost(cause)) {
            link.answered();
            throw EtcdErrors.refusal(where, cause);
        }
        return unanswered(where + ": " + Causes.text(cause), EtcdErrors.certainlyNotDone(cause) ? Applied.NO : whenLost, EtcdErrors.isTooLate(cause), cause);
    }

    private Unanswered unanswered(String what, Applied applied, boolean timedOut, Throwable cause) {
        link.suspect(Causes.text(cause));
        return new Unanswered(new DatastoreException(Reason.UNAVAILABLE, applied, "TMB-DST-050 " + what
                + (applied == Applied.UNKNOWN ? ". It may have been done: read back. " : ". It was not done. ") + "Check that etcd runs and can be reached.", cause), timedOut);
    }

    private DatastoreException lost(String what, Applied applied, EtcdLink.Loss loss) {
        return new DatastoreException(Reason.UNAVAILABLE, applied, "TMB-DST-050 etcd " + endpoints + ": " + what + ": etcd is lost since " + loss.since().truncatedTo(ChronoUnit.SECONDS) + ": "
                + loss.why() + ". It was not done. Check that etcd runs and can be reached; it is tried again all the time.");
    }

    private static void pause() {
        try {
            new java.util.concurrent.CountDownLatch(1).await(READ_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
