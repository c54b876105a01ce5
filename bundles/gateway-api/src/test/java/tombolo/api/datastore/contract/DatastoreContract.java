package tombolo.api.datastore.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Change;
import tombolo.api.datastore.Compare;
import tombolo.api.datastore.Compare.Relation;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreStatus;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Lease;
import tombolo.api.datastore.ListRequest;
import tombolo.api.datastore.ListResult;
import tombolo.api.datastore.Listing;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.OperationResult;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.TransactionResult;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchEnd;
import tombolo.api.datastore.WatchRequest;
import tombolo.api.datastore.WriteResult;

/** The promises of {@link Datastore}. The store may hold other keys: each test keeps to a prefix of its own. */
public abstract class DatastoreContract {
    /** Bounded waiting, not timing: far more than any machine needs. */
    protected static final Duration SOON = Duration.ofSeconds(20);
    private static final AtomicInteger TESTS = new AtomicInteger();

    private Datastore store;
    private String root;

    /** A running store; called before each test. */
    protected abstract Datastore open() throws Exception;

    /** Makes the store forget what was before that revision. */
    protected abstract void compact(long revision) throws Exception;

    @BeforeEach
    void openAndChooseAPrefix() throws Exception {
        store = open();
        root = "/tombolo/v1/contract-" + ProcessHandle.current().pid() + "-" + TESTS.incrementAndGet() + "/";
    }

    @Test
    void aCreatedKeyIsReadBackWithItsRevisions() {
        long revision = written(store.create(key("a"), Bytes.utf8("one")));
        assertEquals(Optional.of(new KeyValue(key("a"), Bytes.utf8("one"), revision, revision, 1, OptionalLong.empty())), store.get(key("a")));
        assertEquals(Optional.empty(), store.get(key("b")));
    }

    @Test
    void everyWriteRaisesTheRevisionByOneAndTheKeysVersionByOne() {
        long created = written(store.create(key("a"), Bytes.utf8("1")));
        long updated = written(store.update(key("a"), Bytes.utf8("2"), created));
        long same = written(store.update(key("a"), Bytes.utf8("2"), updated));
        assertEquals(created + 1, updated);
        assertEquals(created + 2, same);
        assertEquals(Optional.of(new KeyValue(key("a"), Bytes.utf8("2"), created, same, 3, OptionalLong.empty())), store.get(key("a")));
    }

    @Test
    void creatingAKeyThatExistsIsAConflictThatShowsIt() {
        written(store.create(key("a"), Bytes.utf8("one")));
        assertEquals(new WriteResult.Conflict(store.get(key("a"))), store.create(key("a"), Bytes.utf8("two")));
        assertEquals("one", text("a"));
    }

    @Test
    void updatingWithAnOlderRevisionIsAConflictAndWritesNothing() {
        long first = written(store.create(key("a"), Bytes.utf8("1")));
        written(store.update(key("a"), Bytes.utf8("2"), first));
        assertEquals(new WriteResult.Conflict(store.get(key("a"))), store.update(key("a"), Bytes.utf8("3"), first));
        assertEquals("2", text("a"));
    }

    @Test
    void deletingNeedsTheRevisionAndTheKeyStartsAfreshAfterwards() {
        long first = written(store.create(key("a"), Bytes.utf8("1")));
        assertInstanceOf(WriteResult.Conflict.class, store.delete(key("a"), first + 1));
        long deleted = written(store.delete(key("a"), first));
        assertEquals(first + 1, deleted);
        assertEquals(Optional.empty(), store.get(key("a")));
        assertEquals(new WriteResult.Conflict(Optional.empty()), store.delete(key("a"), first));
        assertEquals(new WriteResult.Conflict(Optional.empty()), store.update(key("a"), Bytes.EMPTY, first));
        long again = written(store.create(key("a"), Bytes.utf8("2")));
        KeyValue entry = store.get(key("a")).orElseThrow();
        assertEquals(List.of(again, again, 1L), List.of(entry.createRevision(), entry.modRevision(), entry.version()));
    }

