package tombolo.policy.adapter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.policy.Policies.Problem;
import tombolo.api.resource.ResourceId;

/**
 * Endpoints that the rules do not reach: behind a port of a bridge, packets are forwarded by the bridge, or routed under its name, and never under that of the endpoint's interface.
 * The node's own bridge sends what its ports say to each other through the host, and is known to the rules; beside an uplink it is not. Asked of the kernel's {@code /sys}, once for
 * each answer.
 */
final class Bridged {
    static final Path INTERFACES = Path.of("/sys/class/net");

    private Bridged() { }

    /** @param endpoints their interfaces, names that the kernel can have @param known the bridge that the rules know; empty: none */
    static List<Problem> of(Path interfaces, Map<ResourceId, String> endpoints, Optional<String> known) {
        List<Problem> problems = new ArrayList<>();
        endpoints.forEach((id, name) -> {
            Path port = interfaces.resolve(name).resolve("brport");
            if (Files.exists(port) && known.filter(bridge -> isApart(port, bridge)).isEmpty()) {
                problems.add(new Problem(id, "TMB-POL-043 " + id + ": its interface " + name + " is a port of a bridge, whose packets do not all pass these rules. Use the transparent mode, or the "
                        + "bridge mode without bridge-uplink, for endpoints that are to have policy", "nothing of it"));
            }
        });
        return problems;
    }

    private static boolean isApart(Path port, String bridge) {
        try {
            return Files.readSymbolicLink(port.resolve("bridge")).getFileName().toString().equals(bridge) && Files.readString(port.resolve("isolated")).strip().equals("1");
        } catch (IOException e) {
            return false; // it is gone, or the kernel does not say: told as the worse
        }
    }
}
