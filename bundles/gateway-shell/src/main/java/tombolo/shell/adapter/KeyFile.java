package tombolo.shell.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tombolo.shell.core.Failure;

/** A key that is the first line of a file: on a command line histories would keep it. */
public final class KeyFile {
    private KeyFile() { }

    /** Empty where no file is named. */
    public static Optional<String> read(@Nullable String file) {
        if (file == null) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return Optional.of(lines.findFirst().map(String::strip).filter(line -> !line.isEmpty()).orElseThrow(() -> new Failure("TMB-SHL-094 the file " + file + " has no key in its first line.")));
        } catch (IOException | java.io.UncheckedIOException | InvalidPathException e) {
            throw new Failure("TMB-SHL-094 the key in " + file + " cannot be read: " + (e instanceof NoSuchFileException ? "there is no such file" : e.getMessage()) + ". Name a file that the node can read.");
        }
    }
}
