package tombolo.api.ipam;

import java.util.Set;

/**
 * Knows which handles are alive: a service (whiteboard) of whoever asks for addresses on a node, such as a container plug-in. Addresses of handles that nobody
 * calls alive for a whole grace period are released by garbage collection. Without such a service for a node, only what a node that is gone held is released, unless
 * a WorkloadEndpoint of one that exists has the address: a node may have got another name.
 */
public interface AddressUse {
    /** The node that this service speaks for. */
    String node();

    /**
     * Every handle of this node that is in use now.
     *
     * @throws RuntimeException where that cannot be told: nothing is released then
     */
    Set<String> handlesInUse();
}
