package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** Where a Route Server is: a subnet with the name RouteServerSubnet. */
final class HubAddressKind implements Kind {
    @Override
    public String type() {
        return "virtualHubs/ipConfigurations";
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        Resource subnet = world.linked(Rules.need(wish, "properties.subnet.id"), "virtualNetworks/subnets");
        if (!"RouteServerSubnet".equals(subnet.id().name())) {
            throw ArmFault.badRequest("RouteServerSubnetNameInvalid", "A route server must be in a subnet with the name RouteServerSubnet, not in " + subnet.id().name() + ".");
        }
        return Rules.copy(wish);
    }
}
