package tombolo.api.net;

/**
 * A 48-bit hardware address of Ethernet (IEEE 802).
 *
 * @param bits the address, most significant octet first; 0 to 2^48 - 1
 */
public record MacAddress(long bits) implements Comparable<MacAddress> {
    public MacAddress {
        if (bits < 0 || bits >>> 48 != 0) {
            throw new IllegalArgumentException("a hardware address has 48 bits");
        }
    }

    /**
     * Reads six octets in hexadecimal, separated by colons or dashes.
     *
     * @throws IllegalArgumentException with the text seen, where it is no such address
     */
    public static MacAddress parse(String text) {
        String[] octets = text.split("[:-]", -1);
        long bits = 0;
        for (String octet : octets) {
            if (octets.length != 6 || octet.isEmpty() || octet.length() > 2 || !octet.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0)) {
                throw new IllegalArgumentException("'" + text + "' is not a hardware address: wanted six octets, such as ee:ee:ee:ee:ee:ee");
            }
            bits = bits << 8 | Integer.parseInt(octet, 16);
        }
        return new MacAddress(bits);
    }

    /** From 6 bytes in network order, starting at {@code offset}. */
    public static MacAddress fromBytes(byte[] bytes, int offset) {
        long bits = 0;
        for (int i = 0; i < 6; i++) {
            bits = bits << 8 | bytes[offset + i] & 0xff;
        }
        return new MacAddress(bits);
    }

    /** Whether it names a group of stations; an interface cannot have such an address. */
    public boolean isMulticast() {
        return (bits >>> 40 & 1) != 0;
    }

    /** The address that an interface with this hardware address gives itself: fe80::/64 with the modified EUI-64 (RFC 4291 appendix A). */
    public IpAddress linkLocal() {
        long high = bits >>> 24 ^ 0x02_0000L;
        long low = bits & 0xff_ffffL;
        return IpAddress.v6(0xfe80_0000_0000_0000L, high << 40 | 0xff_feL << 24 | low);
    }

    @Override
    public int compareTo(MacAddress other) {
        return Long.compare(bits, other.bits);
    }

    /** Six octets in lower-case hexadecimal, separated by colons. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            text.append(Character.forDigit((int) (bits >>> shift + 4) & 15, 16)).append(Character.forDigit((int) (bits >>> shift) & 15, 16));
            if (shift > 0) {
                text.append(':');
            }
        }
        return text.toString();
    }
}
