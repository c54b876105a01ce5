package tombolo.ipam.core;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tombolo.api.json.Json;

/**
 * What is known about some addresses of a block: {@code {"handle_id": …, "secondary": {…}, "releasedAt": …}}. Addresses that share it share one entry.
 *
 * @param releasedAt the address was released then and cools down
 * @param tree       the entry as it is stored, with what nobody here knows
 */
public record Attribute(Optional<String> handle, Map<String, String> secondary, Optional<Instant> releasedAt, Json.Obj tree) {

    public static Attribute of(Optional<String> handle, Map<String, String> secondary) {
        Json.Obj texts = texts(secondary);
        Map<String, Json> members = new LinkedHashMap<>();
        members.put("handle_id", handle.<Json>map(Json.Text::new).orElse(Json.Null.NULL));
        members.put("secondary", texts);
        return new Attribute(handle, secondary, Optional.empty(), new Json.Obj(members));
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
        return new Attribute(tree.text("handle_id").map(Attribute::sane).filter(id -> !id.isEmpty()), secondary, time(tree, "releasedAt"), tree);
    }

    boolean cooling() {
        return releasedAt.isPresent();
    }

    /** Whether an address with this handle and these attributes can share this entry. */
    boolean fits(Optional<String> handle, Map<String, String> secondary) {
        return !cooling() && this.handle.equals(handle) && this.secondary.equals(secondary) && tree.members().size() == 2;
    }

    Attribute released(Instant when) {
        return new Attribute(handle, secondary, Optional.of(when), tree.with("releasedAt", when.truncatedTo(ChronoUnit.SECONDS).toString()));
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

    private static Json.Obj texts(Map<String, String> values) {
        Map<String, Json> members = new LinkedHashMap<>();
        values.forEach((name, value) -> members.put(name, new Json.Text(value)));
        return new Json.Obj(members);
    }
}