    @Test
    void anEmptyValueAndTheLargestValueAreKept() {
        byte[] large = new byte[Operation.MAX_VALUE_BYTES];
        IntStream.range(0, large.length).forEach(i -> large[i] = (byte) (i * 31));
        written(store.create(key("empty"), Bytes.EMPTY));
        written(store.create(key("large"), Bytes.of(large)));
        assertEquals(Bytes.EMPTY, store.get(key("empty")).orElseThrow().value());
        assertEquals(Bytes.of(large), store.get(key("large")).orElseThrow().value());
    }

    @Test
    void aTransactionWritesAllItsKeysAtOneRevision() {
        TransactionResult result = store.commit(Transaction.of(put("a", "1"), put("b", "2"), put("c", "3")));
        assertTrue(result.succeeded());
        store.list(prefix("")).entries().forEach(entry -> assertEquals(result.revision(), entry.modRevision()));
        assertEquals(3, store.list(prefix("")).entries().size());
    }

    @Test
    void aFailedConditionTakesTheOtherBranch() {
        long first = written(store.create(key("a"), Bytes.utf8("1")));
        TransactionResult result = store.commit(new Transaction(List.of(Compare.unchanged(key("a"), first), Compare.absent(key("a"))),
                List.of(put("b", "never")), List.of(put("c", "else"), new Operation.Get(key("a")))));
        assertFalse(result.succeeded());
        assertEquals(first + 1, result.revision());
        assertEquals(List.of(new OperationResult.Written(), new OperationResult.Read(store.get(key("a")))), result.results());
        assertEquals(Optional.empty(), store.get(key("b")));
        assertEquals("else", text("c"));
    }

    @Test
    void aTransactionThatWritesNothingLeavesTheRevision() {
        long first = written(store.create(key("a"), Bytes.utf8("1")));
        TransactionResult result = store.commit(Transaction.of(new Operation.Get(key("a")), new Operation.Delete(key("nothing"))));
        assertEquals(first, result.revision());
        assertEquals(List.of(new OperationResult.Read(store.get(key("a"))), new OperationResult.Deleted(false)), result.results());
        assertEquals(first + 1, written(store.create(key("b"), Bytes.EMPTY)));
    }

    @Test
    void aReadInATransactionSeesTheStepsBeforeIt() {
        long first = written(store.create(key("old"), Bytes.utf8("1")));
        TransactionResult result = store.commit(Transaction.of(new Operation.Get(key("a")), put("a", "new"), new Operation.Get(key("a")), new Operation.Delete(key("old")),
                new Operation.Get(key("old"))));
        KeyValue expected = new KeyValue(key("a"), Bytes.utf8("new"), first + 1, first + 1, 1, OptionalLong.empty());
        assertEquals(List.of(new OperationResult.Read(Optional.empty()), new OperationResult.Written(), new OperationResult.Read(Optional.of(expected)),
                new OperationResult.Deleted(true), new OperationResult.Read(Optional.empty())), result.results());
    }

    @Test
    void conditionsCompareEveryFieldInEveryRelation() {
        long first = written(store.create(key("a"), Bytes.utf8("m")));
        long second = written(store.update(key("a"), Bytes.utf8("m"), first));
        Key a = key("a");
        for (Relation relation : Relation.values()) {
            for (int order : new int[] {-1, 0, 1}) {
                boolean wanted = relation.holds(-order);
                String value = order < 0 ? "a" : order == 0 ? "m" : "z";
                assertEquals(wanted, holds(new Compare.CreateRevision(a, relation, first + order)), "create revision " + relation + order);
                assertEquals(wanted, holds(new Compare.ModRevision(a, relation, second + order)), "mod revision " + relation + order);
                assertEquals(wanted, holds(new Compare.Version(a, relation, 2 + order)), "version " + relation + order);
                assertEquals(wanted, holds(new Compare.Value(a, relation, Bytes.utf8(value))), "value " + relation + order);
            }
            assertFalse(holds(new Compare.Value(key("none"), relation, Bytes.EMPTY)), "the value of an absent key " + relation);
            assertEquals(relation.holds(0), holds(new Compare.ModRevision(key("none"), relation, 0)), "an absent key has revision 0");
        }
        assertTrue(holds(Compare.exists(a)));
        assertFalse(holds(Compare.exists(key("none"))));
    }

