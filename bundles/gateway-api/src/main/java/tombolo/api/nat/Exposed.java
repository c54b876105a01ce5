package tombolo.api.nat;

import java.util.List;
import java.util.Optional;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.AddressFamily;

/**
 * What of a container is reached through the host's ports.
 *
 * @param addresses of the container, the first of each family being the one that ports lead to; each with the length of the subnet whose hosts reach it without the
 *                  host in between (a bridge's), or its full length
 * @param masked    whether what comes from that subnet, from the container itself or from the host's loopback gets the host's address, without which it would not be
 *                  answered over the host (portmap's {@code snat})
 * @param conditions that all of the mappings have, each of which must be true; none: whoever asks
 */
public record Exposed(List<PortMapping> mappings, List<InterfaceAddress> addresses, boolean masked, List<PortCondition> conditions) {
    public Exposed {
        mappings = List.copyOf(mappings);
        addresses = List.copyOf(addresses);
        conditions = List.copyOf(conditions);
    }

    public Exposed(List<PortMapping> mappings, List<InterfaceAddress> addresses, boolean masked) {
        this(mappings, addresses, masked, List.of());
    }

    public List<PortCondition> conditions(AddressFamily family) {
        return conditions.stream().filter(condition -> condition.family() == family).toList();
    }

    public Optional<InterfaceAddress> address(AddressFamily family) {
        return addresses.stream().filter(address -> address.address().family() == family).findFirst();
    }
}
