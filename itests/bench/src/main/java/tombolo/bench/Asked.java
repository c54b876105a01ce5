package tombolo.bench;

import java.util.List;

/**
 * What a benchmark was asked for: {@code BENCH [--quick] [--only PART,...] [--no-results]}.
 *
 * @param parts which of its parts to run, as they were named
 * @param all   whether these are all that there are
 */
public record Asked(boolean quick, boolean write, List<String> parts, boolean all) {
    public Asked {
        parts = List.copyOf(parts);
    }

    /** Ends the process with 2 where it does not know a word. @param bench its name, which is the first of the words. @param known its parts */
    public static Asked of(String bench, List<String> known, String[] words) {
        boolean quick = false;
        boolean write = true;
        List<String> parts = known;
        for (int i = 0; i < words.length; i++) {
            switch (words[i]) {
                case "--quick" -> quick = true;
                case "--no-results" -> write = false;
                case "--only" -> parts = i + 1 < words.length ? List.of(words[++i].split(",")) : List.of();
                default -> {
                    if (!words[i].equals(bench)) {
                        throw wrong(bench, "unknown option " + words[i]);
                    }
                }
            }
        }
        if (parts.isEmpty() || !known.containsAll(parts)) {
            throw wrong(bench, "--only takes of " + String.join(", ", known));
        }
        return new Asked(quick, write, parts, parts.equals(known));
    }

    /** Says so and ends the process with 2. */
    public static IllegalArgumentException wrong(String bench, String what) {
        System.err.println("bench " + bench + ": " + what + "; see gateway bench --help");
        System.exit(2);
        return new IllegalArgumentException(what);
    }
}
