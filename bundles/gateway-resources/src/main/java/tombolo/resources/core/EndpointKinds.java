package tombolo.resources.core;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.json.Json;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.net.RouterId;
import tombolo.api.resource.HostEndpoint;
import tombolo.api.resource.InterfaceAddress;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.LabelForm;
import tombolo.api.resource.LiveMigration;
import tombolo.api.resource.Node;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.resource.WorkloadEndpoint;
import tombolo.api.selector.Selector;

/** Nodes and endpoints. Source: {@code libcalico-go/lib/apis/internalapi}, {@code libcalico-go/lib/names/workloadendpoint.go} and {@code libcalico-go/lib/validator/v3}. */
final class EndpointKinds {
    private static final String INTERFACE_RULE = "wanted an interface name of 1 to 15 letters, digits, '_', '.' and '-'";
    private static final String MAC_RULE = "wanted a MAC address such as 02:00:00:00:00:01";
    private static final String KEY_RULE = "wanted a WireGuard public key, 32 bytes in Base64";
    private static final String PORT_NAME_RULE = "wanted a port name of up to 15 lower case letters, digits and '-', with at least one letter";
    private static final long PETA = 1_000_000_000_000_000L;
    private static final long MOST_BURST = 34_359_738_360L;
    /** Limits of {@code qosControls}: least and most where not 0. */
    private static final Map<String, long[]> QOS = qos();

    private EndpointKinds() { }

    private static Map<String, long[]> qos() {
        Map<String, long[]> limits = new LinkedHashMap<>();
        for (String direction : List.of("ingress", "egress")) {
            limits.put(direction + "Bandwidth", new long[] {1000, PETA});
            limits.put(direction + "Burst", new long[] {1000, MOST_BURST});
            limits.put(direction + "Peakrate", new long[] {1010, PETA / 100 * 101});
            limits.put(direction + "Minburst", new long[] {1000, 100_000_000});
            limits.put(direction + "PacketRate", new long[] {1, 10_000});
            limits.put(direction + "PacketBurst", new long[] {1, 10_000});
            limits.put(direction + "MaxConnections", new long[] {1, 0xffff_ffffL});
        }
        return limits;
    }

    // ---------------------------------------------------------------- nodes

    static ResourceSpec node(Reading reading) {
        Fields spec = reading.spec();
        Optional<Node.Bgp> bgp = spec.object("bgp").map(each -> {
            Node.Bgp read = new Node.Bgp(each.parsedScalar("asNumber", Forms::asn), each.parsed("ipv4Address", Forms.interfaceAddress(AddressFamily.IPV4)),
                    each.parsed("ipv6Address", Forms.interfaceAddress(AddressFamily.IPV6)), each.parsed("ipv4IPIPTunnelAddr", Forms.address(AddressFamily.IPV4)),
                    each.parsed("routeReflectorClusterID", RouterId::parse));
            if (each.object().members().isEmpty()) {
                each.problem(Fields.RULE, "", "empty", "leave it out, or give at least an address");
            }
            each.checkRest();
            return read;
        });
        Fields wireguard = spec.objectOrEmpty("wireguard");
        Fields status = reading.status();
        Node node = new Node(bgp, spec.parsed("ipv4VXLANTunnelAddr", Forms.address(AddressFamily.IPV4)), spec.text("vxlanTunnelMACAddr", Forms.is(Forms.MAC), MAC_RULE),
                spec.parsed("ipv6VXLANTunnelAddr", Forms.address(AddressFamily.IPV6)), spec.text("vxlanTunnelMACAddrV6", Forms.is(Forms.MAC), MAC_RULE),
                spec.objects("orchRefs", Integer.MAX_VALUE, EndpointKinds::orchRef), wireguard.parsed("interfaceIPv4Address", Forms.address(AddressFamily.IPV4)),
                wireguard.parsed("interfaceIPv6Address", Forms.address(AddressFamily.IPV6)),
                spec.objects("addresses", Integer.MAX_VALUE, EndpointKinds::nodeAddress).stream().flatMap(Optional::stream).toList(),
                spec.objects("interfaces", Integer.MAX_VALUE, EndpointKinds::nodeInterface), status.text("wireguardPublicKey", Forms.is(Forms.WIREGUARD_KEY), KEY_RULE),
                status.text("wireguardPublicKeyV6", Forms.is(Forms.WIREGUARD_KEY), KEY_RULE), status.parsedList("podCIDRs", Integer.MAX_VALUE, Forms::looseNetwork));
        wireguard.checkRest();
        return node;
    }

