package tombolo.api.config;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What one source other than etc/ says of the node, in the words of etc/: each part is what a file with these keys would be. So one schema checks both, and one
 * listing shows both.
 *
 * @param source who says it, such as {@code resources}; 1-63 letters, digits, '-', '_' and '.'
 * @param parts  at most {@value #MAX_PARTS}
 */
public record Contribution(String source, List<Part> parts) {
    /** A mesh of thousands of nodes, with room; beyond it something has gone wrong. */
    public static final int MAX_PARTS = 20_000;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    /** What kind of file a part stands for. */
    public enum Kind { NODE, BGP, PEER, FILTER, NETWORK, STATIC }

    /**
     * How much a part weighs, the heaviest first. etc/ stands behind {@link #CIRCUIT} and before {@link #NODE}. Of node and bgp parameters the heaviest value of
     * each key wins; of peers with one remote address, networks of one prefix, and static routes of one prefix and metric the heaviest wins whole.
     */
    public enum Level {
        /** A cloud circuit, whose provider dictates the values. */
        CIRCUIT,
        /** Said of this node by name. */
        NODE,
        /** Said of nodes that a selector selects. */
        SELECTOR,
        /** Said of every node. */
        GLOBAL,
        /** Follows from there being other nodes. */
        MESH
    }

    /**
     * @param name   as in a file's name; "" for {@link Kind#NODE} and {@link Kind#BGP}. A filter's name is one of this source: peers of the same source name it
     *               in their {@code import} and {@code export}, and name those of etc/ as {@code file/<name>}
     * @param origin what people know it by, such as {@code BGPPeer(rack-1)}
     * @param values by key, as they would stand in the file
     */
    public record Part(Kind kind, String name, Level level, String origin, Map<String, String> values) {
        public Part {
            boolean single = kind == Kind.NODE || kind == Kind.BGP;
            if (single != name.isEmpty() || !single && !NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("'" + name + "' is not the name of a " + kind + " part");
            }
            values = Collections.unmodifiableMap(new TreeMap<>(values));
        }
    }

    public Contribution {
        if (!NAME.matcher(source).matches() || source.equals("file")) {
            throw new IllegalArgumentException("'" + source + "' is not the name of a source");
        }
        if (parts.size() > MAX_PARTS) {
            throw new IllegalArgumentException(source + " says " + parts.size() + " parts; the most is " + MAX_PARTS);
        }
        parts = List.copyOf(parts);
    }
}
