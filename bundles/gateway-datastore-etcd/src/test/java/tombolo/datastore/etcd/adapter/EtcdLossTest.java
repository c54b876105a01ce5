package tombolo.datastore.etcd.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.Client;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tombolo.api.config.DatastoreSettings.Etcd;
import tombolo.api.config.DatastoreSettings.Tls;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;
import tombolo.api.datastore.DatastoreStatus.State;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.ListRequest;
import tombolo.api.datastore.ListResult;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchEnd;
import tombolo.api.datastore.WatchRequest;
import tombolo.api.datastore.contract.RecordingListener;

/** What holds while etcd is away, and that it ends by itself. Each waits for the five seconds of a probe without an answer: they wait together. */
@Execution(ExecutionMode.CONCURRENT)
class EtcdLossTest {
    private static final KeyPrefix WATCHED = KeyPrefix.of("/tombolo/v1/test/watched/");
    private static final KeyPrefix OTHER = KeyPrefix.of("/tombolo/v1/test/other/");

    /** A second, so that no test waits long for the first probe; how long that waits is as ever. */
    private static final Duration SILENCE = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofMillis(500);

    @TempDir
    Path directory;
    private EtcdServer server;
    private EtcdDatastore store;

    @BeforeEach
    void start() throws Exception {
        server = EtcdServer.start(EtcdServer.binaryOrSkip(), directory);
        store = EtcdDatastore.connect(settings(64, Duration.ofMinutes(5)), SILENCE, GRACE);
    }

