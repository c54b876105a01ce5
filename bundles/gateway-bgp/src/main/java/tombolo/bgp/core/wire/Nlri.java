package tombolo.bgp.core.wire;

import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/**
 * Reads fields of prefixes (RFC 4271 §4.3, RFC 4760 §5).
 *
 * <pre>
 *  0               1
 * +---------------+--------------------------- - - -
 * | length, bits  | ceil(length / 8) octets of the address; bits behind the length mean nothing
 * +---------------+--------------------------- - - -
 * </pre>
 */
final class Nlri {
    private Nlri() { }

    /** Where the field breaks (RFC 7606 §5.3), or -1 where it is sound. */
    static int brokenAt(AddressFamily family, byte[] bytes, int from, int end) {
        int at = from;
        while (at < end) {
            int bits = bytes[at] & 0xff;
            int next = at + 1 + (bits + 7 >>> 3);
            if (bits > family.bits() || next > end) {
                return at;
            }
            at = next;
        }
        return -1;
    }

    static String reason(AddressFamily family, byte[] bytes, int at, int end) {
        int bits = bytes[at] & 0xff;
        return bits > family.bits()
                ? "a prefix length of " + bits + ", the most is " + family.bits()
                : "a prefix of " + bits + " bits needs " + (bits + 7) / 8 + " octets, " + (end - at - 1) + " are left";
    }

    static int count(byte[] bytes, int from, int end) {
        int count = 0;
        for (int at = from; at < end; at += 1 + ((bytes[at] & 0xff) + 7 >>> 3)) {
            count++;
        }
        return count;
    }

    static String firstOf(AddressFamily family, byte[] bytes, int at) {
        int bits = bytes[at] & 0xff;
        return new IpAddress(family, Octets.prefixHi(family, bytes, at + 1, bits), Octets.prefixLo(family, bytes, at + 1, bits)) + "/" + bits;
    }

    /** Writes one prefix and answers where the next goes. */
    static int put(AddressFamily family, byte[] bytes, int at, long hi, long lo, int length) {
        bytes[at] = (byte) length;
        int octets = length + 7 >>> 3;
        long word = family == AddressFamily.IPV4 ? lo << 32 : hi;
        for (int i = 0; i < octets; i++) {
            if (i == 8) {
                word = lo;
            }
            bytes[at + 1 + i] = (byte) (word >>> 56);
            word <<= 8;
        }
        return at + 1 + octets;
    }
}
