package tombolo.dataplane.core.endpoint;

import java.util.Optional;
import tombolo.api.endpoint.EndpointKernel.Counters;
import tombolo.api.endpoint.EndpointPlan.Neighbour;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.net.Prefix;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.NeighbourMessage;
import tombolo.dataplane.core.Rtnetlink;

/** Parsers of what the kernel answers to {@link EndpointMessages}. A message that is none of ours, or too short, is empty. */
public final class EndpointAnswers {
    private EndpointAnswers() { }

    /** @param kind "veth", "bridge", ... or "" for hardware; @param below the index of a veth's other end or of what a device stands on, maybe in another namespace; 0: nothing */
    public record SeenLink(int index, String name, String kind, Optional<MacAddress> mac, int mtu, boolean up, int below, Optional<Counters> counters) { }

    /** @param interfaceIndex 0 where it leaves by several */
    public record SeenRoute(Prefix destination, Optional<IpAddress> gateway, int interfaceIndex, int protocol) { }

    /** @param permanent whether nothing but an administrator changes it */
    public record SeenNeighbour(Neighbour neighbour, boolean permanent) { }

    public static Optional<SeenLink> link(MessageReader reader) {
        if (reader.type() != Rtnetlink.RTM_NEWLINK || reader.payloadLength() < 16) {
            return Optional.empty();
        }
        int index = reader.u32(reader.payload() + 4);
        boolean up = (reader.u32(reader.payload() + 8) & Rtnetlink.IFF_UP) != 0;
        String name = "";
        String kind = "";
        int mtu = 0;
        int below = 0;
        Optional<MacAddress> mac = Optional.empty();
        Optional<Counters> counters = Optional.empty();
        reader.attributes(16);
        while (reader.nextAttribute()) {
            switch (reader.attributeType()) {
                case Rtnetlink.IFLA_IFNAME -> name = reader.attributeText();
                case Rtnetlink.IFLA_MTU -> mtu = reader.attribute32();
                case Rtnetlink.IFLA_LINK -> below = reader.attribute32();
                case Rtnetlink.IFLA_ADDRESS -> mac = reader.attributeMac();
                case Rtnetlink.IFLA_STATS64 -> {
                    if (reader.attributeLength() >= 64) {
                        counters = Optional.of(counters(reader));
                    }
                }
                case Rtnetlink.IFLA_LINKINFO -> kind = kind(reader);
                default -> { } // some thirty more that say nothing about a plan
            }
        }
        return Optional.of(new SeenLink(index, name, kind, mac, mtu, up, below, counters));
    }

    public static Optional<SeenRoute> route(MessageReader reader) {
        if (reader.type() != Rtnetlink.RTM_NEWROUTE || reader.payloadLength() < 12) {
            return Optional.empty();
        }
        AddressFamily family = reader.u8(reader.payload()) == Rtnetlink.AF_INET6 ? AddressFamily.IPV6 : AddressFamily.IPV4;
        int length = Math.min(family.bits(), reader.u8(reader.payload() + 1));
        int protocol = reader.u8(reader.payload() + 5);
        IpAddress destination = IpAddress.any(family);
        Optional<IpAddress> gateway = Optional.empty();
        int index = 0;
        reader.attributes(12);
        while (reader.nextAttribute()) {
            switch (reader.attributeType()) {
                case Rtnetlink.RTA_DST -> destination = reader.attributeAddress();
                case Rtnetlink.RTA_GATEWAY -> gateway = Optional.of(reader.attributeAddress());
                case Rtnetlink.RTA_OIF -> index = reader.attribute32();
                default -> { } // metrics, preferences, caches
            }
        }
        return Optional.of(new SeenRoute(Prefix.of(destination, length), gateway, index, protocol));
    }

    public static Optional<SeenNeighbour> neighbour(MessageReader reader) {
        if (reader.type() != NeighbourMessage.RTM_NEWNEIGH || reader.payloadLength() < 12) {
            return Optional.empty();
        }
        boolean permanent = (reader.u16(reader.payload() + 8) & NeighbourMessage.NUD_PERMANENT) != 0;
        Optional<IpAddress> address = Optional.empty();
        Optional<MacAddress> mac = Optional.empty();
        reader.attributes(12);
        while (reader.nextAttribute()) {
            if (reader.attributeType() == NeighbourMessage.NDA_DST && reader.attributeLength() >= 4) {
                address = Optional.of(reader.attributeAddress());
            } else if (reader.attributeType() == NeighbourMessage.NDA_LLADDR) {
                mac = reader.attributeMac();
            }
        }
        return address.isPresent() && mac.isPresent() ? Optional.of(new SeenNeighbour(new Neighbour(address.get(), mac.get()), permanent)) : Optional.empty();
    }

    private static String kind(MessageReader reader) {
        int from = reader.attributeStart();
        int to = reader.attributeEnd();
        int limit = reader.attributesLimit();
        String kind = "";
        reader.attributes(from, to);
        while (reader.nextAttribute()) {
            if (reader.attributeType() == Rtnetlink.IFLA_INFO_KIND) {
                kind = reader.attributeText();
            }
        }
        reader.attributes(to, limit); // back to the walk outside
        return kind;
    }

    /** struct rtnl_link_stats64: rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped, ... in the machine's order. */
    private static Counters counters(MessageReader reader) {
        return new Counters(u64(reader, 0), u64(reader, 2), u64(reader, 1), u64(reader, 3), u64(reader, 6) + u64(reader, 7));
    }

    private static long u64(MessageReader reader, int index) {
        int at = reader.attributeStart() + index * 8;
        long first = reader.u32(at) & 0xffff_ffffL;
        long second = reader.u32(at + 4) & 0xffff_ffffL;
        return java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN ? second << 32 | first : first << 32 | second;
    }
}
