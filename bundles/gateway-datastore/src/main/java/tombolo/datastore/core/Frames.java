package tombolo.datastore.core;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The frame around what is written and synced at once: a batch of the log, or a piece of a checkpoint.
 *
 * <pre>
 *        0        4        8       12       16       20       24       28       32             32+length
 *        ├────────┼────────┼────────┴────────┼────────┼────────┼────────┼────────┼──────────────┤
 *        │ 'TBF1' │ length │    sequence     │ zeros  │ crc of │ store  │ crc of │ records … A5 │
 *        │        │        │                 │        │ payload│ tag    │ 0..27  │              │
 *        └────────┴────────┴─────────────────┴────────┴────────┴────────┴────────┴──────────────┘
 * </pre>
 *
 * A header never crosses a sector of 512 bytes, so it is on the disk whole or not at all; {@code zeros} counts the sectors of the payload behind the header's own
 * that hold nothing but zeros; the last byte of a payload is never zero. The file is filled with zeros before frames are written into it. So a frame that was
 * cut short when the power went shows more zeros than it was written with, and a frame that was whole and has changed since does not: {@link LogScan} tells the
 * two apart. CRC-32C finds every change of up to three bits in a frame, and every burst of up to 32.
 */
final class Frames {
    static final int HEADER = 32;
    static final int SECTOR = 512;
    /** Frame files start with a sector of their own header. */
    static final int FIRST = SECTOR;
    private static final int MAGIC = 0x54424631;
    private static final byte LAST = (byte) 0xa5;

    private Frames() { }

    record Header(int length, long sequence, int zeroSectors, int payloadCrc, int tag) { }

    /** Where a frame that cannot start before {@code position} starts. */
    static long place(long position) {
        long left = SECTOR - position % SECTOR;
        return left < HEADER ? position + left : position;
    }

    /** Leaves room for the header. */
    static void begin(ByteSink sink) {
        sink.truncate(0);
        sink.raw(new byte[HEADER]);
    }

    /** Closes the frame that the sink holds, which will stand at that position of the file. */
    static ByteBuffer finish(ByteSink sink, long position, long sequence, int tag) {
        sink.u8(LAST);
        ByteBuffer frame = sink.view();
        int length = frame.limit() - HEADER;
        frame.putInt(0, MAGIC).putInt(4, length).putLong(8, sequence).putInt(16, zeroSectors(frame, 0, position, length));
        frame.putInt(20, crc(frame, HEADER, length)).putInt(24, tag).putInt(28, crc(frame, 0, HEADER - 4));
        return frame;
    }

    /** The header at that index, or null where its magic or its checksum is wrong. */
    static @org.jspecify.annotations.Nullable Header header(ByteBuffer file, int at) {
        if (file.getInt(at) != MAGIC || crc(file, at, HEADER - 4) != file.getInt(at + 28) || file.getInt(at + 4) < 1) {
            return null;
        }
        return new Header(file.getInt(at + 4), file.getLong(at + 8), file.getInt(at + 16), file.getInt(at + 20), file.getInt(at + 24));
    }

    static boolean payloadIsWhole(ByteBuffer file, int at, Header header) {
        return crc(file, at + HEADER, header.length()) == header.payloadCrc() && file.get(at + HEADER + header.length() - 1) == LAST;
    }

    /** Whether a payload with a wrong checksum has lost what was never written, as opposed to holding something else. */
    static boolean payloadIsUnfinished(ByteBuffer file, int at, Header header) {
        return file.get(at + HEADER + header.length() - 1) == 0 || zeroSectors(file, at, at, header.length()) > header.zeroSectors();
    }

    static ByteBuffer records(ByteBuffer file, int at, Header header) {
        return file.slice(at + HEADER, header.length() - 1);
    }

    static boolean isZero(ByteBuffer file, int from, int to) {
        int i = from;
        for (; i + Long.BYTES <= to; i += Long.BYTES) {
            if (file.getLong(i) != 0) {
                return false;
            }
        }
        for (; i < to; i++) {
            if (file.get(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** All-zero sectors of the payload behind the header's own sector; {@code position} is the header's in the file, {@code at} its index in the buffer. */
    private static int zeroSectors(ByteBuffer buffer, int at, long position, int length) {
        int count = 0;
        long end = position + HEADER + length;
        for (long sector = (position / SECTOR + 1) * SECTOR; sector < end; sector += SECTOR) {
            int from = at + (int) (sector - position);
            if (isZero(buffer, from, at + (int) (Math.min(sector + SECTOR, end) - position))) {
                count++;
            }
        }
        return count;
    }

    static int crc(ByteBuffer buffer, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(from, length));
        return (int) crc.getValue();
    }
}
