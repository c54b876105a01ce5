package tombolo.config.core;

import java.util.List;
import java.util.Optional;
import tombolo.api.config.StaticRouteSettings;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;

/** {@code tombolo.route.static-<name>.cfg}. */
final class StaticFile {
    private static final ValueType<NextHop> HOP = ValueType.special("next hops: address, address@interface or @interface", StaticFile::hop);
    private static final Key<Prefix> PREFIX = Key.required("prefix", ValueType.PREFIX, "10.201.0.0/16", "The destination.");
    private static final Key<List<NextHop>> NEXT_HOPS = Key.optional("next-hops", ValueType.listOf(HOP, 64), "none: then blackhole = true is required",
            "10.0.0.1, 10.0.1.1@eth1",
            "Where packets go; several share the traffic (ECMP). A link-local gateway needs its interface.");
    private static final Key<Boolean> BLACKHOLE = Key.defaulting("blackhole", ValueType.BOOLEAN, "false",
            "true: what matches is dropped, instead of next-hops.").example("true")
            .instead("next-hops");
    private static final Key<Long> METRIC = Key.optional("metric", ValueType.number(1, 0xffff_ffffL), "static-route-metric of tombolo.node.cfg", "10",
            "The kernel metric; of two routes for one prefix the kernel uses the lower.");
    private static final Key<Long> MTU = Key.optional("mtu", ValueType.number(68, 65535), "the interface's", "1400",
            "The path MTU of the route; at least 1280 for IPv6.").in("bytes");
    static final List<Key<?>> KEYS = List.of(PREFIX, NEXT_HOPS, BLACKHOLE, METRIC, MTU);

    private StaticFile() { }

    static StaticRouteSettings build(String name, Values values) {
        Prefix prefix = values.need(PREFIX);
        List<NextHop> hops = values.get(NEXT_HOPS).orElse(List.of());
        boolean blackhole = values.need(BLACKHOLE);
        if (hops.isEmpty() && !blackhole) {
            values.problem(NEXT_HOPS.name(), "TMB-CFG-005 the route leads nowhere; set next-hops, or blackhole = true");
        }
        for (NextHop hop : hops) {
            hop.gateway().filter(gateway -> gateway.family() != prefix.family() || gateway.isUnspecified() || gateway.isMulticast()).ifPresent(gateway ->
                    values.problem(NEXT_HOPS.name(), "TMB-CFG-009 " + gateway + " cannot be the next hop of " + prefix
                            + "; wanted a unicast address of the same family"));
            hop.gateway().filter(gateway -> !gateway.isIpv4() && gateway.isLinkLocal() && hop.interfaceName().isEmpty()).ifPresent(gateway ->
                    values.problem(NEXT_HOPS.name(), "TMB-CFG-009 " + gateway + " is link-local; write " + gateway + "@interface"));
        }
        Optional<Integer> mtu = values.getInt(MTU);
        mtu.filter(bytes -> bytes < 1280 && !prefix.address().isIpv4()).ifPresent(bytes ->
                values.problem(MTU.name(), "TMB-CFG-009 " + bytes + " bytes is less than IPv6's least MTU; wanted 1280 to 65535 bytes (RFC 8200 §5)"));
        return new StaticRouteSettings(name, prefix, hops, blackhole, values.get(METRIC), mtu);
    }

    private static NextHop hop(String text) {
        int at = text.indexOf('@');
        Optional<IpAddress> gateway = at == 0 ? Optional.empty() : Optional.of(IpAddress.parse(at < 0 ? text : text.substring(0, at)));
        return new NextHop(gateway, at < 0 ? Optional.empty() : Optional.of(ValueType.INTERFACE_NAME.parse(text.substring(at + 1))));
    }
}
