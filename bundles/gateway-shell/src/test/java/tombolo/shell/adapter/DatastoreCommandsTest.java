package tombolo.shell.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.DatastoreLock;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreEngine;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.DatastoreException.Applied;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;
import tombolo.runtime.json.JsonText;
import tombolo.shell.core.Document;
import tombolo.shell.core.Failure;
import tombolo.shell.core.Screen;
import tombolo.shell.core.Services;

class DatastoreCommandsTest {
    @TempDir
    Path folder;
    private final MemoryDatastore embedded = new MemoryDatastore("embedded");
    private final MemoryDatastore etcd = new MemoryDatastore("etcd");
    private final List<String> progress = new ArrayList<>();
    private boolean bundles = true;

    private final Services services = new Services() {
        @Override
        public <T> Optional<T> find(Class<T> service) {
            return service == Datastore.class && bundles ? Optional.of(service.cast(embedded)) : Optional.empty();
        }

        @Override
        public <T> List<T> all(Class<T> service) {
            return service == DatastoreEngine.class && bundles ? List.of(service.cast(embedded), service.cast(etcd)) : List.of();
        }
    };

    private static String text(Document document) {
        return document.text().apply(Screen.PLAIN);
    }

    private static String refused(org.junit.jupiter.api.function.Executable question) {
        return assertThrows(Failure.class, question).getMessage();
    }

    private void fill(int keys) {
        for (int i = 0; i < keys; i++) {
            embedded.put("/calico/resources/v3/projectcalico.org/ippools/pool-%04d".formatted(i), "{\"n\":" + i + "}");
        }
    }

    private Document migrate() {
        return DatastoreActions.migrate(services, "etcd", progress::add);
    }

    @Test
    void aMigrationCopiesEveryKeyWithItsValueAndVerifies() {
        fill(500);
        embedded.put("/tombolo/v1/config/x", "1").putLeased("/calico/felix/v2/no-region/host/a/status", "alive").put("/registry/other", "not ours");
        ClusterLock.set(embedded, false);
        String answer = text(migrate());
        assertTrue(answer.startsWith("502 keys written, 0 were there; all 502 verified.") && answer.contains("1 keys with a lease") && answer.contains("engine = etcd"), answer);
        assertEquals("{\"n\":499}", etcd.text("/calico/resources/v3/projectcalico.org/ippools/pool-0499"));
        assertFalse(etcd.entries.containsKey(Key.of("/registry/other")) || etcd.entries.containsKey(Key.of("/calico/felix/v2/no-region/host/a/status")));
        assertTrue(progress.stream().anyMatch(line -> line.startsWith("copied ")), progress.toString());
        assertFalse(DatastoreLock.read(etcd, JsonText::parse).ready(), "the lock goes along");
        int commits = etcd.commits;
        assertTrue(text(migrate()).startsWith("0 keys written, 502 were there"));
        assertEquals(commits, etcd.commits, "what is there is not written twice");
    }

    @Test
    void aMigrationOfAnUnlockedStoreIsRefused() {
        fill(1);
        assertTrue(refused(this::migrate).startsWith("TMB-DST-076"));
        assertTrue(etcd.entries.isEmpty());
    }

    @Test
    void aKeyWithAnotherValueIsAConflictAndNothingIsWritten() {
        fill(30);
        ClusterLock.set(embedded, false);
        etcd.put("/calico/resources/v3/projectcalico.org/ippools/pool-0020", "{\"n\":-1}");
        String refusal = refused(this::migrate);
        assertTrue(refusal.startsWith("TMB-DST-067 1 keys") && refusal.contains("pool-0020"), refusal);
        assertEquals(1, etcd.entries.size());
    }

    @Test
    void anInterruptedMigrationGoesOnWhereItWas() {
        fill(300);
        ClusterLock.set(embedded, false);
        etcd.after.add(transaction -> { });
        etcd.after.add(transaction -> {
            throw new IllegalStateException("the node was stopped");
        });
        assertThrows(IllegalStateException.class, this::migrate);
        assertEquals(128, etcd.entries.size());
        assertTrue(text(migrate()).startsWith("173 keys written, 128 were there; all 301 verified."));
    }

