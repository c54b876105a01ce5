package tombolo.api.datastore;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** An immutable array of bytes, equal by content, ordered as unsigned bytes. */
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    /** A copy of the array. */
    public static Bytes of(byte... content) {
        return content.length == 0 ? EMPTY : new Bytes(content.clone());
    }

    /** The text's UTF-8 encoding. */
    public static Bytes utf8(String text) {
        return new Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Takes the next {@code size} bytes of the buffer and moves its position. */
    public static Bytes read(ByteBuffer source, int size) {
        byte[] content = new byte[size];
        source.get(content);
        return new Bytes(content);
    }

    public int size() {
        return content.length;
    }

    /** A copy. */
    public byte[] toByteArray() {
        return content.clone();
    }

    /** Puts all bytes into the buffer at its position. */
    public void writeTo(ByteBuffer target) {
        target.put(content);
    }

    /** The bytes read as UTF-8; what is malformed becomes U+FFFD. */
    public String asUtf8() {
        return new String(content, StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(content, other.content);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    /** The size and the first bytes as text: for messages. */
    @Override
    public String toString() {
        int shown = Math.min(content.length, 32);
        return content.length + " bytes '" + new String(content, 0, shown, StandardCharsets.UTF_8) + (shown < content.length ? "…'" : "'");
    }
}
