package tombolo.datastore.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Change;
import tombolo.api.datastore.Compare;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.OperationResult;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.TransactionResult;
import tombolo.datastore.core.Mutation.Write;

/**
 * All that the store holds at one revision. Immutable: the writer tries a batch of transactions on it, and only where their records are durable does the
 * result become what readers see; where they are not, the old state is still there.
 *
 * @param revision  of the last write; 1 before the first, as in etcd
 * @param leases    time to live by id
 * @param nextLease the id that the next grant gets
 */
public record StoreState(long revision, Tree tree, Map<Long, Duration> leases, long nextLease) {
    /** Revision 1 is that of an empty store, as in etcd. */
    public static final StoreState EMPTY = new StoreState(1, Tree.EMPTY, Map.of(), 1);

    private static final OperationResult WRITTEN = new OperationResult.Written();

    public StoreState {
        leases = Map.copyOf(leases);
    }

    /**
     * The state after a mutation, and what watchers hear of it.
     *
     * @param changes    empty: the revision did not move
     * @param superseded characters of the keys and bytes of the values that the changes put an end to: what only the states before hold on to
     */
    public record Next(StoreState state, List<Change> changes, long superseded) { }

    /** A transaction's record, and what it makes of the state: the same as {@link #apply} makes of the record. */
    public record Step(Mutation.Commit commit, Next next) { }

    /** What a transaction would do. */
    public sealed interface Evaluation {
        /** @param step empty: the transaction writes nothing */
        record Accepted(TransactionResult result, Optional<Step> step) implements Evaluation { }

        record NoSuchLease(long leaseId, Key key) implements Evaluation { }
    }

    /** Tries a transaction on this state. */
    public Evaluation evaluate(Transaction transaction) {
        boolean holds = true;
        for (int i = 0; holds && i < transaction.conditions().size(); i++) {
            holds = holds(transaction.conditions().get(i));
        }
        List<Operation> steps = holds ? transaction.then() : transaction.otherwise();
        Writing writing = new Writing(tree, revision + 1, steps.size());
        List<Write> writes = new ArrayList<>(steps.size());
        List<OperationResult> results = new ArrayList<>(steps.size());
        for (Operation step : steps) {
            switch (step) {
                case Operation.Put put -> {
                    if (put.lease().isPresent() && !leases.containsKey(put.lease().getAsLong())) {
                        return new Evaluation.NoSuchLease(put.lease().getAsLong(), put.key());
                    }
                    writes.add(new Write.Put(put.key(), put.value(), put.lease()));
                    writing.put(put.key(), put.value(), put.lease());
                    results.add(WRITTEN);
                }
                case Operation.Delete delete -> {
                    boolean existed = writing.tree.get(delete.key()).isPresent();
                    if (existed) {
                        writes.add(new Write.Delete(delete.key()));
                        writing.delete(delete.key());
                    }
                    results.add(new OperationResult.Deleted(existed));
                }
                case Operation.Get get -> results.add(new OperationResult.Read(writing.tree.get(get.key())));
            }
        }
        if (writes.isEmpty()) {
            return new Evaluation.Accepted(new TransactionResult(holds, revision, results), Optional.empty());
        }
        return new Evaluation.Accepted(new TransactionResult(holds, revision + 1, results),
                Optional.of(new Step(new Mutation.Commit(revision + 1, writes), writing.done(leases, nextLease))));
    }

    /**
     * Applies a mutation, new or read back from the log.
     *
     * @throws IllegalArgumentException where it does not follow on this state: the log is not the one that was written
     */
    public Next apply(Mutation mutation) {
        return switch (mutation) {
            case Mutation.Commit commit -> {
                if (commit.revision() != revision + 1) {
                    throw new IllegalArgumentException("revision " + commit.revision() + " follows on " + revision);
                }
                yield commit(commit.writes(), leases);
            }
            case Mutation.Grant grant -> {
                Map<Long, Duration> granted = new TreeMap<>(leases);
                granted.put(grant.leaseId(), grant.timeToLive());
                yield new Next(new StoreState(revision, tree, granted, Math.max(nextLease, grant.leaseId() + 1)), List.of(), 0);
            }
            case Mutation.LeaseEnd end -> {
                Map<Long, Duration> left = new TreeMap<>(leases);
                left.remove(end.leaseId());
                List<Write> deletions = new ArrayList<>();
                tree.forEach(KeyPrefix.ALL, entry -> {
                    if (entry.lease().isPresent() && entry.lease().getAsLong() == end.leaseId()) {
                        deletions.add(new Write.Delete(entry.key()));
                    }
                    return true;
                });
                yield deletions.isEmpty() ? new Next(new StoreState(revision, tree, left, nextLease), List.of(), 0) : commit(deletions, left);
            }
            case Mutation.Roll _ -> new Next(this, List.of(), 0);
        };
    }

    private Next commit(List<Write> writes, Map<Long, Duration> leasesAfter) {
        Writing writing = new Writing(tree, revision + 1, writes.size());
        for (Write write : writes) {
            switch (write) {
                case Write.Put put -> writing.put(put.key(), put.value(), put.lease());
                case Write.Delete delete -> writing.delete(delete.key());
            }
        }
        return writing.done(leasesAfter, nextLease);
    }

    /** A revision in the making. */
    private static final class Writing {
        private final long at;
        private final List<Change> changes;
        private Tree tree;
        private long superseded;

        Writing(Tree tree, long at, int size) {
            this.tree = tree;
            this.at = at;
            this.changes = new ArrayList<>(size);
        }

        void put(Key key, Bytes value, OptionalLong lease) {
            tree = tree.with(key, old -> {
                KeyValue entry = old == null ? new KeyValue(key, value, at, at, 1, lease) : new KeyValue(key, value, old.createRevision(), at, old.version() + 1, lease);
                changes.add(new Change.Put(entry));
                superseded += old == null ? 0 : Tree.bytes(old);
                return entry;
            });
        }

        void delete(Key key) {
            long before = tree.bytes();
            tree = tree.without(key);
            superseded += before - tree.bytes();
            changes.add(new Change.Deleted(key, at));
        }

        Next done(Map<Long, Duration> leases, long nextLease) {
            changes.sort(Comparator.comparing(Change::key));
            return new Next(new StoreState(at, tree, leases, nextLease), List.copyOf(changes), superseded);
        }
    }

    private boolean holds(Compare condition) {
        Optional<KeyValue> entry = tree.get(condition.key());
        return switch (condition) {
            case Compare.CreateRevision c -> c.relation().holds(Long.compare(entry.map(KeyValue::createRevision).orElse(0L), c.revision()));
            case Compare.ModRevision c -> c.relation().holds(Long.compare(entry.map(KeyValue::modRevision).orElse(0L), c.revision()));
            case Compare.Version c -> c.relation().holds(Long.compare(entry.map(KeyValue::version).orElse(0L), c.version()));
            case Compare.Value c -> entry.isPresent() && c.relation().holds(entry.get().value().compareTo(c.value()));
        };
    }
}
