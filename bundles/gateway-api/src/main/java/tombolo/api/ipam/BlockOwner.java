package tombolo.api.ipam;

import java.util.Optional;

/**
 * Whom a block belongs to.
 *
 * @param name of the node, or of what is no node ({@code load-balancer}); 1 to 253 characters, no slash, no control character
 */
public record BlockOwner(Kind kind, String name) implements Comparable<BlockOwner> {
    /** The virtual owner of the addresses of services (Calico's {@code virtual:load-balancer}). */
    public static final BlockOwner LOAD_BALANCER = new BlockOwner(Kind.VIRTUAL, "load-balancer");
    private static final int MAX_NAME = 253;

    public BlockOwner {
        if (name.isEmpty() || name.length() > MAX_NAME || name.chars().anyMatch(c -> c == '/' || c < ' ' || c == 0x7f)) {
            throw new IllegalArgumentException("block owner '" + name + "': 1 to " + MAX_NAME + " characters, without slash and control characters");
        }
    }

    public enum Kind {
        HOST("host"), VIRTUAL("virtual");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** As keys and blocks spell it. */
        public String word() {
            return word;
        }
    }

    public static BlockOwner host(String node) {
        return new BlockOwner(Kind.HOST, node);
    }

    /** Reads {@code host:NAME} or {@code virtual:NAME}; empty for anything else. */
    public static Optional<BlockOwner> parse(String text) {
        for (Kind kind : Kind.values()) {
            if (text.startsWith(kind.word + ":") && text.length() > kind.word.length() + 1) {
                try {
                    return Optional.of(new BlockOwner(kind, text.substring(kind.word.length() + 1)));
                } catch (IllegalArgumentException _) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public int compareTo(BlockOwner other) {
        int byKind = kind.compareTo(other.kind);
        return byKind != 0 ? byKind : name.compareTo(other.name);
    }

    /** {@code host:NAME}, as a block's affinity spells it. */
    @Override
    public String toString() {
        return kind.word + ":" + name;
    }
}
