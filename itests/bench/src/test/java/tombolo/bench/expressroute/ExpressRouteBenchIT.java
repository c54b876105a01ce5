package tombolo.bench.expressroute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.harness.Namespace;

/** {@code gateway bench expressroute --quick} without the parts that need a node: for what it finds, not for what it takes on a machine that does other things too. */
class ExpressRouteBenchIT {
    /** Some seconds on two quiet cores. */
    private static final int LIMIT_MINUTES = 5;

    private static String run(Path folder, int status, String... words) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        List<String> command = new java.util.ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "--enable-native-access=ALL-UNNAMED",
                "-Dtombolo.root=" + folder, "-cp", System.getProperty("java.class.path"), Main.class.getName(), "expressroute"));
        command.addAll(List.of(words));
        Process bench = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertTrue(bench.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES), () -> "not done within " + LIMIT_MINUTES + " minutes");
        } finally {
            if (bench.isAlive()) {
                bench.descendants().forEach(ProcessHandle::destroy);
                bench.destroy();
            }
        }
        String text = Files.readString(output);
        assertEquals(status, bench.exitValue(), text);
        return text;
    }

    @Test
    void thePlanAndTheDoctorAreMeasuredAndNothingIsLeftBehind(@TempDir Path folder) throws IOException, InterruptedException {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: what an earlier run left in namespaces is removed by root");
        String text = run(folder, 0, "--quick", "--no-results", "--only", "plan,doctor");
        for (String row : List.of("| plan of 100 circuits", "| doctor, Azure answers at once", "| doctor, 150 ms a request")) {
            assertEquals(1, text.lines().filter(line -> line.startsWith(row)).count(), () -> row + "\n" + text);
        }
        assertEquals(List.of(), Namespace.existing(Main.PREFIX));
        assertTrue(Files.notExists(folder.resolve("run/bench-er")), "its folder is gone");
        assertTrue(Files.notExists(folder.resolve("itests")), "--no-results writes none");
    }

    @Test
    void aWordThatNobodyKnowsIsRefused(@TempDir Path folder) throws IOException, InterruptedException {
        assertTrue(run(folder, 2, "--quik").contains("--quik"));
        assertTrue(run(folder, 2, "--only", "plan,nothing").contains("failover"));
    }
}
