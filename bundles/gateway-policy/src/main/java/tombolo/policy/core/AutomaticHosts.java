package tombolo.policy.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.HostEndpoint;
import tombolo.api.resource.KubeControllersConfiguration;
import tombolo.api.resource.KubeControllersConfiguration.NodeController;
import tombolo.api.resource.KubeControllersConfiguration.Template;
import tombolo.api.resource.Node;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;

/**
 * The host endpoints that a node has by itself where KubeControllersConfiguration says so: one for all its interfaces, and those of templates, with the labels and addresses of its
 * Node, and a profile that allows everything, so that they close nothing before a policy selects them. Each gateway makes its own; where Calico's controllers run too, both make the
 * same. Source: kube-controllers/pkg/controllers/node/hostendpoints.go.
 *
 * <pre>
 *  NODE-auto-hep                       *           all addresses                                    createDefaultHostEndpoint
 *  NODE-TEMPLATE-auto-hep              -           those in interfaceCIDRs; none: no endpoint       a template without interfacePattern
 *  NODE-TEMPLATE-INTERFACE-auto-hep    INTERFACE   those in interfaceCIDRs, and the interface's     a template with it, for each interface that it finds
 * </pre>
 *
 * <p>The interfaces are those that the Node lists. Where it lists none, as the Node of a gateway does, they are those that are there, but for the loopback interface and
 * workloads' own, which Calico's nodes do not list either.
 */
public final class AutomaticHosts {
    private static final String KIND = "HostEndpoint";
    private static final String CREATED_BY = "projectcalico.org/created-by";
    private static final String CREATOR = "calico-kube-controllers";
    private static final String SUFFIX = "-auto-hep";
    /** Of a resource (RFC 1123 subdomain); a longer name becomes a hash, see {@link #name}. */
    private static final int LONGEST_NAME = 253;
    /** Endpoints of one node: far beyond the interfaces that a machine has. */
    static final int MOST = 256;

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