    @Test
    void aListingIsSortedByBytesAndKeepsToItsPrefix() {
        for (String name : List.of("b", "a/2", "a/10", "a", "ab", "a/\uffff", "a/\ud83d\ude00", "a0")) {
            written(store.create(key(name), Bytes.EMPTY));
        }
        assertEquals(List.of("a/10", "a/2", "a/\uffff", "a/\ud83d\ude00"), names(store.list(prefix("a/"))));
        assertEquals(List.of("a", "a/10", "a/2", "a/\uffff", "a/\ud83d\ude00", "a0", "ab", "b"), names(store.list(prefix(""))));
        assertEquals(List.of(), names(store.list(prefix("none/"))));
    }

    @Test
    void pagesOfAListingShowOneRevisionThoughOthersWriteMeanwhile() {
        for (int i = 0; i < 25; i++) {
            written(store.create(key("k%02d".formatted(i)), Bytes.utf8("old")));
        }
        List<KeyValue> seen = new ArrayList<>();
        Optional<ListRequest> request = Optional.of(new ListRequest(prefix(""), Optional.empty(), 10, OptionalLong.empty()));
        int pages = 0;
        while (request.isPresent()) {
            ListResult.Page page = assertInstanceOf(ListResult.Page.class, store.list(request.get()));
            seen.addAll(page.entries());
            request = page.next();
            pages++;
            store.commit(Transaction.of(put("k20", "new " + pages), new Operation.Delete(key("k24")), put("k245", "late")));
        }
        assertEquals(3, pages);
        assertEquals(25, seen.size());
        seen.forEach(entry -> assertEquals("old", entry.value().asUtf8()));
    }

    @Test
    void aForgottenRevisionIsSaidToBeCompacted() throws Exception {
        long old = written(store.create(key("a"), Bytes.utf8("1")));
        long newest = old;
        for (int i = 0; i < 5; i++) {
            newest = written(store.update(key("a"), Bytes.utf8("n" + i), newest));
        }
        compact(newest);
        ListResult.Compacted compacted = assertInstanceOf(ListResult.Compacted.class,
                store.list(new ListRequest(prefix(""), Optional.empty(), 10, OptionalLong.of(old))));
        assertTrue(compacted.oldest() > old && compacted.oldest() <= newest, "oldest " + compacted.oldest());
        assertInstanceOf(ListResult.Page.class, store.list(new ListRequest(prefix(""), Optional.empty(), 10, OptionalLong.of(newest))));
        assertEquals("n4", text("a"));
    }

    @Test
    void aRevisionOfTheFutureIsRefused() {
        long now = written(store.create(key("a"), Bytes.EMPTY));
        DatastoreException refused = assertThrows(DatastoreException.class,
                () -> store.list(new ListRequest(prefix(""), Optional.empty(), 10, OptionalLong.of(now + 1000))));
        assertEquals(DatastoreException.Reason.FUTURE_REVISION, refused.reason());
    }

