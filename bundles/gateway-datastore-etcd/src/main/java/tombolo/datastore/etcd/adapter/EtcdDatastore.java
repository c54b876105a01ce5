package tombolo.datastore.etcd.adapter;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseGrantResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import java.io.Closeable;
import java.time.Duration;
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
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.OperationResult;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.TransactionResult;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchListener;
import tombolo.api.datastore.WatchRequest;

/** The datastore on an etcd cluster. Every call waits for an answer, at most {@link #ANSWER_LIMIT}. */
public final class EtcdDatastore implements Datastore, Closeable {
    /** Longer than an election; a caller that waits longer is better told. */
    static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);
    /** A page of a thousand blocks with room: etcd itself bounds requests, not answers. */
    private static final int MAX_ANSWER_BYTES = 64 << 20;
    private static final Duration LONGEST_LEASE = Duration.ofHours(24);
    /** One consumer and kind each. */
    private static final int MAX_WATCHES = 1000;

    private final List<String> endpoints;
    private final Client client;
    private final Set<EtcdWatch> watches = ConcurrentHashMap.newKeySet();
    private final AtomicLong newest = new AtomicLong();
    private final AtomicLong compacted = new AtomicLong();
    private volatile Optional<String> problem = Optional.empty();
    private volatile boolean closed;

    private EtcdDatastore(List<String> endpoints, Client client) {
        this.endpoints = endpoints;
        this.client = client;
    }

    /** A user of etcd and the password. */
    public record Account(String user, String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return user;
        }
    }

    /** Does not connect yet: the first call does. @param endpoints such as {@code http://10.0.0.1:2379} */
    public static EtcdDatastore connect(List<String> endpoints, Optional<Account> account) {
        var builder = Client.builder().endpoints(endpoints.toArray(String[]::new)).maxInboundMessageSize(MAX_ANSWER_BYTES).connectTimeout(Duration.ofSeconds(3))
                .keepaliveTime(Duration.ofSeconds(10)).keepaliveTimeout(Duration.ofSeconds(5)).keepaliveWithoutCalls(true)
                .retryDelay(250).retryMaxDelay(5000).waitForReady(true);
        account.ifPresent(known -> builder.user(Wire.bytes(known.user())).password(Wire.bytes(known.password())));
        return new EtcdDatastore(List.copyOf(endpoints), builder.build());
    }

    @Override
    public Optional<KeyValue> get(Key key) {
        GetResponse answer = await("reading " + key, Applied.NO, client.getKVClient().get(Wire.bytes(key)));
        reached(answer.getHeader().getRevision());
        return answer.getKvs().stream().findFirst().flatMap(Wire::entry);
    }

    @Override
    public ListResult list(ListRequest request) {
        String what = "listing " + request.prefix();
        ByteSequence prefix = Wire.bytes(request.prefix().text());
        // the first key behind another is that key and a zero byte
        ByteSequence from = request.after().map(key -> Wire.bytes(key.text() + "\0")).filter(behind -> request.after().get().text().compareTo(request.prefix().text()) > 0).orElse(prefix);
        GetOption.Builder options = GetOption.builder().withRange(Wire.end(prefix)).withLimit(request.limit()).withSortField(GetOption.SortTarget.KEY).withSortOrder(GetOption.SortOrder.ASCEND);
        request.atRevision().ifPresent(options::withRevision);
        GetResponse answer;
        try {
            answer = await(what, Applied.NO, client.getKVClient().get(from, options.build()));
        } catch (CompactedListing e) {
            return new ListResult.Compacted(oldest());
        }
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
        TxnResponse answer = await("a transaction", Applied.UNKNOWN, client.getKVClient().txn().If(conditions).Then(operations(transaction.then())).Else(operations(transaction.otherwise())).commit());
        long revision = answer.getHeader().getRevision();
        reached(revision);
        Iterator<GetResponse> reads = answer.getGetResponses().iterator();
        var deletions = answer.getDeleteResponses().iterator();
        List<OperationResult> results = new ArrayList<>();
        for (Operation step : answer.isSucceeded() ? transaction.then() : transaction.otherwise()) {
            results.add(switch (step) {
                case Operation.Put _ -> new OperationResult.Written();
                case Operation.Delete _ -> new OperationResult.Deleted(deletions.next().getDeleted() > 0);
                case Operation.Get _ -> new OperationResult.Read(reads.next().getKvs().stream().findFirst().flatMap(Wire::entry));
            });
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
        EtcdWatch[] self = new EtcdWatch[1];
        self[0] = new EtcdWatch(client, request, listener, () -> watches.remove(self[0]), this::reached);
        watches.add(self[0]);
        self[0].start();
        return self[0];
    }

    @Override
    public Lease grant(Duration timeToLive) {
        if (timeToLive.compareTo(Duration.ofSeconds(1)) < 0 || timeToLive.compareTo(LONGEST_LEASE) > 0) {
            throw new IllegalArgumentException("a lease for " + timeToLive + ": 1 s to 24 h");
        }
        long seconds = timeToLive.plusNanos(999_999_999).toSeconds();
        LeaseGrantResponse answer = await("granting a lease", Applied.UNKNOWN, client.getLeaseClient().grant(seconds));
        return new Lease(answer.getID(), Duration.ofSeconds(answer.getTTL()));
    }

    @Override
    public boolean keepAlive(long leaseId) {
        try {
            return await("keeping lease " + leaseId + " alive", Applied.UNKNOWN, client.getLeaseClient().keepAliveOnce(leaseId)).getTTL() > 0;
        } catch (DatastoreException e) {
            return notFound(e);
        }
    }

    @Override
    public boolean revoke(long leaseId) {
        try {
            await("ending lease " + leaseId, Applied.UNKNOWN, client.getLeaseClient().revoke(leaseId));
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
        DatastoreStatus.State state = closed ? DatastoreStatus.State.CLOSED : problem.isPresent() ? DatastoreStatus.State.DEGRADED : DatastoreStatus.State.READY;
        List<String> details = new ArrayList<>();
        problem.ifPresent(details::add);
        details.add("endpoints " + String.join(", ", endpoints));
        details.add(watches.size() + " watches");
        return new DatastoreStatus("etcd", state, newest.get(), Math.min(compacted.get(), newest.get()), details);
    }

    /** Ends all watches and connections. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            watches.forEach(EtcdWatch::storeCloses);
            client.close();
        }
    }

    private void reached(long revision) {
        newest.accumulateAndGet(revision, Math::max);
    }

    /** The oldest revision that etcd knows: only a watch from one that is forgotten is told. */
    private long oldest() {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        WatchOption option = WatchOption.builder().withRevision(1).build();
        try (io.etcd.jetcd.Watch.Watcher _ = client.getWatchClient().watch(Wire.bytes("/tombolo/v1/none"), option, io.etcd.jetcd.Watch.listener(_ -> { }, failure -> {
            if (failure instanceof CompactedException forgotten) {
                answer.complete(forgotten.getCompactedRevision());
            } else {
                answer.completeExceptionally(failure);
            }
        }))) {
            long revision = await("asking for the oldest revision", Applied.NO, answer);
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

    private <T> T await(String what, Applied whenLost, CompletableFuture<T> answer) {
        checkOpen();
        String where = "etcd " + String.join(", ", endpoints) + ": " + what;
        try {
            T result = answer.get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            problem = Optional.empty();
            return result;
        } catch (ExecutionException e) {
            throw refused(where, whenLost, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw lost(where + ": no answer for " + ANSWER_LIMIT.toSeconds() + " s", whenLost, e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new DatastoreException(Reason.UNAVAILABLE, whenLost, "TMB-DST-051 " + where + ": interrupted while waiting for the answer.", e);
        }
    }

    private RuntimeException refused(String where, Applied whenLost, Throwable cause) {
        String text = String.valueOf(cause.getMessage());
        ErrorCode code = cause instanceof EtcdException known ? known.getErrorCode() : ErrorCode.UNKNOWN;
        if (cause instanceof CompactedException || text.contains("revision has been compacted")) {
            return new CompactedListing();
        }
        if (text.contains("future revision")) {
            return new DatastoreException(Reason.FUTURE_REVISION, Applied.NO, "TMB-DST-025 " + where + ": etcd has not reached that revision. List again without a revision.", cause);
        }
        if (text.contains("lease not found")) {
            return new DatastoreException(Reason.LEASE_NOT_FOUND, Applied.NO, "TMB-DST-029 " + where + ": the lease ended, or was never granted.", cause);
        }
        if (text.contains("database space exceeded")) {
            return new DatastoreException(Reason.DISK_FULL, Applied.NO, "TMB-DST-052 " + where + ": etcd has reached its space quota. Compact and defragment it, then disarm its alarm.", cause);
        }
        if (code == ErrorCode.PERMISSION_DENIED || code == ErrorCode.UNAUTHENTICATED || text.contains("authentication failed")) {
            return new DatastoreException(Reason.UNAVAILABLE, Applied.NO, "TMB-DST-053 " + where + ": etcd refuses this user: " + text + ". Check the user, its password and its role.", cause);
        }
        return lost(where + ": " + text, whenLost, cause);
    }

    private DatastoreException lost(String what, Applied applied, Throwable cause) {
        String message = "TMB-DST-050 " + what + (applied == Applied.UNKNOWN ? ". It may have been done: read back. " : ". ") + "Check that etcd runs and can be reached; calls try again by themselves.";
        problem = Optional.of(message);
        return new DatastoreException(Reason.UNAVAILABLE, applied, message, cause);
    }
}
