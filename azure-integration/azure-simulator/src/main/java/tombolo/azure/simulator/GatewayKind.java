package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tombolo.azure.simulator.edge.Edge;

/** Virtual network gateways of type ExpressRoute: in the network's GatewaySubnet, with tables of learned and advertised routes. */
final class GatewayKind implements Kind {
    private static final int ASN = 65_515;

    @Override
    public String type() {
        return "virtualNetworkGateways";
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        if (!"ExpressRoute".equals(Rules.need(wish, "properties.gatewayType"))) {
            throw ArmFault.badRequest("NotSupportedBySimulator", "Only gateways of type ExpressRoute are covered by this simulator.");
        }
        JsonNode configurations = Text.at(wish, "properties.ipConfigurations");
        if (!configurations.isArray() || configurations.isEmpty()) {
            throw Rules.missing("properties.ipConfigurations");
        }
        Resource subnet = world.linked(Text.text(configurations.get(0), "properties.subnet.id").orElseThrow(() -> Rules.missing("properties.ipConfigurations[0].properties.subnet.id")), "virtualNetworks/subnets");
        if (!"GatewaySubnet".equals(subnet.id().name())) {
            throw ArmFault.badRequest("VirtualNetworkGatewaySubnetNameInvalid", "A gateway must be in a subnet with the name GatewaySubnet, not in " + subnet.id().name() + ".");
        }
        for (Resource other : world.ofKind("virtualNetworkGateways")) {
            if (!other.id().key().equals(id.key()) && networkOf(world, other).map(network -> network.id().key()).equals(Optional.of(subnet.id().parent().key()))) {
                throw ArmFault.badRequest("VnetHasGatewayAlready", "The virtual network " + subnet.id().parent().name() + " has the gateway " + other.id().name() + " already.");
            }
        }
        ObjectNode body = Rules.copy(wish);
        ObjectNode properties = (ObjectNode) body.get("properties");
        Cidr range = Cidr.parse(subnet.text("properties.addressPrefix").orElse("0.0.0.0/32"));
        properties.putObject("bgpSettings").put("asn", ASN).put("bgpPeeringAddress", range.address(12) + "," + range.address(13)).put("peerWeight", 0);
        properties.put("resourceGuid", old.flatMap(before -> before.text("properties.resourceGuid")).orElseGet(() -> UUID.randomUUID().toString()));
        return body;
    }

    @Override
    public void checkDelete(World world, Resource resource) {
        world.ofKind("connections").stream().filter(each -> each.text("properties.virtualNetworkGateway1.id").map(id -> ResourceId.parse(id).key().equals(resource.id().key())).orElse(false))
                .findFirst().ifPresent(user -> {
                    throw ArmFault.conflict("GatewayInUse", "The gateway " + resource.id().name() + " cannot be deleted: connection " + user.id().name() + " uses it.");
                });
    }

    /** The virtual network that a connection links. */
    static Optional<Resource> network(World world, Resource connection) {
        return connection.text("properties.virtualNetworkGateway1.id").flatMap(id -> world.find(ResourceId.parse(id))).flatMap(gateway -> networkOf(world, gateway));
    }

    static Optional<Resource> networkOf(World world, Resource gateway) {
        return Text.text(gateway.body().at("/properties/ipConfigurations/0"), "properties.subnet.id").map(id -> ResourceId.parse(id).parent()).flatMap(world::find);
    }

    /** The gateway of a virtual network. */
    static Optional<Resource> of(World world, ResourceId network) {
        return world.ofKind("virtualNetworkGateways").stream().filter(each -> networkOf(world, each).map(found -> found.id().key().equals(network.key())).orElse(false)).findFirst();
    }

