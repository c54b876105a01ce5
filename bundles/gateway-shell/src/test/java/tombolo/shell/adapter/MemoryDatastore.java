package tombolo.shell.adapter;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreEngine;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.TransactionResult;
import tombolo.api.datastore.contract.TransientDatastore;

/** A store in memory that is an engine too; a test may let commits fail, before or after they have happened. */
final class MemoryDatastore extends TransientDatastore implements DatastoreEngine {
    /** So that a few keys make several pages. */
    private static final int PAGE = 7;

    /** Taken by the next commits, one each: called after the commit has happened. */
    final Deque<Consumer<Transaction>> after = new ArrayDeque<>();
    int commits;
    private final String kind;

    MemoryDatastore(String kind) {
        super(kind, PAGE);
        this.kind = kind;
    }

    MemoryDatastore put(String key, String value) {
        commit(Transaction.of(new Operation.Put(Key.of(key), Bytes.utf8(value))));
        return this;
    }

    MemoryDatastore putLeased(String key, String value) {
        commit(Transaction.of(new Operation.Put(Key.of(key), Bytes.utf8(value), OptionalLong.of(7))));
        return this;
    }

    String text(String key) {
        return get(Key.of(key)).orElseThrow().value().asUtf8();
    }

    static DatastoreException lost(DatastoreException.Applied applied) {
        return new DatastoreException(DatastoreException.Reason.UNAVAILABLE, applied, "TMB-DST-050 lost");
    }

    @Override
    public synchronized TransactionResult commit(Transaction transaction) {
        commits++;
        TransactionResult result = super.commit(transaction);
        Consumer<Transaction> then = after.poll();
        if (then != null) {
            then.accept(transaction);
        }
        return result;
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public String location() {
        return "memory";
    }

    @Override
    public Optional<String> trouble() {
        return Optional.empty();
    }

    @Override
    public Opened open() {
        return new Opened() {
            @Override
            public Datastore store() {
                return MemoryDatastore.this;
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
    }
}
