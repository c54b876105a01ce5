package tombolo.api.nftables;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.net.Prefix;

/**
 * Bytes as they are compared with a packet or stand in a set: an address, a port, an interface's name, or several of them one after another. Immutable; ordered
 * as unsigned bytes, which for addresses and ports is the order of their numbers.
 */
public final class Value implements Comparable<Value> {
    /** The kernel's registers hold no more. */
    public static final int MOST_BYTES = 64;
    private static final int NAME_BYTES = 16;

    private final byte[] bytes;

    private Value(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException(bytes.length + " bytes: 1 to " + MOST_BYTES);
        }
        this.bytes = bytes;
    }

    public static Value of(byte[] bytes) {
        return new Value(bytes.clone());
    }

    /** 4 or 16 bytes. */
    public static Value of(IpAddress address) {
        return new Value(address.toBytes());
    }

    /** The last address of a prefix. */
    public static Value last(Prefix prefix) {
        byte[] bytes = prefix.address().toBytes();
        for (int bit = prefix.length(); bit < bytes.length * 8; bit++) {
            bytes[bit / 8] |= (byte) (0x80 >>> bit % 8);
        }
        return new Value(bytes);
    }

    /** The mask of a prefix. */
    public static Value mask(Prefix prefix) {
        byte[] bytes = new byte[prefix.family().bytes()];
        for (int bit = 0; bit < prefix.length(); bit++) {
            bytes[bit / 8] |= (byte) (0x80 >>> bit % 8);
        }
        return new Value(bytes);
    }

    /** A number of one byte: a protocol, a type of ICMP. */
    public static Value octet(int number) {
        if (number < 0 || number > 255) {
            throw new IllegalArgumentException(number + ": 0 to 255");
        }
        return new Value(new byte[] {(byte) number});
    }

    /** A port, 0 to 65535. */
    public static Value port(int number) {
        if (number < 0 || number > 65535) {
            throw new IllegalArgumentException("port " + number + ": 0 to 65535");
        }
        return new Value(new byte[] {(byte) (number >>> 8), (byte) number});
    }

    /** A number in the machine's byte order: marks, states of connection tracking, results of fib. */
    public static Value number(int number) {
        return new Value(ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(number).array());
    }

    public static Value of(MacAddress mac) {
        byte[] bytes = new byte[6];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (mac.bits() >>> 8 * (bytes.length - 1 - i));
        }
        return new Value(bytes);
    }

    /** A kind of interface (ARPHRD_*). */
    public static Value interfaceType(int number) {
        return new Value(ByteBuffer.allocate(2).order(ByteOrder.nativeOrder()).putShort((short) number).array());
    }

    /** The whole name of an interface. */
    public static Value interfaceName(String name) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        if (text.length == 0 || text.length >= NAME_BYTES) {
            throw new IllegalArgumentException("'" + name + "': an interface's name has 1 to 15 characters");
        }
        return new Value(Arrays.copyOf(text, NAME_BYTES));
    }

    /** What names of interfaces begin with ({@code cali*}); for a {@link Statement.Match} alone. */
    public static Value interfacePrefix(String prefix) {
        byte[] text = prefix.getBytes(StandardCharsets.US_ASCII);
        if (text.length == 0 || text.length >= NAME_BYTES) {
            throw new IllegalArgumentException("'" + prefix + "': the beginning of an interface's name has 1 to 15 characters");
        }
        return new Value(text);
    }

    /** One after another, each filled up to a multiple of four bytes, as keys of several fields are. */
    public static Value concatenated(Value... parts) {
        int length = 0;
        for (Value part : parts) {
            length += part.bytes.length + 3 & ~3;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (Value part : parts) {
            System.arraycopy(part.bytes, 0, all, at, part.bytes.length);
            at += part.bytes.length + 3 & ~3;
        }
        return new Value(all);
    }

    public int length() {
        return bytes.length;
    }

    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Writes the bytes from a place on. */
    public void copyTo(byte[] to, int at) {
        System.arraycopy(bytes, 0, to, at, bytes.length);
    }

    public byte at(int index) {
        return bytes[index];
    }

    /** The next larger value of the same length; the largest has none. */
    public Optional<Value> next() {
        byte[] up = bytes.clone();
        for (int i = up.length - 1; i >= 0; i--) {
            if (++up[i] != 0) {
                return Optional.of(new Value(up));
            }
        }
        return Optional.empty();
    }

    /** The next smaller value of the same length; zero has none. */
    public Optional<Value> previous() {
        byte[] down = bytes.clone();
        for (int i = down.length - 1; i >= 0; i--) {
            if (down[i]-- != 0) {
                return Optional.of(new Value(down));
            }
        }
        return Optional.empty();
    }

    /** The largest value of a length. */
    public static Value largest(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0xff);
        return new Value(bytes);
    }

    @Override
    public int compareTo(Value other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Value value && Arrays.equals(bytes, value.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
