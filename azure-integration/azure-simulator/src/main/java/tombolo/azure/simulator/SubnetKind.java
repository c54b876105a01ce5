package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** Subnets: inside their network, beside each other. */
final class SubnetKind implements Kind {
    @Override
    public String type() {
        return "virtualNetworks/subnets";
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        Cidr prefix = Cidr.parse(Rules.need(wish, "properties.addressPrefix"));
        Resource network = world.find(id.parent()).orElseThrow(() -> ArmFault.notFound(id.parent()));
        if (NetworkKind.space(network).stream().noneMatch(space -> space.contains(prefix))) {
            throw ArmFault.badRequest("NetcfgSubnetRangeOutsideVnet", "Subnet '" + id.name() + "' is not valid because its IP address range is outside the IP address range of virtual network '" + network.id().name() + "'.");
        }
        for (Resource other : world.children(id.parent(), "subnets")) {
            if (!other.id().key().equals(id.key()) && Cidr.parse(other.text("properties.addressPrefix").orElse("")).overlaps(prefix)) {
                throw ArmFault.badRequest("NetcfgSubnetRangesOverlap", "Subnet '" + id.name() + "' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '" + network.id().name() + "'.");
            }
        }
        return Rules.copy(wish);
    }

    @Override
    public void checkDelete(World world, Resource resource) {
        GatewayKind.of(world, resource.id().parent()).filter(gateway -> "GatewaySubnet".equals(resource.id().name())).ifPresent(gateway -> {
            throw ArmFault.badRequest("InUseSubnetCannotBeDeleted", "Subnet " + resource.id().name() + " is in use by " + gateway.id().text() + " and cannot be deleted.");
        });
    }
}
