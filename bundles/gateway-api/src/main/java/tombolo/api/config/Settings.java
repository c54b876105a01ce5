package tombolo.api.config;

import java.util.Map;
import java.util.TreeMap;

/**
 * All settings at one moment: etc/, and what other sources say ({@link Contribution}). Immutable; maps are keyed by the name in the file's name
 * ({@code tombolo.bgp.peer-<name>.cfg}) and sorted. A filter of another source is named {@code <source>/<name>}.
 *
 * @param node     {@code tombolo.node.cfg}
 * @param bgp      {@code tombolo.bgp.cfg}
 * @param peers    {@code tombolo.bgp.peer-<name>.cfg}
 * @param filters  {@code tombolo.bgp.filter-<name>.cfg}
 * @param networks {@code tombolo.bgp.network-<name>.cfg}
 * @param statics  {@code tombolo.route.static-<name>.cfg}
 * @param datastore {@code tombolo.datastore.cfg}
 * @param cni      {@code tombolo.cni.cfg}
 * @param azureCni {@code tombolo.azure.cni.cfg}
 * @param azure    {@code tombolo.azure.cfg} and {@code tombolo.azure.subscription-<name>.cfg}
 * @param circuits {@code tombolo.expressroute.circuit-<name>.cfg}
 * @param policy   {@code tombolo.policy.cfg}
 */
public record Settings(NodeSettings node, BgpSettings bgp, Map<String, PeerSettings> peers, Map<String, FilterSettings> filters,
                       Map<String, NetworkSettings> networks, Map<String, StaticRouteSettings> statics, DatastoreSettings datastore, CniSettings cni,
                       AzureCniSettings azureCni, AzureSettings azure, Map<String, CircuitSettings> circuits, PolicySettings policy) {
    public Settings {
        circuits = sorted(circuits);
        peers = sorted(peers);
        filters = sorted(filters);
        networks = sorted(networks);
        statics = sorted(statics);
    }

    /** Without circuits, with the defaults of policy. */
    public Settings(NodeSettings node, BgpSettings bgp, Map<String, PeerSettings> peers, Map<String, FilterSettings> filters, Map<String, NetworkSettings> networks,
                    Map<String, StaticRouteSettings> statics, DatastoreSettings datastore, CniSettings cni, AzureCniSettings azureCni, AzureSettings azure) {
        this(node, bgp, peers, filters, networks, statics, datastore, cni, azureCni, azure, Map.of(), PolicySettings.DEFAULT);
    }

    /** Without Azure's control plane. */
    public Settings(NodeSettings node, BgpSettings bgp, Map<String, PeerSettings> peers, Map<String, FilterSettings> filters, Map<String, NetworkSettings> networks,
                    Map<String, StaticRouteSettings> statics, DatastoreSettings datastore, CniSettings cni, AzureCniSettings azureCni) {
        this(node, bgp, peers, filters, networks, statics, datastore, cni, azureCni, AzureSettings.DEFAULT);
    }

    /** Without Azure's containers. */
    public Settings(NodeSettings node, BgpSettings bgp, Map<String, PeerSettings> peers, Map<String, FilterSettings> filters, Map<String, NetworkSettings> networks,
                    Map<String, StaticRouteSettings> statics, DatastoreSettings datastore, CniSettings cni) {
        this(node, bgp, peers, filters, networks, statics, datastore, cni, AzureCniSettings.DEFAULT);
    }

    /** Without containers. */
    public Settings(NodeSettings node, BgpSettings bgp, Map<String, PeerSettings> peers, Map<String, FilterSettings> filters, Map<String, NetworkSettings> networks,
                    Map<String, StaticRouteSettings> statics, DatastoreSettings datastore) {
        this(node, bgp, peers, filters, networks, statics, datastore, CniSettings.OFF);
    }

    /** With the datastore's defaults. */
    public Settings(NodeSettings node, BgpSettings bgp, Map<String, PeerSettings> peers, Map<String, FilterSettings> filters, Map<String, NetworkSettings> networks,
                    Map<String, StaticRouteSettings> statics) {
        this(node, bgp, peers, filters, networks, statics, DatastoreSettings.DEFAULT);
    }

    private static <T> Map<String, T> sorted(Map<String, T> map) {
        return java.util.Collections.unmodifiableMap(new TreeMap<>(map));
    }
}
