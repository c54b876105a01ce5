package tombolo.api.resource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tombolo.api.json.Json;
import tombolo.api.selector.Selector;

/**
 * {@code FelixConfiguration}: parameters of the data plane. Named {@code default}, {@code node.<name>}, or anything with a node selector; they lie above one another
 * key by key, so that what is not set stays empty here. Which of the many parameters this gateway honours is said by {@code config:explain}.
 *
 * @param nodeSelector where set
 * @param parameters   of the spec as they are spelled; types and ranges of those that are known are checked
 */
public record FelixConfiguration(Optional<Selector> nodeSelector, Json.Obj parameters) implements ResourceSpec {
    public Optional<String> text(String name) {
        return parameters.text(name);
    }

    public Optional<Boolean> bool(String name) {
        return parameters.bool(name);
    }

    public OptionalLong integer(String name) {
        return parameters.integer(name);
    }

    /** A parameter such as {@code 1m30s}; empty too where it is something else. */
    public Optional<Duration> duration(String name) {
        return parameters.text(name).flatMap(GoDuration::parse);
    }

    /** The texts of a list; none where it is absent or something else. */
    public List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Json item : parameters.array(name)) {
            if (item instanceof Json.Text(String text)) {
                texts.add(text);
            }
        }
        return texts;
    }
}
