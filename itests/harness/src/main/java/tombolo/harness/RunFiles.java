package tombolo.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The private folder of a namespace's daemons: {@code /run/tombolo/<namespace>}. */
public final class RunFiles {
    public static final Path BASE = Path.of("/run/tombolo");

    private RunFiles() { }

    /** An empty folder for {@code part} of this namespace, open to every user, since some daemons give up root. */
    public static Path folder(Namespace namespace, String part) {
        Path folder = BASE.resolve(namespace.name()).resolve(part);
        try {
            delete(folder);
            Files.createDirectories(folder);
            for (Path open : List.of(BASE, folder.getParent())) {
                Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            return folder;
        } catch (IOException problem) {
            throw new HarnessException("cannot make " + folder + ": " + problem.getMessage(), problem);
        }
    }

    public static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException problem) {
            throw new HarnessException("cannot write " + file + ": " + problem.getMessage(), problem);
        }
    }

    public static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException problem) {
            throw new HarnessException("cannot read " + file + ": " + problem.getMessage(), problem);
        }
    }

    /** Removes the folders of namespaces that start with {@code prefix}, and the base folder once it is empty. */
    public static void removeAll(String prefix) {
        if (!Files.isDirectory(BASE)) {
            return;
        }
        try (Stream<Path> folders = Files.list(BASE)) {
            folders.filter(folder -> folder.getFileName().toString().startsWith(prefix)).forEach(RunFiles::delete);
        } catch (IOException problem) {
            throw new HarnessException("cannot list " + BASE + ": " + problem.getMessage(), problem);
        }
        try {
            Files.deleteIfExists(BASE);
        } catch (IOException others) {
            // Another prefix still has files there.
        }
    }

    /** Removes a file or a folder with all that is in it. */
    public static void delete(Path path) {
        if (!Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException problem) {
            throw new HarnessException("cannot remove " + path + ": " + problem.getMessage(), problem);
        }
    }
}
