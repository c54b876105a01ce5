package tombolo.resources.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tombolo.api.json.Json;
import tombolo.api.resource.GoDuration;

/**
 * Reads the members of one JSON object by name and type, and notes what is wrong. An empty text, a null and an absent member are the same, as they are to the Go
 * programs that share the store.
 */
final class Fields {
    static final String MISSING = "TMB-RES-001";
    static final String TYPE = "TMB-RES-002";
    static final String RANGE = "TMB-RES-003";
    static final String CHOICE = "TMB-RES-004";
    static final String FORM = "TMB-RES-005";
    static final String RULE = "TMB-RES-006";
    static final String UNKNOWN = "TMB-RES-009";

    private final Json.Obj object;
    private final String path;
    private final Problems problems;
    private final Notes notes;
    private final Set<String> known = new LinkedHashSet<>();

    Fields(Json.Obj object, String path, Problems problems, Notes notes) {
        this.object = object;
        this.path = path;
        this.problems = problems;
        this.notes = notes;
    }

    Json.Obj object() {
        return object;
    }

    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    void problem(String code, String name, String seen, String rule) {
        problems.add(code, name.isEmpty() ? path : at(name), seen, rule);
    }

    /** A rule between fields of this object that does not hold. */
    void broken(String name, String rule) {
        problem(RULE, name, shown(name), rule);
    }

    void require(boolean holds, String name, String rule) {
        if (!holds) {
            broken(name, rule);
        }
    }

    /** What stands there, as text for a message. */
    private String shown(String name) {
        return object.get(name).map(Fields::show).orElse("");
    }

    static String show(Json value) {
        return switch (value) {
            case Json.Text(String text) -> text;
            case Json.Num(String literal) -> literal;
            case Json.Bool(boolean truth) -> Boolean.toString(truth);
            case Json.Null _ -> "null";
            case Json.Arr(List<Json> items) -> items.stream().map(Fields::show).collect(Collectors.joining(", ", "[", "]"));
            case Json.Obj(Map<String, Json> members) -> members.entrySet().stream().map(each -> each.getKey() + ": " + show(each.getValue())).collect(Collectors.joining(", ", "{", "}"));
        };
    }

    boolean has(String name) {
        return value(name).isPresent();
    }

    Optional<Json> value(String name) {
        known.add(name);
        return object.get(name).filter(value -> !(value instanceof Json.Null) && !(value instanceof Json.Text(String text) && text.isEmpty()));
    }

