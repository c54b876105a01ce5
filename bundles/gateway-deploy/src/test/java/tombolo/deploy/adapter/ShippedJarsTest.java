package tombolo.deploy.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShippedJarsTest {
    @TempDir
    private Path folder;

    @Test
    void aMavenUrlNamesAFileOfTheRepository() {
        ShippedJars jars = new ShippedJars(Path.of("/s"));
        assertEquals(Optional.of(Path.of("/s/io/tombolo/gateway-bgp/0.1.0/gateway-bgp-0.1.0.jar")), jars.fileOf("mvn:io.tombolo/gateway-bgp/0.1.0"));
        assertEquals(Optional.of(Path.of("/s/g/a/1/a-1-uber.jar")), jars.fileOf("mvn:g/a/1/jar/uber"));
        assertEquals(Optional.of(Path.of("/s/g/a/1/a-1.xml")), jars.fileOf("mvn:g/a/1/xml"));
    }

    @Test
    void anyOtherLocationHasNone() {
        ShippedJars jars = new ShippedJars(Path.of("/s"));
        for (String location : new String[] {"file:/x/y.jar", "wrap:mvn:g/a/1", "mvn:g/a", "mvn:g/../../etc/1/a/b/c"}) {
            assertEquals(Optional.empty(), jars.fileOf(location), location);
        }
    }

    @Test
    void theDistributionsOwnJarIsKeptThroughEveryReplacement() throws Exception {
        Path file = folder.resolve("g/a/1/a-1.jar");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "shipped");
        for (String content : new String[] {"first", "second"}) {
            Path jar = Files.writeString(folder.resolve("new.jar"), content);
            ShippedJars.replace(file, jar);
            assertEquals(content, Files.readString(file));
            assertEquals("shipped", Files.readString(ShippedJars.shipped(file)));
        }
    }

    @Test
    void aBundleIsKnownByItsManifestAndAnythingElseIsNone() throws Exception {
        Path bundle = folder.resolve("b.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Bundle-SymbolicName", "some.name;singleton:=true");
        manifest.getMainAttributes().putValue("Bundle-Version", "1.2.3");
        try (OutputStream out = Files.newOutputStream(bundle); JarOutputStream jar = new JarOutputStream(out, manifest)) {
            jar.flush();
        }
        assertEquals(Optional.of(new JarIdentity("some.name", "1.2.3")), JarIdentity.of(bundle));
        assertFalse(JarIdentity.of(Files.writeString(folder.resolve("half.jar"), "PK half")).isPresent());
        assertFalse(JarIdentity.of(folder.resolve("absent.jar")).isPresent());
    }
}
