package tombolo.datastore.adapter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.DatastoreException.Reason;
import tombolo.api.datastore.DatastoreStatus.State;
import tombolo.api.datastore.Key;

/** The process of {@link FullDiskTest}: fills a small file system, says what holds, makes room, goes on. Argument: a directory on that file system. */
final class FullDiskChild {
    private static final int WRITERS = 4;
    private static final int REFUSALS = 20;
    private static final int MOST = 100_000;

    private final Map<Key, Bytes> acknowledged = new ConcurrentHashMap<>();
    private final Set<Key> refused = ConcurrentHashMap.newKeySet();
    private final AtomicInteger next = new AtomicInteger();

    private FullDiskChild() { }

    public static void main(String[] arguments) throws Exception {
        new FullDiskChild().run(Path.of(arguments[0]));
    }

    private void run(Path disk) throws Exception {
        Path ballast = disk.resolve("ballast");
        Files.write(ballast, new byte[1 << 20]);
        Path directory = disk.resolve("store");
        try (EmbeddedDatastore store = open(directory)) {
            writeUntilRefused(store);
            check(store.status().state() == State.DEGRADED && store.status().details().getFirst().startsWith("TMB-DST-020"), "the status is " + store.status());
            compare(store);
        }
        try (EmbeddedDatastore store = open(directory)) { // a node that is started again on the full disk
            compare(store);
            Files.delete(ballast);
            Key key = Key.of("/test/after");
            Bytes value = Bytes.utf8("room");
            store.create(key, value);
            acknowledged.put(key, value);
            check(store.status().state() == State.READY, "the status is " + store.status());
        }
        try (EmbeddedDatastore store = open(directory)) {
            compare(store);
        }
        System.out.println("OK " + acknowledged.size() + " acknowledged, " + refused.size() + " refused");
    }

    private static EmbeddedDatastore open(Path directory) throws Exception {
        return EmbeddedDatastore.open(new DirectoryVolume(directory), CrashTest.LIMITS, System::nanoTime);
    }

    private void writeUntilRefused(EmbeddedDatastore store) throws InterruptedException {
        List<Thread> writers = new ArrayList<>();
        for (int w = 0; w < WRITERS; w++) {
            writers.add(Thread.ofVirtual().start(() -> {
                while (refused.size() < REFUSALS && next.get() < MOST) {
                    create(store, Bytes.of(new byte[500 + next.get() % 1500]));
                }
            }));
        }
        for (Thread writer : writers) {
            writer.join();
        }
        check(refused.size() >= REFUSALS, "only " + refused.size() + " of " + next.get() + " were refused");
        // the last writer to end may have written a small value into what room was left: one more refusal, with nobody beside it
        for (int before = refused.size(), i = 0; refused.size() == before && i < MOST; i++) {
            create(store, Bytes.of(new byte[2000]));
        }
    }

    private void create(EmbeddedDatastore store, Bytes value) {
        int i = next.incrementAndGet();
        Key key = Key.of("/test/" + i % 200 + "/" + i);
        try {
            store.create(key, value);
            acknowledged.put(key, value);
        } catch (DatastoreException e) {
            check(e.reason() == Reason.DISK_FULL && e.applied() == Applied.NO, e.toString());
            refused.add(key);
        }
    }

    private void compare(EmbeddedDatastore store) {
        acknowledged.forEach((key, value) -> check(store.get(key).map(entry -> entry.value().equals(value)).orElse(false), key + " is lost"));
        refused.forEach(key -> check(store.get(key).isEmpty(), key + " was refused and is there"));
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            System.out.println("BAD " + otherwise);
            System.out.flush();
            Runtime.getRuntime().halt(3);
        }
    }
}
