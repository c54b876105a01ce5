package tombolo.dataplane.core.subinterface;

import java.util.Optional;
import tombolo.api.net.IpAddress;
import tombolo.api.subinterface.Subinterface;
import tombolo.api.subinterface.Subinterface.Encapsulation;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.Rtnetlink;

/**
 * An interface as the kernel has it, as far as it matters here.
 *
 * @param kind  "vlan", "vxlan", ... or "" for hardware
 * @param mark  the alias; "" for none
 * @param lower the index of the interface that carries it; 0: none, or of another namespace
 * @param tag   VLAN id or VNI; 0 where it has none
 * @param type  the Ethertype of a VLAN, the UDP port of a VXLAN
 */
public record SeenLink(int index, String name, String kind, String mark, int lower, int mtu, boolean up, int tag, int type, Optional<IpAddress> local, Optional<IpAddress> remote) {
    public static Optional<SeenLink> of(MessageReader reader) {
        if (reader.type() != Rtnetlink.RTM_NEWLINK || reader.payloadLength() < 16 || reader.u8(reader.payload()) != 0) {
            return Optional.empty(); // a bridge's port is told of as AF_BRIDGE too
        }
        int index = reader.u32(reader.payload() + 4);
        boolean up = (reader.u32(reader.payload() + 8) & SubinterfaceMessages.IFF_UP) != 0;
        String name = "";
        String mark = "";
        int mtu = 0;
        int link = 0;
        Info info = Info.NONE;
        reader.attributes(16);
        while (reader.nextAttribute()) {
            switch (reader.attributeType()) {
                case SubinterfaceMessages.IFLA_IFNAME -> name = reader.attributeText();
                case SubinterfaceMessages.IFLA_MTU -> mtu = reader.attribute32();
                case SubinterfaceMessages.IFLA_LINK -> link = reader.attribute32();
                case SubinterfaceMessages.IFLA_IFALIAS -> mark = reader.attributeText();
                case SubinterfaceMessages.IFLA_LINKINFO -> info = info(reader.nested());
                default -> { } // some thirty more
            }
        }
        return Optional.of(new SeenLink(index, name, info.kind, mark, info.kind.equals("vxlan") ? info.lower : link, mtu, up, info.tag, info.type, info.local, info.remote));
    }

    private record Info(String kind, int lower, int tag, int type, Optional<IpAddress> local, Optional<IpAddress> remote) {
        private static final Info NONE = new Info("", 0, 0, 0, Optional.empty(), Optional.empty());
    }

    private static Info info(MessageReader info) {
        String kind = "";
        Optional<MessageReader> data = Optional.empty();
        while (info.nextAttribute()) {
            if (info.attributeType() == SubinterfaceMessages.IFLA_INFO_KIND) {
                kind = info.attributeText();
            } else if (info.attributeType() == SubinterfaceMessages.IFLA_INFO_DATA) {
                data = Optional.of(info.nested());
            }
        }
        if (data.isEmpty()) {
            return new Info(kind, 0, 0, 0, Optional.empty(), Optional.empty());
        }
        return switch (kind) {
            case "vlan" -> vlan(data.get());
            case "vxlan" -> vxlan(data.get());
            default -> new Info(kind, 0, 0, 0, Optional.empty(), Optional.empty());
        };
    }

    private static Info vlan(MessageReader data) {
        int id = 0;
        int protocol = 0;
        while (data.nextAttribute()) {
            if (data.attributeType() == SubinterfaceMessages.IFLA_VLAN_ID && data.attributeLength() >= 2) {
                id = data.u16(data.attributeStart());
            } else if (data.attributeType() == SubinterfaceMessages.IFLA_VLAN_PROTOCOL) {
                protocol = big16(data);
            }
        }
        return new Info("vlan", 0, id, protocol, Optional.empty(), Optional.empty());
    }

    private static Info vxlan(MessageReader data) {
        int lower = 0;
        int vni = 0;
        int port = 0;
        Optional<IpAddress> local = Optional.empty();
        Optional<IpAddress> remote = Optional.empty();
        while (data.nextAttribute()) {
            switch (data.attributeType()) {
                case SubinterfaceMessages.IFLA_VXLAN_LINK -> lower = data.attribute32();
                case SubinterfaceMessages.IFLA_VXLAN_ID -> vni = data.attribute32();
                case SubinterfaceMessages.IFLA_VXLAN_PORT -> port = big16(data);
                case SubinterfaceMessages.IFLA_VXLAN_LOCAL, SubinterfaceMessages.IFLA_VXLAN_LOCAL6 -> local = address(data);
                case SubinterfaceMessages.IFLA_VXLAN_GROUP, SubinterfaceMessages.IFLA_VXLAN_GROUP6 -> remote = address(data);
                default -> { }
            }
        }
        return new Info("vxlan", lower, vni, port, local, remote);
    }

    private static int big16(MessageReader data) {
        return data.attributeLength() >= 2 ? data.u8(data.attributeStart()) << 8 | data.u8(data.attributeStart() + 1) : 0;
    }

    private static Optional<IpAddress> address(MessageReader data) {
        return data.attributeLength() >= 4 ? Optional.of(data.attributeAddress()).filter(address -> !address.isUnspecified()) : Optional.empty();
    }

    /** Why it is not of that encapsulation; empty where it is. @param parent the index of the one that should carry it */
    Optional<String> otherThan(Encapsulation wanted, int parent) {
        String is = kind.isEmpty() ? "hardware" : switch (kind) {
            case "vlan" -> (type == Subinterface.Protocol.DOT1AD.ethertype() ? "802.1ad " : type == Subinterface.Protocol.DOT1Q.ethertype() ? "802.1Q " : Integer.toHexString(type) + " ") + tag;
            case "vxlan" -> "VXLAN " + tag + remote.map(to -> " to " + to).orElse("") + " port " + type;
            default -> "of kind " + kind;
        };
        boolean same = kind.equals(SubinterfaceMessages.kind(wanted)) && lower == parent && switch (wanted) {
            case Encapsulation.Vlan vlan -> tag == vlan.id() && type == vlan.protocol().ethertype();
            case Encapsulation.Vxlan vxlan -> tag == vxlan.vni() && type == vxlan.port() && remote.equals(Optional.of(vxlan.remote())) && (vxlan.local().isEmpty() || vxlan.local().equals(local));
        };
        return same ? Optional.empty() : Optional.of("is " + is + (lower == parent ? "" : " on another interface") + ", wanted " + wanted.text());
    }
}
