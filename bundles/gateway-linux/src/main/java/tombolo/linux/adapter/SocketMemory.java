package tombolo.linux.adapter;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;
import tombolo.api.kernel.NetlinkSocket;

/**
 * The native memory of one netlink socket. A socket for one container lives for a millisecond; closing an arena that threads share stops all of them for a
 * moment, and its 64 KiB would be cleared anew each time. So the memory outlives the socket and goes to the next one.
 */
final class SocketMemory {
    private static final int FIRST_SEND_BYTES = 4 << 10;

    private final Arena arena = Arena.ofShared();
    final MemorySegment sendErrno = arena.allocate(LibC.ERRNO);
    final MemorySegment receiveErrno = arena.allocate(LibC.ERRNO);
    final MemorySegment wakeErrno = arena.allocate(LibC.ERRNO);
    final MemorySegment receiveBytes = arena.allocate(NetlinkSocket.RECEIVE_BYTES);
    final MemorySegment descriptors = arena.allocate(16, 8);
    final MemorySegment counter = arena.allocate(8, 8);
    final MemorySegment one = arena.allocate(8, 8);
    /** Grows with what is sent. */
    private MemorySegment sendBytes = arena.allocate(FIRST_SEND_BYTES);

    /** The datagram in native memory. One sender at a time. @param most what it may have to hold, should it be longer than anything before */
    MemorySegment toSend(byte[] datagram, int length, int most) {
        if (length > sendBytes.byteSize()) {
            sendBytes = arena.allocate(most);
        }
        MemorySegment.copy(datagram, 0, sendBytes, JAVA_BYTE, 0, length);
        return sendBytes;
    }

    private void free() {
        arena.close();
    }

    /** Memory that waits for its next socket. Any thread. */
    static final class Shelf {
        /** As many as there are containers being worked on at once. */
        private static final int KEPT = 16;
        private final ArrayBlockingQueue<SocketMemory> kept = new ArrayBlockingQueue<>(KEPT);

        private volatile boolean closed;

        SocketMemory take() {
            SocketMemory used = kept.poll();
            return used == null ? new SocketMemory() : used;
        }

        void giveBack(SocketMemory memory) {
            if (closed || memory.sendBytes.byteSize() > FIRST_SEND_BYTES || !kept.offer(memory)) {
                memory.free();
            } else if (closed) {
                close();
            }
        }

        void close() {
            closed = true;
            for (SocketMemory memory = kept.poll(); memory != null; memory = kept.poll()) {
                memory.free();
            }
        }
    }
}
