package tombolo.config.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.net.RouterId;

/**
 * What a value may be.
 *
 * @param range  in words, as it stands behind "wanted" in an error and behind "range" in a sample
 * @param unit   "s", "ms", "prefixes", ...; "-" where there is none
 * @param secret whether the value seen is left out of errors
 * @param parser throws IllegalArgumentException, whose message may say more than the range does
 */
public record ValueType<T>(String range, String unit, boolean secret, Function<String, T> parser) {
    /** Entries of one list: more than the sensible, less than what would make one file slow to check. */
    static final int MAX_LIST = 10_000;
    /** Before the name of a filter of etc/, where another source's may be meant too. */
    static final String OF_FILES = "file/";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final Pattern NODE = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?");
    private static final Pattern INTERFACE = Pattern.compile("[^\\s/,@*]{1,15}"); // IFNAMSIZ is 16 with the closing NUL
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

    /** @throws IllegalArgumentException where the text is not of this type */
    public T parse(String text) {
        return parser.apply(text);
    }

    private static <T> ValueType<T> of(String range, Function<String, T> parser) {
        return new ValueType<>(range, "-", false, parser);
    }

    ValueType<T> in(String otherUnit) {
        return new ValueType<>(range, otherUnit, secret, parser);
    }

    static final ValueType<Boolean> BOOLEAN = of("true or false", text -> switch (text) {
        case "true" -> true;
        case "false" -> false;
        default -> throw refused();
    });
    static final ValueType<Asn> ASN = of("1 to 4294967295, plain or as high.low", Asn::parse);
    static final ValueType<RouterId> ROUTER_ID = of("a dotted quad other than 0.0.0.0", RouterId::parse);
    static final ValueType<IpAddress> ADDRESS = of("an IPv4 or IPv6 address", IpAddress::parse);
    static final ValueType<Prefix> PREFIX = of("address/length with no bits behind the mask", Prefix::parse);
    static final ValueType<String> NODE_NAME = matching(NODE, "1 to 63 letters, digits, '-' and '.'");
    static final ValueType<String> FILTER_NAME = matching(NAME, "1 to 63 letters, digits, '-', '_' and '.'");
    /** The name of a filter, or {@code file/<name>}, which says that a file's is meant: the only one there is for a file, one of two for another source. */
    static final ValueType<String> FILTER_REFERENCE = of(FILTER_NAME.range(),
            text -> {
                FILTER_NAME.parse(text.startsWith(OF_FILES) ? text.substring(OF_FILES.length()) : text);
                return text;
            });
    static final ValueType<String> INTERFACE_NAME = matching(INTERFACE, "an interface name of 1 to 15 characters");
    static final ValueType<String> INTERFACE_PATTERN = of("interface names; a trailing * matches the rest",
            text -> {
                if (!text.equals("*")) {
                    INTERFACE_NAME.parse(text.endsWith("*") ? text.substring(0, text.length() - 1) : text);
                }
                return text;
            });
    static final ValueType<List<AddressFamily>> FAMILIES = listOf(of("ipv4 and ipv6", text -> switch (text) {
        case "ipv4" -> AddressFamily.IPV4;
        case "ipv6" -> AddressFamily.IPV6;
        default -> throw refused();
    }), 2);
    static final ValueType<String> SECRET_FILE = new ValueType<>("a path, absolute or relative to etc/", "-", true, text -> {
        if (text.isEmpty() || text.length() > 1024) {
            throw refused();
        }
        return text;
    });
    static final ValueType<String> SECRET_VARIABLE = new ValueType<>("the name of an environment variable: letters, digits and _", "-", true,
            matching(VARIABLE, "").parser());

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    static ValueType<Long> number(long least, long greatest) {
        return of(least + " to " + greatest, text -> {
            long value = decimal(text);
            if (value < least || value > greatest) {
                throw refused();
            }
            return value;
        });
    }

    static ValueType<Long> zeroOr(long least, long greatest) {
        return of("0 or " + least + " to " + greatest, text -> decimal(text) == 0 ? 0L : number(least, greatest).parse(text));
    }

    static ValueType<String> text(int most) {
        return of("0 to " + most + " characters", text -> {
            if (text.length() > most || text.chars().anyMatch(Character::isISOControl)) {
                throw refused();
            }
            return text;
        });
    }

    static <E extends Enum<E>> ValueType<E> choice(List<E> values) {
        List<String> words = values.stream().map(value -> value.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-')).toList();
        return of(or(words), text -> {
            int index = words.indexOf(text);
            if (index < 0) {
                throw refused();
            }
            return values.get(index);
        });
    }

    /** Comma-separated, at least one, no entry twice. */
    static <T> ValueType<List<T>> listOf(ValueType<T> element, int most) {
        return of("comma-separated, 1 to " + most + ": " + element.range(), text -> {
            List<String> parts = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
            if (parts.size() > most) {
                throw new IllegalArgumentException(parts.size() + " entries");
            }
            List<T> values = new ArrayList<>(parts.size());
            for (String part : parts) {
                if (part.isEmpty()) {
                    throw new IllegalArgumentException("an entry is empty");
                }
                try {
                    values.add(element.parse(part));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(e.getMessage() == null || e.getMessage().isEmpty() ? "'" + part + "' is not one" : e.getMessage(), e);
                }
            }
            if (values.size() < 2_000 && values.stream().distinct().count() < values.size()) {
                throw new IllegalArgumentException("an entry stands there twice");
            }
            return List.copyOf(values);
        });
    }

    static <T> ValueType<T> special(String range, Function<String, T> parser) {
        return of(range, parser);
    }

    static ValueType<String> matching(Pattern pattern, String range) {
        return of(range, text -> {
            if (!pattern.matcher(text).matches()) {
                throw refused();
            }
            return text;
        });
    }

    /** Plain decimal digits only: no sign, no spaces, no other scripts' digits. */
    static long decimal(String text) {
        if (text.isEmpty() || text.length() > 12 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw refused();
        }
        return Long.parseLong(text);
    }

    /** A refusal to which the range says all there is to say. */
    static IllegalArgumentException refused() {
        return new IllegalArgumentException("");
    }

    private static String or(List<String> words) {
        int last = words.size() - 1;
        return words.size() == 1 ? words.getFirst() : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
    }
}
