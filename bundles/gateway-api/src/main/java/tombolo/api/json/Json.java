package tombolo.api.json;

import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A JSON value (RFC 8259): immutable, its members in the order in which they were written, its numbers as they were spelled. */
public sealed interface Json {

    /** @param members in order; a name once */
    record Obj(Map<String, Json> members) implements Json {
        public static final Obj EMPTY = new Obj(Map.of());

        public Obj {
            members = members instanceof Frozen ? members : new Frozen(new LinkedHashMap<>(members));
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
            LinkedHashMap<String, Json> copy = new LinkedHashMap<>(members);
            copy.put(name, value);
            return new Obj(new Frozen(copy));
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
            LinkedHashMap<String, Json> copy = new LinkedHashMap<>(members);
            copy.remove(name);
            return new Obj(new Frozen(copy));
        }

        /** Puts an object together, member by member, without a copy for each. One thread; of use once. */
        public static final class Builder {
            private @Nullable LinkedHashMap<String, Json> members = new LinkedHashMap<>();

            /** In its place where the name is there, else at the end. @throws IllegalStateException behind {@link #build} */
            public Builder with(String name, Json value) {
                open().put(name, value);
                return this;
            }

            public Builder with(String name, String value) {
                return with(name, new Text(value));
            }

            public Builder with(String name, long value) {
                return with(name, Num.of(value));
            }

            public Obj build() {
                Obj built = new Obj(new Frozen(open()));
                members = null;
                return built;
            }

            private LinkedHashMap<String, Json> open() {
                LinkedHashMap<String, Json> current = members;
                if (current == null) {
                    throw new IllegalStateException("the object is built already");
                }
                return current;
            }
        }

        /** Members that nobody can change any more: to be held without another copy. */
        private static final class Frozen extends AbstractMap<String, Json> {
            private final Map<String, Json> held;

            Frozen(LinkedHashMap<String, Json> handedOver) {
                held = Collections.unmodifiableMap(handedOver);
            }

            @Override
            public @Nullable Json get(Object name) {
                return held.get(name);
            }

            @Override
            public boolean containsKey(Object name) {
                return held.containsKey(name);
            }

            @Override
            public int size() {
                return held.size();
            }

            @Override
            public Set<String> keySet() {
                return held.keySet();
            }

            @Override
            public Collection<Json> values() {
                return held.values();
            }

            @Override
            public Set<Map.Entry<String, Json>> entrySet() {
                return held.entrySet();
            }

            @Override
            public void forEach(BiConsumer<? super String, ? super Json> action) {
                held.forEach(action);
            }
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
