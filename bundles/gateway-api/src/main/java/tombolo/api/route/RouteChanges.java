package tombolo.api.route;

import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * A block of route changes of one family, by columns, filled by its producer and then handed over whole. Not thread-safe; not reused.
 */
public final class RouteChanges {
    /** The most rows in one block: large enough to make the hand-over free, small enough that a block is a few milliseconds of kernel work. */
    public static final int CAPACITY = 4096;
    /** The next-hop id that means "no route any more". */
    public static final int WITHDRAW = -1;

    private final AddressFamily family;
    private final long[] hi;
    private final long[] lo;
    private final byte[] length;
    private final int[] nextHops;
    private int size;

    public RouteChanges(AddressFamily family, int capacity) {
        if (capacity < 1 || capacity > CAPACITY) {
            throw new IllegalArgumentException("capacity " + capacity + ": 1 to " + CAPACITY);
        }
        this.family = family;
        this.hi = family == AddressFamily.IPV6 ? new long[capacity] : new long[0];
        this.lo = new long[capacity];
        this.length = new byte[capacity];
        this.nextHops = new int[capacity];
    }

    /**
     * Appends a change.
     *
     * @param hi       as in {@link IpAddress}; ignored for IPv4
     * @param nextHops an id given to {@link RouteFeed#define}, or {@link #WITHDRAW}
     */
    public void add(long hi, long lo, int prefixLength, int nextHops) {
        if (family == AddressFamily.IPV6) {
            this.hi[size] = hi;
        }
        this.lo[size] = lo;
        this.length[size] = (byte) prefixLength;
        this.nextHops[size] = nextHops;
        size++;
    }

    public AddressFamily family() {
        return family;
    }

    public int size() {
        return size;
    }

    public boolean isFull() {
        return size == lo.length;
    }

    public long hi(int row) {
        return family == AddressFamily.IPV6 ? hi[row] : 0;
    }

    public long lo(int row) {
        return lo[row];
    }

    public int length(int row) {
        return length[row] & 0xff;
    }

    public int nextHops(int row) {
        return nextHops[row];
    }

    public Prefix prefix(int row) {
        return new Prefix(new IpAddress(family, hi(row), lo[row]), length(row));
    }
}
