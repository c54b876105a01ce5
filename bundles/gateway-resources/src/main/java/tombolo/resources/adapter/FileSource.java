package tombolo.resources.adapter;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tombolo.resources.adapter.DocumentText.Unreadable;

/** Where a command's files come from: this machine, or what a client has sent. */
@FunctionalInterface
interface FileSource {
    /** Files of one folder and what is below it. */
    int MAX_FILES = 10_000;

    /** @param content of at most {@value DocumentText#MAX_BYTES} bytes */
    record Named(String name, byte[] content) { }

    /** A file, or the {@code .json}, {@code .yaml} and {@code .yml} files of a folder, by name. */
    List<Named> read(String name, boolean recursive) throws Unreadable;

    /** This machine's; {@code -} is the standard input. */
    static FileSource local(InputStream standardInput) {
        return (name, recursive) -> {
            try {
                if (name.equals("-")) {
                    byte[] content = standardInput.readNBytes(DocumentText.MAX_BYTES + 1);
                    if (content.length > DocumentText.MAX_BYTES) {
                        throw DocumentText.tooLarge(name, -1);
                    }
                    return List.of(new Named(name, content));
                }
                Path path = Path.of(name);
                if (!Files.isDirectory(path)) {
                    return List.of(file(path));
                }
                List<Named> files = new ArrayList<>();
                try (Stream<Path> found = Files.walk(path, recursive ? Integer.MAX_VALUE : 1)) {
                    for (Path each : found.filter(FileSource::isDocument).sorted().limit(MAX_FILES + 1L).toList()) {
                        files.add(file(each));
                    }
                }
                if (files.size() > MAX_FILES) {
                    throw new Unreadable("TMB-RES-017 " + name + " holds more than " + MAX_FILES + " files.");
                }
                return files;
            } catch (IOException | RuntimeException e) {
                String reason = e instanceof NoSuchFileException ? "there is no such file" : e instanceof AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
                throw new Unreadable("TMB-RES-018 " + DocumentText.name(name) + " cannot be read: " + reason + ".");
            }
        };
    }

    private static boolean isDocument(Path path) {
        return Files.isRegularFile(path) && path.toString().matches(".*\\.(json|yaml|yml)");
    }

    private static Named file(Path path) throws IOException, Unreadable {
        long size = Files.size(path);
        if (size > DocumentText.MAX_BYTES) {
            throw DocumentText.tooLarge(path.toString(), size);
        }
        try (InputStream in = Files.newInputStream(path)) {
            byte[] content = in.readNBytes(DocumentText.MAX_BYTES + 1);
            if (content.length > DocumentText.MAX_BYTES) {
                throw DocumentText.tooLarge(path.toString(), -1); // a pipe has no size before it is read
            }
            return new Named(path.toString(), content);
        }
    }
}
