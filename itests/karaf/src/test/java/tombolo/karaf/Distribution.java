package tombolo.karaf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The archive that the build made, and where tests unpack it. */
final class Distribution {
    static final Path ROOT = Path.of(System.getProperty("tombolo.root"));
    static final Path ARCHIVE = Path.of(System.getProperty("tombolo.archive"));
    static final Path WORK = Path.of(System.getProperty("tombolo.work"));

    private Distribution() {}

    static Path unpack(String name) throws IOException, InterruptedException {
        Path folder = fresh(name);
        Commands.Result result = Commands.run("tar", "-xzf", ARCHIVE.toString(), "-C", folder.toString(), "--strip-components=1");
        if (result.code() != 0) {
            throw new IOException("tar: " + result.err());
        }
        return folder;
    }

    /** An empty folder below target. */
    static Path fresh(String name) throws IOException, InterruptedException {
        Path folder = WORK.resolve(name);
        Commands.run("rm", "-rf", folder.toString());
        return Files.createDirectories(folder);
    }
}
