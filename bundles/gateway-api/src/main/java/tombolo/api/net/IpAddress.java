package tombolo.api.net;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IPv4 or IPv6 address as two 64-bit words, most significant first; an IPv4 address is the low 32 bits of {@code lo}. Immutable, ordered by
 * family and then by value. Scope ids (zones) are not part of an address here: a link-local address is told apart by the interface beside it.
 *
 * @param family which of the two
 * @param hi     bits 0-63 of an IPv6 address; 0 for IPv4
 * @param lo     bits 64-127 of an IPv6 address; for IPv4 the address as an unsigned 32-bit number
 */
public record IpAddress(AddressFamily family, long hi, long lo) implements Comparable<IpAddress> {
    public IpAddress {
        if (family == AddressFamily.IPV4 && (hi != 0 || lo >>> 32 != 0)) {
            throw new IllegalArgumentException("an IPv4 address has 32 bits");
        }
    }

    public static IpAddress v4(int bits) {
        return new IpAddress(AddressFamily.IPV4, 0, bits & 0xffff_ffffL);
    }

    public static IpAddress v6(long hi, long lo) {
        return new IpAddress(AddressFamily.IPV6, hi, lo);
    }

    /** The unspecified address of a family: 0.0.0.0 or ::. */
    public static IpAddress any(AddressFamily family) {
        return new IpAddress(family, 0, 0);
    }

    /**
     * Reads the textual form: dotted quad with exactly four decimal parts, or RFC 4291 §2.2 for IPv6. Never asks a name server.
     *
     * @throws IllegalArgumentException with the text seen, where it is no address
     */
    public static IpAddress parse(String text) {
        return text.indexOf(':') >= 0 ? parse6(text) : v4(parse4(text, text));
    }

    /** From 4 or 16 bytes in network order, starting at {@code offset}. */
    public static IpAddress fromBytes(AddressFamily family, byte[] bytes, int offset) {
        return family == AddressFamily.IPV4
                ? new IpAddress(family, 0, word(bytes, offset, 4))
                : new IpAddress(family, word(bytes, offset, 8), word(bytes, offset + 8, 8));
    }

    public byte[] toBytes() {
        byte[] bytes = new byte[family.bytes()];
        copyTo(bytes, 0);
        return bytes;
    }

    /** Writes 4 or 16 bytes in network order at {@code offset}. */
    public void copyTo(byte[] bytes, int offset) {
        if (family == AddressFamily.IPV4) {
            put(bytes, offset, lo, 4);
        } else {
            put(bytes, offset, hi, 8);
            put(bytes, offset + 8, lo, 8);
        }
    }

    public InetAddress toInetAddress() {
        try {
            return InetAddress.getByAddress(toBytes());
        } catch (UnknownHostException e) {
            throw new AssertionError("4 and 16 bytes are always an address", e);
        }
    }

