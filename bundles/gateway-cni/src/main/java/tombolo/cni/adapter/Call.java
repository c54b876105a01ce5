package tombolo.cni.adapter;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the shim carries here (see shim.c for the frames).
 *
 * @param plugin        the name under which it was executed
 * @param environment   the CNI_ variables
 * @param configuration what stood on its stdin
 */
public record Call(String plugin, Map<String, String> environment, byte[] configuration) {
    static final int HEADER = 16;
    static final int MAGIC = 0x54434e49; // "TCNI"
    static final int VERSION = 1;
    static final int MOST_ENVIRONMENT = 64 << 10;
    static final int MOST_CONFIGURATION = 1 << 20;

    /** What goes back. @param status the shim's exit status; @param text for its stdout */
    public record Answer(int status, byte[] text) { }

    /** The strings of a frame, each ended by a zero byte: the name, then the variables. Empty: no such list. */
    static Optional<Call> of(byte[] strings, byte[] configuration) {
        Map<String, String> environment = new TreeMap<>();
        Optional<String> plugin = Optional.empty();
        int start = 0;
        for (int i = 0; i < strings.length; i++) {
            if (strings[i] != 0) {
                continue;
            }
            String text = new String(strings, start, i - start, StandardCharsets.UTF_8);
            start = i + 1;
            if (plugin.isEmpty()) {
                plugin = Optional.of(text);
                continue;
            }
            int equals = text.indexOf('=');
            if (equals < 1) {
                return Optional.empty();
            }
            environment.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return start == strings.length ? plugin.map(name -> new Call(name, environment, configuration)) : Optional.empty();
    }
}
