package tombolo.api.resource;

import java.util.Optional;

/**
 * How labels are spelled. Without regular expressions: every write of an endpoint and every word of one from the store is checked. Source: Kubernetes'
 * {@code apimachinery/pkg/util/validation}, {@code IsQualifiedName} and {@code IsValidLabelValue}, to which Calico holds itself.
 */
public final class LabelForm {
    public static final String KEY_RULE =
            "wanted a key such as role or example.com/role: a DNS name and a slash where wanted, and up to 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit";
    public static final String VALUE_RULE = "wanted up to 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit";
    private static final int MAX_NAME_CHARS = 63;
    private static final int MAX_PREFIX_CHARS = 253;

    private LabelForm() { }

    /** A qualified name, which keys of annotations are too: a name, or a DNS name (RFC 1123), a slash and a name. */
    public static boolean isKey(String text) {
        int slash = text.indexOf('/');
        return (slash < 0 || slash <= MAX_PREFIX_CHARS && isDnsName(text, slash)) && text.length() > slash + 1 && isWord(text, slash + 1);
    }

    /** Labels of lower case letters, digits and dashes inside, with dots between (RFC 1123 §2.1): as names of resources are. Of any length. */
    public static boolean isDnsName(String text) {
        return isDnsName(text, text.length());
    }

    /** Nothing, or a word. */
    public static boolean isValue(String text) {
        return text.isEmpty() || isWord(text, 0);
    }

    /** What is wrong with a label; empty: nothing. */
    public static Optional<String> wrong(String key, String value) {
        return !isKey(key) ? Optional.of(KEY_RULE) : isValue(value) ? Optional.empty() : Optional.of(VALUE_RULE);
    }

    private static boolean isWord(String text, int from) {
        int end = text.length();
        if (end - from > MAX_NAME_CHARS || !isLetterOrDigit(text.charAt(from)) || !isLetterOrDigit(text.charAt(end - 1))) {
            return false;
        }
        for (int i = from; i < end; i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && c != '-' && c != '_' && c != '.') {
                return false;
            }
        }
        return true;
    }

    private static boolean isDnsName(String text, int end) {
        if (end == 0) {
            return false;
        }
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean edge = i == 0 || i == end - 1 || text.charAt(i - 1) == '.' || text.charAt(i + 1) == '.';
            if (!(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || !edge && (c == '-' || c == '.'))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
    }
}