    private static Node.OrchRef orchRef(Fields each) {
        Node.OrchRef ref = new Node.OrchRef(each.text("nodeName"), each.required("orchestrator", each.text("orchestrator"), ""));
        each.checkRest();
        return ref;
    }

    private static Optional<Node.Address> nodeAddress(Fields each) {
        Optional<InterfaceAddress> address = each.parsed("address", InterfaceAddress::parse);
        each.required("address", address.map(InterfaceAddress::toString), "");
        Optional<String> type = each.choice("type", Forms.words("CalicoNodeIP", "CalicoNodeIP", "InternalIP", "InternalIP", "ExternalIP", "ExternalIP"));
        each.checkRest();
        return address.map(read -> new Node.Address(read, type));
    }

    private static Node.Interface nodeInterface(Fields each) {
        Node.Interface read = new Node.Interface(each.text("name").orElse(""), each.parsedList("addresses", Integer.MAX_VALUE, InterfaceAddress::parse));
        each.checkRest();
        return read;
    }

    // ---------------------------------------------------------------- host endpoints

    static ResourceSpec hostEndpoint(Reading reading) {
        Fields spec = reading.spec();
        String node = spec.required("node", spec.text("node", Forms.is(Forms.NAME), Forms.NAME_RULE), "?");
        HostEndpoint endpoint = new HostEndpoint(node, spec.text("interfaceName", text -> text.equals("*") || Forms.INTERFACE.matcher(text).matches(), INTERFACE_RULE + ", or *"),
                spec.parsedList("expectedIPs", Integer.MAX_VALUE, IpAddress::parse), spec.parsedList("profiles", Integer.MAX_VALUE, Forms::name),
                spec.objects("ports", Integer.MAX_VALUE, EndpointKinds::hostPort));
        spec.require(spec.has("interfaceName") || !spec.object().array("expectedIPs").isEmpty(), "interfaceName", "one of interfaceName and expectedIPs must be given");
        return endpoint;
    }

    private static HostEndpoint.Port hostPort(Fields each) {
        String name = each.required("name", each.text("name", Forms.is(Forms.PORT_NAME), PORT_NAME_RULE), "?");
        HostEndpoint.Port port = new HostEndpoint.Port(name, protocol(each), portNumber(each));
        each.checkRest();
        return port;
    }

    private static IpProtocol protocol(Fields each) {
        Optional<IpProtocol> protocol = each.parsedScalar("protocol", IpProtocol::parse);
        if (!each.has("protocol")) {
            each.problem(Fields.MISSING, "protocol", "", "must be given");
        }
        each.require(protocol.isEmpty() || protocol.get().hasPorts(), "protocol", "has no ports: wanted TCP, UDP or SCTP");
        return protocol.orElse(IpProtocol.TCP);
    }

    private static int portNumber(Fields each) {
        OptionalInt port = each.smallInteger("port", 1, 65535);
        if (!each.has("port")) {
            each.problem(Fields.MISSING, "port", "", "must be given");
        }
        return port.orElse(1);
    }

    // ---------------------------------------------------------------- workload endpoints

