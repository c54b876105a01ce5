package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.UUID;

/** A resource as ARM keeps it: the members that a GET shows, without its child resources. Owned by whoever holds the {@link World}'s lock. */
final class Resource {
    private final ResourceId id;
    private final ObjectNode body;
    private String etag = "";
    private Optional<ObjectNode> applied = Optional.empty();

    Resource(ResourceId id, ObjectNode body) {
        this.id = id;
        this.body = body;
        body.putIfAbsent("properties", Text.object());
        touch();
    }

    ResourceId id() {
        return id;
    }

    /** location, tags, sku, properties and the like; never name, id, type or etag. */
    ObjectNode body() {
        return body;
    }

    ObjectNode properties() {
        return (ObjectNode) body.get("properties");
    }

    String etag() {
        return etag;
    }

    /** A new etag: something has changed. */
    void touch() {
        etag = "W/\"" + UUID.randomUUID() + "\"";
    }

    void state(String provisioningState) {
        properties().put("provisioningState", provisioningState);
        touch();
    }

    /** What is written has taken effect: it is what the edge is told. */
    void apply() {
        applied = Optional.of(body.deepCopy());
    }

    void applied(ObjectNode earlier) {
        applied = Optional.of(earlier);
    }

    /** The body as of the last operation that succeeded; empty while the first one runs. */
    Optional<ObjectNode> applied() {
        return applied;
    }

    Optional<String> text(String path) {
        return Text.text(body, path);
    }

    Optional<Long> integer(String path) {
        return Text.integer(body, path);
    }

    String location() {
        return text("location").orElse("global");
    }
}
