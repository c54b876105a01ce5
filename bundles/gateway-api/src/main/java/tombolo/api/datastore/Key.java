package tombolo.api.datastore;

/**
 * The name of a value, such as {@code /calico/resources/v3/projectcalico.org/ippools/default-ipv4-ippool}. Ordered by its UTF-8 bytes, as etcd orders keys.
 *
 * @param text starts with a slash, 2 to {@value #MAX_CHARS} characters, no control character, no half of a surrogate pair
 */
public record Key(String text) implements Comparable<Key> {
    /** Longer than any key of Calico's layout (two names of 253 characters and their path) and short enough to hold a million of them. */
    public static final int MAX_CHARS = 1024;

    public Key {
        check("key", text);
        if (text.length() < 2) {
            throw new IllegalArgumentException("key '" + text + "': a key has a name behind the slash");
        }
    }

    public static Key of(String text) {
        return new Key(text);
    }

    public boolean startsWith(KeyPrefix prefix) {
        return text.startsWith(prefix.text());
    }

    @Override
    public int compareTo(Key other) {
        return compare(text, other.text);
    }

    @Override
    public String toString() {
        return text;
    }

    /** The order of the texts' UTF-8 bytes, which is that of their code points: Java's own differs where surrogates meet U+E000 to U+FFFF. */
    static int compare(String left, String right) {
        int common = Math.min(left.length(), right.length());
        for (int i = 0; i < common; i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean surrogate = Character.isSurrogate(a);
                return surrogate == Character.isSurrogate(b) || a < Character.MIN_SURROGATE || b < Character.MIN_SURROGATE ? a - b : surrogate ? 1 : -1;
            }
        }
        return left.length() - right.length();
    }

    static void check(String what, String text) {
        if (text.isEmpty() || text.charAt(0) != '/') {
            throw new IllegalArgumentException(what + " '" + text + "' does not start with a slash");
        }
        if (text.length() > MAX_CHARS) {
            throw new IllegalArgumentException(what + " '" + text.substring(0, 64) + "…' has " + text.length() + " characters; the most is " + MAX_CHARS);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == 0x7f) {
                throw new IllegalArgumentException(what + " with the control character " + (int) c + " at index " + i);
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new IllegalArgumentException(what + " with half a surrogate pair at index " + i);
            }
        }
    }
}
