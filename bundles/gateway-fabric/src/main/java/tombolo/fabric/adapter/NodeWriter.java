package tombolo.fabric.adapter;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.NodeSettings;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.InterfaceAddress;
import tombolo.api.resource.Node;
import tombolo.api.resource.Resource;
import tombolo.api.resource.Resources;
import tombolo.api.resource.Resources.WriteOutcome;
import tombolo.api.route.KernelRoutes;
import tombolo.api.route.NextHop;
import tombolo.fabric.core.Detection;
import tombolo.fabric.core.OwnNode;
import tombolo.fabric.core.TunnelKind;

/**
 * Writes this node's Node resource where it does not say what is so. Blocks: never on a Loop.
 *
 * @param settings of the node; @param as that etc/ says
 * @param stored   the Node resource as it was heard last
 * @param links    the interfaces; empty: not known, then nothing is looked for
 * @param routes   who knows the way to an address
 * @param tunnels  who holds the node's tunnel addresses; empty: what stands there stays
 * @param pools    for them, by kind
 */
record NodeWriter(Resources resources, NodeSettings settings, Optional<Asn> as, Optional<Resource> stored, Optional<List<Link>> links, Optional<KernelRoutes> routes,
                  Optional<TunnelAddresses> tunnels, Map<TunnelKind, List<Prefix>> pools) {
    private static final Logger LOG = LoggerFactory.getLogger(NodeWriter.class);

    /** @return whether the stored resource is right now */
    boolean write() {
        Optional<InterfaceAddress> ipv4 = address(AddressFamily.IPV4, settings.ipv4Address(), settings.ipv4Detection());
        Optional<InterfaceAddress> ipv6 = address(AddressFamily.IPV6, settings.ipv6Address(), settings.ipv6Detection());
        Optional<Node> said = stored.flatMap(resource -> resource.spec() instanceof Node node ? Optional.of(node) : Optional.empty());
        Map<TunnelKind, Optional<IpAddress>> ends = tunnels.map(addresses -> addresses.settle(settings.name(), pools, said)).orElse(Map.of());
        Optional<Json.Obj> document = OwnNode.document(settings.name(), stored, ipv4, ipv6, as, ends);
        if (document.isEmpty()) {
            return true;
        }
        String told = "Node(" + settings.name() + ") with " + ipv4.map(InterfaceAddress::toString).orElse("no IPv4 address") + ipv6.map(address -> ", " + address).orElse("");
        try {
            return switch (resources.write(stored.isPresent() ? Resources.Verb.REPLACE : Resources.Verb.CREATE, document.get())) {
                case WriteOutcome.Done(Resource resource, boolean changed) -> {
                    LOG.info("TMB-FAB-003 {} is written: so the other nodes of the cluster know this one", told);
                    yield true;
                }
                case WriteOutcome.Refused(List<Resources.Problem> problems) -> {
                    LOG.warn("TMB-FAB-004 {} is not written: {}. Trying again", told, problems.stream().map(Resources.Problem::message).collect(Collectors.joining("; ")));
                    yield false;
                }
            };
        } catch (DatastoreException e) {
            LOG.warn("TMB-FAB-004 {} is not written: {}. Trying again", told, e.getMessage());
            return false;
        }
    }

    /** Where nothing can be found what stands there stays: an interface that is down for a moment does not change who this node is. */
    private Optional<InterfaceAddress> address(AddressFamily family, String said, String method) {
        Optional<InterfaceAddress> found = links.isEmpty() && said.equals(NodeSettings.AUTODETECT) ? Optional.empty()
                : Detection.address(family, said, method, links.orElse(List.of()), this::towards);
        return found.isPresent() || !said.equals(NodeSettings.AUTODETECT) ? found : stored.flatMap(resource -> resource.spec() instanceof Node node ? node.bgp() : Optional.empty())
                .flatMap(bgp -> family == AddressFamily.IPV4 ? bgp.ipv4Address() : bgp.ipv6Address());
    }

    private Optional<String> towards(IpAddress address) {
        return routes.stream().flatMap(kernel -> kernel.explain(address).stream()).filter(KernelRoutes.Explained::used).flatMap(route -> route.route().nextHops().stream())
                .flatMap(hop -> hop.interfaceName().stream()).findFirst();
    }
}
