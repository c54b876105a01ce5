package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** A type that is kept as it was written, without rules of its own. */
record PlainKind(String type) implements Kind {
    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        if (id.isTop()) {
            Rules.location(wish);
        }
        return Rules.copy(wish);
    }

    @Override
    public Map<String, String> inline() {
        return "routeTables".equals(type) ? Map.of("routes", "routes") : Map.of();
    }
}
