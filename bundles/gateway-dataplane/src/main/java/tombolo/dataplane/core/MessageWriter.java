package tombolo.dataplane.core;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.nftables.Value;

/**
 * Writes netlink messages one after another into one array.
 *
 * <pre>
 *  nlmsghdr  0        4      6      8        12       16
 *            | length | type | flags| sequence | port  | payload, attributes ...      each aligned to 4 bytes
 *  nlattr    0        2      4
 *            | length | type | payload                                                length without the padding
 * </pre>
 *
 * Numbers are in the machine's byte order except addresses (RFC 3549 §2.2). The array grows up to its limit, {@link #LIMIT} unless said otherwise.
 */
public final class MessageWriter {
    /** No batch is larger: the socket takes 1 MiB, and 64 KiB are 500 routes of 52 bytes twice over. */
    public static final int LIMIT = 512 << 10;
    public static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());
    public static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    public static final VarHandle BIG_INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    public static final VarHandle BIG_LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int NESTED = 0x8000;

    private final int limit;
    private byte[] bytes;
    private int size;
    private int message = -1;
    private int flagsOfLast = -1;

    public MessageWriter(int capacity) {
        this(capacity, LIMIT);
    }

    /** @param limit the most bytes that it grows to */
    public MessageWriter(int capacity, int limit) {
        bytes = new byte[capacity];
        this.limit = limit;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int size() {
        return size;
    }

    public void clear() {
        size = 0;
        message = -1;
        flagsOfLast = -1;
    }

    /** Forgets what was written, and gives back memory beyond a capacity. */
    public void clear(int capacity) {
        clear();
        if (bytes.length > capacity) {
            bytes = new byte[capacity];
        }
    }

    /** Starts a message; the one before must have been ended. */
    public void begin(int type, int flags, int sequence) {
        ensure(16);
        message = size;
        flagsOfLast = size + 6;
        SHORT.set(bytes, size + 4, (short) type);
        SHORT.set(bytes, size + 6, (short) flags);
        INT.set(bytes, size + 8, sequence);
        INT.set(bytes, size + 12, 0);
        size += 16;
    }

    /** Ends the message: its length is known now. */
    public void end() {
        INT.set(bytes, message, size - message);
        align();
        message = -1;
    }

    /** Drops the message that was begun. */
    public void abandon() {
        size = message;
        message = -1;
        flagsOfLast = -1;
    }

    /** Adds flags to the last message, such as the ACK that only a batch's last one asks for. */
    public void flagLast(int flags) {
        SHORT.set(bytes, flagsOfLast, (short) ((short) SHORT.get(bytes, flagsOfLast) | flags));
    }

    public void u8(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    public void u16(int value) {
        ensure(2);
        SHORT.set(bytes, size, (short) value);
        size += 2;
    }

    public void u32(int value) {
        ensure(4);
        INT.set(bytes, size, value);
        size += 4;
    }

    public void attribute32(int type, int value) {
        header(type, 4);
        u32(value);
    }

    public void attribute8(int type, int value) {
        int mark = open(type);
        u8(value);
        close(mark);
    }

    public void attribute16(int type, int value) {
        int mark = open(type);
        u16(value);
        close(mark);
    }

    /** A number in network order. */
    public void attributeBig16(int type, int value) {
        int mark = open(type);
        u8(value >>> 8);
        u8(value);
        close(mark);
    }

    /** A number in network order, as nfnetlink has them. */
    public void attributeBig32(int type, int value) {
        header(type, 4);
        ensure(4);
        BIG_INT.set(bytes, size, value);
        size += 4;
    }

    public void attributeBig64(int type, long value) {
        header(type, 8);
        ensure(8);
        BIG_LONG.set(bytes, size, value);
        size += 8;
    }

    public void attribute(int type, byte[] value) {
        header(type, value.length);
        raw(value);
        align();
    }

    /** An address of 4 or 16 bytes in network order. */
    public void attributeAddress(int type, boolean v6, long hi, long lo) {
        header(type, v6 ? 16 : 4);
        address(v6, hi, lo);
    }

    public void address(boolean v6, long hi, long lo) {
        if (v6) {
            ensure(16);
            BIG_LONG.set(bytes, size, hi);
            BIG_LONG.set(bytes, size + 8, lo);
            size += 16;
        } else {
            ensure(4);
            BIG_INT.set(bytes, size, (int) lo);
            size += 4;
        }
    }

    /** A text that ends with a zero byte. */
    public void attributeText(int type, String text) {
        int mark = open(type);
        text(text);
        u8(0);
        close(mark);
    }

    private void text(String text) {
        ensure(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                raw(text.substring(i).getBytes(StandardCharsets.UTF_8));
                return;
            }
            bytes[size++] = (byte) c;
        }
    }

    /** The bytes of a value. */
    public void attribute(int type, Value value) {
        header(type, value.length());
        ensure(value.length());
        value.copyTo(bytes, size);
        size += value.length();
        align();
    }

    public void attributeMac(int type, MacAddress mac) {
        int mark = open(type);
        for (int shift = 40; shift >= 0; shift -= 8) {
            u8((int) (mac.bits() >>> shift));
        }
        close(mark);
    }

    public void attributeAddress(int type, IpAddress address) {
        attributeAddress(type, !address.isIpv4(), address.hi(), address.lo());
    }

    /** Copies ready-made, aligned attributes. */
    public void raw(byte[] attributes) {
        raw(attributes, attributes.length);
    }

    public void raw(byte[] attributes, int length) {
        ensure(length);
        System.arraycopy(attributes, 0, bytes, size, length);
        size += length;
    }

    /** Opens an attribute whose length is not known yet; answers the mark for {@link #close}. */
    public int open(int type) {
        int mark = size;
        header(type, 0);
        return mark;
    }

    public int openNested(int type) {
        return open(type | NESTED);
    }

    public void close(int mark) {
        SHORT.set(bytes, mark, (short) (size - mark));
        align();
    }

    /** Patches a 16-bit length at {@code mark}, for structures inside attributes (rtnexthop). */
    public void patch16(int mark, int value) {
        SHORT.set(bytes, mark, (short) value);
    }

    public byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    private void header(int type, int length) {
        u16(length + 4);
        u16(type);
    }

    private void align() {
        int aligned = (size + 3) & ~3;
        ensure(aligned - size);
        Arrays.fill(bytes, size, aligned, (byte) 0);
        size = aligned;
    }

    private void ensure(int more) {
        if (size + more > bytes.length) {
            if (size + more > limit) {
                throw new IllegalStateException("a netlink batch over " + limit + " bytes");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(limit, Math.max(bytes.length * 2L, size + more)));
        }
    }
}
