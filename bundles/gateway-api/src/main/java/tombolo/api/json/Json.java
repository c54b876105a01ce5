package tombolo.api.json;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A JSON value (RFC 8259): immutable, its members in the order in which they were written, its numbers as they were spelled. */
public sealed interface Json {

    /** @param members in order; a name once */
    record Obj(Map<String, Json> members) implements Json {
        public static final Obj EMPTY = new Obj(Map.of());

        public Obj {
            members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
        }

        public static Obj of(String name, Json value) {
            return EMPTY.with(name, value);
        }

        /** The member of that name; empty where there is none, {@link Null} where it is null. */
        public Optional<Json> get(String name) {
            return Optional.ofNullable(members.get(name));
        }

        /** The member's text; empty where it is absent or something else. */
        public Optional<String> text(String name) {
            return members.get(name) instanceof Text(String value) ? Optional.of(value) : Optional.empty();
        }

        /** The member's integer; empty where it is absent, something else, or beyond 64 bits. */
        public OptionalLong integer(String name) {
            return members.get(name) instanceof Num number ? number.integer() : OptionalLong.empty();
        }

        /** The member's truth; empty where it is absent or something else. */
        public Optional<Boolean> bool(String name) {
            return members.get(name) instanceof Bool(boolean value) ? Optional.of(value) : Optional.empty();
        }

        /** The member's members; empty where it is absent or something else. */
        public Optional<Obj> object(String name) {
            return members.get(name) instanceof Obj object ? Optional.of(object) : Optional.empty();
        }

        /** The member's items; none where it is absent or something else. */
        public List<Json> array(String name) {
            return members.get(name) instanceof Arr(List<Json> items) ? items : List.of();
        }

        /** This with the member set: in its place where the name is there, else at the end. */
        public Obj with(String name, Json value) {
            Map<String, Json> copy = new LinkedHashMap<>(members);
            copy.put(name, value);
            return new Obj(copy);
        }

        public Obj with(String name, String value) {
            return with(name, new Text(value));
        }

        public Obj with(String name, long value) {
            return with(name, Num.of(value));
        }

        public Obj with(String name, boolean value) {
            return with(name, Bool.of(value));
        }

        public Obj without(String name) {
            Map<String, Json> copy = new LinkedHashMap<>(members);
            copy.remove(name);
            return new Obj(copy);
        }
    }

    record Arr(List<Json> items) implements Json {
        public static final Arr EMPTY = new Arr(List.of());

        public Arr {
            items = List.copyOf(items);
        }

        public static Arr of(Json... items) {
            return new Arr(List.of(items));
        }

        public static Arr texts(Iterable<String> values) {
            List<Json> items = new ArrayList<>();
            values.forEach(value -> items.add(new Text(value)));
            return new Arr(items);
        }
    }

    record Text(String value) implements Json { }

    /** @param literal by the grammar of RFC 8259 §6; kept as it was spelled, so that what nobody here understands survives a read and a write */
    record Num(String literal) implements Json {
        public static Num of(long value) {
            return new Num(Long.toString(value));
        }

        /** The value where it is an integer of 64 bits and spelled as one. */
        public OptionalLong integer() {
            try {
                return OptionalLong.of(Long.parseLong(literal));
            } catch (NumberFormatException _) {
                return OptionalLong.empty();
            }
        }
    }

    record Bool(boolean value) implements Json {
        public static final Bool TRUE = new Bool(true);
        public static final Bool FALSE = new Bool(false);

        public static Bool of(boolean value) {
            return value ? TRUE : FALSE;
        }
    }

    enum Null implements Json { NULL }
}
