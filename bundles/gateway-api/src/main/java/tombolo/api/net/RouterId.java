package tombolo.api.net;

/**
 * A BGP Identifier: a non-zero unsigned 32-bit number (RFC 6286 §2.1), written as a dotted quad.
 *
 * @param bits the number
 */
public record RouterId(int bits) implements Comparable<RouterId> {
    public RouterId {
        if (bits == 0) {
            throw new IllegalArgumentException("a router id of 0.0.0.0 is not valid (RFC 6286)");
        }
    }

    public static RouterId parse(String text) {
        IpAddress address = IpAddress.parse(text);
        if (!address.isIpv4()) {
            throw new IllegalArgumentException("'" + text + "' is not a router id: wanted a dotted quad");
        }
        return new RouterId(address.v4Bits());
    }

    @Override
    public int compareTo(RouterId other) {
        return Integer.compareUnsigned(bits, other.bits);
    }

    @Override
    public String toString() {
        return IpAddress.v4(bits).toString();
    }
}
