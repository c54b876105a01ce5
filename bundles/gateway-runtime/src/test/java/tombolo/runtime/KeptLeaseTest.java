package tombolo.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
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

class KeptLeaseTest {
    private static final Duration SHORT = Duration.ofSeconds(3);
    private final Leases store = new Leases();

    @Test
    void aLeaseIsGrantedToldKeptAliveAndEndedAtTheClose() throws Exception {
        try (KeptLease kept = new KeptLease(store, SHORT, store::told)) {
            store.await("it is kept alive", () -> store.calls.contains("keepAlive 1"));
            assertEquals(Optional.of(new Lease(1, SHORT)), kept.current());
        }
        store.await("it is ended", () -> store.calls.contains("revoke 1"));
        assertEquals(List.of("grant", "told 1", "keepAlive 1"), store.calls.subList(0, 3));
    }

    @Test
    void aLeaseThatHasEndedIsGrantedAnewAndTold() throws Exception {
        store.ended = 1;
        try (KeptLease _ = new KeptLease(store, SHORT, store::told)) {
            store.await("the second is told", () -> store.calls.contains("told 2"));
        }
    }

    /** While the store is away the lease may end; it counts as there until the store has said otherwise. */
    @Test
    void aStoreThatIsAwayIsAskedAgain() throws Exception {
        store.refusals = 2;
        try (KeptLease kept = new KeptLease(store, SHORT, store::told)) {
            store.await("it is granted in the end", () -> store.calls.contains("told 1"));
            store.set(() -> store.refusals = 2);
            store.await("it is kept alive all the same", () -> store.calls.contains("keepAlive 1"));
            assertTrue(kept.current().isPresent());
            assertEquals(1, store.calls.stream().filter(call -> call.startsWith("told")).count());
        }
    }

    @Test
    void whoIsToldMayFailAndTheLeaseIsKept() throws Exception {
        try (KeptLease _ = new KeptLease(store, SHORT, lease -> {
            throw new IllegalStateException("a holder with a defect");
        })) {
            store.await("it is kept alive", () -> store.calls.contains("keepAlive 1"));
        }
    }

    @Test
    void aLeaseTooShortToBeKeptIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new KeptLease(store, Duration.ofSeconds(2), lease -> { }));
    }

    /** Leases alone; calls are written down. */
    private static final class Leases implements Datastore {
        final List<String> calls = new ArrayList<>();
        int refusals;
        long ended;
        private long last;

        synchronized void set(Runnable change) {
            change.run();
        }

        synchronized void told(Lease lease) {
            calls.add("told " + lease.id());
            notifyAll();
        }

        synchronized void await(String what, Supplier<Boolean> condition) throws InterruptedException {
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (!condition.get()) {
                assertTrue(System.nanoTime() < end, "waited in vain until " + what + ": " + calls);
                wait(1000);
            }
        }

        private void answer() {
            notifyAll();
            if (refusals > 0) {
                refusals--;
                throw new DatastoreException(DatastoreException.Reason.UNAVAILABLE, DatastoreException.Applied.NO, "TMB-DST-050 lost");
            }
        }

        @Override
        public synchronized Lease grant(Duration timeToLive) {
            answer();
            calls.add("grant");
            return new Lease(++last, timeToLive);
        }

        @Override
        public synchronized boolean keepAlive(long leaseId) {
            answer();
            calls.add("keepAlive " + leaseId);
            return leaseId != ended;
        }

        @Override
        public synchronized boolean revoke(long leaseId) {
            answer();
            calls.add("revoke " + leaseId);
            return true;
        }

        @Override
        public Optional<KeyValue> get(Key key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ListResult list(ListRequest request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TransactionResult commit(Transaction transaction) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Watch watch(WatchRequest request, WatchListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public DatastoreStatus status() {
            return new DatastoreStatus("fake", DatastoreStatus.State.READY, 0, 0, List.of());
        }
    }
}
