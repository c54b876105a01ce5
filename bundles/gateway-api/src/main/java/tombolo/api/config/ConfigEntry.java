package tombolo.api.config;

import java.util.List;
import java.util.Optional;

/**
 * One value of the configuration with where it comes from: what {@code config:explain} shows.
 *
 * @param key        the file's name without {@code tombolo.} and {@code .cfg}, and the key in it: {@code bgp.peer-rack-1.hold-time}
 * @param value      as it stands in the source; a secret's is hidden
 * @param source     {@code tombolo.bgp.cfg:3}, {@code BGPPeer(rack-1)}, or {@code built in}
 * @param shadows    the values that this one keeps out of force, the next heaviest first
 * @param shadowedBy what keeps this value itself out of force; empty: it is in force
 */
public record ConfigEntry(String key, String value, String source, List<Shadowed> shadows, Optional<String> shadowedBy) {
    public static final String BUILT_IN = "built in";

    /** A value that is not in force because of a heavier one. */
    public record Shadowed(String value, String source) { }

    public ConfigEntry {
        shadows = List.copyOf(shadows);
    }

    public boolean builtIn() {
        return source.equals(BUILT_IN);
    }
}
