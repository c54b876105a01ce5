package tombolo.bgp.session.adapter;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.runtime.BootId;

/**
 * A small file that says "the routes of this node's last BGP sessions were left in the kernel": it exists while sessions run and after a stop that keeps
 * routes, so that a crash counts as a restart too (RFC 4724 §4.1). Holds the boot and the network namespace, since a reboot or a new namespace has no routes.
 */
final class RestartMarker {
    private static final Logger LOG = LoggerFactory.getLogger("tombolo.bgp.session");

    private final Path file;

    RestartMarker(Path file) {
        this.file = file;
    }

    /** Whether it speaks for this boot and namespace and is at most so old. */
    boolean valid(long maxAgeMillis) {
        try {
            List<String> lines = Files.readAllLines(file);
            long age = System.currentTimeMillis() - Files.getLastModifiedTime(file).toMillis();
            return lines.equals(identity()) && age >= 0 && age <= maxAgeMillis;
        } catch (IOException | java.io.UncheckedIOException e) {
            return false; // absent, or not readable as text: nothing is known, and nothing is claimed
        }
    }

    void touch() {
        try {
            Files.createDirectories(file.getParent());
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.write(fresh, identity(), StandardCharsets.UTF_8);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("TMB-BGP-004 cannot write {}: {}. After a restart, peers will not keep our routes. Make the folder writable.", file, e.getMessage());
        }
    }

    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("TMB-BGP-004 cannot remove {}: {}. Remove it by hand before the next start.", file, e.getMessage());
        }
    }

    private static List<String> identity() throws IOException {
        String boot = BootId.now();
        if (boot.isEmpty()) {
            throw new IOException("which start of the machine this is cannot be read");
        }
        return List.of(boot, Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
    }
}
