package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Network interfaces of virtual machines, with the routes that are in effect on them. */
final class InterfaceKind implements Kind {
    @Override
    public String type() {
        return "networkInterfaces";
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        Rules.location(wish);
        JsonNode configurations = Text.at(wish, "properties.ipConfigurations");
        if (!configurations.isArray() || configurations.isEmpty()) {
            throw Rules.missing("properties.ipConfigurations");
        }
        configurations.forEach(each -> Text.text(each, "properties.subnet.id").ifPresent(subnet -> world.linked(subnet, "virtualNetworks/subnets")));
        return Rules.copy(wish);
    }

    @Override
    public Optional<Action> action(World world, Resource resource, String method, String action, String argument, Map<String, String> query) {
        return "POST".equals(method) && "effectiveRouteTable".equalsIgnoreCase(action) ? Optional.of(new Action(true, () -> effective(world, resource))) : Optional.empty();
    }

    private static JsonNode effective(World world, Resource nic) {
        ArrayNode rows = Text.array();
        Text.text(nic.body().at("/properties/ipConfigurations/0"), "properties.subnet.id").flatMap(id -> world.find(ResourceId.parse(id))).ifPresent(subnet -> {
            Resource network = world.find(subnet.id().parent()).orElseThrow();
            NetworkKind.space(network).forEach(prefix -> row(rows, "Default", prefix.toString(), "VnetLocal", List.of()));
            world.children(network.id(), "virtualNetworkPeerings").forEach(peering -> world.find(ResourceId.parse(peering.text("properties.remoteVirtualNetwork.id").orElse("")))
                    .ifPresent(other -> NetworkKind.space(other).forEach(prefix -> row(rows, "Default", prefix.toString(), "VNetPeering", List.of()))));
            NetworkPeeringKind.customerRoutes(world, network.id()).forEach(route -> row(rows, "VirtualNetworkGateway", route.network(), "VirtualNetworkGateway", List.of(route.nextHop())));
            subnet.text("properties.routeTable.id").flatMap(id -> world.find(ResourceId.parse(id))).ifPresent(table -> world.children(table.id(), "routes").forEach(route ->
                    row(rows, "User", route.text("properties.addressPrefix").orElse(""), route.text("properties.nextHopType").orElse(""), route.text("properties.nextHopIpAddress").stream().toList())));
            row(rows, "Default", "0.0.0.0/0", "Internet", List.of());
        });
        return CircuitKind.value(rows);
    }

    private static void row(ArrayNode rows, String source, String prefix, String nextHopType, List<String> nextHops) {
        ObjectNode row = rows.addObject().put("source", source).put("state", "Active").put("nextHopType", nextHopType);
        row.putArray("addressPrefix").add(prefix);
        row.set("nextHopIpAddress", Text.texts(nextHops));
    }
}