    /** A write without an answer is made again, and is recognised where it had happened. */
    @Test
    void anOutcomeThatIsUnknownIsLookedAtAndNotWrittenTwice() {
        fill(100);
        ClusterLock.set(embedded, false);
        etcd.after.add(transaction -> {
            throw MemoryDatastore.lost(Applied.UNKNOWN);
        });
        assertTrue(text(migrate()).startsWith("101 keys written"));
        assertTrue(etcd.entries.values().stream().allMatch(entry -> entry.version() == 1));
        assertTrue(progress.stream().anyMatch(line -> line.startsWith("waiting: TMB-DST-050")));
    }

    @Test
    void aSourceThatChangesMeanwhileIsFoundByTheVerification() {
        fill(10);
        ClusterLock.set(embedded, false);
        etcd.after.add(transaction -> embedded.put("/calico/resources/v3/projectcalico.org/ippools/pool-0003", "changed"));
        assertTrue(refused(this::migrate).startsWith("TMB-DST-068"));
    }

    @Test
    void theWayBackIsTheSame() {
        etcd.put("/tombolo/v1/a", "1");
        ClusterLock.set(etcd, false);
        assertTrue(text(DatastoreActions.migrate(services, "embedded", progress::add)).startsWith("2 keys written"));
        assertEquals("1", embedded.text("/tombolo/v1/a"));
        assertTrue(refused(() -> DatastoreActions.migrate(services, "zookeeper", progress::add)).startsWith("TMB-DST-075"));
    }

