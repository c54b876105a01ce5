package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Links of virtual network gateways to circuits. */
final class ConnectionKind implements Kind {
    private static final int MAX_WEIGHT = 32_000;
    private static final int MAX_NETWORK_PREFIXES = 200;

    @Override
    public String type() {
        return "connections";
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        Rules.location(wish);
        if (!"ExpressRoute".equals(Rules.need(wish, "properties.connectionType"))) {
            throw ArmFault.badRequest("NotSupportedBySimulator", "Only connections of type ExpressRoute are covered by this simulator.");
        }
        Resource gateway = world.linked(Rules.need(wish, "properties.virtualNetworkGateway1.id"), "virtualNetworkGateways");
        Resource circuit = world.linked(Rules.need(wish, "properties.peer.id"), "expressRouteCircuits");
        if (!gateway.text("properties.gatewayType").equals(Optional.of("ExpressRoute"))) {
            throw ArmFault.badRequest("GatewayTypeNotExpressRoute", "The gateway " + gateway.id().name() + " is not of type ExpressRoute.");
        }
        for (Resource needed : List.of(gateway, circuit)) {
            world.operations().busy(needed.id()).ifPresent(running -> {
                throw new ArmFault(429, "RetryableErrorDueToAnotherOperation", "Operation on " + id.name() + " cannot be started since another one works on " + needed.id().name() + ".").header("Retry-After", "1");
            });
        }
        long weight = Text.integer(wish, "properties.routingWeight").orElse(0L);
        if (weight < 0 || weight > MAX_WEIGHT) {
            throw ArmFault.badRequest("InvalidRoutingWeight", "The routing weight " + weight + " is not valid: 0 to " + MAX_WEIGHT + ".");
        }
        old.ifPresentOrElse(before -> same(before, gateway, circuit), () -> permit(world, gateway, circuit, wish, caller));
        ObjectNode body = Rules.copy(wish);
        ObjectNode properties = ((ObjectNode) body.get("properties")).put("routingWeight", weight);
        properties.put("enableBgp", false).put("connectionStatus", "Connecting").put("ingressBytesTransferred", 0).put("egressBytesTransferred", 0);
        properties.put("resourceGuid", old.flatMap(before -> before.text("properties.resourceGuid")).orElseGet(() -> UUID.randomUUID().toString()));
        old.flatMap(before -> before.text("properties.authorizationKey")).ifPresent(key -> properties.put("authorizationKey", key));
        return body;
    }

    private static void same(Resource old, Resource gateway, Resource circuit) {
        if (!ResourceId.parse(old.text("properties.peer.id").orElse("")).key().equals(circuit.id().key())
                || !ResourceId.parse(old.text("properties.virtualNetworkGateway1.id").orElse("")).key().equals(gateway.id().key())) {
            throw ArmFault.badRequest("ConnectionPropertyCannotBeChanged", "The gateway and the circuit of connection " + old.id().name() + " cannot be changed. Delete it and make a new one.");
        }
    }

    private static void permit(World world, Resource gateway, Resource circuit, ObjectNode wish, Principal caller) {
        if (!circuit.text("properties.serviceProviderProvisioningState").equals(Optional.of("Provisioned"))) {
            throw ArmFault.badRequest("CircuitNotProvisionedByServiceProvider", "Circuit " + circuit.id().name() + " cannot be linked: the service provider has not provisioned it.");
        }
        Optional<String> key = Text.text(wish, "properties.authorizationKey");
        if (key.isPresent()) {
            Resource authorization = world.children(circuit.id(), "authorizations").stream().filter(each -> each.text("properties.authorizationKey").equals(key)).findFirst()
                    .orElseThrow(() -> ArmFault.badRequest("InvalidAuthorizationKey", "The authorization key is not one of circuit " + circuit.id().name() + "."));
            if (!AuthorizationKind.users(world, authorization).isEmpty()) {
                throw ArmFault.badRequest("AuthorizationAlreadyInUse", "The authorization " + authorization.id().name() + " of circuit " + circuit.id().name() + " is in use by another connection.");
            }
        } else if (!gateway.id().subscription().equalsIgnoreCase(circuit.id().subscription()) || !caller.mayUse(circuit.id().subscription())) {
            throw new ArmFault(403, "LinkedAuthorizationFailed", "The client '" + caller.name() + "' has permission to perform the action on the connection, but not on the linked circuit "
                    + circuit.id().text() + ". Give an authorizationKey.");
        }
        List<Resource> links = world.connections(circuit.id());
        if (links.size() >= CircuitKind.linkLimit(circuit)) {
            throw ArmFault.badRequest("CircuitLinkLimitReached", "Circuit " + circuit.id().name() + " has " + links.size() + " links, as many as its SKU and bandwidth allow.");
        }
        Resource network = GatewayKind.networkOf(world, gateway).orElseThrow(() -> ArmFault.badRequest("GatewayHasNoNetwork", "The gateway " + gateway.id().name() + " is in no virtual network."));
        List<Cidr> space = NetworkKind.space(network);
        if (space.size() > MAX_NETWORK_PREFIXES) {
            throw ArmFault.badRequest("TooManyAddressPrefixes", "The virtual network " + network.id().name() + " has " + space.size() + " prefixes; " + MAX_NETWORK_PREFIXES + " are allowed.");
        }
        for (Resource link : links) {
            Resource other = GatewayKind.network(world, link).orElse(network);
            boolean overlap = NetworkKind.space(other).stream().anyMatch(taken -> space.stream().anyMatch(taken::overlaps));
            if (overlap) {
                throw ArmFault.badRequest("OverlappingAddressSpace", "The address space of " + network.id().name() + " overlaps that of " + other.id().name() + ", which is linked to the circuit by " + link.id().name() + ".");
            }
        }
        world.children(circuit.id(), "peerings").forEach(peering -> PeeringKind.linkPrefixes(peering).stream().filter(end -> space.stream().anyMatch(end::overlaps)).findFirst().ifPresent(end -> {
            throw ArmFault.badRequest("OverlappingAddressSpace", "The address space of " + network.id().name() + " overlaps " + end + " of peering " + peering.id().name() + ".");
        }));
    }

    @Override
    public void render(World world, Resource resource, ObjectNode copy) {
        ObjectNode properties = (ObjectNode) copy.get("properties");
        properties.remove("authorizationKey"); // a secret is written and never shown
        boolean peered = resource.applied().isPresent() && resource.text("properties.peer.id").flatMap(id -> world.find(ResourceId.parse(id)))
                .flatMap(circuit -> world.children(circuit.id(), "peerings").stream().filter(each -> "AzurePrivatePeering".equals(each.id().name())).findFirst())
                .filter(peering -> peering.applied().isPresent()).isPresent();
        properties.put("connectionStatus", peered ? "Connected" : resource.applied().isPresent() ? "NotConnected" : "Connecting");
    }
}
