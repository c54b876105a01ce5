package tombolo.fabric.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tombolo.api.bgp.NodeBlocks.Holdings;
import tombolo.api.config.Contribution.Kind;
import tombolo.api.config.Contribution.Part;
import tombolo.api.json.Json;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;
import tombolo.api.resource.Resource;
import tombolo.config.core.ConfigFiles;
import tombolo.config.core.Merge;
import tombolo.resources.core.Decoder;
import tombolo.runtime.json.JsonText;

/** Resources as people write them, and what a node makes of them. */
final class Wanted {
    final List<Resource> resources = new ArrayList<>();
    private final Map<String, ConfigFiles.Content> files = new HashMap<>();
    private final Set<Prefix> blocks = new TreeSet<>();
    private final Set<Prefix> borrowed = new TreeSet<>();
    Optional<Asn> pinned = Optional.empty();

    /** @param spec with ' for " */
    Wanted resource(String kind, String name, String spec) {
        return labelled(kind, name, "", spec);
    }

    Wanted labelled(String kind, String name, String label, String spec) {
        String text = "{'apiVersion':'projectcalico.org/v3','kind':'" + kind + "','metadata':{'name':'" + name + "'"
                + (label.isEmpty() ? "" : ",'labels':{'" + label + "':'true'}") + "},'spec':" + spec + "}";
        try {
            Decoder.Decoded decoded = Decoder.decode((Json.Obj) JsonText.parse(text.replace('\'', '"')), 7);
            if (!(decoded instanceof Decoder.Decoded.Good(Resource resource, List<String> unknown))) {
                throw new AssertionError(text + ": " + decoded);
            }
            resources.add(resource);
        } catch (JsonText.Malformed e) {
            throw new AssertionError(text, e);
        }
        return this;
    }

    Wanted node(String name, String address, String... more) {
        return labelled("Node", name, more.length > 1 ? more[1] : "", "{'bgp':{'ipv4Address':'" + address + "/24'" + (more.length > 0 ? more[0] : "") + "}}");
    }

    Wanted block(String prefix) {
        blocks.add(Prefix.parse(prefix));
        return this;
    }

    Wanted borrowed(String address) {
        borrowed.add(Prefix.parse(address));
        return this;
    }

    Wanted file(String name, String text) {
        files.put(name, new ConfigFiles.Content.Text(text));
        return this;
    }

    FabricPlan plan(String node) {
        return plan(node, resources);
    }

    FabricPlan plan(String node, Collection<Resource> order) {
        return FabricPlan.of(node, pinned, order, new Holdings(blocks, borrowed));
    }

    /** With the files, by the bundle that makes settings; nothing it is told may be amiss. */
    Merge.Merged merged(String node) {
        ConfigFiles.Outcome outcome = ConfigFiles.read(files, Map.of(), node, "/etc/tombolo");
        Merge.Merged merged = Merge.of(outcome, List.of(plan(node).contribution()), node, "/etc/tombolo");
        if (!outcome.problems().isEmpty() || !merged.problems().isEmpty()) {
            throw new AssertionError(outcome.problems() + " " + merged.problems());
        }
        return merged;
    }

    /** The parts of one kind as text: the name, then {@code key = value} sorted, one line a part. */
    static String text(FabricPlan plan, Kind kind) {
        return plan.contribution().parts().stream().filter(part -> part.kind() == kind).map(Wanted::text).sorted().collect(Collectors.joining("\n"));
    }

    private static String text(Part part) {
        return part.level() + " " + part.name() + " [" + part.origin() + "] " + part.values().entrySet().stream().filter(entry -> !entry.getKey().equals("description"))
                .map(entry -> entry.getKey() + "=" + entry.getValue()).collect(Collectors.joining("; "));
    }
}
