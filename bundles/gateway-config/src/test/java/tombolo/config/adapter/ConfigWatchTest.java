package tombolo.config.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.config.Contribution;
import tombolo.api.config.Contribution.Kind;
import tombolo.api.config.Contribution.Level;
import tombolo.api.config.Contribution.Part;
import tombolo.api.config.Settings;

class ConfigWatchTest {
    private static final String PEER = "tombolo.bgp.peer-a.cfg";
    private static final String GOOD = "remote-address = 10.0.0.2\nremote-as = 65010\n";
    /** The promise: a change takes effect within 2 s. */
    private static final long PROMISE_MILLIS = 2_000;

    @TempDir Path folder;
    private Path etc = Path.of("");
    private Path store = Path.of("");
    private ConfigWatch watch = new ConfigWatch(Path.of("/nonexistent"), Path.of("/nonexistent"), "h");

    @BeforeEach
    void startOnAnEmptyFolder() throws IOException {
        watch.close();
        etc = Files.createDirectory(folder.resolve("etc"));
        store = folder.resolve("data").resolve("last-good");
        watch = new ConfigWatch(etc, store, "h");
        watch.start();
    }

    @AfterEach
    void stop() {
        watch.close();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(etc.resolve(name), text);
    }

    private static void within(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PROMISE_MILLIS);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not so within " + PROMISE_MILLIS + " ms");
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void newChangedAndDeletedFilesTakeEffectWithinTwoSeconds() throws IOException {
        write(PEER, GOOD);
        within(() -> watch.settings().peers().containsKey("a"));
        write(PEER, GOOD + "hold-time = 30\n");
        within(() -> watch.settings().peers().get("a").holdTimeSeconds() == 30);
        Files.delete(etc.resolve(PEER));
        within(() -> watch.settings().peers().isEmpty());
    }

    @Test
    void aFileRenamedIntoPlaceWithTheSameSizeAndTimeStampIsSeen() throws IOException {
        write(PEER, GOOD);
        within(() -> watch.settings().peers().containsKey("a"));
        FileTime time = Files.getLastModifiedTime(etc.resolve(PEER));
        Path other = Files.writeString(etc.resolve("new~"), GOOD.replace("65010", "65011"));
        Files.setLastModifiedTime(other, time);
        Files.move(other, etc.resolve(PEER), StandardCopyOption.REPLACE_EXISTING);
        within(() -> watch.settings().peers().get("a").remoteAs().value() == 65011);
    }

    @Test
    void listenersAreToldAtOnceAndThenEachChangeInOrder() throws Exception {
        BlockingQueue<Settings> told = new LinkedBlockingQueue<>();
        watch.add(settings -> {
            throw new IllegalStateException("a listener that fails does not keep the others from hearing");
        });
        watch.add(told::add);
        assertEquals(watch.settings(), told.poll(PROMISE_MILLIS, TimeUnit.MILLISECONDS));
        write(PEER, GOOD);
        Settings second = told.poll(PROMISE_MILLIS, TimeUnit.MILLISECONDS);
        assertEquals(Set.of("a"), second.peers().keySet());
        write(PEER, GOOD + "# a comment changes no setting\n");
        write("tombolo.bgp.peer-b.cfg", GOOD.replace("0.2", "0.3"));
        assertEquals(Set.of("a", "b"), told.poll(PROMISE_MILLIS, TimeUnit.MILLISECONDS).peers().keySet());
    }

    @Test
    void aBadFileLeavesTheLastGoodVersionInForceAlsoOverARestart() throws IOException {
        write(PEER, GOOD + "hold-time = 30\n");
        within(() -> watch.settings().peers().containsKey("a"));
        write(PEER, GOOD + "hold-time = thirty\n");
        within(() -> watch.problems().size() == 1);
        assertEquals(30, watch.settings().peers().get("a").holdTimeSeconds());
        watch.close();
        watch = new ConfigWatch(etc, store, "h");
        watch.start();
        assertEquals(30, watch.settings().peers().get("a").holdTimeSeconds());
        assertEquals(1, watch.problems().size());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(store.resolve(PEER))));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(store)));
        write(PEER, GOOD + "hold-time = 40\n");
        within(() -> watch.settings().peers().get("a").holdTimeSeconds() == 40);
        within(() -> watch.problems().isEmpty());
    }

    @Test
    void whatASourceSaidIsInForceBeforeItSpeaksAgainAndIsTakenBackByIt() throws IOException {
        watch.offer(new Contribution("resources", List.of(new Part(Kind.PEER, "mesh", Level.MESH, "Node(b)", Map.of("remote-address", "10.0.0.9", "remote-as", "65010")))));
        within(() -> watch.settings().peers().containsKey("mesh"));
        write(PEER, GOOD.replace("0.2", "0.9"));
        within(() -> watch.settings().peers().keySet().equals(Set.of("a")));
        Files.delete(etc.resolve(PEER));
        within(() -> watch.settings().peers().keySet().equals(Set.of("mesh")));
        watch.close();
        watch = new ConfigWatch(etc, store, "h");
        watch.start();
        assertEquals(Set.of("mesh"), watch.settings().peers().keySet());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(store.resolveSibling("contributions").resolve("resources.json"))));
        watch.offer(new Contribution("resources", List.of(new Part(Kind.PEER, "bad", Level.MESH, "Node(b)", Map.of("remote-address", "10.0.0.9")))));
        within(() -> watch.problems().size() == 1);
        assertEquals(Set.of(), watch.settings().peers().keySet());
        watch.offer(new Contribution("resources", List.of()));
        within(() -> watch.problems().isEmpty());
    }

    @Test
    void losingTheFolderRemovesNothing() throws IOException {
        write(PEER, GOOD);
        within(() -> watch.settings().peers().containsKey("a"));
        Files.move(etc, folder.resolve("away"));
        within(() -> watch.problems().size() == 1);
        assertTrue(watch.problems().getFirst().message().contains("TMB-CFG-017"));
        assertTrue(watch.settings().peers().containsKey("a"));
        Files.move(folder.resolve("away"), etc);
        within(() -> watch.problems().isEmpty());
    }

    @Test
    void theOfflineCheckPrintsEveryProblemAndEndsWithOne() throws IOException {
        write(PEER, GOOD + "hold-time = 2\npassword = hunter2\n");
        Checked bad = check(etc.toString());
        assertEquals(1, bad.status);
        assertTrue(bad.text.contains("TMB-CFG-004 " + PEER + ":3 hold-time: '2'") && bad.text.contains("TMB-CFG-006") && bad.text.contains("2 problems"),
                bad.text);
        assertFalse(bad.text.contains("hunter2"));
        assertTrue(check("--json", etc.toString()).text.contains("\"valid\":false"));
        write(PEER, GOOD + "password-file = missing\n");
        assertTrue(check(etc.toString()).text.contains("TMB-CFG-013"));
        write(PEER, GOOD);
        assertEquals(0, check(etc.toString()).status);
        assertTrue(check(etc.toString()).text.contains("1 peer,"));
        assertEquals(2, check("/nonexistent").status);
        assertEquals(2, check().status);
    }

    private record Checked(int status, String text) { }

    private static Checked check(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = Check.run(List.of(arguments), out, out);
        return new Checked(status, bytes.toString(StandardCharsets.UTF_8));
    }
}
