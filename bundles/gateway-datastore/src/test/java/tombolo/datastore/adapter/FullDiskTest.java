package tombolo.datastore.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system of 4 MiB that is really full, mounted in a mount namespace of the child's own: what {@link DiskFaultTest} shows on a simulated one. */
class FullDiskTest {
    @TempDir
    Path directory;

    @Test
    void aFullFileSystemRefusesWritesLosesNothingAndGoesOnWhenThereIsRoom() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        Assumptions.assumeTrue(run(directory.resolve("try"), "unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=4m tombolo-test " + disk) == 0,
                "no mount namespaces for this user");
        String path = String.join(File.pathSeparator, List.of("target/test-classes", "target/classes", System.getProperty("java.class.path"), System.getProperty("jdk.module.path", "")));
        Path log = directory.resolve("child");
        int code = run(log, "unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=4m tombolo-test " + disk + " && exec \"$@\"", "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", path, "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                FullDiskChild.class.getName(), disk.toString());
        String said = Files.readString(log);
        assertEquals(0, code, said);
        assertTrue(said.contains("OK "), said);
        System.out.println("FullDiskTest: " + said.strip());
        assertEquals(0, disk.toFile().list().length, "the mount is the child's own and gone with it");
    }

    private static int run(Path log, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        if (!process.waitFor(180, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("no end: " + Files.readString(log));
        }
        return process.exitValue();
    }
}
