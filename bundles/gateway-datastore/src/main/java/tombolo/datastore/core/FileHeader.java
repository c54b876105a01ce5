package tombolo.datastore.core;

import java.nio.ByteBuffer;

/**
 * The first sector of a file of the store.
 *
 * <pre>
 * 0 "TOMBOLO1"  8 kind i32 (1 log, 2 checkpoint)  12 unit i32  16 store id 2 × i64  32 sequence i64  40 crc of 0..39
 * </pre>
 *
 * @param unit     the log grows in steps of so many bytes, filled with zeros before they are used
 * @param storeHigh with {@code storeLow}: the store's id, so that files of two stores are never mixed
 * @param sequence of the log's first frame; of the last frame that a checkpoint holds
 */
public record FileHeader(Kind kind, int unit, long storeHigh, long storeLow, long sequence) {
    private static final long MAGIC = 0x544f4d424f4c4f31L;

    public enum Kind { LOG, CHECKPOINT }

    /** What every frame of the store carries. */
    int tag() {
        return (int) (storeLow ^ storeLow >>> 32);
    }

    /** The sector. */
    public ByteBuffer encode() {
        ByteBuffer sector = ByteBuffer.allocate(Frames.SECTOR);
        sector.putLong(0, MAGIC).putInt(8, kind.ordinal() + 1).putInt(12, unit).putLong(16, storeHigh).putLong(24, storeLow).putLong(32, sequence);
        return sector.putInt(40, Frames.crc(sector, 0, 40));
    }

    /** Reads a file's first sector; null where it is none. */
    public static @org.jspecify.annotations.Nullable FileHeader decode(ByteBuffer file) {
        if (file.limit() < Frames.SECTOR || file.getLong(0) != MAGIC || Frames.crc(file, 0, 40) != file.getInt(40)) {
            return null;
        }
        int kind = file.getInt(8);
        int unit = file.getInt(12);
        if (kind < 1 || kind > Kind.values().length || unit < Frames.SECTOR || !Frames.isZero(file, 44, Frames.SECTOR)) {
            return null;
        }
        return new FileHeader(Kind.values()[kind - 1], unit, file.getLong(16), file.getLong(24), file.getLong(32));
    }
}
