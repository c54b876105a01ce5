package tombolo.api.datastore.contract;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.datastore.Compare;
import tombolo.api.datastore.Datastore;
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

/** A store in memory for tests: transactions with their conditions, pages, and leases that end when a test says so; nothing is watched. Any thread. */
public class TransientDatastore implements Datastore {
    /** What is stored, to look at and to change behind everybody's back. */
    public final NavigableMap<Key, KeyValue> entries = new TreeMap<>();
    private final Set<Long> leases = new HashSet<>();
    private final String kind;
    private final int page;
    private long revision = 1;
    private long lastLease;

    /**
     * @param kind as its status says
     * @param page the most keys that one answer lists, whatever was asked for
     */
    public TransientDatastore(String kind, int page) {
        this.kind = kind;
        this.page = page;
    }

    /** The process that held them is gone. */
    public final synchronized void loseLeases() {
        List.copyOf(leases).forEach(this::revoke);
    }

    @Override
    public final synchronized Optional<KeyValue> get(Key key) {
        return Optional.ofNullable(entries.get(key));
    }

    @Override
    public final synchronized ListResult list(ListRequest request) {
        List<KeyValue> all = entries.values().stream().filter(entry -> entry.key().startsWith(request.prefix()))
                .filter(entry -> request.after().isEmpty() || entry.key().compareTo(request.after().get()) > 0).toList();
        List<KeyValue> some = all.subList(0, Math.min(Math.min(request.limit(), page), all.size()));
        return new ListResult.Page(revision, some, some.size() == all.size() ? Optional.empty()
                : Optional.of(new ListRequest(request.prefix(), Optional.of(some.getLast().key()), request.limit(), OptionalLong.empty())));
    }

    @Override
    public synchronized TransactionResult commit(Transaction transaction) {
        boolean holds = transaction.conditions().stream().allMatch(this::holds);
        List<OperationResult> results = new ArrayList<>();
        List<Operation> steps = holds ? transaction.then() : transaction.otherwise();
        if (steps.stream().anyMatch(step -> !(step instanceof Operation.Get))) {
            revision++;
        }
        for (Operation step : steps) {
            results.add(switch (step) {
                case Operation.Put put -> {
                    Optional<KeyValue> old = get(put.key());
                    entries.put(put.key(), new KeyValue(put.key(), put.value(), old.map(KeyValue::createRevision).orElse(revision), revision,
                            old.map(KeyValue::version).orElse(0L) + 1, put.lease()));
                    yield new OperationResult.Written();
                }
                case Operation.Delete delete -> new OperationResult.Deleted(entries.remove(delete.key()) != null);
                case Operation.Get read -> new OperationResult.Read(get(read.key()));
            });
        }
        return new TransactionResult(holds, revision, results);
    }

    private boolean holds(Compare condition) {
        Optional<KeyValue> entry = get(condition.key());
        return switch (condition) {
            case Compare.Version version -> version.relation().holds(Long.compare(entry.map(KeyValue::version).orElse(0L), version.version()));
            case Compare.ModRevision mod -> mod.relation().holds(Long.compare(entry.map(KeyValue::modRevision).orElse(0L), mod.revision()));
            case Compare.CreateRevision created -> created.relation().holds(Long.compare(entry.map(KeyValue::createRevision).orElse(0L), created.revision()));
            case Compare.Value value -> entry.isPresent() && value.relation().holds(entry.get().value().compareTo(value.value()));
        };
    }

    @Override
    public final Watch watch(WatchRequest request, WatchListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public final synchronized Lease grant(Duration timeToLive) {
        leases.add(++lastLease);
        return new Lease(lastLease, timeToLive);
    }

    @Override
    public final synchronized boolean keepAlive(long leaseId) {
        return leases.contains(leaseId);
    }

    @Override
    public final synchronized boolean revoke(long leaseId) {
        entries.values().removeIf(entry -> entry.lease().equals(OptionalLong.of(leaseId)));
        return leases.remove(leaseId);
    }

    @Override
    public final synchronized DatastoreStatus status() {
        return new DatastoreStatus(kind, DatastoreStatus.State.READY, revision, 0, List.of("in memory"));
    }
}
