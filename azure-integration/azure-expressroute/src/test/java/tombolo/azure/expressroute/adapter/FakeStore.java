package tombolo.azure.expressroute.adapter;

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

/** A store in memory with transactions and leases that end when a test says so. Any thread. */
final class FakeStore implements Datastore {
    final NavigableMap<Key, KeyValue> entries = new TreeMap<>();
    final Set<Long> leases = new HashSet<>();
    private long revision = 1;
    private long lastLease;

    /** The process that held them is gone. */
    void loseLeases() {
        List.copyOf(leases).forEach(this::revoke);
    }

    @Override
    public synchronized Optional<KeyValue> get(Key key) {
        return Optional.ofNullable(entries.get(key));
    }

    @Override
    public synchronized ListResult list(ListRequest request) {
        List<KeyValue> all = entries.values().stream().filter(entry -> entry.key().startsWith(request.prefix())).toList();
        return new ListResult.Page(revision, all, Optional.empty());
    }

    @Override
    public synchronized TransactionResult commit(Transaction transaction) {
        boolean holds = transaction.conditions().stream().allMatch(this::holds);
        List<OperationResult> results = new ArrayList<>();
        if (holds) {
            revision++;
        }
        for (Operation step : holds ? transaction.then() : transaction.otherwise()) {
            results.add(switch (step) {
                case Operation.Put put -> {
                    Optional<KeyValue> old = get(put.key());
                    entries.put(put.key(), new KeyValue(put.key(), put.value(), old.map(KeyValue::createRevision).orElse(revision), revision, old.map(KeyValue::version).orElse(0L) + 1, put.lease()));
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
    public synchronized Watch watch(WatchRequest request, WatchListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public synchronized Lease grant(Duration timeToLive) {
        leases.add(++lastLease);
        return new Lease(lastLease, timeToLive);
    }

    @Override
    public synchronized boolean keepAlive(long leaseId) {
        return leases.contains(leaseId);
    }

    @Override
    public synchronized boolean revoke(long leaseId) {
        entries.values().removeIf(entry -> entry.lease().equals(OptionalLong.of(leaseId)));
        return leases.remove(leaseId);
    }

    @Override
    public synchronized DatastoreStatus status() {
        return new DatastoreStatus("memory", DatastoreStatus.State.READY, revision, 0, List.of("in memory"));
    }
}
