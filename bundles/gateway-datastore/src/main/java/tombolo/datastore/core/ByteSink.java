package tombolo.datastore.core;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tombolo.api.datastore.Bytes;

/** Bytes to write, in an array that grows. Big endian. */
final class ByteSink {
    private byte[] bytes = new byte[1 << 12];
    private int size;

    ByteSink u8(int value) {
        room(1);
        bytes[size++] = (byte) value;
        return this;
    }

    ByteSink i32(int value) {
        room(Integer.BYTES);
        ByteBuffer.wrap(bytes).putInt(size, value);
        size += Integer.BYTES;
        return this;
    }

    ByteSink i64(long value) {
        room(Long.BYTES);
        ByteBuffer.wrap(bytes).putLong(size, value);
        size += Long.BYTES;
        return this;
    }

    ByteSink text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        i32(utf8.length);
        return raw(utf8);
    }

    ByteSink bytes(Bytes value) {
        i32(value.size());
        room(value.size());
        value.writeTo(ByteBuffer.wrap(bytes, size, value.size()));
        size += value.size();
        return this;
    }

    ByteSink raw(byte[] raw) {
        room(raw.length);
        System.arraycopy(raw, 0, bytes, size, raw.length);
        size += raw.length;
        return this;
    }

    void i32At(int index, int value) {
        ByteBuffer.wrap(bytes).putInt(index, value);
    }

    int size() {
        return size;
    }

    /** Forgets what is behind that size. */
    void truncate(int smaller) {
        size = smaller;
    }

    /** What was written, not copied: valid until the next write. */
    ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
