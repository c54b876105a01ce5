package tombolo.shell.adapter;

import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/**
 * Takes secrets out of a configuration file's text. A file that was refused may hold one in plain text, under a mistyped key, in a line without
 * {@code =}, or commented out: all of these are covered, at the price of hiding harmless values too. Mistyped keys are known from the problems that
 * gateway-config has with the file: every line with a problem loses its value.
 */
final class Redaction {
    static final String REMOVED = "<removed>";
    private static final Pattern SECRET = Pattern.compile("pass|pwd|secret|token|md5|credential|private|auth|key", Pattern.CASE_INSENSITIVE);

    private Redaction() { }

    /** @param suspicious whether the value on that line (1-based) is removed whatever its key */
    static String of(String text, IntPredicate suspicious) {
        StringBuilder clean = new StringBuilder(text.length());
        boolean hiddenGoesOn = false;
        boolean valueGoesOn = false;
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            boolean goesOn = line.endsWith("\\");
            if (hiddenGoesOn) {
                hiddenGoesOn = goesOn; // the rest of a removed value
                continue;
            }
            boolean continued = valueGoesOn;
            valueGoesOn = goesOn;
            String bare = line.strip();
            boolean comment = !bare.isEmpty() && (bare.charAt(0) == '#' || bare.charAt(0) == '!');
            int separator = line.indexOf('=');
            String key = separator < 0 ? "" : line.substring(0, separator).toLowerCase(Locale.ROOT);
            if (bare.isEmpty() || continued && !SECRET.matcher(line).find()) {
                clean.append(line).append('\n');
            } else if (separator >= 0 && (comment || suspicious.test(number) || SECRET.matcher(key).find())) {
                clean.append(line, 0, separator + 1).append(' ').append(REMOVED).append('\n');
                hiddenGoesOn = goesOn && !comment;
                valueGoesOn = false;
            } else if (separator < 0 && (!comment || SECRET.matcher(line).find()) || continued) {
                clean.append(comment ? "# " : "").append(REMOVED).append('\n');
                hiddenGoesOn = goesOn && !comment;
                valueGoesOn = false;
            } else {
                clean.append(line).append('\n');
            }
            valueGoesOn = valueGoesOn && !comment;
        }
        return clean.toString();
    }
}