    @Override
    public Optional<Action> action(World world, Resource resource, String method, String action, String argument, Map<String, String> query) {
        if ("GET".equals(method) && "connections".equalsIgnoreCase(action)) {
            return Optional.of(new Action(false, () -> {
                ArrayNode rows = Text.array();
                world.ofKind("connections").stream().filter(each -> each.text("properties.virtualNetworkGateway1.id").map(id -> ResourceId.parse(id).key().equals(resource.id().key())).orElse(false))
                        .forEach(each -> rows.add(world.render(each)));
                return CircuitKind.value(rows);
            }));
        }
        if (!"POST".equals(method)) {
            return Optional.empty();
        }
        return switch (action.toLowerCase(Locale.ROOT)) {
            case "getlearnedroutes" -> Optional.of(new Action(true, () -> learned(world, resource)));
            case "getadvertisedroutes" -> {
                String peer = Optional.ofNullable(query.get("peer")).orElseThrow(() -> Rules.missing("peer"));
                yield Optional.of(new Action(true, () -> advertised(world, resource, peer)));
            }
            case "getbgppeerstatus" -> Optional.of(new Action(true, () -> peers(world, resource)));
            default -> Optional.empty();
        };
    }

    private static java.util.List<Resource> circuits(World world, Resource gateway) {
        return world.ofKind("connections").stream().filter(each -> each.applied().isPresent()
                && each.text("properties.virtualNetworkGateway1.id").map(id -> ResourceId.parse(id).key().equals(gateway.id().key())).orElse(false))
                .flatMap(each -> each.text("properties.peer.id").flatMap(id -> world.find(ResourceId.parse(id))).stream()).toList();
    }

    private static String local(Resource gateway) {
        return gateway.text("properties.bgpSettings.bgpPeeringAddress").orElse("").split(",")[0];
    }

    /** The addresses of the circuit's two edge routers as the gateway sees them: the same for every circuit here. */
    private static String edgeAddress(Resource gateway, Edge.Device device) {
        String local = local(gateway);
        int dot = local.lastIndexOf('.');
        return local.substring(0, dot + 1) + (device == Edge.Device.PRIMARY ? 4 : 5);
    }

    /** The network's own prefixes, then what each edge router has from the customer. */
    static JsonNode learned(World world, Resource gateway) {
        ArrayNode rows = Text.array();
        networkOf(world, gateway).ifPresent(network -> NetworkKind.space(network).forEach(prefix ->
                row(rows, local(gateway), prefix.toString(), "", local(gateway), "Network", "", 32_768)));
        for (Resource circuit : circuits(world, gateway)) {
            for (Edge.Device device : Edge.Device.values()) {
                Edge.Port port = new Edge.Port(circuit.text("properties.serviceKey").orElse(""), "AzurePrivatePeering", device);
                String edge = edgeAddress(gateway, device);
                for (Edge.Route route : world.edge().routes(port)) {
                    if (!route.path().startsWith(Integer.toString(ASN)) && !route.path().isBlank()) {
                        row(rows, local(gateway), route.network(), edge, edge, "EBgp", "12076-" + route.path().strip().replace(' ', '-'), 32_769);
                    }
                }
            }
        }
        return CircuitKind.value(rows);
    }

    private static JsonNode advertised(World world, Resource gateway, String peer) {
        ArrayNode rows = Text.array();
        networkOf(world, gateway).ifPresent(network -> {
            NetworkKind.space(network).forEach(prefix -> row(rows, local(gateway), prefix.toString(), local(gateway), peer, "Igp", Integer.toString(ASN), 0));
            NetworkPeeringKind.spokes(world, network.id()).forEach(spoke -> NetworkKind.space(spoke)
                    .forEach(prefix -> row(rows, local(gateway), prefix.toString(), local(gateway), peer, "Igp", Integer.toString(ASN), 0)));
        });
        return CircuitKind.value(rows);
    }

    private static JsonNode peers(World world, Resource gateway) {
        ArrayNode rows = Text.array();
        boolean linked = !circuits(world, gateway).isEmpty();
        for (Edge.Device device : Edge.Device.values()) {
            if (linked) {
                rows.addObject().put("localAddress", local(gateway)).put("neighbor", edgeAddress(gateway, device)).put("asn", PeeringKind.AZURE_ASN).put("state", "Connected")
                        .put("connectedDuration", "01:00:00").put("routesReceived", 0).put("messagesSent", 0).put("messagesReceived", 0);
            }
        }
        return CircuitKind.value(rows);
    }

    private static void row(ArrayNode rows, String local, String network, String nextHop, String source, String origin, String path, int weight) {
        rows.addObject().put("localAddress", local).put("network", network).put("nextHop", nextHop).put("sourcePeer", source).put("origin", origin).put("asPath", path).put("weight", weight);
    }
}
