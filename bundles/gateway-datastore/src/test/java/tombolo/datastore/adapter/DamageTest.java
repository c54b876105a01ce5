package tombolo.datastore.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreFiles.Report;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;

/** Files that are not as they were written: refused, never served, and brought back as far as they are good. */
class DamageTest {
    private static final StoreLimits TINY = new StoreLimits(100, 1 << 20, 1 << 20, 1 << 12, 1 << 24, Duration.ofSeconds(1), 10);

    @TempDir
    Path directory;

    @Test
    void everyFlippedBitOfALogIsRefusedOrWithoutEffect() throws Exception {
        MemoryVolume good = filled(12, 400);
        assertEquals(List.of("checkpoint-0000000000000000", "log-0000000000000001"), good.files());
        int refused = flips(good, "log-0000000000000001", 1);
        // all that was written, the zeros behind it not counted
        assertTrue(refused > 12 * 400 * 8, refused + " of the bits refused");
    }

    @Test
    void everyFlippedBitOfACheckpointIsRefusedOrWithoutEffect() throws Exception {
        MemoryVolume good = filled(6, 400);
        checkpoint(good);
        String newest = new StoreReader(good, TINY).checkpoints().getFirst();
        int refused = flips(good, newest, 1);
        assertTrue(refused > 6 * 400 * 8, refused + " of the bits refused");
    }

    @Test
    void aFlippedBitInALargeValueOfZerosIsRefused() throws Exception {
        MemoryVolume good = filled(1, 3000, false);
        int refused = flips(good, "log-0000000000000001", 1);
        assertTrue(refused > 3000 * 8, refused + " of the bits refused");
    }

    @Test
    void aFileThatIsCutAnywhereIsRefusedOrWithoutEffect() throws Exception {
        MemoryVolume good = filled(12, 400);
        checkpoint(good);
        write(good, 12, 400, true);
        List<KeyValue> wanted = content(good).orElseThrow();
        for (String file : good.files()) {
            byte[] whole = good.get(file);
            int refused = 0;
            for (int length = 0; length < whole.length; length++) {
                MemoryVolume cut = good.copy();
                cut.put(file, java.util.Arrays.copyOf(whole, length));
                refused += differs(wanted, cut, file + " cut at " + length);
            }
            boolean older = file.equals("checkpoint-0000000000000000") || file.equals("log-0000000000000001");
            assertTrue(older ? refused == 0 : refused > 4000, file + " refused at " + refused + " lengths");
        }
    }

    @Test
    void aMissingFileOfTheNewestGenerationIsRefused() throws Exception {
        MemoryVolume good = filled(12, 400);
        checkpoint(good);
        write(good, 12, 400, true);
        List<KeyValue> wanted = content(good).orElseThrow();
        for (String file : good.files()) {
            MemoryVolume without = good.copy();
            without.delete(file);
            // the newest checkpoint is made up for by the older one and its log
            differs(wanted, without, "without " + file);
        }
        MemoryVolume logless = good.copy();
        logless.delete(good.files().getLast());
        assertTrue(content(logless).isEmpty());
    }

    @Test
    void theRefusalNamesTheFileAndBothCommands() throws Exception {
        MemoryVolume volume = filled(12, 400);
        flip(volume, "log-0000000000000001", 900, 3);
        DatastoreException refused = assertThrows(DatastoreException.class, () -> EmbeddedDatastore.open(volume, TINY, System::nanoTime));
        assertEquals(DatastoreException.Reason.CORRUPT, refused.reason());
        for (String part : List.of("TMB-DST-010", "log-0000000000000001", "checksum", "datastore:check", "datastore:repair")) {
            assertTrue(refused.getMessage().contains(part), refused.getMessage());
        }
    }

