package tombolo.dataplane.core.subinterface;

import java.nio.charset.StandardCharsets;
import tombolo.api.subinterface.Subinterface;
import tombolo.api.subinterface.Subinterface.Encapsulation;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.Rtnetlink;

/** Encoders of the messages that make and change a tagged interface; what they have in common with other links is in {@link LinkMessage}. */
public final class SubinterfaceMessages {
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
        LinkMessage.header(writer, 0, 0, 0);
        writer.attribute32(Rtnetlink.IFLA_MTU, wanted.mtu());
        if (wanted.encapsulation() instanceof Encapsulation.Vlan) {
            writer.attribute32(Rtnetlink.IFLA_LINK, parent);
        }
        writer.attributeText(Rtnetlink.IFLA_IFNAME, wanted.name());
        int info = writer.open(Rtnetlink.IFLA_LINKINFO);
        writer.attribute(Rtnetlink.IFLA_INFO_KIND, kind(wanted.encapsulation()).getBytes(StandardCharsets.US_ASCII));
        int data = writer.open(Rtnetlink.IFLA_INFO_DATA);
        switch (wanted.encapsulation()) {
            case Encapsulation.Vlan(_, Subinterface.Protocol protocol, int id) -> {
                writer.attributeBig16(Rtnetlink.IFLA_VLAN_PROTOCOL, protocol.ethertype());
                writer.attribute16(Rtnetlink.IFLA_VLAN_ID, id);
            }
            case Encapsulation.Vxlan vxlan -> {
                writer.attribute32(Rtnetlink.IFLA_VXLAN_LINK, parent);
                writer.attribute32(Rtnetlink.IFLA_VXLAN_ID, vxlan.vni());
                vxlan.local().ifPresent(local -> writer.attributeAddress(local.isIpv4() ? Rtnetlink.IFLA_VXLAN_LOCAL : Rtnetlink.IFLA_VXLAN_LOCAL6, local));
                writer.attributeAddress(vxlan.remote().isIpv4() ? Rtnetlink.IFLA_VXLAN_GROUP : Rtnetlink.IFLA_VXLAN_GROUP6, vxlan.remote());
                writer.attribute8(Rtnetlink.IFLA_VXLAN_LEARNING, 1);
                writer.attributeBig16(Rtnetlink.IFLA_VXLAN_PORT, vxlan.port());
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

    /** Whose it is. By name, since an interface that is made in the same datagram has no number yet. */
    public static void mark(MessageWriter writer, int sequence, String name, String mark) {
        writer.begin(Rtnetlink.RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        LinkMessage.header(writer, 0, 0, 0);
        writer.attributeText(Rtnetlink.IFLA_IFNAME, name);
        writer.attributeText(Rtnetlink.IFLA_IFALIAS, mark);
        writer.end();
    }

    public static void setMtu(MessageWriter writer, int sequence, int index, int mtu) {
        writer.begin(Rtnetlink.RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        LinkMessage.header(writer, index, 0, 0);
        writer.attribute32(Rtnetlink.IFLA_MTU, mtu);
        writer.end();
    }
}
