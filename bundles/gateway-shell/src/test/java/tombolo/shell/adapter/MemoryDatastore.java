package tombolo.shell.adapter;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Compare;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreEngine;
import tombolo.api.datastore.DatastoreException;
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

/** A store in memory with the conditions that the commands use; a test may let commits fail, before or after they have happened. */
final class MemoryDatastore implements Datastore, DatastoreEngine {
    final NavigableMap<Key, KeyValue> entries = new TreeMap<>();
    /** Taken by the next commits, one each: called after the commit has happened. */
    final Deque<Consumer<Transaction>> after = new ArrayDeque<>();
    int commits;
    private final String kind;
    private long revision = 1;

    MemoryDatastore(String kind) {
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
    public Optional<KeyValue> get(Key key) {
        return Optional.ofNullable(entries.get(key));
    }

    @Override
    public ListResult list(ListRequest request) {
        List<KeyValue> all = entries.values().stream().filter(entry -> entry.key().startsWith(request.prefix()))
                .filter(entry -> request.after().isEmpty() || entry.key().compareTo(request.after().get()) > 0).toList();
        int most = Math.min(request.limit(), 7); // so that a few keys make several pages
        List<KeyValue> page = all.subList(0, Math.min(most, all.size()));
        return new ListResult.Page(revision, page, page.size() == all.size() ? Optional.empty()
                : Optional.of(new ListRequest(request.prefix(), Optional.of(page.getLast().key()), request.limit(), OptionalLong.empty())));
    }

    @Override
    public TransactionResult commit(Transaction transaction) {
        commits++;
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
        Consumer<Transaction> then = after.poll();
        if (then != null) {
            then.accept(transaction);
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
    public Watch watch(WatchRequest request, WatchListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Lease grant(Duration timeToLive) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean keepAlive(long leaseId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean revoke(long leaseId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public DatastoreStatus status() {
        return new DatastoreStatus(kind, DatastoreStatus.State.READY, revision, 0, List.of("in memory"));
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
