package tombolo.ipam.adapter;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Compare;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.OperationResult;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.TransactionResult;
import tombolo.ipam.core.Affinity;
import tombolo.ipam.core.Keys;
import tombolo.ipam.core.Working;

/** Commits what was planned, and finds out what became of it where the answer was lost. For whoever has the turn in {@link Batches}. */
final class Transactions {
    /** A store that restarts is back by then; then the caller has to be told. */
    private static final Duration DOUBT = Duration.ofSeconds(45);
    private static final Duration BETWEEN = Duration.ofMillis(200);
    /** A writer's key that was not written for so long belongs to a process that is gone. */
    static final Duration WRITER_LIFETIME = Duration.ofDays(1);

    private final Datastore store;
    private final TableFeed feed;
    private final BooleanSupplier closed;
    private final Clock clock;
    private final Interrupts interrupts;
    private final Key writer = Key.of(Keys.WRITERS.text() + UUID.randomUUID());
    private long number;

    Transactions(Datastore store, TableFeed feed, BooleanSupplier closed, Clock clock, Interrupts interrupts) {
        this.store = store;
        this.feed = feed;
        this.closed = closed;
        this.clock = clock;
        this.interrupts = interrupts;
    }

    /** Writes what is planned. False: something had changed, and the table knows now. @throws DatastoreException UNKNOWN where it cannot be found out */
    boolean commit(Working working) {
        return working.changesNothing() || feed.whileWriting(() -> write(working));
    }

    private boolean write(Working working) {
        Map<Key, Long> claimed = new HashMap<>();
        Map<Affinity, Long> claims = feed.locked(_ -> working.claims());
        if (!claims.isEmpty()) {
            List<Working.Write> pending = claims.entrySet().stream()
                    .map(claim -> new Working.Write(Keys.affinity(claim.getKey().owner(), claim.getKey().block()), claim.getValue(), Optional.of(claim.getKey().text()))).toList();
            Optional<Long> revision = commit(pending, claimed);
            if (revision.isEmpty()) {
                return false;
            }
            claims.forEach((claim, _) -> claimed.put(Keys.affinity(claim.owner(), claim.block()), revision.get()));
            feed.locked(table -> {
                claims.forEach((claim, _) -> table.put(claim, revision.get()));
                return true;
            });
        }
        Optional<Long> revision = commit(feed.locked(_ -> working.writes()), claimed);
        revision.ifPresent(at -> feed.locked(_ -> {
            working.written(at);
            return true;
        }));
        return revision.isPresent();
    }

    /** The revision; empty: a condition did not hold. */
    private Optional<Long> commit(List<Working.Write> writes, Map<Key, Long> claimed) {
        Bytes mark = Bytes.utf8(++number + " " + clock.instant().getEpochSecond());
        List<Compare> conditions = new ArrayList<>(writes.size());
        List<Operation> steps = new ArrayList<>(writes.size() + 1);
        List<Operation> otherwise = new ArrayList<>(writes.size() + 1);
        for (Working.Write write : writes) {
            long expected = write.expected() == Working.CLAIMED ? claimed.get(write.key()) : write.expected();
            conditions.add(Compare.unchanged(write.key(), expected));
            steps.add(write.value().<Operation>map(value -> new Operation.Put(write.key(), Bytes.utf8(value))).orElseGet(() -> new Operation.Delete(write.key())));
            otherwise.add(new Operation.Get(write.key()));
        }
        steps.add(new Operation.Put(writer, mark));
        otherwise.add(new Operation.Get(writer));
        TransactionResult result = certain(new Transaction(conditions, steps, otherwise));
        if (result.succeeded()) {
            return Optional.of(result.revision());
        }
        Optional<KeyValue> last = ((OperationResult.Read) result.results().getLast()).entry();
        if (last.map(KeyValue::value).filter(mark::equals).isPresent()) {
            // it had happened before, and only the answer was lost
            return last.map(KeyValue::modRevision);
        }
        absorb(otherwise, result);
        return Optional.empty();
    }

    private TransactionResult certain(Transaction transaction) {
        DatastoreException first;
        try {
            return store.commit(transaction);
        } catch (DatastoreException e) {
            if (e.applied() == Applied.NO) {
                throw e;
            }
            first = e;
        }
        long end = System.nanoTime() + DOUBT.toNanos();
        while (!closed.getAsBoolean() && System.nanoTime() < end) {
            if (!interrupts.take()) {
                LockSupport.parkNanos(BETWEEN.toNanos());
            }
            try {
                return store.commit(transaction);
            } catch (DatastoreException e) {
                // still away: whether this or the first attempt happened is as open as before
                first.addSuppressed(e);
            }
        }
        throw first;
    }

    private void absorb(List<Operation> reads, TransactionResult result) {
        for (int i = 0; i < reads.size(); i++) {
            Key key = reads.get(i).key();
            Optional<KeyValue> entry = ((OperationResult.Read) result.results().get(i)).entry();
            Optional<Stored.News> news = entry.map(Stored::news).orElseGet(() -> Stored.gone(key, result.revision()));
            feed.locked(table -> {
                news.ifPresent(each -> each.tell(table, true));
                return true;
            });
        }
    }

    /** Deletes the keys of writers that are long gone. */
    void forgetOldWriters() {
        long oldest = clock.instant().minus(WRITER_LIFETIME).getEpochSecond();
        for (KeyValue entry : store.list(Keys.WRITERS).entries()) {
            String[] words = entry.value().asUtf8().split(" ");
            if (words.length != 2 || !words[1].matches("[0-9]{1,18}") || Long.parseLong(words[1]) < oldest) {
                store.delete(entry.key(), entry.modRevision());
            }
        }
    }

    /** Deletes this writer's key, where there is one. */
    void close() {
        Optional<KeyValue> entry = store.get(writer);
        if (entry.isPresent()) {
            store.delete(writer, entry.get().modRevision());
        }
    }
}
