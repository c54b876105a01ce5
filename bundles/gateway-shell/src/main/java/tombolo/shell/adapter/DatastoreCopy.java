package tombolo.shell.adapter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tombolo.api.datastore.Compare;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;
import tombolo.shell.core.Failure;

/**
 * Copies keys into a store.
 *
 * <pre>
 *  1 compare   both sides, key by key: a key with another value there is a conflict: nothing is written
 *  2 write     what is missing, in transactions that hold only where it still is missing
 *  3 compare   again: every key of the source is there with its value
 * </pre>
 *
 * A copy that was interrupted is simply started again: what is there already with the same value is not written twice. Keys of the target that the source does
 * not have stay.
 */
final class DatastoreCopy {
    /** What a gateway keeps; an etcd may hold other programs' keys too. */
    static final List<KeyPrefix> OURS = List.of(KeyPrefix.of("/calico/"), KeyPrefix.of("/tombolo/"));
    /** Below the limits of a transaction, with room for the keys. */
    private static final int BATCH_KEYS = 64;
    private static final int BATCH_BYTES = 512 << 10;
    private static final int ATTEMPTS = 10;
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final int SHOWN = 10;
    private static final int PROGRESS_KEYS = 5000;

    private final Supplier<Iterator<Copied>> source;
    private final Datastore target;
    private final Consumer<String> progress;

    /** @param source makes the entries, sorted by key, anew each time */
    DatastoreCopy(Supplier<Iterator<Copied>> source, Datastore target, Consumer<String> progress) {
        this.source = source;
        this.target = target;
        this.progress = progress;
    }

    /**
     * @param keys     of the source without leased ones
     * @param written  that were missing
     * @param same     that were there
     * @param leased   that were left out
     * @param onlyThere of the target, not of the source
     */
    record Result(long keys, long written, long same, long leased, long onlyThere) { }

    Result run() {
        Comparison before = compare("compared");
        if (!before.different.isEmpty()) {
            throw new Failure("TMB-DST-067 " + before.differences + " keys are there with another value, such as " + String.join(", ", before.different)
                    + ". Nothing was written. Take them away there (or here), or copy into an empty store.");
        }
        progress.accept(before.missing + " of " + before.keys + " keys are to be written, " + before.same + " are there already");
        long written = before.missing == 0 ? 0 : write(before.missing);
        Comparison after = compare("verified");
        if (after.missing > 0 || !after.different.isEmpty()) {
            throw new Failure("TMB-DST-068 after the copy " + (after.missing + after.differences) + " keys are not as in the source" + (after.different.isEmpty() ? "" : ", such as "
                    + String.join(", ", after.different)) + ": somebody writes to one of the two. Keep writers away (datastore:lock, no resource:apply) and start again.");
        }
        return new Result(after.keys, written, before.same, after.leased, after.onlyThere);
    }

    /** What a pass found. */
    private static final class Comparison {
        private long keys;
        private long same;
        private long missing;
        private long leased;
        private long onlyThere;
        private long differences;
        private final List<String> different = new ArrayList<>();
    }

    private Comparison compare(String word) {
        Comparison found = new Comparison();
        walk((mine, theirs) -> {
            if (mine == null) {
                found.onlyThere++;
            } else if (mine.leased()) {
                found.leased++;
            } else {
                found.keys++;
                if (theirs == null) {
                    found.missing++;
                } else if (theirs.value().equals(mine.value())) {
                    found.same++;
                } else if (++found.differences <= SHOWN) {
                    found.different.add(mine.key().text());
                }
                if (found.keys % PROGRESS_KEYS == 0) {
                    progress.accept(word + " " + found.keys + " keys");
                }
            }
        });
        return found;
    }

    private long write(long missing) {
        long[] written = new long[1];
        List<Copied> batch = new ArrayList<>();
        long[] bytes = new long[1];
        walk((mine, theirs) -> {
            if (mine == null || theirs != null || mine.leased()) {
                return;
            }
            if (batch.size() >= BATCH_KEYS || !batch.isEmpty() && bytes[0] + mine.value().size() > BATCH_BYTES) {
                written[0] += flush(batch);
                batch.clear();
                bytes[0] = 0;
                progress.accept("copied " + written[0] + " of " + missing + " keys");
            }
            batch.add(mine);
            bytes[0] += mine.value().size() + mine.key().text().length();
        });
        if (!batch.isEmpty()) {
            written[0] += flush(batch);
            progress.accept("copied " + written[0] + " of " + missing + " keys");
        }
        return written[0];
    }

    /** A transaction that may have happened is made again: it cannot happen twice, since its keys must be absent. */
    private int flush(List<Copied> batch) {
        Transaction transaction = new Transaction(batch.stream().map(entry -> Compare.absent(entry.key())).toList(),
                batch.stream().<Operation>map(entry -> new Operation.Put(entry.key(), entry.value())).toList(), List.of());
        for (int attempt = 1; ; attempt++) {
            try {
                if (target.commit(transaction).succeeded()) {
                    return batch.size();
                }
                Optional<Copied> other = batch.stream().filter(entry -> !target.get(entry.key()).map(KeyValue::value).equals(Optional.of(entry.value()))).findFirst();
                if (other.isPresent()) {
                    throw new Failure("TMB-DST-069 " + other.get().key() + " was written there by somebody else during the copy. What was copied so far stays; start again when nobody writes.");
                }
                return batch.size(); // an attempt before has done it
            } catch (DatastoreException e) {
                if (attempt >= ATTEMPTS || e.reason() != DatastoreException.Reason.UNAVAILABLE && e.reason() != DatastoreException.Reason.BUSY) {
                    throw e;
                }
                progress.accept("waiting: " + e.getMessage());
                pause();
            }
        }
    }

    private interface Both {
        /** At least one is there; both have the same key. */
        void seen(@Nullable Copied mine, @Nullable Copied theirs);
    }

    private void walk(Both both) {
        Iterator<Copied> mine = source.get();
        Iterator<Copied> theirs = Copied.of(target, OURS);
        @Nullable Copied left = next(mine);
        @Nullable Copied right = next(theirs);
        while (left != null || right != null) {
            int order = left == null ? 1 : right == null ? -1 : left.key().compareTo(right.key());
            both.seen(order <= 0 ? left : null, order >= 0 ? right : null);
            left = order <= 0 ? next(mine) : left;
            right = order >= 0 ? next(theirs) : right;
        }
    }

    private static @Nullable Copied next(Iterator<Copied> entries) {
        return entries.hasNext() ? entries.next() : null;
    }

    private static void pause() {
        try {
            boolean never = new java.util.concurrent.CountDownLatch(1).await(PAUSE.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
            if (never) {
                throw new IllegalStateException("nobody counts down");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("TMB-DST-070 interrupted. What was copied so far stays; start again to go on.");
        }
    }
}
