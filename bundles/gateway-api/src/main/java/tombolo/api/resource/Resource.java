package tombolo.api.resource;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import tombolo.api.json.Json;

/**
 * A resource as the store holds it: its whole JSON tree and a typed view of it. Writing goes by the tree, so that fields nobody here knows survive.
 *
 * @param labels   of the metadata
 * @param spec     what the tree means, defaults applied; {@link ResourceSpec.Unknown} for a kind that is not known here
 * @param tree     the document, with apiVersion, kind, metadata, spec and status
 * @param revision the mod revision in the store; 0: not stored yet
 */
public record Resource(ResourceId id, Map<String, String> labels, ResourceSpec spec, Json.Obj tree, long revision) {
    public Resource {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /** By which an endpoint of this gateway says its mode ({@code EndpointMode.ANNOTATION}); policy of those behind a bridge goes by it. */
    private static final String MODE = "tombolo.io/mode";
    private static final String BRIDGE = "bridge";
    private static final Json.Obj BRIDGED = Json.Obj.of("metadata", Json.Obj.of("annotations", Json.Obj.of(MODE, new Json.Text(BRIDGE))));

    /**
     * The same with an empty tree, for whoever holds many and writes none: a document takes two and a half kilobytes of memory. Of an endpoint behind a bridge, its mode stays in the
     * annotations.
     */
    public Resource withoutTree() {
        boolean bridged = tree.object("metadata").flatMap(metadata -> metadata.object("annotations")).flatMap(annotations -> annotations.text(MODE)).filter(BRIDGE::equals).isPresent();
        return new Resource(id, labels, spec, bridged ? BRIDGED : Json.Obj.EMPTY, revision);
    }
}
