package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Route filters: what a Microsoft peering announces. */
final class RouteFilterKind implements Kind {
    @Override
    public String type() {
        return "routeFilters";
    }

    @Override
    public Map<String, String> inline() {
        return Map.of("routeFilterRules", "rules");
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        Rules.location(wish);
        return Rules.copy(wish);
    }

    private static List<Resource> users(World world, Resource filter) {
        return world.ofKind("expressRouteCircuits/peerings").stream().filter(each -> each.text("properties.routeFilter.id")
                .map(id -> ResourceId.parse(id).key().equals(filter.id().key())).orElse(false)).toList();
    }

    @Override
    public void render(World world, Resource resource, ObjectNode copy) {
        ArrayNode peerings = ((ObjectNode) copy.get("properties")).putArray("peerings");
        users(world, resource).forEach(user -> peerings.addObject().put("id", user.id().text()));
    }

    @Override
    public void checkDelete(World world, Resource resource) {
        users(world, resource).stream().findFirst().ifPresent(user -> {
            throw ArmFault.badRequest("RouteFilterInUse", "Route filter " + resource.id().name() + " cannot be deleted: peering " + user.id().text() + " uses it.");
        });
    }
}
