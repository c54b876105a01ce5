package tombolo.dataplane.core.overlay;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tombolo.api.json.Json;
import tombolo.api.resource.FelixConfiguration;
import tombolo.api.resource.Resource;

/** The FelixConfigurations that concern one node, the weightiest first: {@code node.<name>}, then the oldest whose selector selects the node, then {@code default}. */
record FelixParameters(List<FelixConfiguration> layers) {
    FelixParameters {
        layers = List.copyOf(layers);
    }

    static FelixParameters of(String node, Map<String, String> labels, Collection<Resource> resources) {
        List<FelixConfiguration> layers = new ArrayList<>();
        named("node." + node, resources).ifPresent(layers::add);
        resources.stream().filter(resource -> resource.spec() instanceof FelixConfiguration felix && felix.nodeSelector().filter(selector -> selector.matches(labels)).isPresent())
                .min(Comparator.comparing(FelixParameters::created).thenComparing(Resource::id)).ifPresent(resource -> layers.add((FelixConfiguration) resource.spec()));
        named("default", resources).ifPresent(layers::add);
        return new FelixParameters(layers);
    }

    private static Optional<FelixConfiguration> named(String name, Collection<Resource> resources) {
        return resources.stream().filter(resource -> resource.id().name().equals(name) && resource.spec() instanceof FelixConfiguration)
                .map(resource -> (FelixConfiguration) resource.spec()).findFirst();
    }

    /** RFC 3339 times of one zone order as texts; one without a time counts as the newest. */
    private static String created(Resource resource) {
        return resource.tree().object("metadata").orElse(Json.Obj.EMPTY).text("creationTimestamp").orElse("9999");
    }

    /** A number in its range; what is unset, zero or outside is {@code otherwise}. */
    int number(String name, int min, int max, int otherwise) {
        for (FelixConfiguration layer : layers) {
            OptionalLong value = layer.integer(name);
            if (value.isPresent()) {
                return value.getAsLong() >= min && value.getAsLong() <= max ? (int) value.getAsLong() : otherwise;
            }
        }
        return otherwise;
    }

    boolean enabled(String name) {
        return layers.stream().flatMap(layer -> layer.bool(name).stream()).findFirst().orElse(true);
    }
}
