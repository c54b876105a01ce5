package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Authorizations: one key, one link. Revoking one ends the link that was made with it. */
final class AuthorizationKind implements Kind {
    @Override
    public String type() {
        return "expressRouteCircuits/authorizations";
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        ObjectNode properties = Text.object().put("authorizationKey", old.flatMap(before -> before.text("properties.authorizationKey")).orElseGet(() -> UUID.randomUUID().toString()));
        ObjectNode body = Text.object();
        body.set("properties", properties);
        return body;
    }

    @Override
    public void render(World world, Resource resource, ObjectNode copy) {
        List<Resource> users = users(world, resource);
        ObjectNode properties = ((ObjectNode) copy.get("properties")).put("authorizationUseStatus", users.isEmpty() ? "Available" : "InUse");
        users.stream().findFirst().ifPresent(user -> properties.put("connectionResourceUri", user.id().text()));
    }

    /** The connections that were made with it: one at most. */
    static List<Resource> users(World world, Resource authorization) {
        String key = authorization.text("properties.authorizationKey").orElse("");
        return world.connections(authorization.id().parent()).stream().filter(each -> each.text("properties.authorizationKey").equals(Optional.of(key))).toList();
    }

    @Override
    public void deleted(World world, Resource resource) {
        users(world, resource).forEach(user -> world.remove(user.id()));
    }
}
