package tombolo.deploy.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The jars of the distribution's repository (system/), found by the mvn: URL under which a feature installed them.
public final class ShippedJars {
    /// `mvn:group/artifact/version[/type[/classifier]]`; a repository part before `!` is not used by any feature here.
    private static final Pattern MVN = Pattern.compile("mvn:(?<g>[\\w.-]+)/(?<a>[\\w.-]+)/(?<v>[\\w.-]+)(/(?<t>[\\w.-]*)(/(?<c>[\\w.-]+))?)?");

    private final Path system;

    /// @param system the repository's root
    public ShippedJars(Path system) {
        this.system = system;
    }

    /// @param location a bundle's location
    /// @return the file behind it, whether or not it exists; empty where the location is no plain mvn: URL
    public Optional<Path> fileOf(String location) {
        Matcher m = MVN.matcher(location);
        if (!m.matches()) {
            return Optional.empty();
        }
        String type = m.group("t") == null || m.group("t").isEmpty() ? "jar" : m.group("t");
        String classifier = m.group("c") == null ? "" : "-" + m.group("c");
        String name = m.group("a") + "-" + m.group("v") + classifier + "." + type;
        return Optional.of(system.resolve(m.group("g").replace('.', '/')).resolve(m.group("a")).resolve(m.group("v")).resolve(name));
    }

    /// @param file a file of [#fileOf]
    /// @return where the distribution's own jar waits while another lies in its place
    public static Path shipped(Path file) {
        return file.resolveSibling(file.getFileName() + ".shipped");
    }

    /// Puts a jar in the place of the distribution's; atomic, so that a feature operation reads one or the other.
    ///
    /// @param file a file of [#fileOf]
    /// @param jar the new content
    /// @throws IOException if the repository cannot be written
    public static void replace(Path file, Path jar) throws IOException {
        Files.createDirectories(file.getParent());
        Path shipped = shipped(file);
        if (Files.exists(file) && !Files.exists(shipped)) {
            place(file, shipped);
        }
        place(jar, file);
    }

    private static void place(Path from, Path to) throws IOException {
        Path partial = to.resolveSibling(to.getFileName() + ".partial");
        Files.copy(from, partial, StandardCopyOption.REPLACE_EXISTING);
        Files.move(partial, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
