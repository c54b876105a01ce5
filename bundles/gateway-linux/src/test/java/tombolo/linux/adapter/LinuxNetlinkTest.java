package tombolo.linux.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;

/** Netlink sockets on the real kernel. Reading needs no privilege, the FORCE buffer options do. */
class LinuxNetlinkTest {
    private final LinuxNetlink netlink = new LinuxNetlink();

    @AfterEach
    void close() {
        netlink.close();
    }

    private NetlinkSocket open(Netlink.Options options) {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: SO_RCVBUFFORCE needs root");
        return netlink.open(options);
    }

    /** RTM_GETLINK for the loopback interface, which is number 1 in every namespace. */
    private static byte[] askForLoopback() {
        return ByteBuffer.allocate(32).order(ByteOrder.nativeOrder()).putInt(32).putShort((short) 18).putShort((short) 1).putInt(7).putInt(0)
                .putInt(0).putInt(1).putInt(0).putInt(0).array();
    }

    @Test
    void aRequestIsAnsweredToTheSocketsOwnPort() {
        try (NetlinkSocket socket = open(Netlink.Options.route())) {
            assertNotEquals(0, socket.portId());
            socket.send(askForLoopback(), 32);
            byte[] answer = new byte[NetlinkSocket.RECEIVE_BYTES];
            int length = socket.receive(answer, 2_000);
            ByteBuffer header = ByteBuffer.wrap(answer, 0, length).order(ByteOrder.nativeOrder());
            assertEquals(length, header.getInt(0));
            assertEquals(16, header.getShort(4), "RTM_NEWLINK");
            assertEquals(7, header.getInt(8));
            assertEquals(socket.portId(), header.getInt(12));
        }
    }

    @Test
    void waitingEndsWithTheTimeOrAWakeUpOrTheEndOfTheSocket() throws Exception {
        try (NetlinkSocket socket = open(Netlink.Options.route())) {
            byte[] buffer = new byte[64];
            assertEquals(NetlinkSocket.NOTHING, socket.receive(buffer, 0));
            assertEquals(NetlinkSocket.NOTHING, socket.receive(buffer, 1));
            CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> socket.receive(new byte[64], -1));
            socket.wake();
            assertEquals(NetlinkSocket.NOTHING, waiting.get(5, TimeUnit.SECONDS));
            waiting = CompletableFuture.supplyAsync(() -> socket.receive(new byte[64], -1));
            socket.close();
            assertEquals(NetlinkSocket.NOTHING, waiting.get(5, TimeUnit.SECONDS));
            assertTrue(socket.isClosed());
            assertEquals(NetlinkSocket.NOTHING, socket.receive(buffer, -1));
            assertThrows(KernelException.class, () -> socket.send(askForLoopback(), 32));
            socket.wake();
        }
    }

    @Test
    void aDatagramThatDoesNotFitIsAnOverrunAndNotCut() {
        try (NetlinkSocket socket = open(Netlink.Options.route())) {
            socket.send(askForLoopback(), 32);
            assertEquals(NetlinkSocket.OVERRUN, socket.receive(new byte[64], 2_000));
        }
    }

    @Test
    void aNamespaceThatDoesNotExistIsNamed() {
        KernelException failure = assertThrows(KernelException.class, () -> netlink.open(Netlink.Options.route().netns(Optional.of("/run/netns/tmbt-none"))));
        assertTrue(failure.getMessage().contains("/run/netns/tmbt-none: ENOENT (2)"), failure.getMessage());
        assertEquals(2, failure.errno());
    }

    @Test
    void thePathOfTheOwnNamespaceLeadsThereAndTheVisitorComesHome() {
        try (NetlinkSocket socket = open(Netlink.Options.route().netns(Optional.of("/proc/self/ns/net")))) {
            assertFalse(socket.isClosed());
        }
        assertThrows(KernelException.class, () -> netlink.open(Netlink.Options.route().netns(Optional.of("/proc/self/ns/mnt"))));
        try (NetlinkSocket socket = open(Netlink.Options.route().netns(Optional.of("/proc/self/ns/net")))) {
            assertFalse(socket.isClosed(), "after a failed visit the thread is still of use");
        }
    }
}
