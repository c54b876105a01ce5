package tombolo.dataplane.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;

/**
 * One route message as read from the kernel; reused for message after message, so that a dump of a million makes no million objects.
 *
 * <pre>
 *  rtmsg  0      1       2       3   4     5        6     7    8
 *         |family|dst_len|src_len|tos|table|protocol|scope|type| flags (4) | attributes
 * </pre>
 */
public final class RouteMessage {
    /** One next hop as the kernel has it. */
    public record Hop(Optional<IpAddress> gateway, int interfaceIndex, int flags, int weight) { }

    private boolean v6;
    private long hi;
    private long lo;
    private int length;
    private int type;
    private int protocol;
    private int flags;
    private int table;
    private long metric;
    private int mtu;
    private boolean unusual;
    private int hopCount;
    private boolean hasGateway;
    private boolean gateway6;
    private long gatewayHi;
    private long gatewayLo;
    private int interfaceIndex;
    private int nextHopId;
    private final List<Hop> multipath = new ArrayList<>();

    /** Reads the reader's current message; false where it is none about a whole-destination unicast table (source routing, cloned entries, MPLS). */
    public boolean parse(MessageReader reader) {
        if (reader.payloadLength() < 12) {
            return false;
        }
        int at = reader.payload();
        int family = reader.u8(at);
        flags = reader.u32(at + 8);
        if (family != Rtnetlink.AF_INET && family != Rtnetlink.AF_INET6 || (flags & Rtnetlink.RTM_F_CLONED) != 0 || reader.u8(at + 2) != 0) {
            return false;
        }
        v6 = family == Rtnetlink.AF_INET6;
        length = reader.u8(at + 1);
        unusual = reader.u8(at + 3) != 0;
        table = reader.u8(at + 4);
        protocol = reader.u8(at + 5);
        type = reader.u8(at + 7);
        hi = 0;
        lo = 0;
        metric = 0;
        mtu = 0;
        hopCount = 0;
        hasGateway = false;
        interfaceIndex = 0;
        nextHopId = 0;
        multipath.clear();
        reader.attributes(12);
        while (reader.nextAttribute()) {
            attribute(reader);
        }
        if (multipath.isEmpty() && (hasGateway || interfaceIndex != 0)) {
            hopCount = 1;
        }
        return length <= (v6 ? 128 : 32);
    }

    private void attribute(MessageReader reader) {
        int at = reader.attributeStart();
        switch (reader.attributeType()) {
            case Rtnetlink.RTA_DST -> {
                if (v6 && reader.attributeLength() >= 16) {
                    hi = reader.big64(at);
                    lo = reader.big64(at + 8);
                } else if (!v6 && reader.attributeLength() >= 4) {
                    lo = reader.big32(at) & 0xffff_ffffL;
                }
            }
            case Rtnetlink.RTA_OIF -> interfaceIndex = reader.attribute32();
            case Rtnetlink.RTA_PRIORITY -> metric = reader.attribute32() & 0xffff_ffffL;
            case Rtnetlink.RTA_TABLE -> table = reader.attribute32();
            case Rtnetlink.RTA_GATEWAY -> gateway(reader, at, reader.attributeLength());
            case Rtnetlink.RTA_VIA -> gateway(reader, at + 2, reader.attributeLength() - 2);
            case Rtnetlink.RTA_NH_ID -> nextHopId = reader.attribute32();
            case Rtnetlink.RTA_PREFSRC, Rtnetlink.RTA_ENCAP_TYPE -> unusual = true;
            case Rtnetlink.RTA_METRICS -> metrics(reader);
            case Rtnetlink.RTA_MULTIPATH -> multipath(reader);
            default -> { } // cache info, preference and others do not say where packets go
        }
    }

    private void gateway(MessageReader reader, int at, int bytes) {
        if (bytes < 4) {
            unusual = true;
            return;
        }
        boolean sixteen = bytes >= 16;
        hasGateway = true;
        gateway6 = sixteen;
        gatewayHi = sixteen ? reader.big64(at) : 0;
        gatewayLo = sixteen ? reader.big64(at + 8) : reader.big32(at) & 0xffff_ffffL;
    }

    private void metrics(MessageReader reader) {
        int outerEnd = reader.attributeEnd();
        int outerLimit = reader.attributesLimit();
        reader.attributes(reader.attributeStart(), outerEnd);
        while (reader.nextAttribute()) {
            if (reader.attributeType() == Rtnetlink.RTAX_MTU) {
                mtu = reader.attribute32();
            } else {
                unusual = true;
            }
        }
        reader.attributes(outerEnd, outerLimit);
    }

