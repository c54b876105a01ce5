package tombolo.azure.expressroute.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * What this node sees of its circuits.
 *
 * @param sessions  by the neighbour's address; empty where gateway-bgp-session does not answer
 * @param ports     interfaces; empty where gateway-dataplane does not answer
 * @param elsewhere prefixes advertised to neighbours of other ASes than Microsoft's, with the neighbour's name; empty where that is not known of each of them
 */
public record NodeView(Optional<Map<IpAddress, Session>> sessions, Optional<List<Port>> ports, Optional<Map<Prefix, String>> elsewhere) {
    public NodeView {
        sessions = sessions.map(Map::copyOf);
        ports = ports.map(List::copyOf);
        elsewhere = elsewhere.map(Map::copyOf);
    }

    /**
     * @param state       as the RFCs spell it: Established, Active, ...
     * @param detail      why it is not up: operator text
     * @param bfd         how BFD watches it; empty: nobody here can tell
     * @param holdSeconds the negotiated one, where it is up
     * @param advertised  what is sent; empty where gateway-bgp does not answer
     * @param limited     the neighbour ended it last, and said that it had too many prefixes (RFC 4486, Cease 1)
     */
    public record Session(String peer, boolean established, String state, String detail, Asn localAs, Asn remoteAs, boolean md5, Optional<Watch> bfd, OptionalInt holdSeconds,
                          Optional<List<Sent>> advertised, boolean limited) {
        public Session {
            advertised = advertised.map(List::copyOf);
        }
    }

    /** BFD beside a session: not asked for, asked for and not up, up. */
    public enum Watch { OFF, DOWN, UP }

    /** @param path the AS numbers of its path, ours first */
    public record Sent(Prefix prefix, List<Long> path) {
        public Sent {
            path = List.copyOf(path);
        }
    }

    /** @param vlan its tag; empty where it has none or the kernel does not tell */
    public record Port(String name, OptionalInt vlan, boolean up, boolean carrier, int mtu, List<Address> addresses) {
        public Port {
            addresses = List.copyOf(addresses);
        }
    }

    public record Address(IpAddress address, int prefixLength) { }

    Optional<Session> session(IpAddress neighbour) {
        return sessions.flatMap(all -> Optional.ofNullable(all.get(neighbour)));
    }

    /** The interface with an address in that subnet. */
    Optional<Port> port(Prefix subnet) {
        return ports.flatMap(all -> all.stream().filter(port -> port.addresses().stream().anyMatch(each -> subnet.contains(each.address()))).findFirst());
    }
}
