package tombolo.bgp.core.rib;

/**
 * The paths of Adj-RIB-In of one family, by columns; the paths of one prefix form a chain. About 19 bytes a path. Path ids are dense from 1, 0 ends a chain.
 *
 * <pre>
 * first[prefix] ─► path: next │ peer │ attributes received │ attributes accepted (0: rejected) │ learned, s │ flags: epoch 0-7, loop, ...
 * </pre>
 */
final class PathTable {
    /** Bits 0-2 of the flags: the peer's table epoch in which the path was last announced; an older one makes the path stale. */
    static final int EPOCH_MASK = 7;
    /** Our own AS stands in the path more often than allowed (RFC 4271 §9.1.2). */
    static final int LOOP = 8;
    /** The import filter, or its absence on eBGP (RFC 8212), rejected the path. */
    static final int FILTERED = 16;

    private final IntColumn next = new IntColumn();
    private final ShortColumn peer = new ShortColumn();
    private final IntColumn received = new IntColumn();
    private final IntColumn accepted = new IntColumn();
    private final IntColumn learned = new IntColumn();
    private final ByteColumn flags = new ByteColumn();
    private int highest;
    private int freeHead;
    private int size;

    int size() {
        return size;
    }

    int allocate(int peerIndex, int nextPath, int learnedSeconds) {
        int path = freeHead;
        if (path != 0) {
            freeHead = next.get(path);
        } else {
            path = ++highest;
        }
        next.set(path, nextPath);
        peer.set(path, peerIndex);
        received.set(path, 0);
        accepted.set(path, 0);
        learned.set(path, learnedSeconds);
        flags.set(path, 0);
        size++;
        return path;
    }

    void free(int path) {
        next.set(path, freeHead);
        freeHead = path;
        size--;
    }

    int next(int path) {
        return next.get(path);
    }

    void next(int path, int following) {
        next.set(path, following);
    }

    int peer(int path) {
        return peer.get(path);
    }

    int received(int path) {
        return received.get(path);
    }

    void received(int path, int attributes) {
        received.set(path, attributes);
    }

    int accepted(int path) {
        return accepted.get(path);
    }

    void accepted(int path, int attributes) {
        accepted.set(path, attributes);
    }

    int learned(int path) {
        return learned.get(path);
    }

    void learned(int path, int seconds) {
        learned.set(path, seconds);
    }

    int flags(int path) {
        return flags.get(path);
    }

    void flags(int path, int value) {
        flags.set(path, value);
    }

    long bytes() {
        return next.bytes() + peer.bytes() + received.bytes() + accepted.bytes() + learned.bytes() + flags.bytes();
    }
}