    public static IpAddress of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return fromBytes(bytes.length == 4 ? AddressFamily.IPV4 : AddressFamily.IPV6, bytes, 0);
    }

    /** The address as an unsigned 32-bit number in an int; IPv4 only. */
    public int v4Bits() {
        if (family != AddressFamily.IPV4) {
            throw new IllegalStateException(this + " is not an IPv4 address");
        }
        return (int) lo;
    }

    public boolean isIpv4() {
        return family == AddressFamily.IPV4;
    }

    public boolean isUnspecified() {
        return hi == 0 && lo == 0;
    }

    /** fe80::/10, or 169.254.0.0/16. */
    public boolean isLinkLocal() {
        return isIpv4() ? lo >>> 16 == 0xa9fe : hi >>> 54 == 0x3fa;
    }

    /** ff00::/8, or 224.0.0.0/4. */
    public boolean isMulticast() {
        return isIpv4() ? lo >>> 28 == 0xe : hi >>> 56 == 0xff;
    }

    /** ::1, or 127.0.0.0/8. */
    public boolean isLoopback() {
        return isIpv4() ? lo >>> 24 == 127 : hi == 0 && lo == 1;
    }

    // As ResourceId: there are as many of these at a start.

    @Override
    public boolean equals(Object other) {
        return other instanceof IpAddress address && lo == address.lo && hi == address.hi && family == address.family;
    }

    @Override
    public int hashCode() {
        return (31 * Long.hashCode(hi) + Long.hashCode(lo)) * 31 + family.ordinal();
    }

    @Override
    public int compareTo(IpAddress other) {
        int byFamily = family.compareTo(other.family);
        if (byFamily != 0) {
            return byFamily;
        }
        int byHi = Long.compareUnsigned(hi, other.hi);
        return byHi != 0 ? byHi : Long.compareUnsigned(lo, other.lo);
    }

    /** Dotted quad, or the canonical form of RFC 5952. */
    @Override
    public String toString() {
        if (isIpv4()) {
            return (lo >>> 24) + "." + (lo >>> 16 & 255) + "." + (lo >>> 8 & 255) + "." + (lo & 255);
        }
        int[] groups = groups();
        if (hi == 0 && lo >>> 32 == 0xffff) {
            return "::ffff:" + v4((int) lo);
        }
        int runStart = -1;
        int runLength = 1; // RFC 5952 §4.2.2: a single zero group is not shortened
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > runLength) {
                runStart = i;
                runLength = end - i;
            }
            i = Math.max(i, end - 1);
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < 8; i++) {
            if (i == runStart) {
                text.append("::");
                i += runLength - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }

    private int[] groups() {
        int[] groups = new int[8];
        for (int i = 0; i < 4; i++) {
            groups[i] = (int) (hi >>> (48 - 16 * i)) & 0xffff;
            groups[i + 4] = (int) (lo >>> (48 - 16 * i)) & 0xffff;
        }
        return groups;
    }

    private static int parse4(String part, String whole) {
        int value = 0;
        int position = 0;
        for (int octet = 0; octet < 4; octet++) {
            int start = position;
            int number = 0;
            while (position < part.length() && position - start < 3 && part.charAt(position) >= '0' && part.charAt(position) <= '9') {
                number = number * 10 + part.charAt(position++) - '0';
            }
            boolean leadingZero = position - start > 1 && part.charAt(start) == '0';
            boolean terminated = octet == 3 ? position == part.length() : position < part.length() && part.charAt(position) == '.';
            if (position == start || number > 255 || leadingZero || !terminated) {
                throw notAnAddress(whole);
            }
            position++;
            value = value << 8 | number;
        }
        return value;
    }

    private static IpAddress parse6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            throw notAnAddress(text);
        }
        int[] head = groupsOf(gap < 0 ? text : text.substring(0, gap), text);
        int[] tail = gap < 0 ? new int[0] : groupsOf(text.substring(gap + 2), text);
        if (gap < 0 ? head.length != 8 : head.length + tail.length > 7) {
            throw notAnAddress(text);
        }
        int[] all = new int[8];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(tail, 0, all, 8 - tail.length, tail.length);
        long hi = 0;
        long lo = 0;
        for (int i = 0; i < 4; i++) {
            hi = hi << 16 | all[i];
            lo = lo << 16 | all[i + 4];
        }
        return v6(hi, lo);
    }

    private static int[] groupsOf(String text, String whole) {
        if (text.isEmpty()) {
            return new int[0];
        }
        String[] parts = text.split(":", -1);
        boolean dotted = parts[parts.length - 1].indexOf('.') >= 0;
        int[] groups = new int[parts.length + (dotted ? 1 : 0)];
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (dotted && i == parts.length - 1) {
                int bits = parse4(part, whole);
                groups[i] = bits >>> 16;
                groups[i + 1] = bits & 0xffff;
                continue;
            }
            if (part.isEmpty() || part.length() > 4 || !part.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
                throw notAnAddress(whole);
            }
            groups[i] = Integer.parseInt(part, 16);
        }
        if (groups.length > 8) {
            throw notAnAddress(whole);
        }
        return groups;
    }

    private static IllegalArgumentException notAnAddress(String text) {
        return new IllegalArgumentException("'" + text + "' is not an IPv4 or IPv6 address");
    }

    private static long word(byte[] bytes, int offset, int length) {
        long word = 0;
        for (int i = 0; i < length; i++) {
            word = word << 8 | bytes[offset + i] & 0xff;
        }
        return word;
    }

    private static void put(byte[] bytes, int offset, long word, int length) {
        for (int i = 0; i < length; i++) {
            bytes[offset + i] = (byte) (word >>> 8 * (length - 1 - i));
        }
    }
}
