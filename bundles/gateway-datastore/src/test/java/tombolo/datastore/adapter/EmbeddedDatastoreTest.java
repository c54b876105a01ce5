package tombolo.datastore.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreStatus;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.Lease;
import tombolo.api.datastore.Listing;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchEnd;
import tombolo.api.datastore.WatchRequest;
import tombolo.api.datastore.contract.DatastoreContract;
import tombolo.api.datastore.contract.RecordingListener;

class EmbeddedDatastoreTest extends DatastoreContract {
    private static final StoreLimits SMALL = new StoreLimits(50, 1 << 20, 1 << 15, 1 << 12, 1 << 24, Duration.ofMillis(20), 10);

    @TempDir
    Path directory;
    private final List<EmbeddedDatastore> opened = new ArrayList<>();

    @Override
    protected Datastore open() throws Exception {
        return open("contract", StoreLimits.DEFAULT);
    }

    @Override
    protected void compact(long revision) {
        opened.getFirst().compact(revision);
    }

    @AfterEach
    void close() {
        opened.forEach(EmbeddedDatastore::close);
    }

    @Test
    void everythingIsThereAfterClosingAndOpening() throws Exception {
        EmbeddedDatastore first = open("again", StoreLimits.DEFAULT);
        Lease lease = first.grant(Duration.ofMinutes(1));
        long created = written(first.create(key("a"), Bytes.utf8("1")));
        written(first.update(key("a"), Bytes.utf8("2"), created));
        first.commit(Transaction.of(new Operation.Put(key("leased"), Bytes.EMPTY, OptionalLong.of(lease.id())), new Operation.Put(key("gone"), Bytes.EMPTY)));
        written(first.delete(key("gone"), first.get(key("gone")).orElseThrow().modRevision()));
        Listing before = first.list(KeyPrefix.ALL);
        first.close();
        EmbeddedDatastore second = open("again", StoreLimits.DEFAULT);
        assertEquals(before, second.list(KeyPrefix.ALL));
        assertTrue(second.keepAlive(lease.id()));
        assertTrue(second.grant(Duration.ofMinutes(1)).id() != lease.id());
        assertTrue(second.revoke(lease.id()));
        assertEquals(1, second.list(KeyPrefix.ALL).entries().size());
    }

    @Test
    void watchesGoOnAcrossAReopeningAsFarAsTheLogReaches() throws Exception {
        EmbeddedDatastore first = open("again", StoreLimits.DEFAULT);
        long one = written(first.create(key("w/a"), Bytes.utf8("1")));
        long two = written(first.update(key("w/a"), Bytes.utf8("2"), one));
        first.close();
        RecordingListener listener = new RecordingListener();
        try (Watch _ = open("again", StoreLimits.DEFAULT).watch(new WatchRequest(prefix("w/"), one), listener)) {
            listener.await("the second write", SOON, seen -> seen.reached() >= two);
        }
    }

    @Test
    void manyCheckpointsLaterEverythingIsThereAndOldFilesAreGone() throws Exception {
        EmbeddedDatastore store = open("rolling", SMALL);
        byte[] value = new byte[700];
        for (int i = 0; i < 1000; i++) {
            value[0] = (byte) i;
            store.commit(Transaction.of(new Operation.Put(key("k" + i % 20), Bytes.of(value))));
        }
        boolean written = store.checkpoint();
        for (long end = System.nanoTime() + SOON.toNanos(); !written && System.nanoTime() < end; written = store.checkpoint()) {
            LockSupport.parkNanos(1_000_000); // one is running already
        }
        assertTrue(written);
        Listing before = store.list(KeyPrefix.ALL);
        assertEquals(1001, before.revision());
        store.close();
        List<String> files = new DirectoryVolume(directory.resolve("rolling")).files();
        assertTrue(files.stream().filter(name -> name.startsWith("checkpoint-")).count() <= 2 && files.size() < 12, files.toString());
        assertEquals(before, open("rolling", SMALL).list(KeyPrefix.ALL));
    }

    @Test
    void aWatcherThatFallsBehindTheHistoryIsToldSoAndTheWriterIsNotHeldUp() throws Exception {
        EmbeddedDatastore store = open("small", SMALL);
        long start = written(store.create(key("w/a"), Bytes.utf8("0")));
        RecordingListener listener = new RecordingListener();
        listener.hold();
        try (Watch _ = store.watch(new WatchRequest(prefix("w/"), start - 1), listener)) {
            long last = start;
            for (int i = 0; i < 200; i++) {
                last = written(store.update(key("w/a"), Bytes.utf8("" + i), last));
            }
            listener.release();
            listener.await("the end", SOON, seen -> seen.end().isPresent());
            assertEquals(new WatchEnd.Compacted(last - 50), listener.end().orElseThrow());
        }
    }

