package tombolo.api.datastore;

/**
 * The keys that start with a text. End it with a slash unless names that go on are meant too: {@code /a/b} covers {@code /a/bc}.
 *
 * @param text starts with a slash; {@code /} alone covers all keys
 */
public record KeyPrefix(String text) {
    public static final KeyPrefix ALL = new KeyPrefix("/");

    public KeyPrefix {
        Key.check("key prefix", text);
    }

    public static KeyPrefix of(String text) {
        return new KeyPrefix(text);
    }

    @Override
    public String toString() {
        return text;
    }
}
