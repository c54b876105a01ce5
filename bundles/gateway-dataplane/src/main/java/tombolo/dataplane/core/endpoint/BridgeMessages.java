package tombolo.dataplane.core.endpoint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.endpoint.EndpointPlan.Route;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.Rtnetlink;

/** Messages about a bridge, its ports and what they know (linux/if_link.h, linux/if_bridge.h, linux/neighbour.h), and parsers of the answers. */
public final class BridgeMessages {
    private static final int RTPROT_KERNEL = 2;
    private static final int RTA_CACHEINFO = 12;

    /** Sends frames back where they came from. */
    public static final int HAIRPIN = 4;
    /** Gets broadcasts of other ports; those of the host itself in any case. */
    public static final int BROADCAST_FLOOD = 30;
    public static final int MULTICAST_FLOOD = 27;
    /** The bridge answers ARP requests for what is behind the port from its own neighbours, and does not pass on what it answered. */
    public static final int PROXY_ARP_WIFI = 12;

    /** The bridge learns from frames what is behind the port. */
    public static final int LEARNING = 8;
    /** Exchanges no frames with other isolated ports; with the host itself it does. */
    public static final int ISOLATED = 33;
    /** Takes frames only from hardware addresses of which the bridge has been told that they are behind it. */
    public static final int LOCKED = 39;

    private BridgeMessages() { }

    /** What makes an interface a port. @param master index of the bridge; 0: none; @param flags by the numbers above */
    public record SeenPort(int master, Map<Integer, Integer> flags) {
        public SeenPort {
            flags = Map.copyOf(flags);
        }
    }

    /** Makes a bridge and sets it up; refused where there is an interface of that name. */
    public static void newBridge(MessageWriter writer, int sequence, String name, MacAddress mac, int mtu) {
        writer.begin(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, sequence);
        LinkMessage.header(writer, 0, Rtnetlink.IFF_UP, Rtnetlink.IFF_UP);
        writer.attributeText(Rtnetlink.IFLA_IFNAME, name);
        writer.attributeMac(Rtnetlink.IFLA_ADDRESS, mac);
        writer.attribute32(Rtnetlink.IFLA_MTU, mtu);
        int info = writer.openNested(Rtnetlink.IFLA_LINKINFO);
        writer.attributeText(Rtnetlink.IFLA_INFO_KIND, "bridge");
        writer.close(info);
        writer.end();
    }

