package tombolo.bgp.core.rib;

import java.util.Arrays;
import tombolo.api.net.AddressFamily;
import tombolo.bgp.core.wire.UpdatePacker;

/**
 * Turns rows (prefix, attribute set, for whom) into a {@link Chunk}: sorted by recipients and then by attribute set, so that the prefixes of one set share
 * messages; withdrawals first.
 *
 * <pre>
 * key of a row: recipients 13 bits (0 all, i all but peer i, 4096 + i only peer i) │ attribute set 31 │ row 14
 * </pre>
 */
final class ChunkWriter {
    private static final int ROW_BITS = 14;
    private static final int SET_BITS = 31;
    private static final int ONLY = Peer.MAX_INDEX + 1;

    private final FamilyRib rib;
    private final ExportPolicy policy;
    private final UpdatePacker packer;
    private long[] keys;
    private int count;
    /** The chunk that is being written: how far, and its parts so far. */
    private int written = -1;
    private int parts;
    private int messagesBefore;
    private int[] ends = new int[4];
    private int[] targets = new int[4];
    private int[] messages = new int[4];
    private int[] owned = new int[8];
    private int ownedCount;

    ChunkWriter(FamilyRib rib, ExportPolicy policy, int rows) {
        this.rib = rib;
        this.policy = policy;
        this.packer = policy.packer();
        this.keys = new long[rows];
    }

    void begin(int rows) {
        if (rows > 1 << ROW_BITS) {
            throw new IllegalArgumentException(rows + " rows: the most is " + (1 << ROW_BITS));
        }
        discard();
    }

    /** Forgets the rows. */
    void discard() {
        count = 0;
        written = -1;
        releaseOwned();
    }

    /** Takes over a reference of the caller's, given back once the rows have been written: of a set that is told and not stored. */
    int owns(int set) {
        if (set != 0) {
            if (ownedCount == owned.length) {
                owned = Arrays.copyOf(owned, ownedCount * 2);
            }
            owned[ownedCount++] = set;
        }
        return set;
    }

    private void releaseOwned() {
        for (int i = 0; i < ownedCount; i++) {
            rib.attributes.release(owned[i]);
        }
        ownedCount = 0;
    }

    /** @param set 0: withdraw; @param except index of a peer that is left out, 0: none */
    void all(int row, int set, int except) {
        add(except, set, row);
    }

    void only(int row, int set, int peerIndex) {
        add(ONLY + peerIndex, set, row);
    }

    private void add(int recipients, int set, int row) {
        if (count == keys.length) {
            keys = Arrays.copyOf(keys, count * 2);
        }
        keys[count++] = (long) recipients << SET_BITS + ROW_BITS | (long) set << ROW_BITS | row;
    }

    /** All rows at once. @param prefixes by row; kept by the chunk */
    Chunk write(int[] prefixes) {
        while (!writeSome(prefixes, Integer.MAX_VALUE)) {
            // until all is written
        }
        return chunk(prefixes);
    }

    /**
     * Goes on writing.
     *
     * @param prefixes by row
     * @param rows     the most that are written now
     * @return true where all is written: then {@link #chunk} is to be called
     */
    boolean writeSome(int[] prefixes, int rows) {
        if (written < 0) {
            Arrays.sort(keys, 0, count);
            packer.reset();
            written = 0;
            parts = 0;
            messagesBefore = 0;
            if (rows < count) {
                return false; // sorting was a piece of work by itself
            }
        }
        int to = (int) Math.min(count, (long) written + rows);
        for (; written < to; written++) {
            put(rib.family, prefixes[(int) keys[written] & (1 << ROW_BITS) - 1], (int) (keys[written] >>> ROW_BITS) & Integer.MAX_VALUE);
            if (written + 1 == count || recipients(written + 1) != recipients(written)) {
                endPart(recipients(written));
            }
        }
        return written == count;
    }

    private void endPart(int recipients) {
        packer.close();
        if (parts == ends.length) {
            ends = Arrays.copyOf(ends, parts * 2);
            targets = Arrays.copyOf(targets, parts * 2);
            messages = Arrays.copyOf(messages, parts * 2);
        }
        ends[parts] = packer.length();
        targets[parts] = recipients < ONLY ? recipients : ONLY - recipients;
        messages[parts] = packer.messages() - messagesBefore;
        messagesBefore = packer.messages();
        parts++;
    }

    /** What was written. @param prefixes kept by the chunk */
    Chunk chunk(int[] prefixes) {
        Chunk chunk = new Chunk(Arrays.copyOf(packer.buffer(), packer.length()), Arrays.copyOf(ends, parts), Arrays.copyOf(targets, parts),
                Arrays.copyOf(messages, parts), prefixes);
        discard();
        return chunk;
    }

    private int recipients(int row) {
        return (int) (keys[row] >>> SET_BITS + ROW_BITS);
    }

    private void put(AddressFamily family, int prefix, int set) {
        long hi = rib.prefixes.hi(prefix);
        long lo = rib.prefixes.lo(prefix);
        int length = rib.prefixes.length(prefix);
        if (set == 0) {
            packer.withdraw(family, hi, lo, length);
        } else if (!packer.add(family, set, hi, lo, length)) {
            packer.withdraw(family, hi, lo, length); // the export policy has seen to it that this does not happen; if it does, nothing is cut
        }
    }
}
