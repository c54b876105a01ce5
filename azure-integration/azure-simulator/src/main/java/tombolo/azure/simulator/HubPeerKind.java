package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** BGP peers of a Route Server. Its sessions are not simulated: a peer has announced nothing, and is told the networks. */
final class HubPeerKind implements Kind {
    private static final int PEERS = 8;
    private static final int MAX_ASN = 65_535;

    @Override
    public String type() {
        return "virtualHubs/bgpConnections";
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        long asn = Text.integer(wish, "properties.peerAsn").orElseThrow(() -> Rules.missing("properties.peerAsn"));
        boolean reserved = List.of(8_074L, 8_075L, 12_076L, 23_456L, 65_515L, 65_535L).contains(asn) || asn >= 65_517 && asn <= 65_520 || asn >= 64_496 && asn <= 64_511;
        if (asn < 1 || asn > MAX_ASN || reserved) {
            throw ArmFault.badRequest("InvalidPeerAsn", "The peer ASN " + asn + " is reserved, or not of 16 bits.");
        }
        Cidr.parse(Rules.need(wish, "properties.peerIp"));
        if (world.children(id.parent(), "bgpConnections").stream().filter(other -> !other.id().key().equals(id.key())).count() >= PEERS) {
            throw ArmFault.badRequest("RouteServerPeerLimitReached", "Route server " + id.parent().name() + " has " + PEERS + " peers already.");
        }
        ObjectNode body = Rules.copy(wish);
        ((ObjectNode) body.get("properties")).put("connectionState", "Connected");
        return body;
    }

    @Override
    public Optional<Action> action(World world, Resource resource, String method, String action, String argument, Map<String, String> query) {
        boolean learned = "learnedRoutes".equalsIgnoreCase(action);
        if (!"POST".equals(method) || !learned && !"advertisedRoutes".equalsIgnoreCase(action)) {
            return Optional.empty();
        }
        return Optional.of(new Action(true, () -> {
            Resource hub = world.find(resource.id().parent()).orElseThrow();
            List<String> own = HubKind.addresses(world, hub);
            ObjectNode body = Text.object();
            for (int role = 0; role < 2; role++) {
                ArrayNode rows = body.putArray("RouteServiceRole_IN_" + role);
                String local = role < own.size() ? own.get(role) : "";
                if (!learned) {
                    network(world, hub).ifPresent(network -> NetworkKind.space(network).forEach(prefix -> rows.addObject().put("localAddress", local).put("network", prefix.toString())
                            .put("nextHop", local).put("sourcePeer", resource.text("properties.peerIp").orElse("")).put("origin", "Igp").put("asPath", Integer.toString(HubKind.ASN)).put("weight", 0)));
                }
            }
            return body;
        }));
    }

    private static Optional<Resource> network(World world, Resource hub) {
        return world.children(hub.id(), "ipConfigurations").stream().findFirst().flatMap(each -> each.text("properties.subnet.id")).flatMap(id -> world.find(ResourceId.parse(id).parent()));
    }
}
