package tombolo.azure.arm.core;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.json.Json;

/**
 * What came back for one request.
 *
 * @param headers by name in lower case: ARM itself spells them differently from time to time; of several of one name the first
 */
public record Reply(int status, Map<String, String> headers, Body body) {
    /** What stood behind the headers. */
    public sealed interface Body {
        record None() implements Body { }

        record Value(Json.Obj json) implements Body { }

        /** @param why where the text stops to be JSON, and never what stands there: it may be a secret */
        record NotJson(String why) implements Body { }
    }

    public Reply {
        Map<String, String> lower = new TreeMap<>();
        headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
        headers = Map.copyOf(lower);
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    public Optional<Json.Obj> json() {
        return body instanceof Body.Value(Json.Obj json) ? Optional.of(json) : Optional.empty();
    }

    public boolean good() {
        return status >= 200 && status < 300;
    }

    /** ARM's own number of the request; empty text where it sent none. */
    public String requestId() {
        return header("x-ms-request-id").or(() -> header("x-ms-correlation-request-id")).orElse("");
    }
}
