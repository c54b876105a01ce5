package tombolo.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** What a program said, read as JSON. */
final class JsonAnswer {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private JsonAnswer() { }

    /** @param asked for the message, when the text is not JSON */
    static JsonNode of(String asked, String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException broken) {
            throw new HarnessException(asked + " does not answer with JSON: " + text, broken);
        }
    }
}
