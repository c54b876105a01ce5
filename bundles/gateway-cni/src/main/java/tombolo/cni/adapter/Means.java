package tombolo.cni.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.config.CniSettings;
import tombolo.api.endpoint.EndpointExport;
import tombolo.api.endpoint.EndpointKernel;
import tombolo.api.endpoint.EndpointMode;
import tombolo.api.endpoint.EndpointPolicy;

/**
 * What there is to work with at this moment: services of bundles that may come and go.
 *
 * @param node       the node's name
 * @param policy     whoever puts rules for containers in force
 * @param overlayMtu for containers, where there are tunnels to other nodes
 * @param unplanned  whether it will be known, and is not yet, whether there are tunnels to other nodes
 * @param modes      by name
 * @param locked     whether the datastore is locked for an upgrade or a migration
 * @param exports    endpoints in other plugins' words
 */
public record Means(String node, CniSettings settings, Optional<EndpointKernel> kernel, Origins addresses, Optional<EndpointPolicy> policy, OptionalInt overlayMtu,
                    boolean unplanned, Map<String, EndpointMode> modes, boolean locked, List<EndpointExport> exports) {
    public Means {
        modes = Map.copyOf(modes);
        exports = List.copyOf(exports);
    }

    boolean policyRequired() {
        return settings.policy() == CniSettings.Policy.REQUIRED;
    }

    /** What the MTU of a container waits for whose network does not say one: it is its own for life, and 1500 does not fit into a tunnel. */
    Optional<String> missingForMtu() {
        return unplanned && settings.mtu().isEmpty() ? Optional.of("the tunnels to other nodes, whose MTU containers have (overlay:list; mtu in etc/tombolo.cni.cfg does without)")
                : Optional.empty();
    }

    /** The bundles without which no ADD can be served. @param ownAddresses whether the addresses are gateway-ipam's */
    List<String> missing(boolean ownAddresses) {
        List<String> missing = new ArrayList<>();
        if (kernel.isEmpty()) {
            missing.add("gateway-dataplane");
        }
        if (ownAddresses && (addresses.foreignTypes().isEmpty() ? addresses.pools().isEmpty() : addresses.others().isEmpty())) {
            missing.add(addresses.foreignTypes().isEmpty() ? "gateway-ipam" : "azure-cni");
        }
        if (policy.isEmpty() && policyRequired()) {
            missing.add("the policy engine, which policy = required in etc/tombolo.cni.cfg wants");
        }
        return missing;
    }
}
