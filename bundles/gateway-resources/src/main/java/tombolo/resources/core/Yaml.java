package tombolo.resources.core;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tombolo.api.json.Json;

/** Writes YAML as calicoctl does: block style, names in alphabetical order, lists not indented, texts quoted only where they would read as something else. */
public final class Yaml {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./(][A-Za-z0-9_./() !=&|+@,-]*");
    private static final Pattern LOOKS_OTHERWISE = Pattern.compile("(?i)(null|true|false|yes|no|on|off|y|n|~|[-+]?[0-9][0-9_]*(\\.[0-9_]*)?(e[-+]?[0-9]+)?|[-+]?\\.[0-9]+.*|0x[0-9a-f]+|0o?[0-7]+"
            + "|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|[-+]?\\.?(inf|nan)|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+)");

    private Yaml() { }

    public static String text(Json value) {
        StringBuilder out = new StringBuilder();
        write(value, 0, out);
        return out.toString();
    }

    private static void write(Json value, int indent, StringBuilder out) {
        switch (value) {
            case Json.Obj object when !object.members().isEmpty() -> members(object, indent, out);
            case Json.Arr(List<Json> items) when !items.isEmpty() -> items(items, indent, out);
            default -> out.append(scalar(value)).append('\n');
        }
    }

    private static void members(Json.Obj object, int indent, StringBuilder out) {
        for (Map.Entry<String, Json> member : new TreeMap<>(object.members()).entrySet()) {
            out.append(" ".repeat(indent));
            member(member.getKey(), member.getValue(), indent, out);
        }
    }

    private static void member(String name, Json value, int indent, StringBuilder out) {
        out.append(scalar(new Json.Text(name))).append(':');
        if (value instanceof Json.Obj object && !object.members().isEmpty()) {
            out.append('\n');
            members(object, indent + 2, out);
        } else if (value instanceof Json.Arr(List<Json> items) && !items.isEmpty()) {
            out.append('\n');
            items(items, indent, out);
        } else {
            out.append(' ').append(scalar(value)).append('\n');
        }
    }

    private static void items(List<Json> items, int indent, StringBuilder out) {
        for (Json item : items) {
            out.append(" ".repeat(indent)).append("- ");
            if (item instanceof Json.Obj object && !object.members().isEmpty()) {
                StringBuilder inner = new StringBuilder();
                members(object, indent + 2, inner);
                out.append(inner, indent + 2, inner.length());
            } else if (item instanceof Json.Arr(List<Json> nested) && !nested.isEmpty()) {
                StringBuilder inner = new StringBuilder();
                items(nested, indent + 2, inner);
                out.append(inner, indent + 2, inner.length());
            } else {
                out.append(scalar(item)).append('\n');
            }
        }
    }

    private static String scalar(Json value) {
        return switch (value) {
            case Json.Text(String text) -> plain(text) ? text : quoted(text);
            case Json.Num(String literal) -> literal;
            case Json.Bool(boolean truth) -> Boolean.toString(truth);
            case Json.Null _ -> "null";
            case Json.Obj _ -> "{}";
            case Json.Arr _ -> "[]";
        };
    }

    private static boolean plain(String text) {
        return PLAIN.matcher(text).matches() && !text.endsWith(" ") && !LOOKS_OTHERWISE.matcher(text).matches() && !text.equals("---") && !text.equals("...")
                && !text.equals("=") && !text.contains(" #");
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                default -> {
                    if (c < ' ' || c >= 0x7f && c < 0xa0 || c == 0x2028 || c == 0x2029 || c == 0xfeff || Character.isSurrogate(c) && !paired(text, i)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    private static boolean paired(String text, int i) {
        return Character.isHighSurrogate(text.charAt(i)) ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1)) : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
