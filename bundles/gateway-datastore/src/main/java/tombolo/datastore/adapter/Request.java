package tombolo.datastore.adapter;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import tombolo.api.datastore.Lease;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.TransactionResult;

/** A call that waits for the writer. */
sealed interface Request {
    Future<?> answer();

    /** Completes the answer exceptionally. */
    void fail(Throwable problem);

    record Commit(Transaction transaction, CompletableFuture<TransactionResult> answer) implements Request {
        @Override
        public void fail(Throwable problem) {
            answer.completeExceptionally(problem);
        }
    }

    record Grant(Duration timeToLive, CompletableFuture<Lease> answer) implements Request {
        @Override
        public void fail(Throwable problem) {
            answer.completeExceptionally(problem);
        }
    }

    record KeepAlive(long leaseId, CompletableFuture<Boolean> answer) implements Request {
        @Override
        public void fail(Throwable problem) {
            answer.completeExceptionally(problem);
        }
    }

    record Revoke(long leaseId, CompletableFuture<Boolean> answer) implements Request {
        @Override
        public void fail(Throwable problem) {
            answer.completeExceptionally(problem);
        }
    }

    /** Begins the next log and writes a checkpoint, as when the log is long. */
    record Checkpoint(CompletableFuture<Boolean> answer) implements Request {
        @Override
        public void fail(Throwable problem) {
            answer.completeExceptionally(problem);
        }
    }
}
