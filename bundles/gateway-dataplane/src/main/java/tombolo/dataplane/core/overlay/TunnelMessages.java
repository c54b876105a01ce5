package tombolo.dataplane.core.overlay;

import tombolo.api.overlay.OverlayTunnel;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.Rtnetlink;

/** Encoders of the messages that make and change a tunnel device; what they have in common with other links is in {@link LinkMessage}. */
public final class TunnelMessages {
    private TunnelMessages() { }

    /**
     * Makes the device, down, marked as ours. It is bound to no lower device: the route to each far end decides, also where this node's address is on the
     * loopback and several uplinks lead out. (DEVIATION: Calico binds it to the interface that has the node's address.)
     */
    public static void newTunnel(MessageWriter writer, int sequence, OverlayTunnel tunnel, String mark) {
        writer.begin(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, sequence);
        LinkMessage.header(writer, 0, 0, 0);
        writer.attributeText(Rtnetlink.IFLA_IFNAME, tunnel.device());
        tunnel.mac().ifPresent(mac -> writer.attributeMac(Rtnetlink.IFLA_ADDRESS, mac));
        writer.attribute32(Rtnetlink.IFLA_MTU, tunnel.mtu());
        writer.attributeText(Rtnetlink.IFLA_IFALIAS, mark);
        int info = writer.openNested(Rtnetlink.IFLA_LINKINFO);
        writer.attributeText(Rtnetlink.IFLA_INFO_KIND, tunnel.kind().word());
        if (tunnel.kind() == OverlayTunnel.Kind.VXLAN) {
            int data = writer.openNested(Rtnetlink.IFLA_INFO_DATA);
            writer.attribute32(Rtnetlink.IFLA_VXLAN_ID, tunnel.vni());
            writer.attributeAddress(tunnel.local().isIpv4() ? Rtnetlink.IFLA_VXLAN_LOCAL : Rtnetlink.IFLA_VXLAN_LOCAL6, tunnel.local());
            writer.attribute8(Rtnetlink.IFLA_VXLAN_LEARNING, 0);
            writer.attributeBig16(Rtnetlink.IFLA_VXLAN_PORT, tunnel.port());
            writer.close(data);
        }
        writer.close(info);
        writer.end();
    }

    /** MTU, hardware address, mark and administrative state of a device that is there. */
    public static void setTunnel(MessageWriter writer, int sequence, int index, OverlayTunnel tunnel, String mark) {
        writer.begin(Rtnetlink.RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        LinkMessage.header(writer, index, Rtnetlink.IFF_UP, Rtnetlink.IFF_UP);
        tunnel.mac().ifPresent(mac -> writer.attributeMac(Rtnetlink.IFLA_ADDRESS, mac));
        writer.attribute32(Rtnetlink.IFLA_MTU, tunnel.mtu());
        writer.attributeText(Rtnetlink.IFLA_IFALIAS, mark);
        writer.end();
    }

    /** Down, and without our mark. */
    public static void giveBack(MessageWriter writer, int sequence, int index) {
        writer.begin(Rtnetlink.RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        LinkMessage.header(writer, index, 0, Rtnetlink.IFF_UP);
        writer.attributeText(Rtnetlink.IFLA_IFALIAS, "");
        writer.end();
    }
}
