package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;

/** What is particular to one type of resource. Called with the {@link World}'s lock held. */
interface Kind {
    /** Such as {@code expressRouteCircuits/peerings}. */
    String type();

    /**
     * What the resource becomes: location, tags, sku and properties.
     *
     * @param old  what is there now
     * @param wish the body of the PUT
     * @throws ArmFault where ARM refuses
     */
    ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller);

    /** Child resources that may come inside the body, and are shown inside it: type by member of properties. */
    default Map<String, String> inline() {
        return Map.of();
    }

    /** @throws ArmFault where a DELETE is refused */
    default void checkDelete(World world, Resource resource) { }

    /** A PUT has come to its end. */
    default void settled(World world, Resource resource) { }

    /** A DELETE has come to its end; the resource is gone already. */
    default void deleted(World world, Resource resource) { }

    /** Adds to a copy what is computed and not stored. */
    default void render(World world, Resource resource, ObjectNode copy) { }

    /** A GET or POST on {@code resource/action[/argument]}; empty where there is no such action. */
    default Optional<Action> action(World world, Resource resource, String method, String action, String argument, Map<String, String> query) {
        return Optional.empty();
    }

    /**
     * What an action answers.
     *
     * @param slow whether it is a long-running operation
     * @param result asked for at its end
     */
    record Action(boolean slow, java.util.function.Supplier<JsonNode> result) { }
}