    /** {@code rtnexthop: | length (2) | flags (1) | weight - 1 (1) | interface (4) | attributes |}. */
    private void multipath(MessageReader reader) {
        int outerEnd = reader.attributeEnd();
        int outerLimit = reader.attributesLimit();
        for (int at = reader.attributeStart(); at + 8 <= outerEnd;) {
            int hopLength = reader.u16(at);
            if (hopLength < 8 || hopLength > outerEnd - at) {
                unusual = true;
                break;
            }
            Optional<IpAddress> via = Optional.empty();
            reader.attributes(at + 8, at + hopLength);
            while (reader.nextAttribute()) {
                if (reader.attributeType() == Rtnetlink.RTA_GATEWAY && reader.attributeLength() >= 4) {
                    via = Optional.of(reader.attributeAddress());
                } else if (reader.attributeType() == Rtnetlink.RTA_VIA && reader.attributeLength() >= 6) {
                    via = Optional.of(reader.address(reader.attributeLength() >= 18 ? AddressFamily.IPV6 : AddressFamily.IPV4, reader.attributeStart() + 2));
                }
            }
            multipath.add(new Hop(via, reader.u32(at + 4), reader.u8(at + 2), reader.u8(at + 3) + 1));
            at += (hopLength + 3) & ~3;
        }
        hopCount = multipath.size();
        reader.attributes(outerEnd, outerLimit);
    }

    public boolean v6() {
        return v6;
    }

    public long hi() {
        return hi;
    }

    public long lo() {
        return lo;
    }

    public int length() {
        return length;
    }

    public int type() {
        return type;
    }

    public int protocol() {
        return protocol;
    }

    public long table() {
        return table & 0xffff_ffffL;
    }

    public long metric() {
        return metric;
    }

    public int mtu() {
        return mtu;
    }

    /** The nexthop object that the route goes through, 0 for none. */
    public int nextHopId() {
        return nextHopId;
    }

    public Prefix prefix() {
        return Prefix.of(new IpAddress(v6 ? AddressFamily.IPV6 : AddressFamily.IPV4, hi, lo), length);
    }

    public List<Hop> hops() {
        if (hopCount == 0) {
            return List.of();
        }
        return multipath.isEmpty() ? List.of(new Hop(gateway(), interfaceIndex, flags & 0xff, 1)) : List.copyOf(multipath);
    }

    public List<NextHop> nextHops(IntFunction<String> interfaceName) {
        return hops().stream().filter(hop -> hop.gateway().isPresent() || hop.interfaceIndex() != 0)
                .map(hop -> new NextHop(hop.gateway(), hop.interfaceIndex() == 0 ? Optional.empty() : Optional.of(interfaceName.apply(hop.interfaceIndex())),
                        (hop.flags() & Rtnetlink.RTNH_F_ONLINK) != 0 && hop.gateway().isPresent() && hop.interfaceIndex() != 0)).toList();
    }

    /**
     * The route without its prefix, in the form in which we compare it with what is wanted. What a route through a nexthop object leads to is the object's
     * business ({@link NextHopObjects}): the kernel need not even show it (net.ipv4.nexthop_compat_mode).
     */
    public RouteContent content(IntFunction<String> interfaceName) {
        boolean plain = !unusual && multipath.stream().allMatch(hop -> hop.weight() == 1);
        if (plain && type == Rtnetlink.RTN_BLACKHOLE) {
            return new RouteContent(RouteContent.Kind.BLACKHOLE, List.of(), metric, mtu); // IPv6 shows lo as its interface
        }
        if (nextHopId != 0 && !unusual && type == Rtnetlink.RTN_UNICAST) {
            return new RouteContent(RouteContent.Kind.UNICAST, RouteContent.ELSEWHERE, metric, mtu);
        }
        List<NextHop> hops = plain && type == Rtnetlink.RTN_UNICAST ? nextHops(interfaceName) : List.of();
        return hops.isEmpty() ? new RouteContent(RouteContent.Kind.FOREIGN_SHAPE, List.of(), metric, 0)
                : new RouteContent(RouteContent.Kind.UNICAST, hops, metric, mtu);
    }

    /** What two routes of equal content share; equal shapes need to be turned into a content only once. Only for single next hops and nexthop objects. */
    public record Shape(long gatewayHi, long gatewayLo, boolean gateway6, boolean hasGateway, int interfaceIndex, int nextHopId, long metric, int mtu, int type,
            boolean unusual, boolean onLink) { }

    public Optional<Shape> shape() {
        if (nextHopId != 0) {
            return Optional.of(new Shape(0, 0, false, false, 0, nextHopId, metric, mtu, type, unusual, false));
        }
        return multipath.isEmpty() ? Optional.of(new Shape(hasGateway ? gatewayHi : 0, hasGateway ? gatewayLo : 0, hasGateway && gateway6, hasGateway,
                interfaceIndex, 0, metric, mtu, type, unusual, (flags & Rtnetlink.RTNH_F_ONLINK) != 0)) : Optional.empty();
    }

    private Optional<IpAddress> gateway() {
        if (!hasGateway) {
            return Optional.empty();
        }
        return Optional.of(gateway6 ? IpAddress.v6(gatewayHi, gatewayLo) : IpAddress.v4((int) gatewayLo));
    }
}
