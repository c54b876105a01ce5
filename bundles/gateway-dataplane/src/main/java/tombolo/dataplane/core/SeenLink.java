package tombolo.dataplane.core;

import java.util.Optional;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;

/**
 * A link as the kernel describes it.
 *
 * @param kind  "veth", "vlan", "vxlan", ... or "" for hardware
 * @param mark  the alias; "" for none
 * @param lower the index of the device that carries it; 0: none, or of another namespace
 */
public record SeenLink(int index, String name, String kind, Optional<MacAddress> mac, String mark, int lower, int mtu, boolean up, boolean carrier, Segment segment) {
    /**
     * What a VLAN or a VXLAN is told apart by.
     *
     * @param tag      VLAN id or VNI; 0 where it has none
     * @param type     the Ethertype of a VLAN, the UDP port of a VXLAN
     * @param learning whether a VXLAN learns where hardware addresses are from what comes in
     */
    public record Segment(int tag, int type, Optional<IpAddress> local, Optional<IpAddress> remote, boolean learning) {
        public static final Segment NONE = new Segment(0, 0, Optional.empty(), Optional.empty(), false);
    }

    /** Of an answer or of news; empty where the message is about a bridge's port (AF_BRIDGE) or about no link. */
    public static Optional<SeenLink> of(MessageReader reader) {
        if (reader.type() != Rtnetlink.RTM_NEWLINK && reader.type() != Rtnetlink.RTM_DELLINK || reader.payloadLength() < 16 || reader.u8(reader.payload()) != 0) {
            return Optional.empty();
        }
        int index = reader.u32(reader.payload() + 4);
        int flags = reader.u32(reader.payload() + 8);
        String name = "";
        String mark = "";
        Optional<MacAddress> mac = Optional.empty();
        int mtu = 0;
        int link = 0;
        boolean elsewhere = false;
        Info info = Info.NONE;
        reader.attributes(16);
        while (reader.nextAttribute()) {
            switch (reader.attributeType()) {
                case Rtnetlink.IFLA_IFNAME -> name = reader.attributeText();
                case Rtnetlink.IFLA_ADDRESS -> mac = reader.attributeMac();
                case Rtnetlink.IFLA_MTU -> mtu = reader.attribute32();
                case Rtnetlink.IFLA_LINK -> link = reader.attribute32();
                case Rtnetlink.IFLA_LINK_NETNSID -> elsewhere = true;
                case Rtnetlink.IFLA_IFALIAS -> mark = reader.attributeText();
                case Rtnetlink.IFLA_LINKINFO -> info = info(reader.nested());
                default -> { } // some thirty more
            }
        }
        // A veth's IFLA_LINK is its peer, whose loss takes our own carrier: it is no device below.
        int lower = info.lower != 0 ? info.lower : elsewhere || link == index || info.kind.equals("veth") ? 0 : link;
        return Optional.of(new SeenLink(index, name, info.kind, mac, mark, lower, mtu, (flags & Rtnetlink.IFF_UP) != 0, (flags & Rtnetlink.IFF_LOWER_UP) != 0, info.segment));
    }

    /** IFLA_LINKINFO. @param lower a VXLAN says there what carries it, not in IFLA_LINK */
    private record Info(String kind, int lower, Segment segment) {
        private static final Info NONE = new Info("", 0, Segment.NONE);
    }

    private static Info info(MessageReader info) {
        String kind = "";
        Optional<MessageReader> data = Optional.empty();
        while (info.nextAttribute()) {
            if (info.attributeType() == Rtnetlink.IFLA_INFO_KIND) {
                kind = info.attributeText();
            } else if (info.attributeType() == Rtnetlink.IFLA_INFO_DATA) {
                data = Optional.of(info.nested());
            }
        }
        if (data.isEmpty()) {
            return new Info(kind, 0, Segment.NONE);
        }
        return switch (kind) {
            case "vlan" -> vlan(data.get());
            case "vxlan" -> vxlan(data.get());
            default -> new Info(kind, 0, Segment.NONE);
        };
    }

    private static Info vlan(MessageReader data) {
        int id = 0;
        int protocol = 0;
        while (data.nextAttribute()) {
            if (data.attributeType() == Rtnetlink.IFLA_VLAN_ID && data.attributeLength() >= 2) {
                id = data.u16(data.attributeStart());
            } else if (data.attributeType() == Rtnetlink.IFLA_VLAN_PROTOCOL) {
                protocol = big16(data);
            }
        }
        return new Info("vlan", 0, new Segment(id, protocol, Optional.empty(), Optional.empty(), false));
    }

    private static Info vxlan(MessageReader data) {
        int lower = 0;
        int vni = 0;
        int port = 0;
        Optional<IpAddress> local = Optional.empty();
        Optional<IpAddress> remote = Optional.empty();
        boolean learning = false;
        while (data.nextAttribute()) {
            switch (data.attributeType()) {
                case Rtnetlink.IFLA_VXLAN_LINK -> lower = data.attribute32();
                case Rtnetlink.IFLA_VXLAN_ID -> vni = data.attribute32();
                case Rtnetlink.IFLA_VXLAN_PORT -> port = big16(data);
                case Rtnetlink.IFLA_VXLAN_LEARNING -> learning = data.attributeLength() >= 1 && data.u8(data.attributeStart()) != 0;
                case Rtnetlink.IFLA_VXLAN_LOCAL, Rtnetlink.IFLA_VXLAN_LOCAL6 -> local = address(data);
                case Rtnetlink.IFLA_VXLAN_GROUP, Rtnetlink.IFLA_VXLAN_GROUP6 -> remote = address(data);
                default -> { }
            }
        }
        return new Info("vxlan", lower, new Segment(vni, port, local, remote, learning));
    }

    private static int big16(MessageReader data) {
        return data.attributeLength() >= 2 ? data.u8(data.attributeStart()) << 8 | data.u8(data.attributeStart() + 1) : 0;
    }

    private static Optional<IpAddress> address(MessageReader data) {
        return data.attributeLength() >= 4 ? Optional.of(data.attributeAddress()).filter(address -> !address.isUnspecified()) : Optional.empty();
    }
}
