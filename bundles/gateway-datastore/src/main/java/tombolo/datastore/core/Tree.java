package tombolo.datastore.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.KeyValue;

/**
 * An immutable sorted map of keys: a change makes a new tree that shares all but the path to the changed key with the old one. So every revision that the
 * history keeps is a whole tree at the price of about 20 small objects ({@link #copied}), readers need no lock, and a checkpoint reads one revision while writes go on.
 *
 * <p>An AVL tree: the heights of two siblings differ by one at most.
 */
public final class Tree {
    public static final Tree EMPTY = new Tree(null);
    /** What a node takes: a header of 8 or 12 bytes, three references of 4, two ints and a long, rounded up to 8. */
    private static final int NODE_BYTES = 40;

    private final @Nullable Node root;

    private record Node(KeyValue entry, @Nullable Node left, @Nullable Node right, int height, int size, long bytes) { }

    private Tree(@Nullable Node root) {
        this.root = root;
    }

    /** A tree of entries that are sorted by key, none twice. */
    public static Tree of(List<KeyValue> sorted) {
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i - 1).key().compareTo(sorted.get(i).key()) >= 0) {
                throw new IllegalArgumentException(sorted.get(i).key() + " after " + sorted.get(i - 1).key() + ": not sorted");
            }
        }
        return new Tree(build(sorted, 0, sorted.size()));
    }

    public int size() {
        return size(root);
    }

    /** Characters of all keys and bytes of all values. */
    public long bytes() {
        return bytes(root);
    }

    static long bytes(KeyValue entry) {
        return entry.key().text().length() + entry.value().size();
    }

    /**
     * How many bytes of nodes so many changes copied at most, which lead to this tree at once: each copies the way from the root to its key, which is no longer than the
     * tree is high, and {@code n} ways share the upper log2(n) levels. Rotations copy up to two nodes more, as many as the usual way is shorter than the longest.
     */
    long copied(int changes) {
        int shared = changes < 2 ? 0 : 31 - Integer.numberOfLeadingZeros(changes);
        return NODE_BYTES * ((1L << shared) + (long) changes * Math.max(1, height(root) - shared));
    }

    public Optional<KeyValue> get(Key key) {
        Node node = root;
        while (node != null) {
            int order = key.compareTo(node.entry.key());
            if (order == 0) {
                return Optional.of(node.entry);
            }
            node = order < 0 ? node.left : node.right;
        }
        return Optional.empty();
    }

    public Tree with(KeyValue entry) {
        return with(entry.key(), _ -> entry);
    }

    /** With what becomes of the entry of a key: found and replaced on one way down. @param entry is given what is there, null for nothing */
    public Tree with(Key key, Function<@Nullable KeyValue, KeyValue> entry) {
        return new Tree(put(root, key, entry));
    }

    public Tree without(Key key) {
        return get(key).isEmpty() ? this : new Tree(remove(root, key));
    }

    /** At most {@code limit} entries of the prefix behind a key, in order. */
    public List<KeyValue> range(KeyPrefix prefix, Optional<Key> after, int limit) {
        List<KeyValue> found = new ArrayList<>();
        walk(root, prefix, after, entry -> {
            found.add(entry);
            return found.size() < limit;
        });
        return found;
    }

    /** Visits the entries of a prefix in order until the visitor says false. */
    public void forEach(KeyPrefix prefix, Predicate<KeyValue> visitor) {
        walk(root, prefix, Optional.empty(), visitor);
    }

    /** Whether to go on. */
    private static boolean walk(@Nullable Node node, KeyPrefix prefix, Optional<Key> after, Predicate<KeyValue> visitor) {
        if (node == null) {
            return true;
        }
        Key key = node.entry.key();
        boolean inside = key.startsWith(prefix);
        boolean below = !inside && key.compareTo(bound(prefix)) < 0;
        boolean behind = after.isEmpty() || key.compareTo(after.get()) > 0;
        // keys of a prefix are neighbours: to the left of a key below them, or of one that is not behind `after`, nothing is wanted
        if (!below && behind && !walk(node.left, prefix, after, visitor)) {
            return false;
        }
        if (inside && behind && !visitor.test(node.entry)) {
            return false;
        }
        return !inside && !below || walk(node.right, prefix, after, visitor);
    }

    private static Key bound(KeyPrefix prefix) {
        // a key has at least two characters: the smallest one that the prefix "/" could have
        return prefix.text().length() > 1 ? new Key(prefix.text()) : new Key("/ ");
    }

    private static @Nullable Node build(List<KeyValue> sorted, int from, int to) {
        if (from >= to) {
            return null;
        }
        int middle = (from + to) >>> 1;
        return node(sorted.get(middle), build(sorted, from, middle), build(sorted, middle + 1, to));
    }

    private static Node put(@Nullable Node node, Key key, Function<@Nullable KeyValue, KeyValue> entry) {
        if (node == null) {
            return node(entry.apply(null), null, null);
        }
        int order = key.compareTo(node.entry.key());
        if (order == 0) {
            return node(entry.apply(node.entry), node.left, node.right);
        }
        return order < 0 ? balanced(node.entry, put(node.left, key, entry), node.right) : balanced(node.entry, node.left, put(node.right, key, entry));
    }

    private static @Nullable Node remove(@Nullable Node node, Key key) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.entry.key());
        if (order < 0) {
            return balanced(node.entry, remove(node.left, key), node.right);
        }
        if (order > 0) {
            return balanced(node.entry, node.left, remove(node.right, key));
        }
        if (node.left == null || node.right == null) {
            return node.left == null ? node.right : node.left;
        }
        Node first = node.right;
        while (first.left != null) {
            first = first.left;
        }
        return balanced(first.entry, node.left, remove(node.right, first.entry.key()));
    }

    private static Node balanced(KeyValue entry, @Nullable Node left, @Nullable Node right) {
        int lean = height(left) - height(right);
        if (lean > 1 && left != null) {
            if (height(left.left) >= height(left.right)) {
                return node(left.entry, left.left, node(entry, left.right, right));
            }
            Node middle = present(left.right);
            return node(middle.entry, node(left.entry, left.left, middle.left), node(entry, middle.right, right));
        }
        if (lean < -1 && right != null) {
            if (height(right.right) >= height(right.left)) {
                return node(right.entry, node(entry, left, right.left), right.right);
            }
            Node middle = present(right.left);
            return node(middle.entry, node(entry, left, middle.left), node(right.entry, middle.right, right.right));
        }
        return node(entry, left, right);
    }

    private static Node node(KeyValue entry, @Nullable Node left, @Nullable Node right) {
        return new Node(entry, left, right, 1 + Math.max(height(left), height(right)), 1 + size(left) + size(right),
                bytes(entry) + bytes(left) + bytes(right));
    }

    private static Node present(@Nullable Node node) {
        if (node == null) {
            throw new IllegalStateException("the higher side of a tree is empty");
        }
        return node;
    }

    private static int height(@Nullable Node node) {
        return node == null ? 0 : node.height;
    }

    private static int size(@Nullable Node node) {
        return node == null ? 0 : node.size;
    }

    private static long bytes(@Nullable Node node) {
        return node == null ? 0 : node.bytes;
    }

    /** For tests: whether siblings' heights differ by one at most and the sizes are right. */
    boolean isBalanced() {
        return sound(root);
    }

    private static boolean sound(@Nullable Node node) {
        return node == null || Math.abs(height(node.left) - height(node.right)) <= 1 && node.size == 1 + size(node.left) + size(node.right) && sound(node.left) && sound(node.right);
    }
}
