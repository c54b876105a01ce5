package tombolo.dataplane.core.overlay;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.NeighbourMessage;
import tombolo.dataplane.core.Rtnetlink;

/** A tunnel device as the kernel has it, put together from the answers to a few requests. One thread. */
public final class SeenTunnel {
    private final Device device;
    private final Set<InterfaceAddress> addresses = new HashSet<>();
    private final Map<MacAddress, Set<IpAddress>> forwarding = new TreeMap<>();
    private final Map<IpAddress, MacAddress> neighbours = new TreeMap<>();

    /**
     * @param kind     "vxlan", "ipip", ... or "" for hardware
     * @param mark     the alias; "" for none
     * @param vni      0 where it is no VXLAN; so are port and local
     * @param learning whether it learns where hardware addresses are from what comes in
     */
    public record Device(int index, String kind, Optional<MacAddress> mac, int mtu, boolean up, String mark, int vni, int port, Optional<IpAddress> local, boolean learning) { }

    public SeenTunnel(Device device) {
        this.device = device;
    }

    public Device device() {
        return device;
    }

    /** Those that people or programs gave it: link-local ones, which the kernel makes, are left out. */
    public Set<InterfaceAddress> addresses() {
        return addresses;
    }

    public Map<MacAddress, Set<IpAddress>> forwarding() {
        return forwarding;
    }

    /** Permanent ones. */
    public Map<IpAddress, MacAddress> neighbours() {
        return neighbours;
    }

    public static Optional<Device> device(MessageReader reader, byte[] bytes) {
        if (reader.type() != Rtnetlink.RTM_NEWLINK || reader.payloadLength() < 16) {
            return Optional.empty();
        }
        int index = reader.u32(reader.payload() + 4);
        boolean up = (reader.u32(reader.payload() + 8) & TunnelMessages.IFF_UP) != 0;
        int mtu = 0;
        String mark = "";
        Optional<MacAddress> mac = Optional.empty();
        Info info = new Info("", 0, 0, Optional.empty(), false);
        reader.attributes(16);
        while (reader.nextAttribute()) {
            switch (reader.attributeType()) {
                case TunnelMessages.IFLA_MTU -> mtu = reader.attribute32();
                case TunnelMessages.IFLA_IFALIAS -> mark = reader.attributeText();
                case TunnelMessages.IFLA_ADDRESS -> mac = mac(reader, bytes);
                case TunnelMessages.IFLA_LINKINFO -> info = info(reader);
                default -> { } // some thirty more that say nothing about a tunnel
            }
        }
        return Optional.of(new Device(index, info.kind, mac, mtu, up, mark, info.vni, info.port, info.local, info.learning));
    }

    private record Info(String kind, int vni, int port, Optional<IpAddress> local, boolean learning) { }

    private static Info info(MessageReader reader) {
        int end = reader.attributeEnd();
        int limit = reader.attributesLimit();
        String kind = "";
        int data = end;
        int dataEnd = end;
        reader.attributes(reader.attributeStart(), end);
        while (reader.nextAttribute()) {
            if (reader.attributeType() == TunnelMessages.IFLA_INFO_KIND) {
                kind = reader.attributeText();
            } else if (reader.attributeType() == TunnelMessages.IFLA_INFO_DATA) {
                data = reader.attributeStart();
                dataEnd = reader.attributeEnd();
            }
        }
        int vni = 0;
        int port = 0;
        boolean learning = false;
        Optional<IpAddress> local = Optional.empty();
        reader.attributes(data, kind.equals("vxlan") ? dataEnd : data);
        while (reader.nextAttribute()) {
            int at = reader.attributeStart();
            switch (reader.attributeType()) {
                case TunnelMessages.IFLA_VXLAN_ID -> vni = reader.attribute32();
                case TunnelMessages.IFLA_VXLAN_PORT -> port = reader.attributeLength() >= 2 ? reader.u8(at) << 8 | reader.u8(at + 1) : 0;
                case TunnelMessages.IFLA_VXLAN_LEARNING -> learning = reader.attributeLength() >= 1 && reader.u8(at) != 0;
                case TunnelMessages.IFLA_VXLAN_LOCAL, TunnelMessages.IFLA_VXLAN_LOCAL6 -> local = reader.attributeLength() >= 4 ? Optional.of(reader.attributeAddress()) : local;
                default -> { }
            }
        }
        reader.attributes(end, limit); // back to the walk outside
        return new Info(kind, vni, port, local.filter(address -> !address.isUnspecified()), learning);
    }

    /** Takes in an answer to a dump of addresses, forwarding entries or neighbours; what is about another interface is passed over. */
    public void take(MessageReader reader, byte[] bytes) {
        if (reader.type() == Rtnetlink.RTM_NEWADDR) {
            LinkMessage.parseAddress(reader).filter(seen -> seen.index() == device.index() && !seen.address().isLinkLocal())
                    .ifPresent(seen -> addresses.add(new InterfaceAddress(seen.address(), seen.prefixLength())));
        } else if (reader.type() == NeighbourMessage.RTM_NEWNEIGH && reader.payloadLength() >= 12 && reader.u32(reader.payload() + 4) == device.index()) {
            neighbour(reader, bytes);
        }
    }

    private void neighbour(MessageReader reader, byte[] bytes) {
        boolean bridge = reader.u8(reader.payload()) == NeighbourMessage.AF_BRIDGE;
        boolean permanent = (reader.u16(reader.payload() + 8) & NeighbourMessage.NUD_PERMANENT) != 0;
        Optional<IpAddress> address = Optional.empty();
        Optional<MacAddress> mac = Optional.empty();
        reader.attributes(12);
        while (reader.nextAttribute()) {
            if (reader.attributeType() == NeighbourMessage.NDA_DST && reader.attributeLength() >= 4) {
                address = Optional.of(reader.attributeAddress());
            } else if (reader.attributeType() == NeighbourMessage.NDA_LLADDR) {
                mac = mac(reader, bytes);
            }
        }
        if (address.isPresent() && mac.isPresent() && (bridge || permanent)) {
            if (bridge) {
                forwarding.computeIfAbsent(mac.get(), _ -> new TreeSet<>()).add(address.get());
            } else {
                neighbours.put(address.get(), mac.get());
            }
        }
    }

    private static Optional<MacAddress> mac(MessageReader reader, byte[] bytes) {
        return reader.attributeLength() == 6 ? Optional.of(MacAddress.fromBytes(bytes, reader.attributeStart())) : Optional.empty();
    }
}
