package tombolo.api.net;

/**
 * An autonomous system number (RFC 6793): 1 to 4294967295. AS 0 is never a valid number of a speaker (RFC 7607).
 *
 * @param value the number, unsigned 32 bits
 */
public record Asn(long value) implements Comparable<Asn> {
    /** AS_TRANS, which stands for a 4-octet number where only 2 octets fit (RFC 6793 §9). */
    public static final Asn TRANS = new Asn(23456);

    public Asn {
        if (value < 1 || value > 0xffff_ffffL) {
            throw new IllegalArgumentException("AS " + value + " is out of range: 1 to 4294967295");
        }
    }

    /** Reads plain decimal ("65010") or asdot ("1.10", RFC 5396). */
    public static Asn parse(String text) {
        try {
            int dot = text.indexOf('.');
            if (dot < 0) {
                return new Asn(Long.parseLong(text));
            }
            int high = Integer.parseInt(text.substring(0, dot));
            int low = Integer.parseInt(text.substring(dot + 1));
            if (high >= 0 && high <= 0xffff && low >= 0 && low <= 0xffff) {
                return new Asn((long) high << 16 | low);
            }
        } catch (NumberFormatException e) {
            // falls to the one message below: the text is no number
        }
        throw new IllegalArgumentException("'" + text + "' is not an AS number: wanted 1 to 4294967295");
    }

    public boolean fitsTwoOctets() {
        return value <= 0xffff;
    }

    /** 64512-65534 and 4200000000-4294967294 (RFC 6996). */
    public boolean isPrivate() {
        return isPrivate(value);
    }

    /** The same for a raw number on a hot path. */
    public static boolean isPrivate(long value) {
        return value >= 64512 && value <= 65534 || value >= 4_200_000_000L && value <= 4_294_967_294L;
    }

    @Override
    public int compareTo(Asn other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
