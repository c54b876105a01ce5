package tombolo.datastore.core;

import java.nio.ByteBuffer;

/** Packs records into frames, one at a time. Not for several threads. */
public final class FrameWriter {
    private final ByteSink sink = new ByteSink();
    private final int tag;
    private long position;
    private long sequence;
    private boolean empty;

    /**
     * @param position behind the last frame of the file
     * @param sequence of the next frame
     */
    public FrameWriter(FileHeader header, long position, long sequence) {
        this.tag = header.tag();
        this.position = position;
        this.sequence = sequence;
        clear();
    }

    /** A writer for a new file. */
    public FrameWriter(FileHeader header, long sequence) {
        this(header, Frames.FIRST, sequence);
    }

    public void add(Mutation mutation) {
        Records.write(sink, mutation);
        empty = false;
    }

    public void add(Records.Part part) {
        Records.write(sink, part);
        empty = false;
    }

    public boolean isEmpty() {
        return empty;
    }

    /** Bytes that the frame has now. */
    public int size() {
        return sink.size();
    }

    /** Where the frame will stand. */
    public long start() {
        return Frames.place(position);
    }

    /** How far the file must reach, filled with zeros, before the frame is written: its end and room for the next header, wherever that is placed. */
    public long needed() {
        return Frames.place(start() + sink.size() + 1) + Frames.HEADER;
    }

    /** The frame's bytes, valid until {@link #written} or {@link #clear}. */
    public ByteBuffer frame() {
        ByteBuffer frame = Frames.finish(sink, start(), sequence, tag);
        sink.truncate(sink.size() - 1);
        return frame;
    }

    /** The frame is in the file: the next one follows it. */
    public void written() {
        position = start() + sink.size() + 1;
        sequence++;
        clear();
    }

    /** Forgets the records of this frame. */
    public void clear() {
        Frames.begin(sink);
        empty = true;
    }

    public long position() {
        return position;
    }

    public long sequence() {
        return sequence;
    }
}