    /** {@code <node>-<orchestrator>-<workload, pod or container>-<endpoint>}, a dash inside a part doubled; empty where a part is missing. */
    static Optional<String> endpointName(Json.Obj spec) {
        String orchestrator = spec.text("orchestrator").orElse("");
        String workload = switch (orchestrator) {
            case "k8s" -> spec.text("pod").orElse("");
            case "cni" -> spec.text("containerID").orElse("");
            case "libnetwork" -> "libnetwork";
            default -> spec.text("workload").orElse("");
        };
        List<String> parts = List.of(spec.text("node").orElse(""), orchestrator, workload, spec.text("endpoint").orElse(""));
        if (parts.stream().anyMatch(part -> part.isEmpty() || part.startsWith("-") || part.endsWith("-"))) {
            return Optional.empty();
        }
        return Optional.of(String.join("-", parts.stream().map(part -> part.replace("-", "--")).toList()));
    }

    /** The labels by which Calico's own programs find endpoints. */
    static Json.Obj endpointDefaults(Json.Obj tree) {
        Json.Obj spec = tree.object("spec").orElse(Json.Obj.EMPTY);
        Json.Obj metadata = tree.object("metadata").orElse(Json.Obj.EMPTY);
        Json.Obj labels = metadata.object("labels").orElse(Json.Obj.EMPTY);
        labels = labels.with("projectcalico.org/namespace", metadata.text("namespace").orElse("default"));
        labels = labels.with("projectcalico.org/orchestrator", spec.text("orchestrator").orElse(""));
        if (spec.text("serviceAccountName").filter(text -> !text.isEmpty()).isPresent()) {
            labels = labels.with("projectcalico.org/serviceaccount", spec.text("serviceAccountName").get());
        }
        return tree.with("metadata", metadata.with("labels", labels));
    }

    static ResourceSpec workloadEndpoint(Reading reading) {
        Fields spec = reading.spec();
        Optional<String> name = endpointName(spec.object());
        if (name.isEmpty()) {
            spec.problem(Fields.MISSING, "", "", "node, orchestrator, endpoint and, by the orchestrator, pod (k8s), containerID (cni) or workload must be given, none with a '-' at an end");
        } else if (!name.get().equals(reading.name())) {
            spec.problem(Fields.RULE, "", reading.name(), "the name of this endpoint must be " + name.get() + ", which its node, orchestrator, workload and endpoint make");
        }
        List<Prefix> networks = spec.parsedList("ipNetworks", Integer.MAX_VALUE, text -> {
            Prefix network = Forms.network(text);
            if (network.length() != network.family().bits()) {
                throw new IllegalArgumentException("wanted a single address, /32 or /128");
            }
            return network;
        });
        List<WorkloadEndpoint.IpNat> nats = spec.objects("ipNATs", Integer.MAX_VALUE, each -> nat(each, networks)).stream().flatMap(Optional::stream).toList();
        return new WorkloadEndpoint(part(spec, "orchestrator"), part(spec, "workload"), part(spec, "node"),
                spec.text("containerID", Forms.is(Forms.CONTAINER), "wanted letters, digits and '-' inside"), part(spec, "pod"), part(spec, "endpoint"), part(spec, "serviceAccountName"),
                networks, nats, spec.parsed("ipv4Gateway", Forms.address(AddressFamily.IPV4)), spec.parsed("ipv6Gateway", Forms.address(AddressFamily.IPV6)),
                spec.parsedList("profiles", Integer.MAX_VALUE, Forms::name), spec.text("interfaceName", Forms.is(Forms.INTERFACE), INTERFACE_RULE),
                spec.text("mac", Forms.is(Forms.MAC), MAC_RULE), spec.objects("ports", Integer.MAX_VALUE, EndpointKinds::workloadPort),
                spec.parsedList("allowSpoofedSourcePrefixes", Integer.MAX_VALUE, Forms::looseNetwork), qos(spec));
    }

    private static Optional<String> part(Fields spec, String name) {
        return spec.text(name, LabelForm::isDnsName, Forms.NAME_RULE);
    }