    @Test
    void repairGoesBackToTheLastGoodRecordAndKeepsTheDamagedFiles() throws Exception {
        MemoryVolume volume = filled(12, 400);
        List<KeyValue> all = content(volume).orElseThrow();
        byte[] log = volume.get("log-0000000000000001");
        // a byte of the value of the eighth key
        int at = 512;
        for (int frame = 1; frame < 8; frame++) {
            at = nextFrame(log, at);
        }
        flip(volume, "log-0000000000000001", nextFrame(log, at) - 20, 0);
        List<Datastore> opened = new ArrayList<>();
        try (EmbeddedStore store = new EmbeddedStore(volume, TINY, opened::add, opened::clear)) {
            store.open();
            assertTrue(opened.isEmpty());
            Report check = store.check();
            assertFalse(check.sound());
            assertEquals(8, check.revision());
            assertThrows(DatastoreException.class, () -> store.backup(directory.resolve("b")));
            Report repair = store.repair();
            assertTrue(repair.sound(), repair.toString());
            assertEquals(all.subList(0, 7), opened.getFirst().list(KeyPrefix.ALL).entries());
            assertEquals(8 + EmbeddedStore.REVISION_GAP, opened.getFirst().status().revision());
            opened.getFirst().create(Key.of("/after"), Bytes.EMPTY);
            assertTrue(store.check().sound());
            assertEquals("nothing to repair", store.repair().findings().getFirst().replaceAll(".*: ", ""));
        }
        assertEquals(8, content(volume).orElseThrow().size());
        assertEquals(log.length, volume.get("replaced-at-%016x/log-0000000000000001".formatted(8 + EmbeddedStore.REVISION_GAP)).length);
    }

    @Test
    void repairOfACutLogKeepsEveryWholeRecord() throws Exception {
        MemoryVolume volume = filled(12, 400);
        List<KeyValue> all = content(volume).orElseThrow();
        byte[] log = volume.get("log-0000000000000001");
        // inside the third frame, and inside the first step of growth
        volume.put("log-0000000000000001", java.util.Arrays.copyOf(log, nextFrame(log, nextFrame(log, 512)) + 100));
        assertTrue(content(volume).isEmpty());
        List<Datastore> opened = new ArrayList<>();
        try (EmbeddedStore store = new EmbeddedStore(volume, TINY, opened::add, opened::clear)) {
            assertTrue(store.repair().sound());
            assertEquals(all.subList(0, 2), opened.getFirst().list(KeyPrefix.ALL).entries());
        }
    }

    @Test
    void repairOfALogWhoseFirstRecordIsBadGoesBackToTheCheckpoint() throws Exception {
        MemoryVolume volume = filled(12, 400);
        flip(volume, "log-0000000000000001", 600, 2);
        List<Datastore> opened = new ArrayList<>();
        try (EmbeddedStore store = new EmbeddedStore(volume, TINY, opened::add, opened::clear)) {
            assertTrue(store.repair().sound());
            assertEquals(List.of(), opened.getFirst().list(KeyPrefix.ALL).entries());
        }
    }

    @Test
    void repairOfALostCheckpointLosesNothing() throws Exception {
        MemoryVolume volume = filled(12, 400);
        checkpoint(volume);
        write(volume, 5, 300, true);
        List<KeyValue> all = content(volume).orElseThrow();
        String newest = new StoreReader(volume, TINY).checkpoints().getFirst();
        flip(volume, newest, 700, 5);
        assertTrue(content(volume).isEmpty());
        List<Datastore> opened = new ArrayList<>();
        try (EmbeddedStore store = new EmbeddedStore(volume, TINY, opened::add, opened::clear)) {
            assertTrue(store.repair().sound());
            assertEquals(all, opened.getFirst().list(KeyPrefix.ALL).entries());
        }
    }

    @Test
    void whereNothingCanBeReadRepairChangesNothing() throws Exception {
        MemoryVolume volume = filled(12, 400);
        checkpoint(volume);
        for (String file : volume.files()) {
            flip(volume, file, 3, 1);
        }
        List<String> files = volume.files();
        try (EmbeddedStore store = new EmbeddedStore(volume, TINY, _ -> { }, () -> { })) {
            Report repair = store.repair();
            assertFalse(repair.sound());
            assertTrue(repair.findings().getFirst().contains("Restore a backup"), repair.toString());
        }
        assertEquals(files, volume.files());
    }

