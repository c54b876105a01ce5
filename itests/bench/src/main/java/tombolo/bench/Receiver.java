package tombolo.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What one peer has been told, prefix by prefix, against what it must be told. One thread feeds it; others wait on it.
 * Each prefix has the hash of its attributes, 0 while it is withdrawn: an update is one look-up and one store.
 */
final class Receiver implements Speaker.Sink {
    private final Table table;
    private final long[] seen;
    private final long[] expected;
    private volatile Goal goal = new Goal(-1, new CountDownLatch(0));
    private volatile long reachedNanos;
    private int matching;
    private long prefixes;
    private long messages;
    private volatile long strangers;
    private volatile MarkListener marks = (mark, nanos) -> { };

    /** @param matching how many prefixes must match */
    private record Goal(int matching, CountDownLatch latch) { }

    /** Told of AS numbers at or above {@link #FIRST_MARK} at the end of a path. */
    interface MarkListener {
        void marked(int mark, long nanos);
    }

    /** Private AS numbers of four octets (RFC 6996); the latency scenario counts up from here. */
    static final int FIRST_MARK = (int) 4_200_000_000L;

    /** @param expected the hash wanted for each prefix of the table; 0 = not announced */
    Receiver(Table table, long[] expected) {
        this.table = table;
        this.expected = expected.clone();
        this.seen = new long[expected.length];
        for (long wanted : expected) {
            matching += wanted == 0 ? 1 : 0;
        }
    }

    /** The hashes wanted when {@code best} gives the path of each set as announced to the daemon, and {@code receiver} is told. */
    static long[] expectation(Table table, java.util.function.IntFunction<int[]> best, Peer receiver) {
        long[] hashes = new long[table.size()];
        for (int s = 0; s < table.sets(); s++) {
            // RFC 4271 §5.1.2: the daemon prepends its own AS. §5.1.3: on eBGP it is the next hop.
            byte[] attributes = Encoder.attributes(Encoder.prepend(best.apply(s), Peer.DAEMON_AS, 1), receiver.daemonAddress(), table.communities[s]);
            long hash = attributesHash(attributes, 0, attributes.length);
            java.util.Arrays.fill(hashes, table.setStart[s], table.setStart[s + 1], hash);
        }
        return hashes;
    }

    /** From now on a withdrawal of everything is wanted. Call while no update is under way. */
    synchronized void expectNothing() {
        matching = 0;
        java.util.Arrays.fill(expected, 0);
        for (long hash : seen) {
            matching += hash == 0 ? 1 : 0;
        }
        goal = new Goal(-1, new CountDownLatch(0));
    }

    /** Arms the clock: {@link #await} returns when all prefixes of the table are as expected. */
    synchronized void arm() {
        CountDownLatch latch = new CountDownLatch(1);
        goal = new Goal(table.size(), latch);
        reachedNanos = 0;
        check(System.nanoTime());
    }

    /** The time at which the goal was reached ({@link System#nanoTime}), or 0 when it was not within the limit. */
    long await(long limitSeconds) throws InterruptedException {
        return goal.latch().await(limitSeconds, TimeUnit.SECONDS) ? reachedNanos : 0;
    }

    void onMarks(MarkListener listener) {
        marks = listener;
    }

    synchronized int matching() {
        return matching;
    }

    synchronized long messages() {
        return messages;
    }

    synchronized String summary() {
        return matching + " of " + table.size() + " prefixes as expected, " + prefixes + " announced or withdrawn in " + messages + " UPDATEs, " + strangers + " unknown";
    }

    /** Whether each prefix is as expected now: counted again, from the tables. */
    synchronized boolean complete() {
        return java.util.Arrays.equals(seen, expected) && strangers == 0;
    }

    @Override
    public synchronized void update(byte[] buffer, int start, int length, long nanos) {
        int at = start + Encoder.HEADER;
        int withdrawn = get16(buffer, at);
        messages++;
        nlri(buffer, at + 2, at + 2 + withdrawn, 0);
        at += 2 + withdrawn;
        int attributes = get16(buffer, at);
        int nlri = at + 2 + attributes;
        if (nlri < start + length) {
            nlri(buffer, nlri, start + length, attributesHash(buffer, at + 2, attributes));
        }
        if (attributes > 0) {
            int last = lastAs(buffer, at + 2, attributes);
            if (Integer.compareUnsigned(last, FIRST_MARK) >= 0) {
                marks.marked(last - FIRST_MARK, nanos);
            }
        }
    }

    @Override
    public synchronized void batchDone(long nanos) {
        check(nanos);
    }

    private void check(long nanos) {
        if (matching == goal.matching() && goal.latch().getCount() > 0) {
            reachedNanos = nanos;
            goal.latch().countDown();
        }
    }

    private void nlri(byte[] buffer, int from, int to, long hash) {
        int at = from;
        while (at < to) {
            int len = buffer[at++] & 255;
            int octets = (len + 7) / 8;
            int prefix = 0;
            for (int i = 0; i < octets; i++) {
                prefix |= (buffer[at + i] & 255) << (24 - 8 * i);
            }
            at += octets;
            int index = table.indexOf(prefix, len);
            prefixes++;
            if (index < 0) {
                strangers++;
            } else {
                long wanted = expected[index];
                matching += (hash == wanted ? 1 : 0) - (seen[index] == wanted ? 1 : 0);
                seen[index] = hash;
            }
        }
    }

    /** Independent of the order of attributes, of the extended-length flag and of the Partial bit: only types and values count. */
    static long attributesHash(byte[] buffer, int from, int length) {
        long sum = 1;
        int at = from;
        while (at < from + length) {
            boolean extended = (buffer[at] & 0x10) != 0;
            int type = buffer[at + 1] & 255;
            int size = extended ? get16(buffer, at + 2) : buffer[at + 2] & 255;
            at += extended ? 4 : 3;
            long hash = type;
            for (int i = 0; i < size; i++) {
                hash = hash * 0x100000001B3L + (buffer[at + i] & 255) + 1;
            }
            sum += mix(hash);
            at += size;
        }
        return sum;
    }

    private static int lastAs(byte[] buffer, int from, int length) {
        int at = from;
        while (at < from + length) {
            boolean extended = (buffer[at] & 0x10) != 0;
            int size = extended ? get16(buffer, at + 2) : buffer[at + 2] & 255;
            int value = at + (extended ? 4 : 3);
            if (buffer[at + 1] == 2 && size >= 6) {
                int end = value + size;
                return (buffer[end - 4] & 255) << 24 | (buffer[end - 3] & 255) << 16 | (buffer[end - 2] & 255) << 8 | buffer[end - 1] & 255;
            }
            at = value + size;
        }
        return 0;
    }

    /** The finaliser of SplitMix64. */
    static long mix(long value) {
        long h = value + 0x9E3779B97F4A7C15L;
        h = (h ^ h >>> 30) * 0xBF58476D1CE4E5B9L;
        h = (h ^ h >>> 27) * 0x94D049BB133111EBL;
        return h ^ h >>> 31;
    }

    static int get16(byte[] buffer, int at) {
        return (buffer[at] & 255) << 8 | buffer[at + 1] & 255;
    }
}
