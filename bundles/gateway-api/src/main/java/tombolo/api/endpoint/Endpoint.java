package tombolo.api.endpoint;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.MacAddress;

/**
 * A container interface that this node looks after.
 *
 * @param network       the name in the CNI configuration
 * @param mode          who made the interface and how: {@code routed}, {@code transparent}, {@code bridge}; {@code policy-only}: another plugin did
 * @param netns         path of the container's namespace
 * @param hostInterface the end on the host
 * @param arguments     of CNI_ARGS: {@code K8S_POD_NAMESPACE}, {@code K8S_POD_NAME}, ...
 * @param addedMillis   when, since 1970
 * @param source        whose the addresses are: the name of a {@link ContainerAddresses}; "": the cluster's pools
 */
public record Endpoint(EndpointId id, String network, String mode, String netns, String hostInterface, Optional<MacAddress> mac, int mtu,
                       List<InterfaceAddress> addresses, Map<String, String> arguments, State state, long addedMillis, String source) {
    public Endpoint {
        addresses = List.copyOf(addresses);
        arguments = Collections.unmodifiableMap(new TreeMap<>(arguments));
    }

    /** With addresses of the cluster's pools. */
    public Endpoint(EndpointId id, String network, String mode, String netns, String hostInterface, Optional<MacAddress> mac, int mtu, List<InterfaceAddress> addresses,
                    Map<String, String> arguments, State state, long addedMillis) {
        this(id, network, mode, netns, hostInterface, mac, mtu, addresses, arguments, state, addedMillis, "");
    }

    /** The same in another state. */
    public Endpoint in(State other) {
        return new Endpoint(id, network, mode, netns, hostInterface, mac, mtu, addresses, arguments, other, addedMillis, source);
    }

    public enum State {
        /** An ADD is on its way, or was when the node stopped. */
        ADDING,
        READY,
        /** Gone from the kernel; its addresses are still to be given back. */
        RELEASING
    }
}