    @Test
    void aWatcherBehindTheHistorysBytesListsAgainAndGoesOnFromThere() throws Exception {
        EmbeddedDatastore store = open("bytes", new StoreLimits(1 << 15, 50_000, 1 << 20, 1 << 12, 1 << 24, Duration.ofMillis(20), 10));
        long start = written(store.create(key("w/a"), Bytes.EMPTY));
        RecordingListener listener = new RecordingListener();
        listener.hold();
        long last = start;
        try (Watch _ = store.watch(new WatchRequest(prefix("w/"), start - 1), listener)) {
            for (int i = 0; i < 1000; i++) {
                last = written(store.update(key("w/a"), Bytes.EMPTY, last));
            }
            listener.release();
            listener.await("the end", SOON, seen -> seen.end().isPresent());
            WatchEnd.Compacted end = (WatchEnd.Compacted) listener.end().orElseThrow();
            assertTrue(end.oldest() > start && end.oldest() < last, end + " of " + start + " to " + last);
        }
        Listing again = store.list(prefix("w/"));
        assertEquals(last, again.revision());
        RecordingListener second = new RecordingListener();
        try (Watch _ = store.watch(new WatchRequest(prefix("w/"), again.revision()), second)) {
            long next = written(store.update(key("w/a"), Bytes.utf8("next"), last));
            second.await("the next write", SOON, seen -> seen.reached() >= next);
        }
    }

    @Test
    void aWatchOfAQuietPrefixOutlivesAnyNumberOfOthersWrites() throws Exception {
        EmbeddedDatastore store = open("small", SMALL);
        long start = store.status().revision();
        RecordingListener listener = new RecordingListener();
        try (Watch _ = store.watch(new WatchRequest(prefix("quiet/"), start), listener)) {
            for (int i = 0; i < 500; i++) {
                store.commit(Transaction.of(new Operation.Put(key("loud/" + i % 3), Bytes.utf8("" + i))));
                if (i == 400) {
                    store.compact(store.status().revision());
                }
            }
            long told = written(store.create(key("quiet/a"), Bytes.utf8("1")));
            listener.await("the one that concerns it", SOON, seen -> seen.reached() >= told && seen.state().containsKey(key("quiet/a")));
            assertEquals(Optional.empty(), listener.end());
            assertEquals(1, listener.batches().size());
        }
    }

