package tombolo.bgp.core.rib;

import java.util.ArrayDeque;
import java.util.Iterator;

/** The chunks of an update group that some member in step has still to read, oldest first, by numbers that only grow. */
final class ChunkRing {
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    private long first;
    private long octets;

    /** The number of the oldest chunk, or the next one's where there is none. */
    long first() {
        return first;
    }

    /** The number of the next chunk. */
    long end() {
        return first + chunks.size();
    }

    /** Encoded octets of all chunks. */
    long octets() {
        return octets;
    }

    boolean isEmpty() {
        return chunks.isEmpty();
    }

    void add(Chunk chunk) {
        chunks.add(chunk);
        octets += chunk.octets();
    }

    /** The chunk of a number at or after the first. */
    Chunk chunk(long number) {
        int skip = (int) (number - first);
        if (skip == 0) {
            return chunks.getFirst();
        }
        Iterator<Chunk> all = chunks.iterator();
        for (int i = 0; i < skip; i++) {
            all.next();
        }
        return all.next();
    }

    /** Forgets the chunks before a number. */
    void trim(long needed) {
        while (first < needed) {
            octets -= chunks.removeFirst().octets();
            first++;
        }
    }
}
