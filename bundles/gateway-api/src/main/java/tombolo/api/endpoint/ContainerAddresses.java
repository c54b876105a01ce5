package tombolo.api.endpoint;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;

/**
 * A source of containers' addresses beside the cluster's pools, such as the addresses that a cloud has given to this machine: whiteboard service, chosen by
 * the {@code ipam.type} of a network's configuration. Calls come from any thread but a Loop's and may block until an answer is durable or the source's time
 * limit is over; calls about one handle do not overlap.
 */
public interface ContainerAddresses {
    /** Under which an endpoint's record remembers whom to give its addresses back to; 1 to 32 lower-case letters, never changes. */
    String name();

    /** The values of {@code ipam.type} that are served now; none: the source is switched off, but still takes back what it gave. */
    Set<String> types();

    /** Addresses under a handle, durable on return. Asked again under the same handle, the same ones. */
    Outcome assign(Ask ask);

    /** Takes back all that is held under a handle; nothing held is done as well. Empty: done; else why not, and whoever asked tries again later. */
    Optional<String> release(String handle);

    /** Told before the first question: the endpoints that there are. What they have is theirs, whatever the source's own record says. */
    void adopt(List<Endpoint> endpoints);

    /** For containers whose network's configuration names none; they stand in the result alone. */
    default List<IpAddress> nameServers() {
        return List.of();
    }

    /** What is known of every address; by address. */
    List<Holding> holdings();

    /**
     * @param handle        see {@link #handle}
     * @param arguments     of CNI_ARGS
     * @param configuration of the plugin, whole
     * @param fixed         these and no others; empty: any
     */
    record Ask(String handle, EndpointId id, Map<String, String> arguments, Json.Obj configuration, boolean ipv4, boolean ipv6, List<IpAddress> fixed) {
        public Ask {
            arguments = Collections.unmodifiableMap(new TreeMap<>(arguments));
            fixed = List.copyOf(fixed);
        }
    }

    /** What asking came to. */
    sealed interface Outcome {
        /** At least one of each family that was asked for, with the length of its subnet. */
        record Assigned(List<InterfaceAddress> addresses) implements Outcome {
            public Assigned {
                addresses = List.copyOf(addresses);
            }
        }

        /** Nothing is held for the caller. @param later whether asking again later may help */
        record Refused(String reason, boolean later) implements Outcome { }
    }

    /**
     * @param state  {@code free}, {@code held}, {@code host} (the machine's own), {@code vanished} (held, but not the machine's any more), {@code asked}
     * @param handle who has it; "" where nobody has
     */
    record Holding(IpAddress address, int prefixLength, String state, String handle) { }

    /** {@code <network>.<container>} as Calico's plugins name it; further interfaces of a container have their own. */
    static String handle(String network, EndpointId id) {
        return network + "." + id.containerId() + (id.interfaceName().equals("eth0") ? "" : "." + id.interfaceName());
    }
}
