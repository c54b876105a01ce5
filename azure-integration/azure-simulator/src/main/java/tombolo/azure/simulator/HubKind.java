package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** Route Server, which ARM calls a virtual hub of SKU Standard without a virtual WAN. */
final class HubKind implements Kind {
    static final int ASN = 65_515;

    @Override
    public String type() {
        return "virtualHubs";
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        Rules.location(wish);
        if (!Text.text(wish, "properties.sku").equals(Optional.of("Standard")) || Text.at(wish, "properties.virtualWan").isObject()) {
            throw ArmFault.badRequest("NotSupportedBySimulator", "Only route servers (sku Standard, no virtualWan) are covered by this simulator.");
        }
        ObjectNode body = Rules.copy(wish);
        ObjectNode properties = (ObjectNode) body.get("properties");
        properties.put("allowBranchToBranchTraffic", properties.path("allowBranchToBranchTraffic").asBoolean(false));
        if (!properties.has("hubRoutingPreference")) {
            properties.put("hubRoutingPreference", "ExpressRoute");
        }
        properties.put("virtualRouterAsn", ASN);
        return body;
    }

    @Override
    public void render(World world, Resource resource, ObjectNode copy) {
        ((ObjectNode) copy.get("properties")).set("virtualRouterIps", Text.texts(addresses(world, resource)));
    }

    /** Both routers' addresses: the fourth and fifth of the subnet that it was put into. */
    static List<String> addresses(World world, Resource hub) {
        return world.children(hub.id(), "ipConfigurations").stream().findFirst().flatMap(each -> each.text("properties.subnet.id")).flatMap(id -> world.find(ResourceId.parse(id)))
                .map(subnet -> Cidr.parse(subnet.text("properties.addressPrefix").orElse(""))).map(range -> List.of(range.address(4), range.address(5))).orElse(List.of());
    }
}
