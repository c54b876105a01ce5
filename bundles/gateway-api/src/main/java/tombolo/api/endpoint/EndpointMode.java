package tombolo.api.endpoint;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;

/**
 * A way of joining a container to the host: whiteboard service, found by its name. Pure: same wish, same plan. Any thread may call.
 */
public interface EndpointMode {
    /** As it stands in configurations: {@code routed}, {@code transparent}, {@code bridge}. */
    String name();

    /** The name of the host's end. A container that is made anew under the same pod name may get the same. */
    String hostInterface(EndpointId id, String network, Map<String, String> arguments);

    /** What has to be in the kernel. */
    EndpointPlan plan(Wish wish);

    /** The gateway that the container's result names for a family; the same for every container. */
    IpAddress gateway(boolean ipv4);

    /**
     * @param addresses  of the container, with the prefix lengths of their subnets
     * @param arguments  of CNI_ARGS
     * @param mac        of the container's interface; empty: any
     * @param hostInterface as {@link #hostInterface} said
     */
    record Wish(EndpointId id, String network, String netns, String hostInterface, List<InterfaceAddress> addresses, Optional<MacAddress> mac, int mtu,
                Map<String, String> arguments) {
        public Wish {
            addresses = List.copyOf(addresses);
            arguments = Collections.unmodifiableMap(new TreeMap<>(arguments));
        }
    }
}
