package tombolo.bgp.core.rib;

import java.util.Map;

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

    private final IntColumn next;
    private final ShortColumn peer;
    private final IntColumn received;
    private final IntColumn accepted;
    private final IntColumn learned;
    private final ByteColumn flags;
    private int highest;
    private int freeHead;
    private int size;

    PathTable() {
        next = new IntColumn();
        peer = new ShortColumn();
        received = new IntColumn();
        accepted = new IntColumn();
        learned = new IntColumn();
        flags = new ByteColumn();
    }

    /** The table that {@link #export} put into a region. */
    PathTable(String name, Map<String, Long> scalars, Map<String, Object> tables) {
        next = new IntColumn((int[][]) Handover.table(tables, name + "next"));
        peer = new ShortColumn((short[][]) Handover.table(tables, name + "peer"));
        received = new IntColumn((int[][]) Handover.table(tables, name + "received"));
        accepted = new IntColumn((int[][]) Handover.table(tables, name + "accepted"));
        learned = new IntColumn((int[][]) Handover.table(tables, name + "learned"));
        flags = new ByteColumn((byte[][]) Handover.table(tables, name + "flags"));
        highest = (int) Handover.scalar(scalars, name + "highest");
        freeHead = (int) Handover.scalar(scalars, name + "freeHead");
        size = (int) Handover.scalar(scalars, name + "size");
    }

    void export(String name, Map<String, Long> scalars, Map<String, Object> tables) {
        tables.putAll(Map.of(name + "next", next.pages(), name + "peer", peer.pages(), name + "received", received.pages(), name + "accepted", accepted.pages(),
                name + "learned", learned.pages(), name + "flags", flags.pages()));
        scalars.putAll(Map.of(name + "highest", (long) highest, name + "freeHead", (long) freeHead, name + "size", (long) size));
    }

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
