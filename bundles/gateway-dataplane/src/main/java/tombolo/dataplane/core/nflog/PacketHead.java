package tombolo.dataplane.core.nflog;

import java.util.Optional;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpProtocol;
import tombolo.dataplane.core.MessageReader;

/**
 * The beginning of an IP packet.
 *
 * @param sourcePort 0 where there is none to be seen
 * @param icmpType   -1 where it is not ICMP
 * @param bytes      of the whole packet, as its header has it
 */
record PacketHead(IpAddress source, IpAddress destination, IpProtocol protocol, int sourcePort, int destinationPort, int icmpType, int icmpCode, int bytes) {
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    /** RFC 8200 §4.1 names six kinds of headers between IPv6 and the transport; one may come twice. */
    private static final int MOST_EXTENSIONS = 8;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int FRAGMENT = 44;
    private static final int AUTHENTICATION = 51;
    private static final int DESTINATION_OPTIONS = 60;

    /** @return empty where the bytes are no IP packet, or too few */
    static Optional<PacketHead> read(MessageReader bytes, int from, int to) {
        if (from >= to) {
            return Optional.empty();
        }
        return switch (bytes.u8(from) >>> 4) {
            case 4 -> to - from < IPV4_HEADER ? Optional.empty() : Optional.of(ipv4(bytes, from, to));
            case 6 -> to - from < IPV6_HEADER ? Optional.empty() : Optional.of(ipv6(bytes, from, to));
            default -> Optional.empty();
        };
    }

    /** RFC 791 §3.1: {@code |version, length (1)|tos|total length (2)|id (2)|flags, offset (2)|ttl|protocol (1)|checksum (2)|source (4)|destination (4)|}. */
    private static PacketHead ipv4(MessageReader bytes, int from, int to) {
        boolean later = (big16(bytes, from + 6) & 0x1fff) != 0;
        return transport(bytes, IpAddress.v4(bytes.big32(from + 12)), IpAddress.v4(bytes.big32(from + 16)), bytes.u8(from + 9), later ? to : from + (bytes.u8(from) & 15) * 4, to,
                big16(bytes, from + 2));
    }

    /** RFC 8200 §3: {@code |version, class, label (4)|payload length (2)|next header (1)|hop limit (1)|source (16)|destination (16)|}. */
    private static PacketHead ipv6(MessageReader bytes, int from, int to) {
        int next = bytes.u8(from + 6);
        int at = from + IPV6_HEADER;
        for (int i = 0; i < MOST_EXTENSIONS && at + 8 <= to; i++) {
            if (next == FRAGMENT) {
                boolean later = (big16(bytes, at + 2) & 0xfff8) != 0;
                next = bytes.u8(at);
                at = later ? to : at + 8;
            } else if (next == HOP_BY_HOP || next == ROUTING || next == DESTINATION_OPTIONS) {
                next = bytes.u8(at);
                at += (bytes.u8(at + 1) + 1) * 8;
            } else if (next == AUTHENTICATION) {
                next = bytes.u8(at);
                at += (bytes.u8(at + 1) + 2) * 4; // RFC 4302 §2.2
            } else {
                break;
            }
        }
        return transport(bytes, IpAddress.v6(bytes.big64(from + 8), bytes.big64(from + 16)), IpAddress.v6(bytes.big64(from + 24), bytes.big64(from + 32)), next, at, to,
                big16(bytes, from + 4) + IPV6_HEADER);
    }

    private static PacketHead transport(MessageReader bytes, IpAddress source, IpAddress destination, int number, int at, int to, int length) {
        IpProtocol protocol = new IpProtocol(Math.max(1, number)); // 0 is a hop-by-hop header that was cut off
        boolean ports = (protocol.hasPorts() || protocol.equals(IpProtocol.UDPLITE)) && at + 4 <= to;
        boolean control = (protocol.equals(IpProtocol.ICMP) || protocol.equals(IpProtocol.ICMPV6)) && at + 2 <= to;
        return new PacketHead(source, destination, protocol, ports ? big16(bytes, at) : 0, ports ? big16(bytes, at + 2) : 0, control ? bytes.u8(at) : -1, control ? bytes.u8(at + 1) : -1,
                length);
    }

    private static int big16(MessageReader bytes, int at) {
        return bytes.u8(at) << 8 | bytes.u8(at + 1);
    }
}