    @AfterEach
    void stop() throws Exception {
        if (store != null) {
            store.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private Etcd settings(int cacheMebibytes, Duration relist) {
        return new Etcd(List.of(server.endpoint()), Optional.empty(), Optional.empty(), Tls.NONE, Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ofSeconds(5),
                Duration.ofSeconds(2), relist, cacheMebibytes);
    }

    private static Key watched(String name) {
        return Key.of(WATCHED.text() + name);
    }

    private static Key other(String name) {
        return Key.of(OTHER.text() + name);
    }

    private void awaitState(State state) throws InterruptedException {
        Patience.until("the store is " + state, () -> store.status().state() == state);
    }

    private void awaitCached(KeyPrefix prefix) throws InterruptedException {
        Patience.until(prefix + " is cached", () -> store.follower(prefix).filter(Follower::answers).isPresent());
    }

    @Test
    void whatIsWatchedIsReadFromTheCacheAndNothingElse() throws Exception {
        for (int i = 0; i < 1200; i++) {
            store.create(watched("%04d".formatted(i)), Bytes.utf8("v" + i));
        }
        store.create(other("x"), Bytes.utf8("1"));
        RecordingListener listener = new RecordingListener();
        try (Watch _ = store.watch(new WatchRequest(WATCHED, 1), listener)) {
            awaitCached(WATCHED);
            store.create(watched("later"), Bytes.utf8("after the listing"));
            store.delete(watched("0000"), store.get(watched("0000")).orElseThrow().modRevision());
            awaitCached(WATCHED); // up to this node's own last write
            var before = store.list(WATCHED);
            server.kill();
            awaitState(State.DEGRADED);
            assertEquals(before.entries(), store.list(WATCHED).entries());
            assertEquals("after the listing", store.get(watched("later")).orElseThrow().value().asUtf8());
            assertTrue(store.get(watched("0000")).isEmpty());
            assertTrue(store.get(watched("none")).isEmpty(), "that it does not exist is known too");
            KeyPrefix within = KeyPrefix.of(WATCHED.text() + "01");
            assertEquals(100, store.list(within).entries().size());
            assertEquals(Reason.UNAVAILABLE, assertThrows(DatastoreException.class, () -> store.get(other("x"))).reason());
            assertEquals(Reason.UNAVAILABLE, assertThrows(DatastoreException.class, () -> store.list(OTHER)).reason());
        }
    }

    @Test
    void pagesOfAListingThatBeganWithEtcdEndFromTheCacheOrStartAgain() throws Exception {
        for (int i = 0; i < 30; i++) {
            store.create(watched("%02d".formatted(i)), Bytes.utf8("v"));
        }
        try (Watch _ = store.watch(new WatchRequest(WATCHED, 1), new RecordingListener())) {
            awaitCached(WATCHED);
            ListResult.Page first = assertInstanceOf(ListResult.Page.class, store.list(new ListRequest(WATCHED, Optional.empty(), 10, OptionalLong.empty())));
            server.kill();
            awaitState(State.DEGRADED);
            ListResult.Page second = assertInstanceOf(ListResult.Page.class, store.list(first.next().orElseThrow()));
            assertEquals(first.revision(), second.revision());
            assertEquals(watched("10"), second.entries().getFirst().key());
            ListRequest older = new ListRequest(WATCHED, Optional.empty(), 10, OptionalLong.of(first.revision() - 1));
            assertInstanceOf(ListResult.Compacted.class, store.list(older), "an older revision is not in the cache");
        }
    }

    @Test
    void writesAreRefusedAtOnceAndForCertainAndRecoveryNeedsNobody() throws Exception {
        store.create(watched("a"), Bytes.utf8("1"));
        RecordingListener listener = new RecordingListener();
        try (Watch _ = store.watch(new WatchRequest(WATCHED, 1), listener)) {
            awaitCached(WATCHED);
            server.kill();
            awaitState(State.DEGRADED);
            for (int i = 0; i < 20; i++) {
                long start = System.nanoTime();
                DatastoreException refused = assertThrows(DatastoreException.class, () -> store.create(watched("b"), Bytes.utf8("2")));
                assertEquals(Reason.UNAVAILABLE, refused.reason());
                assertEquals(Applied.NO, refused.applied());
                assertTrue(refused.getMessage().startsWith("TMB-DST-050") && refused.getMessage().contains("lost since"), refused.getMessage());
                assertTrue(Duration.ofNanos(System.nanoTime() - start).toMillis() < 3000, "at once, and not after the five seconds of a call");
            }
            String said = store.status().details().getFirst();
            assertTrue(said.startsWith("TMB-DST-055 lost since 20") && said.contains("refused"), said);
            server.startAgain();
            awaitState(State.READY);
            assertTrue(store.get(watched("b")).isEmpty(), "what was refused was not written");
            Patience.untilAccepted(() -> store.create(watched("c"), Bytes.utf8("3")));
            Patience.until("the watch goes on", () -> listener.state().containsKey(watched("c")));
            assertTrue(listener.end().isEmpty());
        }
    }

    @Test
    void anEtcdThatAnswersNothingIsLostTooAndItsWriteUnknown() throws Exception {
        store.create(watched("a"), Bytes.utf8("1"));
        try (Watch _ = store.watch(new WatchRequest(WATCHED, 1), new RecordingListener())) {
            awaitCached(WATCHED);
            server.freeze();
            DatastoreException unknown = assertThrows(DatastoreException.class, () -> store.create(watched("b"), Bytes.utf8("2")));
            assertEquals(Reason.UNAVAILABLE, unknown.reason());
            assertEquals(Applied.UNKNOWN, unknown.applied());
            awaitState(State.DEGRADED);
            assertEquals("1", store.get(watched("a")).orElseThrow().value().asUtf8());
            assertEquals(Applied.NO, assertThrows(DatastoreException.class, () -> store.create(watched("c"), Bytes.utf8("3"))).applied());
            server.thaw();
            awaitState(State.READY);
            assertTrue(store.get(watched("c")).isEmpty());
            Patience.untilAccepted(() -> store.create(watched("d"), Bytes.utf8("4")));
        }
    }

    @Test
    void aStoreThatIsMadeBeforeItsEtcdRunsFindsItLater() throws Exception {
        server.kill();
        try (EtcdDatastore early = EtcdDatastore.connect(settings(64, Duration.ZERO), SILENCE, GRACE)) {
            Patience.until("it is told as lost", () -> early.status().state() == State.DEGRADED);
            RecordingListener listener = new RecordingListener();
            try (Watch _ = early.watch(new WatchRequest(WATCHED, 0), listener)) {
                server.startAgain();
                Patience.until("etcd is found", () -> early.status().state() == State.READY);
                Patience.untilAccepted(() -> early.create(watched("a"), Bytes.utf8("1")));
                Patience.until("the watch hears", () -> listener.state().containsKey(watched("a")));
            }
        }
    }

    @Test
    void aWatchWhoseHistoryWasCompactedWhileEtcdWasAwayIsToldToListAgain() throws Exception {
        store.create(watched("a"), Bytes.utf8("1"));
        RecordingListener listener = new RecordingListener();
        try (Watch _ = store.watch(new WatchRequest(WATCHED, 1), listener)) {
            Patience.until("the watch runs", () -> listener.state().containsKey(watched("a")));
            server.freeze();
            awaitState(State.DEGRADED);
            server.kill();
            server.startAgain();
            try (Client other = Client.builder().endpoints(server.endpoint()).build()) {
                // before the watch is there again: two changes of one key, and their history forgotten
                other.getKVClient().put(Wire.bytes(watched("b")), Wire.bytes("1")).get(30, TimeUnit.SECONDS);
                long newest = other.getKVClient().put(Wire.bytes(watched("b")), Wire.bytes("2")).get(30, TimeUnit.SECONDS).getHeader().getRevision();
                other.getKVClient().compact(newest).get(30, TimeUnit.SECONDS);
            }
            Patience.until("the watch is over, or was back before the compaction", () -> listener.end().isPresent() || listener.state().containsKey(watched("b")));
            listener.end().ifPresent(end -> assertInstanceOf(WatchEnd.Compacted.class, end));
        }
    }

    @Test
    void anEventThatNeverCameIsFoundByTheComparison() throws Exception {
        Duration late = Duration.ofSeconds(5); // the other tests' servers run beside it: an event may come late without being lost
        try (EtcdDatastore comparing = EtcdDatastore.connect(settings(64, Duration.ofMillis(300)), SILENCE, late)) {
            comparing.create(watched("a"), Bytes.utf8("1"));
            comparing.create(watched("b"), Bytes.utf8("1"));
            RecordingListener listener = new RecordingListener();
            RecordingListener elsewhere = new RecordingListener();
            try (Watch _ = comparing.watch(new WatchRequest(WATCHED, 1), listener); Watch _ = comparing.watch(new WatchRequest(OTHER, 1), elsewhere)) {
                Patience.until("it is cached", () -> comparing.follower(WATCHED).filter(Follower::answers).isPresent());
                for (int i = 0; i < 50; i++) {
                    comparing.create(watched("n" + i), Bytes.utf8("x")); // comparisons while things change find nothing
                }
                assertTrue(listener.end().isEmpty());
                comparing.follower(WATCHED).orElseThrow().lose(watched("b"));
                Patience.until("the watch is told", () -> listener.end().isPresent());
                assertInstanceOf(WatchEnd.Compacted.class, listener.end().orElseThrow());
                assertTrue(elsewhere.end().isEmpty());
            }
            try (Watch _ = comparing.watch(new WatchRequest(WATCHED, comparing.list(WATCHED).revision()), new RecordingListener())) {
                Patience.until("it is cached anew", () -> comparing.follower(WATCHED).filter(Follower::answers).isPresent());
            }
        }
    }

    @Test
    void aPrefixThatDoesNotFitIsNotCachedAndItsMemoryIsGivenBack() throws Exception {
        byte[] large = new byte[700_000];
        for (int i = 0; i < 3; i++) {
            store.create(watched("large" + i), Bytes.of(large));
        }
        store.create(other("small"), Bytes.utf8("1"));
        try (EtcdDatastore tight = EtcdDatastore.connect(settings(1, Duration.ZERO), SILENCE, GRACE)) {
            try (Watch _ = tight.watch(new WatchRequest(WATCHED, 1), new RecordingListener()); Watch _ = tight.watch(new WatchRequest(OTHER, 1), new RecordingListener())) {
                Patience.until("the large one is given up", () -> tight.status().details().stream().anyMatch(line -> line.contains("does not fit")));
                Patience.until("the small one is cached", () -> tight.follower(OTHER).filter(Follower::answers).isPresent());
                assertTrue(tight.follower(WATCHED).orElseThrow().bytes() == 0);
            }
            Patience.until("nothing is held for nobody", () -> tight.follower(WATCHED).isEmpty() && tight.follower(OTHER).isEmpty());
        }
        try (EtcdDatastore none = EtcdDatastore.connect(settings(0, Duration.ZERO), SILENCE, GRACE); Watch _ = none.watch(new WatchRequest(OTHER, 1), new RecordingListener())) {
            assertTrue(none.follower(OTHER).isEmpty());
            assertFalse(none.status().details().stream().anyMatch(line -> line.contains("is being listed")));
        }
    }
}
