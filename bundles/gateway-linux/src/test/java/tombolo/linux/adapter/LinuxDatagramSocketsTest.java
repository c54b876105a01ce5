package tombolo.linux.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Datagram;
import tombolo.api.kernel.DatagramSockets;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;

/** UDP on the loopback interface of the real kernel. */
class LinuxDatagramSocketsTest {
    private static final byte[] HELLO = {1, 2, 3, 4, 5};
    private final DatagramSockets sockets = new LinuxDatagramSockets();
    private final Datagram datagram = new Datagram();

    @AfterEach
    void close() {
        sockets.close();
        sockets.close();
    }

    /** A port that was free a moment ago, and is now. */
    private int listen(AddressFamily family) throws Exception {
        for (int attempt = 0; ; attempt++) {
            int port;
            try (DatagramSocket free = new DatagramSocket(0)) {
                port = free.getLocalPort();
            }
            try {
                sockets.listen(family, port);
                return port;
            } catch (KernelException e) {
                Assumptions.assumeTrue(e.errno() != 97, "skipped: this address family is switched off");
                if (e.errno() != Errno.EADDRINUSE || attempt > 20) {
                    throw e;
                }
            }
        }
    }

    private int sender(DatagramSockets.Sender like) {
        for (int port = 50_000; ; port++) {
            try {
                return sockets.sender(new DatagramSockets.Sender(like.remote(), like.remotePort(), like.local(), port, like.interfaceName(), like.ttl(), like.trafficClass()));
            } catch (KernelException e) {
                if (e.errno() != Errno.EADDRINUSE || port > 50_100) {
                    throw e;
                }
            }
        }
    }

    private void awaitDatagram() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!sockets.receive(datagram)) {
            assertTrue(System.nanoTime() < deadline, "nothing came within 10 s");
            sockets.await(TimeUnit.SECONDS.toNanos(1));
        }
    }

    @Test
    void aDatagramComesWithItsTtlItsAddressesAndItsInterface() throws Exception {
        int port = listen(AddressFamily.IPV4);
        IpAddress to = IpAddress.parse("127.0.9.2");
        IpAddress from = IpAddress.parse("127.0.9.1");
        for (int ttl : new int[] {255, 254, 1}) {
            int sender = sender(new DatagramSockets.Sender(to, port, Optional.of(from), 0, Optional.of("lo"), ttl, 0xc0));
            assertEquals(0, sockets.send(sender, HELLO, HELLO.length));
            awaitDatagram();
            assertEquals(ttl, datagram.ttl);
            assertEquals(HELLO.length, datagram.length);
            assertArrayEquals(HELLO, Arrays.copyOf(datagram.bytes, HELLO.length));
            assertEquals(from, datagram.source());
            assertEquals(to.lo(), datagram.destinationLo);
            assertEquals(port, datagram.port);
            assertTrue(datagram.sourcePort >= 50_000);
            assertEquals(sockets.interfaceIndex("lo"), datagram.interfaceIndex);
            sockets.closeSender(sender);
            assertEquals(Errno.EINVAL, sockets.send(sender, HELLO, HELLO.length));
        }
        assertFalse(sockets.receive(datagram));
    }

    @Test
    void soItDoesOverIpv6() throws Exception {
        int port = listen(AddressFamily.IPV6);
        IpAddress to = IpAddress.parse("::1");
        Assumptions.assumeTrue(java.net.NetworkInterface.getByName("lo").inetAddresses().anyMatch(each -> each instanceof Inet6Address), "skipped: no IPv6 on loopback");
        int sender = sender(new DatagramSockets.Sender(to, port, Optional.empty(), 0, Optional.empty(), 255, 0xc0));
        assertEquals(0, sockets.send(sender, HELLO, HELLO.length));
        awaitDatagram();
        assertEquals(255, datagram.ttl);
        assertEquals(to, datagram.source());
        assertEquals(1, datagram.destinationLo);
        assertEquals(sockets.interfaceIndex("lo"), datagram.interfaceIndex);
    }

    @Test
    void aLongDatagramIsCutAndShowsItsLength() throws Exception {
        int port = listen(AddressFamily.IPV4);
        try (DatagramSocket plain = new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0))) {
            plain.send(new java.net.DatagramPacket(new byte[2_000], 2_000, InetAddress.getByName("127.0.0.1"), port));
            plain.send(new java.net.DatagramPacket(new byte[0], 0, InetAddress.getByName("127.0.0.1"), port));
        }
        awaitDatagram();
        assertEquals(2_000, datagram.length);
        awaitDatagram();
        assertEquals(0, datagram.length);
    }

    @Test
    void waitingEndsWithTheTimeOrAWakeUp() throws Exception {
        sockets.await(0);
        sockets.await(-1);
        sockets.await(1_000_000);
        CompletableFuture<Void> waiting = CompletableFuture.runAsync(() -> sockets.await(TimeUnit.HOURS.toNanos(1)));
        sockets.wake();
        waiting.get(10, TimeUnit.SECONDS);
        sockets.close();
        sockets.wake();
    }

    @Test
    void whatCannotBeIsSaid() throws Exception {
        int port = listen(AddressFamily.IPV4);
        assertEquals(Errno.EADDRINUSE, assertThrows(KernelException.class, () -> sockets.listen(AddressFamily.IPV4, port)).errno());
        assertEquals(0, sockets.interfaceIndex("tmbt-none"));
        KernelException failure = assertThrows(KernelException.class, () -> sender(new DatagramSockets.Sender(IpAddress.parse("192.0.2.1"), 1, Optional.of(IpAddress.parse("198.51.100.7")), 0,
                Optional.empty(), 255, 0)));
        assertEquals(Errno.EADDRNOTAVAIL, failure.errno());
        assertTrue(String.valueOf(failure.getMessage()).contains("from 198.51.100.7: EADDRNOTAVAIL"), failure.getMessage());
    }
}
