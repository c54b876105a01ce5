package tombolo.shell.core;

import java.util.Optional;
import java.util.function.Function;
import tombolo.api.json.Json;

/**
 * One answer in both forms.
 *
 * @param text    for people, ending in a line end
 * @param failure with which the command ends behind the answer: operator text that begins with its code; for checks that scripts go by
 */
public record Document(Json json, Function<Screen, String> text, Optional<String> failure) {
    public Document(Json json, Function<Screen, String> text) {
        this(json, text, Optional.empty());
    }

    /** @param values maps, lists, texts, numbers, truth values, Optionals; what else there is as its text */
    public Document(Object values, Function<Screen, String> text) {
        this(Text.json(values), text);
    }

    /** The same answer, and a command that fails. */
    public Document failing(String why) {
        return new Document(json, text, Optional.of(why));
    }
}
