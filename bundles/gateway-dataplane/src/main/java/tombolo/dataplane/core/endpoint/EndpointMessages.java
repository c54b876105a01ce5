package tombolo.dataplane.core.endpoint;

import java.util.Map;
import java.util.Optional;
import tombolo.api.endpoint.EndpointPlan.Route;
import tombolo.api.endpoint.EndpointPlan.Side;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.dataplane.core.LinkMessage;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.Rtnetlink;

/** Encoders of the messages that make, change and ask for a veth pair and what hangs on it; what they have in common with other links is in {@link LinkMessage}. */
public final class EndpointMessages {
    private static final int RTEXT_FILTER_SKIP_STATS = 8;
    private static final int VETH_INFO_PEER = 1;
    private static final byte ADDRESSES_BY_EUI64 = 0;
    private static final byte NO_ADDRESSES = 1;

    private EndpointMessages() { }

    /**
     * Makes the pair, the host's end up, the container's end already in its namespace and down: the kernel refuses a peer that is to be up at once. From 6.2 on the
     * kernel answers with the description of the host's end (NLM_F_ECHO). To ask for it instead has a price while it is up without carrier: the kernel takes its queue
     * down first and waits, under its one lock on links, until every processor has passed through the kernel (synchronize_net).
     *
     * @param namespaceDescriptor of the container's namespace
     */
    public static void newPair(MessageWriter writer, int sequence, Side host, Side container, int namespaceDescriptor) {
        writer.begin(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL | Rtnetlink.NLM_F_ECHO, sequence);
        LinkMessage.header(writer, 0, Rtnetlink.IFF_UP, Rtnetlink.IFF_UP);
        describe(writer, host);
        oneQueue(writer);
        int info = writer.openNested(Rtnetlink.IFLA_LINKINFO);
        writer.attributeText(Rtnetlink.IFLA_INFO_KIND, "veth");
        int data = writer.openNested(Rtnetlink.IFLA_INFO_DATA);
        int peer = writer.openNested(VETH_INFO_PEER);
        LinkMessage.header(writer, 0, 0, 0);
        describe(writer, container);
        oneQueue(writer);
        writer.attribute32(Rtnetlink.IFLA_NET_NS_FD, namespaceDescriptor);
        writer.close(peer);
        writer.close(data);
        writer.close(info);
        writer.end();
    }

