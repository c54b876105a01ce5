package tombolo.resources.adapter;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceCommands;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Resources.Problem;
import tombolo.api.resource.Resources.Verb;
import tombolo.api.resource.Resources.WriteOutcome;
import tombolo.resources.adapter.DocumentText.Unreadable;
import tombolo.resources.core.Arguments;
import tombolo.resources.core.Arguments.Usage;
import tombolo.resources.core.Decoder;
import tombolo.resources.core.Document;
import tombolo.resources.core.Kind;
import tombolo.resources.core.Kinds;
import tombolo.resources.core.KubernetesKinds;
import tombolo.resources.core.Tables;

/** calicoctl's commands over {@link StoredResources}, with calicoctl's answers. */
public final class CalicoCommands implements ResourceCommands {
    private final StoredResources resources;
    /** Whether the tiers that always exist were seen to, once a life. */
    private final AtomicBoolean initialised = new AtomicBoolean();

    public CalicoCommands(StoredResources resources) {
        this.resources = resources;
    }

    @Override
    public List<String> kinds() {
        return Kinds.all().stream().map(Kind::plural).sorted().toList();
    }

    @Override
    public List<String> names(String word) {
        try {
            return Kinds.typed(word).map(kind -> resources.list(kind.name(), Optional.empty()).stream().map(each -> each.id().name()).distinct().toList()).orElse(List.of());
        } catch (DatastoreException _) {
            return List.of(); // completion has nobody to tell
        }
    }

    @Override
    public Answer run(String verb, List<String> words, InputStream standardInput) {
        return run(verb, words, FileSource.local(standardInput));
    }

    @Override
    public Documents read(List<String> words, InputStream standardInput) {
        try {
            Batch batch = Batch.read(Arguments.read("validate", words), FileSource.local(standardInput), new Output());
            List<Resource> read = new ArrayList<>();
            List<String> problems = new ArrayList<>(batch.problems());
            for (Document document : batch.documents()) {
                if (PodLabels.isPod(document)) {
                    problems.add(document.place(document.line("")) + ": TMB-RES-011 a Pod is no resource of its own: its labels are those of its endpoints.");
                } else if (Decoder.decode(document.tree(), 0) instanceof Decoder.Decoded.Good(Resource resource, List<String> _)) {
                    read.add(resource);
                }
            }
            return new Documents(problems.isEmpty() ? read : List.of(), problems);
        } catch (Usage | Unreadable e) {
            return new Documents(List.of(), List.of(e.getMessage()));
        }
    }

    Answer run(String verb, List<String> words, FileSource files) {
        Output output = new Output();
        try {
            Arguments arguments = Arguments.read(verb, words);
            switch (verb) {
                case "get" -> new GetCommand(resources, arguments, files).run(output);
                case "patch", "label" -> new EditCommand(resources, arguments).run(output);
                case "validate" -> validate(arguments, files, output);
                default -> write(arguments, files, output);
            }
        } catch (Usage | Unreadable e) {
            output.fail(e.getMessage());
        } catch (DatastoreException e) {
            output.fail(e.getMessage() + (e.applied() == DatastoreException.Applied.UNKNOWN ? " Whether the last write happened is not known: look with get." : ""));
        }
        return output.answer();
    }

    /** {@code validate}, which needs no store. */
    static Answer validate(List<String> words, FileSource files) {
        Output output = new Output();
        try {
            validate(Arguments.read("validate", words), files, output);
        } catch (Usage | Unreadable e) {
            output.fail(e.getMessage());
        }
        return output.answer();
    }

    private static void validate(Arguments arguments, FileSource files, Output output) throws Unreadable, Usage {
        Batch batch = Batch.read(arguments, files, output);
        if (batch.empty(output)) {
            return;
        }
        if (!batch.problems().isEmpty()) {
            output.fail("failed to validate " + batch.any() + ":\n" + String.join("\n", batch.problems()));
            return;
        }
        output.line("Successfully validated " + batch.count());
    }

    // ---------------------------------------------------------------- apply, create, replace, delete

    private void write(Arguments arguments, FileSource files, Output output) throws Unreadable, Usage {
        if (arguments.kind().isPresent()) {
            deleteByName(arguments, output);
            return;
        }
        Batch batch = Batch.read(arguments, files, output);
        if (batch.empty(output)) {
            return;
        }
        String verb = arguments.verb();
        List<String> problems = new ArrayList<>(verb.equals("delete") ? batch.unnamed() : batch.problems());
        batch.documents().forEach(document -> readOnly(document, verb).ifPresent(problems::add));
        if (!problems.isEmpty()) {
            output.fail("Failed to " + verb + " " + batch.any() + "; nothing was written:\n" + String.join("\n", problems));
            return;
        }
        if (!verb.equals("delete") && !arguments.has("--dry-run") && !initialised.getAndSet(true)) {
            TierRules.makeFixed(resources);
        }
        List<String> errors = new ArrayList<>();
        int handled = 0;
        for (Document document : batch.documents()) {
            Optional<String> error = one(arguments, document, output);
            if (error.isPresent()) {
                errors.add(error.get());
                if (verb.equals("replace")) {
                    break; // as calicoctl: what follows may depend on it
                }
            } else {
                handled++;
            }
        }
        if (!verb.equals("delete")) {
            TierRules.missing(resources, batch.documents()).forEach(output::warn);
        }
        report(arguments, batch, handled, errors, output);
    }

