package tombolo.shell.core;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** Small pieces of text that several views share. */
final class Text {
    private Text() { }

    /** {@code 00:03:12}, {@code 2d03h12m}: the forms that people know from vtysh. */
    static String duration(long seconds) {
        long s = Math.max(0, seconds);
        return s < 86_400 ? String.format("%02d:%02d:%02d", s / 3600, s / 60 % 60, s % 60) : String.format("%dd%02dh%02dm", s / 86_400, s / 3600 % 24,
                s / 60 % 60);
    }

    static String bytes(long bytes) {
        return bytes < 10_000 ? bytes + " B" : bytes < 10_000_000 ? bytes / 1024 + " KiB" : bytes / (1024 * 1024) + " MiB";
    }

    static String time(long millis) {
        return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** {@code OPEN_SENT} as {@code OpenSent}, the spelling of the RFCs. */
    static String camel(Enum<?> value) {
        StringBuilder text = new StringBuilder();
        for (String word : value.name().split("_")) {
            text.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** A map in the order of the arguments: name, value, name, value, ... */
    static Map<String, Object> map(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    /** An empty Optional, and a number that is none, as null; what JSON has no form for as its text. */
    static Json json(Object value) {
        return switch (value) {
            case Json json -> json;
            case Optional<?> optional -> optional.<Json>map(Text::json).orElse(Json.Null.NULL);
            case Boolean truth -> Json.Bool.of(truth);
            case Double number when number.isNaN() || number.isInfinite() -> Json.Null.NULL;
            case Number number -> new Json.Num(number.toString());
            case Map<?, ?> map -> {
                Map<String, Json> members = new LinkedHashMap<>();
                map.forEach((name, member) -> members.put(String.valueOf(name), json(member)));
                yield new Json.Obj(members);
            }
            case List<?> list -> new Json.Arr(list.stream().<Json>map(Text::json).toList());
            default -> new Json.Text(value.toString());
        };
    }

    /** {@code name: value} lines with the values in one column. */
    static String facts(Object... namesAndValues) {
        int width = 0;
        for (int i = 0; i < namesAndValues.length; i += 2) {
            width = Math.max(width, namesAndValues[i].toString().length());
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            String name = namesAndValues[i].toString();
            text.append(name).append(':').append(" ".repeat(width - name.length() + 1)).append(Table.clean(namesAndValues[i + 1].toString())).append('\n');
        }
        return text.toString();
    }

    static String orDash(List<?> list) {
        return list.isEmpty() ? "-" : String.join(" ", list.stream().map(Object::toString).toList());
    }

    /** A prefix, or an address as the prefix of itself alone. */
    static Prefix prefix(String text) {
        try {
            return text.indexOf('/') < 0 ? Prefix.host(IpAddress.parse(text)) : Prefix.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Failure("TMB-SHL-004 " + e.getMessage() + ".");
        }
    }

    static IpAddress address(String text) {
        try {
            return IpAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Failure("TMB-SHL-004 " + e.getMessage() + ".");
        }
    }
}