    /** Hardware address, MTU and administrative state of a link that is there. */
    public static void setLink(MessageWriter writer, int sequence, int index, Side side) {
        writer.begin(Rtnetlink.RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        LinkMessage.header(writer, index, Rtnetlink.IFF_UP, Rtnetlink.IFF_UP);
        side.mac().ifPresent(mac -> writer.attributeMac(Rtnetlink.IFLA_ADDRESS, mac));
        writer.attribute32(Rtnetlink.IFLA_MTU, side.mtu());
        writer.end();
    }

    /** IPv4 settings of a link, without a file system between. @param values by {@link InetSettings}' numbers */
    public static void setInet(MessageWriter writer, int sequence, String name, Map<Integer, Integer> values) {
        writer.begin(Rtnetlink.RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        LinkMessage.header(writer, 0, 0, 0);
        writer.attributeText(Rtnetlink.IFLA_IFNAME, name);
        int families = writer.openNested(Rtnetlink.IFLA_AF_SPEC);
        int inet = writer.openNested(Rtnetlink.AF_INET);
        int settings = writer.openNested(Rtnetlink.IFLA_INET_CONF);
        values.forEach(writer::attribute32);
        writer.close(settings);
        writer.close(inet);
        writer.close(families);
        writer.end();
    }

    /** Whether the kernel gives the link an IPv6 address of its own once it has carrier. Refused where the kernel has no IPv6, or where the link's MTU is too small for it. */
    public static void setLinkLocal(MessageWriter writer, int sequence, String name, boolean wanted) {
        writer.begin(Rtnetlink.RTM_SETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        LinkMessage.header(writer, 0, 0, 0);
        writer.attributeText(Rtnetlink.IFLA_IFNAME, name);
        int families = writer.openNested(Rtnetlink.IFLA_AF_SPEC);
        int inet6 = writer.openNested(Rtnetlink.AF_INET6);
        writer.attribute(Rtnetlink.IFLA_INET6_ADDR_GEN_MODE, new byte[] {wanted ? ADDRESSES_BY_EUI64 : NO_ADDRESSES});
        writer.close(inet6);
        writer.close(families);
        writer.end();
    }

    public static void getLink(MessageWriter writer, int sequence, String name, boolean statistics) {
        writer.begin(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        LinkMessage.header(writer, 0, 0, 0);
        writer.attributeText(Rtnetlink.IFLA_IFNAME, name);
        if (!statistics) {
            writer.attribute32(Rtnetlink.IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
        }
        writer.end();
    }

    public static void getLink(MessageWriter writer, int sequence, int index) {
        writer.begin(Rtnetlink.RTM_GETLINK, Rtnetlink.NLM_F_REQUEST, sequence);
        LinkMessage.header(writer, index, 0, 0);
        writer.attribute32(Rtnetlink.IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
        writer.end();
    }

    /** No route to the subnet comes with it, and it is used at once: nobody else is on the wire that duplicate detection (RFC 4862 §5.4) would ask. */
    public static void newAddress(MessageWriter writer, int sequence, int index, InterfaceAddress address) {
        boolean universe = address.address().isIpv4() || !address.address().isLinkLocal();
        LinkMessage.beginAddress(writer, Rtnetlink.RTM_NEWADDR, Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_REPLACE, sequence, index, address, 0,
                universe ? Rtnetlink.RT_SCOPE_UNIVERSE : Rtnetlink.RT_SCOPE_LINK);
        writer.attribute32(Rtnetlink.IFA_FLAGS, Rtnetlink.IFA_F_NOPREFIXROUTE | (address.address().isIpv4() ? 0 : Rtnetlink.IFA_F_NODAD));
        writer.end();
    }

    /** {@code rtmsg: |family|dst length|src length|tos|table|protocol|scope|type|flags (4)|}; refused where there is one of that prefix and metric already. */
    public static void newRoute(MessageWriter writer, int sequence, int index, Route route) {
        writer.begin(Rtnetlink.RTM_NEWROUTE, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, sequence);
        IpAddress destination = route.destination().address();
        writer.u8(Rtnetlink.family(destination));
        writer.u8(route.destination().length());
        writer.u8(0);
        writer.u8(0);
        writer.u8(Rtnetlink.RT_TABLE_MAIN);
        writer.u8(route.protocol());
        writer.u8(route.onLink() && destination.isIpv4() ? Rtnetlink.RT_SCOPE_LINK : Rtnetlink.RT_SCOPE_UNIVERSE);
        writer.u8(Rtnetlink.RTN_UNICAST);
        writer.u32(0);
        if (route.destination().length() > 0) {
            writer.attributeAddress(Rtnetlink.RTA_DST, destination);
        }
        route.gateway().ifPresent(gateway -> writer.attributeAddress(Rtnetlink.RTA_GATEWAY, gateway));
        writer.attribute32(Rtnetlink.RTA_OIF, index);
        writer.end();
    }

    /** The routes of the main table over one interface, 0 for all of them; the kernel filters. */
    public static void dumpRoutes(MessageWriter writer, int sequence, AddressFamily family, int index) {
        writer.begin(Rtnetlink.RTM_GETROUTE, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_DUMP, sequence);
        routeHeader(writer, family, 0, 0);
        writer.attribute32(Rtnetlink.RTA_TABLE, Rtnetlink.RT_TABLE_MAIN);
        if (index != 0) {
            writer.attribute32(Rtnetlink.RTA_OIF, index);
        }
        writer.end();
    }

    /** The route of the kernel's table that packets to the address take. */
    public static void lookUp(MessageWriter writer, int sequence, IpAddress address) {
        writer.begin(Rtnetlink.RTM_GETROUTE, Rtnetlink.NLM_F_REQUEST, sequence);
        routeHeader(writer, address.family(), address.family().bits(), Rtnetlink.RTM_F_FIB_MATCH);
        writer.attributeAddress(Rtnetlink.RTA_DST, address);
        writer.end();
    }

    /** By which interface a packet to there would leave, of several equal ways one. */
    public static void resolve(MessageWriter writer, int sequence, IpAddress address) {
        writer.begin(Rtnetlink.RTM_GETROUTE, Rtnetlink.NLM_F_REQUEST, sequence);
        routeHeader(writer, address.family(), address.family().bits(), 0);
        writer.attributeAddress(Rtnetlink.RTA_DST, address);
        writer.end();
    }

    private static void routeHeader(MessageWriter writer, AddressFamily family, int length, int flags) {
        writer.u8(family == AddressFamily.IPV4 ? Rtnetlink.AF_INET : Rtnetlink.AF_INET6);
        writer.u8(length);
        writer.u16(0);
        writer.u32(0);
        writer.u32(flags);
    }

    /** The kernel uses one queue of a veth unless told otherwise, yet makes one for each CPU, with entries in sysfs for each: half of the time that a pair takes with two. */
    private static void oneQueue(MessageWriter writer) {
        writer.attribute32(Rtnetlink.IFLA_NUM_TX_QUEUES, 1);
        writer.attribute32(Rtnetlink.IFLA_NUM_RX_QUEUES, 1);
    }

    private static void describe(MessageWriter writer, Side side) {
        writer.attributeText(Rtnetlink.IFLA_IFNAME, side.interfaceName());
        side.mac().ifPresent(mac -> writer.attributeMac(Rtnetlink.IFLA_ADDRESS, mac));
        writer.attribute32(Rtnetlink.IFLA_MTU, side.mtu());
    }

    /** The number under which rtnetlink takes a setting of that path for that interface; empty where it has to be written to its file. */
    public static Optional<Integer> inetSetting(String path, String interfaceName) {
        String prefix = "ipv4/conf/" + interfaceName + "/";
        return path.startsWith(prefix) ? Optional.ofNullable(InetSettings.NUMBERS.get(path.substring(prefix.length()))) : Optional.empty();
    }
}
