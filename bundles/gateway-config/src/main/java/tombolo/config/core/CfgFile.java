package tombolo.config.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.config.ConfigProblem;

/**
 * The keys and values of one .cfg file, with their lines, in the order of the file. The syntax is that of Karaf's other .cfg files: {@code key = value},
 * comments with {@code #} or {@code !} at the start of a line, a backslash at the end of a line goes on in the next one, and backslash escapes in
 * values as {@code java.util.Properties} has them. Narrower in one thing: the separator is always {@code =}, since a colon is part of many values and
 * a line without {@code =} is far more often an accident than a key with an empty value. {@code ${...}} is not interpolated.
 *
 * @param name    the file's name without folder
 * @param entries by key
 */
public record CfgFile(String name, Map<String, Entry> entries) {
    /** @param line 1-based line on which the key stands */
    public record Entry(String key, String value, int line) { }

    /** What Karaf's and Felix's own tools write into a file beside the user's keys; of no meaning here. */
    private static final List<String> OF_OTHERS = List.of("service.pid", "service.factoryPid", "felix.fileinstall.filename");
    /** Far more than any file has sensibly; bounds the work of one bad file. */
    static final int MAX_ENTRIES = 20_000;

    public CfgFile {
        entries = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** Reads the text; what is wrong with it is added to {@code problems}, and the rest is still read. */
    public static CfgFile parse(String name, String text, List<ConfigProblem> problems) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            int number = i + 1;
            String line = lines.get(i).strip();
            if (number == 1 && line.startsWith("\ufeff")) {
                line = line.substring(1).strip(); // an editor's byte order mark
            }
            if (line.isEmpty() || line.charAt(0) == '#' || line.charAt(0) == '!') {
                continue;
            }
            StringBuilder logical = new StringBuilder(line);
            while (goesOn(logical) && i + 1 < lines.size()) {
                logical.setLength(logical.length() - 1);
                logical.append(lines.get(++i).strip());
            }
            entry(name, logical.toString(), number, entries).ifPresent(problems::add);
            if (entries.size() > MAX_ENTRIES) {
                problems.add(new ConfigProblem(name, number, "", "TMB-CFG-014 the file has more than " + MAX_ENTRIES + " keys; split it"));
                break;
            }
        }
        OF_OTHERS.forEach(entries::remove);
        return new CfgFile(name, entries);
    }

    private static Optional<ConfigProblem> entry(String file, String line, int number, Map<String, Entry> entries) {
        int separator = line.indexOf('=');
        if (separator < 1) {
            // The line is not repeated: it may hold a secret.
            return Optional.of(new ConfigProblem(file, number, "", "TMB-CFG-001 wanted 'key = value', but the line has no "
                    + (separator == 0 ? "key" : "'='") + "; a comment begins with #"));
        }
        String key = line.substring(0, separator).strip();
        Optional<String> value = unescape(line.substring(separator + 1).strip());
        if (value.isEmpty()) {
            return Optional.of(new ConfigProblem(file, number, key,
                    "TMB-CFG-001 the value has a broken \\u escape or ends in a lone backslash; write a backslash as \\\\"));
        }
        Entry first = entries.putIfAbsent(key, new Entry(key, value.get(), number));
        if (first != null) {
            return Optional.of(new ConfigProblem(file, number, key, "TMB-CFG-002 the key stands in line " + first.line() + " already; remove one of the two"));
        }
        return Optional.empty();
    }

    /** An odd number of backslashes at the end: the last one is not itself escaped. */
    private static boolean goesOn(CharSequence line) {
        int backslashes = 0;
        while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1;
    }

    private static Optional<String> unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return Optional.of(text);
        }
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            if (++i == text.length()) {
                return Optional.empty();
            }
            switch (text.charAt(i)) {
                case 't' -> plain.append('\t');
                case 'n' -> plain.append('\n');
                case 'r' -> plain.append('\r');
                case 'f' -> plain.append('\f');
                case 'u' -> {
                    if (i + 4 >= text.length() || !text.substring(i + 1, i + 5).chars().allMatch(h -> Character.digit(h, 16) >= 0 && h < 128)) {
                        return Optional.empty();
                    }
                    plain.append((char) Integer.parseInt(text.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> plain.append(text.charAt(i));
            }
        }
        return Optional.of(plain.toString());
    }
}
