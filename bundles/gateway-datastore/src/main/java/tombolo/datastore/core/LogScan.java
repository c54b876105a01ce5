package tombolo.datastore.core;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of frames and says how it ends: the one place that decides whether a store may be opened.
 *
 * <pre>
 * at the place of the next frame                                          | then
 * -----------------------------------------------------------------------+---------------------------------------------------------------
 * nothing but zeros to the end of the file                               | CLEAN: the log ends here
 * a header of zeros, something behind it, no frame                       | UNFINISHED: the sector with the header never reached the disk
 * a bad header, nothing but zeros behind it                              | UNFINISHED: cut inside the header
 * a good header, and its payload has lost sectors or its last byte       | UNFINISHED: cut inside the payload
 * any of the three, and a later frame stands behind it                   | DAMAGED: a later frame is written when the earlier is on the disk
 * anything else: other bits, a frame cut by the end of the file          | DAMAGED: the file is filled with zeros before a frame is written
 * </pre>
 *
 * An UNFINISHED frame was never acknowledged, since the acknowledgement follows the sync. What cannot be told apart: a last frame of which whole sectors were
 * replaced by zeros after it was acknowledged, from one whose sectors never arrived.
 */
public final class LogScan {
    /** Takes the records of each good frame, in order. */
    @FunctionalInterface
    public interface Visitor {
        /** @param records of the frame; @throws Records.MalformedException or IllegalArgumentException where they do not fit: the scan ends as damaged */
        void frame(long sequence, ByteBuffer records) throws Records.MalformedException;
    }

    public enum End { CLEAN, UNFINISHED, DAMAGED }

    /**
     * @param end          how the file ends
     * @param position     behind the last good frame
     * @param nextSequence of the frame that would follow
     * @param what         why it is not clean, for the operator; empty where it is
     */
    public record Verdict(End end, long position, long nextSequence, String what) { }

    private LogScan() { }

    /**
     * Scans the frames of a file.
     *
     * @param file     the whole file
     * @param header   its first sector, decoded
     * @param sequence of the first frame
     */
    public static Verdict scan(ByteBuffer file, FileHeader header, long sequence, Visitor visitor) {
        long position = Frames.FIRST;
        long expected = sequence;
        boolean log = header.kind() == FileHeader.Kind.LOG;
        // what the log had been filled up to when its last frame was written; a shorter file has been cut, and its whole frames are for a repair to read
        int filled = log ? file.limit() / header.unit() * header.unit() : file.limit();
        while (true) {
            int at = (int) Frames.place(position);
            boolean cut = log && at + Frames.HEADER > filled;
            if (at + Frames.HEADER > file.limit()) {
                // a log always has room for one more header; a checkpoint ends with its last frame
                return log ? cut(position, expected, file) : new Verdict(End.CLEAN, position, expected, "");
            }
            Frames.Header frame = Frames.header(file, at);
            if (frame == null || frame.tag() != header.tag() || frame.sequence() != expected) {
                if (cut) {
                    return cut(position, expected, file);
                }
                return log ? ending(file, at, position, expected, header.tag(), frame) : damaged(position, expected, "no frame " + expected + " at byte " + at);
            }
            long end = (long) at + Frames.HEADER + frame.length();
            if (end > file.limit()) {
                return damaged(position, expected, "frame " + expected + " at byte " + at + " reaches past the end of the file: it has been cut");
            }
            if (!Frames.payloadIsWhole(file, at, frame)) {
                boolean unfinished = log && end + Frames.HEADER <= filled && Frames.payloadIsUnfinished(file, at, frame) && laterFrame(file, (int) end, expected, header.tag()) < 0;
                return unfinished ? new Verdict(End.UNFINISHED, position, expected, "frame " + expected + " at byte " + at + " was not written to its end")
                        : damaged(position, expected, "frame " + expected + " at byte " + at + ": its checksum is wrong");
            }
            try {
                visitor.frame(expected, Frames.records(file, at, frame));
            } catch (Records.MalformedException | IllegalArgumentException e) {
                return damaged(position, expected, "frame " + expected + " at byte " + at + ": " + e.getMessage());
            }
            position = end;
            expected++;
        }
    }

    private static Verdict ending(ByteBuffer file, int at, long position, long expected, int tag, Frames.@Nullable Header frame) {
        if (frame != null) {
            return damaged(position, expected, "at byte " + at + " stands frame " + frame.sequence() + " of store tag " + Integer.toHexString(frame.tag()) + " instead of frame " + expected);
        }
        boolean zeroHeader = Frames.isZero(file, at, at + Frames.HEADER);
        boolean zeroRest = Frames.isZero(file, at + Frames.HEADER, file.limit());
        if (zeroHeader && zeroRest && Frames.isZero(file, (int) position, at)) {
            return new Verdict(End.CLEAN, position, expected, "");
        }
        int later = laterFrame(file, at + Frames.HEADER, expected, tag);
        if (later >= 0) {
            return damaged(position, expected, "no frame " + expected + " at byte " + at + ", but a later one at byte " + later);
        }
        if (zeroHeader || zeroRest) {
            return new Verdict(End.UNFINISHED, position, expected, "frame " + expected + " at byte " + at + " was not written to its end");
        }
        return damaged(position, expected, "the header of frame " + expected + " at byte " + at + ": its checksum is wrong");
    }

    private static int laterFrame(ByteBuffer file, int from, long expected, int tag) {
        for (int at = from; at + Frames.HEADER <= file.limit(); at++) {
            if (file.get(at) == 'T') {
                Frames.Header header = Frames.header(file, at);
                if (header != null && header.tag() == tag && header.sequence() > expected) {
                    return at;
                }
            }
        }
        return -1;
    }

    private static Verdict cut(long position, long expected, ByteBuffer file) {
        return damaged(position, expected, "the file ends at " + file.limit() + " bytes: it has been cut");
    }

    private static Verdict damaged(long position, long expected, String what) {
        return new Verdict(End.DAMAGED, position, expected, what);
    }
}
