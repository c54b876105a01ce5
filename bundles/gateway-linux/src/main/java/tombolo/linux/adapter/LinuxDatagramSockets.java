package tombolo.linux.adapter;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import tombolo.api.kernel.Datagram;
import tombolo.api.kernel.DatagramSockets;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/**
 * UDP sockets with control data.
 *
 * <pre>
 * struct msghdr                       control messages of a datagram
 *  0 name ──► sockaddr_in(6)          { size_t len; int level; int type; data }, each on a multiple of 8
 *  8 length of the name                 IP_TTL: int                      IPV6_HOPLIMIT: int
 * 16 iovec ──► { base, length }         IP_PKTINFO: int index,           IPV6_PKTINFO: in6_addr,
 * 24 iovecs                                 in_addr here, in_addr to         int index
 * 32 control ──► buffer
 * 40 length of the control data
 * 48 flags
 * </pre>
 *
 * All memory is allocated once; a call that sends or receives makes no object.
 */
public final class LinuxDatagramSockets implements DatagramSockets {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_DGRAM_CLOEXEC_NONBLOCK = 2 | 0x80000 | 0x800;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PRIORITY = 12;
    private static final int SO_BINDTODEVICE = 25;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int IPPROTO_IP = 0;
    private static final int IP_TOS = 1;
    private static final int IP_TTL = 2;
    private static final int IP_PKTINFO = 8;
    private static final int IP_RECVTTL = 12;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_UNICAST_HOPS = 16;
    private static final int IPV6_V6ONLY = 26;
    private static final int IPV6_RECVPKTINFO = 49;
    private static final int IPV6_PKTINFO = 50;
    private static final int IPV6_RECVHOPLIMIT = 51;
    private static final int IPV6_HOPLIMIT = 52;
    private static final int IPV6_TCLASS = 67;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int EFD_NONBLOCK_CLOEXEC = 0x80800;
    private static final short POLLIN = 1;
    /** Of the queueing disciplines' bands the first that needs no privilege (TC_PRIO_INTERACTIVE). */
    private static final int PRIORITY = 6;
    /** A burst of a pause's length: 256 sessions at 50 ms fill a second with 5,000 datagrams, of some 800 octets each in the kernel's accounting. */
    private static final int RECEIVE_BUFFER = 4 << 20;
    private static final int NICE = -15;
    private static final int SOCKADDR6 = 28;
    private static final int CONTROL = 128;
    private static final ValueLayout.OfInt NETWORK_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NETWORK_LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort NETWORK_SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final Arena arena = Arena.ofShared();
    private final MemorySegment errno = arena.allocate(LibC.ERRNO);
    private final MemorySegment wakeErrno = arena.allocate(LibC.ERRNO);
    private final MemorySegment name = arena.allocate(SOCKADDR6, 8);
    private final MemorySegment received = arena.allocate(Datagram.BYTES, 8);
    private final MemorySegment control = arena.allocate(CONTROL, 8);
    private final MemorySegment iovec = arena.allocate(16, 8);
    private final MemorySegment header = arena.allocate(56, 8);
    private final MemorySegment toSend = arena.allocate(Datagram.BYTES, 8);
    private final MemorySegment descriptors = arena.allocate(8L * (MAX_LISTENERS + 1), 8);
    private final MemorySegment time = arena.allocate(16, 8);
    private final MemorySegment counter = arena.allocate(8, 8);
    private final MemorySegment one = arena.allocate(8, 8);
    private final ReentrantLock waking = new ReentrantLock();
    private final List<@Nullable Out> senders = new ArrayList<>();
    private final int[] listening = new int[MAX_LISTENERS];
    private final int[] ports = new int[MAX_LISTENERS];
    private final boolean[] ready = new boolean[MAX_LISTENERS];
    private final AddressFamily[] families = new AddressFamily[MAX_LISTENERS];
    private final int wakeFd;
    private int listeners;
    /** Under {@code waking}. */
    private boolean freed;

    private record Out(int fd, MemorySegment address, Arena memory) { }

    public LinuxDatagramSockets() {
        wakeFd = LibC.eventfd(errno, 0, EFD_NONBLOCK_CLOEXEC);
        if (wakeFd < 0) {
            int why = LibC.errno(errno);
            arena.close();
            throw new KernelException("opening an eventfd", why);
        }
        one.set(JAVA_LONG, 0, 1);
        iovec.set(ADDRESS, 0, received);
        iovec.set(JAVA_LONG, 8, Datagram.BYTES);
        header.set(ADDRESS, 0, name);
        header.set(ADDRESS, 16, iovec);
        header.set(JAVA_LONG, 24, 1);
        header.set(ADDRESS, 32, control);
        watch(0, wakeFd);
    }

    private void watch(int place, int fd) {
        descriptors.set(JAVA_INT, place * 8L, fd);
        descriptors.set(JAVA_SHORT, place * 8L + 4, POLLIN);
    }

