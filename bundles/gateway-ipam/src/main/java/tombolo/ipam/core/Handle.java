package tombolo.ipam.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;
import tombolo.runtime.json.JsonText;

/**
 * How many addresses a handle holds in which blocks: {@code {"block": {"10.0.0.0/26": 1}, "deleted": false}}.
 *
 * @param counts of at least 1 each
 * @param tree   as stored, with what nobody here knows
 */
public record Handle(String id, Map<Prefix, Integer> counts, Json.Obj tree) {

    public static Handle none(String id) {
        return new Handle(id, Map.of(), Json.Obj.EMPTY);
    }

    public static Handle read(String id, Json value) throws Malformed {
        if (!(value instanceof Json.Obj tree)) {
            throw new Malformed("a handle is no object");
        }
        Map<Prefix, Integer> counts = new LinkedHashMap<>();
        for (Map.Entry<String, Json> entry : tree.object("block").orElse(Json.Obj.EMPTY).members().entrySet()) {
            OptionalLong count = entry.getValue() instanceof Json.Num number ? number.integer() : OptionalLong.empty();
            if (count.isEmpty()) {
                throw new Malformed("the count of block " + entry.getKey() + " is no number");
            }
            try {
                // negative and zero counts say "none", whoever wrote them
                if (count.getAsLong() > 0) {
                    counts.put(Prefix.parse(entry.getKey()), Math.toIntExact(count.getAsLong()));
                }
            } catch (IllegalArgumentException | ArithmeticException e) {
                throw new Malformed("the block " + entry.getKey() + ": " + e.getMessage());
            }
        }
        return new Handle(id, counts, tree);
    }

    /** With so many more (or, negative, fewer) addresses in a block; never below none. */
    public Handle plus(Prefix block, int more) {
        Map<Prefix, Integer> changed = new LinkedHashMap<>(counts);
        int count = counts.getOrDefault(block, 0) + more;
        if (count > 0) {
            changed.put(block, count);
        } else {
            changed.remove(block);
        }
        return new Handle(id, changed, tree);
    }

    public boolean empty() {
        return counts.isEmpty();
    }

    /** As it is stored, on one line. */
    public String text() {
        if (tree.members().isEmpty()) {
            // ours, and new: written for every address
            StringBuilder text = new StringBuilder(64).append("{\"block\":{");
            counts.forEach((block, count) -> text.append('"').append(block).append("\":").append(count).append(','));
            text.setLength(text.length() - (counts.isEmpty() ? 0 : 1));
            return text.append("},\"deleted\":false}").toString();
        }
        Map<String, Json> blocks = new LinkedHashMap<>();
        counts.forEach((block, count) -> blocks.put(block.toString(), Json.Num.of(count)));
        Map<String, Json> members = new LinkedHashMap<>(tree.members());
        members.put("block", new Json.Obj(blocks));
        members.putIfAbsent("deleted", Json.Bool.FALSE);
        return JsonText.line(new Json.Obj(members));
    }
}
