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
 * @param ipv4Address      {@code ipv4-address}: by which other nodes of the cluster know this one: autodetect, none, or address/length; default autodetect
 * @param ipv6Address      {@code ipv6-address}: the same for IPv6; default none
 * @param ipv4Detection    {@code ipv4-autodetection}: how, where the address is to be found: {@code first-found}, {@code can-reach=ADDRESS},
 *                         {@code interface=PATTERNS}, {@code skip-interface=PATTERNS}, {@code cidr=PREFIXES}; default first-found
 * @param ipv6Detection    {@code ipv6-autodetection}: the same for IPv6
 */
public record NodeSettings(String name, long routeTable, long routeMetric, long staticMetric, boolean forwarding, List<String> ignoreInterfaces,
                           String ipv4Address, String ipv6Address, String ipv4Detection, String ipv6Detection) {
    /** The value of an address key that has the address found. */
    public static final String AUTODETECT = "autodetect";
    /** The value of an address key that says there is none. */
    public static final String NONE = "none";
    public static final String FIRST_FOUND = "first-found";

    public NodeSettings {
        ignoreInterfaces = List.copyOf(ignoreInterfaces);
    }

    /** A node whose addresses are found where they are asked for. */
    public NodeSettings(String name, long routeTable, long routeMetric, long staticMetric, boolean forwarding, List<String> ignoreInterfaces) {
        this(name, routeTable, routeMetric, staticMetric, forwarding, ignoreInterfaces, AUTODETECT, NONE, FIRST_FOUND, FIRST_FOUND);
    }
}
