package tombolo.bgp.core.rib;

import java.util.Arrays;
import java.util.stream.IntStream;
import tombolo.api.net.AddressFamily;

/** Prefixes of one family gathered from the table, to be sorted outside the Loop. */
public final class PrefixKeys {
    private final boolean ipv6;
    private long[] hi = new long[64];
    private long[] lo = new long[64];
    private byte[] lengths = new byte[64];
    private int size;

    public PrefixKeys(AddressFamily family) {
        this.ipv6 = family == AddressFamily.IPV6;
    }

    void add(long hiBits, long loBits, int length) {
        if (size == lo.length) {
            lo = Arrays.copyOf(lo, size * 2);
            if (ipv6) {
                hi = Arrays.copyOf(hi, size * 2);
                lengths = Arrays.copyOf(lengths, size * 2);
            }
        }
        lo[size] = ipv6 ? loBits : loBits << 8 | length;
        if (ipv6) {
            hi[size] = hiBits;
            lengths[size] = (byte) length;
        }
        size++;
    }

    public int size() {
        return size;
    }

    public long hi(int index) {
        return ipv6 ? hi[index] : 0;
    }

    public long lo(int index) {
        return ipv6 ? lo[index] : lo[index] >>> 8;
    }

    public int length(int index) {
        return ipv6 ? lengths[index] & 0xff : (int) lo[index] & 0xff;
    }

    /** By address, then length. */
    public void sort() {
        if (!ipv6) {
            Arrays.sort(lo, 0, size); // address << 8 | length: the order of the keys is the order of the prefixes
            return;
        }
        int[] order = IntStream.range(0, size).boxed().sorted((a, b) -> {
            int byHi = Long.compareUnsigned(hi[a], hi[b]);
            int byLo = byHi != 0 ? byHi : Long.compareUnsigned(lo[a], lo[b]);
            return byLo != 0 ? byLo : lengths[a] - lengths[b];
        }).mapToInt(Integer::intValue).toArray();
        long[] sortedHi = new long[size];
        long[] sortedLo = new long[size];
        byte[] sortedLengths = new byte[size];
        for (int i = 0; i < size; i++) {
            sortedHi[i] = hi[order[i]];
            sortedLo[i] = lo[order[i]];
            sortedLengths[i] = lengths[order[i]];
        }
        hi = sortedHi;
        lo = sortedLo;
        lengths = sortedLengths;
    }
}
