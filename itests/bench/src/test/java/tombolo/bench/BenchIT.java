package tombolo.bench;

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
import tombolo.harness.Command;
import tombolo.harness.Namespace;

/** {@code gateway bench bgp --quick}: every scenario, small, for its content. What it takes is of no interest here, on a machine that does other things too. */
class BenchIT {
    /** Six for the gateway, six for BIRD, one for FRR. */
    private static final int LINES = 13;
    /** A minute and a half on two quiet cores. */
    private static final int LIMIT_MINUTES = 12;

    @Test
    void everyScenarioRunsAndDeliversTheRightContent(@TempDir Path folder) throws IOException, InterruptedException {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: network namespaces need root");
        for (String program : List.of("bird", "bgpd")) {
            Assumptions.assumeTrue(Command.available(program), () -> "skipped: " + program + " is not installed; ./gateway test installs it");
        }
        Path project = Path.of(System.getProperty("tombolo.project", "../..")).toAbsolutePath().normalize();
        Path results = project.resolve("itests/bench/RESULTS.md");
        String before = Files.readString(results);
        Path output = folder.resolve("output");
        Process bench = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp", System.getProperty("java.class.path"),
            Bench.class.getName(), "bgp", "--quick", "--no-results", "--project", project.toString())
            .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertTrue(bench.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES), () -> "not done within " + LIMIT_MINUTES + " minutes:\n" + text(output));
        } finally {
            if (bench.isAlive()) {
                bench.descendants().forEach(ProcessHandle::destroy);
                bench.destroy();
                Namespace.removeAll(Stage.PREFIX);
            }
        }
        String text = text(output);
        assertEquals(0, bench.exitValue(), text);
        assertEquals(LINES, text.lines().filter(line -> line.contains("content ok")).count(), text);
        assertEquals(before, Files.readString(results), "--no-results leaves the figures alone");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }
}
