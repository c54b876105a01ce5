package tombolo.bgp.core.rib;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.bgp.core.wire.AttributeTable;

/**
 * What of all that a group might be told it is told, where its peers end the session for more than so many prefixes.
 *
 * <pre>
 * dirty ─► export policy ─► wanted ─► choose: as they are │ halves told alike as their whole │ the least important held back ─► chosen
 *                                                            chosen against sent: ─► gone, told first, then fresh: the limit is kept at every moment
 * </pre>
 *
 * The choice depends on what is wanted alone, not on the order in which it came. Aggregating loses nothing: a whole stands for two halves that are wanted with the
 * same attributes, and goes into a longer-known whole only where that is told the same. What is chosen over the limit is computed anew as a whole, and
 * at a pace that leaves it a fraction of the time ({@link #PACE_NANOS}); below the limit only what changed is looked at.
 */
final class ExportChoice {
    /** About ten times what choosing takes for each prefix. */
    private static final long PACE_NANOS = 2_000;

    /** Of those that are held back in a line of text; route:explain says it of each. */
    private static final int MOST_NAMED = 5;

    /** @param most at least 1 */
    record Limit(int most, int warnPercent, boolean aggregate, List<Prefix> leastImportant) {
        Limit {
            leastImportant = List.copyOf(leastImportant);
        }
    }

    final Limit limit;
    final DirtySet gone = new DirtySet();
    final DirtySet fresh = new DirtySet();
    private final FamilyRib rib;
    private final AttributeTable attributes;
    private final int bits;
    private final IntColumn wanted = new IntColumn();
    private final ShortColumn wantedSource = new ShortColumn();
    private final IntColumn chosen = new IntColumn();
    private final ShortColumn chosenSource = new ShortColumn();
    private final DirtySet wantedIds = new DirtySet();
    private DirtySet chosenIds = new DirtySet();
    private final DirtySet touched = new DirtySet();
    private boolean over;
    private boolean begun;
    private long nextNanos = Long.MIN_VALUE;
    private int aggregates;
    private int heldBack;
    private String named = "";
    private String said = "";

    // The candidates of one choice, by row; rows behind the wanted ones are wholes.
    private int rows;
    private long[] hi = {};
    private long[] lo = {};
    private byte[] length = {};
    private int[] set = {};
    private short[] source = {};
    private boolean[] out = {};
    private int[] rank = {};

    ExportChoice(FamilyRib rib, Limit limit) {
        this.rib = rib;
        this.attributes = rib.attributes;
        this.limit = limit;
        this.bits = rib.family.bits();
    }

    /** What the export policy says of a prefix. @param now with a reference, which is taken over; 0: nothing */
    void want(int prefix, int now, int from) {
        int before = wanted.get(prefix);
        if (now == before && (now == 0 || from == wantedSource.get(prefix))) {
            if (now != 0) {
                attributes.release(now);
            }
            return;
        }
        if (before != 0) {
            attributes.release(before);
        }
        wanted.set(prefix, now);
        wantedSource.set(prefix, (short) from);
        if (now != 0) {
            wantedIds.add(prefix);
        } else {
            wantedIds.remove(prefix);
        }
        touched.add(prefix);
    }

    /** Whether what is wanted has changed since the last choice. */
    boolean isStale() {
        return !touched.isEmpty() || !begun;
    }

    boolean isIdle() {
        return !isStale() && gone.isEmpty() && fresh.isEmpty();
    }

    /** When the next choice may be made. */
    long nextNanos() {
        return nextNanos;
    }

    /** The set to tell, with a reference for the caller; 0: nothing. */
    int take(int prefix) {
        int now = chosen.get(prefix);
        if (now != 0) {
            attributes.retain(now);
        }
        return now;
    }

    int source(int prefix) {
        return chosenSource.get(prefix);
    }

    /** What is to be told next: what goes before what comes. */
    DirtySet next() {
        return gone.isEmpty() ? fresh : gone;
    }

