package tombolo.linux.adapter;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;

/** A netlink socket, an eventfd that wakes its receiver, and the native memory of both, freed together by {@link #close}. */
final class LinuxNetlinkSocket implements NetlinkSocket {
    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_ADD_MEMBERSHIP = 1;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int EFD_NONBLOCK_CLOEXEC = 0x80800;
    private static final short POLLIN = 1;
    /** What a socket keeps for sending; a longer datagram (a whole transaction of nftables) has memory of its own while it is sent. */
    private static final int KEPT_SEND_BYTES = 1 << 20;

    private final int fd;
    private final int wakeFd;
    private final int portId;
    private final SocketMemory.Shelf shelf;
    private final SocketMemory memory;
    private final int longestDatagram;
    private final ReentrantLock sending = new ReentrantLock();
    private final ReentrantLock receiving = new ReentrantLock();
    private final ReentrantLock waking = new ReentrantLock();
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Under {@code waking}: descriptors and memory are not this socket's any more. */
    private boolean freed;

    /** Opens the socket in the network namespace of the calling thread. @param shelf where its memory comes from and returns to */
    LinuxNetlinkSocket(Netlink.Options options, SocketMemory.Shelf shelf) {
        this.shelf = shelf;
        memory = shelf.take();
        int socket = -1;
        int event = -1;
        try {
            socket = checked("opening a netlink socket", LibC.socket(memory.sendErrno, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, options.protocol()));
            event = checked("opening an eventfd", LibC.eventfd(memory.sendErrno, 0, EFD_NONBLOCK_CLOEXEC));
            configure(socket, options);
            longestDatagram = options.sendBufferBytes();
            // Bound before anything else is sent: an unbound socket has port 0, to which the kernel silently sends no notifications.
            try (Arena local = Arena.ofConfined()) {
                MemorySegment address = local.allocate(12, 4);
                address.set(JAVA_SHORT, 0, (short) AF_NETLINK);
                checked("binding a netlink socket", LibC.bind(memory.sendErrno, socket, address));
                MemorySegment length = local.allocateFrom(JAVA_INT, 12);
                checked("reading a netlink socket's port", LibC.getsockname(memory.sendErrno, socket, address, length));
                portId = address.get(JAVA_INT, 4);
            }
            for (int group : options.groups()) {
                option(socket, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group, "joining netlink group " + group);
            }
            fd = socket;
            wakeFd = event;
        } catch (RuntimeException e) {
            closeDescriptor(socket);
            closeDescriptor(event);
            shelf.giveBack(memory);
            throw e;
        }
        memory.one.set(JAVA_LONG, 0, 1);
        memory.descriptors.set(JAVA_INT, 0, fd);
        memory.descriptors.set(JAVA_SHORT, 4, POLLIN);
        memory.descriptors.set(JAVA_INT, 8, wakeFd);
        memory.descriptors.set(JAVA_SHORT, 12, POLLIN);
    }

    @Override
    public int portId() {
        return portId;
    }

    @Override
    public void send(byte[] datagram, int length) {
        if (length > longestDatagram) {
            throw new IllegalArgumentException("a datagram of " + length + " bytes; at most " + longestDatagram);
        }
        sending.lock();
        try {
            open();
            if (length > KEPT_SEND_BYTES) {
                try (Arena once = Arena.ofConfined()) {
                    MemorySegment bytes = once.allocate(length);
                    MemorySegment.copy(datagram, 0, bytes, JAVA_BYTE, 0, length);
                    send(bytes, length);
                }
            } else {
                send(memory.toSend(datagram, length, KEPT_SEND_BYTES), length);
            }
        } finally {
            sending.unlock();
        }
    }

    private void send(MemorySegment bytes, int length) {
        while (LibC.send(memory.sendErrno, fd, bytes, length, 0) < 0) {
            int errno = LibC.errno(memory.sendErrno);
            if (errno != Errno.EINTR) {
                throw new KernelException("sending " + length + " bytes over netlink", errno);
            }
        }
    }

    @Override
    public int receive(byte[] into, int timeoutMillis) {
        receiving.lock();
        try {
            if (closed.get()) {
                return NOTHING;
            }
            int got = tryReceive(into);
            if (got != NOTHING || timeoutMillis == 0) {
                return got;
            }
            int ready = LibC.poll(memory.receiveErrno, memory.descriptors, 2, timeoutMillis);
            if (ready < 0 && LibC.errno(memory.receiveErrno) != Errno.EINTR) {
                throw new KernelException("waiting on a netlink socket", LibC.errno(memory.receiveErrno));
            }
            if (ready > 0 && memory.descriptors.get(JAVA_SHORT, 14) != 0) {
                LibC.read(memory.receiveErrno, wakeFd, memory.counter, 8); // back to zero; whoever called wake wants us to look around
            }
            return closed.get() ? NOTHING : tryReceive(into);
        } finally {
            receiving.unlock();
        }
    }

