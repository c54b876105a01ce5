package tombolo.bgp.session.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.bgp.PeerStatus;
import tombolo.bgp.session.core.MessageHeader;

/** Whatever arrives, the node answers or waits, and other sessions do not notice. */
class BadInputTest {
    private static final String GOOD = "127.0.3.1";
    private static final int STRANGE_PEERS = 240;

    @TempDir
    private Path folder;

    @Test
    void mutatedStreamsEndInANotificationOrWaitForMoreAndNeverHurtAnotherSession() throws IOException {
        List<String> peers = new ArrayList<>(List.of(GOOD));
        for (int i = 0; i < STRANGE_PEERS; i++) {
            peers.add("127.0.4." + (i + 1));
        }
        try (TestNode node = new TestNode(folder, peers); HandMadePeer good = new HandMadePeer(GOOD, node.port)) {
            good.establish(90);
            int ended = 0;
            for (int i = 0; i < STRANGE_PEERS; i++) {
                Random random = new Random(i * 0x9E3779B97F4A7C15L); // near seeds alone give near first numbers
                try (HandMadePeer peer = new HandMadePeer(peers.get(i + 1), node.port)) {
                    for (byte[] part : stream(random)) {
                        peer.send(part);
                    }
                    peer.socket.shutdownOutput();
                    boolean closed = peer.readToEnd(3_000);
                    assertTrue(closed, "seed " + i + ": still open");
                    boolean said = peer.types.contains(MessageHeader.NOTIFICATION);
                    ended += said ? 1 : 0;
                    int at = peer.types.indexOf(MessageHeader.NOTIFICATION);
                    assertTrue(!said || at == peer.types.size() - 1, "seed " + i + ": something follows the NOTIFICATION: " + peer.types);
                } catch (java.net.SocketException e) {
                    ended++; // closed by the node while this side still sent
                }
            }
            int answered = ended;
            assertTrue(answered > STRANGE_PEERS / 2, () -> "only " + answered + " were answered");
            // none of them ended by a fault of ours: those would stand as lost connections with an exception's name
            node.sessions.status().stream().flatMap(status -> status.resets().stream()).forEach(reset ->
                    assertTrue(!reset.cause().contains("Exception") && !reset.cause().contains("Index"), reset.toString()));
            assertEquals(PeerStatus.State.ESTABLISHED, node.sessions.status(GOOD).orElseThrow().state());
        }
    }