    /** @param group whose table it is compared with */
    void choose(long nowNanos, UpdateGroup group) {
        boolean was = over;
        over = wantedIds.size() > limit.most();
        aggregates = 0;
        heldBack = 0;
        named = "";
        if (over) {
            chooseAnew();
            nextNanos = nowNanos + PACE_NANOS * rows;
        } else if (was || !begun) {
            DirtySet both = chosenIds;
            chosenIds = new DirtySet();
            for (int prefix = both.next(0); prefix >= 0; prefix = both.next(prefix + 1)) {
                put(prefix, wanted.get(prefix), wantedSource.get(prefix));
            }
            for (int prefix = wantedIds.next(0); prefix >= 0; prefix = wantedIds.next(prefix + 1)) {
                put(prefix, wanted.get(prefix), wantedSource.get(prefix));
            }
        } else {
            for (int prefix = touched.next(0); prefix >= 0; prefix = touched.next(prefix + 1)) {
                put(prefix, wanted.get(prefix), wantedSource.get(prefix));
            }
        }
        touched.clear();
        if (!begun) { // what the group goes on with from before may be anything
            for (int prefix = 1; prefix <= rib.prefixes.highest(); prefix++) {
                if (group.sent(prefix) != 0 && chosen.get(prefix) == 0) {
                    gone.add(prefix);
                } else if (group.sent(prefix) != chosen.get(prefix)) {
                    fresh.add(prefix);
                }
            }
        }
        begun = true;
    }

    private void put(int prefix, int now, int from) {
        int before = chosen.get(prefix);
        if (now != 0) {
            chosenIds.add(prefix);
        } else {
            chosenIds.remove(prefix);
        }
        if (now == before && (now == 0 || from == chosenSource.get(prefix))) {
            return;
        }
        if (now != 0) {
            attributes.retain(now);
        }
        if (before != 0) {
            attributes.release(before);
        }
        chosen.set(prefix, now);
        chosenSource.set(prefix, (short) from);
        (now == 0 ? gone : fresh).add(prefix);
        (now == 0 ? fresh : gone).remove(prefix);
        rib.mayBeEmpty(prefix); // a whole has no path, and its number must come back
    }

    // ---- past the limit ----

    private void chooseAnew() {
        rows = 0;
        for (int prefix = wantedIds.next(0); prefix >= 0; prefix = wantedIds.next(prefix + 1)) {
            add(rib.prefixes.hi(prefix), rib.prefixes.lo(prefix), rib.prefixes.length(prefix), wanted.get(prefix), wantedSource.get(prefix));
        }
        int left = rows;
        if (limit.aggregate()) {
            left = aggregate(left);
        }
        if (left > limit.most()) {
            holdBack(left - limit.most());
        }
        DirtySet before = chosenIds;
        chosenIds = new DirtySet();
        for (int row = 0; row < rows; row++) {
            if (!out[row]) {
                put(rib.prefixes.intern(hi[row], lo[row], length[row] & 0xff), set[row], source[row]);
            }
        }
        for (int prefix = before.next(0); prefix >= 0; prefix = before.next(prefix + 1)) {
            if (!chosenIds.contains(prefix)) {
                put(prefix, 0, 0);
            }
        }
    }

    private void add(long high, long low, int bitCount, int attributeSet, int from) {
        if (rows == hi.length) {
            int more = Math.max(256, rows * 2);
            hi = Arrays.copyOf(hi, more);
            lo = Arrays.copyOf(lo, more);
            length = Arrays.copyOf(length, more);
            set = Arrays.copyOf(set, more);
            source = Arrays.copyOf(source, more);
            out = Arrays.copyOf(out, more);
            rank = Arrays.copyOf(rank, more);
        }
        hi[rows] = high;
        lo[rows] = low;
        length[rows] = (byte) bitCount;
        set[rows] = attributeSet;
        source[rows] = (short) from;
        out[rows] = false;
        rows++;
    }

