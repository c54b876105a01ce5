package tombolo.shell.core;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes maps, lists, texts, numbers and truth values as JSON (RFC 8259), indented by two spaces. A dependency less is a bundle less to install. */
public final class Json {
    private final StringBuilder text = new StringBuilder();

    private Json() { }

    /** Other types than those named are written as their text; an empty Optional as null. */
    public static String of(Object value) {
        Json json = new Json();
        json.write(value, 0);
        return json.text.toString();
    }

    private void write(Object value, int depth) {
        switch (value) {
            case Optional<?> optional when optional.isEmpty() -> text.append("null");
            case Optional<?> optional -> write(optional.get(), depth);
            case Boolean truth -> text.append(truth);
            case Double number when number.isNaN() || number.isInfinite() -> text.append("null");
            case Number number -> text.append(number);
            case Map<?, ?> map when map.isEmpty() -> text.append("{}");
            case Map<?, ?> map -> {
                text.append('{');
                for (Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator(); entries.hasNext();) {
                    Map.Entry<?, ?> entry = entries.next();
                    newLine(depth + 1);
                    quote(String.valueOf(entry.getKey()));
                    text.append(": ");
                    write(entry.getValue(), depth + 1);
                    text.append(entries.hasNext() ? "," : "");
                }
                newLine(depth);
                text.append('}');
            }
            case List<?> list when list.isEmpty() -> text.append("[]");
            case List<?> list -> {
                text.append('[');
                for (Iterator<?> elements = list.iterator(); elements.hasNext();) {
                    newLine(depth + 1);
                    write(elements.next(), depth + 1);
                    text.append(elements.hasNext() ? "," : "");
                }
                newLine(depth);
                text.append(']');
            }
            default -> quote(value.toString());
        }
    }

    private void newLine(int depth) {
        text.append('\n').append("  ".repeat(depth));
    }

    private void quote(String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < ' ' || c == 0x7f || Character.isSurrogate(c) && !paired(string, i)) {
                        text.append(String.format("\\u%04x", (int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean paired(String string, int at) {
        char c = string.charAt(at);
        return Character.isHighSurrogate(c) ? at + 1 < string.length() && Character.isLowSurrogate(string.charAt(at + 1))
                : at > 0 && Character.isHighSurrogate(string.charAt(at - 1));
    }
}
