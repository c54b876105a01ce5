package tombolo.linux.adapter;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.RawPackets;

/** Raw sockets, made and used on the thread that visits namespaces: a packet takes microseconds there. */
public final class LinuxRawPackets implements RawPackets {
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_DONTWAIT = 0x40;
    /** The header is the caller's (raw(7)). */
    private static final int IPPROTO_RAW = 255;

    private final LinuxNetlink netlink;

    /** @param netlink whose thread goes to other namespaces */
    public LinuxRawPackets(LinuxNetlink netlink) {
        this.netlink = netlink;
    }

    @Override
    public void send(String netns, byte[] packet) {
        int version = packet.length < 20 ? 0 : packet[0] >>> 4 & 15;
        if (packet.length > LONGEST || version != 4 && (version != 6 || packet.length < 40)) {
            throw new IllegalArgumentException(packet.length + " bytes that begin with " + version + " are no IP packet of at most " + LONGEST);
        }
        netlink.visit(netns, () -> {
            send(packet, version == 4);
            return true;
        });
    }

    private static void send(byte[] packet, boolean v4) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(LibC.ERRNO);
            int fd = checked(errno, "opening a raw socket", LibC.socket(errno, v4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
            try {
                // sockaddr_in: family (2), port (2), address (4), 8 bytes; sockaddr_in6: family (2), port (2), flow (4), address (16), scope (4)
                MemorySegment address = arena.allocate(v4 ? 16 : 28, 4);
                address.set(JAVA_SHORT, 0, (short) (v4 ? AF_INET : AF_INET6));
                MemorySegment.copy(packet, v4 ? 16 : 24, address, JAVA_BYTE, v4 ? 4 : 8, v4 ? 4 : 16);
                checked(errno, "routing a packet", LibC.connect(errno, fd, address));
                MemorySegment bytes = arena.allocate(packet.length);
                MemorySegment.copy(packet, 0, bytes, JAVA_BYTE, 0, packet.length);
                checked(errno, "sending a packet", (int) LibC.send(errno, fd, bytes, packet.length, MSG_DONTWAIT));
            } finally {
                LibC.close(errno, fd);
            }
        }
    }

    private static int checked(MemorySegment errno, String operation, int result) {
        if (result < 0) {
            throw new KernelException(operation, LibC.errno(errno));
        }
        return result;
    }
}
