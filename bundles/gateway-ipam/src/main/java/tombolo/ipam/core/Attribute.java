package tombolo.ipam.core;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tombolo.api.json.Json;
import tombolo.runtime.json.JsonText;

/**
 * What is known about some addresses of a block: {@code {"handle_id": …, "secondary": {…}, "releasedAt": …}}. Addresses that share it share one entry.
 *
 * @param releasedAt the address was released then and cools down
 * @param plain      the entry says nothing else
 * @param text       the entry as it is stored, with what nobody here knows: kept, since each write of a block repeats all of its entries
 */
public record Attribute(Optional<String> handle, Map<String, String> secondary, Optional<Instant> releasedAt, boolean plain, String text) {

    public static Attribute of(Optional<String> handle, Map<String, String> secondary) {
        StringBuilder text = new StringBuilder(256).append("{\"handle_id\":");
        handle.ifPresentOrElse(id -> JsonText.appendText(id, text), () -> text.append("null"));
        text.append(",\"secondary\":{");
        secondary.forEach((name, value) -> {
            JsonText.appendText(name, text);
            JsonText.appendText(value, text.append(':'));
            text.append(',');
        });
        text.setLength(text.length() - (secondary.isEmpty() ? 0 : 1));
        return new Attribute(handle, secondary, Optional.empty(), true, text.append("}}").toString());
    }

    static Attribute read(Json value) throws Malformed {
        if (!(value instanceof Json.Obj tree)) {
            throw new Malformed("an entry of attributes is no object");
        }
        Map<String, String> secondary = new LinkedHashMap<>();
        tree.object("secondary").ifPresent(texts -> texts.members().forEach((name, text) -> {
            if (text instanceof Json.Text(String known)) {
                secondary.put(name, known);
            }
        }));
        return new Attribute(tree.text("handle_id").map(Attribute::sane).filter(id -> !id.isEmpty()), secondary, time(tree, "releasedAt"), tree.members().size() == 2, JsonText.line(tree));
    }

    boolean cooling() {
        return releasedAt.isPresent();
    }

    /** Whether an address with this handle and these attributes can share this entry. */
    boolean fits(Optional<String> handle, Map<String, String> secondary) {
        return !cooling() && this.handle.equals(handle) && this.secondary.equals(secondary) && plain;
    }

    Attribute released(Instant when) {
        try {
            Json.Obj tree = (Json.Obj) JsonText.parse(text);
            return new Attribute(handle, secondary, Optional.of(when), false, JsonText.line(tree.with("releasedAt", when.truncatedTo(ChronoUnit.SECONDS).toString())));
        } catch (JsonText.Malformed e) {
            throw new IllegalStateException("written here and not read: " + text, e);
        }
    }

    /** A migration of old data left handles with a carriage return and more behind it (projectcalico/cni-plugin issue 821). */
    static String sane(String handle) {
        int end = handle.indexOf('\r');
        return end < 0 ? handle : handle.substring(0, end);
    }

    static Optional<Instant> time(Json.Obj tree, String name) throws Malformed {
        Optional<String> text = tree.text(name);
        try {
            return text.map(known -> OffsetDateTime.parse(known).toInstant());
        } catch (DateTimeParseException e) {
            throw new Malformed(name + " '" + text.orElse("") + "' is no time of RFC 3339");
        }
    }
}
