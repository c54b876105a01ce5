package tombolo.dataplane.core;

import java.util.List;
import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.route.NextHop;

/** Encodes requests about routes; the order of attributes is that of {@code ip route add PREFIX metric M via G dev I mtu N}. */
public final class RouteRequests {
    private RouteRequests() { }

    /**
     * A content ready to be put behind any prefix of one family.
     *
     * @param attributes RTA_PRIORITY and all that says where packets go
     * @param flags      rtm_flags: RTNH_F_ONLINK of a single next hop
     * @param problem    why it cannot be written now ("interface eth7 does not exist"), or ""
     */
    public record Encoded(byte[] attributes, int type, int scope, int flags, String problem) { }

    /** @param object the nexthop object that the route is to go through, or 0 to name its next hops in the route itself */
    public static Encoded encode(RouteContent content, int object, boolean v6, long table, Interfaces interfaces) {
        MessageWriter writer = new MessageWriter(256);
        if (table > 255) {
            writer.attribute32(Rtnetlink.RTA_TABLE, (int) table);
        }
        writer.attribute32(Rtnetlink.RTA_PRIORITY, (int) content.metric());
        List<NextHop> hops = object == 0 ? content.nextHops() : List.of();
        if (object != 0) {
            writer.attribute32(Rtnetlink.RTA_NH_ID, object);
        }
        for (NextHop hop : hops) {
            Optional<String> problem = problem(hop, v6, interfaces);
            if (problem.isPresent()) {
                return new Encoded(new byte[0], 0, 0, 0, problem.get());
            }
        }
        if (hops.size() == 1) {
            gateway(writer, hops.get(0), v6);
            hops.get(0).interfaceName().ifPresent(name -> writer.attribute32(Rtnetlink.RTA_OIF, interfaces.index(name)));
        }
        if (content.mtu() > 0) {
            int mark = writer.open(Rtnetlink.RTA_METRICS);
            writer.attribute32(Rtnetlink.RTAX_MTU, content.mtu());
            writer.close(mark);
        }
        if (hops.size() > 1) {
            int mark = writer.open(Rtnetlink.RTA_MULTIPATH);
            for (NextHop hop : hops) {
                int start = writer.size();
                writer.u16(0);
                writer.u8(flags(hop));
                writer.u8(0); // weight 1
                writer.u32(hop.interfaceName().map(interfaces::index).orElse(0));
                gateway(writer, hop, v6);
                writer.patch16(start, writer.size() - start);
            }
            writer.close(mark);
        }
        boolean blackhole = content.kind() == RouteContent.Kind.BLACKHOLE;
        boolean connected = !blackhole && object == 0 && hops.stream().allMatch(hop -> hop.gateway().isEmpty());
        return new Encoded(writer.toArray(), blackhole ? Rtnetlink.RTN_BLACKHOLE : Rtnetlink.RTN_UNICAST,
                connected && !v6 ? Rtnetlink.RT_SCOPE_LINK : Rtnetlink.RT_SCOPE_UNIVERSE, hops.size() == 1 ? flags(hops.get(0)) : 0, "");
    }

    private static int flags(NextHop hop) {
        return hop.onLink() ? Rtnetlink.RTNH_F_ONLINK : 0;
    }

    /** Appends NEWROUTE. EXCL refuses where any route of that prefix and metric exists, REPLACE changes it. */
    public static void add(MessageWriter writer, int sequence, boolean v6, long hi, long lo, int length, long table, Encoded content, boolean replace) {
        writer.begin(Rtnetlink.RTM_NEWROUTE, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_CREATE | (replace ? Rtnetlink.NLM_F_REPLACE : Rtnetlink.NLM_F_EXCL), sequence);
        header(writer, v6, length, table, content.scope(), content.type(), content.flags());
        writer.attributeAddress(Rtnetlink.RTA_DST, v6, hi, lo);
        writer.raw(content.attributes());
        writer.end();
    }

