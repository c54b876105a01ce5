package tombolo.runtime.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tombolo.api.json.Json;

/** Reads and writes JSON text: the one place that does. Any thread. */
public final class JsonText {
    /** Deeper than any resource is, far from where recursion ends. */
    public static final int MAX_DEPTH = 200;
    /** One document; larger ones are split by whoever writes them. */
    public static final int MAX_BYTES = 16 << 20;
    private static final int SHOWN = 40;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).maxDocumentLength(MAX_BYTES).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonText() { }

    /** {@code "name": value}, {@code []}, {@code {}}: as everybody else's tools write it. */
    private static final Separators SEPARATORS = Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("").withArrayEmptySeparator("");

    /** What is not JSON, or beyond a limit. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;
        private final int line;
        private final int column;

        public Malformed(String message, int line, int column) {
            super(message);
            this.line = line;
            this.column = column;
        }

        /** From 1. */
        public int line() {
            return line;
        }

        /** From 1. */
        public int column() {
            return column;
        }
    }

    /** One value and nothing behind it. @param utf8 at most {@value #MAX_BYTES} bytes */
    public static Json parse(byte[] utf8) throws Malformed {
        if (utf8.length > MAX_BYTES) {
            throw new Malformed("a document of " + utf8.length + " bytes; the most is " + MAX_BYTES, 1, 1);
        }
        try (JsonParser parser = FACTORY.createParser(utf8)) {
            return whole(parser);
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    /** Hears where the values of a text stand. */
    @FunctionalInterface
    public interface Places {
        /**
         * @param path such as {@code spec.rules[0].action}; empty for the whole
         * @param line from 1
         */
        void at(String path, int line);
    }

    /** The same, and tells where each value begins. */
    public static Json parse(byte[] utf8, Places places) throws Malformed {
        Json value = parse(utf8);
        try (JsonParser parser = FACTORY.createParser(utf8)) {
            parser.nextToken();
            tell(parser, "", places);
        } catch (IOException e) {
            throw malformed(e);
        }
        return value;
    }

    private static void tell(JsonParser parser, String path, Places places) throws IOException {
        places.at(path, parser.currentTokenLocation().getLineNr());
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                int line = parser.currentTokenLocation().getLineNr();
                parser.nextToken();
                String inner = path.isEmpty() ? name : path + "." + name;
                tell(parser, inner, places);
                places.at(inner, line);
            }
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                tell(parser, path + "[" + i + "]", places);
            }
        }
    }

    public static Json parse(String text) throws Malformed {
        try (JsonParser parser = FACTORY.createParser(text)) {
            return whole(parser);
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    /** On one line, UTF-8. */
    public static byte[] bytes(Json value) {
        return line(value).getBytes(StandardCharsets.UTF_8);
    }

    /** On one line. */
    public static String line(Json value) {
        StringBuilder out = new StringBuilder(256);
        append(value, out);
        return out.toString();
    }

    /** On one line, behind what is there. Small documents are written by the thousand: setting up a generator would cost more than they do. */
    public static void append(Json value, StringBuilder out) {
        switch (value) {
            case Json.Obj(Map<String, Json> members) -> {
                char before = '{';
                for (Map.Entry<String, Json> member : members.entrySet()) {
                    appendText(member.getKey(), out.append(before));
                    append(member.getValue(), out.append(':'));
                    before = ',';
                }
                out.append(before == '{' ? "{}" : "}");
            }
            case Json.Arr(List<Json> items) -> {
                char before = '[';
                for (Json item : items) {
                    append(item, out.append(before));
                    before = ',';
                }
                out.append(before == '[' ? "[]" : "]");
            }
            case Json.Text(String text) -> appendText(text, out);
            case Json.Num(String literal) -> out.append(literal);
            case Json.Bool(boolean truth) -> out.append(truth);
            case Json.Null _ -> out.append("null");
        }
    }

    /** A text in its quotes: only what must be escaped is (RFC 8259 §7), and half a surrogate pair, which UTF-8 could not say (§8.2). */
    public static void appendText(String text, StringBuilder out) {
        out.append('"');
        int done = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (c < ' ' || c == '"' || c == '\\' || Character.isSurrogate(c)) {
                out.append(text, done, i).append(escaped(c));
                done = i + 1;
            }
        }
        out.append(text, done, text.length()).append('"');
    }

    private static String escaped(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            default -> String.format("\\u%04X", (int) c);
        };
    }

    /** Indented by two spaces, for people. */
    public static String pretty(Json value) {
        StringWriter out = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            DefaultIndenter indent = new DefaultIndenter("  ", "\n");
            generator.setPrettyPrinter(new DefaultPrettyPrinter(SEPARATORS).withObjectIndenter(indent).withArrayIndenter(indent));
            write(value, generator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static Json whole(JsonParser parser) throws IOException, Malformed {
        if (parser.nextToken() == null) {
            throw new Malformed("nothing there; wanted a JSON value", 1, 1);
        }
        Json value = value(parser);
        if (parser.nextToken() != null) {
            JsonLocation at = parser.currentTokenLocation();
            throw new Malformed("something behind the end of the JSON value", at.getLineNr(), at.getColumnNr());
        }
        return value;
    }

    /** Reads the value at which the parser stands; it ends on the value's last token. For readers of other syntaxes with Jackson's tokens as well. */
    public static Json value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> {
                Json.Obj.Builder members = new Json.Obj.Builder();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.with(name, value(parser));
                }
                yield members.build();
            }
            case START_ARRAY -> {
                List<Json> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield new Json.Arr(items);
            }
            case VALUE_STRING -> new Json.Text(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json.Num(parser.getText());
            case VALUE_TRUE -> Json.Bool.TRUE;
            case VALUE_FALSE -> Json.Bool.FALSE;
            case VALUE_NULL -> Json.Null.NULL;
            default -> throw new IOException("unexpected " + token);
        };
    }

    private static void write(Json value, JsonGenerator out) throws IOException {
        switch (value) {
            case Json.Obj(Map<String, Json> members) -> {
                out.writeStartObject();
                for (Map.Entry<String, Json> member : members.entrySet()) {
                    out.writeFieldName(member.getKey());
                    write(member.getValue(), out);
                }
                out.writeEndObject();
            }
            case Json.Arr(List<Json> items) -> {
                out.writeStartArray();
                for (Json item : items) {
                    write(item, out);
                }
                out.writeEndArray();
            }
            case Json.Text(String text) -> out.writeString(text);
            case Json.Num(String literal) -> out.writeNumber(literal);
            case Json.Bool(boolean truth) -> out.writeBoolean(truth);
            case Json.Null _ -> out.writeNull();
        }
    }

    private static Malformed malformed(IOException e) {
        if (e instanceof JsonProcessingException problem && problem.getLocation() != null) {
            // Jackson names its source inside some messages; ours is named by whoever asked.
            String message = problem.getOriginalMessage().replaceAll("\\[Source: [^;\\]]*; ", "[");
            return new Malformed(message.length() > 8 * SHOWN ? message.substring(0, 8 * SHOWN) + "…" : message, Math.max(1, problem.getLocation().getLineNr()),
                    Math.max(1, problem.getLocation().getColumnNr()));
        }
        return new Malformed(String.valueOf(e.getMessage()), 1, 1);
    }
}
