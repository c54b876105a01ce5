package tombolo.datastore.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;

/** A process that writes is killed with SIGKILL at a random moment, again and again on the same directory. {@code -Dtombolo.crash.rounds} makes it longer. */
class CrashTest {
    /** A checkpoint every 128 KiB, so that kills meet rolls and checkpoints too. */
    static final StoreLimits LIMITS = new StoreLimits(1000, 1 << 22, 1 << 17, 1 << 14, 1 << 26, Duration.ofSeconds(1), 10);
    private static final int ROUNDS = Integer.getInteger("tombolo.crash.rounds", 8);
    private static final int WRITERS = 8;

    @TempDir
    Path directory;

    @Test
    void aKilledProcessLosesNoAcknowledgedWriteAndLeavesNoHalfTransaction() throws Exception {
        long seed = System.nanoTime();
        System.out.println("CrashTest seed " + seed);
        Random random = new Random(seed);
        int[] acknowledged = new int[WRITERS];
        long writes = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int first = 1 + Arrays.stream(acknowledged).max().orElseThrow();
            writes += killedAfter(first, 1 + random.nextInt(1500), seed + round, acknowledged);
            try (EmbeddedDatastore store = EmbeddedDatastore.open(new DirectoryVolume(directory), LIMITS, System::nanoTime)) {
                for (int w = 0; w < WRITERS; w++) {
                    List<KeyValue> left = store.list(KeyPrefix.of("/left/" + w)).entries();
                    List<KeyValue> right = store.list(KeyPrefix.of("/right/" + w)).entries();
                    assertEquals(left.stream().map(KeyValue::value).toList(), right.stream().map(KeyValue::value).toList(), "half a transaction, round " + round);
                    int stored = store.get(Key.of("/left/" + w)).map(entry -> Integer.parseInt(entry.value().asUtf8().split(" ")[0])).orElse(0);
                    assertTrue(stored >= acknowledged[w], "writer " + w + ": " + acknowledged[w] + " was acknowledged, " + stored + " is stored, round " + round);
                    acknowledged[w] = stored;
                }
            }
        }
        System.out.println("CrashTest: " + writes + " acknowledged writes, killed " + ROUNDS + " times");
        assertTrue(writes > ROUNDS, "too few writes to show anything");
    }

    /** Runs the child until so many writes are acknowledged, kills it, and takes what it had acknowledged by then. */
    private long killedAfter(int first, int writes, long seed, int[] acknowledged) throws Exception {
        String path = String.join(File.pathSeparator, List.of("target/test-classes", "target/classes", System.getProperty("java.class.path"), System.getProperty("jdk.module.path", "")));
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", path,
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", CrashChild.class.getName(), directory.toString(), "" + WRITERS, "" + first, "" + seed));
        Process child = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        long seen = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split(" ");
                acknowledged[Integer.parseInt(parts[0])] = Integer.parseInt(parts[1]);
                if (++seen == writes) {
                    child.toHandle().destroyForcibly(); // the process's own method would close the pipe that is still read
                }
            }
        } finally {
            child.toHandle().destroyForcibly();
            child.waitFor();
        }
        assertEquals(128 + 9, child.exitValue(), "the child ended by the kill and by nothing else");
        return seen;
    }
}
