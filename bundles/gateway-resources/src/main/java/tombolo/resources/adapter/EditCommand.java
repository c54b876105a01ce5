package tombolo.resources.adapter;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Resources.Problem;
import tombolo.api.resource.Resources.Verb;
import tombolo.api.resource.Resources.WriteOutcome;
import tombolo.resources.adapter.DocumentText.Unreadable;
import tombolo.resources.core.Arguments;
import tombolo.resources.core.Arguments.Usage;
import tombolo.resources.core.Document;
import tombolo.resources.core.Kind;
import tombolo.resources.core.Patch;

/** {@code patch} and {@code label}: read, change, write by the revision that was read; again where somebody was faster. */
final class EditCommand {
    private static final int MAX_TRIES = 5;

    private final StoredResources resources;
    private final Arguments arguments;

    EditCommand(StoredResources resources, Arguments arguments) {
        this.resources = resources;
        this.arguments = arguments;
    }

    /** Makes the new tree. */
    private interface Edit {
        Json.Obj of(Json.Obj tree) throws Usage;
    }

    void run(Output output) throws Usage {
        Kind kind = Batch.kind(arguments);
        ResourceId id = new ResourceId(kind.name(), Batch.namespace(kind, arguments), arguments.rest().getFirst());
        Optional<String> kept = CalicoCommands.readOnly(id, arguments.verb(), false);
        if (kept.isPresent()) {
            output.fail(kept.get());
            return;
        }
        if (arguments.verb().equals("patch")) {
            patch(id, output);
        } else {
            label(id, output);
        }
    }

    // ---------------------------------------------------------------- patch

    private void patch(ResourceId id, Output output) throws Usage {
        if (arguments.rest().size() > 1) {
            throw new Usage("patch takes one NAME.");
        }
        String text = arguments.value("--patch").orElseThrow(() -> new Usage("patch needs -p PATCH."));
        String type = arguments.value("--type").orElse("strategic");
        if (!List.of("strategic", "json", "merge").contains(type)) {
            throw new Usage("-t '" + type + "': wanted strategic, json or merge.");
        }
        Json patch = read(text);
        write(id, tree -> patched(type, tree, patch), output, "Successfully patched 1 '" + id.kind() + "' resource");
    }

    /** JSON, as calicoctl takes it, or YAML. */
    private static Json read(String text) throws Usage {
        try {
            List<Document> documents = DocumentText.read("the patch", ("{\"patch\": " + text + "}").getBytes(StandardCharsets.UTF_8));
            return documents.getFirst().tree().get("patch").orElseThrow();
        } catch (Unreadable | RuntimeException e) {
            throw new Usage("the patch is not JSON: " + e.getMessage());
        }
    }

    private static Json.Obj patched(String type, Json.Obj tree, Json patch) throws Usage {
        try {
            Json result = switch (type) {
                case "json" -> Patch.operations(tree, patch);
                case "merge" -> Patch.merge(tree, patch);
                default -> Patch.strategic(tree, patch);
            };
            if (!(result instanceof Json.Obj object) || !object.get("kind").equals(tree.get("kind"))
                    || !Stored.text(object, "metadata", "name").equals(Stored.text(tree, "metadata", "name"))) {
                throw new Usage("the patch would change which resource this is.");
            }
            return object;
        } catch (Patch.Refused e) {
            throw new Usage("the patch cannot be applied: " + e.getMessage() + ".");
        }
    }

    // ---------------------------------------------------------------- label

    private void label(ResourceId id, Output output) throws Usage {
        String kind = arguments.kind().orElseThrow();
        List<String> words = arguments.rest();
        boolean remove = arguments.has("--remove");
        if (words.size() != 2 || remove && arguments.has("--overwrite")) {
            throw new Usage("label takes KIND NAME KEY=VALUE [--overwrite], or KIND NAME KEY --remove.");
        }
        int equals = words.get(1).indexOf('=');
        if (!remove && (equals < 1 || words.get(1).indexOf('=', equals + 1) >= 0)) {
            throw new Usage("invalid label " + words.get(1) + ".");
        }
        String key = remove ? words.get(1) : words.get(1).substring(0, equals);
        String value = remove ? "" : words.get(1).substring(equals + 1);
        Optional<Resource> stored = resources.get(id);
        boolean there = stored.flatMap(each -> each.tree().object("metadata")).flatMap(metadata -> metadata.object("labels")).flatMap(labels -> labels.get(key)).isPresent();
        String what = kind + " " + id.name();
        String done = remove ? "Successfully removed label " + key + " from " + what : there ? "Successfully updated label " + key + " on " + what
                : "Successfully set label " + key + " on " + what;
        write(id, tree -> labelled(tree, key, value, what), output, done);
    }

    private Json.Obj labelled(Json.Obj tree, String key, String value, String what) throws Usage {
        Json.Obj metadata = tree.object("metadata").orElse(Json.Obj.EMPTY);
        Json.Obj labels = metadata.object("labels").orElse(Json.Obj.EMPTY);
        Optional<String> old = labels.text(key);
        if (arguments.has("--remove")) {
            if (old.isEmpty()) {
                throw new Usage("cannot remove label of " + what + ", key " + key + " does not exist.");
            }
            return tree.with("metadata", metadata.with("labels", labels.without(key)));
        }
        if (old.isPresent() && !old.get().equals(value) && !arguments.has("--overwrite")) {
            throw new Usage("failed to update label of " + what + ", key " + key + " is already present. please use '--overwrite' to set a new value.");
        }
        return tree.with("metadata", metadata.with("labels", labels.with(key, value)));
    }

    // ---------------------------------------------------------------- both

    private void write(ResourceId id, Edit edit, Output output, String done) throws Usage {
        boolean dryRun = arguments.has("--dry-run");
        for (int attempt = 1; ; attempt++) {
            Optional<Resource> stored = resources.get(id);
            if (stored.isEmpty()) {
                output.fail("Hit error: " + StoredResources.ABSENT + " resource does not exist: " + id + ".");
                return;
            }
            WriteOutcome outcome = resources.write(Verb.REPLACE, edit.of(stored.get().tree()), dryRun);
            switch (outcome) {
                case WriteOutcome.Done written -> {
                    output.line(dryRun ? CalicoCommands.preview(arguments.verb(), id, stored, written) + "\nNothing was written (--dry-run)." : done);
                    return;
                }
                case WriteOutcome.Refused(List<Problem> problems) -> {
                    if (!problems.getFirst().message().startsWith("TMB-RES-014") || attempt == MAX_TRIES) {
                        output.fail("Hit error: " + String.join("\n", problems.stream().map(each -> id + ": " + each.message()).toList()));
                        return;
                    }
                }
            }
        }
    }
}
