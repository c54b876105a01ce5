package tombolo.policy.adapter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tombolo.api.policy.Policies.Problem;
import tombolo.api.resource.ResourceId;

/**
 * Endpoints that the rules do not reach: behind a port of a bridge, packets are forwarded by the bridge, or routed under its name, and never under that of the endpoint's interface.
 * Asked of the kernel's {@code /sys}, once for each answer.
 */
final class Bridged {
    static final Path INTERFACES = Path.of("/sys/class/net");

    private Bridged() { }

    /** @param endpoints their interfaces, names that the kernel can have */
    static List<Problem> of(Path interfaces, Map<ResourceId, String> endpoints) {
        List<Problem> problems = new ArrayList<>();
        endpoints.forEach((id, name) -> {
            if (Files.exists(interfaces.resolve(name).resolve("brport"))) {
                problems.add(new Problem(id, "TMB-POL-043 " + id + ": its interface " + name + " is a port of a bridge, whose packets do not pass these rules. Use the transparent mode for endpoints "
                        + "that are to have policy", "nothing of it"));
            }
        });
        return problems;
    }
}
