package tombolo.azure.simulator;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;

/**
 * An IP prefix.
 *
 * @param first the lowest address
 * @param bits length
 * @param width 32 or 128
 * @param clean whether it was written without bits behind its length
 */
record Cidr(BigInteger first, int bits, int width, boolean clean) {
    /** RFC 1918, RFC 6598 (shared), RFC 3927 (link-local), loopback, multicast and above: what no public prefix may be. */
    private static final List<Cidr> NOT_PUBLIC_4 = List.of(parse("0.0.0.0/8"), parse("10.0.0.0/8"), parse("100.64.0.0/10"), parse("127.0.0.0/8"), parse("169.254.0.0/16"),
            parse("172.16.0.0/12"), parse("192.168.0.0/16"), parse("224.0.0.0/3"));
    /** RFC 4291 §2.4: global unicast. */
    private static final Cidr GLOBAL_6 = parse("2000::/3");

    /** @throws ArmFault 400 where the text is no prefix */
    static Cidr parse(String text) {
        int slash = text.indexOf('/');
        try {
            String literal = slash < 0 ? text : text.substring(0, slash);
            if (!literal.contains(":") && !literal.matches("[0-9]+([.][0-9]+){3}")) { // the JDK takes 10.1 for 10.0.0.1
                throw new NumberFormatException();
            }
            byte[] address = InetAddress.ofLiteral(literal).getAddress();
            int width = address.length * 8;
            int bits = slash < 0 ? width : Integer.parseInt(text.substring(slash + 1));
            if (bits < 0 || bits > width) {
                throw new NumberFormatException();
            }
            BigInteger value = new BigInteger(1, address);
            BigInteger first = value.shiftRight(width - bits).shiftLeft(width - bits);
            return new Cidr(first, bits, width, first.equals(value));
        } catch (IllegalArgumentException broken) { // of which NumberFormatException is one
            throw ArmFault.badRequest("InvalidAddressPrefixFormat", "Address prefix " + text + " is not formatted correctly.");
        }
    }

    boolean overlaps(Cidr other) {
        int common = Math.min(bits, other.bits);
        return width == other.width && first.shiftRight(width - common).equals(other.first.shiftRight(width - common));
    }

    boolean contains(Cidr other) {
        return bits <= other.bits && overlaps(other);
    }

    boolean isV4() {
        return width == 32;
    }

    boolean isPublic() {
        return isV4() ? NOT_PUBLIC_4.stream().noneMatch(this::overlaps) : GLOBAL_6.contains(this);
    }

    /** The address {@code offset} behind the first, as text without a length. */
    String address(long offset) {
        byte[] raw = first.add(BigInteger.valueOf(offset)).toByteArray();
        byte[] bytes = new byte[width / 8];
        int length = Math.min(raw.length, bytes.length);
        System.arraycopy(raw, raw.length - length, bytes, bytes.length - length, length);
        try {
            return Addresses.text(bytes);
        } catch (java.net.UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public String toString() {
        return address(0) + "/" + bits;
    }
}