    /** A good beginning, of random length, then a message with changed octets, cut into random pieces. */
    private static List<byte[]> stream(Random random) {
        java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
        int good = random.nextInt(4);
        byte[][] beginning = {HandMadePeer.open(90), MessageHeader.keepalive(), HandMadePeer.update(23 + random.nextInt(500), 0)};
        for (int i = 0; i < good; i++) {
            bytes.writeBytes(beginning[i]);
        }
        for (int messages = 1 + random.nextInt(3); messages > 0; messages--) {
            byte[] changed = beginning[random.nextInt(3)].clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                int at = random.nextInt(4) == 0 ? random.nextInt(changed.length) : 16 + random.nextInt(Math.min(30, changed.length - 16));
                changed[at] = (byte) random.nextInt();
            }
            bytes.writeBytes(changed);
        }
        byte[] all = bytes.toByteArray();
        List<byte[]> parts = new ArrayList<>();
        for (int at = 0; at < all.length; ) {
            int size = Math.min(all.length - at, 1 + random.nextInt(200));
            parts.add(Arrays.copyOfRange(all, at, at + size));
            at += size;
        }
        return parts;
    }

    @Test
    void headerErrorsAnswerWithTheirExactBytes() throws IOException { // RFC 4271 §6.1
        byte[] badMarker = MessageHeader.keepalive();
        badMarker[3] = 0;
        byte[] badLength = MessageHeader.keepalive();
        badLength[17] = 18;
        byte[] badType = MessageHeader.keepalive();
        badType[18] = 77;
        byte[][] bad = {badMarker, badLength, badType};
        byte[][] wanted = {{1, 1}, {1, 2, 0, 18}, {1, 3, 77}};
        try (TestNode node = new TestNode(folder, List.of("127.0.5.1", "127.0.5.2", "127.0.5.3"))) {
            for (int i = 0; i < 3; i++) {
                try (HandMadePeer peer = new HandMadePeer("127.0.5." + (i + 1), node.port)) {
                    peer.establish(90);
                    peer.send(bad[i]);
                    byte[] notification = peer.read().orElseThrow();
                    assertEquals(Arrays.toString(wanted[i]), Arrays.toString(Arrays.copyOfRange(notification, 19, notification.length)));
                    assertTrue(peer.readToEnd(3_000));
                }
            }
        }
    }

    @Test
    void aStrangerIsRefusedAndCounted() throws IOException {
        try (TestNode node = new TestNode(folder, List.of(GOOD))) {
            for (int i = 0; i < 20; i++) {
                try (HandMadePeer stranger = new HandMadePeer("127.0.6.1", node.port)) {
                    assertTrue(stranger.readToEnd(3_000));
                    assertTrue(stranger.types.isEmpty());
                }
            }
            TestNode.eventually("20 are counted", () -> node.sessions.strangersRefused() == 20);
        }
    }

    @Test
    void aConnectionToAnotherAddressThanLocalAddressIsRefusedAndCounted() throws IOException {
        try (TestNode node = new TestNode(folder, List.of(GOOD), Optional.of("127.0.0.9"), Set.of())) {
            for (int i = 0; i < 3; i++) {
                try (HandMadePeer peer = new HandMadePeer(GOOD, node.port)) { // which connects to 127.0.0.1
                    assertTrue(peer.readToEnd(3_000));
                    assertTrue(peer.types.isEmpty());
                }
            }
            TestNode.eventually("3 are counted", () -> node.sessions.status(GOOD).orElseThrow().refused() == 3);
            assertEquals(0, node.sessions.strangersRefused());
        }
        try (TestNode node = new TestNode(folder, List.of(GOOD), Optional.of("127.0.0.1"), Set.of()); HandMadePeer peer = new HandMadePeer(GOOD, node.port)) {
            peer.establish(90);
            TestNode.eventually("established", () -> node.sessions.status(GOOD).orElseThrow().state() == PeerStatus.State.ESTABLISHED);
            assertEquals(0, node.sessions.status(GOOD).orElseThrow().refused());
        }
    }

    /** RFC 5082 §3: what comes from farther away is not looked at. Sockets of this machine send with a TTL of 64, as if from 191 hops away. */
    @Test
    void whereEveryPeerUsesGtsmEvenTheHandshakeIsCheckedElseWhatFollowsIt() throws IOException {
        try (TestNode node = new TestNode(folder, List.of(GOOD), Optional.empty(), Set.of(GOOD)); Socket far = new Socket()) {
            TestNode.eventually("listening", () -> listens(node.port));
            far.bind(new InetSocketAddress(InetAddress.getByName(GOOD), 0));
            assertThrows(SocketTimeoutException.class, () -> far.connect(new InetSocketAddress("127.0.0.1", node.port), 700));
        }
        try (TestNode node = new TestNode(folder, List.of(GOOD, "127.0.3.2"), Optional.empty(), Set.of(GOOD));
             HandMadePeer far = new HandMadePeer(GOOD, node.port); HandMadePeer other = new HandMadePeer("127.0.3.2", node.port)) {
            other.establish(90);
            far.send(HandMadePeer.open(90));
            far.readToEnd(700);
            assertEquals(List.of(MessageHeader.OPEN), far.types, "our OPEN, and no answer to what did not count");
        }
    }

    private static boolean listens(int port) {
        try {
            // local address and state of the kernel's table: 0A is LISTEN
            return Files.readString(Path.of("/proc/self/net/tcp")).contains(String.format("0100007F:%04X 00000000:0000 0A", port));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPeerThatOpensManyConnectionsHoldsOneOnly() throws IOException {
        try (TestNode node = new TestNode(folder, List.of(GOOD))) {
            List<HandMadePeer> halfOpen = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                halfOpen.add(new HandMadePeer(GOOD, node.port));
            }
            for (HandMadePeer each : halfOpen.subList(0, 49)) {
                assertTrue(each.readToEnd(5_000)); // an OPEN, then the end: the peer's newer connection took the place
            }
            halfOpen.getLast().establish(90);
            TestNode.eventually("the last one is the session", () -> node.sessions.status(GOOD).orElseThrow().state() == PeerStatus.State.ESTABLISHED);
            for (HandMadePeer each : halfOpen) {
                each.close();
            }
        }
    }
}