    @Override
    public void listen(AddressFamily family, int port) {
        if (listeners == MAX_LISTENERS) {
            throw new IllegalStateException("more than " + MAX_LISTENERS + " ports");
        }
        String what = "receiving UDP port " + port + " over " + family;
        int fd = checked(what, LibC.socket(errno, domain(family), SOCK_DGRAM_CLOEXEC_NONBLOCK, 0));
        try {
            receiveBuffer(what, fd);
            if (family == AddressFamily.IPV4) {
                option(what, fd, IPPROTO_IP, IP_RECVTTL, 1);
                option(what, fd, IPPROTO_IP, IP_PKTINFO, 1);
            } else {
                option(what, fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
                option(what, fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
                option(what, fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
            }
            try (Arena local = Arena.ofConfined()) {
                checked(what, LibC.bind(errno, fd, address(local, IpAddress.any(family), port)));
            }
        } catch (RuntimeException e) {
            LibC.close(errno, fd);
            throw e;
        }
        listening[listeners] = fd;
        ports[listeners] = port;
        families[listeners] = family;
        listeners++;
        watch(listeners, fd);
    }

    @Override
    public int sender(Sender wanted) {
        AddressFamily family = wanted.remote().family();
        String what = "sending UDP to " + wanted.remote() + wanted.local().map(local -> " from " + local).orElse("") + wanted.interfaceName().map(device -> " by " + device).orElse("");
        int fd = checked(what, LibC.socket(errno, domain(family), SOCK_DGRAM_CLOEXEC_NONBLOCK, 0));
        Arena memory = Arena.ofShared();
        try {
            wanted.interfaceName().ifPresent(device -> device(what, fd, device));
            option(what, fd, SOL_SOCKET, SO_PRIORITY, PRIORITY);
            option(what, fd, SOL_SOCKET, SO_RCVBUF, 0); // nobody reads what is sent to this port
            boolean v4 = family == AddressFamily.IPV4;
            option(what, fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TTL : IPV6_UNICAST_HOPS, wanted.ttl());
            option(what, fd, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TOS : IPV6_TCLASS, wanted.trafficClass());
            try (Arena local = Arena.ofConfined()) {
                MemorySegment from = address(local, wanted.local().orElse(IpAddress.any(family)), wanted.localPort());
                if (!v4 && wanted.local().filter(IpAddress::isLinkLocal).isPresent()) {
                    from.set(JAVA_INT, 24, interfaceIndex(wanted.interfaceName().orElse("")));
                }
                checked(what, LibC.bind(errno, fd, from));
            }
            Out out = new Out(fd, address(memory, wanted.remote(), wanted.remotePort()), memory);
            for (int i = 0; i < senders.size(); i++) {
                if (senders.get(i) == null) {
                    senders.set(i, out);
                    return i;
                }
            }
            senders.add(out);
            return senders.size() - 1;
        } catch (RuntimeException e) {
            LibC.close(errno, fd);
            memory.close();
            throw e;
        }
    }

    @Override
    public int send(int sender, byte[] bytes, int length) {
        Out out = senders.get(sender);
        if (out == null || length > Datagram.BYTES) {
            return Errno.EINVAL;
        }
        MemorySegment.copy(bytes, 0, toSend, JAVA_BYTE, 0, length);
        return LibC.sendto(errno, out.fd(), toSend, length, MSG_DONTWAIT, out.address()) < 0 ? LibC.errno(errno) : 0;
    }

    @Override
    public void closeSender(int sender) {
        Out out = senders.get(sender);
        if (out != null) {
            senders.set(sender, null);
            LibC.close(errno, out.fd());
            out.memory().close();
        }
    }

    @Override
    public boolean receive(Datagram into) {
        for (int i = 0; i < listeners; i++) {
            while (ready[i]) {
                header.set(JAVA_INT, 8, SOCKADDR6);
                header.set(JAVA_LONG, 40, CONTROL);
                header.set(JAVA_INT, 48, 0);
                long length = LibC.recvmsg(errno, listening[i], header, MSG_DONTWAIT | MSG_TRUNC);
                if (length >= 0) {
                    fill(into, i, (int) length);
                    return true;
                }
                ready[i] = LibC.errno(errno) == Errno.EINTR; // whatever else it is, the next wait tells whether there is more
            }
        }
        return false;
    }

    private void fill(Datagram into, int listener, int length) {
        MemorySegment.copy(received, JAVA_BYTE, 0, into.bytes, 0, Math.min(length, Datagram.BYTES));
        into.length = length;
        into.family = families[listener];
        into.port = ports[listener];
        into.sourcePort = name.get(NETWORK_SHORT, 2) & 0xffff;
        into.ttl = -1;
        into.interfaceIndex = 0;
        into.destinationHi = 0;
        into.destinationLo = 0;
        boolean v4 = into.family == AddressFamily.IPV4;
        into.sourceHi = v4 ? 0 : name.get(NETWORK_LONG, 8);
        into.sourceLo = v4 ? name.get(NETWORK_INT, 4) & 0xffff_ffffL : name.get(NETWORK_LONG, 16);
        long end = Math.min(header.get(JAVA_LONG, 40), CONTROL);
        long at = 0;
        while (at + 16 <= end) {
            long size = control.get(JAVA_LONG, at);
            if (size < 16 || at + size > end) {
                return;
            }
            controlMessage(into, control.get(JAVA_INT, at + 8), control.get(JAVA_INT, at + 12), at + 16, size - 16);
            at += size + 7 & ~7L;
        }
    }

    private void controlMessage(Datagram into, int level, int type, long at, long size) {
        if (level == IPPROTO_IP && type == IP_TTL && size >= 4 || level == IPPROTO_IPV6 && type == IPV6_HOPLIMIT && size >= 4) {
            into.ttl = control.get(JAVA_INT, at);
        } else if (level == IPPROTO_IP && type == IP_PKTINFO && size >= 12) {
            into.interfaceIndex = control.get(JAVA_INT, at);
            into.destinationLo = control.get(NETWORK_INT, at + 8) & 0xffff_ffffL;
        } else if (level == IPPROTO_IPV6 && type == IPV6_PKTINFO && size >= 20) {
            into.destinationHi = control.get(NETWORK_LONG, at);
            into.destinationLo = control.get(NETWORK_LONG, at + 8);
            into.interfaceIndex = control.get(JAVA_INT, at + 16);
        }
    }

    @Override
    public void await(long nanos) {
        long wait = Math.max(0, nanos);
        time.set(JAVA_LONG, 0, wait / 1_000_000_000);
        time.set(JAVA_LONG, 8, wait % 1_000_000_000);
        int found = LibC.ppoll(errno, descriptors, listeners + 1, time);
        if (found < 0 && LibC.errno(errno) != Errno.EINTR) {
            throw new KernelException("waiting on UDP sockets", LibC.errno(errno));
        }
        if (found <= 0) {
            return;
        }
        if (descriptors.get(JAVA_SHORT, 6) != 0) {
            LibC.read(errno, wakeFd, counter, 8); // back to zero
        }
        for (int i = 0; i < listeners; i++) {
            ready[i] |= descriptors.get(JAVA_SHORT, (i + 1) * 8L + 6) != 0;
        }
    }

    @Override
    public void wake() {
        waking.lock();
        try {
            if (!freed) {
                LibC.write(wakeErrno, wakeFd, one, 8);
            }
        } finally {
            waking.unlock();
        }
    }

    @Override
    public int interfaceIndex(String device) {
        try (Arena local = Arena.ofConfined()) {
            return device.isEmpty() ? 0 : LibC.ifNameToIndex(errno, local.allocateFrom(device));
        }
    }

    @Override
    public boolean urgent() {
        return LibC.setpriority(errno, 0, 0, NICE) == 0; // on Linux "process 0" is the calling thread
    }

    @Override
    public void close() {
        waking.lock();
        try {
            if (freed) {
                return;
            }
            freed = true;
            for (int i = 0; i < listeners; i++) {
                LibC.close(errno, listening[i]);
            }
            for (int i = 0; i < senders.size(); i++) {
                closeSender(i);
            }
            LibC.close(errno, wakeFd);
            arena.close();
        } finally {
            waking.unlock();
        }
    }

    private static int domain(AddressFamily family) {
        return family == AddressFamily.IPV4 ? AF_INET : AF_INET6;
    }

    private static MemorySegment address(Arena memory, IpAddress address, int port) {
        boolean v4 = address.isIpv4();
        MemorySegment bytes = memory.allocate(v4 ? 16 : SOCKADDR6, 8);
        bytes.set(JAVA_SHORT, 0, (short) domain(address.family()));
        bytes.set(NETWORK_SHORT, 2, (short) port);
        if (v4) {
            bytes.set(NETWORK_INT, 4, (int) address.lo());
        } else {
            bytes.set(NETWORK_LONG, 8, address.hi());
            bytes.set(NETWORK_LONG, 16, address.lo());
        }
        return bytes;
    }

    private void device(String what, int fd, String device) {
        try (Arena local = Arena.ofConfined()) {
            checked(what, LibC.setsockopt(errno, fd, SOL_SOCKET, SO_BINDTODEVICE, local.allocateFrom(device, StandardCharsets.UTF_8)));
        }
    }

    private void option(String what, int fd, int level, int option, int value) {
        try (Arena local = Arena.ofConfined()) {
            checked(what, LibC.setsockopt(errno, fd, level, option, local.allocateFrom(JAVA_INT, value)));
        }
    }

    /** Past net.core.rmem_max, where the process may (CAP_NET_ADMIN). */
    private void receiveBuffer(String what, int fd) {
        try (Arena local = Arena.ofConfined()) {
            if (LibC.setsockopt(errno, fd, SOL_SOCKET, SO_RCVBUFFORCE, local.allocateFrom(JAVA_INT, RECEIVE_BUFFER)) < 0) {
                option(what, fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
            }
        }
    }

    private int checked(String what, int result) {
        if (result < 0) {
            throw new KernelException(what, LibC.errno(errno));
        }
        return result;
    }
}
