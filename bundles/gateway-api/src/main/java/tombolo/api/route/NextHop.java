package tombolo.api.route;

import java.util.Optional;
import tombolo.api.net.IpAddress;

/**
 * Where packets go next: a gateway, an interface, or both.
 *
 * @param gateway       the neighbour's address; empty for a directly connected destination
 * @param interfaceName the outgoing interface; required where the gateway is link-local or absent
 * @param onLink        the gateway is taken to be a neighbour on that interface, although no network there holds its address (a tunnel's far end); needs both
 */
public record NextHop(Optional<IpAddress> gateway, Optional<String> interfaceName, boolean onLink) {
    public NextHop {
        if (gateway.isEmpty() && interfaceName.isEmpty()) {
            throw new IllegalArgumentException("a next hop needs a gateway, an interface or both");
        }
        if (onLink && (gateway.isEmpty() || interfaceName.isEmpty())) {
            throw new IllegalArgumentException("an on-link next hop needs a gateway and its interface");
        }
    }

    public NextHop(Optional<IpAddress> gateway, Optional<String> interfaceName) {
        this(gateway, interfaceName, false);
    }

    public static NextHop onLink(IpAddress gateway, String interfaceName) {
        return new NextHop(Optional.of(gateway), Optional.of(interfaceName), true);
    }

    public static NextHop via(IpAddress gateway) {
        return new NextHop(Optional.of(gateway), Optional.empty());
    }

    @Override
    public String toString() {
        return gateway.map(IpAddress::toString).orElse("") + interfaceName.map(name -> "@" + name).orElse("") + (onLink ? " onlink" : "");
    }
}
