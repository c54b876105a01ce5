package tombolo.policy.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.HostEndpoint;
import tombolo.api.resource.KubeControllersConfiguration;
import tombolo.api.resource.KubeControllersConfiguration.NodeController;
import tombolo.api.resource.Node;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;

/**
 * The host endpoint that a node has by itself where KubeControllersConfiguration says so: for all its interfaces, with the labels and addresses of its Node, and a profile that
 * allows everything, so that it closes nothing before a policy selects it. Each gateway makes its own; where Calico's controllers run too, both make the same. Source:
 * kube-controllers/pkg/controllers/node/hostendpoints.go.
 *
 * <p>Known gap: {@code templates}.
 */
public final class AutomaticHosts {
    private static final String KIND = "HostEndpoint";
    private static final String CREATED_BY = "projectcalico.org/created-by";
    private static final String CREATOR = "calico-kube-controllers";

    private AutomaticHosts() { }

    /** @param puts documents to be stored @param deletes what was made for this node by itself and is not wanted any more */
    public record Plan(List<Json.Obj> puts, List<ResourceId> deletes) {
        public static final Plan NOTHING = new Plan(List.of(), List.of());

        public Plan {
            puts = List.copyOf(puts);
            deletes = List.copyOf(deletes);
        }

        public boolean isEmpty() {
            return puts.isEmpty() && deletes.isEmpty();
        }
    }

    /**
     * @param own           this node's Node resource
     * @param configuration empty: nobody has said anything, and nothing is made or removed
     * @param resources     among them the host endpoints that are stored
     */
    public static Plan of(String node, Optional<Resource> own, Optional<Resource> configuration, Collection<Resource> resources) {
        if (configuration.isEmpty() || !(configuration.get().spec() instanceof KubeControllersConfiguration said)) {
            return Plan.NOTHING;
        }
        List<Json.Obj> puts = new ArrayList<>();
        Set<ResourceId> wanted = new HashSet<>();
        if (said.node().filter(NodeController::hostEndpointAutoCreate).filter(NodeController::createDefaultHostEndpoint).isPresent()) {
            if (own.isEmpty() || !(own.get().spec() instanceof Node spec)) {
                return Plan.NOTHING; // who this node is is not known yet
            }
            ResourceId id = ResourceId.of(KIND, node + "-auto-hep");
            wanted.add(id);
            Map<String, String> labels = new TreeMap<>(own.get().labels());
            labels.put(CREATED_BY, CREATOR);
            Set<IpAddress> addresses = addresses(spec);
            Optional<Resource> stored = resources.stream().filter(each -> each.id().equals(id)).findFirst();
            if (stored.isEmpty() || !same(stored.get(), node, labels, addresses)) {
                puts.add(document(id, node, labels, addresses));
            }
        }
        List<ResourceId> deletes = resources.stream().filter(each -> each.spec() instanceof HostEndpoint host && host.node().equals(node) && CREATOR.equals(each.labels().get(CREATED_BY)))
                .map(Resource::id).filter(id -> id.name().equals(node + "-auto-hep") && !wanted.contains(id)).toList();
        return new Plan(puts, deletes);
    }

    /** Whether templates are configured, which nobody here follows. */
    public static boolean asksForTemplates(Resource configuration) {
        return configuration.spec() instanceof KubeControllersConfiguration said && said.node().filter(NodeController::hostEndpointAutoCreate).filter(node -> !node.templates().isEmpty()).isPresent();
    }

    private static boolean same(Resource stored, String node, Map<String, String> labels, Set<IpAddress> addresses) {
        return stored.spec() instanceof HostEndpoint host && host.node().equals(node) && host.interfaceName().filter(HostInterfaces.ALL::equals).isPresent()
                && new HashSet<>(host.expectedIps()).equals(addresses) && host.profiles().equals(List.of(PolicyEngine.ALLOW_ALL)) && stored.labels().equals(labels);
    }

    private static Json.Obj document(ResourceId id, String node, Map<String, String> labels, Set<IpAddress> addresses) {
        Json.Obj marked = Json.Obj.EMPTY;
        for (Map.Entry<String, String> label : labels.entrySet()) {
            marked = marked.with(label.getKey(), label.getValue());
        }
        Json.Obj spec = Json.Obj.of("node", new Json.Text(node)).with("interfaceName", HostInterfaces.ALL).with("expectedIPs", Json.Arr.texts(addresses.stream().map(IpAddress::toString).toList()))
                .with("profiles", Json.Arr.texts(List.of(PolicyEngine.ALLOW_ALL)));
        return Json.Obj.of("apiVersion", new Json.Text("projectcalico.org/v3")).with("kind", KIND).with("metadata", Json.Obj.of("name", new Json.Text(id.name())).with("labels", marked)).with("spec", spec);
    }

    private static Set<IpAddress> addresses(Node node) {
        Set<IpAddress> addresses = new LinkedHashSet<>();
        node.bgp().ifPresent(bgp -> {
            bgp.ipv4Address().ifPresent(address -> addresses.add(address.address()));
            bgp.ipv6Address().ifPresent(address -> addresses.add(address.address()));
            bgp.ipv4IpipTunnelAddr().ifPresent(addresses::add);
        });
        node.addresses().stream().filter(each -> each.type().filter("InternalIP"::equals).isPresent()).forEach(each -> addresses.add(each.address().address()));
        node.ipv4VxlanTunnelAddr().ifPresent(addresses::add);
        node.ipv6VxlanTunnelAddr().ifPresent(addresses::add);
        node.wireguardInterfaceIpv4Address().ifPresent(addresses::add);
        node.wireguardInterfaceIpv6Address().ifPresent(addresses::add);
        return addresses;
    }
}
