package tombolo.config.core;

import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tombolo.api.config.NodeSettings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** {@code tombolo.node.cfg}. */
final class NodeFile {
    /** An interface's name has 15 characters. */
    private static final int MAX_EXPRESSION = 255;
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
    private static final Key<String> IPV4_ADDRESS = Key.defaulting("ipv4-address", address(AddressFamily.IPV4), NodeSettings.AUTODETECT,
            "By which IPv4 address the other nodes of the cluster know this one: its Node resource carries it, and BGP sessions with them start from it. The"
                    + " length is that of the network.");
    private static final Key<String> IPV6_ADDRESS = Key.defaulting("ipv6-address", address(AddressFamily.IPV6), NodeSettings.NONE, "The same for IPv6.");
    private static final Key<String> IPV4_DETECTION = Key.defaulting("ipv4-autodetection", detection(AddressFamily.IPV4), NodeSettings.FIRST_FOUND,
            "Where ipv4-address is autodetect: the first address of an interface that is no container's or tunnel's; that of the interface towards an address"
                    + " (can-reach); that of an interface whose name fits, or does not fit, a regular expression; or one within a prefix.");
    private static final Key<String> IPV6_DETECTION = Key.defaulting("ipv6-autodetection", detection(AddressFamily.IPV6), NodeSettings.FIRST_FOUND,
            "The same for ipv6-address.");
    static final List<Key<?>> KEYS = List.of(NAME, ROUTE_TABLE, ROUTE_METRIC, STATIC_METRIC, FORWARDING, IGNORED, IPV4_ADDRESS, IPV6_ADDRESS, IPV4_DETECTION,
            IPV6_DETECTION);

    private NodeFile() { }

    static NodeSettings build(Values values, String hostName) {
        return new NodeSettings(values.get(NAME).orElse(hostName), values.need(ROUTE_TABLE), values.need(ROUTE_METRIC), values.need(STATIC_METRIC),
                values.need(FORWARDING), values.get(IGNORED).orElse(List.of()), values.need(IPV4_ADDRESS), values.need(IPV6_ADDRESS),
                values.need(IPV4_DETECTION), values.need(IPV6_DETECTION));
    }

    private static ValueType<String> address(AddressFamily family) {
        String name = family == AddressFamily.IPV4 ? "IPv4" : "IPv6";
        return ValueType.special("autodetect, none, or an " + name + " address with /length", text -> {
            if (text.equals(NodeSettings.AUTODETECT) || text.equals(NodeSettings.NONE)) {
                return text;
            }
            int slash = text.indexOf('/');
            if (slash < 0) {
                throw ValueType.refused();
            }
            IpAddress address = IpAddress.parse(text.substring(0, slash));
            if (address.family() != family || address.isUnspecified() || address.isMulticast()) {
                throw ValueType.refused();
            }
            ValueType.number(0, family.bits()).parse(text.substring(slash + 1));
            return text;
        });
    }

    private static ValueType<String> detection(AddressFamily family) {
        return ValueType.special("first-found, can-reach=ADDRESS, or interface=, skip-interface= or cidr= with a comma-separated list", text -> {
            int equals = text.indexOf('=');
            if (text.equals(NodeSettings.FIRST_FOUND)) {
                return text;
            }
            if (text.equals("kubernetes-internal-ip")) {
                throw new IllegalArgumentException("no Kubernetes tells this node its address; find it another way, or write it into "
                        + (family == AddressFamily.IPV4 ? "ipv4" : "ipv6") + "-address");
            }
            if (equals < 0 || equals + 1 == text.length()) {
                throw ValueType.refused();
            }
            List<String> list = List.of(text.substring(equals + 1).split(",", -1));
            switch (text.substring(0, equals)) {
                case "can-reach" -> ofFamily(IpAddress.parse(text.substring(equals + 1)), family);
                case "interface", "skip-interface" -> list.forEach(NodeFile::expression);
                case "cidr" -> list.forEach(prefix -> ofFamily(Prefix.parse(prefix).address(), family));
                default -> throw ValueType.refused();
            }
            return text;
        });
    }

    private static void ofFamily(IpAddress address, AddressFamily family) {
        if (address.family() != family) {
            throw ValueType.refused();
        }
    }

    private static void expression(String text) {
        if (text.isEmpty() || text.length() > MAX_EXPRESSION) {
            throw ValueType.refused();
        }
        try {
            Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is not a regular expression: " + e.getDescription(), e);
        }
    }
}
