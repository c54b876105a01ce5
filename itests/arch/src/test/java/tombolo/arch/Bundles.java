package tombolo.arch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The project's bundles as the build left them: {@code bundles/<name>/target/<name>-<version>.jar}, and the same below azure-integration. What has no bnd.bnd is no bundle. */
final class Bundles {
    private Bundles() { }

    /** Jars by artifact id, sorted. */
    static Map<String, Path> jars() {
        Path root = root();
        Map<String, Path> jars = new TreeMap<>();
        for (String folder : List.of("bundles", "azure-integration")) {
            try (Stream<Path> modules = Files.list(root.resolve(folder))) {
                modules.filter(module -> Files.exists(module.resolve("bnd.bnd"))).forEach(module -> jars.put(module.getFileName().toString(), jar(module)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return jars;
    }

    static Attributes manifest(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.getManifest().getMainAttributes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of each DS component description in the jar, by entry name. */
    static Map<String, String> componentDescriptions(Path jar) {
        Map<String, String> texts = new TreeMap<>();
        try (JarFile file = new JarFile(jar.toFile())) {
            for (var entry : file.stream().filter(e -> e.getName().startsWith("OSGI-INF/") && e.getName().endsWith(".xml")).toList()) {
                try (InputStream in = file.getInputStream(entry)) {
                    texts.put(entry.getName(), new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }

    static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("gateway-distribution"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    private static Path jar(Path module) {
        Path target = module.resolve("target");
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.getFileName().toString().matches(module.getFileName() + "-[0-9][^-]*\\.jar")).findFirst()
                    .orElseThrow(() -> new AssertionError("no jar in " + target + ": build the bundles first (mvn package)"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