    public static void setMac(MessageWriter writer, int sequence, int index, MacAddress mac) {
        writer.begin(Rtnetlink.RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        LinkMessage.header(writer, index, Rtnetlink.IFF_UP, Rtnetlink.IFF_UP);
        writer.attributeMac(Rtnetlink.IFLA_ADDRESS, mac);
        writer.end();
    }

    /** Makes an interface a port of a bridge, and sets it up. */
    public static void setMaster(MessageWriter writer, int sequence, int index, int bridge) {
        writer.begin(Rtnetlink.RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        LinkMessage.header(writer, index, Rtnetlink.IFF_UP, Rtnetlink.IFF_UP);
        writer.attribute32(Rtnetlink.IFLA_MASTER, bridge);
        writer.end();
    }

    public static void setPort(MessageWriter writer, int sequence, int index, Map<Integer, Integer> flags) {
        writer.begin(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        LinkMessage.header(writer, index, Rtnetlink.IFF_UP, Rtnetlink.IFF_UP);
        int info = writer.openNested(Rtnetlink.IFLA_LINKINFO);
        writer.attributeText(Rtnetlink.IFLA_INFO_SLAVE_KIND, "bridge");
        int data = writer.openNested(Rtnetlink.IFLA_INFO_SLAVE_DATA);
        flags.forEach(writer::attribute8);
        writer.close(data);
        writer.close(info);
        writer.end();
    }

    /** Whoever made it. */
    public static void deleteRoute(MessageWriter writer, int sequence, int index, Route route) {
        writer.begin(Rtnetlink.RTM_DELROUTE, Rtnetlink.NLM_F_REQUEST, sequence);
        IpAddress destination = route.destination().address();
        writer.u8(Rtnetlink.family(destination));
        writer.u8(route.destination().length());
        writer.u16(0);
        writer.u8(Rtnetlink.RT_TABLE_MAIN);
        writer.u8(0);
        writer.u8(Rtnetlink.RT_SCOPE_NOWHERE); // any
        writer.u8(0);
        writer.u32(0);
        writer.attributeAddress(Rtnetlink.RTA_DST, destination);
        writer.attribute32(Rtnetlink.RTA_OIF, index);
        writer.end();
    }

    /** An address of the host itself, also where it is there: the kernel makes the route to its subnet. */
    public static void newHostAddress(MessageWriter writer, int sequence, int index, InterfaceAddress address) {
        LinkMessage.beginAddress(writer, Rtnetlink.RTM_NEWADDR, Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_REPLACE, sequence, index, address,
                address.address().isIpv4() ? 0 : Rtnetlink.IFA_F_NODAD, Rtnetlink.RT_SCOPE_UNIVERSE);
        writer.end();
    }

    /** The same route over another interface, in the place of the one that is there. @param route as {@link #movable} gave it */
    public static void moveRoute(MessageWriter writer, int sequence, byte[] route, int index) {
        byte[] moved = route.clone();
        for (int at = 12; at + 4 <= moved.length; ) {
            int length = (short) MessageWriter.SHORT.get(moved, at) & 0xffff;
            if (((short) MessageWriter.SHORT.get(moved, at + 2) & 0x3fff) == Rtnetlink.RTA_OIF) {
                MessageWriter.INT.set(moved, at + 4, index);
            }
            at += Math.max(4, length + 3 & ~3);
        }
        writer.begin(Rtnetlink.RTM_NEWROUTE, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_REPLACE, sequence);
        writer.raw(moved);
        writer.end();
    }

    /**
     * A route of the main table that somebody made over the one interface, ready to be moved; empty for the kernel's own, which come and go with addresses, and those of our
     * route table, whose Loop moves them itself.
     */
    public static Optional<byte[]> movable(MessageReader reader, byte[] bytes) {
        if (reader.type() != Rtnetlink.RTM_NEWROUTE || reader.payloadLength() < 12 || reader.u8(reader.payload() + 5) == RTPROT_KERNEL
                || reader.u8(reader.payload() + 5) == Rtnetlink.PROTOCOL
                || reader.u8(reader.payload() + 7) != Rtnetlink.RTN_UNICAST || (reader.u32(reader.payload() + 8) & Rtnetlink.RTM_F_CLONED) != 0) {
            return Optional.empty();
        }
        List<byte[]> kept = new ArrayList<>();
        byte[] header = Arrays.copyOfRange(bytes, reader.payload(), reader.payload() + 12);
        MessageWriter.INT.set(header, 8, (int) MessageWriter.INT.get(header, 8) & Rtnetlink.RTNH_F_ONLINK);
        kept.add(header);
        boolean single = false;
        reader.attributes(12);
        while (reader.nextAttribute()) {
            if (reader.attributeType() != RTA_CACHEINFO) {
                int start = reader.attributeStart() - 4;
                kept.add(Arrays.copyOf(Arrays.copyOfRange(bytes, start, reader.attributeEnd()), reader.attributeEnd() - start + 3 & ~3));
            }
            single |= reader.attributeType() == Rtnetlink.RTA_OIF;
        }
        if (!single) {
            return Optional.empty();
        }
        byte[] all = new byte[kept.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (byte[] part : kept) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return Optional.of(all);
    }

    /** Whether a moved route goes by a gateway: those that do not come first, the others need them. */
    public static boolean hasGateway(byte[] route) {
        for (int at = 12; at + 4 <= route.length; ) {
            int length = (short) MessageWriter.SHORT.get(route, at) & 0xffff;
            if (((short) MessageWriter.SHORT.get(route, at + 2) & 0x3fff) == Rtnetlink.RTA_GATEWAY) {
                return true;
            }
            at += Math.max(4, length + 3 & ~3);
        }
        return false;
    }

    /** What the answer about a link says of it as a port. */
    public static Optional<SeenPort> port(MessageReader reader) {
        if (reader.type() != Rtnetlink.RTM_NEWLINK || reader.payloadLength() < 16) {
            return Optional.empty();
        }
        int master = 0;
        Map<Integer, Integer> flags = new java.util.TreeMap<>();
        reader.attributes(16);
        while (reader.nextAttribute()) {
            if (reader.attributeType() == Rtnetlink.IFLA_MASTER) {
                master = reader.attribute32();
            } else if (reader.attributeType() == Rtnetlink.IFLA_LINKINFO) {
                inside(reader, Rtnetlink.IFLA_INFO_SLAVE_DATA, () -> {
                    int from = reader.attributeStart();
                    int to = reader.attributeEnd();
                    int limit = reader.attributesLimit();
                    reader.attributes(from, to);
                    while (reader.nextAttribute()) {
                        if (reader.attributeLength() == 1) {
                            flags.put(reader.attributeType(), reader.u8(reader.attributeStart()));
                        }
                    }
                    reader.attributes(to, limit);
                });
            }
        }
        return Optional.of(new SeenPort(master, flags));
    }

    private static void inside(MessageReader reader, int type, Runnable found) {
        int to = reader.attributeEnd();
        int limit = reader.attributesLimit();
        reader.attributes(reader.attributeStart(), to);
        while (reader.nextAttribute()) {
            if (reader.attributeType() == type) {
                found.run();
            }
        }
        reader.attributes(to, limit); // back to the walk outside
    }
}