    @Test
    void aWatchTellsEveryChangeAfterItsRevisionAndNothingElse() {
        long before = written(store.create(key("w/old"), Bytes.utf8("0")));
        RecordingListener listener = new RecordingListener();
        try (Watch _ = store.watch(new WatchRequest(prefix("w/"), before), listener)) {
            long created = written(store.create(key("w/a"), Bytes.utf8("1")));
            listener.await("the creation", SOON, seen -> seen.reached() >= created);
            written(store.create(key("elsewhere"), Bytes.EMPTY));
            long deleted = written(store.delete(key("w/a"), created));
            listener.await("the deletion", SOON, seen -> seen.reached() >= deleted);
            List<Change> changes = listener.batches().stream().flatMap(batch -> batch.changes().stream()).toList();
            assertEquals(List.of(new Change.Put(new KeyValue(key("w/a"), Bytes.utf8("1"), created, created, 1, OptionalLong.empty())),
                    new Change.Deleted(key("w/a"), deleted)), changes);
        }
    }

    @Test
    void aWatchFromAnEarlierRevisionCatchesUpFirst() {
        long before = written(store.create(key("x"), Bytes.EMPTY));
        long last = before;
        for (int i = 0; i < 50; i++) {
            last = written(store.create(key("w/" + i), Bytes.utf8("v" + i)));
        }
        RecordingListener listener = new RecordingListener();
        long end = last;
        try (Watch _ = store.watch(new WatchRequest(prefix("w/"), before), listener)) {
            listener.await("the past", SOON, seen -> seen.reached() >= end);
            assertEquals(50, listener.state().size());
        }
    }

    @Test
    void aWatchNeverShowsHalfATransaction() {
        long before = written(store.create(key("x"), Bytes.EMPTY));
        RecordingListener listener = new RecordingListener();
        try (Watch _ = store.watch(new WatchRequest(prefix("w/"), before), listener)) {
            long last = before;
            for (int i = 0; i < 200; i++) {
                last = store.commit(Transaction.of(put("w/left", "" + i), put("w/right", "" + i))).revision();
            }
            long end = last;
            listener.await("all of it", SOON, seen -> seen.reached() >= end);
        }
        listener.batches().forEach(batch -> {
            List<Bytes> values = batch.changes().stream().map(change -> ((Change.Put) change).entry().value()).distinct().toList();
            assertEquals(2, batch.changes().size());
            assertEquals(1, values.size(), "left and right differ in the batch at " + batch.revision());
        });
        assertEquals(Bytes.utf8("199"), listener.state().get(key("w/left")));
    }

    @Test
    void aSlowWatcherHearsOfEachKeyOnceInItsLastState() {
        long last = written(store.create(key("w/a"), Bytes.utf8("0")));
        RecordingListener listener = new RecordingListener();
        listener.hold();
        try (Watch _ = store.watch(new WatchRequest(prefix("w/"), last - 1), listener)) {
            for (int i = 0; i < 300; i++) {
                last = written(store.update(key("w/a"), Bytes.utf8("" + i), last));
            }
            long end = last;
            listener.release();
            listener.await("the last state", SOON, seen -> seen.reached() >= end);
            assertEquals(Bytes.utf8("299"), listener.state().get(key("w/a")));
            assertTrue(listener.batches().size() < 100, listener.batches().size() + " batches for one key");
        }
    }

    @Test
    void aWatchFromACompactedRevisionEndsSayingSo() throws Exception {
        long old = written(store.create(key("w/a"), Bytes.utf8("1")));
        long newest = old;
        for (int i = 0; i < 5; i++) {
            newest = written(store.update(key("w/a"), Bytes.utf8("n" + i), newest));
        }
        compact(newest);
        RecordingListener listener = new RecordingListener();
        try (Watch _ = store.watch(new WatchRequest(prefix("w/"), old), listener)) {
            listener.await("the end", SOON, seen -> seen.end().isPresent());
            WatchEnd.Compacted compacted = assertInstanceOf(WatchEnd.Compacted.class, listener.end().orElseThrow());
            assertTrue(compacted.oldest() > old && compacted.oldest() <= newest, "oldest " + compacted.oldest());
        }
    }

