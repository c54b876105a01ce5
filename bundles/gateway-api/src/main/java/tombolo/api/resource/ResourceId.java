package tombolo.api.resource;

import java.util.Optional;

/**
 * Which resource.
 *
 * @param kind      as in a document, such as {@code IPPool}
 * @param namespace where the kind is namespaced
 */
public record ResourceId(String kind, Optional<String> namespace, String name) implements Comparable<ResourceId> {
    public static ResourceId of(String kind, String name) {
        return new ResourceId(kind, Optional.empty(), name);
    }

    public static ResourceId of(String kind, String namespace, String name) {
        return new ResourceId(kind, Optional.of(namespace), name);
    }

    @Override
    public int compareTo(ResourceId other) {
        int byKind = kind.compareTo(other.kind);
        if (byKind != 0) {
            return byKind;
        }
        int byNamespace = namespace.orElse("").compareTo(other.namespace.orElse(""));
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    // What records have by themselves is slow until the JVM is warm, and a start asks 100,000 of these many times.

    @Override
    public boolean equals(Object other) {
        return other instanceof ResourceId id && name.equals(id.name) && kind.equals(id.kind) && namespace.equals(id.namespace);
    }

    @Override
    public int hashCode() {
        return (31 * kind.hashCode() + namespace.hashCode()) * 31 + name.hashCode();
    }

    /** {@code IPPool(default-pool)} or {@code NetworkPolicy(web/allow-http)}, as calicoctl's messages name a resource. */
    @Override
    public String toString() {
        return kind + "(" + namespace.map(text -> text + "/").orElse("") + name + ")";
    }
}
