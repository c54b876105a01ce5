package tombolo.bgp.core.wire;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/**
 * Next hops by dense numbers from 1, reference counted by the attribute sets that carry them: what watches a next hop needs one entry for each, not one
 * for each path. An entry is an IPv4 address, or an IPv6 address with the link-local one that may stand beside it (RFC 2545 §3). Owned by one Loop.
 */
public final class NextHopTable {
    private static final int WORDS = 4;

    /** Four words an entry: hi, lo of the address, hi, lo of the link-local address (0 where there is none). */
    private long[] addresses = new long[16 * WORDS];
    /** 4 or 6 for a used entry, 0 for a free one. */
    private byte[] versions = new byte[16];
    private int[] references = new int[16];
    private int[] chain = new int[16];
    private int[] heads = new int[16];
    private int top = 1;
    private int freeHead;
    private int size;

    NextHopTable() { }

    /** The address that is to be resolved: the global one where there are two. */
    public IpAddress address(int id) {
        return new IpAddress(family(id), addresses[id * WORDS], addresses[id * WORDS + 1]);
    }

    /** The link-local address that came beside a global one. */
    public Optional<IpAddress> linkLocal(int id) {
        long hi = addresses[id * WORDS + 2];
        long lo = addresses[id * WORDS + 3];
        return hi == 0 && lo == 0 ? Optional.empty() : Optional.of(IpAddress.v6(hi, lo));
    }

    public AddressFamily family(int id) {
        if (id <= 0 || id >= top || versions[id] == 0) {
            throw new IllegalArgumentException("next hop " + id + " is not in use");
        }
        return versions[id] == 4 ? AddressFamily.IPV4 : AddressFamily.IPV6;
    }

    /** High word of the address; 0 for IPv4. */
    public long hi(int id) {
        return addresses[id * WORDS];
    }

    /** Low word of the address. */
    public long lo(int id) {
        return addresses[id * WORDS + 1];
    }

    /** Whether the number stands for a next hop now. */
    public boolean inUse(int id) {
        return id > 0 && id < top && versions[id] != 0;
    }

    /** One more than the greatest number that was ever given out: the length for an array indexed by next hop. */
    public int limit() {
        return top;
    }

    public int size() {
        return size;
    }

    /** Puts the columns into a region's tables and scalars; {@link #adopt} is the way back. */
    void export(Map<String, Long> scalars, Map<String, Object> tables) {
        scalars.put("nextHop.top", (long) top);
        scalars.put("nextHop.freeHead", (long) freeHead);
        scalars.put("nextHop.size", (long) size);
        tables.put("nextHop.addresses", addresses);
        tables.put("nextHop.versions", versions);
        tables.put("nextHop.references", references);
        tables.put("nextHop.chain", chain);
        tables.put("nextHop.heads", heads);
    }

    static NextHopTable adopt(Map<String, Long> scalars, Map<String, Object> tables) {
        NextHopTable table = new NextHopTable();
        table.top = Math.toIntExact(scalars.getOrDefault("nextHop.top", 1L));
        table.freeHead = Math.toIntExact(scalars.getOrDefault("nextHop.freeHead", 0L));
        table.size = Math.toIntExact(scalars.getOrDefault("nextHop.size", 0L));
        table.addresses = (long[]) Objects.requireNonNull(tables.get("nextHop.addresses"));
        table.versions = (byte[]) Objects.requireNonNull(tables.get("nextHop.versions"));
        table.references = (int[]) Objects.requireNonNull(tables.get("nextHop.references"));
        table.chain = (int[]) Objects.requireNonNull(tables.get("nextHop.chain"));
        table.heads = (int[]) Objects.requireNonNull(tables.get("nextHop.heads"));
        return table;
    }

    int intern(int version, long hi, long lo, long linkHi, long linkLo) {
        int bucket = bucket(version, hi, lo, linkHi, linkLo);
        for (int id = heads[bucket]; id != 0; id = chain[id]) {
            int base = id * WORDS;
            if (versions[id] == version && addresses[base] == hi && addresses[base + 1] == lo && addresses[base + 2] == linkHi && addresses[base + 3] == linkLo) {
                references[id]++;
                return id;
            }
        }
        int id = freeHead;
        if (id != 0) {
            freeHead = chain[id];
        } else {
            if (top == versions.length) {
                grow();
                bucket = bucket(version, hi, lo, linkHi, linkLo);
            }
            id = top++;
        }
        addresses[id * WORDS] = hi;
        addresses[id * WORDS + 1] = lo;
        addresses[id * WORDS + 2] = linkHi;
        addresses[id * WORDS + 3] = linkLo;
        versions[id] = (byte) version;
        references[id] = 1;
        chain[id] = heads[bucket];
        heads[bucket] = id;
        size++;
        return id;
    }

    void release(int id) {
        if (--references[id] > 0) {
            return;
        }
        int base = id * WORDS;
        int bucket = bucket(versions[id], addresses[base], addresses[base + 1], addresses[base + 2], addresses[base + 3]);
        if (heads[bucket] == id) {
            heads[bucket] = chain[id];
        } else {
            int before = heads[bucket];
            while (chain[before] != id) {
                before = chain[before];
            }
            chain[before] = chain[id];
        }
        versions[id] = 0;
        chain[id] = freeHead;
        freeHead = id;
        size--;
    }

    private int bucket(int version, long hi, long lo, long linkHi, long linkLo) {
        long mixed = (hi * 31 + lo) * 31 + linkHi * 17 + linkLo + version;
        mixed *= 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 40) & heads.length - 1;
    }

    private void grow() {
        int capacity = versions.length * 2;
        addresses = Arrays.copyOf(addresses, capacity * WORDS);
        versions = Arrays.copyOf(versions, capacity);
        references = Arrays.copyOf(references, capacity);
        chain = Arrays.copyOf(chain, capacity);
        heads = new int[capacity];
        for (int id = 1; id < top; id++) { // no entry is free: growing happens only when the free list is empty
            int base = id * WORDS;
            int bucket = bucket(versions[id], addresses[base], addresses[base + 1], addresses[base + 2], addresses[base + 3]);
            chain[id] = heads[bucket];
            heads[bucket] = id;
        }
    }
}