    /** The longest first, and no further than is needed: what is joined covers little. Never to a default route. @return how many are left */
    private int aggregate(int count) {
        int left = count;
        int[] ofLength = new int[bits + 1];
        for (int row = 0; row < rows; row++) {
            ofLength[length[row] & 0xff]++;
        }
        for (int level = bits; level > 1 && left > limit.most(); level--) {
            if (ofLength[level] < 2) {
                continue;
            }
            int[] order = byAddress(level, ofLength[level]);
            for (int i = 0; i + 1 < order.length && left > limit.most(); i++) {
                int one = order[i];
                int other = order[i + 1];
                if (set[one] != set[other] || !halves(one, other, level)) {
                    continue;
                }
                int whole = rib.prefixes.find(hi[one], lo[one], level - 1);
                int told = whole == 0 ? 0 : wanted.get(whole);
                if (told != 0 && told != set[one]) {
                    continue; // it is wanted by itself, and told otherwise
                }
                out[one] = true;
                out[other] = true;
                left -= 2;
                if (told == 0) {
                    add(hi[one], lo[one], level - 1, set[one], source[one] == source[other] ? source[one] : Peer.LOCAL);
                    ofLength[level - 1]++;
                    left++;
                }
                aggregates++;
                i++;
            }
        }
        return left;
    }