    @Test
    void whatIsExportedIsImportedWithEveryByte() throws IOException {
        fill(20);
        byte[] noText = {(byte) 0xff, 0, 1, (byte) 0xc3};
        embedded.commit(Transaction.of(new Operation.Put(Key.of("/tombolo/v1/bytes"), Bytes.of(noText))));
        embedded.put("/tombolo/v1/text", "quotes \" lines \n and ü€😀");
        Path file = folder.resolve("export.jsonl");
        assertTrue(text(DatastoreActions.export(services, Optional.of(file))).startsWith("22 keys"));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertTrue(refused(() -> DatastoreActions.export(services, Optional.of(file))).startsWith("TMB-DST-074"), "an export replaces nothing");
        assertEquals(Files.readString(file), text(DatastoreActions.export(services, Optional.empty())));
        var before = Map.copyOf(embedded.entries);
        embedded.entries.clear();
        assertTrue(text(DatastoreActions.importFrom(services, file, progress::add)).startsWith("22 keys written"));
        assertEquals(before.keySet(), embedded.entries.keySet());
        before.forEach((key, entry) -> assertEquals(entry.value(), embedded.entries.get(key).value(), key.text()));
        embedded.put("/tombolo/v1/text", "other");
        assertTrue(refused(() -> DatastoreActions.importFrom(services, file, progress::add)).startsWith("TMB-DST-067"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nothing at all | line 1 is no JSON
            {"tombolo":"other"} | line 1 is not the first line
            {"tombolo":"datastore-export","version":2} | another version
            {"tombolo":"datastore-export","version":1}~{"key":"/tombolo/v1/a","value":"1"} | line 3 is missing: the file is cut off
            {"tombolo":"datastore-export","version":1}~{"key":"/tombolo/v1/a","value":"1"}~{"end":2} | but 1 stand before it
            {"tombolo":"datastore-export","version":1}~{"key":"/tombolo/v1/b","value":"1"}~{"key":"/tombolo/v1/a","value":"1"}~{"end":2} | line 3 is not behind
            {"tombolo":"datastore-export","version":1}~{"key":"/registry/a","value":"1"}~{"end":1} | none of Calico's
            {"tombolo":"datastore-export","version":1}~{"key":"a","value":"1"}~{"end":1} | start with a slash
            {"tombolo":"datastore-export","version":1}~{"key":"/tombolo/v1/a"}~{"end":1} | neither
            {"tombolo":"datastore-export","version":1}~{"key":"/tombolo/v1/a","base64":"%"}~{"end":1} | line 2
            {"tombolo":"datastore-export","version":1}~{"key":"/tombolo/v1/a","value"~{"end":1} | line 2 is no JSON
            """)
    void aFileThatIsNoWholeExportIsRefusedWithItsLineAndNothingIsWritten(String lines, String said) throws IOException {
        Path file = folder.resolve("bad.jsonl");
        Files.writeString(file, lines.replace('~', '\n') + "\n");
        String refusal = refused(() -> DatastoreActions.importFrom(services, file, progress::add));
        assertTrue(refusal.startsWith("TMB-DST-072") && refusal.contains(said), refusal);
        assertTrue(embedded.entries.isEmpty());
    }

    @Test
    void theLockIsMadeWhereThereIsNoneAndKeepsWhatItDoesNotKnow() throws Exception {
        assertTrue(DatastoreLock.read(embedded, JsonText::parse).ready(), "no resource, no lock");
        assertTrue(text(ClusterLock.set(embedded, false)).startsWith("Locked"));
        DatastoreLock locked = DatastoreLock.read(embedded, JsonText::parse);
        assertFalse(locked.ready());
        assertTrue(locked.clusterGuid().orElseThrow().matches("[0-9a-f]{32}"));
        assertTrue(text(ClusterLock.set(embedded, false)).startsWith("It was locked already"));
        assertTrue(text(ClusterLock.set(embedded, true)).startsWith("Unlocked"));
        assertEquals(locked.clusterGuid(), DatastoreLock.read(embedded, JsonText::parse).clusterGuid());
        String calico = "{\"kind\":\"ClusterInformation\",\"apiVersion\":\"projectcalico.org/v3\",\"metadata\":{\"name\":\"default\",\"x\":[1]},"
                + "\"spec\":{\"clusterGUID\":\"abc\",\"clusterType\":\"k8s\",\"datastoreReady\":true,\"future\":{\"a\":1.50}}}";
        embedded.put(DatastoreLock.KEY.text(), calico);
        ClusterLock.set(embedded, false);
        assertEquals(JsonText.parse(calico.replace("\"datastoreReady\":true", "\"datastoreReady\":false")), JsonText.parse(embedded.text(DatastoreLock.KEY.text())));
    }

    @Test
    void whatIsNoClusterInformationLocksAndIsNotOverwritten() {
        embedded.put(DatastoreLock.KEY.text(), "{\"spec\":{}}");
        assertFalse(DatastoreLock.read(embedded, JsonText::parse).ready(), "Calico takes an absent datastoreReady for false");
        embedded.put(DatastoreLock.KEY.text(), "no json");
        assertFalse(DatastoreLock.read(embedded, JsonText::parse).ready());
        assertTrue(refused(() -> ClusterLock.set(embedded, true)).startsWith("TMB-DST-065"));
        assertEquals("no json", embedded.text(DatastoreLock.KEY.text()));
    }

    /** A writer that honours the lock names it in its transaction, so that a lock between its reading and its writing counts. */
    @Test
    void aTransactionThatNamesTheLockFailsOnceItIsSet() {
        DatastoreLock before = DatastoreLock.read(embedded, JsonText::parse);
        Transaction write = new Transaction(List.of(before.unchanged()), List.of(new Operation.Put(Key.of("/calico/ipam/v2/handle/x"), Bytes.utf8("{}"))), List.of());
        assertTrue(embedded.commit(write).succeeded());
        ClusterLock.set(embedded, false);
        assertFalse(embedded.commit(write).succeeded());
        assertEquals(DatastoreException.Reason.LOCKED, DatastoreLock.locked("releasing 10.0.0.1").reason());
    }

    @Test
    void aMissingBundleIsNamed() {
        bundles = false;
        String refusal = refused(() -> DatastoreActions.export(services, Optional.empty()));
        assertTrue(refusal.startsWith("TMB-DST-061") && refusal.contains("gateway-datastore is not running"), refusal);
        assertTrue(refused(() -> DatastoreAccess.files(services)).startsWith("TMB-DST-061"));
        assertTrue(refused(() -> DatastoreAccess.file("relative")).startsWith("TMB-DST-063"));
    }
}