    private <T> Optional<T> typed(String name, String wanted, Function<Json, Optional<T>> cast) {
        Optional<Json> value = value(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        Optional<T> result = cast.apply(value.get());
        if (result.isEmpty()) {
            problem(TYPE, name, show(value.get()), "wanted " + wanted);
        }
        return result;
    }

    Optional<String> text(String name) {
        return typed(name, "a text", value -> value instanceof Json.Text(String text) ? Optional.of(text) : Optional.empty());
    }

    /** A text of some form. */
    Optional<String> text(String name, Predicate<String> form, String rule) {
        return text(name).filter(text -> {
            boolean fits = form.test(text);
            if (!fits) {
                problem(FORM, name, text, rule);
            }
            return fits;
        });
    }

    String required(String name, Optional<String> value, String otherwise) {
        if (value.isEmpty() && !has(name)) {
            problem(MISSING, name, "", "must be given");
        }
        return value.orElse(otherwise);
    }

    Optional<Boolean> bool(String name) {
        return typed(name, "true or false", value -> value instanceof Json.Bool(boolean truth) ? Optional.of(truth) : Optional.empty());
    }

    Optional<Long> integer(String name, long least, long most) {
        Optional<Long> number = typed(name, "an integer", Fields::whole);
        if (number.isPresent() && (number.get() < least || number.get() > most)) {
            problem(RANGE, name, number.get().toString(), "wanted " + least + " to " + most);
            return Optional.empty();
        }
        return number;
    }

    OptionalInt smallInteger(String name, int least, int most) {
        Optional<Long> number = integer(name, least, most);
        return number.isPresent() ? OptionalInt.of(number.get().intValue()) : OptionalInt.empty();
    }

    private static Optional<Long> whole(Json value) {
        return value instanceof Json.Num number && number.integer().isPresent() ? Optional.of(number.integer().getAsLong()) : Optional.empty();
    }

    OptionalDouble decimal(String name) {
        Optional<Double> number = typed(name, "a number", value -> {
            if (!(value instanceof Json.Num(String literal))) {
                return Optional.empty();
            }
            double read = Double.parseDouble(literal);
            return Double.isFinite(read) ? Optional.of(read) : Optional.empty();
        });
        return number.isPresent() ? OptionalDouble.of(number.get()) : OptionalDouble.empty();
    }

    <T> Optional<T> choice(String name, Map<String, T> choices) {
        return text(name).flatMap(text -> {
            Optional<T> chosen = Optional.ofNullable(choices.get(text));
            if (chosen.isEmpty()) {
                problem(CHOICE, name, text, "wanted one of " + String.join(", ", choices.keySet()));
            }
            return chosen;
        });
    }

    <T> Set<T> choices(String name, Map<String, T> choices) {
        Set<T> result = new LinkedHashSet<>();
        each(name, (value, where) -> {
            Optional<T> chosen = value instanceof Json.Text(String text) ? Optional.ofNullable(choices.get(text)) : Optional.empty();
            if (chosen.isEmpty()) {
                problems.add(CHOICE, where, show(value), "wanted one of " + String.join(", ", choices.keySet()));
            } else if (!result.add(chosen.get())) {
                problems.add(RULE, where, show(value), "stands there more than once");
            }
        });
        return result;
    }

    /** A text that a parser reads; its refusal becomes the problem. */
    <T> Optional<T> parsed(String name, Function<String, T> parser) {
        return text(name).flatMap(text -> tried(text, at(name), parser));
    }

    /** The same for what may be written as a text or as a number. */
    <T> Optional<T> parsedScalar(String name, Function<String, T> parser) {
        Optional<String> text = typed(name, "a text or a number", Fields::scalar);
        return text.flatMap(each -> tried(each, at(name), parser));
    }

    private static Optional<String> scalar(Json value) {
        return value instanceof Json.Text(String text) ? Optional.of(text) : value instanceof Json.Num(String literal) ? Optional.of(literal) : Optional.empty();
    }

    private <T> Optional<T> tried(String text, String where, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            problems.add(FORM, where, text, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    Optional<Duration> duration(String name) {
        return text(name).flatMap(text -> {
            Optional<Duration> duration = GoDuration.parse(text).filter(each -> !each.isNegative());
            if (duration.isEmpty()) {
                problem(FORM, name, text, "wanted a duration such as 90s, 1m30s or 2h");
            }
            return duration;
        });
    }

    Optional<Fields> object(String name) {
        return typed(name, "an object", value -> value instanceof Json.Obj inner ? Optional.of(new Fields(inner, at(name), problems, notes)) : Optional.empty());
    }

    /** An object that counts as empty where it is absent. */
    Fields objectOrEmpty(String name) {
        return object(name).orElseGet(() -> new Fields(Json.Obj.EMPTY, at(name), new Problems(), new Notes()));
    }

    /** The same, but rules about it that do not hold are problems of this document. */
    Fields objectOrEmptyHere(String name) {
        return object(name).orElseGet(() -> new Fields(Json.Obj.EMPTY, at(name), problems, notes));
    }

    <T> List<T> objects(String name, int most, Function<Fields, T> reader) {
        List<T> result = new ArrayList<>();
        limited(name, most);
        each(name, (value, where) -> {
            if (value instanceof Json.Obj inner) {
                result.add(reader.apply(new Fields(inner, where, problems, notes)));
            } else {
                problems.add(TYPE, where, show(value), "wanted an object");
            }
        });
        return result;
    }

    List<String> texts(String name) {
        return parsedList(name, Integer.MAX_VALUE, text -> text);
    }

    <T> List<T> parsedList(String name, int most, Function<String, T> parser) {
        List<T> result = new ArrayList<>();
        limited(name, most);
        each(name, (value, where) -> {
            Optional<String> text = scalar(value);
            if (text.isEmpty()) {
                problems.add(TYPE, where, show(value), "wanted a text");
            } else {
                tried(text.get(), where, parser).ifPresent(result::add);
            }
        });
        return result;
    }

    void limited(String name, int most) {
        int size = object.array(name).size();
        if (size > most) {
            problem(RANGE, name, size + " entries", "the most is " + most);
        }
    }

    Map<String, String> textMap(String name) {
        Map<String, String> result = new LinkedHashMap<>();
        object(name).ifPresent(inner -> inner.object.members().forEach((key, value) -> {
            if (value instanceof Json.Text(String text)) {
                result.put(key, text);
            } else if (!(value instanceof Json.Null)) {
                problems.add(TYPE, inner.at(key), show(value), "wanted a text; put it between quotes");
            }
        }));
        return result;
    }

    private interface Item {
        void read(Json value, String where);
    }

    private void each(String name, Item item) {
        Optional<List<Json>> items = typed(name, "a list", value -> value instanceof Json.Arr(List<Json> each) ? Optional.of(each) : Optional.empty());
        int index = 0;
        for (Json value : items.orElse(List.of())) {
            item.read(value, at(name) + "[" + index++ + "]");
        }
    }

    /** Says that these members are known without reading them. */
    Fields knows(String... names) {
        known.addAll(List.of(names));
        return this;
    }

    /**
     * Looks at the members that nobody asked for. One that is nearly a known one is a slip and a problem; any other is kept, since a newer program may have written
     * it, and noted.
     */
    void checkRest() {
        for (String name : object.members().keySet()) {
            if (known.contains(name)) {
                continue;
            }
            Optional<String> meant = Spelling.meant(name, known);
            if (meant.isPresent()) {
                problems.add(UNKNOWN, at(name), "", "there is no such field; did you mean " + meant.get() + "?");
            } else {
                notes.add(at(name));
            }
        }
    }
}
