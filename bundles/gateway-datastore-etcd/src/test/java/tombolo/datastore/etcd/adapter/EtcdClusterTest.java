package tombolo.datastore.etcd.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.etcd.jetcd.Client;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tombolo.api.config.DatastoreSettings.Etcd;
import tombolo.api.config.DatastoreSettings.Tls;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Compare;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchRequest;
import tombolo.api.datastore.contract.RecordingListener;

/**
 * Three members, one killed and started again at a time, the leader first, under writers that never rest. Each writer writes every key once, without a
 * condition: a key of version 2 was written twice. And each adds to one counter by compare-and-set.
 */
@Execution(ExecutionMode.CONCURRENT)
class EtcdClusterTest {
    private static final KeyPrefix PREFIX = KeyPrefix.of("/tombolo/v1/test/");
    private static final Key COUNTER = Key.of("/tombolo/v1/test/counter");
    private static final int WRITERS = 4;
    /** Between one blow and the next so many writes must have got through. */
    private static final int WRITES_BETWEEN = 200;

    @TempDir
    Path directory;
    private final Set<Key> acknowledged = ConcurrentHashMap.newKeySet();
    private final Set<Key> unknown = ConcurrentHashMap.newKeySet();
    private final Set<Key> refused = ConcurrentHashMap.newKeySet();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong added = new AtomicLong();
    private final AtomicLong perhapsAdded = new AtomicLong();
    private final AtomicBoolean over = new AtomicBoolean();

    private static Etcd settings(List<EtcdServer> members) {
        return new Etcd(members.stream().map(EtcdServer::endpoint).toList(), Optional.empty(), Optional.empty(), Tls.NONE, Duration.ofSeconds(2), Duration.ofSeconds(10),
                Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(10), 16);
    }

    @Test
    void noAcknowledgedWriteIsLostAndNoneIsDoneTwiceWhileMembersDieAndComeBack() throws Exception {
        Path binary = EtcdServer.binaryOrSkip();
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<EtcdServer> members = EtcdServer.cluster(binary, directory, 3);
        try (EtcdDatastore store = EtcdDatastore.connect(settings(members), EtcdLink.SILENCE, Duration.ofSeconds(5)); ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Patience.untilAccepted(() -> store.create(COUNTER, Bytes.utf8("0")));
            RecordingListener listener = new RecordingListener();
            try (Watch _ = store.watch(new WatchRequest(PREFIX, 0), listener)) {
                List<Future<?>> writers = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    String name = "w" + i;
                    writers.add(threads.submit(() -> write(store, name)));
                }
                getsThrough("before the first blow");
                int leader = leader(members);
                for (int blow = 0; blow < 3; blow++) {
                    int victim = blow == 0 ? leader : random.nextInt(3);
                    members.get(victim).kill();
                    getsThrough("with member " + victim + " killed");
                    members.get(victim).startAgain();
                    getsThrough("with member " + victim + " back");
                }
                over.set(true);
                for (Future<?> writer : writers) {
                    writer.get(2, TimeUnit.MINUTES);
                }
                check(store);
                Patience.until("the watch has told everything", () -> listener.state().size() == store.list(PREFIX).entries().size());
                assertTrue(listener.end().isEmpty(), listener.end().toString());
            }
        } finally {
            over.set(true);
            for (EtcdServer member : members) {
                member.close();
            }
        }
    }

    private void getsThrough(String when) throws InterruptedException {
        long goal = written.get() + WRITES_BETWEEN;
        Patience.until("writes get through " + when, () -> written.get() >= goal);
    }

    private void write(EtcdDatastore store, String name) {
        for (int i = 0; !over.get(); i++) {
            Key key = Key.of(PREFIX.text() + name + "/" + i);
            try {
                assertTrue(store.commit(Transaction.of(new Operation.Put(key, Bytes.utf8("x")))).succeeded());
                acknowledged.add(key);
                written.incrementAndGet();
            } catch (DatastoreException e) {
                (e.applied() == Applied.NO ? refused : unknown).add(key);
                pause();
            }
            add(store);
        }
    }

    private void add(EtcdDatastore store) {
        try {
            KeyValue now = store.get(COUNTER).orElseThrow();
            long next = Long.parseLong(now.value().asUtf8()) + 1;
            if (store.commit(new Transaction(List.of(Compare.unchanged(COUNTER, now.modRevision())), List.of(new Operation.Put(COUNTER, Bytes.utf8(Long.toString(next)))), List.of())).succeeded()) {
                added.incrementAndGet();
            }
        } catch (DatastoreException e) {
            if (e.applied() == Applied.UNKNOWN) {
                perhapsAdded.incrementAndGet();
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Patience.pause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void check(EtcdDatastore store) {
        Map<Key, KeyValue> there = new java.util.HashMap<>();
        store.list(PREFIX).entries().forEach(entry -> there.put(entry.key(), entry));
        KeyValue counter = there.remove(COUNTER);
        System.out.println(acknowledged.size() + " acknowledged, " + unknown.size() + " unknown, " + refused.size() + " refused; counter " + counter.value().asUtf8() + " of " + added + " + "
                + perhapsAdded);
        assertEquals(List.of(), acknowledged.stream().filter(key -> !there.containsKey(key)).toList(), "acknowledged and lost");
        assertEquals(List.of(), there.values().stream().filter(entry -> entry.version() != 1).toList(), "written twice");
        assertEquals(List.of(), refused.stream().filter(there::containsKey).toList(), "refused for certain, and there");
        assertTrue(there.keySet().stream().allMatch(key -> acknowledged.contains(key) || unknown.contains(key)));
        long value = Long.parseLong(counter.value().asUtf8());
        assertTrue(value >= added.get() && value <= added.get() + perhapsAdded.get(), value + " of " + added + " to " + (added.get() + perhapsAdded.get()));
        assertEquals(value + 1, counter.version(), "each addition is one write");
    }

    private static int leader(List<EtcdServer> members) throws Exception {
        for (int i = 0; i < members.size(); i++) {
            try (Client client = Client.builder().endpoints(members.get(i).endpoint()).build()) {
                var status = client.getMaintenanceClient().statusMember(members.get(i).endpoint()).get(30, TimeUnit.SECONDS);
                if (status.getLeader() == status.getHeader().getMemberId()) {
                    return i;
                }
            }
        }
        throw new AssertionError("no member leads");
    }
}