        /** The host endpoints that would be stored or removed. */
        public Set<ResourceId> concerned() {
            Set<ResourceId> concerned = new HashSet<>(deletes);
            puts.forEach(document -> concerned.add(ResourceId.of(KIND, document.object("metadata").flatMap(metadata -> metadata.text("name")).orElseThrow())));
            return concerned;
        }
    }

    /**
     * @param own           this node's Node resource
     * @param configuration empty: nobody has said anything, and nothing is made or removed
     * @param resources     among them the host endpoints that are stored
     * @param interfaces    of this node that are there, with their addresses, without the loopback interface and workloads' own
     */
    public static Plan of(String node, Optional<Resource> own, Optional<Resource> configuration, Collection<Resource> resources, Map<String, Set<IpAddress>> interfaces) {
        if (configuration.isEmpty() || !(configuration.get().spec() instanceof KubeControllersConfiguration said)) {
            return Plan.NOTHING;
        }
        List<Json.Obj> puts = new ArrayList<>();
        Set<ResourceId> wanted = new HashSet<>();
        Optional<NodeController> controller = said.node().filter(NodeController::hostEndpointAutoCreate);
        if (controller.isPresent() && (controller.get().createDefaultHostEndpoint() || !controller.get().templates().isEmpty())) {
            if (own.isEmpty() || !(own.get().spec() instanceof Node spec)) {
                return Plan.NOTHING; // who this node is is not known yet
            }
            for (Wanted each : wanted(node, own.get(), spec, controller.get(), interfaces)) {
                wanted.add(each.id);
                if (resources.stream().filter(stored -> stored.id().equals(each.id)).noneMatch(each::is)) {
                    puts.add(each.document());
                }
            }
        }
        List<ResourceId> deletes = resources.stream().filter(each -> each.spec() instanceof HostEndpoint host && host.node().equals(node) && CREATOR.equals(each.labels().get(CREATED_BY)))
                .map(Resource::id).filter(id -> !wanted.contains(id)).toList();
        return new Plan(puts, deletes);
    }

    /** Whether what is made depends on the interfaces that are there. */
    public static boolean looksAtInterfaces(Optional<Resource> own, Optional<Resource> configuration) {
        return configuration.map(Resource::spec).filter(spec -> spec instanceof KubeControllersConfiguration said
                        && said.node().filter(NodeController::hostEndpointAutoCreate).filter(node -> !node.templates().isEmpty()).isPresent()).isPresent()
                && own.map(Resource::spec).filter(spec -> spec instanceof Node node && node.interfaces().isEmpty()).isPresent();
    }

    /** @param interfaceName empty: found by its addresses */
    private record Wanted(ResourceId id, String node, Optional<String> interfaceName, Map<String, String> labels, Map<String, String> annotations, Set<IpAddress> addresses) {
        boolean is(Resource stored) {
            return stored.spec() instanceof HostEndpoint host && host.node().equals(node) && host.interfaceName().equals(interfaceName)
                    && new HashSet<>(host.expectedIps()).equals(addresses) && host.profiles().equals(List.of(PolicyEngine.ALLOW_ALL)) && stored.labels().equals(labels)
                    && texts(stored.tree().object("metadata").flatMap(metadata -> metadata.object("annotations")).orElse(Json.Obj.EMPTY)).entrySet().containsAll(annotations.entrySet());
        }

        Json.Obj document() {
            Json.Obj metadata = Json.Obj.of("name", new Json.Text(id.name())).with("labels", object(labels));
            Json.Obj spec = Json.Obj.of("node", new Json.Text(node));
            if (interfaceName.isPresent()) {
                spec = spec.with("interfaceName", interfaceName.get());
            }
            spec = spec.with("expectedIPs", Json.Arr.texts(addresses.stream().map(IpAddress::toString).toList())).with("profiles", Json.Arr.texts(List.of(PolicyEngine.ALLOW_ALL)));
            return Json.Obj.of("apiVersion", new Json.Text("projectcalico.org/v3")).with("kind", KIND)
                    .with("metadata", annotations.isEmpty() ? metadata : metadata.with("annotations", object(annotations))).with("spec", spec);
        }

        private static Json.Obj object(Map<String, String> texts) {
            Json.Obj object = Json.Obj.EMPTY;
            for (Map.Entry<String, String> text : texts.entrySet()) {
                object = object.with(text.getKey(), text.getValue());
            }
            return object;
        }

        private static Map<String, String> texts(Json.Obj object) {
            Map<String, String> texts = new TreeMap<>();
            object.members().forEach((name, value) -> {
                if (value instanceof Json.Text(String text)) {
                    texts.put(name, text);
                }
            });
            return texts;
        }
    }

    /** Of two templates that come to one name, the later, as it is written last. */
    private static Collection<Wanted> wanted(String node, Resource own, Node spec, NodeController controller, Map<String, Set<IpAddress>> there) {
        Map<String, Set<IpAddress>> interfaces = interfaces(spec, there);
        Set<IpAddress> all = addresses(spec);
        Map<ResourceId, Wanted> wanted = new LinkedHashMap<>();
        if (controller.createDefaultHostEndpoint()) {
            add(wanted, new Wanted(name(node), node, Optional.of(HostInterfaces.ALL), labels(own, Map.of()), Map.of(), all));
        }
        spec.interfaces().forEach(each -> each.addresses().forEach(address -> all.add(address.address())));
        for (Template template : controller.templates()) {
            if (template.nodeSelector().filter(selector -> !selector.matches(own.labels())).isPresent()) {
                continue;
            }
            String prefix = node + template.generateName().map(said -> "-" + said).orElse("");
            Set<IpAddress> chosen = new LinkedHashSet<>();
            all.stream().filter(address -> template.interfaceCidrs().stream().anyMatch(net -> net.contains(address))).forEach(chosen::add);
            if (template.interfacePattern().isEmpty()) {
                if (!chosen.isEmpty()) {
                    add(wanted, new Wanted(name(prefix), node, Optional.empty(), labels(own, template.labels()), template.annotations(), chosen));
                }
                continue;
            }
            Pattern pattern = Pattern.compile(template.interfacePattern().get());
            interfaces.forEach((name, addresses) -> {
                if (pattern.matcher(name).find()) {
                    Set<IpAddress> both = new LinkedHashSet<>(chosen);
                    both.addAll(addresses);
                    add(wanted, new Wanted(name(prefix + "-" + name), node, Optional.of(name), labels(own, template.labels()), template.annotations(), both));
                }
            });
        }
        return wanted.values();
    }

    private static void add(Map<ResourceId, Wanted> wanted, Wanted one) {
        if (wanted.size() < MOST || wanted.containsKey(one.id)) {
            wanted.put(one.id, one);
        }
    }

    private static Map<String, Set<IpAddress>> interfaces(Node node, Map<String, Set<IpAddress>> there) {
        Map<String, Set<IpAddress>> interfaces = new TreeMap<>();
        node.interfaces().forEach(each -> interfaces.put(each.name(), each.addresses().stream().map(address -> address.address()).collect(Collectors.toCollection(LinkedHashSet::new))));
        if (interfaces.isEmpty()) {
            // Those by which IPv6 finds its neighbours are of the link and say nothing of the node.
            there.forEach((name, addresses) -> interfaces.put(name, addresses.stream().filter(address -> !address.isLinkLocal()).sorted().collect(Collectors.toCollection(LinkedHashSet::new))));
        }
        return interfaces;
    }

    private static Map<String, String> labels(Resource own, Map<String, String> more) {
        Map<String, String> labels = new TreeMap<>(own.labels());
        labels.putAll(more);
        labels.put(CREATED_BY, CREATOR);
        return labels;
    }

    /** Calico's names, so that both make the same: a name that is too long becomes the SHA-256 of it in base 64, its letters small and without what no name may have. */
    private static ResourceId name(String prefix) {
        String name = prefix + SUFFIX;
        if (name.length() > LONGEST_NAME) {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
                name = (Base64.getUrlEncoder().withoutPadding().encodeToString(digest).replaceAll("[-_.]", "") + SUFFIX).toLowerCase(Locale.ROOT);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java platform has SHA-256", e);
            }
        }
        return ResourceId.of(KIND, name);
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
