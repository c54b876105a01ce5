package tombolo.shell.adapter;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Takes secrets out of a configuration file's text. A file that was refused may hold one in plain text, under a mistyped key, in a line without
 * {@code =}, or commented out: all of these are covered, at the price of hiding a few harmless values.
 */
final class Redaction {
    static final String REMOVED = "<removed>";
    private static final Pattern SECRET = Pattern.compile("pass|pwd|secret|token|md5|credential|private|auth|key", Pattern.CASE_INSENSITIVE);

    private Redaction() { }

    static String of(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        boolean hiddenGoesOn = false;
        boolean valueGoesOn = false;
        for (String line : text.lines().toList()) {
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
            } else if (separator >= 0 && SECRET.matcher(key).find()) {
                clean.append(line, 0, separator + 1).append(' ').append(REMOVED).append('\n');
                hiddenGoesOn = goesOn;
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
