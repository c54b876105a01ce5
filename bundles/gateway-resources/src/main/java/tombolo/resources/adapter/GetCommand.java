package tombolo.resources.adapter;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tombolo.api.json.Json;
import tombolo.api.resource.BgpConfiguration;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.Tier;
import tombolo.resources.adapter.DocumentText.Unreadable;
import tombolo.resources.core.Arguments;
import tombolo.resources.core.Arguments.Usage;
import tombolo.resources.core.Document;
import tombolo.resources.core.Kind;
import tombolo.resources.core.Kinds;
import tombolo.resources.core.Tables;
import tombolo.resources.core.Yaml;
import tombolo.runtime.json.JsonText;

/** {@code get}. */
final class GetCommand {
    private final StoredResources resources;
    private final Arguments arguments;
    private final FileSource files;

    GetCommand(StoredResources resources, Arguments arguments, FileSource files) {
        this.resources = resources;
        this.arguments = arguments;
        this.files = files;
    }

    void run(Output output) throws Usage, Unreadable {
        String form = arguments.value("--output").orElse("ps");
        if (form.matches("(custom-columns|go-template|go-template-file)(=.*)?")) {
            throw new Usage("the output '" + form.replaceFirst("=.*", "") + "' is not offered: take yaml or json, and a program such as jq to pick from it.");
        }
        if (!List.of("ps", "wide", "yaml", "yml", "json").contains(form)) {
            throw new Usage("unrecognized output format '" + form + "': wanted ps, wide, yaml or json.");
        }
        if (arguments.kind().isPresent() && arguments.rest().isEmpty()) {
            list(form, output);
        } else {
            some(form, output);
        }
    }

    private void list(String form, Output output) throws Usage {
        Kind kind = Batch.kind(arguments);
        Optional<String> namespace = Batch.namespace(kind, arguments);
        List<Resource> found = new ArrayList<>(resources.list(kind.name(), arguments.has("--all-namespaces") ? Optional.empty() : namespace));
        if (kind.name().equals("Tier")) {
            found.sort(Comparator.comparingDouble(each -> each.spec() instanceof Tier tier ? tier.order().orElse(Double.POSITIVE_INFINITY) : Double.POSITIVE_INFINITY));
        }
        List<Json.Obj> trees = found.stream().map(Resource::tree).toList();
        if (form.equals("ps") || form.equals("wide")) {
            output.text(Tables.print(kind, trees, form.equals("wide"), arguments.has("--all-namespaces") || arguments.namespace().isPresent(), asNumber()));
            return;
        }
        long revision = found.stream().mapToLong(Resource::revision).max().orElse(0);
        print(form, Json.Obj.of("apiVersion", new Json.Text(Kinds.API)).with("kind", kind.name() + "List")
                .with("metadata", Json.Obj.of("resourceVersion", new Json.Text(Long.toString(revision)))).with("items", new Json.Arr(List.copyOf(trees))), output);
    }

    private void some(String form, Output output) throws Usage, Unreadable {
        List<ResourceId> ids = new ArrayList<>();
        if (arguments.kind().isPresent()) {
            Kind kind = Batch.kind(arguments);
            if (arguments.has("--all-namespaces")) {
                throw new Usage("cannot use --all-namespace flag for getting a single resource.");
            }
            Optional<String> namespace = Batch.namespace(kind, arguments);
            arguments.rest().forEach(name -> ids.add(new ResourceId(kind.name(), namespace, name)));
        } else {
            Batch batch = Batch.read(arguments, files, output);
            if (batch.empty(output)) {
                return;
            }
            if (!batch.unnamed().isEmpty()) {
                output.fail("Failed to get resources:\n" + String.join("\n", batch.unnamed()));
                return;
            }
            for (Document document : batch.documents()) {
                ids.add(Batch.id(document));
            }
        }
        List<Json> trees = new ArrayList<>();
        List<String> errors = new ArrayList<>();
        for (ResourceId id : ids) {
            Optional<Resource> found = resources.get(id);
            if (found.isEmpty()) {
                errors.add(StoredResources.ABSENT + " resource does not exist: " + id + ".");
                continue;
            }
            Json.Obj tree = arguments.has("--export") && arguments.kind().isPresent() ? exported(found.get().tree()) : found.get().tree();
            trees.add(tree);
            if (form.equals("ps") || form.equals("wide")) {
                Kind kind = Kinds.named(id.kind()).orElseThrow();
                output.text(Tables.print(kind, List.of(tree), form.equals("wide"), arguments.namespace().isPresent(), asNumber()));
            }
        }
        if (!form.equals("ps") && !form.equals("wide") && !trees.isEmpty()) {
            print(form, trees.size() == 1 ? trees.getFirst() : new Json.Arr(trees), output);
        }
        if (!errors.isEmpty()) {
            output.fail(String.join("\n", errors));
        }
    }

    /** Without what belongs to this cluster, so that it can be applied to another. */
    private static Json.Obj exported(Json.Obj tree) {
        Json.Obj metadata = tree.object("metadata").orElse(Json.Obj.EMPTY);
        for (String name : List.of("namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds")) {
            metadata = metadata.without(name);
        }
        return tree.with("metadata", metadata);
    }

    private static void print(String form, Json value, Output output) {
        output.text(form.equals("json") ? JsonText.pretty(value) + "\n" : Yaml.text(value));
    }

    /** What a node without a number of its own uses. */
    private String asNumber() {
        return resources.get(ResourceId.of("BGPConfiguration", "default")).map(Resource::spec).filter(BgpConfiguration.class::isInstance)
                .flatMap(spec -> ((BgpConfiguration) spec).asNumber()).orElse(BgpConfiguration.DEFAULT_AS_NUMBER).toString();
    }
}