    private static Optional<WorkloadEndpoint.IpNat> nat(Fields each, List<Prefix> networks) {
        Optional<IpAddress> internal = each.parsed("internalIP", IpAddress::parse);
        Optional<IpAddress> external = each.parsed("externalIP", IpAddress::parse);
        each.required("internalIP", internal.map(IpAddress::toString), "");
        each.required("externalIP", external.map(IpAddress::toString), "");
        each.require(internal.isEmpty() || networks.stream().anyMatch(network -> network.contains(internal.get())), "internalIP", "is none of the endpoint's ipNetworks");
        each.require(internal.isEmpty() || external.isEmpty() || internal.get().family() == external.get().family(), "externalIP", "must be of the family of internalIP");
        each.checkRest();
        return internal.isPresent() && external.isPresent() ? Optional.of(new WorkloadEndpoint.IpNat(internal.get(), external.get())) : Optional.empty();
    }

    private static WorkloadEndpoint.Port workloadPort(Fields each) {
        Optional<String> name = each.text("name", Forms.is(Forms.PORT_NAME), PORT_NAME_RULE);
        OptionalInt hostPort = each.smallInteger("hostPort", 0, 65535);
        boolean mapped = hostPort.isPresent() && hostPort.getAsInt() > 0;
        each.require(each.has("name") || mapped, "name", "must be given where there is no hostPort");
        WorkloadEndpoint.Port port = new WorkloadEndpoint.Port(name, protocol(each), portNumber(each), mapped ? hostPort : OptionalInt.empty(),
                each.parsed("hostIP", IpAddress::parse));
        each.checkRest();
        return port;
    }

    private static Map<String, Long> qos(Fields spec) {
        Map<String, Long> set = new LinkedHashMap<>();
        spec.object("qosControls").ifPresent(each -> {
            QOS.forEach((name, limits) -> {
                Optional<Long> value = each.integer(name, 0, Long.MAX_VALUE);
                if (value.isPresent() && value.get() != 0) {
                    if (value.get() < limits[0] || value.get() > limits[1]) {
                        each.problem(Fields.RANGE, name, value.get().toString(), "wanted 0 (none), or " + limits[0] + " to " + limits[1]);
                    }
                    set.put(name, value.get());
                }
            });
            each.knows("dscp");
            each.checkRest();
        });
        return set;
    }

    // ---------------------------------------------------------------- live migrations

    static ResourceSpec liveMigration(Reading reading) {
        Fields spec = reading.spec();
        Optional<LiveMigration.Source> source = spec.object("source").flatMap(each -> {
            exactlyOne(each, "workload", "workloadEndpoint");
            Optional<LiveMigration.Source> read = each.object("workload").map(inner -> (LiveMigration.Source) new LiveMigration.Source.Workload(identity(inner)))
                    .or(() -> each.object("workloadEndpoint").map(inner -> new LiveMigration.Source.Endpoint(identity(inner))));
            each.checkRest();
            return read;
        });
        Optional<LiveMigration.Target> target = spec.object("target").flatMap(each -> {
            exactlyOne(each, "selector", "workloadEndpoint");
            Optional<LiveMigration.Target> read = each.parsed("selector", Selector::parse).map(selector -> (LiveMigration.Target) new LiveMigration.Target.Selected(selector))
                    .or(() -> each.object("workloadEndpoint").map(inner -> new LiveMigration.Target.Endpoint(identity(inner))));
            each.checkRest();
            return read;
        });
        return new LiveMigration(source, target);
    }

    private static void exactlyOne(Fields each, String one, String other) {
        if (each.has(one) == each.has(other)) {
            each.problem(Fields.RULE, "", "", "wanted exactly one of " + one + " and " + other);
        }
    }

    private static LiveMigration.Identity identity(Fields each) {
        LiveMigration.Identity identity = new LiveMigration.Identity(each.text("hostname"), each.text("orchestratorID"), each.text("workloadID"), each.text("endpointID"));
        each.checkRest();
        return identity;
    }
}
