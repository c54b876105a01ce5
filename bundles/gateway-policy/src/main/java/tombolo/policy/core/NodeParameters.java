package tombolo.policy.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.FelixConfiguration;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.Node;
import tombolo.api.resource.Resource;

/**
 * What FelixConfiguration says of policy on this node, key by key: {@code node.<name>} before the oldest whose selector selects the node, before {@code default}.
 *
 * @param dropToHost whether what an endpoint's policy lets it send to this host itself is dropped nevertheless
 * @param inbound    ports of this host that no policy of a host endpoint closes
 * @param outbound   ports elsewhere that no policy of a host endpoint closes to this host
 * @param workloads  what the names of workloads' interfaces begin with
 * @param tunnels    to other nodes, which no policy of a host endpoint closes
 * @param sources    {@code workloadSourceSpoofing: Any}: whether endpoints may send from the networks that they ask for besides their own addresses
 * @param wrapped    what endpoints may send that is a packet within a packet
 * @param invalid    {@code disableConntrackInvalidCheck}: whether what connection tracking takes for no part of a flow is left to policy; else endpoints neither send nor get it
 */
public record NodeParameters(boolean dropToHost, List<Failsafe> inbound, List<Failsafe> outbound, List<String> workloads, Tunnels tunnels, boolean sources, Wrapped wrapped, boolean invalid) {
    /**
     * A workload that sends what tunnels carry would be taken for a node, whatever its policy says of the packet within. Source: {@code AllowVXLANPacketsFromWorkloads} and
     * {@code AllowIPIPPacketsFromWorkloads} in felix/rules/endpoints.go, both false by default.
     *
     * @param vxlan     whether UDP to {@code vxlanPort} is left to policy; else it is dropped
     * @param vxlanPort 1-65535
     * @param ipInIp    whether IP in IP (RFC 2003) is left to policy; else it is dropped
     */
    public record Wrapped(boolean vxlan, int vxlanPort, boolean ipInIp) {
        public static final Wrapped DROPPED = new Wrapped(false, VXLAN_PORT, false);

        /** Whether such a packet of an endpoint is dropped before its policy is asked. */
        public boolean drops(Packet packet) {
            return !vxlan && packet.protocol().equals(IpProtocol.UDP) && packet.destinationPort() == vxlanPort || !ipInIp && packet.protocol().number() == IP_IN_IP;
        }
    }

    /** The protocol's number. */
    public static final int IP_IN_IP = 4;

    /**
     * Source: felix/rules/static.go: "Without this, it's too easy to make a host policy that blocks VXLAN traffic".
     *
     * @param nodes     addresses of the other nodes
     * @param vxlanPort UDP; empty: this node has no VXLAN tunnel
     * @param ipInIp    whether this node has a tunnel of that kind
     */
    public record Tunnels(Set<IpAddress> nodes, OptionalInt vxlanPort, boolean ipInIp) {
        public static final Tunnels NONE = new Tunnels(Set.of(), OptionalInt.empty(), false);

        public Tunnels {
            nodes = Set.copyOf(nodes);
        }
    }

    /** A port that stays open. @param net only from there, or only to there */
    public record Failsafe(IpProtocol protocol, int port, Optional<Prefix> net) { }

    /** Source: FailsafeInboundHostPorts in felix/config/config_params.go: ssh, BGP, etcd, Typha, the API server, DHCP. */
    private static final List<Failsafe> INBOUND = failsafes(List.of(22, 179, 2379, 2380, 5473, 6443, 6666, 6667), List.of(68));
    /** Source: FailsafeOutboundHostPorts in the same place. */
    private static final List<Failsafe> OUTBOUND = failsafes(List.of(179, 2379, 2380, 5473, 6443, 6666, 6667), List.of(53, 67));
    private static final int VXLAN_PORT = 4789;
    private static final String CALICO_PREFIX = "cali";
    public static final NodeParameters DEFAULT = new NodeParameters(false, INBOUND, OUTBOUND, List.of(CALICO_PREFIX));

    public NodeParameters {
        inbound = List.copyOf(inbound);
        outbound = List.copyOf(outbound);
        workloads = List.copyOf(workloads);
    }

