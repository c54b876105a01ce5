package tombolo.config.core;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tombolo.api.config.ConfigProblem;

/** The values of one file, each checked against its {@link Key}. What is wrong goes to the list of problems given. */
final class Values {
    private static final Pattern NUMBERED = Pattern.compile("rule\\.([1-9][0-9]{0,8})\\.(.*)");
    private static final Pattern NAMED = Pattern.compile("prefix-set\\.(.*)");
    /** Longer values are shown cut: an error is one line. */
    private static final int MAX_SHOWN = 80;
    /** More keys than this are not listed in one line. */
    private static final int MAX_LISTED = 12;

    private final CfgFile file;
    private final List<ConfigProblem> problems;
    private final Map<String, Object> values = new HashMap<>();

    private Values(CfgFile file, List<ConfigProblem> problems) {
        this.file = file;
        this.problems = problems;
    }

    static Values of(List<Key<?>> keys, CfgFile file, List<ConfigProblem> problems) {
        Values values = new Values(file, problems);
        Map<String, Key<?>> byName = new HashMap<>();
        keys.forEach(key -> byName.put(key.name(), key));
        for (CfgFile.Entry entry : file.entries().values()) {
            Key<?> key = byName.get(pattern(entry.key()));
            if (key != null) {
                values.read(key, entry);
            } else {
                values.unknown(entry, keys);
            }
        }
        for (Key<?> key : keys) {
            if (key.required() && key.name().indexOf('<') < 0 && !file.entries().containsKey(key.name())) {
                problems.add(new ConfigProblem(file.name(), 0, key.name(), "TMB-CFG-005 the key is missing and has no default; wanted: " + key.type().range()));
            }
            key.insteadOf().filter(other -> values.has(key.name()) && values.has(other)).ifPresent(other ->
                    values.problem(key.name(), "TMB-CFG-009 must not stand together with " + other + " (line " + values.line(other)
                            + "); keep one of the two"));
        }
        return values;
    }

    boolean has(String key) {
        return file.entries().containsKey(key);
    }

    int line(String key) {
        CfgFile.Entry entry = file.entries().get(key);
        return entry == null ? 0 : entry.line();
    }

    /** The value, or the default; empty where the key is absent and has no default. */
    <T> Optional<T> get(Key<T> key) {
        return get(key, key.name());
    }

    /** The same for a key that stands for many: the second argument is the name in the file. */
    @SuppressWarnings("unchecked") // read() stored what this key's own type made
    <T> Optional<T> get(Key<T> key, String name) {
        Object value = values.get(name);
        return value != null ? Optional.of((T) value) : key.value().map(key.type()::parse);
    }

    /** The value of a required key, or one with a default. Only called where the file had no problem so far. */
    <T> T need(Key<T> key) {
        return get(key).orElseThrow(() -> new IllegalStateException(key.name() + " has neither value nor default"));
    }

    int needInt(Key<Long> key) {
        return Math.toIntExact(need(key));
    }

    Optional<Integer> getInt(Key<Long> key) {
        return get(key).map(Math::toIntExact);
    }

    /** The numbers n for which a key {@code rule.<n>.…} stands in the file, ascending. */
    Set<Integer> ruleNumbers() {
        Set<Integer> numbers = new TreeSet<>();
        for (String key : file.entries().keySet()) {
            Matcher matcher = NUMBERED.matcher(key);
            if (matcher.matches()) {
                numbers.add(Integer.parseInt(matcher.group(1)));
            }
        }
        return numbers;
    }

    /** The names x for which {@code prefix-set.x} stands in the file. */
    Set<String> prefixSetNames() {
        Set<String> names = new TreeSet<>();
        for (String key : file.entries().keySet()) {
            Matcher matcher = NAMED.matcher(key);
            if (matcher.matches()) {
                names.add(matcher.group(1));
            }
        }
        return names;
    }

    void problem(String key, String message) {
        problems.add(new ConfigProblem(file.name(), line(key), oneLine(key), oneLine(message)));
    }

    /** What a file says stands in messages: a control character in it must not forge a line of the log. */
    private static String oneLine(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}]", "?");
    }

    private void read(Key<?> key, CfgFile.Entry entry) {
        try {
            values.put(entry.key(), key.type().parse(entry.value()));
        } catch (IllegalArgumentException e) {
            String more = e.getMessage() == null || e.getMessage().isEmpty() || key.type().secret() ? "" : " (" + e.getMessage() + ")";
            String seen = key.type().secret() ? "the value is not valid" : "'" + shown(entry.value()) + "' is not valid" + more;
            String unit = key.type().unit().equals("-") ? "" : " " + key.type().unit();
            problem(entry.key(), "TMB-CFG-004 " + seen + "; wanted " + key.type().range() + unit);
        }
    }

    private void unknown(CfgFile.Entry entry, List<Key<?>> keys) {
        // The value is never shown: an unknown key may well be a secret's.
        String word = entry.key().toLowerCase(Locale.ROOT);
        Optional<Key<?>> fromFile = keys.stream().filter(key -> key.type().secret() && key.name().endsWith("-file")).findFirst();
        if (fromFile.isPresent() && (word.contains("password") || word.contains("secret") || word.contains("md5") || word.equals("key"))) {
            problem(entry.key(), "TMB-CFG-006 a secret is not written into a .cfg file, where listings and backups show it; "
                    + "put it alone into a file that only the owner can read"
                    + " and name that in " + fromFile.get().name() + ", or name an environment variable in " + fromFile.get().name().replace("-file", "-env")
                    + ". Change this one, since others may have seen it");
            return;
        }
        String hint = keys.stream().map(Key::name).min(Comparator.comparingInt(name -> distance(pattern(entry.key()), name)))
                .filter(name -> distance(pattern(entry.key()), name) <= Math.max(2, name.length() / 3)).map(name -> "; did you mean " + name + "?")
                .orElse(keys.size() > MAX_LISTED ? "; the commented samples in etc/ and etc/examples/ have all keys"
                        : "; known keys: " + String.join(", ", keys.stream().map(Key::name).toList()));
        problem(entry.key(), "TMB-CFG-003 there is no such key" + hint);
    }

    /** {@code rule.10.action} is described by the key {@code rule.<n>.action}. */
    private static String pattern(String key) {
        Matcher numbered = NUMBERED.matcher(key);
        if (numbered.matches()) {
            return "rule.<n>." + numbered.group(2);
        }
        return NAMED.matcher(key).matches() ? "prefix-set.<name>" : key;
    }

    private static String shown(String value) {
        return value.length() <= MAX_SHOWN ? value : value.substring(0, MAX_SHOWN) + "...";
    }

    /** Levenshtein distance, with inputs cut to what a key can be. */
    static int distance(String left, String right) {
        String a = left.substring(0, Math.min(left.length(), 64));
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[right.length()];
    }
}
