package tombolo.deploy.adapter;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/// What a jar's manifest says that it is (OSGi Core 8 §3.2.1).
///
/// @param symbolicName Bundle-SymbolicName without directives
/// @param version Bundle-Version as written, `0.0.0` where absent
public record JarIdentity(String symbolicName, String version) {
    /// Requires a name.
    public JarIdentity {
        if (symbolicName.isBlank()) {
            throw new IllegalArgumentException("a bundle's symbolic name is blank");
        }
    }

    /// @param jar a file
    /// @return its identity, or empty where it is no bundle
    public static Optional<JarIdentity> of(Path jar) {
        try (JarFile file = new JarFile(jar.toFile())) {
            Manifest manifest = file.getManifest();
            if (manifest == null) {
                return Optional.empty();
            }
            Attributes main = manifest.getMainAttributes();
            String name = main.getValue("Bundle-SymbolicName");
            String version = main.getValue("Bundle-Version");
            return name == null || name.isBlank() ? Optional.empty()
                    : Optional.of(new JarIdentity(name.split(";", 2)[0].strip(), version == null ? "0.0.0" : version.strip()));
        } catch (IOException e) {
            // Half written or no jar at all: whoever copies it will touch it again.
            return Optional.empty();
        }
    }
}
