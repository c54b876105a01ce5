package tombolo.api.kernel;

import java.util.List;
import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/**
 * A network interface.
 *
 * @param lower     the interface that carries this one (a VLAN's parent, a VXLAN's underlay), where it is in the same namespace
 * @param up        administratively up (IFF_UP)
 * @param carrier   has carrier itself (IFF_LOWER_UP)
 * @param addresses with their prefix lengths
 */
public record Link(int index, String name, Optional<Integer> lower, boolean up, boolean carrier, int mtu, List<InterfaceAddress> addresses) {
    public Link {
        addresses = List.copyOf(addresses);
    }

    /** Whether it has an address that others can be reached from: more than those of the link itself (RFC 4291 §2.5.6). */
    public boolean isNumbered() {
        return addresses.stream().anyMatch(own -> own.address().family() == AddressFamily.IPV4 || !own.address().isLinkLocal());
    }

    public record InterfaceAddress(IpAddress address, int prefixLength) { }
}
