package tombolo.bgp.core.rib;

import java.util.Arrays;

/**
 * A set of ids with work to do, as a bitmap with two summary levels: marking and taking cost nanoseconds, marking twice is marking once, and however far
 * a reader falls behind, the set never grows past one bit an id. This is what makes the tables hold state and not history (law 5).
 */
final class DirtySet {
    private long[] words = new long[64];
    private long[] summary = new long[1];
    private long[] top = new long[1];
    private int size;

    static DirtySet of(long[] words) {
        DirtySet set = new DirtySet();
        for (int word = 0; word < words.length; word++) {
            for (long rest = words[word]; rest != 0; rest &= rest - 1) {
                set.add((word << 6) + Long.numberOfTrailingZeros(rest));
            }
        }
        return set;
    }

    /** The bitmap itself. */
    long[] words() {
        return words;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    boolean contains(int id) {
        int word = id >>> 6;
        return word < words.length && (words[word] >>> id & 1) != 0;
    }

    /** True where the id was not marked before. */
    boolean add(int id) {
        int word = id >>> 6;
        if (word >= words.length) {
            grow(word);
        }
        long bit = 1L << id;
        long before = words[word];
        if ((before & bit) != 0) {
            return false;
        }
        words[word] = before | bit;
        if (before == 0) {
            summary[word >>> 6] |= 1L << word;
            top[word >>> 12] |= 1L << (word >>> 6);
        }
        size++;
        return true;
    }

    void addRange(int from, int toExclusive) {
        int id = from;
        while (id < toExclusive) {
            if ((id & 63) == 0 && toExclusive - id >= 64) {
                addWord(id >>> 6);
                id += 64;
            } else {
                add(id++);
            }
        }
    }

    private void addWord(int word) {
        if (word >= words.length) {
            grow(word);
        }
        size += 64 - Long.bitCount(words[word]);
        words[word] = -1L;
        summary[word >>> 6] |= 1L << word;
        top[word >>> 12] |= 1L << (word >>> 6);
    }

    boolean remove(int id) {
        if (!contains(id)) {
            return false;
        }
        int word = id >>> 6;
        words[word] &= ~(1L << id);
        if (words[word] == 0) {
            summary[word >>> 6] &= ~(1L << word);
            if (summary[word >>> 6] == 0) {
                top[word >>> 12] &= ~(1L << (word >>> 6));
            }
        }
        size--;
        return true;
    }

    /** The lowest marked id at or above {@code from}; -1: none. */
    int next(int from) {
        int word = from >>> 6;
        if (size == 0 || word >= words.length) {
            return -1;
        }
        long rest = words[word] & -1L << from;
        if (rest != 0) {
            return (word << 6) + Long.numberOfTrailingZeros(rest);
        }
        word = nextWord(word + 1);
        return word < 0 ? -1 : (word << 6) + Long.numberOfTrailingZeros(words[word]);
    }

    private int nextWord(int word) {
        int block = word >>> 6;
        if (block >= summary.length) {
            return -1;
        }
        long rest = summary[block] & -1L << word;
        if (rest != 0) {
            return (block << 6) + Long.numberOfTrailingZeros(rest);
        }
        int next = block + 1;
        for (int i = next >>> 6; i < top.length; i++) {
            long bits = i == next >>> 6 ? top[i] & -1L << next : top[i];
            if (bits != 0) {
                int found = (i << 6) + Long.numberOfTrailingZeros(bits);
                return (found << 6) + Long.numberOfTrailingZeros(summary[found]);
            }
        }
        return -1;
    }

    /** Takes out the lowest ids, ascending, at most as many as fit. Returns how many. */
    int take(int[] into) {
        int count = 0;
        for (int id = next(0); id >= 0 && count < into.length; id = next(id + 1)) {
            into[count++] = id;
            remove(id);
        }
        return count;
    }

    void clear() {
        Arrays.fill(words, 0);
        Arrays.fill(summary, 0);
        Arrays.fill(top, 0);
        size = 0;
    }

    private void grow(int word) {
        words = Arrays.copyOf(words, Math.max(word + 1, words.length + (words.length >> 1)));
        summary = Arrays.copyOf(summary, (words.length >>> 6) + 1);
        top = Arrays.copyOf(top, (summary.length >>> 6) + 1);
    }

    long bytes() {
        return 8L * (words.length + summary.length + top.length);
    }
}
