package tombolo.api.config;

import java.util.Map;
import java.util.TreeMap;

/**
 * All of etc/ at one moment. Immutable; maps are keyed by the name in the file's name ({@code tombolo.bgp.peer-<name>.cfg}) and sorted.
 *
 * @param node     {@code tombolo.node.cfg}
 * @param bgp      {@code tombolo.bgp.cfg}
 * @param peers    {@code tombolo.bgp.peer-<name>.cfg}
 * @param filters  {@code tombolo.bgp.filter-<name>.cfg}
 * @param networks {@code tombolo.bgp.network-<name>.cfg}
 * @param statics  {@code tombolo.route.static-<name>.cfg}
 * @param cni      {@code tombolo.cni.cfg}
 */
public record Settings(NodeSettings node, BgpSettings bgp, Map<String, PeerSettings> peers, Map<String, FilterSettings> filters,
                       Map<String, NetworkSettings> networks, Map<String, StaticRouteSettings> statics, CniSettings cni) {
    public Settings {
        peers = sorted(peers);
        filters = sorted(filters);
        networks = sorted(networks);
        statics = sorted(statics);
    }

    /** Without containers. */
    public Settings(NodeSettings node, BgpSettings bgp, Map<String, PeerSettings> peers, Map<String, FilterSettings> filters, Map<String, NetworkSettings> networks,
            Map<String, StaticRouteSettings> statics) {
        this(node, bgp, peers, filters, networks, statics, CniSettings.OFF);
    }

    private static <T> Map<String, T> sorted(Map<String, T> map) {
        return java.util.Collections.unmodifiableMap(new TreeMap<>(map));
    }
}
