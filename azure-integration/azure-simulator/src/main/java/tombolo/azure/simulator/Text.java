package tombolo.azure.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** JSON text and trees. */
final class Text {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Text() { }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** A JSON object; empty where the text is none. */
    static Optional<ObjectNode> parse(byte[] utf8) {
        try {
            return MAPPER.readTree(utf8) instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
        } catch (IOException broken) {
            return Optional.empty();
        }
    }

    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static String pretty(JsonNode node) {
        return node.toPrettyString();
    }

    /** The text at a path such as {@code properties.peer.id}; empty where it is absent, null or not text. */
    static Optional<String> text(JsonNode node, String path) {
        JsonNode found = at(node, path);
        return found.isTextual() ? Optional.of(found.textValue()) : Optional.empty();
    }

    static JsonNode at(JsonNode node, String path) {
        return node.at("/" + path.replace('.', '/'));
    }

    /** An integer; a text of digits counts, as ARM takes it. Empty where there is none. */
    static Optional<Long> integer(JsonNode node, String path) {
        JsonNode found = at(node, path);
        if (found.isIntegralNumber()) {
            return Optional.of(found.longValue());
        }
        return found.isTextual() && found.textValue().matches("-?[0-9]{1,18}") ? Optional.of(Long.parseLong(found.textValue())) : Optional.empty();
    }

    static List<String> texts(JsonNode node, String path) {
        List<String> texts = new ArrayList<>();
        at(node, path).forEach(each -> texts.add(each.asText()));
        return texts;
    }

    static ArrayNode texts(Iterable<String> values) {
        ArrayNode array = array();
        values.forEach(array::add);
        return array;
    }

    /** RFC 7396: a member that is null goes, an object is merged, all else is put. */
    static void merge(ObjectNode into, JsonNode patch) {
        patch.properties().forEach(member -> {
            JsonNode value = member.getValue();
            if (value.isNull()) {
                into.remove(member.getKey());
            } else if (value.isObject() && into.get(member.getKey()) instanceof ObjectNode inner) {
                merge(inner, value);
            } else {
                into.set(member.getKey(), value.deepCopy());
            }
        });
    }
}
