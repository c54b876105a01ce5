package tombolo.datastore.adapter;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import tombolo.datastore.adapter.Volume.BlockFile;
import tombolo.datastore.core.FileHeader;
import tombolo.datastore.core.FrameWriter;

/** The log that is being written. For one thread. */
final class LogFile implements Closeable {
    /** What growing writes at once. */
    private static final int ZEROS = 1 << 18;

    /** The frame could not be taken back: the file may hold part of it. */
    static final class BrokenException extends IOException {
        private static final long serialVersionUID = 1;

        BrokenException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private final String name;
    private final FileHeader header;
    private final BlockFile file;
    private final FrameWriter frames;
    private final ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS);
    private ByteBuffer staging = ByteBuffer.allocateDirect(1 << 16);
    private long allocated;

    private LogFile(String name, FileHeader header, BlockFile file, FrameWriter frames, long allocated) {
        this.name = name;
        this.header = header;
        this.file = file;
        this.frames = frames;
        this.allocated = allocated;
    }

    /** Makes an empty log, durable with its name. On failure it is removed. */
    static LogFile create(Volume volume, FileHeader header) throws IOException {
        String name = StoreReader.log(header.sequence());
        BlockFile file = volume.open(name, true);
        try {
            LogFile log = new LogFile(name, header, file, new FrameWriter(header, header.sequence()), 0);
            log.allocated = roundUp(log.frames.needed(), header.unit());
            log.fill(0, log.allocated);
            file.write(header.encode(), 0);
            file.force(true);
            volume.syncDirectory();
            return log;
        } catch (IOException e) {
            file.close();
            try {
                volume.delete(name);
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /** Opens the last log of a store: overwrites an unfinished frame with zeros and syncs all that was read, which a killed process may have left unsynced. */
    static LogFile open(Volume volume, StoreReader.Recovered store) throws IOException {
        BlockFile file = volume.open(store.log(), false);
        try {
            long size = file.size();
            int unit = store.logHeader().unit();
            LogFile log = new LogFile(store.log(), store.logHeader(), file, new FrameWriter(store.logHeader(), store.position(), store.nextSequence()), size / unit * unit);
            if (store.unfinished()) {
                log.fill(store.position(), size);
            }
            file.force(true);
            return log;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    String name() {
        return name;
    }

    FileHeader header() {
        return header;
    }

    /** The frame being made. */
    FrameWriter frames() {
        return frames;
    }

    /**
     * Makes the log long enough for the frame. Only this meets a full disk; where it fails, the log is as it was.
     *
     * @throws BrokenException the sync failed: the log must not be used on
     * @throws IOException     the frame was not written, the log may be used on
     */
    void reserve() throws IOException {
        if (frames.needed() > allocated) {
            long to = roundUp(frames.needed(), header.unit());
            fill(allocated, to);
            force(true); // before the frame: a file that ends inside a frame is one that has been cut
            allocated = to;
        }
    }

    /**
     * Writes the frame and syncs it: durable when it returns.
     *
     * @throws BrokenException the frame may be in the file or not: the log must not be used on
     * @throws IOException     the frame was taken back, the log may be used on
     */
    void commit() throws IOException {
        ByteBuffer frame = frames.frame();
        long start = frames.start();
        try {
            file.write(stage(frame), start);
        } catch (IOException e) {
            try {
                fill(start, start + frame.limit());
                file.force(false);
            } catch (IOException second) {
                e.addSuppressed(second);
                throw new BrokenException(e);
            }
            throw e;
        }
        force(false);
        frames.written();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Copies into a direct buffer that is kept: the channel would make one for each write. */
    private ByteBuffer stage(ByteBuffer frame) {
        if (staging.capacity() < frame.remaining()) {
            staging = ByteBuffer.allocateDirect(Math.max(frame.remaining(), 2 * staging.capacity()));
        }
        return staging.clear().put(frame).flip();
    }

    private static long roundUp(long size, int unit) {
        return (size + unit - 1) / unit * unit;
    }

    private void force(boolean metadata) throws BrokenException {
        try {
            file.force(metadata);
        } catch (IOException e) {
            // what a failed sync leaves on the disk is not known, and a second sync would not say
            throw new BrokenException(e);
        }
    }

    private void fill(long from, long to) throws IOException {
        for (long at = from; at < to; at += ZEROS) {
            file.write(zeros.clear().limit((int) Math.min(ZEROS, to - at)), at);
        }
    }
}
