package tombolo.cni.core;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;

/** Where containers' addresses come from. Calls may block until the answer is durable. */
public interface AddressSource {
    /**
     * Addresses under a handle. Asked again under the same handle, the same ones, and those that are missing of what is asked for.
     *
     * @throws tombolo.api.datastore.DatastoreException where some are held, or may be, and the rest cannot be had now: whoever asked gives them back by handle
     */
    Outcome assign(Ask ask);

    /** Gives back all that is held under a handle; nothing held is done as well. Empty: done; else why not, and whoever asked tries again later. */
    Optional<String> release(String handle);

    /**
     * @param attributes kept beside the address: pod, namespace, node
     * @param namespace  of the pod
     * @param ipv4Pools  names or prefixes of the pools to take from; empty: any that suits
     * @param fixed      these and no others; empty: any
     */
    record Ask(String handle, Map<String, String> attributes, Optional<String> namespace, boolean ipv4, boolean ipv6, List<String> ipv4Pools, List<String> ipv6Pools,
               List<IpAddress> fixed) {
        public Ask {
            attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
            ipv4Pools = List.copyOf(ipv4Pools);
            ipv6Pools = List.copyOf(ipv6Pools);
            fixed = List.copyOf(fixed);
        }
    }

    /** What asking came to. */
    sealed interface Outcome {
        /** At least one of each family that was asked for. */
        record Assigned(List<InterfaceAddress> addresses) implements Outcome {
            public Assigned {
                addresses = List.copyOf(addresses);
            }
        }

        /** Nothing is held that was not held before. @param later whether asking again later may help: the store cannot be reached, others changed the same */
        record Refused(String reason, boolean later) implements Outcome { }
    }

    /** {@code <network>.<container>} as Calico's plugins name it; further interfaces of a container have their own. */
    static String handle(String network, EndpointId id) {
        return tombolo.api.endpoint.ContainerAddresses.handle(network, id);
    }
}