    /** The thread that writes is a caller's: an interrupt of it must not close the log's channel, as it would a FileChannel. */
    @Test
    void interruptsOfWritingThreadsHurtNobody() throws Exception {
        EmbeddedDatastore store = open("interrupted", SMALL);
        ConcurrentLinkedQueue<Key> durable = new ConcurrentLinkedQueue<>();
        AtomicInteger writing = new AtomicInteger(3);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            int mine = t;
            threads.add((t == 0 ? Thread.ofVirtual() : Thread.ofPlatform()).start(() -> {
                for (int i = 0; i < 300; i++) {
                    Key key = key("t" + mine + "/" + i);
                    try {
                        written(store.create(key, Bytes.EMPTY));
                        durable.add(key);
                    } catch (DatastoreException e) {
                        assertEquals(DatastoreException.Applied.UNKNOWN, e.applied()); // it waited for another's turn
                    }
                    Thread.interrupted();
                }
                writing.decrementAndGet();
            }));
        }
        while (writing.get() > 0) {
            threads.forEach(Thread::interrupt);
            LockSupport.parkNanos(50_000);
        }
        assertEquals(DatastoreStatus.State.READY, store.status().state());
        store.close();
        EmbeddedDatastore again = open("interrupted", SMALL);
        durable.forEach(key -> assertTrue(again.get(key).isPresent(), key.text()));
    }

    @Test
    void aWatchWithNothingToTellIsMovedAlongByBookmarks() throws Exception {
        EmbeddedDatastore store = open("small", SMALL);
        long start = store.status().revision();
        RecordingListener listener = new RecordingListener();
        try (Watch _ = store.watch(new WatchRequest(prefix("quiet/"), start), listener)) {
            long last = 0;
            for (int i = 0; i < 200; i++) {
                last = store.commit(Transaction.of(new Operation.Put(key("busy"), Bytes.EMPTY))).revision();
                if (i % 40 == 0) {
                    long reached = last;
                    listener.await("a bookmark", SOON, seen -> seen.reached() >= reached);
                }
            }
            long reached = last;
            listener.await("the last bookmark", SOON, seen -> seen.reached() == reached);
            assertTrue(listener.end().isEmpty());
        }
    }

    @Test
    void closingTheStoreEndsItsWatchesAndRefusesCalls() throws Exception {
        EmbeddedDatastore store = open("closing", StoreLimits.DEFAULT);
        RecordingListener listener = new RecordingListener();
        store.watch(new WatchRequest(prefix("w/"), 1), listener);
        store.close();
        listener.await("the end", SOON, seen -> seen.end().isPresent());
        assertInstanceOf(WatchEnd.Closed.class, listener.end().orElseThrow());
        assertEquals(DatastoreException.Reason.CLOSED, assertThrows(DatastoreException.class, () -> store.create(key("a"), Bytes.EMPTY)).reason());
        assertEquals(DatastoreException.Reason.CLOSED, assertThrows(DatastoreException.class, () -> store.get(key("a"))).reason());
    }

    @Test
    void aSecondOpeningOfTheDirectoryIsRefused() throws Exception {
        open("one", StoreLimits.DEFAULT);
        DatastoreException refused = assertThrows(DatastoreException.class, () -> open("one", StoreLimits.DEFAULT));
        assertEquals(DatastoreException.Reason.IN_USE, refused.reason());
        assertTrue(refused.getMessage().startsWith("TMB-DST-011"), refused.getMessage());
    }

    @Test
    void aStoreAtItsLimitRefusesGrowthAndTakesDeletions() throws Exception {
        EmbeddedDatastore store = open("limit", new StoreLimits(50, 1 << 20, 1 << 20, 1 << 12, 10_000, Duration.ofSeconds(1), 10));
        long first = written(store.create(key("a"), Bytes.of(new byte[6000])));
        DatastoreException refused = assertThrows(DatastoreException.class, () -> store.create(key("b"), Bytes.of(new byte[6000])));
        assertEquals(List.of(DatastoreException.Reason.DISK_FULL, DatastoreException.Applied.NO), List.of(refused.reason(), refused.applied()));
        written(store.delete(key("a"), first));
        written(store.create(key("b"), Bytes.of(new byte[6000])));
    }

    @Test
    void aCallerThatWasInterruptedBeforeWritesAllTheSameAndStaysInterrupted() throws Exception {
        EmbeddedDatastore store = open("interrupt", StoreLimits.DEFAULT);
        Thread.currentThread().interrupt();
        try {
            written(store.create(key("a"), Bytes.EMPTY));
        } finally {
            assertTrue(Thread.interrupted());
        }
        written(store.create(key("b"), Bytes.EMPTY));
        assertFalse(store.status().details().isEmpty());
    }

    @Test
    void leasesEndByTheGivenClockAndStartAfreshAfterAReopening() throws Exception {
        java.util.concurrent.atomic.AtomicLong clock = new java.util.concurrent.atomic.AtomicLong();
        EmbeddedDatastore store = EmbeddedDatastore.open(new DirectoryVolume(directory.resolve("clock")), StoreLimits.DEFAULT, clock::get);
        opened.add(store);
        Lease lease = store.grant(Duration.ofSeconds(60));
        store.commit(Transaction.of(new Operation.Put(key("w/a"), Bytes.EMPTY, OptionalLong.of(lease.id()))));
        clock.addAndGet(Duration.ofSeconds(59).toNanos());
        assertTrue(store.keepAlive(lease.id()));
        clock.addAndGet(Duration.ofSeconds(59).toNanos());
        assertTrue(store.get(key("w/a")).isPresent());
        store.close();
        EmbeddedDatastore again = EmbeddedDatastore.open(new DirectoryVolume(directory.resolve("clock")), StoreLimits.DEFAULT, clock::get);
        opened.add(again);
        clock.addAndGet(Duration.ofSeconds(59).toNanos());
        assertTrue(again.keepAlive(lease.id()), "full time after a restart");
        RecordingListener listener = new RecordingListener();
        try (Watch _ = again.watch(new WatchRequest(prefix("w/"), again.status().revision()), listener)) {
            clock.addAndGet(Duration.ofSeconds(61).toNanos());
            listener.await("the end of the lease", SOON, seen -> !seen.batches().isEmpty());
        }
        assertFalse(again.keepAlive(lease.id()));
    }

    private EmbeddedDatastore open(String name, StoreLimits limits) throws Exception {
        EmbeddedDatastore store = EmbeddedDatastore.open(new DirectoryVolume(directory.resolve(name)), limits, System::nanoTime);
        opened.add(store);
        return store;
    }
}
