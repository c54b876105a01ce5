package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.azure.simulator.edge.Edge;

/** Peerings of virtual networks, with the use of the other's gateway. */
final class NetworkPeeringKind implements Kind {
    @Override
    public String type() {
        return "virtualNetworks/virtualNetworkPeerings";
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        Resource other = world.linked(Rules.need(wish, "properties.remoteVirtualNetwork.id"), "virtualNetworks");
        Resource network = world.find(id.parent()).orElseThrow(() -> ArmFault.notFound(id.parent()));
        if (NetworkKind.space(other).stream().anyMatch(theirs -> NetworkKind.space(network).stream().anyMatch(theirs::overlaps))) {
            throw ArmFault.badRequest("VnetAddressSpacesOverlap", "Cannot create or update peering " + id.text() + ". Virtual networks " + network.id().text() + " and " + other.id().text()
                    + " cannot be peered because their address spaces overlap.");
        }
        boolean uses = Text.at(wish, "properties.useRemoteGateways").asBoolean(false);
        if (uses && GatewayKind.of(world, other.id()).isEmpty()) {
            throw ArmFault.badRequest("PeeringRemoteGatewayNotFound", "Peering " + id.name() + " cannot use remote gateways: the remote virtual network " + other.id().name() + " has none.");
        }
        if (uses && GatewayKind.of(world, network.id()).isPresent()) {
            throw ArmFault.badRequest("VnetHasGatewayAndUsesRemote", "Peering " + id.name() + " cannot use remote gateways: virtual network " + network.id().name() + " has one of its own.");
        }
        ObjectNode body = Rules.copy(wish);
        ObjectNode properties = (ObjectNode) body.get("properties");
        for (String flag : List.of("allowVirtualNetworkAccess", "allowForwardedTraffic", "allowGatewayTransit", "useRemoteGateways")) {
            properties.put(flag, properties.path(flag).asBoolean("allowVirtualNetworkAccess".equals(flag)));
        }
        return body;
    }

    @Override
    public void render(World world, Resource resource, ObjectNode copy) {
        ((ObjectNode) copy.get("properties")).put("peeringState", back(world, resource).isPresent() ? "Connected" : "Initiated");
    }

    private static Optional<Resource> back(World world, Resource peering) {
        ResourceId other = ResourceId.parse(peering.text("properties.remoteVirtualNetwork.id").orElse(""));
        return world.children(other, "virtualNetworkPeerings").stream()
                .filter(each -> ResourceId.parse(each.text("properties.remoteVirtualNetwork.id").orElse("")).key().equals(peering.id().parent().key())).findFirst();
    }

    /** The networks whose traffic takes this one's gateway: allowed here, used there. */
    static List<Resource> spokes(World world, ResourceId hub) {
        List<Resource> spokes = new ArrayList<>();
        for (Resource peering : world.children(hub, "virtualNetworkPeerings")) {
            back(world, peering).filter(other -> peering.body().at("/properties/allowGatewayTransit").asBoolean() && other.body().at("/properties/useRemoteGateways").asBoolean())
                    .flatMap(other -> world.find(other.id().parent())).ifPresent(spokes::add);
        }
        return spokes;
    }

    /** The network whose gateway carries this one's traffic: itself, or a hub. */
    static ResourceId gatewayNetwork(World world, ResourceId network) {
        return world.children(network, "virtualNetworkPeerings").stream().filter(each -> each.body().at("/properties/useRemoteGateways").asBoolean())
                .map(each -> ResourceId.parse(each.text("properties.remoteVirtualNetwork.id").orElse(""))).filter(hub -> spokes(world, hub).stream().anyMatch(each -> each.id().key().equals(network.key())))
                .findFirst().orElse(network);
    }

    /** What a virtual network's machines learn from the circuits that its gateway is linked to. */
    static List<Edge.Route> customerRoutes(World world, ResourceId network) {
        List<Edge.Route> routes = new ArrayList<>();
        GatewayKind.of(world, gatewayNetwork(world, network)).ifPresent(gateway -> GatewayKind.learned(world, gateway).get("value").forEach(row -> {
            if ("EBgp".equals(row.path("origin").asText())) {
                routes.add(new Edge.Route(row.path("network").asText(), row.path("nextHop").asText(), "", 0, row.path("asPath").asText()));
            }
        }));
        return routes;
    }
}
