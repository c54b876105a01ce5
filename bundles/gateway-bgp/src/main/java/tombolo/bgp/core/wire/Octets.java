package tombolo.bgp.core.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import tombolo.api.net.AddressFamily;

/** Numbers in network byte order, and a hash of octets. */
final class Octets {
    private static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Octets() { }

    static int u8(byte[] bytes, int offset) {
        return bytes[offset] & 0xff;
    }

    static int u16(byte[] bytes, int offset) {
        return (short) SHORTS.get(bytes, offset) & 0xffff;
    }

    static int i32(byte[] bytes, int offset) {
        return (int) INTS.get(bytes, offset);
    }

    static long i64(byte[] bytes, int offset) {
        return (long) LONGS.get(bytes, offset);
    }

    static void put16(byte[] bytes, int offset, int value) {
        SHORTS.set(bytes, offset, (short) value);
    }

    static void put32(byte[] bytes, int offset, int value) {
        INTS.set(bytes, offset, value);
    }

    static void put64(byte[] bytes, int offset, long value) {
        LONGS.set(bytes, offset, value);
    }

    /**
     * A keyed hash, eight octets a step. The key keeps a peer from choosing attribute sets that fall into one chain of the table.
     */
    static int hash(long key, byte[] bytes, int offset, int length) {
        long state = key ^ length * 0x9E3779B97F4A7C15L;
        int end = offset + length;
        int at = offset;
        for (; at + 8 <= end; at += 8) {
            state = mix(state ^ (long) LONGS.get(bytes, at), key);
        }
        long rest = 0;
        for (; at < end; at++) {
            rest = rest << 8 | bytes[at] & 0xff;
        }
        state = mix(state ^ rest, key);
        return (int) (state ^ state >>> 32);
    }

    private static long mix(long word, long key) {
        long multiplier = 0xBF58476D1CE4E5B9L ^ (key | 1);
        return Math.unsignedMultiplyHigh(word, multiplier) ^ word * multiplier ^ word >>> 29;
    }

    /** The high word of a prefix that starts at {@code at} with {@code length} bits; octets behind the length are not read, bits behind it are cleared. */
    static long prefixHi(AddressFamily family, byte[] bytes, int at, int length) {
        return family == AddressFamily.IPV4 ? 0 : leading(bytes, at, Math.min(length, 64));
    }

    /** The low word of a prefix; for IPv4 the address as an unsigned 32-bit number. */
    static long prefixLo(AddressFamily family, byte[] bytes, int at, int length) {
        if (family == AddressFamily.IPV4) {
            return leading(bytes, at, length) >>> 32;
        }
        return length <= 64 ? 0 : leading(bytes, at + 8, length - 64);
    }

    private static long leading(byte[] bytes, int at, int bits) {
        long word = 0;
        int octets = bits + 7 >>> 3;
        for (int i = 0; i < octets; i++) {
            word |= (bytes[at + i] & 0xffL) << 56 - 8 * i;
        }
        return bits == 0 ? 0 : word & -1L << 64 - bits;
    }
}
