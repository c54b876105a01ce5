package tombolo.resources.adapter;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tombolo.api.json.Json;
import tombolo.api.resource.ResourceId;
import tombolo.resources.adapter.DocumentText.Unreadable;
import tombolo.resources.core.Arguments;
import tombolo.resources.core.Arguments.Usage;
import tombolo.resources.core.Decoder;
import tombolo.resources.core.Decoder.Decoded;
import tombolo.resources.core.Document;
import tombolo.resources.core.Kind;
import tombolo.resources.core.Kinds;
import tombolo.resources.core.KubernetesKinds;

/**
 * The documents of a command's files, read and checked whole.
 *
 * @param problems what is wrong with them, a line each
 * @param unnamed  the problems of those that do not even say which resource they mean
 */
record Batch(List<Document> documents, List<String> problems, List<String> unnamed, boolean skipEmpty) {
    static Batch read(Arguments arguments, FileSource files, Output output) throws Unreadable, Usage {
        List<Document> documents = new ArrayList<>();
        String file = arguments.value("--filename").orElse("-");
        boolean skipEmpty = arguments.has("--skip-empty");
        for (FileSource.Named named : files.read(file, arguments.has("--recursive"))) {
            List<Document> found = DocumentText.read(named.name(), named.content());
            if (found.isEmpty() && !skipEmpty) {
                throw new Usage("No resources specified in file " + named.name() + ".");
            }
            documents.addAll(found);
        }
        if (documents.isEmpty() && !skipEmpty) {
            throw new Usage("No resources specified in directory " + file + ".");
        }
        List<Document> ready = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        List<String> unnamed = new ArrayList<>();
        Set<ResourceId> seen = new HashSet<>();
        for (Document document : documents) {
            Document one = converted(document, output);
            Optional<String> wrong = namespaced(one, arguments).error();
            one = namespaced(one, arguments).document();
            ready.add(one);
            wrong.ifPresent(problems::add);
            if (PodLabels.isPod(one)) {
                continue;
            }
            check(one, problems, output);
            if (Kinds.named(one.tree().text("kind").orElse("")).isEmpty() || Stored.text(one.tree(), "metadata", "name").isEmpty()) {
                Document nameless = one;
                if (Decoder.decode(one.tree(), 0) instanceof Decoded.Bad bad) {
                    bad.problems().forEach(problem -> unnamed.add(nameless.told(problem)));
                }
            } else if (!seen.add(id(one))) {
                problems.add(one.place(one.line("metadata.name")) + ", " + id(one) + ": TMB-RES-006 the same resource stands in the files twice.");
            }
        }
        return new Batch(ready, problems, unnamed, skipEmpty);
    }

    private static void check(Document document, List<String> problems, Output output) {
        switch (Decoder.decode(document.tree(), 0)) {
            case Decoded.Bad bad -> bad.problems().forEach(problem -> problems.add(document.told(problem)));
            case Decoded.Good good -> {
                good.unknownFields().stream().forEach(field -> output.warn("Warning: " + document.place(document.line(field)) + ", "
                        + good.resource().id() + ": the field " + field + " is not known to this version; it is kept as it is."));
                Unenforced.of(good.resource()).forEach((field, why) -> output.warn("Warning: " + document.place(document.line(field)) + ", " + good.resource().id() + ": " + field + " " + why));
            }
        }
    }

    private static Document converted(Document document, Output output) {
        Json.Obj tree = document.tree();
        if (!KubernetesKinds.known(tree.text("apiVersion").orElse(""), tree.text("kind").orElse(""))) {
            return document;
        }
        KubernetesKinds.Converted result = KubernetesKinds.convert(tree);
        result.dropped().forEach(why -> output.warn("Warning: " + document.place(document.line(why.substring(0, Math.max(0, why.indexOf(' '))))) + ", " + Decoder.title(tree) + ": " + why
                + (why.contains(" is left out: ") ? "; the rest of the policy is converted, and what this rule would have allowed is not." : "; the rest of the policy is converted.")));
        return document.with(result.document());
    }

    /** Whether a document comes from one of Kubernetes' kinds: its tree is then not what its lines say. */
    static boolean converted(Document document) {
        return document.lines().keySet().stream().anyMatch(path -> path.equals("spec.podSelector") || path.equals("spec.subject") || path.endsWith(".spec.podSelector")
                || path.endsWith(".spec.subject"));
    }

    /** @param error the namespace of the words and that of the document do not fit */
    private record Namespaced(Document document, Optional<String> error) { }

    private static Namespaced namespaced(Document document, Arguments arguments) {
        Json.Obj tree = document.tree();
        Optional<Kind> kind = Kinds.named(tree.text("kind").orElse(""));
        Optional<String> own = Stored.text(tree, "metadata", "namespace");
        Optional<String> given = arguments.namespace();
        if (given.isEmpty() || kind.isEmpty() && !PodLabels.isPod(document)) {
            return new Namespaced(document, Optional.empty());
        }
        String place = document.place(document.line("metadata.namespace")) + ", " + Decoder.title(tree) + ": TMB-RES-006 ";
        if (kind.isPresent() && !kind.get().namespaced()) {
            return new Namespaced(document, Optional.of(place + kind.get().name() + " is not namespaced."));
        }
        if (own.isPresent() && !own.equals(given)) {
            return new Namespaced(document, Optional.of(place + "resource namespace does not match client namespace. " + own.get() + " != " + given.get() + "."));
        }
        Json.Obj metadata = tree.object("metadata").orElse(Json.Obj.EMPTY);
        return new Namespaced(document.with(tree.with("metadata", metadata.with("namespace", given.get()))), Optional.empty());
    }

    static ResourceId id(Document document) {
        String kind = document.tree().text("kind").orElse("");
        Optional<String> namespace = Stored.text(document.tree(), "metadata", "namespace");
        boolean namespaced = Kinds.named(kind).map(Kind::namespaced).orElse(false);
        return new ResourceId(kind, namespaced ? Optional.of(namespace.orElse("default")) : Optional.empty(), Stored.text(document.tree(), "metadata", "name").orElse(""));
    }

    // ---------------------------------------------------------------- words

    static Kind kind(Arguments arguments) throws Usage {
        String word = arguments.kind().orElse("");
        return Kinds.typed(word).orElseThrow(() -> new Usage("resource type '" + word + "' is not supported."));
    }

    /** Where a command looks: {@code default} unless it says otherwise; empty for a kind without namespaces. */
    static Optional<String> namespace(Kind kind, Arguments arguments) throws Usage {
        if (!kind.namespaced()) {
            if (arguments.namespace().isPresent() || arguments.has("--all-namespaces")) {
                throw new Usage(kind.name() + " is not namespaced.");
            }
            return Optional.empty();
        }
        return Optional.of(arguments.namespace().orElse("default"));
    }

    // ---------------------------------------------------------------- what is said of it

    /** The one kind of all documents. */
    Optional<String> kind() {
        Set<String> kinds = new LinkedHashSet<>();
        documents.forEach(document -> kinds.add(document.tree().text("kind").orElse("?")));
        return kinds.size() == 1 ? Optional.of(kinds.iterator().next()) : Optional.empty();
    }

    String count() {
        return documents.size() + kind().map(kind -> " '" + kind + "'").orElse("") + " resource(s)";
    }

    String any() {
        return documents.size() == 1 ? kind().map(kind -> "'" + kind + "' resource").orElse("resource") : "any" + kind().map(kind -> " '" + kind + "'").orElse("") + " resources";
    }

    boolean empty(Output output) {
        if (documents.isEmpty()) {
            output.line("No resources specified");
        }
        return documents.isEmpty();
    }
}
