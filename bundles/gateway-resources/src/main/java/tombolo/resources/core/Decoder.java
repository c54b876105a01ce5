package tombolo.resources.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.json.Json;
import tombolo.api.resource.LabelForm;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceSpec;
import tombolo.api.resource.Resources.Problem;

/** Reads a document: defaults, then types, ranges and rules. Needs nothing but the document; what needs others is for the service to check. */
public final class Decoder {
    static final String WRONG_KIND = "TMB-RES-011";

    private Decoder() { }

    /** What a document came to. */
    public sealed interface Decoded {
        /** @param unknownFields that nobody here knows and that are kept */
        record Good(Resource resource, List<String> unknownFields) implements Decoded { }

        record Bad(List<Problem> problems) implements Decoded { }
    }

    /** Of which kind and name a document is, as far as it says so. */
    public static String title(Json.Obj document) {
        String name = Names.metadata(document).text("name").orElse("?");
        String title = document.text("kind").orElse("?") + "(" + Names.metadata(document).text("namespace").map(namespace -> namespace + "/").orElse("") + name + ")";
        return title.replaceAll("\\p{Cntrl}", " "); // before it was checked: a message stays one line
    }

    /** @param revision of the store, 0 where the document does not come from there */
    public static Decoded decode(Json.Obj document, long revision) {
        Problems problems = new Problems();
        Notes notes = new Notes();
        Fields top = new Fields(document, "", problems, notes);
        String api = top.required("apiVersion", top.text("apiVersion"), Kinds.API);
        String name = top.required("kind", top.text("kind"), "?");
        if (!api.equals(Kinds.API)) {
            problems.add(WRONG_KIND, "apiVersion", api, "wanted " + Kinds.API + (KubernetesKinds.known(api, name) ? ", or convert it first" : ""));
            return new Decoded.Bad(problems.all());
        }
        Optional<Kind> kind = Kinds.named(name);
        if (kind.isEmpty()) {
            if (problems.none()) {
                problems.add(WRONG_KIND, "kind", name, Kinds.wrong(name));
            }
            return new Decoded.Bad(problems.all());
        }
        return decode(kind.get(), document, revision, problems, notes);
    }

    private static Decoded decode(Kind kind, Json.Obj document, long revision, Problems problems, Notes notes) {
        for (String part : List.of("metadata", "spec", "status")) {
            Json value = document.get(part).orElse(Json.Null.NULL);
            if (!(value instanceof Json.Obj) && !(value instanceof Json.Null)) {
                problems.add(Fields.TYPE, part, Fields.show(value), "wanted an object");
                return new Decoded.Bad(problems.all());
            }
        }
        Json.Obj tree = kind.defaults().apply(namespaced(kind, document));
        Fields top = new Fields(tree, "", problems, notes);
        top.knows("apiVersion", "kind");
        Fields metadata = Names.knowAll(top.objectOrEmptyHere("metadata"));
        String name = metadata.required("name", metadata.text("name"), "");
        if (!name.isEmpty()) {
            Names.check(kind, name, metadata);
        }
        Optional<String> namespace = metadata.text("namespace", LabelForm::isDnsName, Forms.NAME_RULE);
        metadata.require(kind.namespaced() || namespace.isEmpty(), "namespace", kind.name() + " is not a namespaced kind");
        Map<String, String> labels = metadata.textMap("labels");
        Names.checkLabels(metadata, labels);
        Names.checkAnnotations(metadata, metadata.textMap("annotations"));
        metadata.checkRest();
        Fields spec = top.objectOrEmptyHere("spec");
        Fields status = top.objectOrEmptyHere("status");
        ResourceSpec read = kind.decoder().apply(new Reading(name, namespace, labels, spec, status));
        spec.checkRest();
        top.checkRest();
        if (!problems.none()) {
            return new Decoded.Bad(problems.all());
        }
        ResourceId id = new ResourceId(kind.name(), namespace, name);
        return new Decoded.Good(new Resource(id, labels, read, tree, revision), notes.unknownFields());
    }

    private static Json.Obj namespaced(Kind kind, Json.Obj document) {
        Json.Obj metadata = Names.metadata(document);
        return kind.namespaced() && metadata.text("namespace").filter(text -> !text.isEmpty()).isEmpty() ? document.with("metadata", metadata.with("namespace", "default")) : document;
    }
}
