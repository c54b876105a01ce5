package tombolo.api.kernel;

import java.util.Optional;
import java.util.List;
import tombolo.api.net.IpAddress;

/** The node's interfaces: a service of gateway-dataplane. Any thread may call. */
public interface Links {
    List<Link> links();

    /** The interface on which that address is directly connected: one with an address in the same subnet. */
    Optional<Link> connectedTo(IpAddress address);

    /** Whether packets can leave by that interface: it and every lower device are up and have carrier (a VXLAN device stays up when its underlay does not). */
    boolean usable(String interfaceName);
}
