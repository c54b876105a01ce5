package tombolo.api.net;

/** An address family: IPv4 or IPv6. Codes are IANA's address family numbers, as BGP uses them (RFC 4760 §3). */
public enum AddressFamily {
    IPV4(1, 32), IPV6(2, 128);

    private final int afi;
    private final int bits;

    AddressFamily(int afi, int bits) {
        this.afi = afi;
        this.bits = bits;
    }

    /** The IANA address family number: 1 or 2. */
    public int afi() {
        return afi;
    }

    /** The length of an address in bits: 32 or 128. */
    public int bits() {
        return bits;
    }

    /** The length of an address in bytes: 4 or 16. */
    public int bytes() {
        return bits / 8;
    }
}
