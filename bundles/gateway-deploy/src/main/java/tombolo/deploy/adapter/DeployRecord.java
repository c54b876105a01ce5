package tombolo.deploy.adapter;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/// Which file of deploy/ replaces which bundle; outlives restarts, so that a file that is gone gives its bundle back.
/// Not for several threads.
public final class DeployRecord {
    private final Path file;
    private final Properties entries = new Properties();

    /// @param file where it is kept
    /// @throws IOException if it is there but cannot be read
    public DeployRecord(Path file) throws IOException {
        this.file = file;
        if (Files.exists(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                entries.load(reader);
            }
        }
    }

    /// @param jar a file of deploy/
    /// @return the symbolic name that it replaces
    public Optional<String> nameFor(Path jar) {
        return Optional.ofNullable(entries.getProperty(jar.getFileName().toString()));
    }

    /// @param jar a file of deploy/
    /// @param symbolicName what it replaces from now on
    /// @throws IOException if it cannot be kept
    public void put(Path jar, String symbolicName) throws IOException {
        entries.setProperty(jar.getFileName().toString(), symbolicName);
        save();
    }

    /// @param jar a file that is gone
    /// @throws IOException if that cannot be kept
    public void remove(Path jar) throws IOException {
        entries.remove(jar.getFileName().toString());
        save();
    }

    /// @return the file names that are recorded
    public java.util.Set<String> fileNames() {
        return entries.stringPropertyNames();
    }

    private void save() throws IOException {
        try (Writer writer = Files.newBufferedWriter(file)) {
            entries.store(writer, "file of deploy/ = bundle that it replaces");
        }
    }
}
