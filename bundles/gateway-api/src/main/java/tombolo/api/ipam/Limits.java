package tombolo.api.ipam;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** What goes into a block is small: a block is written whole with every change. */
final class Limits {
    /** {@code <network>.<container id of 64>} with room; it is part of a key. */
    private static final int MAX_HANDLE = 512;
    private static final int MAX_ATTRIBUTES = 32;
    /** All names and values together. */
    private static final int MAX_ATTRIBUTE_CHARS = 2048;

    private Limits() { }

    static void handle(String handle) {
        if (handle.isEmpty() || handle.length() > MAX_HANDLE || handle.chars().anyMatch(c -> c == '/' || c < ' ' || c == 0x7f)) {
            throw new IllegalArgumentException("handle '" + handle + "': 1 to " + MAX_HANDLE + " characters, without slash and control characters");
        }
    }

    static Map<String, String> attributes(Map<String, String> attributes) {
        int chars = 0;
        for (Map.Entry<String, String> entry : attributes.entrySet()) {
            chars += entry.getKey().length() + entry.getValue().length();
        }
        if (attributes.size() > MAX_ATTRIBUTES || chars > MAX_ATTRIBUTE_CHARS) {
            throw new IllegalArgumentException(attributes.size() + " attributes of " + chars + " characters: at most " + MAX_ATTRIBUTES + " and " + MAX_ATTRIBUTE_CHARS);
        }
        return Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    }
}
