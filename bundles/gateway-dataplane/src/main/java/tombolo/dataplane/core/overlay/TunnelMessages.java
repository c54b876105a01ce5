package tombolo.dataplane.core.overlay;

import tombolo.api.net.IpAddress;
import tombolo.api.overlay.OverlayTunnel;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.Rtnetlink;

/** Encoders of the messages that make, change and remove a tunnel device and what hangs on it. */
public final class TunnelMessages {
    private static final int RTM_SETLINK = 19;

    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    static final int IFLA_LINKINFO = 18;
    static final int IFLA_IFALIAS = 20;
    static final int IFLA_INFO_KIND = 1;
    static final int IFLA_INFO_DATA = 2;
    static final int IFLA_VXLAN_ID = 1;
    static final int IFLA_VXLAN_LOCAL = 4;
    static final int IFLA_VXLAN_LEARNING = 7;
    static final int IFLA_VXLAN_PORT = 15;
    static final int IFLA_VXLAN_LOCAL6 = 17;
    static final int IFF_UP = 1;

    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_FLAGS = 8;
    private static final int IFA_F_NODAD = 2;


    private TunnelMessages() { }

    /**
     * Makes the device, down, marked as ours. It is bound to no lower device: the route to each far end decides, also where this node's address is on the
     * loopback and several uplinks lead out. (DEVIATION: Calico binds it to the interface that has the node's address.)
     */
    public static void newTunnel(MessageWriter writer, int sequence, OverlayTunnel tunnel, String mark) {
        writer.begin(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, sequence);
        interfaceHeader(writer, 0, 0, 0);
        writer.attributeText(IFLA_IFNAME, tunnel.device());
        tunnel.mac().ifPresent(mac -> writer.attributeMac(IFLA_ADDRESS, mac));
        writer.attribute32(IFLA_MTU, tunnel.mtu());
        writer.attributeText(IFLA_IFALIAS, mark);
        int info = writer.openNested(IFLA_LINKINFO);
        writer.attributeText(IFLA_INFO_KIND, tunnel.kind().word());
        if (tunnel.kind() == OverlayTunnel.Kind.VXLAN) {
            int data = writer.openNested(IFLA_INFO_DATA);
            writer.attribute32(IFLA_VXLAN_ID, tunnel.vni());
            writer.attributeAddress(tunnel.local().isIpv4() ? IFLA_VXLAN_LOCAL : IFLA_VXLAN_LOCAL6, tunnel.local());
            int learning = writer.open(IFLA_VXLAN_LEARNING);
            writer.u8(0);
            writer.close(learning);
            int port = writer.open(IFLA_VXLAN_PORT);
            writer.u8(tunnel.port() >>> 8); // in network order
            writer.u8(tunnel.port());
            writer.close(port);
            writer.close(data);
        }
        writer.close(info);
        writer.end();
    }

    /** MTU, hardware address, mark and administrative state of a device that is there. */
    public static void setTunnel(MessageWriter writer, int sequence, int index, OverlayTunnel tunnel, String mark) {
        writer.begin(RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        interfaceHeader(writer, index, IFF_UP, IFF_UP);
        tunnel.mac().ifPresent(mac -> writer.attributeMac(IFLA_ADDRESS, mac));
        writer.attribute32(IFLA_MTU, tunnel.mtu());
        writer.attributeText(IFLA_IFALIAS, mark);
        writer.end();
    }

    /** Down, and without our mark. */
    public static void giveBack(MessageWriter writer, int sequence, int index) {
        writer.begin(RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        interfaceHeader(writer, index, 0, IFF_UP);
        writer.attributeText(IFLA_IFALIAS, "");
        writer.end();
    }

    public static void getLink(MessageWriter writer, int sequence, String name) {
        writer.begin(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        interfaceHeader(writer, 0, 0, 0);
        writer.attributeText(IFLA_IFNAME, name);
        writer.end();
    }

    public static void deleteLink(MessageWriter writer, int sequence, int index) {
        writer.begin(Rtnetlink.RTM_DELLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        interfaceHeader(writer, index, 0, 0);
        writer.end();
    }

    /** {@code ifaddrmsg: |family|prefix length|flags|scope|index (4)|}; of full length, so that no route comes with it. */
    public static void address(MessageWriter writer, int sequence, int index, IpAddress address, int length, boolean add) {
        writer.begin(add ? Rtnetlink.RTM_NEWADDR : Rtnetlink.RTM_DELADDR,
                Rtnetlink.NLM_F_REQUEST | (add ? Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_REPLACE : 0), sequence);
        writer.u8(Rtnetlink.family(address));
        writer.u8(length);
        writer.u8(0);
        writer.u8(Rtnetlink.RT_SCOPE_UNIVERSE);
        writer.u32(index);
        writer.attributeAddress(IFA_LOCAL, address);
        writer.attributeAddress(IFA_ADDRESS, address);
        if (add && !address.isIpv4()) {
            writer.attribute32(IFA_FLAGS, IFA_F_NODAD); // nobody on a tunnel would answer duplicate detection (RFC 4862 §5.4)
        }
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
