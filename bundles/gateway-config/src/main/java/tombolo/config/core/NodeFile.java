package tombolo.config.core;

import java.util.List;
import tombolo.api.config.NodeSettings;

/** {@code tombolo.node.cfg}. */
final class NodeFile {
    private static final Key<String> NAME = Key.optional("name", ValueType.NODE_NAME, "the host name", "gateway-1",
            "The node's name in listings, logs and advertised host names.");
    private static final Key<Long> ROUTE_TABLE = Key.defaulting("route-table", ValueType.number(1, 0xffff_ffffL), "254",
            "The kernel routing table that routes go to; 254 is main. Routes move to the new table at once.");
    private static final Key<Long> ROUTE_METRIC = Key.defaulting("route-metric", ValueType.number(1, 0xffff_ffffL), "20",
            "The kernel metric of routes learned by BGP; of two routes for one prefix the kernel uses the lower metric.");
    private static final Key<Long> STATIC_METRIC = Key.defaulting("static-route-metric", ValueType.number(1, 0xffff_ffffL), "10",
            "The kernel metric of static routes whose file gives none.");
    private static final Key<Boolean> FORWARDING = Key.defaulting("forwarding", ValueType.BOOLEAN, "true",
            "Whether the node switches IPv4 and IPv6 forwarding on in its own network namespace. false leaves the setting as it is.");
    private static final Key<List<String>> IGNORED = Key.optional("ignore-interfaces", ValueType.listOf(ValueType.INTERFACE_PATTERN, 256), "none",
            "docker*, veth*",
            "Interfaces whose link events are not followed.");
    static final List<Key<?>> KEYS = List.of(NAME, ROUTE_TABLE, ROUTE_METRIC, STATIC_METRIC, FORWARDING, IGNORED);

    private NodeFile() { }

    static NodeSettings build(Values values, String hostName) {
        return new NodeSettings(values.get(NAME).orElse(hostName), values.need(ROUTE_TABLE), values.need(ROUTE_METRIC), values.need(STATIC_METRIC),
                values.need(FORWARDING), values.get(IGNORED).orElse(List.of()));
    }
}
