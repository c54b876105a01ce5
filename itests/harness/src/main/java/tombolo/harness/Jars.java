package tombolo.harness;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Bundles like the given one, but for one header: a build is reproducible, and an unchanged jar is not installed twice. */
public final class Jars {
    private Jars() { }

    /** Writes the bundle {@code from} to {@code to} with another {@code Bundle-Version}. */
    public static void withVersion(Path from, Path to, String version) {
        withHeader(from, to, "Bundle-Version", version);
    }

    /** Writes the bundle {@code from} to {@code to} with the main header set. */
    public static void withHeader(Path from, Path to, String header, String value) {
        try (JarFile jar = new JarFile(from.toFile())) {
            Manifest manifest = new Manifest(jar.getManifest());
            manifest.getMainAttributes().putValue(header, value);
            try (OutputStream file = Files.newOutputStream(to); JarOutputStream out = new JarOutputStream(file, manifest)) {
                for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements();) {
                    JarEntry entry = entries.nextElement();
                    if (!entry.getName().equals(JarFile.MANIFEST_NAME) && !entry.isDirectory()) {
                        out.putNextEntry(new JarEntry(entry.getName()));
                        jar.getInputStream(entry).transferTo(out);
                    }
                }
            }
        } catch (IOException problem) {
            throw new HarnessException("cannot write " + to + " from " + from + ": " + problem.getMessage(), problem);
        }
    }
}
