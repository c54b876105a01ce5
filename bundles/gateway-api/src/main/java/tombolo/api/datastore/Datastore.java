package tombolo.api.datastore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The store of cluster-wide state, a service of gateway-datastore or gateway-datastore-etcd. Any thread may call but a Loop's: every call may block, so make
 * them on a virtual thread. An interrupt while a write waits may leave its outcome unknown, and leaves the interrupt set.
 *
 * <p>A write is durable when it returns. A read sees every write that has returned, and nothing that is not durable.
 *
 * @see DatastoreException thrown by every method where the store cannot do its work
 */
public interface Datastore {
    /** How often {@link #list(KeyPrefix)} starts again because its revision was forgotten between two pages. */
    int MAX_LIST_RESTARTS = 10;

    /** What the key holds now. */
    Optional<KeyValue> get(Key key);

    /** One page of a listing. */
    ListResult list(ListRequest request);

    /** Does a transaction: at once, durable on return. */
    TransactionResult commit(Transaction transaction);

    /** Starts a watch; its listener is called from now until it is closed or ended. Never answers with an exception for a compacted revision: the listener hears of it. */
    Watch watch(WatchRequest request, WatchListener listener);

    /** A new lease. @param timeToLive 1 s to 24 h; the store may grant more */
    Lease grant(Duration timeToLive);

    /** Gives a lease its full time again; false where it has ended. */
    boolean keepAlive(long leaseId);

    /** Ends a lease and deletes its keys; false where it had ended before. */
    boolean revoke(long leaseId);

    /** Never blocks, never throws. */
    DatastoreStatus status();

    /** Creates a key. */
    default WriteResult create(Key key, Bytes value) {
        return write(Compare.absent(key), new Operation.Put(key, value));
    }

    /** Replaces what a key held at that mod revision; a lease is not kept. */
    default WriteResult update(Key key, Bytes value, long modRevision) {
        return write(Compare.unchanged(key, existing(modRevision)), new Operation.Put(key, value));
    }

    /** Deletes a key that was last written at that mod revision. */
    default WriteResult delete(Key key, long modRevision) {
        return write(Compare.unchanged(key, existing(modRevision)), new Operation.Delete(key));
    }

    /** All keys below a prefix at one revision, page by page. */
    default Listing list(KeyPrefix prefix) {
        for (int attempt = 0; attempt < MAX_LIST_RESTARTS; attempt++) {
            List<KeyValue> entries = new ArrayList<>();
            Optional<ListRequest> request = Optional.of(ListRequest.of(prefix));
            long revision = 0;
            boolean compacted = false;
            while (request.isPresent() && !compacted) {
                switch (list(request.get())) {
                    case ListResult.Page page -> {
                        entries.addAll(page.entries());
                        revision = page.revision();
                        request = page.next();
                    }
                    case ListResult.Compacted _ -> compacted = true;
                }
            }
            if (!compacted) {
                return new Listing(revision, entries);
            }
        }
        throw new DatastoreException(DatastoreException.Reason.BUSY, DatastoreException.Applied.NO, "TMB-DST-001 listing " + prefix + ": the store forgot the revision between two pages "
                + MAX_LIST_RESTARTS + " times in a row: it is compacted faster than it can be read. Try again, or keep more history.");
    }

    private WriteResult write(Compare condition, Operation step) {
        TransactionResult result = commit(new Transaction(List.of(condition), List.of(step), List.of(new Operation.Get(step.key()))));
        if (result.succeeded()) {
            return new WriteResult.Written(result.revision());
        }
        return new WriteResult.Conflict(((OperationResult.Read) result.results().getFirst()).entry());
    }

    private static long existing(long modRevision) {
        if (modRevision < 1) {
            throw new IllegalArgumentException("mod revision " + modRevision + ": what exists was written at 1 or later");
        }
        return modRevision;
    }
}