    private static void report(Arguments arguments, Batch batch, int handled, List<String> errors, Output output) {
        if (arguments.has("--dry-run")) {
            output.line("Nothing was written (--dry-run).");
        }
        String done = past(arguments.verb());
        if (errors.isEmpty()) {
            if (!arguments.has("--dry-run")) {
                output.line("Successfully " + done + " " + batch.count());
            }
            return;
        }
        if (handled > 0) {
            output.line("Partial success: " + done + " " + handled + " out of " + batch.documents().size() + batch.kind().map(kind -> " '" + kind + "'").orElse("") + " resources");
            output.fail("Hit error(s):\n" + String.join("\n", errors));
        } else {
            output.fail("Failed to " + arguments.verb() + " " + batch.any() + ":\n" + String.join("\n", errors));
        }
    }

    private static String past(String verb) {
        return switch (verb) {
            case "apply" -> "applied";
            case "create" -> "created";
            case "replace" -> "replaced";
            default -> "deleted";
        };
    }

    /** One document. @return what went wrong */
    private Optional<String> one(Arguments arguments, Document document, Output output) {
        if (PodLabels.isPod(document)) {
            return PodLabels.apply(resources, arguments, document, output);
        }
        boolean dryRun = arguments.has("--dry-run");
        ResourceId id = Batch.id(document);
        Optional<Resource> before = dryRun ? resources.get(id) : Optional.empty();
        WriteOutcome outcome = switch (arguments.verb()) {
            case "delete" -> resources.delete(id, version(document), dryRun);
            case "create" -> resources.write(Verb.CREATE, document.tree(), dryRun);
            case "replace" -> resources.write(Verb.REPLACE, document.tree(), dryRun);
            default -> resources.write(Verb.APPLY, document.tree(), dryRun);
        };
        return switch (outcome) {
            case WriteOutcome.Done done -> {
                if (dryRun) {
                    output.line(preview(arguments.verb(), id, before, done));
                }
                yield Optional.empty();
            }
            case WriteOutcome.Refused refused when skipped(arguments, refused) -> Optional.empty();
            case WriteOutcome.Refused refused -> Optional.of(String.join("\n", refused.problems().stream().map(document::told).toList()));
        };
    }

    private static Optional<Long> version(Document document) {
        return Stored.text(document.tree(), "metadata", "resourceVersion").filter(text -> text.matches("[0-9]{1,18}")).map(Long::parseLong);
    }

    private static boolean skipped(Arguments arguments, WriteOutcome.Refused refused) {
        String message = refused.problems().getFirst().message();
        return arguments.has("--skip-exists") && message.startsWith(StoredResources.EXISTS) || arguments.has("--skip-not-exists") && message.startsWith(StoredResources.ABSENT);
    }

    static String preview(String verb, ResourceId id, Optional<Resource> before, WriteOutcome.Done done) {
        if (verb.equals("delete")) {
            return id + " would be deleted";
        }
        if (before.isEmpty()) {
            return id + " would be created";
        }
        List<String> lines = Tables.differences(plain(before.get().tree()), plain(done.resource().tree()));
        return lines.isEmpty() ? id + " would not change" : id + " would change:\n  " + String.join("\n  ", lines);
    }

    private static Json.Obj plain(Json.Obj tree) {
        Json.Obj metadata = tree.object("metadata").orElse(Json.Obj.EMPTY);
        return tree.with("metadata", metadata.without("resourceVersion").without("uid").without("creationTimestamp"));
    }

    /** What is somebody else's to write. */
    static Optional<String> readOnly(Document document, String verb) {
        ResourceId id = Batch.id(document);
        return readOnly(id, verb, Batch.converted(document)).map(text -> document.place(document.line("")) + ", " + id + ": " + text);
    }

    static Optional<String> readOnly(ResourceId id, String verb, boolean converted) {
        if (id.kind().equals("ClusterInformation")) {
            return Optional.of("TMB-RES-015 operation " + verb + " is not supported on ClusterInformation: resource is readonly; see datastore:lock.");
        }
        boolean kubernetes = id.kind().equals("NetworkPolicy") && id.name().startsWith(KubernetesKinds.POLICY_PREFIX)
                || id.kind().equals("GlobalNetworkPolicy") && id.name().startsWith(KubernetesKinds.CLUSTER_POLICY_PREFIX);
        if (kubernetes && !converted) {
            return Optional.of("TMB-RES-015 operation " + verb + " is not supported: kubernetes network policies must be managed through the kubernetes API, or as the Kubernetes document"
                    + " that they come from.");
        }
        return Optional.empty();
    }

    private void deleteByName(Arguments arguments, Output output) throws Usage {
        Kind kind = Batch.kind(arguments);
        Optional<String> namespace = Batch.namespace(kind, arguments);
        List<String> errors = new ArrayList<>();
        int handled = 0;
        for (String name : arguments.rest()) {
            ResourceId id = new ResourceId(kind.name(), namespace, name);
            Optional<String> kept = readOnly(id, "delete", false);
            WriteOutcome outcome = kept.isPresent() ? new WriteOutcome.Refused(List.of(new Problem("", kept.get())))
                    : resources.delete(id, Optional.empty(), arguments.has("--dry-run"));
            switch (outcome) {
                case WriteOutcome.Done _ -> {
                    handled++;
                    if (arguments.has("--dry-run")) {
                        output.line(id + " would be deleted");
                    }
                }
                case WriteOutcome.Refused refused when skipped(arguments, refused) -> handled++;
                case WriteOutcome.Refused refused -> errors.add("Failed to delete '" + kind.name() + "' resource: " + refused.problems().getFirst().message());
            }
        }
        if (arguments.has("--dry-run")) {
            output.line("Nothing was written (--dry-run).");
        } else if (handled > 0) {
            output.line("Successfully deleted " + handled + " '" + kind.name() + "' resource(s)");
        }
        if (!errors.isEmpty()) {
            output.fail(String.join("\n", errors));
        }
    }
}
