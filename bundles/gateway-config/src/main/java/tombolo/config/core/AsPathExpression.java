package tombolo.config.core;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Checks an AS-path expression: the part of regular expressions that people know from routers, where {@code _} stands for a border of a number. An
 * AS_PATH comes from strangers and can hold a thousand numbers, but gateway-bgp matches without backtracking, in time proportional to the path's
 * length: repeated groups such as {@code ^65010(_[0-9]+)*$} are safe. What is refused is what could not be read the same way everywhere.
 */
final class AsPathExpression {
    /** Enough for any policy; bounds the states of the matcher. */
    static final int MAX_LENGTH = 255;
    /** Half of what gateway-bgp's parser takes. */
    static final int MAX_DEPTH = 16;

    private AsPathExpression() { }

    static final ValueType<String> TYPE = ValueType.special("an expression of 1 to " + MAX_LENGTH
            + " characters out of digits . * + ? ^ $ _ ( ) | [ ] - and space,"
            + " such as ^65010_ or _(65010|65020)$", AsPathExpression::check);

    private static String check(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("it has " + text.length() + " characters");
        }
        int depth = 0;
        boolean inClass = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ("0123456789.*+?^$_()|[]- ".indexOf(c) < 0) {
                throw new IllegalArgumentException("the character '" + c + "' is not part of AS-path expressions");
            }
            if (inClass) {
                inClass = c != ']';
                continue;
            }
            inClass = c == '[';
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (depth > MAX_DEPTH) {
                throw new IllegalArgumentException("more than " + MAX_DEPTH + " groups within each other");
            }
            if ("*+?".indexOf(c) >= 0 && (i == 0 || "*+?(|^$".indexOf(text.charAt(i - 1)) >= 0)) {
                throw new IllegalArgumentException("the " + c + " has nothing to repeat");
            }
        }
        try {
            Pattern.compile(text.replace("_", "(?:^|$|[ ,{}()])"));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(e.getDescription(), e);
        }
        return text;
    }
}
