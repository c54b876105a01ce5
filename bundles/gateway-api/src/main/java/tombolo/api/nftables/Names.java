package tombolo.api.nftables;

import java.nio.charset.StandardCharsets;

/** What names and comments in the table may be. A start asks this of 100,000 texts in a JVM that is not warm yet: loops, no patterns and no streams. */
public final class Names {
    /** The kernel takes 255; what people read should fit a line. */
    public static final int LONGEST = 128;
    /** nft refuses longer ones. */
    public static final int LONGEST_COMMENT = 127;

    private Names() { }

    /**
     * A chain's or set's name that nft(8) can read back.
     *
     * @throws IllegalArgumentException where it is not one, or no owner's
     */
    static String checked(String name) {
        if (name.length() > LONGEST || !isName(name) || Owner.of(name).isEmpty()) {
            throw new IllegalArgumentException("'" + name + "': wanted an owner's prefix, then letters, digits, '_', '.' and '-', at most " + LONGEST);
        }
        return name;
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letter && (i == 0 || !(c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-'))) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c >= 0x7f || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }

    /** A text as a comment can show it: quotes, backslashes and control characters replaced, cut to {@value #LONGEST_COMMENT} bytes. */
    public static String comment(String text) {
        if (text.length() <= LONGEST_COMMENT && isPlain(text)) {
            return text;
        }
        StringBuilder out = new StringBuilder();
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            i += Character.charCount(point);
            int shown = point == '"' || point == '\\' ? '\'' : Character.isISOControl(point) || point >= 0xd800 && point < 0xe000 ? ' ' : point;
            bytes += new String(Character.toChars(shown)).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > LONGEST_COMMENT) {
                break;
            }
            out.appendCodePoint(shown);
        }
        return out.toString();
    }
}
