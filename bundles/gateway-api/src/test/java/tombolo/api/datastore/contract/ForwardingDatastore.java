package tombolo.api.datastore.contract;

import java.time.Duration;
import java.util.Optional;
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

/** Passes everything on to another store: for tests and benchmarks that count, delay or lose some of it. */
public abstract class ForwardingDatastore implements Datastore {
    private final Datastore store;

    protected ForwardingDatastore(Datastore store) {
        this.store = store;
    }

    /** What everything is passed on to; may throw. */
    protected Datastore store() {
        return store;
    }

    @Override
    public Optional<KeyValue> get(Key key) {
        return store().get(key);
    }

    @Override
    public ListResult list(ListRequest request) {
        return store().list(request);
    }

    @Override
    public TransactionResult commit(Transaction transaction) {
        return store().commit(transaction);
    }

    @Override
    public Watch watch(WatchRequest request, WatchListener listener) {
        return store().watch(request, listener);
    }

    @Override
    public Lease grant(Duration timeToLive) {
        return store().grant(timeToLive);
    }

    @Override
    public boolean keepAlive(long leaseId) {
        return store().keepAlive(leaseId);
    }

    @Override
    public boolean revoke(long leaseId) {
        return store().revoke(leaseId);
    }

    @Override
    public DatastoreStatus status() {
        return store().status();
    }
}
