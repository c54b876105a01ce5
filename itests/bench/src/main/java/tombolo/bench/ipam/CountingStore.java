package tombolo.bench.ipam;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.ListRequest;
import tombolo.api.datastore.ListResult;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.TransactionResult;
import tombolo.api.datastore.contract.ForwardingDatastore;

/** Counts what goes to the store. */
final class CountingStore extends ForwardingDatastore {
    final AtomicLong transactions = new AtomicLong();
    final AtomicLong reads = new AtomicLong();

    CountingStore(Datastore store) {
        super(store);
    }

    @Override
    public Optional<KeyValue> get(Key key) {
        reads.incrementAndGet();
        return super.get(key);
    }

    @Override
    public ListResult list(ListRequest request) {
        reads.incrementAndGet();
        return super.list(request);
    }

    @Override
    public TransactionResult commit(Transaction transaction) {
        transactions.incrementAndGet();
        return super.commit(transaction);
    }
}
