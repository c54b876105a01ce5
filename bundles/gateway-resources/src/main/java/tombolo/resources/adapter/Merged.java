package tombolo.resources.adapter;

import java.util.Map;
import tombolo.api.json.Json;
import tombolo.api.resource.Resources.Verb;

/** What a document makes of the stored one. */
final class Merged {
    private Merged() { }

    /**
     * The spec is the new one whole, as calicoctl has it. Of the metadata, only labels and annotations are the document's: APPLY adds them to what is there,
     * REPLACE takes them as they are. A status that the document does not have is kept: it is another program's.
     */
    static Json.Obj update(Verb verb, Json.Obj stored, Json.Obj wanted) {
        Json.Obj metadata = stored.object("metadata").orElse(Json.Obj.EMPTY);
        Json.Obj given = wanted.object("metadata").orElse(Json.Obj.EMPTY);
        for (String name : new String[] {"labels", "annotations"}) {
            Json.Obj result = verb == Verb.APPLY ? metadata.object(name).orElse(Json.Obj.EMPTY) : Json.Obj.EMPTY;
            for (Map.Entry<String, Json> entry : given.object(name).orElse(Json.Obj.EMPTY).members().entrySet()) {
                result = result.with(entry.getKey(), entry.getValue());
            }
            metadata = result.members().isEmpty() ? metadata.without(name) : metadata.with(name, result);
        }
        Json.Obj tree = wanted.with("metadata", metadata);
        if (tree.get("status").isEmpty() && stored.get("status").isPresent()) {
            tree = tree.with("status", stored.get("status").get());
        }
        return tree;
    }

    /** Name, namespace, labels and annotations. */
    static Json.Obj ownMetadata(Json.Obj tree) {
        Json.Obj given = tree.object("metadata").orElse(Json.Obj.EMPTY);
        Json.Obj metadata = Json.Obj.EMPTY;
        for (String name : new String[] {"name", "namespace", "labels", "annotations"}) {
            if (given.get(name).filter(value -> !(value instanceof Json.Null)).isPresent()) {
                metadata = metadata.with(name, given.get(name).get());
            }
        }
        return metadata;
    }
}
