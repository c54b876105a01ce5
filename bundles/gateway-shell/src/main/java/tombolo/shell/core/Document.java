package tombolo.shell.core;

import java.util.function.Function;
import tombolo.api.json.Json;

/**
 * One answer in both forms.
 *
 * @param text for people, ending in a line end
 */
public record Document(Json json, Function<Screen, String> text) {
    /** @param values maps, lists, texts, numbers, truth values, Optionals; what else there is as its text */
    public Document(Object values, Function<Screen, String> text) {
        this(Text.json(values), text);
    }
}
