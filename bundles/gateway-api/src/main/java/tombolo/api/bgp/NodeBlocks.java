package tombolo.api.bgp;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import tombolo.api.net.Prefix;

/**
 * Takes the addresses that are this node's own, to be advertised where their pools let them: a service of gateway-fabric. Who knows the blocks (gateway-ipam)
 * refers to it dynamically (0..1) and says all of them when the two meet and after each change.
 */
public interface NodeBlocks {
    /**
     * Replaces what was said before. Any thread; hands over and returns. Not called before the caller knows the node's blocks: what was said last stays in
     * force while the caller is replaced, and over a restart of the node.
     */
    void holds(Holdings holdings);

    /**
     * What this node holds, in any order. At most 65,536 prefixes; more are refused with an {@link IllegalArgumentException}.
     *
     * @param blocks   blocks whose affinity to this node is confirmed (a pending one is nobody's yet)
     * @param borrowed single addresses (/32, /128) in use on this node out of blocks of other nodes or of none: advertised one by one, since the block they
     *                 lie in is advertised elsewhere
     */
    record Holdings(Set<Prefix> blocks, Set<Prefix> borrowed) {
        /** 20 blocks is the usual limit of a node; this is a limit on what can go wrong, not on what is sensible. */
        public static final int MAX = 65_536;
        public static final Holdings NONE = new Holdings(Set.of(), Set.of());

        public Holdings {
            if (blocks.size() + borrowed.size() > MAX) {
                throw new IllegalArgumentException(blocks.size() + " blocks and " + borrowed.size() + " borrowed addresses: at most " + MAX + " together");
            }
            borrowed.stream().filter(address -> address.length() != address.family().bits()).findAny().ifPresent(wide -> {
                throw new IllegalArgumentException(wide + " is not a single address");
            });
            blocks = Collections.unmodifiableSet(new TreeSet<>(blocks));
            borrowed = Collections.unmodifiableSet(new TreeSet<>(borrowed));
        }
    }
}
