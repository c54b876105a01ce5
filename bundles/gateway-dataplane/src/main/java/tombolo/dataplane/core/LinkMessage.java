package tombolo.dataplane.core;

import java.util.Optional;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/** Encoders and parsers of the link and address messages that every kind of interface has in common. */
public final class LinkMessage {
    private LinkMessage() { }

    /**
     * What routes have to know of a link.
     *
     * @param kind  "veth", "vxlan", "vlan", ... or "" for hardware
     * @param lower  the index of the device that carries it, in this namespace; 0 for none
     * @param remote where a tunnel without such a device leads
     */
    public record Seen(int index, String name, String kind, int lower, Optional<IpAddress> remote, boolean up, boolean carrier, int mtu) { }

    /** An interface's own address. */
    public record SeenAddress(int index, IpAddress address, int prefixLength) {
        public InterfaceAddress onInterface() {
            return new InterfaceAddress(address, prefixLength);
        }
    }

    /** {@code ifinfomsg: |family, pad (2)|type (2)|index (4)|flags (4)|change (4)|}. @param change which of the flags count */
    public static void header(MessageWriter writer, int index, int flags, int change) {
        writer.u32(0);
        writer.u32(index);
        writer.u32(flags);
        writer.u32(change);
    }

    public static void dumpLinks(MessageWriter writer, int sequence) {
        writer.begin(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_DUMP, sequence);
        header(writer, 0, 0, 0);
        writer.end();
    }

    /** One link by its index. */
    public static void get(MessageWriter writer, int sequence, int index) {
        writer.begin(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        header(writer, index, 0, 0);
        writer.end();
    }

    /** One link by its name. */
    public static void get(MessageWriter writer, int sequence, String name) {
        writer.begin(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        header(writer, 0, 0, 0);
        writer.attributeText(Rtnetlink.IFLA_IFNAME, name);
        writer.end();
    }

    public static void setUp(MessageWriter writer, int sequence, int index) {
        writer.begin(Rtnetlink.RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        header(writer, index, Rtnetlink.IFF_UP, Rtnetlink.IFF_UP);
        writer.end();
    }

    public static void delete(MessageWriter writer, int sequence, int index) {
        writer.begin(Rtnetlink.RTM_DELLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        header(writer, index, 0, 0);
        writer.end();
    }

    /**
     * The same bytes as {@code ip addr add ADDRESS dev NAME}, {@code nodad} where it is of IPv6, but for the sequence number: nobody is asked whether he has it,
     * too (RFC 4862 §5.4), since on our links each knows the other's address. Refused where the interface has it.
     */
    public static void newAddress(MessageWriter writer, int sequence, int index, InterfaceAddress address) {
        beginAddress(writer, Rtnetlink.RTM_NEWADDR, Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, sequence, index, address, address.address().isIpv4() ? 0 : Rtnetlink.IFA_F_NODAD,
                Rtnetlink.RT_SCOPE_UNIVERSE);
        writer.end();
    }

    public static void deleteAddress(MessageWriter writer, int sequence, int index, InterfaceAddress address) {
        beginAddress(writer, Rtnetlink.RTM_DELADDR, 0, sequence, index, address, 0, Rtnetlink.RT_SCOPE_UNIVERSE);
        writer.end();
    }

    /** {@code ifaddrmsg: |family|prefix length|flags|scope|index (4)|} and the address; the message is still open. */
    public static void beginAddress(MessageWriter writer, int type, int request, int sequence, int index, InterfaceAddress address, int flags, int scope) {
        writer.begin(type, Rtnetlink.NLM_F_REQUEST | request, sequence);
        writer.u8(Rtnetlink.family(address.address()));
        writer.u8(address.prefixLength());
        writer.u8(flags);
        writer.u8(scope);
        writer.u32(index);
        writer.attributeAddress(Rtnetlink.IFA_LOCAL, address.address());
        writer.attributeAddress(Rtnetlink.IFA_ADDRESS, address.address());
    }

    /** {@code ifaddrmsg: |family|prefix length|flags|scope|index (4)|}. @param index of the interface; 0: of all */
    public static void dumpAddresses(MessageWriter writer, int sequence, int index) {
        writer.begin(Rtnetlink.RTM_GETADDR, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_DUMP, sequence);
        writer.u32(0);
        writer.u32(index);
        writer.end();
    }

    /** News of a link, or an answer about one. */
    public static Optional<Seen> parseLink(MessageReader reader) {
        return SeenLink.of(reader).filter(link -> !link.name().isEmpty()).map(link -> new Seen(link.index(), link.name(), link.kind(), link.lower(),
                link.lower() == 0 ? link.segment().remote() : Optional.empty(), link.up(), link.carrier(), link.mtu()));
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
            if (reader.attributeType() == Rtnetlink.IFA_LOCAL) {
                local = Optional.of(reader.address(expected, reader.attributeStart()));
            } else if (reader.attributeType() == Rtnetlink.IFA_ADDRESS) {
                address = Optional.of(reader.address(expected, reader.attributeStart()));
            }
        }
        // On a point-to-point interface IFA_ADDRESS is the peer's; elsewhere IFA_LOCAL is absent (IPv6) or the same.
        return local.isPresent()
                ? local.map(own -> new SeenAddress(index, own, prefixLength))
                : address.map(own -> new SeenAddress(index, own, prefixLength));
    }
}
