package tombolo.api.resource;

import java.util.Comparator;
import java.util.Optional;

/**
 * Which resource.
 *
 * @param kind      as in a document, such as {@code IPPool}
 * @param namespace where the kind is namespaced
 */
public record ResourceId(String kind, Optional<String> namespace, String name) implements Comparable<ResourceId> {
    private static final Comparator<ResourceId> ORDER = Comparator.comparing(ResourceId::kind).thenComparing(id -> id.namespace.orElse("")).thenComparing(ResourceId::name);

    public static ResourceId of(String kind, String name) {
        return new ResourceId(kind, Optional.empty(), name);
    }

    public static ResourceId of(String kind, String namespace, String name) {
        return new ResourceId(kind, Optional.of(namespace), name);
    }

    @Override
    public int compareTo(ResourceId other) {
        return ORDER.compare(this, other);
    }

    /** {@code IPPool(default-pool)} or {@code NetworkPolicy(web/allow-http)}, as calicoctl's messages name a resource. */
    @Override
    public String toString() {
        return kind + "(" + namespace.map(text -> text + "/").orElse("") + name + ")";
    }
}
