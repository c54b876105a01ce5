package tombolo.dataplane.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Switches IP forwarding on in the process's own network namespace. It is never switched off: others may rely on it. */
public final class Forwarding {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarding.class);
    private static final List<String> SWITCHES = List.of("ipv4/ip_forward", "ipv6/conf/all/forwarding");

    private final Path root;

    /** @param root {@code /proc/sys/net}, which shows the namespace of the thread that looks */
    public Forwarding(Path root) {
        this.root = root;
    }

    public void enable() {
        for (String name : SWITCHES) {
            Path file = root.resolve(name);
            try {
                if (!Files.exists(file) || Files.readString(file).strip().equals("1")) {
                    continue; // a kernel without IPv6 has no such file
                }
                Files.writeString(file, "1\n");
                LOG.info("TMB-RTE-009 {} was off and is now on (forwarding=true in tombolo.node.cfg)", file);
            } catch (IOException e) {
                LOG.error("TMB-RTE-010 {} cannot be switched on: {}. Set it with sysctl, or run as root.", file, e.getMessage());
            }
        }
    }
}
