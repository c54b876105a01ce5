package tombolo.cni.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.config.CniSettings;
import tombolo.api.endpoint.EndpointKernel;
import tombolo.api.endpoint.EndpointMode;
import tombolo.cni.core.AddressSource;

/**
 * What there is to work with at this moment: services of bundles that may come and go.
 *
 * @param node  the node's name
 * @param workloads where endpoints are made known to the cluster; nothing waits for it to be there
 * @param overlayMtu for containers, where there are tunnels to other nodes
 * @param modes by name
 */
public record Means(String node, CniSettings settings, Optional<EndpointKernel> kernel, Optional<AddressSource> addresses, Optional<Workloads> workloads,
                    OptionalInt overlayMtu, Map<String, EndpointMode> modes) {
    public Means {
        modes = Map.copyOf(modes);
    }

    /** The bundles without which no ADD can be served. */
    public List<String> missing() {
        List<String> missing = new ArrayList<>();
        if (kernel.isEmpty()) {
            missing.add("gateway-dataplane");
        }
        if (addresses.isEmpty()) {
            missing.add("gateway-ipam");
        }
        return missing;
    }
}
