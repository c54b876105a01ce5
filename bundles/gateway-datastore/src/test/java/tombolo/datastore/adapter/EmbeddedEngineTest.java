package tombolo.datastore.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.config.DatastoreSettings;
import tombolo.api.config.DatastoreSettings.Engine;
import tombolo.api.config.DatastoreSettings.Etcd;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreEngine.Opened;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreFiles;
import tombolo.api.datastore.Key;

/** What a change of the settings does to the embedded store. */
class EmbeddedEngineTest {
    private static final Key KEY = Key.of("/tombolo/v1/test/a");

    @TempDir
    Path data;
    private final Told told = new Told();
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private EmbeddedEngine engine(Told who) {
        EmbeddedEngine engine = new EmbeddedEngine(data, who);
        open.add(engine);
        return engine;
    }

    private static DatastoreSettings settings(Engine engine, String directory) {
        return new DatastoreSettings(engine, directory, Etcd.DEFAULT);
    }

    @Test
    void theStoreIsOfferedWhereItIsChosenAndTakenBackWhereItIsNot() throws Exception {
        EmbeddedEngine engine = engine(told);
        engine.settingsChanged(settings(Engine.EMBEDDED, "store"));
        told.await("the store is offered", () -> told.store != null && told.files != null);
        told.store.create(KEY, Bytes.utf8("1"));
        engine.settingsChanged(settings(Engine.ETCD, "store"));
        told.await("the store is taken back", () -> told.store == null && told.files == null);
        engine.settingsChanged(settings(Engine.EMBEDDED, "store"));
        told.await("the store is offered again", () -> told.store != null);
        assertEquals("1", told.store.get(KEY).orElseThrow().value().asUtf8());
    }

    @Test
    void anotherDirectoryIsAnotherStore() throws Exception {
        EmbeddedEngine engine = engine(told);
        engine.settingsChanged(settings(Engine.EMBEDDED, "one"));
        told.await("the store is offered", () -> told.store != null);
        Datastore one = told.store;
        one.create(KEY, Bytes.utf8("1"));
        engine.settingsChanged(settings(Engine.EMBEDDED, data.resolve("two").toString()));
        told.await("the other store is offered", () -> told.store != null && told.store != one);
        assertTrue(told.store.get(KEY).isEmpty());
        assertTrue(Files.isDirectory(data.resolve("two")));
        assertThrows(DatastoreException.class, () -> one.get(KEY));
    }

    @Test
    void aStoreThatIsNotChosenOpensForACopyAndIsNotOffered() throws Exception {
        EmbeddedEngine engine = engine(told);
        engine.settingsChanged(settings(Engine.ETCD, "store"));
        try (Opened first = engine.open(); Opened second = engine.open()) {
            first.store().create(KEY, Bytes.utf8("1"));
            second.close();
            assertEquals("1", first.store().get(KEY).orElseThrow().value().asUtf8(), "one user's closing leaves it to the other");
            assertTrue(told.store == null && told.files == null);
        }
        try (EmbeddedStore other = EmbeddedStore.of(data.resolve("store"), _ -> { }, () -> { })) {
            assertTrue(other.openOrThrow().get(KEY).isPresent(), "the lock is given back with the last user");
        }
    }

    @Test
    void aStoreThatIsChosenWhileACopyUsesItStaysOpenAndIsOffered() throws Exception {
        EmbeddedEngine engine = engine(told);
        engine.settingsChanged(settings(Engine.ETCD, "store"));
        Datastore copied;
        try (Opened copy = engine.open()) {
            copied = copy.store();
            engine.settingsChanged(settings(Engine.EMBEDDED, "store"));
            told.await("the store is offered", () -> told.store != null);
        }
        assertEquals(copied, told.store);
        told.store.create(KEY, Bytes.utf8("1"));
    }

    @Test
    void aDirectoryThatAnotherNodeHoldsIsTriedAgain() throws Exception {
        EmbeddedStore holder = EmbeddedStore.of(data.resolve("store"), _ -> { }, () -> { });
        holder.open();
        EmbeddedEngine engine = engine(told);
        engine.settingsChanged(settings(Engine.EMBEDDED, "store"));
        told.await("the trouble is told", () -> engine.trouble().filter(text -> text.startsWith("TMB-DST-011")).isPresent());
        assertTrue(told.store == null && told.files != null);
        holder.close();
        told.await("the store is offered", () -> told.store != null && engine.trouble().isEmpty());
    }

    @Test
    void aDamagedStoreIsNotOfferedUntilItIsRepaired() throws Exception {
        EmbeddedEngine engine = engine(told);
        engine.settingsChanged(settings(Engine.EMBEDDED, "store"));
        told.await("the store is offered", () -> told.store != null);
        told.store.create(KEY, Bytes.utf8("1"));
        told.store.create(Key.of("/tombolo/v1/test/b"), Bytes.utf8("2"));
        engine.close();
        damageTheFirstRecord(data.resolve("store"));
        Told later = new Told();
        EmbeddedEngine again = engine(later);
        again.settingsChanged(settings(Engine.EMBEDDED, "store"));
        later.await("the files are offered", () -> later.files != null && again.trouble().isPresent());
        String trouble = again.trouble().orElseThrow();
        assertTrue(trouble.startsWith("TMB-DST-010") && trouble.contains("datastore:repair"), trouble);
        assertTrue(later.store == null);
        DatastoreFiles files = later.files;
        assertFalse(files.check().sound());
        assertTrue(files.repair().sound());
        later.await("the store is offered", () -> later.store != null && again.trouble().isEmpty());
    }

    private static void damageTheFirstRecord(Path directory) throws IOException {
        Path log;
        try (Stream<Path> files = Files.list(directory)) {
            log = files.filter(file -> file.getFileName().toString().startsWith("log-")).findFirst().orElseThrow();
        }
        byte[] content = Files.readAllBytes(log);
        content[512 + 40] ^= 1; // in the first frame, behind the header's sector; another frame follows
        Files.write(log, content, StandardOpenOption.WRITE);
    }

    /** Remembers what is offered. */
    private static final class Told implements EmbeddedEngine.Offers {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition something = lock.newCondition();
        volatile Datastore store;
        volatile DatastoreFiles files;

        @Override
        public void files(DatastoreFiles offered) {
            set(() -> files = offered);
        }

        @Override
        public void store(Datastore offered) {
            set(() -> store = offered);
        }

        @Override
        public void noStore() {
            set(() -> store = null);
        }

        @Override
        public void noFiles() {
            set(() -> files = null);
        }

        private void set(Runnable change) {
            lock.lock();
            try {
                change.run();
                something.signalAll();
            } finally {
                lock.unlock();
            }
        }

        void await(String what, BooleanSupplier condition) throws InterruptedException {
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            // Asked without the lock: the engine tells of things with its own lock held, and a condition may ask the engine.
            while (!condition.getAsBoolean()) {
                assertTrue(System.nanoTime() < end, "waited in vain until " + what);
                lock.lock();
                try {
                    something.awaitNanos(Duration.ofMillis(50).toNanos());
                } finally {
                    lock.unlock();
                }
            }
        }
    }
}
