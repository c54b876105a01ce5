package tombolo.karaf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The datastore of a node as it is shipped, by its commands: embedded, damaged and repaired, moved to a real etcd and back. One node, in this order. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class DatastoreNodeTest {
    private static final Path ETCD = Path.of("/usr/bin/etcd");
    private Node node;
    private Path files;
    private Process etcd;

    @BeforeAll
    void start() throws Exception {
        node = new Node("datastore-node").quick();
        files = Distribution.fresh("datastore-files");
        node.start();
        awaitStatus("embedded", "ready");
    }

    @AfterAll
    void stop() throws Exception {
        node.close();
        if (etcd != null) {
            etcd.destroyForcibly().waitFor();
        }
    }

    private void awaitStatus(String engine, String state) {
        Commands.await("the datastore is " + engine + " and " + state, 60, () -> {
            String json = node.shell("datastore:status --json").out();
            return json.contains("\"engine\": \"" + engine + "\"") && json.contains("\"state\": \"" + state + "\"");
        });
    }

    private String export() {
        return node.ok("datastore:export").lines().filter(line -> line.startsWith("{\"key\"")).toList().toString();
    }

    private Path directory() {
        return node.home.resolve("data/tombolo/datastore");
    }

    @Test
    @Order(1)
    void theNodeStartsOnTheEmbeddedStoreInItsDataFolder() {
        assertTrue(Files.isDirectory(directory()));
        assertTrue(node.ok("datastore:status").contains(directory().toString()));
        assertTrue(node.ok("gateway:status").contains("embedded, ready"));
        assertTrue(node.ok("gateway:help").contains("datastore:migrate"));
        assertTrue(node.ok("datastore:check").contains("Every file is as it was written"));
    }

    @Test
    @Order(2)
    void aLockIsCalicosClusterInformationAndSurvivesARestart() throws Exception {
        assertTrue(node.ok("datastore:lock").contains("Locked"));
        assertTrue(export().contains("/calico/resources/v3/projectcalico.org/clusterinformations/default") && export().contains("\\\"datastoreReady\\\":false"), export());
        node.stop();
        node.start();
        awaitStatus("embedded", "ready");
        assertTrue(node.ok("datastore:status --json").contains("\"locked\": true"));
        assertTrue(node.ok("datastore:unlock").contains("Unlocked"));
    }

    @Test
    @Order(3)
    void aBackupBringsBackWhatWasThere() {
        Path backup = files.resolve("backup");
        String before = export();
        node.ok("datastore:backup " + backup);
        assertNotEquals(0, node.shell("datastore:backup " + backup).code(), "a backup replaces nothing");
        assertTrue(node.shell("datastore:backup relative").all().contains("TMB-DST-063"));
        node.ok("datastore:lock");
        assertNotEquals(before, export());
        assertTrue(node.ok("datastore:restore " + backup).contains("restored"));
        awaitStatus("embedded", "ready");
        assertEquals(before, export());
    }

    @Test
    @Order(4)
    void aDamagedStoreIsRefusedByNameAndRepairedWithoutARestart() throws Exception {
        node.ok("datastore:lock");
        node.ok("datastore:unlock");
        node.stop();
        damage();
        node.start();
        Commands.await("the damage is told", 30, () -> node.shell("datastore:status").out().contains("TMB-DST-010"));
        assertTrue(node.ok("datastore:status").contains("datastore:repair"));
        assertTrue(node.shell("datastore:export").all().contains("TMB-DST-061"));
        assertTrue(node.shell("datastore:check").all().contains("TMB-DST-077"));
        assertTrue(node.ok("datastore:repair").contains("went back to revision"));
        awaitStatus("embedded", "ready");
        node.ok("datastore:check");
    }

    /** A bit of the newest log's first frame, with other frames behind it. */
    private void damage() throws IOException {
        List<Path> logs;
        try (Stream<Path> all = Files.list(directory())) {
            logs = all.filter(file -> file.getFileName().toString().startsWith("log-")).sorted().toList();
        }
        byte[] content = Files.readAllBytes(logs.getLast());
        content[512 + 40] ^= 1;
        Files.write(logs.getLast(), content, StandardOpenOption.WRITE);
    }

    @Test
    @Order(5)
    void theStoreMovesToEtcdAndBack() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(ETCD), "no etcd on this machine: install etcd-server (Debian)");
        int client = freePort();
        int peer = freePort();
        startEtcd(client, peer);
        assertTrue(node.shell("datastore:migrate --to etcd").all().contains("TMB-DST-036"), "no endpoints yet");
        Path cfg = node.etc.resolve("tombolo.datastore.cfg");
        Files.writeString(cfg, "etcd-endpoints = http://127.0.0.1:" + client + "\n");
        Commands.await("the lock is asked for", 30, () -> node.shell("datastore:migrate --to etcd").all().contains("TMB-DST-076"));
        node.ok("datastore:lock");
        String content = export();
        String answer = node.ok("datastore:migrate --to etcd");
        assertTrue(answer.contains("verified") && answer.contains("engine = etcd"), answer);
        Files.writeString(cfg, "engine = etcd\netcd-endpoints = http://127.0.0.1:" + client + "\n");
        awaitStatus("etcd", "ready");
        assertEquals(content, export());
        assertTrue(node.shell("datastore:check").all().contains("TMB-DST-062"));
        etcd.destroyForcibly().waitFor();
        awaitStatus("etcd", "degraded");
        assertTrue(node.shell("datastore:unlock").all().contains("TMB-DST-050"));
        assertTrue(node.ok("gateway:status").contains("etcd, degraded"));
        startEtcd(client, peer);
        awaitStatus("etcd", "ready");
        node.ok("datastore:unlock");
        node.ok("datastore:lock");
        assertTrue(node.ok("datastore:migrate --to embedded").contains("verified"));
        Files.writeString(cfg, "engine = embedded\n");
        awaitStatus("embedded", "ready");
        assertEquals(content, export());
        node.ok("datastore:unlock");
    }

    private void startEtcd(int client, int peer) throws IOException {
        Path directory = files.resolve("etcd");
        etcd = new ProcessBuilder(ETCD.toString(), "--name", "test", "--data-dir", directory.toString(), "--listen-client-urls", "http://127.0.0.1:" + client, "--advertise-client-urls",
                "http://127.0.0.1:" + client, "--listen-peer-urls", "http://127.0.0.1:" + peer, "--initial-advertise-peer-urls", "http://127.0.0.1:" + peer, "--initial-cluster",
                "test=http://127.0.0.1:" + peer).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(files.resolve("etcd.log").toFile())).start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
