package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Virtual networks, with the question whether an address of theirs is free. */
final class NetworkKind implements Kind {
    /** Shown as alternatives to a taken address, as in the published example. */
    private static final int ALTERNATIVES = 5;
    /** The first four and the last address of a subnet are the cloud's. */
    private static final int RESERVED = 4;

    @Override
    public String type() {
        return "virtualNetworks";
    }

    @Override
    public Map<String, String> inline() {
        Map<String, String> inner = new LinkedHashMap<>();
        inner.put("subnets", "subnets");
        inner.put("virtualNetworkPeerings", "virtualNetworkPeerings");
        return inner;
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        Rules.location(wish);
        List<String> space = Text.texts(wish, "properties.addressSpace.addressPrefixes");
        if (space.isEmpty()) {
            throw Rules.missing("properties.addressSpace.addressPrefixes");
        }
        space.forEach(Cidr::parse);
        ObjectNode body = Rules.copy(wish);
        ObjectNode properties = (ObjectNode) body.get("properties");
        properties.put("resourceGuid", old.flatMap(before -> before.text("properties.resourceGuid")).orElseGet(() -> UUID.randomUUID().toString())).put("enableDdosProtection", false);
        if (Text.text(properties, "bgpCommunities.virtualNetworkCommunity").filter(own -> !own.matches("12076:[2-4][0-9]{4}")).isPresent()) {
            throw ArmFault.badRequest("InvalidVirtualNetworkCommunity", "A virtual network's own community is 12076:20000 to 12076:49999.");
        }
        if (properties.path("bgpCommunities") instanceof ObjectNode communities) {
            communities.put("regionalCommunity", Catalog.regionalCommunity(Rules.location(wish)));
        }
        return body;
    }

    static List<Cidr> space(Resource network) {
        return Text.texts(network.body(), "properties.addressSpace.addressPrefixes").stream().map(Cidr::parse).toList();
    }

    @Override
    public void checkDelete(World world, Resource resource) {
        GatewayKind.of(world, resource.id()).ifPresent(gateway -> {
            throw ArmFault.badRequest("InUseSubnetCannotBeDeleted", "The virtual network " + resource.id().name() + " is in use by " + gateway.id().text() + ".");
        });
    }

    @Override
    public Optional<Action> action(World world, Resource resource, String method, String action, String argument, Map<String, String> query) {
        if (!"GET".equals(method) || !"CheckIPAddressAvailability".equalsIgnoreCase(action)) {
            return Optional.empty();
        }
        Cidr wanted = Cidr.parse(Optional.ofNullable(query.get("ipaddress")).orElseThrow(() -> Rules.missing("ipAddress")));
        return Optional.of(new Action(false, () -> availability(world, resource, wanted)));
    }

    private static ObjectNode availability(World world, Resource network, Cidr wanted) {
        Cidr subnet = world.children(network.id(), "subnets").stream().map(each -> Cidr.parse(each.text("properties.addressPrefix").orElse(""))).filter(each -> each.contains(wanted)).findFirst()
                .orElseThrow(() -> ArmFault.badRequest("PrivateIPAddressNotInAnySubnet", "Private static IP address " + wanted.address(0) + " does not belong to any subnet of virtual network " + network.id().name() + "."));
        Set<String> taken = new TreeSet<>();
        for (Resource nic : world.ofKind("networkInterfaces")) {
            nic.body().at("/properties/ipConfigurations").forEach(each -> Text.text(each, "properties.privateIPAddress").ifPresent(taken::add));
        }
        long offset = wanted.first().subtract(subnet.first()).longValue();
        long last = (1L << Math.min(30, subnet.width() - subnet.bits())) - 1;
        boolean platform = offset < RESERVED || offset == last;
        boolean free = !platform && !taken.contains(wanted.address(0));
        ObjectNode body = Text.object().put("available", free);
        ArrayNode others = body.putArray("availableIPAddresses");
        for (long next = RESERVED; !free && next < last && others.size() < ALTERNATIVES; next++) {
            if (!taken.contains(subnet.address(next))) {
                others.add(subnet.address(next));
            }
        }
        return body.put("isPlatformReserved", platform);
    }
}
