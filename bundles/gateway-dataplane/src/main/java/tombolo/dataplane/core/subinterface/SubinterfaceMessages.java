package tombolo.dataplane.core.subinterface;

import java.nio.charset.StandardCharsets;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.subinterface.Subinterface;
import tombolo.api.subinterface.Subinterface.Encapsulation;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.Rtnetlink;

/** Encoders of the messages that make, change and remove a tagged interface. */
public final class SubinterfaceMessages {
    private static final int RTM_SETLINK = 19;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFLA_LINK = 5;
    static final int IFLA_LINKINFO = 18;
    static final int IFLA_IFALIAS = 20;
    static final int IFLA_INFO_KIND = 1;
    static final int IFLA_INFO_DATA = 2;
    static final int IFLA_VLAN_ID = 1;
    static final int IFLA_VLAN_PROTOCOL = 5;
    static final int IFLA_VXLAN_ID = 1;
    static final int IFLA_VXLAN_GROUP = 2;
    static final int IFLA_VXLAN_LINK = 3;
    static final int IFLA_VXLAN_LOCAL = 4;
    static final int IFLA_VXLAN_LEARNING = 7;
    static final int IFLA_VXLAN_PORT = 15;
    static final int IFLA_VXLAN_GROUP6 = 16;
    static final int IFLA_VXLAN_LOCAL6 = 17;
    static final int IFF_UP = 1;
    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_F_NODAD = 2;

    private SubinterfaceMessages() { }

    /**
     * The same bytes as {@code ip link add link PARENT name NAME mtu MTU type vlan protocol PROTOCOL id ID}, or
     * {@code ip link add name NAME mtu MTU type vxlan id VNI dev PARENT [local ADDRESS] remote ADDRESS dstport PORT}, but for the sequence number and the request
     * for an acknowledgement: attributes in its order, nests unflagged, kinds without a zero byte.
     *
     * @param parent the index of the interface that carries it
     */
    public static void make(MessageWriter writer, int sequence, Subinterface wanted, int parent) {
        writer.begin(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, sequence);
        interfaceHeader(writer, 0, 0, 0);
        writer.attribute32(IFLA_MTU, wanted.mtu());
        if (wanted.encapsulation() instanceof Encapsulation.Vlan) {
            writer.attribute32(IFLA_LINK, parent);
        }
        writer.attributeText(IFLA_IFNAME, wanted.name());
        int info = writer.open(IFLA_LINKINFO);
        writer.attribute(IFLA_INFO_KIND, kind(wanted.encapsulation()).getBytes(StandardCharsets.US_ASCII));
        int data = writer.open(IFLA_INFO_DATA);
        switch (wanted.encapsulation()) {
            case Encapsulation.Vlan(_, Subinterface.Protocol protocol, int id) -> {
                big16(writer, IFLA_VLAN_PROTOCOL, protocol.ethertype());
                int mark = writer.open(IFLA_VLAN_ID);
                writer.u16(id);
                writer.close(mark);
            }
            case Encapsulation.Vxlan vxlan -> {
                writer.attribute32(IFLA_VXLAN_LINK, parent);
                writer.attribute32(IFLA_VXLAN_ID, vxlan.vni());
                vxlan.local().ifPresent(local -> writer.attributeAddress(local.isIpv4() ? IFLA_VXLAN_LOCAL : IFLA_VXLAN_LOCAL6, local));
                writer.attributeAddress(vxlan.remote().isIpv4() ? IFLA_VXLAN_GROUP : IFLA_VXLAN_GROUP6, vxlan.remote());
                int learning = writer.open(IFLA_VXLAN_LEARNING);
                writer.u8(1);
                writer.close(learning);
                big16(writer, IFLA_VXLAN_PORT, vxlan.port());
            }
        }
        writer.close(data);
        writer.close(info);
        writer.end();
    }

    static String kind(Encapsulation encapsulation) {
        return switch (encapsulation) {
            case Encapsulation.Vlan _ -> "vlan";
            case Encapsulation.Vxlan _ -> "vxlan";
        };
    }

    private static void big16(MessageWriter writer, int type, int value) {
        int mark = writer.open(type);
        writer.u8(value >>> 8);
        writer.u8(value);
        writer.close(mark);
    }

    /** Whose it is. By name, since an interface that is made in the same datagram has no number yet. */
    public static void mark(MessageWriter writer, int sequence, String name, String mark) {
        writer.begin(RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        interfaceHeader(writer, 0, 0, 0);
        writer.attributeText(IFLA_IFNAME, name);
        writer.attributeText(IFLA_IFALIAS, mark);
        writer.end();
    }

    public static void setMtu(MessageWriter writer, int sequence, int index, int mtu) {
        writer.begin(RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        interfaceHeader(writer, index, 0, 0);
        writer.attribute32(IFLA_MTU, mtu);
        writer.end();
    }

    public static void setUp(MessageWriter writer, int sequence, int index) {
        writer.begin(RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        interfaceHeader(writer, index, IFF_UP, IFF_UP);
        writer.end();
    }

    public static void get(MessageWriter writer, int sequence, String name) {
        writer.begin(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        interfaceHeader(writer, 0, 0, 0);
        writer.attributeText(IFLA_IFNAME, name);
        writer.end();
    }

    public static void remove(MessageWriter writer, int sequence, int index) {
        writer.begin(Rtnetlink.RTM_DELLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        interfaceHeader(writer, index, 0, 0);
        writer.end();
    }

    /** As {@code ip addr add}; IPv6 without looking for a duplicate (RFC 4862 §5.4), since on a link of two each knows the other's address. */
    public static void address(MessageWriter writer, int sequence, int index, InterfaceAddress address, boolean add) {
        writer.begin(add ? Rtnetlink.RTM_NEWADDR : Rtnetlink.RTM_DELADDR, Rtnetlink.NLM_F_REQUEST | (add ? Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL : 0), sequence);
        writer.u8(Rtnetlink.family(address.address()));
        writer.u8(address.prefixLength());
        writer.u8(add && !address.address().isIpv4() ? IFA_F_NODAD : 0);
        writer.u8(Rtnetlink.RT_SCOPE_UNIVERSE);
        writer.u32(index);
        writer.attributeAddress(IFA_LOCAL, address.address());
        writer.attributeAddress(IFA_ADDRESS, address.address());
        writer.end();
    }

    /** {@code ifinfomsg: |family, pad (2)|type (2)|index (4)|flags (4)|change (4)|}. */
    private static void interfaceHeader(MessageWriter writer, int index, int flags, int change) {
        writer.u32(0);
        writer.u32(index);
        writer.u32(flags);
        writer.u32(change);
    }
}