    /** @param labels of the node; @param prefixes of interfaces that this gateway's own networks make, besides the one that is configured */
    public static NodeParameters of(String node, Map<String, String> labels, Collection<Resource> resources, List<String> prefixes) {
        List<FelixConfiguration> layers = layers(node, labels, resources);
        List<String> workloads = new ArrayList<>(List.of(layers.stream().flatMap(layer -> layer.text("interfacePrefix").stream()).findFirst().orElse(CALICO_PREFIX).split(",")));
        workloads.addAll(prefixes);
        boolean drop = layers.stream().flatMap(layer -> layer.text("defaultEndpointToHostAction").stream()).findFirst().filter("Drop"::equalsIgnoreCase).isPresent();
        return new NodeParameters(drop, failsafes(layers, "failsafeInboundHostPorts", INBOUND), failsafes(layers, "failsafeOutboundHostPorts", OUTBOUND),
                workloads.stream().map(String::strip).filter(NodeParameters::isPrefix).distinct().sorted().toList(), tunnels(node, layers, resources),
                layers.stream().flatMap(layer -> layer.text("workloadSourceSpoofing").stream()).findFirst().filter("Any"::equalsIgnoreCase).isPresent(),
                new Wrapped(said(layers, "allowVXLANPacketsFromWorkloads"), vxlanPort(layers), said(layers, "allowIPIPPacketsFromWorkloads")),
                said(layers, "disableConntrackInvalidCheck"));
    }

    private static boolean said(List<FelixConfiguration> layers, String name) {
        return layers.stream().flatMap(layer -> layer.parameters().bool(name).stream()).findFirst().orElse(false);
    }

    private static int vxlanPort(List<FelixConfiguration> layers) {
        return (int) layers.stream().map(layer -> layer.integer("vxlanPort")).filter(OptionalLong::isPresent).mapToLong(OptionalLong::getAsLong).filter(said -> said > 0 && said < 65536).findFirst()
                .orElse(VXLAN_PORT);
    }

    private static Tunnels tunnels(String own, List<FelixConfiguration> layers, Collection<Resource> resources) {
        Set<IpAddress> others = new HashSet<>();
        OptionalInt port = OptionalInt.empty();
        boolean ipInIp = false;
        for (Resource resource : resources) {
            if (!(resource.spec() instanceof Node node)) {
                continue;
            }
            if (!resource.id().name().equals(own)) {
                node.bgp().ifPresent(bgp -> Stream.of(bgp.ipv4Address(), bgp.ipv6Address()).flatMap(Optional::stream).forEach(address -> others.add(address.address())));
            } else {
                ipInIp = node.bgp().flatMap(Node.Bgp::ipv4IpipTunnelAddr).isPresent();
                if (node.ipv4VxlanTunnelAddr().isPresent() || node.ipv6VxlanTunnelAddr().isPresent()) {
                    port = OptionalInt.of(vxlanPort(layers));
                }
            }
        }
        return port.isEmpty() && !ipInIp ? Tunnels.NONE : new Tunnels(others, port, ipInIp);
    }

    /** Of a node without tunnels. */
    public NodeParameters(boolean dropToHost, List<Failsafe> inbound, List<Failsafe> outbound, List<String> workloads) {
        this(dropToHost, inbound, outbound, workloads, Tunnels.NONE, false, Wrapped.DROPPED, false);
    }

    public NodeParameters withInvalid(boolean left) {
        return new NodeParameters(dropToHost, inbound, outbound, workloads, tunnels, sources, wrapped, left);
    }

    public NodeParameters withSources(boolean any) {
        return new NodeParameters(dropToHost, inbound, outbound, workloads, tunnels, any, wrapped, invalid);
    }

    public NodeParameters withWrapped(Wrapped allowed) {
        return new NodeParameters(dropToHost, inbound, outbound, workloads, tunnels, sources, allowed, invalid);
    }

    public NodeParameters withDropToHost(boolean drop) {
        return new NodeParameters(drop, inbound, outbound, workloads, tunnels, sources, wrapped, invalid);
    }

    /** @param prefix what names of other workloads' interfaces begin with */
    public NodeParameters withWorkload(String prefix) {
        return new NodeParameters(dropToHost, inbound, outbound, Stream.concat(workloads.stream(), Stream.of(prefix)).distinct().sorted().toList(), tunnels, sources, wrapped, invalid);
    }

