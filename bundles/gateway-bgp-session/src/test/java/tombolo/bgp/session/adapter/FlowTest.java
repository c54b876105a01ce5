package tombolo.bgp.session.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.bgp.SessionInput;
import tombolo.bgp.session.core.MessageHeader;

/** Inbox, outbox and their limits, and a hold time of three seconds that is real. */
@Isolated
class FlowTest {
    private static final String PEER = "127.0.2.1";

    @TempDir
    private Path folder;

    private static PeerStatus status(TestNode node) {
        return node.sessions.status(PEER).orElseThrow();
    }

    @Test
    void anInboxThatNobodyReadsPausesTheSocketAndLosesNothing() throws Exception {
        try (TestNode node = new TestNode(folder, List.of(PEER)); HandMadePeer peer = new HandMadePeer(PEER, node.port)) {
            peer.establish(3);
            BgpSession session = node.sessions.session(PEER).orElseThrow();
            int total = 6_000; // 24 MiB: far more than the inbox and both socket buffers
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < total; i++) {
                        peer.send(HandMadePeer.update(4096, i));
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            TestNode.eventually("reading is paused", () -> status(node).detail().contains("paused"));
            assertTrue(status(node).inboxBytes() <= Inbox.LIMIT + (256 << 10), () -> "inbox holds " + status(node).inboxBytes());
            // the hold time of 3 s passes while we do not read: no reason to end the session
            long from = System.nanoTime();
            TestNode.eventually("the hold time is over", () -> System.nanoTime() - from > TimeUnit.SECONDS.toNanos(4));
            assertEquals(PeerStatus.State.ESTABLISHED, status(node).state());
            assertInstanceOf(SessionInput.Up.class, session.poll());
            int next = 0;
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (next < total && System.nanoTime() < deadline) {
                SessionInput input = session.poll();
                if (input == null) {
                    node.awaitReady();
                } else if (input instanceof SessionInput.Messages(byte[] bytes, int length)) {
                    assertTrue(bytes.length <= 64 << 10);
                    for (int at = 0; at < length; at += 4096) {
                        int number = (bytes[at + 19] & 255) << 24 | (bytes[at + 20] & 255) << 16 | (bytes[at + 21] & 255) << 8 | bytes[at + 22] & 255;
                        assertEquals(next++, number);
                    }
                }
            }
            assertEquals(total, next);
            writer.join();
            assertEquals(0, status(node).inboxBytes());
        }
    }

    @Test
    void anOutboxThatThePeerDoesNotReadIsFullAtItsLimitAndReadyAtHalf() throws Exception {
        try (TestNode node = new TestNode(folder, List.of(PEER)); HandMadePeer peer = new HandMadePeer(PEER, node.port)) {
            peer.establish(0);
            BgpSession session = node.sessions.session(PEER).orElseThrow();
            node.awaitReady();
            long number = assertInstanceOf(SessionInput.Up.class, session.poll()).session().sessionNumber();
            assertEquals(BgpSession.Offer.GONE, session.offer(number - 1, HandMadePeer.update(23, 0), 0, 23));
            int sent = 0;
            while (session.offer(number, HandMadePeer.update(4000, sent), 0, 4000) == BgpSession.Offer.ACCEPTED) {
                sent++;
                assertTrue(status(node).outboxBytes() <= Outbox.LIMIT);
            }
            assertTrue((long) sent * 4000 > Outbox.LIMIT / 2, "only " + sent);
            node.readied.clear();
            for (int i = 0; i < sent; i++) {
                byte[] message = peer.read().orElseThrow();
                assertEquals(MessageHeader.UPDATE, message[18]);
                assertEquals(i, (message[19] & 255) << 24 | (message[20] & 255) << 16 | (message[21] & 255) << 8 | message[22] & 255);
            }
            node.awaitReady();
            assertEquals(BgpSession.Offer.ACCEPTED, session.offer(number, HandMadePeer.update(23, sent), 0, 23));
            assertEquals(23, peer.read().orElseThrow().length);
            TestNode.eventually("all is written", () -> status(node).outboxBytes() == 0);
            int updates = sent + 1;
            assertEquals(updates, status(node).messagesOut().get("UPDATE"));
        }
    }

    @Test
    void anEndByTheRouteBundleSendsItsNotificationBehindWhatWasAccepted() throws Exception {
        try (TestNode node = new TestNode(folder, List.of(PEER)); HandMadePeer peer = new HandMadePeer(PEER, node.port)) {
            peer.establish(0);
            BgpSession session = node.sessions.session(PEER).orElseThrow();
            node.awaitReady();
            long number = assertInstanceOf(SessionInput.Up.class, session.poll()).session().sessionNumber();
            session.offer(number, HandMadePeer.update(100, 1), 0, 100);
            session.end(number, new Notification(3, 1, new byte[] {1, 2, 3}), "a malformed UPDATE", Optional.of(0));
            assertEquals(100, peer.read().orElseThrow().length);
            byte[] notification = peer.read().orElseThrow();
            assertEquals(3, notification[18]);
            assertEquals(3, notification[19]);
            assertTrue(peer.readToEnd(5_000));
            TestNode.eventually("the session is down and stays so", () -> status(node).state() == PeerStatus.State.IDLE && status(node).detail().contains("it stays down"));
            assertEquals(BgpSession.Offer.GONE, session.offer(number, HandMadePeer.update(23, 0), 0, 23));
            assertEquals(new SessionInput.Down(number, "a malformed UPDATE", false), session.poll());
        }
    }

    @Test
    void aSessionThatNobodySawLeavesNothingBehind() throws Exception {
        try (TestNode node = new TestNode(folder, List.of(PEER)); HandMadePeer peer = new HandMadePeer(PEER, node.port)) {
            peer.establish(0);
            peer.send(HandMadePeer.update(4096, 1));
            TestNode.eventually("it is there", () -> status(node).inboxBytes() > 0);
            peer.close();
            TestNode.eventually("it is gone", () -> status(node).flaps() == 1);
            assertEquals(0, status(node).inboxBytes());
            org.junit.jupiter.api.Assertions.assertNull(node.sessions.session(PEER).orElseThrow().poll());
        }
    }
}