    /** The rows of that length in the order of their addresses; none of them is out. */
    private int[] byAddress(int level, int count) {
        int[] order = new int[count];
        int size = 0;
        for (int row = 0; row < rows; row++) {
            if ((length[row] & 0xff) == level) {
                order[size++] = row;
            }
        }
        if (bits != 32) {
            sort(order, size);
            return order;
        }
        // Address and row in one number: sorted without looking a row up, which is what takes the time with many.
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            keys[i] = (lo[order[i]] << 32 | order[i]) ^ Long.MIN_VALUE;
        }
        Arrays.sort(keys);
        for (int i = 0; i < count; i++) {
            order[i] = (int) keys[i];
        }
        return order;
    }

    /** Whether they differ in their last bit alone; the first is then the one without it, being sorted before. */
    private boolean halves(int one, int other, int level) {
        if (bits == 32) {
            return (lo[one] ^ lo[other]) == 1L << 32 - level;
        }
        return level > 64 ? hi[one] == hi[other] && (lo[one] ^ lo[other]) == 1L << 128 - level : lo[one] == lo[other] && (hi[one] ^ hi[other]) == 1L << 64 - level;
    }

    /** All but the most important, of which as many are kept as there may be: a heap of those, whose root is the least important of them, meets each of the others once. */
    private void holdBack(int count) {
        int[] kept = new int[limit.most()];
        int[] least = new int[MOST_NAMED];
        int size = 0;
        int dropped = 0;
        int candidates = rows;
        for (int row = 0; row < candidates; row++) {
            if (out[row]) {
                continue;
            }
            rank[row] = rank(row);
            int drop = row;
            if (size < kept.length) {
                kept[size++] = row;
                for (int i = size / 2 - 1; size == kept.length && i >= 0; i--) {
                    siftLeast(kept, i);
                }
                continue;
            }
            if (importance(row, kept[0]) > 0) {
                drop = kept[0];
                kept[0] = row;
                siftLeast(kept, 0);
            }
            out[drop] = true;
            name(least, Math.min(dropped++, MOST_NAMED), drop);
        }
        heldBack = count;
        List<String> names = new ArrayList<>();
        for (int i = 0; i < Math.min(count, MOST_NAMED); i++) {
            names.add(Prefix.of(new IpAddress(rib.family, hi[least[i]], lo[least[i]]), length[least[i]] & 0xff).toString());
        }
        named = String.join(" ", names) + (count > MOST_NAMED ? " ..." : "");
    }

    /** Puts a row among the least important, of which {@code size} are there in their order, where it is one of them. */
    private void name(int[] least, int size, int row) {
        if (size == least.length && importance(row, least[size - 1]) >= 0) {
            return;
        }
        int at = Math.min(size, least.length - 1);
        while (at > 0 && importance(row, least[at - 1]) < 0) {
            least[at] = least[at - 1];
            at--;
        }
        least[at] = row;
    }

    private void siftLeast(int[] heap, int from) {
        int at = from;
        while (2 * at + 1 < heap.length) {
            int child = 2 * at + 1;
            if (child + 1 < heap.length && importance(heap[child + 1], heap[child]) < 0) {
                child++;
            }
            if (importance(heap[at], heap[child]) <= 0) {
                return;
            }
            int swap = heap[at];
            heap[at] = heap[child];
            heap[child] = swap;
            at = child;
        }
    }

    /** The first entry of the list that covers it; behind the list for the others. */
    private int rank(int row) {
        for (int i = 0; i < limit.leastImportant().size(); i++) {
            Prefix least = limit.leastImportant().get(i);
            if (least.family() == rib.family && least.length() <= (length[row] & 0xff) && covers(least, row)) {
                return i;
            }
        }
        return Integer.MAX_VALUE;
    }

    private boolean covers(Prefix least, int row) {
        int size = least.length();
        if (rib.family == AddressFamily.IPV4) {
            return size == 0 || (least.address().lo() ^ lo[row]) >>> 32 - size == 0;
        }
        if (size <= 64) {
            return size == 0 || (least.address().hi() ^ hi[row]) >>> 64 - size == 0;
        }
        return least.address().hi() == hi[row] && (least.address().lo() ^ lo[row]) >>> 128 - size == 0;
    }

    /** By address. A heap sort in place. */
    private void sort(int[] order, int size) {
        for (int i = size / 2 - 1; i >= 0; i--) {
            sift(order, i, size);
        }
        for (int end = size - 1; end > 0; end--) {
            int last = order[end];
            order[end] = order[0];
            order[0] = last;
            sift(order, 0, end);
        }
    }

    private void sift(int[] order, int from, int size) {
        int at = from;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) {
                return;
            }
            if (child + 1 < size && address(order[child], order[child + 1]) < 0) {
                child++;
            }
            if (address(order[at], order[child]) >= 0) {
                return;
            }
            int swap = order[at];
            order[at] = order[child];
            order[child] = swap;
            at = child;
        }
    }

    private int address(int one, int other) {
        return hi[one] != hi[other] ? Long.compareUnsigned(hi[one], hi[other]) : Long.compareUnsigned(lo[one], lo[other]);
    }

    /** The least important first: by rank, then the longest, then the one whose address is behind. */
    private int importance(int one, int other) {
        if (rank[one] != rank[other]) {
            return Integer.compare(rank[one], rank[other]);
        }
        int longer = Integer.compare(length[other] & 0xff, length[one] & 0xff);
        return longer != 0 ? longer : address(other, one);
    }

    // ---- for people ----

    /** What is withheld or near to it: operator text; "" where there is nothing to say. */
    String note() {
        if (!begun) {
            return "";
        }
        int count = wantedIds.size();
        String seen = count + " prefixes for export-limit " + limit.most();
        if (heldBack > 0) {
            return "TMB-BGP-372 " + seen + ": " + heldBack + " are held back" + (aggregates > 0 ? " after aggregating" : "") + ": " + named;
        }
        if (aggregates > 0) {
            return "TMB-BGP-371 " + seen + ": aggregated to " + chosenIds.size();
        }
        return count * 100L >= (long) limit.most() * limit.warnPercent() ? "TMB-BGP-370 " + seen : "";
    }

    /** The note where it is of another kind than the one before; else "". */
    String news() {
        String note = note();
        String kind = note.isEmpty() ? "" : note.substring(0, note.indexOf(' '));
        boolean same = kind.equals(said);
        said = kind;
        return same ? "" : note;
    }

    /** Why a prefix that passes the filters is not told; "" where it is. */
    String explain(int prefix) {
        if (wanted.get(prefix) == 0 || chosen.get(prefix) != 0) {
            return "";
        }
        return "not advertised: " + wantedIds.size() + " prefixes for export-limit " + limit.most() + (limit.aggregate() ? ", and it is held back or goes in a shorter one" : ", and it is among the least important");
    }

    boolean isDone(int prefix) {
        return wanted.get(prefix) == 0 && chosen.get(prefix) == 0 && !touched.contains(prefix) && !gone.contains(prefix) && !fresh.contains(prefix);
    }

    void close() {
        for (DirtySet ids : List.of(wantedIds, chosenIds)) {
            IntColumn column = ids == wantedIds ? wanted : chosen;
            for (int prefix = ids.next(0); prefix >= 0; prefix = ids.next(prefix + 1)) {
                attributes.release(column.get(prefix));
                column.set(prefix, 0);
            }
            ids.clear();
        }
    }

    long bytes() {
        return wanted.bytes() + wantedSource.bytes() + chosen.bytes() + chosenSource.bytes() + wantedIds.bytes() + chosenIds.bytes() + touched.bytes() + gone.bytes() + fresh.bytes() + hi.length * 32L;
    }
}