    @Test
    void aBackupTakenUnderWritesIsOneRevisionAndRestoresWithLaterRevisions() throws Exception {
        Path backup = directory.resolve("backup");
        List<Datastore> opened = new ArrayList<>();
        try (EmbeddedStore store = new EmbeddedStore(new DirectoryVolume(directory.resolve("store")), TINY, opened::add, opened::clear)) {
            store.open();
            Datastore datastore = opened.getFirst();
            Thread writer = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 300; i++) {
                    datastore.commit(Transaction.of(new Operation.Put(Key.of("/left"), Bytes.utf8("" + i)), new Operation.Put(Key.of("/right"), Bytes.utf8("" + i))));
                }
            });
            while (datastore.get(Key.of("/left")).isEmpty()) {
                Thread.onSpinWait();
            }
            Report taken = store.backup(backup);
            writer.join();
            long before = datastore.status().revision();
            assertThrows(IllegalArgumentException.class, () -> store.backup(backup), "an existing file is not overwritten");
            store.restore(backup);
            Datastore restored = opened.getFirst();
            List<KeyValue> entries = restored.list(KeyPrefix.ALL).entries();
            assertEquals(2, entries.size());
            assertEquals(entries.getFirst().value(), entries.getLast().value());
            assertEquals(taken.revision(), entries.getFirst().modRevision());
            assertEquals(before + EmbeddedStore.REVISION_GAP, restored.status().revision());
        }
        byte[] bytes = Files.readAllBytes(backup);
        bytes[600] ^= 1;
        Files.write(directory.resolve("bad"), bytes);
        try (EmbeddedStore store = new EmbeddedStore(new DirectoryVolume(directory.resolve("store")), TINY, opened::add, opened::clear)) {
            store.open();
            DatastoreException refused = assertThrows(DatastoreException.class, () -> store.restore(directory.resolve("bad")));
            assertTrue(refused.getMessage().startsWith("TMB-DST-046"), refused.getMessage());
            assertEquals(2, opened.getFirst().list(KeyPrefix.ALL).entries().size());
        }
    }

    private static MemoryVolume filled(int keys, int size) {
        return filled(keys, size, true);
    }

    private static MemoryVolume filled(int keys, int size, boolean random) {
        MemoryVolume volume = new MemoryVolume();
        write(volume, keys, size, random);
        return volume;
    }

    private static void write(MemoryVolume volume, int keys, int size, boolean random) {
        Random source = new Random(42);
        try (EmbeddedDatastore store = EmbeddedDatastore.open(volume, TINY, System::nanoTime)) {
            long start = store.status().revision();
            for (int i = 0; i < keys; i++) {
                byte[] value = new byte[size];
                if (random) {
                    source.nextBytes(value);
                }
                store.create(Key.of("/key-%04d".formatted(start + i)), Bytes.of(value));
            }
        }
    }

    private static void checkpoint(MemoryVolume volume) {
        try (EmbeddedDatastore store = EmbeddedDatastore.open(volume, TINY, System::nanoTime)) {
            assertTrue(store.checkpoint());
        }
    }

    private static int nextFrame(byte[] log, int at) {
        int placed = 512 - at % 512 < 32 ? (at / 512 + 1) * 512 : at;
        return placed + 32 + java.nio.ByteBuffer.wrap(log).getInt(placed + 4);
    }

    private static void flip(MemoryVolume volume, String file, int at, int bit) {
        byte[] bytes = volume.get(file);
        bytes[at] ^= (byte) (1 << bit);
        volume.put(file, bytes);
    }

    /** Flips each bit in turn; how many were refused. */
    private static int flips(MemoryVolume good, String file, int step) throws Exception {
        List<KeyValue> wanted = content(good).orElseThrow();
        byte[] bytes = good.get(file);
        int refused = 0;
        MemoryVolume bad = good.copy();
        for (int bit = 0; bit < bytes.length * 8; bit += step) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            bad.put(file, bytes.clone());
            refused += differs(wanted, bad, "bit " + bit + " of " + file);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        return refused;
    }

    /** 1: refused. 0: the same content. Anything else is what must not be. */
    private static int differs(List<KeyValue> wanted, MemoryVolume volume, String what) throws Exception {
        Optional<List<KeyValue>> content = content(volume);
        content.ifPresent(entries -> {
            if (!entries.equals(wanted)) {
                throw new AssertionError(what + ": other content was read without a word");
            }
        });
        return content.isPresent() ? 0 : 1;
    }

    /** What an opening would serve; empty: it would be refused. */
    private static Optional<List<KeyValue>> content(MemoryVolume volume) throws Exception {
        return switch (new StoreReader(volume, TINY).read()) {
            case StoreReader.Outcome.Read read -> Optional.of(read.store().state().tree().range(KeyPrefix.ALL, Optional.empty(), Integer.MAX_VALUE));
            case StoreReader.Outcome.Damaged _ -> Optional.empty();
            case StoreReader.Outcome.Nothing nothing -> throw new AssertionError("taken for a new store: " + nothing);
        };
    }
}
