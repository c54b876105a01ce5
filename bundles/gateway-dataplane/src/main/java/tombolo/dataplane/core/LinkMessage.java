package tombolo.dataplane.core;

import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/** Encoders and parsers of link and address messages. */
public final class LinkMessage {
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_LINK_NETNSID = 37;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_VXLAN_GROUP = 2;
    private static final int IFLA_VXLAN_LINK = 3;
    private static final int IFLA_VXLAN_GROUP6 = 16;
    private static final int IFF_UP = 1;
    private static final int IFF_LOWER_UP = 0x10000;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;

    private LinkMessage() { }

    /**
     * A link as the kernel describes it.
     *
     * @param kind  "veth", "vxlan", "vlan", ... or "" for hardware
     * @param lower  the index of the device that carries it, in this namespace; 0 for none
     * @param remote where a tunnel without such a device leads
     */
    public record Seen(int index, String name, String kind, int lower, Optional<IpAddress> remote, boolean up, boolean carrier, int mtu) { }

    /** An interface's own address. */
    public record SeenAddress(int index, IpAddress address, int prefixLength) { }

    /** {@code ifinfomsg: |family, pad (2)|type (2)|index (4)|flags (4)|change (4)|}. */
    public static void dumpLinks(MessageWriter writer, int sequence) {
        writer.begin(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_DUMP, sequence);
        for (int i = 0; i < 4; i++) {
            writer.u32(0);
        }
        writer.end();
    }

    /** One link by its index. */
    public static void askLink(MessageWriter writer, int sequence, int index) {
        writer.begin(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        writer.u32(0);
        writer.u32(index);
        writer.u32(0);
        writer.u32(0);
        writer.end();
    }

    /** {@code ifaddrmsg: |family|prefix length|flags|scope|index (4)|}. @param index of the interface; 0: of all */
    public static void dumpAddresses(MessageWriter writer, int sequence, int index) {
        writer.begin(Rtnetlink.RTM_GETADDR, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_DUMP, sequence);
        writer.u32(0);
        writer.u32(index);
        writer.end();
    }

    public static Optional<Seen> parseLink(MessageReader reader) {
        if (reader.payloadLength() < 16 || reader.u8(reader.payload()) != 0) {
            return Optional.empty(); // AF_BRIDGE messages are about bridge ports
        }
        int index = reader.u32(reader.payload() + 4);
        int flags = reader.u32(reader.payload() + 8);
        String name = "";
        String kind = "";
        int mtu = 0;
        int link = 0;
        int vxlanLink = 0;
        Optional<IpAddress> remote = Optional.empty();
        boolean elsewhere = false;
        reader.attributes(16);
        while (reader.nextAttribute()) {
            switch (reader.attributeType()) {
                case IFLA_IFNAME -> name = reader.attributeText();
                case IFLA_MTU -> mtu = reader.attribute32();
                case IFLA_LINK -> link = reader.attribute32();
                case IFLA_LINK_NETNSID -> elsewhere = true;
                case IFLA_LINKINFO -> {
                    Carried by = carried(reader);
                    kind = by.kind();
                    vxlanLink = by.device();
                    remote = by.remote();
                }
                default -> { }
            }
        }
        // A veth's IFLA_LINK is its peer, whose loss takes our own carrier: it is no device below.
        int lower = vxlanLink != 0 ? vxlanLink : elsewhere || link == index || kind.equals("veth") ? 0 : link;
        return name.isEmpty() ? Optional.empty()
                : Optional.of(new Seen(index, name, kind, lower, lower == 0 ? remote : Optional.empty(), (flags & IFF_UP) != 0, (flags & IFF_LOWER_UP) != 0, mtu));
    }

    private record Carried(String kind, int device, Optional<IpAddress> remote) { }

    /** IFLA_LINKINFO: a VXLAN says there what carries it, not in IFLA_LINK. */
    private static Carried carried(MessageReader reader) {
        int end = reader.attributeEnd();
        int limit = reader.attributesLimit();
        String kind = "";
        int data = end;
        int dataEnd = end;
        reader.attributes(reader.attributeStart(), end);
        while (reader.nextAttribute()) {
            if (reader.attributeType() == IFLA_INFO_KIND) {
                kind = reader.attributeText();
            } else if (reader.attributeType() == IFLA_INFO_DATA) {
                data = reader.attributeStart();
                dataEnd = reader.attributeEnd();
            }
        }
        int device = 0;
        Optional<IpAddress> remote = Optional.empty();
        reader.attributes(data, kind.equals("vxlan") ? dataEnd : data);
        while (reader.nextAttribute()) {
            switch (reader.attributeType()) {
                case IFLA_VXLAN_LINK -> device = reader.attribute32();
                case IFLA_VXLAN_GROUP, IFLA_VXLAN_GROUP6 -> remote = reader.attributeLength() >= 4 ? Optional.of(reader.attributeAddress()) : remote;
                default -> { }
            }
        }
        reader.attributes(end, limit);
        return new Carried(kind, device, remote);
    }

    public static Optional<SeenAddress> parseAddress(MessageReader reader) {
        if (reader.payloadLength() < 8) {
            return Optional.empty();
        }
        int family = reader.u8(reader.payload());
        if (family != Rtnetlink.AF_INET && family != Rtnetlink.AF_INET6) {
            return Optional.empty();
        }
        int prefixLength = reader.u8(reader.payload() + 1);
        int index = reader.u32(reader.payload() + 4);
        Optional<IpAddress> local = Optional.empty();
        Optional<IpAddress> address = Optional.empty();
        AddressFamily expected = family == Rtnetlink.AF_INET6 ? AddressFamily.IPV6 : AddressFamily.IPV4;
        reader.attributes(8);
        while (reader.nextAttribute()) {
            if (reader.attributeLength() < expected.bytes()) {
                continue;
            }
            if (reader.attributeType() == IFA_LOCAL) {
                local = Optional.of(reader.address(expected, reader.attributeStart()));
            } else if (reader.attributeType() == IFA_ADDRESS) {
                address = Optional.of(reader.address(expected, reader.attributeStart()));
            }
        }
        // On a point-to-point interface IFA_ADDRESS is the peer's; elsewhere IFA_LOCAL is absent (IPv6) or the same.
        return local.isPresent()
                ? local.map(own -> new SeenAddress(index, own, prefixLength))
                : address.map(own -> new SeenAddress(index, own, prefixLength));
    }
}
