package tombolo.bench.ipam;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import tombolo.api.datastore.Datastore;
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

/** Counts what goes to the store. */
final class CountingStore implements Datastore {
    private final Datastore store;
    final AtomicLong transactions = new AtomicLong();
    final AtomicLong reads = new AtomicLong();

    CountingStore(Datastore store) {
        this.store = store;
    }

    @Override
    public Optional<KeyValue> get(Key key) {
        reads.incrementAndGet();
        return store.get(key);
    }

    @Override
    public ListResult list(ListRequest request) {
        reads.incrementAndGet();
        return store.list(request);
    }

    @Override
    public TransactionResult commit(Transaction transaction) {
        transactions.incrementAndGet();
        return store.commit(transaction);
    }

    @Override
    public Watch watch(WatchRequest request, WatchListener listener) {
        return store.watch(request, listener);
    }

    @Override
    public Lease grant(Duration timeToLive) {
        return store.grant(timeToLive);
    }

    @Override
    public boolean keepAlive(long leaseId) {
        return store.keepAlive(leaseId);
    }

    @Override
    public boolean revoke(long leaseId) {
        return store.revoke(leaseId);
    }

    @Override
    public DatastoreStatus status() {
        return store.status();
    }
}
