package tombolo.config.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's name for this host. InetAddress is not asked: it asks name servers, and the node starts before they can be reached. */
public final class HostName {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private HostName() { }

    public static String read() {
        try {
            String name = Files.readString(KERNEL).strip();
            return name.isEmpty() ? "localhost" : name;
        } catch (IOException e) {
            return "localhost"; // no /proc: the name is only for display, and tombolo.node.cfg can give one
        }
    }
}
