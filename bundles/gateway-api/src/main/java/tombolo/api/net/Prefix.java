package tombolo.api.net;

/**
 * An address prefix: the first {@code length} bits of an address, the others zero. Ordered by family, address, then length (a covering prefix
 * stands before what it covers). Values for configuration and display; hot tables hold prefixes packed in primitive arrays instead.
 *
 * @param address the network address; bits behind the mask are zero
 * @param length  0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Prefix(IpAddress address, int length) implements Comparable<Prefix> {
    public Prefix {
        if (length < 0 || length > address.family().bits()) {
            throw new IllegalArgumentException(address + "/" + length + ": the length of an " + name(address.family()) + " prefix is 0 to " + address.family().bits());
        }
        if (!masked(address, length).equals(address)) {
            throw new IllegalArgumentException(address + "/" + length + " has bits set behind the mask; the prefix is " + masked(address, length) + "/" + length);
        }
    }

    /** The prefix of that length which holds the address: host bits are cleared. */
    public static Prefix of(IpAddress address, int length) {
        if (length < 0 || length > address.family().bits()) {
            throw new IllegalArgumentException(address + "/" + length + ": the length of an " + name(address.family()) + " prefix is 0 to " + address.family().bits());
        }
        return new Prefix(masked(address, length), length);
    }

    public static Prefix host(IpAddress address) {
        return new Prefix(address, address.family().bits());
    }

    /**
     * Reads {@code address/length}.
     *
     * @throws IllegalArgumentException with the text seen, where it is no prefix or has bits behind the mask
     */
    public static Prefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + text + "' is not a prefix: wanted address/length, such as 10.1.0.0/16 or 2001:db8::/32");
        }
        IpAddress address = IpAddress.parse(text.substring(0, slash));
        String length = text.substring(slash + 1);
        if (length.isEmpty() || length.length() > 3 || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("'" + text + "': '" + length + "' is not a prefix length");
        }
        return new Prefix(address, Integer.parseInt(length));
    }

    public AddressFamily family() {
        return address.family();
    }

    public boolean contains(IpAddress other) {
        return other.family() == family() && masked(other, length).equals(address);
    }

    /** Whether every address of the other prefix is in this one; true for itself. */
    public boolean covers(Prefix other) {
        return other.length >= length && contains(other.address);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Prefix prefix && length == prefix.length && address.equals(prefix.address);
    }

    @Override
    public int hashCode() {
        return 31 * address.hashCode() + length;
    }

    @Override
    public int compareTo(Prefix other) {
        int byAddress = address.compareTo(other.address);
        return byAddress != 0 ? byAddress : Integer.compare(length, other.length);
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }

    private static IpAddress masked(IpAddress address, int length) {
        if (address.isIpv4()) {
            return new IpAddress(AddressFamily.IPV4, 0, length == 0 ? 0 : address.lo() & (0xffff_ffffL << (32 - length)) & 0xffff_ffffL);
        }
        long hi = length >= 64 ? address.hi() : length == 0 ? 0 : address.hi() & (-1L << (64 - length));
        long lo = length <= 64 ? 0 : length == 128 ? address.lo() : address.lo() & (-1L << (128 - length));
        return IpAddress.v6(hi, lo);
    }

    private static String name(AddressFamily family) {
        return family == AddressFamily.IPV4 ? "IPv4" : "IPv6";
    }
}
