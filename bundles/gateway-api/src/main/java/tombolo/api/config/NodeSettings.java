package tombolo.api.config;

import java.util.List;

/**
 * {@code etc/tombolo.node.cfg}.
 *
 * @param name             {@code name}: the node's name, 1-63 letters, digits, '-' and '.'; default the host name
 * @param routeTable       {@code route-table}: kernel routing table that routes go to, 1-4294967295; default 254 (main)
 * @param routeMetric      {@code route-metric}: the kernel metric of routes learned by BGP, 1-4294967295; default 20
 * @param staticMetric     {@code static-route-metric}: the kernel metric of static routes, 1-4294967295; default 10
 * @param forwarding       {@code forwarding}: whether the node switches IP forwarding on in its own network namespace; default true
 * @param ignoreInterfaces {@code ignore-interfaces}: interface names (a trailing * matches the rest) whose link events are not followed
 */
public record NodeSettings(String name, long routeTable, long routeMetric, long staticMetric, boolean forwarding, List<String> ignoreInterfaces) {
    public NodeSettings {
        ignoreInterfaces = List.copyOf(ignoreInterfaces);
    }
}
