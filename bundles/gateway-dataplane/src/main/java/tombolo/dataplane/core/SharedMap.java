package tombolo.dataplane.core;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map whose versions share what they have in common: the next one costs a path from the root, not a copy. A weight-balanced tree (Adams 1992,
 * with the parameters of Hirai and Yamamoto 2011): no side of a node is more than three times as heavy as the other. Any thread.
 */
final class SharedMap<K extends Comparable<K>, V> extends AbstractMap<K, V> {
    private static final SharedMap<?, ?> EMPTY = new SharedMap<>(null);
    /** How much heavier one side may be before it is rotated. */
    private static final int HEAVIER = 3;
    /** How much heavier its inner half must be for two rotations. */
    private static final int INNER = 2;

    private final @Nullable Node<K, V> root;

    private record Node<K extends Comparable<K>, V>(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right, int size) {
        static <K extends Comparable<K>, V> Node<K, V> of(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
            return new Node<>(key, value, left, right, count(left) + count(right) + 1);
        }

        static int count(@Nullable Node<?, ?> node) {
            return node == null ? 0 : node.size;
        }

        static int weight(@Nullable Node<?, ?> node) {
            return count(node) + 1;
        }
    }

    private SharedMap(@Nullable Node<K, V> root) {
        this.root = root;
    }

    @SuppressWarnings("unchecked")
    static <K extends Comparable<K>, V> SharedMap<K, V> empty() {
        return (SharedMap<K, V>) EMPTY;
    }

    SharedMap<K, V> with(K key, V value) {
        return new SharedMap<>(put(root, key, value));
    }

    /** This where the key is not there. */
    SharedMap<K, V> without(K key) {
        return find(key) == null ? this : new SharedMap<>(remove(root, key));
    }

    // ------------------------------------------------------------------------------------------------ the map

    @Override
    public int size() {
        return Node.count(root);
    }

    @Override
    public @Nullable V get(Object key) {
        Node<K, V> node = find(key);
        return node == null ? null : node.value;
    }

    @Override
    public boolean containsKey(Object key) {
        return find(key) != null;
    }

    @SuppressWarnings("unchecked")
    private @Nullable Node<K, V> find(Object key) {
        Node<K, V> node = root;
        while (node != null) {
            int order = ((K) key).compareTo(node.key);
            if (order == 0) {
                return node;
            }
            node = order < 0 ? node.left : node.right;
        }
        return null;
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<K, V>> iterator() {
                return new InOrder<>(root);
            }

            @Override
            public int size() {
                return SharedMap.this.size();
            }
        };
    }

    private static final class InOrder<K extends Comparable<K>, V> implements Iterator<Map.Entry<K, V>> {
        private final ArrayDeque<Node<K, V>> path = new ArrayDeque<>();

        InOrder(@Nullable Node<K, V> root) {
            descend(root);
        }

        private void descend(@Nullable Node<K, V> from) {
            for (Node<K, V> node = from; node != null; node = node.left) {
                path.push(node);
            }
        }

        @Override
        public boolean hasNext() {
            return !path.isEmpty();
        }

        @Override
        public Map.Entry<K, V> next() {
            if (path.isEmpty()) {
                throw new NoSuchElementException();
            }
            Node<K, V> node = path.pop();
            descend(node.right);
            return Map.entry(node.key, node.value);
        }
    }

    // ------------------------------------------------------------------------------------------------ the tree

    private static <K extends Comparable<K>, V> Node<K, V> put(@Nullable Node<K, V> node, K key, V value) {
        if (node == null) {
            return Node.of(key, value, null, null);
        }
        int order = key.compareTo(node.key);
        return order == 0 ? new Node<>(key, value, node.left, node.right, node.size)
                : order < 0 ? balanced(node.key, node.value, put(node.left, key, value), node.right) : balanced(node.key, node.value, node.left, put(node.right, key, value));
    }

    /** @param key is there */
    private static <K extends Comparable<K>, V> @Nullable Node<K, V> remove(@Nullable Node<K, V> node, K key) {
        if (node == null) {
            return null;
        }
        int order = key.compareTo(node.key);
        if (order != 0) {
            return order < 0 ? balanced(node.key, node.value, remove(node.left, key), node.right) : balanced(node.key, node.value, node.left, remove(node.right, key));
        }
        if (node.left == null || node.right == null) {
            return node.left == null ? node.right : node.left;
        }
        Node<K, V> next = node.right;
        while (next.left != null) {
            next = next.left;
        }
        return balanced(next.key, next.value, node.left, remove(node.right, next.key));
    }

    /** A node of two balanced sides, of which one has become lighter or heavier by one. */
    private static <K extends Comparable<K>, V> Node<K, V> balanced(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        if (right != null && Node.weight(right) > HEAVIER * Node.weight(left)) {
            Node<K, V> inner = right.left;
            if (inner == null || Node.weight(inner) < INNER * Node.weight(right.right)) {
                return Node.of(right.key, right.value, Node.of(key, value, left, inner), right.right);
            }
            return Node.of(inner.key, inner.value, Node.of(key, value, left, inner.left), Node.of(right.key, right.value, inner.right, right.right));
        }
        if (left != null && Node.weight(left) > HEAVIER * Node.weight(right)) {
            Node<K, V> inner = left.right;
            if (inner == null || Node.weight(inner) < INNER * Node.weight(left.left)) {
                return Node.of(left.key, left.value, left.left, Node.of(key, value, inner, right));
            }
            return Node.of(inner.key, inner.value, Node.of(left.key, left.value, left.left, inner.left), Node.of(key, value, inner.right, right));
        }
        return Node.of(key, value, left, right);
    }

    /** The longest path from the root, for tests. */
    int depth() {
        return depth(root);
    }

    private static int depth(@Nullable Node<?, ?> node) {
        return node == null ? 0 : 1 + Math.max(depth(node.left), depth(node.right));
    }
}
