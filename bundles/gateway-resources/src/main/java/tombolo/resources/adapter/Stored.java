package tombolo.resources.adapter;

import java.util.Map;
import java.util.Optional;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.KeyValue;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceSpec;
import tombolo.resources.core.Decoder;
import tombolo.resources.core.Kind;
import tombolo.resources.core.Kinds;
import tombolo.runtime.json.JsonText;

/** What a key of the store holds, as a resource; and back. */
final class Stored {
    private Stored() { }

    /** What a stored value came to. */
    sealed interface Read {
        Resource resource();

        record Valid(Resource resource) implements Read { }

        /** Stored by another program, or by a newer one: the tree is there, the typed view is {@link ResourceSpec.Unknown}. */
        record Invalid(Resource resource, String why) implements Read { }
    }

    /** @param kind of the key */
    static Read read(Kind kind, KeyValue entry) {
        Json.Obj tree;
        try {
            tree = JsonText.parse(entry.value().toByteArray()) instanceof Json.Obj object ? object : Json.Obj.EMPTY;
        } catch (JsonText.Malformed e) {
            return new Read.Invalid(opaque(kind, entry, Json.Obj.EMPTY), "TMB-RES-018 " + entry.key() + " holds no JSON (line " + e.line() + "): " + e.getMessage() + ".");
        }
        Json.Obj document = switch (kind.home()) {
            case RESOURCES -> tree;
            case IPAM_CONFIGURATION -> IpamTrees.configuration(tree);
            case IPAM -> IpamTrees.document(kind, entry.key().text(), tree);
        };
        document = withVersion(kind, document, entry.modRevision());
        return switch (Decoder.decode(document, entry.modRevision())) {
            // The tree as it is stored, not as it is read: a default that another program left out is not ours to write.
            case Decoder.Decoded.Good good -> new Read.Valid(new Resource(good.resource().id(), good.resource().labels(), good.resource().spec(), document, entry.modRevision()));
            case Decoder.Decoded.Bad bad -> new Read.Invalid(opaque(kind, entry, document), bad.problems().getFirst().message());
        };
    }

    static Json.Obj withVersion(Kind kind, Json.Obj document, long revision) {
        Json.Obj typed = document;
        if (document.get("apiVersion").isEmpty()) {
            typed = Json.Obj.of("apiVersion", new Json.Text(Kinds.API)).with("kind", kind.name());
            for (Map.Entry<String, Json> member : document.members().entrySet()) {
                typed = typed.with(member.getKey(), member.getValue());
            }
        }
        Json.Obj metadata = typed.object("metadata").orElse(Json.Obj.EMPTY);
        return typed.with("metadata", metadata.with("resourceVersion", Long.toString(revision)));
    }

    private static Resource opaque(Kind kind, KeyValue entry, Json.Obj tree) {
        return new Resource(idOf(kind, entry.key().text()), Map.of(), new ResourceSpec.Unknown(), tree, entry.modRevision());
    }

    /** By the key alone. */
    static ResourceId idOf(Kind kind, String key) {
        if (kind.home() == Kind.Home.IPAM_CONFIGURATION) {
            return ResourceId.of(kind.name(), "default");
        }
        String rest = key.substring(Math.min(key.length(), kind.prefix().length()));
        int slash = rest.indexOf('/');
        return kind.namespaced() && slash > 0 ? ResourceId.of(kind.name(), rest.substring(0, slash), rest.substring(slash + 1)) : ResourceId.of(kind.name(), rest);
    }

    /** The bytes for a document: without the revision, which is the store's to say. */
    static Bytes value(Kind kind, Json.Obj document) {
        Json.Obj metadata = document.object("metadata").orElse(Json.Obj.EMPTY).without("resourceVersion").without("selfLink");
        Json.Obj tree = kind.home() == Kind.Home.IPAM_CONFIGURATION ? IpamTrees.stored(document) : document.with("metadata", metadata);
        return Bytes.of(JsonText.bytes(tree));
    }

    static Optional<String> text(Json.Obj document, String part, String name) {
        return document.object(part).flatMap(inner -> inner.text(name)).filter(text -> !text.isEmpty());
    }
}