    /** Appends DELROUTE of our route of that prefix and metric; the kernel compares the protocol, so that it cannot hit a foreign one. */
    public static void delete(MessageWriter writer, int sequence, boolean v6, long hi, long lo, int length, long table, long metric) {
        writer.begin(Rtnetlink.RTM_DELROUTE, Rtnetlink.NLM_F_REQUEST, sequence);
        header(writer, v6, length, table, v6 ? Rtnetlink.RT_SCOPE_UNIVERSE : Rtnetlink.RT_SCOPE_NOWHERE, 0, 0);
        writer.attributeAddress(Rtnetlink.RTA_DST, v6, hi, lo);
        if (table > 255) {
            writer.attribute32(Rtnetlink.RTA_TABLE, (int) table);
        }
        writer.attribute32(Rtnetlink.RTA_PRIORITY, (int) metric);
        writer.end();
    }

    /** A dump of the routes of one family; the kernel filters by table and protocol where they are not 0 (NETLINK_GET_STRICT_CHK). */
    public static void dump(MessageWriter writer, int sequence, boolean v6, long table, int protocol) {
        writer.begin(Rtnetlink.RTM_GETROUTE, Rtnetlink.NLM_F_REQUEST | Rtnetlink.NLM_F_DUMP, sequence);
        writer.u8(v6 ? Rtnetlink.AF_INET6 : Rtnetlink.AF_INET);
        writer.u8(0);
        writer.u8(0);
        writer.u8(0);
        writer.u8(table > 255 ? 0 : (int) table);
        writer.u8(protocol);
        writer.u8(0);
        writer.u8(0);
        writer.u32(0);
        if (table > 255) {
            writer.attribute32(Rtnetlink.RTA_TABLE, (int) table);
        }
        writer.end();
    }

    /** Asks which route the kernel uses for an address, as it stands in the table (RTM_F_FIB_MATCH). */
    public static void match(MessageWriter writer, int sequence, IpAddress destination) {
        boolean v6 = destination.family() == AddressFamily.IPV6;
        writer.begin(Rtnetlink.RTM_GETROUTE, Rtnetlink.NLM_F_REQUEST, sequence);
        writer.u8(v6 ? Rtnetlink.AF_INET6 : Rtnetlink.AF_INET);
        writer.u8(destination.family().bits());
        for (int i = 0; i < 6; i++) {
            writer.u8(0);
        }
        writer.u32(Rtnetlink.RTM_F_FIB_MATCH);
        writer.attributeAddress(Rtnetlink.RTA_DST, v6, destination.hi(), destination.lo());
        writer.end();
    }

    private static void header(MessageWriter writer, boolean v6, int length, long table, int scope, int type, int flags) {
        writer.u8(v6 ? Rtnetlink.AF_INET6 : Rtnetlink.AF_INET);
        writer.u8(length);
        writer.u8(0);
        writer.u8(0);
        writer.u8(table > 255 ? 0 : (int) table);
        writer.u8(Rtnetlink.PROTOCOL);
        writer.u8(scope);
        writer.u8(type);
        writer.u32(flags);
    }

    private static void gateway(MessageWriter writer, NextHop hop, boolean v6) {
        hop.gateway().ifPresent(address -> {
            boolean gateway6 = !address.isIpv4();
            if (gateway6 == v6) {
                writer.attributeAddress(Rtnetlink.RTA_GATEWAY, gateway6, address.hi(), address.lo());
            } else { // RFC 8950: an IPv4 route through an IPv6 neighbour
                int mark = writer.open(Rtnetlink.RTA_VIA);
                writer.u16(gateway6 ? Rtnetlink.AF_INET6 : Rtnetlink.AF_INET);
                writer.address(gateway6, address.hi(), address.lo());
                writer.close(mark);
            }
        });
    }

    static Optional<String> problem(NextHop hop, boolean v6, Interfaces interfaces) {
        if (hop.interfaceName().isPresent() && interfaces.index(hop.interfaceName().get()) == 0) {
            return Optional.of("interface " + hop.interfaceName().get() + " does not exist");
        }
        if (hop.gateway().isPresent() && v6 && hop.gateway().get().isIpv4()) {
            return Optional.of("an IPv6 route cannot go through the IPv4 gateway " + hop.gateway().get());
        }
        if (hop.gateway().isPresent() && !hop.gateway().get().isIpv4() && hop.gateway().get().isLinkLocal() && hop.interfaceName().isEmpty()) {
            return Optional.of("the link-local gateway " + hop.gateway().get() + " needs an interface");
        }
        return Optional.empty();
    }
}
