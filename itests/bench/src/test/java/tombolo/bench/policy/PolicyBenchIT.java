package tombolo.bench.policy;

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

/** {@code gateway bench policy --quick} without the part that needs a node: for what it finds, not for what it takes on a machine that does other things too. */
class PolicyBenchIT {
    /** A quarter of a minute on two quiet cores. */
    private static final int LIMIT_MINUTES = 5;

    @Test
    void everyPartRunsWritesWhatItShouldAndLeavesNothingBehind(@TempDir Path folder) throws IOException, InterruptedException {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: network namespaces need root");
        Assumptions.assumeTrue(Command.available("nft"), "skipped: nft is not installed; ./gateway test installs it");
        Path output = folder.resolve("output");
        Process bench = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "--enable-native-access=ALL-UNNAMED", "-Dtombolo.root=" + Path.of("../..").toAbsolutePath().normalize(), "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "policy", "--quick", "--only", "load,latency,churn,packets", "--no-results").redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertTrue(bench.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES), () -> "not done within " + LIMIT_MINUTES + " minutes:\n" + text(output));
        } finally {
            if (bench.isAlive()) {
                bench.descendants().forEach(ProcessHandle::destroy);
                bench.destroy();
                bench.waitFor(10, TimeUnit.SECONDS);
                Namespace.removeAll(Main.PREFIX);
            }
        }
        String text = text(output);
        assertEquals(0, bench.exitValue(), text);
        for (String row : List.of("| full start", "| memory", "| label of a local endpoint", "| a local endpoint more", "| an address more", "| a network more", "| a policy of every endpoint",
                "| 1000 endpoints came and went", "| restart over the same table", "| packet of a flow that nobody answers", "| packet of an established flow")) {
            assertEquals(1, text.lines().filter(line -> line.startsWith(row)).count(), () -> row + "\n" + text);
        }
        assertEquals(List.of(), Namespace.existing(Main.PREFIX));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }
}