    @Override
    public void wake() {
        waking.lock();
        try {
            if (!freed) {
                LibC.write(memory.wakeErrno, wakeFd, memory.one, 8);
            }
        } finally {
            waking.unlock();
        }
    }

    @Override
    public boolean isClosed() {
        return closed.get();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        wake(); // a receiver in poll returns and lets go of its lock
        sending.lock();
        receiving.lock();
        waking.lock();
        try {
            closeDescriptor(fd);
            closeDescriptor(wakeFd);
            freed = true;
            shelf.giveBack(memory);
        } finally {
            waking.unlock();
            receiving.unlock();
            sending.unlock();
        }
    }

    private int tryReceive(byte[] into) {
        int room = Math.min(into.length, RECEIVE_BYTES);
        long got = LibC.recv(memory.receiveErrno, fd, memory.receiveBytes, room, MSG_DONTWAIT | MSG_TRUNC);
        if (got < 0) {
            int errno = LibC.errno(memory.receiveErrno);
            return switch (errno) {
                case Errno.EAGAIN, Errno.EINTR -> NOTHING;
                case Errno.ENOBUFS -> OVERRUN;
                default -> throw new KernelException("receiving from a netlink socket", errno);
            };
        }
        if (got > room) {
            return OVERRUN; // MSG_TRUNC gives the true length of a datagram that was cut
        }
        MemorySegment.copy(memory.receiveBytes, JAVA_BYTE, 0, into, 0, (int) got);
        return (int) got;
    }

    private void configure(int socket, Netlink.Options options) {
        // The FORCE variants pass net.core.[rw]mem_max, which is tuned for UDP and far too small for a table's worth of notifications.
        option(socket, SOL_SOCKET, SO_SNDBUFFORCE, options.sendBufferBytes() * 2, "setting a netlink socket's send buffer");
        option(socket, SOL_SOCKET, SO_RCVBUFFORCE, options.receiveBufferBytes(), "setting a netlink socket's receive buffer");
        option(socket, SOL_NETLINK, NETLINK_CAP_ACK, 1, "asking for short netlink errors");
        option(socket, SOL_NETLINK, NETLINK_EXT_ACK, 1, "asking for netlink error texts");
        if (options.protocol() == Netlink.ROUTE) {
            option(socket, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1, "asking for filtered dumps");
        }
        if (!options.ignoredPorts().isEmpty()) {
            attachFilter(socket, options.ignoredPorts());
        }
    }

    /**
     * Drops notifications caused by our own writes before they are queued: a million routes written would otherwise come back as a million messages.
     *
     * <pre>
     * struct nlmsghdr { u32 len; u16 type; u16 flags; u32 seq; u32 pid; }    ld [12]; jeq pid, drop; ... ret -1; drop: ret 0
     * </pre>
     */
    private void attachFilter(int socket, List<Integer> ports) {
        int count = ports.size() + 3;
        try (Arena local = Arena.ofConfined()) { // the kernel takes a copy
            MemorySegment program = local.allocate(count * 8L, 8);
            instruction(program, 0, 0x20, 0, 12);
            for (int i = 0; i < ports.size(); i++) {
                // BPF loads words in network order, netlink writes them in the machine's.
                instruction(program, 1 + i, 0x15, ports.size() - i, Integer.reverseBytes(ports.get(i)));
            }
            instruction(program, count - 2, 0x06, 0, -1);
            instruction(program, count - 1, 0x06, 0, 0);
            MemorySegment header = local.allocate(16, 8);
            header.set(JAVA_SHORT, 0, (short) count);
            header.set(ValueLayout.ADDRESS, 8, program);
            checked("attaching a filter to a netlink socket", LibC.setsockopt(memory.sendErrno, socket, SOL_SOCKET, SO_ATTACH_FILTER, header));
        }
    }

    private static void instruction(MemorySegment program, int index, int code, int jumpTrue, int value) {
        program.set(JAVA_SHORT, index * 8L, (short) code);
        program.set(JAVA_BYTE, index * 8L + 2, (byte) jumpTrue);
        program.set(JAVA_INT, index * 8L + 4, value);
    }

    private void option(int socket, int level, int option, int value, String operation) {
        try (Arena local = Arena.ofConfined()) {
            checked(operation, LibC.setsockopt(memory.sendErrno, socket, level, option, local.allocateFrom(JAVA_INT, value)));
        }
    }

    private int checked(String operation, int result) {
        if (result < 0) {
            throw new KernelException(operation, LibC.errno(memory.sendErrno));
        }
        return result;
    }

    private void closeDescriptor(int descriptor) {
        if (descriptor >= 0) {
            LibC.close(memory.sendErrno, descriptor);
        }
    }

    private void open() {
        if (closed.get()) {
            throw new KernelException("the netlink socket is closed", 0);
        }
    }
}
