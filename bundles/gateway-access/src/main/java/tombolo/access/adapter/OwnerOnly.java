package tombolo.access.adapter;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;

/// Writes secrets: the file has mode 0600 from the moment that it exists.
final class OwnerOnly {
    private OwnerOnly() {}

    /// @throws IOException if the file exists or cannot be written
    static void create(Path file, byte[] content) throws IOException {
        if (file.getParent() != null) {
            Files.createDirectories(file.getParent());
        }
        var options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (OutputStream out = Channels.newOutputStream(Files.newByteChannel(file, options, mode))) {
            out.write(content);
            out.write('\n');
        }
    }
}
