package tombolo.api.route;

import java.util.Optional;
import tombolo.api.net.IpAddress;

/**
 * Where packets go next: a gateway, an interface, or both.
 *
 * @param gateway       the neighbour's address; empty for a directly connected destination
 * @param interfaceName the outgoing interface; required where the gateway is link-local or absent
 */
public record NextHop(Optional<IpAddress> gateway, Optional<String> interfaceName) {
    public NextHop {
        if (gateway.isEmpty() && interfaceName.isEmpty()) {
            throw new IllegalArgumentException("a next hop needs a gateway, an interface or both");
        }
    }

    public static NextHop via(IpAddress gateway) {
        return new NextHop(Optional.of(gateway), Optional.empty());
    }

    @Override
    public String toString() {
        return gateway.map(IpAddress::toString).orElse("") + interfaceName.map(name -> "@" + name).orElse("");
    }
}
