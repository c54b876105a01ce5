package tombolo.dataplane.core;

import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;

/** RTM_NEWNEIGH and its kin (linux/neighbour.h): neighbours, and what a bridge or a VXLAN device knows of hardware addresses. */
public final class NeighbourMessage {
    public static final int RTM_NEWNEIGH = 28;
    private static final int RTM_DELNEIGH = 29;
    private static final int RTM_GETNEIGH = 30;
    public static final int AF_BRIDGE = 7;
    public static final int NDA_DST = 1;
    public static final int NDA_LLADDR = 2;
    private static final int NDA_IFINDEX = 8;
    public static final int NUD_PERMANENT = 0x80;
    private static final int NUD_NOARP = 0x40;
    public static final int NTF_SELF = 2;
    private static final int NTF_MASTER = 4;
    private static final int NTF_STICKY = 0x40;
    private static final int REPLACE = Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_REPLACE;

    private NeighbourMessage() { }

    /** A permanent neighbour, whatever was known of the address before. */
    public static void add(MessageWriter writer, int sequence, int index, IpAddress address, MacAddress mac) {
        writer.begin(RTM_NEWNEIGH, REPLACE, sequence);
        header(writer, Rtnetlink.family(address), index, NUD_PERMANENT, 0);
        writer.attributeAddress(NDA_DST, address);
        writer.attributeMac(NDA_LLADDR, mac);
        writer.end();
    }

    public static void delete(MessageWriter writer, int sequence, int index, IpAddress address) {
        writer.begin(RTM_DELNEIGH, Rtnetlink.NLM_F_REQUEST, sequence);
        header(writer, Rtnetlink.family(address), index, 0, 0);
        writer.attributeAddress(NDA_DST, address);
        writer.end();
    }

    /** The neighbours behind one interface. */
    public static void dump(MessageWriter writer, int sequence, int index) {
        writer.begin(RTM_GETNEIGH, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_DUMP, sequence);
        header(writer, 0, 0, 0, 0);
        writer.attribute32(NDA_IFINDEX, index);
        writer.end();
    }

    /** A permanent entry of a VXLAN device: which underlay address a hardware address is behind. */
    public static void forwardTo(MessageWriter writer, int sequence, int index, MacAddress mac, IpAddress underlay, boolean add) {
        writer.begin(add ? RTM_NEWNEIGH : RTM_DELNEIGH, add ? REPLACE : Rtnetlink.NLM_F_REQUEST, sequence);
        header(writer, AF_BRIDGE, index, NUD_PERMANENT, NTF_SELF);
        writer.attributeAddress(NDA_DST, underlay);
        writer.attributeMac(NDA_LLADDR, mac);
        writer.end();
    }

    /** The forwarding entries of one VXLAN device. */
    public static void dumpForwarding(MessageWriter writer, int sequence, int index) {
        writer.begin(RTM_GETNEIGH, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_DUMP, sequence);
        header(writer, AF_BRIDGE, index, 0, 0);
        writer.end();
    }

    /** The bridge knows for good that the hardware address is behind the port, also where a frame with it comes in by another port that learns. */
    public static void addBehindPort(MessageWriter writer, int sequence, int port, MacAddress mac) {
        writer.begin(RTM_NEWNEIGH, REPLACE, sequence);
        header(writer, AF_BRIDGE, port, NUD_NOARP, NTF_MASTER | NTF_STICKY);
        writer.attributeMac(NDA_LLADDR, mac);
        writer.end();
    }

    /** Whether it does: the answer is a message, or an error. */
    public static void getBehindPort(MessageWriter writer, int sequence, int port, MacAddress mac) {
        writer.begin(RTM_GETNEIGH, Rtnetlink.NLM_F_REQUEST, sequence);
        header(writer, AF_BRIDGE, port, 0, NTF_MASTER);
        writer.attributeMac(NDA_LLADDR, mac);
        writer.end();
    }

    /** {@code ndmsg: |family|pad (3)|index (4)|state (2)|flags|type|}. */
    private static void header(MessageWriter writer, int family, int index, int state, int flags) {
        writer.u8(family);
        writer.u8(0);
        writer.u16(0);
        writer.u32(index);
        writer.u16(state);
        writer.u8(flags);
        writer.u8(0);
    }
}