    /** What others say otherwise, such as {@code FelixConfiguration: interfacePrefix}. */
    List<String> differences(NodeParameters others) {
        Map<String, Boolean> same = new LinkedHashMap<>();
        same.put("FelixConfiguration: defaultEndpointToHostAction", dropToHost == others.dropToHost);
        same.put("FelixConfiguration: failsafeInboundHostPorts", inbound.equals(others.inbound));
        same.put("FelixConfiguration: failsafeOutboundHostPorts", outbound.equals(others.outbound));
        same.put("FelixConfiguration: interfacePrefix", workloads.equals(others.workloads));
        same.put("Node: tunnels to other nodes", tunnels.equals(others.tunnels));
        same.put("FelixConfiguration: workloadSourceSpoofing", sources == others.sources);
        same.put("FelixConfiguration: disableConntrackInvalidCheck", invalid == others.invalid);
        same.put("FelixConfiguration: what endpoints may send of what tunnels carry", wrapped.equals(others.wrapped));
        return same.entrySet().stream().filter(each -> !each.getValue()).map(Map.Entry::getKey).toList();
    }

    /** What of it decides about packets between this node's endpoints. */
    List<Object> betweenEndpoints() {
        return List.of(inbound, outbound, wrapped);
    }

    public boolean isWorkload(String interfaceName) {
        return workloads.stream().anyMatch(interfaceName::startsWith);
    }

    /** What the kernel can compare the beginning of a name with; "lo" and the like would close the host itself and are no workloads' prefix. */
    private static boolean isPrefix(String text) {
        return text.matches("[a-zA-Z0-9_.-]{2,14}") && !HostInterfaces.LOOPBACK.startsWith(text);
    }

    private static List<FelixConfiguration> layers(String node, Map<String, String> labels, Collection<Resource> resources) {
        List<FelixConfiguration> layers = new ArrayList<>();
        named("node." + node, resources).ifPresent(layers::add);
        resources.stream().filter(resource -> resource.spec() instanceof FelixConfiguration felix && felix.nodeSelector().filter(selector -> selector.matches(labels)).isPresent())
                .min(Comparator.comparing(NodeParameters::created).thenComparing(Resource::id)).ifPresent(resource -> layers.add((FelixConfiguration) resource.spec()));
        named("default", resources).ifPresent(layers::add);
        return layers;
    }

    private static Optional<FelixConfiguration> named(String name, Collection<Resource> resources) {
        return resources.stream().filter(resource -> resource.id().name().equals(name) && resource.spec() instanceof FelixConfiguration)
                .map(resource -> (FelixConfiguration) resource.spec()).findFirst();
    }

    /** RFC 3339 times of one zone order as texts; one without a time counts as the newest. */
    private static String created(Resource resource) {
        return resource.tree().object("metadata").orElse(Json.Obj.EMPTY).text("creationTimestamp").orElse("9999");
    }

    /** An empty list is one that was said: no port is open by itself then. */
    private static List<Failsafe> failsafes(List<FelixConfiguration> layers, String name, List<Failsafe> otherwise) {
        return layers.stream().filter(layer -> layer.parameters().get(name).filter(Json.Arr.class::isInstance).isPresent()).findFirst().map(layer -> {
            List<Failsafe> failsafes = new ArrayList<>();
            for (Json item : layer.parameters().array(name)) {
                if (item instanceof Json.Obj each && each.integer("port").isPresent()) {
                    failsafes.add(new Failsafe(each.text("protocol").map(IpProtocol::parse).orElse(IpProtocol.TCP), (int) each.integer("port").getAsLong(), each.text("net").map(NodeParameters::net)));
                }
            }
            return failsafes.stream().distinct().toList();
        }).orElse(otherwise);
    }

    private static Prefix net(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? Prefix.host(IpAddress.parse(text)) : Prefix.of(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    private static List<Failsafe> failsafes(List<Integer> tcp, List<Integer> udp) {
        List<Failsafe> failsafes = new ArrayList<>();
        tcp.forEach(port -> failsafes.add(new Failsafe(IpProtocol.TCP, port, Optional.empty())));
        udp.forEach(port -> failsafes.add(new Failsafe(IpProtocol.UDP, port, Optional.empty())));
        return failsafes;
    }
}
