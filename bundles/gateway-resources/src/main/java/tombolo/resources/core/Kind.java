package tombolo.resources.core;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import tombolo.api.json.Json;
import tombolo.api.resource.ResourceSpec;

/**
 * A kind: how it is called, where it lives, and how its documents are read.
 *
 * @param name     as in a document
 * @param plural   as in a key
 * @param aliases  as people type it, in lower case
 * @param columns  of {@code -o ps}
 * @param wide     of {@code -o wide}
 * @param defaults writes into a document what it leaves out
 */
public record Kind(String name, String plural, boolean namespaced, Home home, List<String> aliases, List<String> columns, List<String> wide, UnaryOperator<Json.Obj> defaults,
                   Function<Reading, ResourceSpec> decoder) {
    /** Who keeps it, and where. */
    public enum Home {
        /** {@code /calico/resources/v3/projectcalico.org/<plural>/[<namespace>/]<name>}. */
        RESOURCES,
        /** {@code /calico/ipam/v2/config}, in IPAM's own spelling. */
        IPAM_CONFIGURATION,
        /** A key of IPAM's, which alone writes it. */
        IPAM
    }

    /** The key's text; empty where the kind has no key of this form. */
    public Optional<String> key(Optional<String> namespace, String resource) {
        return switch (home) {
            case RESOURCES -> Optional.of(prefix() + (namespaced ? namespace.orElse("default") + "/" : "") + resource);
            case IPAM_CONFIGURATION -> resource.equals("default") ? Optional.of(IPAM_CONFIGURATION_KEY) : Optional.empty();
            case IPAM -> Optional.empty();
        };
    }

    /** What the keys of all its resources begin with. */
    public String prefix() {
        return switch (home) {
            case RESOURCES -> RESOURCES_PREFIX + plural + "/";
            case IPAM_CONFIGURATION -> IPAM_CONFIGURATION_KEY;
            case IPAM -> name.equals("IPAMHandle") ? "/calico/ipam/v2/handle/" : name.equals("IPAMBlock") ? "/calico/ipam/v2/assignment/" : "/calico/ipam/v2/host/";
        };
    }

    public static final String RESOURCES_PREFIX = "/calico/resources/v3/projectcalico.org/";
    static final String IPAM_CONFIGURATION_KEY = "/calico/ipam/v2/config";
}
