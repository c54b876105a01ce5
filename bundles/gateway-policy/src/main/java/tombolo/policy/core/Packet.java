package tombolo.policy.core;

import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpProtocol;

/**
 * The first packet of a connection, as far as rules look at it.
 *
 * @param sourcePort      1–65535; 0 for a protocol without ports
 * @param destinationPort likewise
 * @param icmpType        0–255; -1 where it is not ICMP
 * @param icmpCode        likewise
 */
public record Packet(IpAddress source, IpAddress destination, IpProtocol protocol, int sourcePort, int destinationPort, int icmpType, int icmpCode) {
    /** What a client's system takes by itself: IANA's dynamic ports begin here. */
    public static final int UNPRIVILEGED = 49152;
    private static final int ECHO_REQUEST = 8;
    private static final int ECHO_REQUEST_6 = 128;

    public Packet {
        if (source.family() != destination.family()) {
            throw new IllegalArgumentException(source + " and " + destination + " are not of one family");
        }
    }

    /** To a port, from an unprivileged one. */
    public static Packet to(IpAddress source, IpAddress destination, IpProtocol protocol, int port) {
        return new Packet(source, destination, protocol, UNPRIVILEGED, port, -1, -1);
    }

    /** Of a protocol without ports; for ICMP an echo request. */
    public static Packet of(IpAddress source, IpAddress destination, IpProtocol protocol) {
        boolean control = isControl(protocol);
        return new Packet(source, destination, protocol, 0, 0, !control ? -1 : source.family() == AddressFamily.IPV4 ? ECHO_REQUEST : ECHO_REQUEST_6, control ? 0 : -1);
    }

    /** The same with another destination. */
    Packet to(IpAddress other, int port) {
        return new Packet(source, other, protocol, sourcePort, port, icmpType, icmpCode);
    }

    /** By which endpoints find their IPv6 neighbours and groups: what no policy keeps them from sending to this host. Source: felix/rules/static.go. */
    boolean findsNeighbours() {
        return protocol.equals(IpProtocol.ICMPV6) && (icmpType >= 130 && icmpType <= 133 || icmpType == 135 || icmpType == 136);
    }

    static boolean isControl(IpProtocol protocol) {
        return protocol.equals(IpProtocol.ICMP) || protocol.equals(IpProtocol.ICMPV6);
    }

    @Override
    public String toString() {
        return source + " to " + destination + " " + protocol + (protocol.hasPorts() ? " port " + destinationPort + " from port " + sourcePort : icmpType >= 0 ? " type " + icmpType : "");
    }
}