    @Test
    void aListingAndAWatchFromItsRevisionMissNothing() throws Exception {
        int writers = 4;
        int each = 100;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int w = 0; w < writers; w++) {
                int writer = w;
                running.add(threads.submit(() -> IntStream.range(0, each).forEach(i -> written(store.create(key("w/" + writer + "-" + i), Bytes.utf8("" + i))))));
            }
            Listing listing = store.list(prefix("w/"));
            RecordingListener listener = new RecordingListener();
            try (Watch _ = store.watch(new WatchRequest(prefix("w/"), listing.revision()), listener)) {
                for (Future<?> future : running) {
                    future.get();
                }
                int missing = writers * each - listing.entries().size();
                listener.await("what was not listed", SOON, seen -> seen.state().size() == missing);
            }
        }
    }

    @Test
    void aClosedWatchIsSilent() {
        long now = written(store.create(key("w/a"), Bytes.utf8("1")));
        RecordingListener closed = new RecordingListener();
        store.watch(new WatchRequest(prefix("w/"), now), closed).close();
        RecordingListener open = new RecordingListener();
        try (Watch _ = store.watch(new WatchRequest(prefix("w/"), now), open)) {
            long next = written(store.create(key("w/b"), Bytes.utf8("2")));
            open.await("the other watch", SOON, seen -> seen.reached() >= next);
        }
        assertEquals(List.of(), closed.batches());
        assertEquals(Optional.empty(), closed.end());
    }

    @Test
    void aListenerThatThrowsEndsItsOwnWatchOnly() {
        long now = written(store.create(key("w/a"), Bytes.utf8("1")));
        RecordingListener end = new RecordingListener();
        RecordingListener other = new RecordingListener();
        try (Watch _ = store.watch(new WatchRequest(prefix("w/"), now), new ThrowingListener(end)); Watch _ = store.watch(new WatchRequest(prefix("w/"), now), other)) {
            long next = written(store.create(key("w/b"), Bytes.EMPTY));
            end.await("the failure", SOON, seen -> seen.end().isPresent());
            assertInstanceOf(WatchEnd.Failed.class, end.end().orElseThrow());
            other.await("the other watch", SOON, seen -> seen.reached() >= next);
        }
    }

    @Test
    void ofManyCallersThatUpdateOneKeyEveryUpdateCountsOnce() throws Exception {
        written(store.create(key("counter"), Bytes.utf8("0")));
        int callers = 16;
        int each = 25;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            for (int c = 0; c < callers; c++) {
                running.add(threads.submit(() -> IntStream.range(0, each).forEach(_ -> increment())));
            }
            for (Future<?> future : running) {
                future.get();
            }
        }
        assertEquals("" + callers * each, text("counter"));
        assertEquals(1 + callers * each, store.get(key("counter")).orElseThrow().version());
    }

    @Test
    void keysOfARevokedLeaseGoAtOneRevision() {
        Lease lease = store.grant(Duration.ofMinutes(5));
        assertTrue(lease.timeToLive().compareTo(Duration.ofMinutes(5)) >= 0);
        long before = store.commit(Transaction.of(leased("w/a", lease), leased("w/b", lease), put("w/free", "stays"))).revision();
        assertEquals(OptionalLong.of(lease.id()), store.get(key("w/a")).orElseThrow().lease());
        RecordingListener listener = new RecordingListener();
        try (Watch _ = store.watch(new WatchRequest(prefix("w/"), before), listener)) {
            assertTrue(store.revoke(lease.id()));
            assertEquals(List.of("w/free"), names(store.list(prefix(""))));
            listener.await("the deletions", SOON, seen -> !seen.batches().isEmpty());
            assertEquals(List.of(new Change.Deleted(key("w/a"), before + 1), new Change.Deleted(key("w/b"), before + 1)),
                    listener.batches().getFirst().changes().stream().sorted(java.util.Comparator.comparing(Change::key)).toList());
        }
        assertFalse(store.revoke(lease.id()), "a second time");
        assertFalse(store.keepAlive(lease.id()));
    }

    @Test
    void aLeaseThatIsNotKeptAliveEndsWithItsKeys() {
        Lease kept = store.grant(Duration.ofMinutes(5));
        Lease lost = store.grant(Duration.ofSeconds(1));
        assertNotEquals(kept.id(), lost.id());
        long before = store.commit(Transaction.of(leased("w/kept", kept), leased("w/lost", lost))).revision();
        RecordingListener listener = new RecordingListener();
        try (Watch _ = store.watch(new WatchRequest(prefix("w/"), before), listener)) {
            listener.await("the end of the lease", SOON, seen -> !seen.batches().isEmpty());
        }
        assertEquals(List.of("w/kept"), names(store.list(prefix(""))));
        assertTrue(store.keepAlive(kept.id()));
        assertFalse(store.keepAlive(lost.id()));
        store.revoke(kept.id());
    }

    @Test
    void aWriteWithoutTheLeaseTakesTheKeyOffIt() {
        Lease lease = store.grant(Duration.ofMinutes(5));
        long leased = store.commit(Transaction.of(leased("a", lease))).revision();
        written(store.update(key("a"), Bytes.utf8("free"), leased));
        store.revoke(lease.id());
        assertEquals("free", text("a"));
    }

    @Test
    void aWriteWithALeaseThatIsNotThereIsRefusedWhole() {
        DatastoreException refused = assertThrows(DatastoreException.class,
                () -> store.commit(Transaction.of(put("a", "1"), new Operation.Put(key("b"), Bytes.EMPTY, OptionalLong.of(4711)))));
        assertEquals(List.of(DatastoreException.Reason.LEASE_NOT_FOUND, DatastoreException.Applied.NO), List.of(refused.reason(), refused.applied()));
        assertEquals(List.of(), names(store.list(prefix(""))));
    }

    @Test
    void theStatusNamesTheRevision() {
        long revision = written(store.create(key("a"), Bytes.EMPTY));
        DatastoreStatus status = store.status();
        assertEquals(DatastoreStatus.State.READY, status.state());
        assertTrue(status.revision() >= revision && status.compactedRevision() <= status.revision(), status.toString());
    }

    protected final Key key(String name) {
        return Key.of(root + name);
    }

    protected final KeyPrefix prefix(String name) {
        return KeyPrefix.of(root + name);
    }

    protected final Datastore store() {
        return store;
    }

    protected static long written(WriteResult result) {
        return assertInstanceOf(WriteResult.Written.class, result).revision();
    }

    private String text(String name) {
        return store.get(key(name)).orElseThrow().value().asUtf8();
    }

    private Operation put(String name, String value) {
        return new Operation.Put(key(name), Bytes.utf8(value));
    }

    private Operation leased(String name, Lease lease) {
        return new Operation.Put(key(name), Bytes.EMPTY, OptionalLong.of(lease.id()));
    }

    private boolean holds(Compare condition) {
        return store.commit(new Transaction(List.of(condition), List.of(), List.of())).succeeded();
    }

    private void increment() {
        WriteResult result;
        do {
            KeyValue now = store.get(key("counter")).orElseThrow();
            result = store.update(key("counter"), Bytes.utf8("" + (Integer.parseInt(now.value().asUtf8()) + 1)), now.modRevision());
        } while (!(result instanceof WriteResult.Written));
    }

    private List<String> names(Listing listing) {
        return listing.entries().stream().map(entry -> entry.key().text().substring(root.length())).toList();
    }

    private record ThrowingListener(RecordingListener end) implements tombolo.api.datastore.WatchListener {
        @Override
        public void changed(tombolo.api.datastore.ChangeBatch batch) {
            throw new IllegalStateException("a listener with a defect");
        }

        @Override
        public void ended(WatchEnd how) {
            end.ended(how);
        }
    }
}
