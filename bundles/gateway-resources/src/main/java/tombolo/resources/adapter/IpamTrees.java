package tombolo.resources.adapter;

import java.util.LinkedHashMap;
import java.util.Map;
import tombolo.api.json.Json;
import tombolo.resources.core.Kind;
import tombolo.resources.core.Kinds;

/** IPAM keeps its objects in a spelling of its own ({@code libcalico-go/lib/backend/model}): here they become documents, and the configuration becomes its own again. */
final class IpamTrees {
    private static final Map<String, String> CONFIGURATION = names("strict_affinity", "strictAffinity", "auto_allocate_blocks", "autoAllocateBlocks");
    private static final Map<String, String> BLOCK = names("affinity_claim_time", "affinityClaimTime", "sequence_number", "sequenceNumber", "sequence_number_for_allocation",
            "sequenceNumberForAllocation");

    /** Affinities of what is no node. */
    static final String VIRTUAL_PREFIX = "/calico/ipam/v2/virtual/";

    private IpamTrees() { }

    private static Map<String, String> names(String... pairs) {
        Map<String, String> names = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            names.put(pairs[i], pairs[i + 1]);
        }
        return names;
    }

    /** What is left out of the stored configuration is false or 0, as Go writes it; a configuration that does not exist is another matter. */
    static Json.Obj configuration(Json.Obj stored) {
        Json.Obj spec = renamed(stored, CONFIGURATION);
        for (String name : CONFIGURATION.values()) {
            if (spec.get(name).isEmpty()) {
                spec = spec.with(name, false);
            }
        }
        return document("IPAMConfiguration", "default", spec);
    }

    static Json.Obj stored(Json.Obj document) {
        Map<String, String> back = new LinkedHashMap<>();
        CONFIGURATION.forEach((ours, theirs) -> back.put(theirs, ours));
        Json.Obj spec = document.object("spec").orElse(Json.Obj.EMPTY);
        if (spec.get("autoAllocateBlocks").isEmpty()) {
            spec = spec.with("autoAllocateBlocks", true);
        }
        return renamed(spec, back);
    }

    static Json.Obj document(Kind kind, String key, Json.Obj stored) {
        String rest = key.contains("/virtual/") ? key.substring(VIRTUAL_PREFIX.length()) : key.substring(Math.min(key.length(), kind.prefix().length()));
        return switch (kind.name()) {
            case "IPAMHandle" -> document(kind.name(), rest, stored.with("handleID", rest));
            case "IPAMBlock" -> document(kind.name(), named(rest.substring(rest.lastIndexOf('/') + 1)), renamed(stored, BLOCK));
            default -> affinity(kind, key, rest, stored);
        };
    }

    /** {@code <node>/ipv4/block/<cidr>}, the slash of the CIDR as a dash. */
    private static Json.Obj affinity(Kind kind, String key, String rest, Json.Obj stored) {
        String[] parts = rest.split("/");
        String block = parts[parts.length - 1];
        int dash = block.lastIndexOf('-');
        String cidr = dash < 0 ? block : block.substring(0, dash) + "/" + block.substring(dash + 1);
        Json.Obj spec = stored.with("node", parts[0]).with("cidr", cidr);
        return document(kind.name(), parts[0] + "-" + named(block), key.contains("/virtual/") ? spec.with("type", "virtual") : spec);
    }

    /** A CIDR as part of a name, as Calico writes it: {@code 10-0-3-0-26}. */
    private static String named(String cidr) {
        return cidr.replaceAll("[.:/]", "-");
    }

    private static Json.Obj document(String kind, String name, Json.Obj spec) {
        return Json.Obj.of("apiVersion", new Json.Text(Kinds.API)).with("kind", kind).with("metadata", Json.Obj.of("name", new Json.Text(name))).with("spec", spec);
    }

    private static Json.Obj renamed(Json.Obj object, Map<String, String> names) {
        Json.Obj result = Json.Obj.EMPTY;
        for (Map.Entry<String, Json> member : object.members().entrySet()) {
            result = result.with(names.getOrDefault(member.getKey(), member.getKey()), member.getValue());
        }
        return result;
    }
}
