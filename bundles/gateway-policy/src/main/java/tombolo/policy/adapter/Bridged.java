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
 * Endpoints that the rules do not reach, or not for all: behind a port of a bridge, packets are forwarded by the bridge, or routed under its name, and never under that of the endpoint's
 * interface. The node's own bridge sends what its ports say to each other through the host, and is known to the rules; an uplink that is a port of it must be as the others, or machines
 * on its wire reach the endpoints without the host. Asked of the kernel's {@code /sys}, once for each answer.
 */
final class Bridged {
    static final Path INTERFACES = Path.of("/sys/class/net");

    private Bridged() { }

    /** @param endpoints their interfaces, names that the kernel can have @param bridge the one that the rules know @param uplink that may be a port of it */
    static List<Problem> of(Path interfaces, Map<ResourceId, String> endpoints, String bridge, Optional<String> uplink) {
        List<Problem> problems = new ArrayList<>();
        endpoints.forEach((id, name) -> {
            Path port = port(interfaces, name);
            if (!Files.exists(port)) {
                return;
            }
            Optional<Path> open = uplink.map(one -> port(interfaces, one)).filter(one -> Files.exists(one) && !isApart(one, bridge));
            if (!isApart(port, bridge)) {
                problems.add(new Problem(id, "TMB-POL-043 " + id + ": its interface " + name + " is a port of a bridge, whose packets do not all pass these rules. Use the transparent mode, or the "
                        + "bridge mode of this node, for endpoints that are to have policy", "nothing of it"));
            } else if (open.isPresent()) {
                problems.add(new Problem(id, "TMB-POL-043 " + id + ": machines on the wire of " + uplink.get() + " reach it without the host, and it reaches them. Set policy = required in "
                        + "etc/tombolo.cni.cfg, which parts the two with the next container that is added, or use the transparent mode", "what goes through the host"));
            }
        });
        return problems;
    }

    /** Whether what the uplink's wire and endpoints say to each other all goes through this host now, whatever the configuration says: the port follows it with the next container that is added. */
    static boolean isApart(Path interfaces, String bridge, Optional<String> uplink) {
        return uplink.isEmpty() || isApart(port(interfaces, uplink.get()), bridge);
    }

    private static Path port(Path interfaces, String name) {
        return interfaces.resolve(name).resolve("brport");
    }

    private static boolean isApart(Path port, String bridge) {
        try {
            return Files.readSymbolicLink(port.resolve("bridge")).getFileName().toString().equals(bridge) && Files.readString(port.resolve("isolated")).strip().equals("1");
        } catch (IOException e) {
            return false; // it is gone, or the kernel does not say: told as the worse
        }
    }
}
