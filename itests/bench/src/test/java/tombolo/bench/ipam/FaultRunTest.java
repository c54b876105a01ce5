package tombolo.bench.ipam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The fault runs of {@code gateway bench ipam}, shorter. {@code -Dtombolo.ipam.seed} repeats one, {@code -Dtombolo.ipam.operations} makes it longer. */
@Execution(ExecutionMode.CONCURRENT)
class FaultRunTest {
    private static final long OPERATIONS = Long.getLong("tombolo.ipam.operations", 10_000);
    /** Fewer than in a long run: what a fault costs is the start of a process. */
    private static final int FAULTS = Integer.getInteger("tombolo.ipam.faults", 16);

    @TempDir
    Path directory;

    @Test
    void clientsOfOneNodeNeverShareOrLoseAnAddressWhileTheyAreKilledAndTheStoreRestarts() throws Exception {
        run(false);
    }

    @Test
    void processesOnOneEtcdNeverShareOrLoseAnAddressWhileTheyAreKilledAndEtcdRestarts() throws Exception {
        assumeTrue(Files.isExecutable(Etcd.BINARY), "no etcd (package etcd-server)");
        run(true);
    }

    private void run(boolean onEtcd) throws Exception {
        long seed = Long.getLong("tombolo.ipam.seed", System.nanoTime());
        System.out.println("FaultRunTest seed " + seed);
        FaultRun.Result result = new FaultRun(directory, onEtcd, OPERATIONS, FAULTS, seed).run();
        System.out.println(result.summary());
        assertEquals(List.of(), result.violations(), "seed " + seed);
    }
}
