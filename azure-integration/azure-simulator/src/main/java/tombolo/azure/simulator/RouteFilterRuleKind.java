package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/** The one rule of a route filter. */
final class RouteFilterRuleKind implements Kind {
    @Override
    public String type() {
        return "routeFilters/routeFilterRules";
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        if (!"Allow".equals(Rules.need(wish, "properties.access")) || !"Community".equals(Rules.need(wish, "properties.routeFilterRuleType"))) {
            throw ArmFault.badRequest("InvalidRouteFilterRule", "A route filter's rule has access Allow and type Community.");
        }
        if (world.children(id.parent(), "routeFilterRules").stream().anyMatch(other -> !other.id().key().equals(id.key()))) {
            throw ArmFault.badRequest("RouteFilterRuleLimitReached", "Route filter " + id.parent().name() + " has a rule already; one is allowed.");
        }
        List<String> communities = Text.texts(wish, "properties.communities");
        if (communities.isEmpty()) {
            throw Rules.missing("properties.communities");
        }
        communities.stream().filter(community -> !Catalog.knows(community)).findFirst().ifPresent(unknown -> {
            throw ArmFault.badRequest("InvalidBgpCommunity", "The community " + unknown + " is not one of bgpServiceCommunities.");
        });
        return Rules.copy(wish);
    }
}
