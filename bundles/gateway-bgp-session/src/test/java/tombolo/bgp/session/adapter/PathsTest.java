package tombolo.bgp.session.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.bfd.Bfd;
import tombolo.api.bfd.BfdListener;
import tombolo.api.bfd.BfdListener.Change;
import tombolo.api.bfd.BfdPath;
import tombolo.api.bfd.BfdRequest;
import tombolo.api.bfd.BfdState;
import tombolo.api.bfd.BfdStatus;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.config.PeerBfd;
import tombolo.bgp.session.core.MessageHeader;

/** What BFD means for a BGP session (RFC 5882, RFC 9384). */
class PathsTest {
    private static final String PEER = "127.0.11.1";

    @TempDir
    private Path folder;

    /** Says what the test wants it to say. */
    private static final class ToldBfd implements Bfd {
        private record Held(BfdRequest request, BfdListener listener) { }

        private final List<Held> held = new CopyOnWriteArrayList<>();

        @Override
        public Hold hold(BfdRequest request, BfdListener listener) {
            Held one = new Held(request, listener);
            held.add(one);
            return () -> held.remove(one);
        }

        void say(Change change) {
            Held one = held.getFirst();
            boolean up = change == Change.UP;
            one.listener.changed(new BfdStatus(one.request.path(), List.of("test"), up ? BfdState.UP : BfdState.DOWN, BfdState.DOWN, 0, up ? "0 none" : "1 control detection time expired",
                    "0 none", 1, 2, 300_000, 300_000, 900_000, 3, 3, Optional.empty(), 0, 0, 0, 0, "", false, false), change);
        }

        @Override
        public List<BfdStatus> sessions() {
            return List.of();
        }

        @Override
        public Health health() {
            return new Health(0, false, 0, 0, 0, "");
        }
    }

    private TestNode node(boolean strict) throws IOException {
        return new TestNode(folder, List.of(PEER), Optional.empty(), Set.of(), Optional.of(new PeerBfd(strict, PeerBfd.Hops.AUTO, 300, 200, 3, Optional.empty())));
    }

    private static PeerStatus status(TestNode node) {
        return node.sessions.status(PEER).orElseThrow();
    }

    private static void awaitEstablished(TestNode node) {
        TestNode.eventually("established", () -> status(node).state() == PeerStatus.State.ESTABLISHED);
    }

    private static ToldBfd told(TestNode node) {
        ToldBfd bfd = new ToldBfd();
        node.sessions.bfd(Optional.of(bfd));
        TestNode.eventually("held", () -> bfd.held.size() == 1);
        return bfd;
    }

    @Test
    void aSessionIsHeldForThePeersPathWithItsTimers() throws IOException {
        try (TestNode node = node(false)) {
            BfdRequest request = told(node).held.getFirst().request;
            assertEquals(new BfdPath(status(node).remoteAddress(), Optional.empty(), Optional.empty(), false), request.path());
            assertEquals(List.of(300_000, 200_000, 3), List.of(request.transmitMicros(), request.receiveMicros(), request.multiplier()));
        }
    }

    @Test
    void bgpComesUpWithoutBfdAndALossEndsItWithCeaseBfdDown() throws IOException { // RFC 5882 §3.2, RFC 9384 §3
        try (TestNode node = node(false); HandMadePeer peer = new HandMadePeer(PEER, node.port)) {
            ToldBfd bfd = told(node);
            bfd.say(Change.PENDING);
            peer.establish(90);
            awaitEstablished(node);
            bfd.say(Change.UP);
            TestNode.eventually("shown", () -> status(node).detail().contains("BFD up, down after 900 ms of silence"));
            bfd.say(Change.LOST);
            Optional<byte[]> message = peer.read();
            while (message.isPresent() && (message.get()[18] & 255) == MessageHeader.KEEPALIVE) {
                message = peer.read();
            }
            assertEquals(MessageHeader.NOTIFICATION, message.orElseThrow()[18] & 255);
            assertEquals(6, message.get()[19]);
            assertEquals(10, message.get()[20]);
            TestNode.eventually("told", () -> status(node).resets().stream().anyMatch(reset -> reset.cause().contains("control detection time expired (900 ms)")
                    && reset.notification().orElseThrow().describe().equals("6/10 Cease, BFD Down")));
        }
    }

    /** At a node's start the interfaces may be known after the first packets. */
    @Test
    void aSessionThatIsUpIsBoundToTheInterfaceThatIsLearntLaterAndToNoOther() throws IOException { // RFC 5881 §4
        try (TestNode node = node(true)) {
            ToldBfd bfd = told(node);
            bfd.say(Change.UP);
            TestNode.eventually("no longer idle", () -> status(node).state() != PeerStatus.State.IDLE);
            try (HandMadePeer peer = new HandMadePeer(PEER, node.port)) {
                peer.establish(90);
                awaitEstablished(node);
                node.sessions.links(Optional.of(new InterfaceMoveTest.OneLink(InterfaceMoveTest.link(2, "eth1"))));
                TestNode.eventually("bound", () -> interfaces(bfd).equals(List.of(Optional.of("eth1"))));
                assertTrue(status(node).detail().contains("BFD up"), status(node)::toString);
                node.sessions.links(Optional.of(new InterfaceMoveTest.OneLink(InterfaceMoveTest.link(3, "eth2"))));
                assertEquals(PeerStatus.State.ESTABLISHED, status(node).state());
                assertEquals(List.of(Optional.of("eth1")), interfaces(bfd));
            }
        }
    }

    private static List<Optional<String>> interfaces(ToldBfd bfd) {
        return bfd.held.stream().map(one -> one.request.path().interfaceName()).toList();
    }

    @Test
    void aSessionTakenDownOnPurposeOrABundleThatIsReplacedEndsNothing() throws IOException { // RFC 5882 §3.2
        try (TestNode node = node(false); HandMadePeer peer = new HandMadePeer(PEER, node.port)) {
            ToldBfd bfd = told(node);
            peer.establish(90);
            awaitEstablished(node);
            bfd.say(Change.UP);
            bfd.say(Change.STOPPED);
            TestNode.eventually("shown", () -> status(node).detail().contains("BFD taken down on purpose"));
            node.sessions.bfdGone(bfd);
            TestNode.eventually("let go", () -> bfd.held.isEmpty());
            ToldBfd next = told(node);
            next.say(Change.PENDING);
            TestNode.eventually("shown", () -> status(node).detail().contains("BFD not up yet"));
            assertEquals(PeerStatus.State.ESTABLISHED, status(node).state());
            assertEquals(0, status(node).flaps());
        }
    }

    @Test
    void whereBfdIsStrictBgpWaitsForIt() throws IOException {
        try (TestNode node = node(true)) {
            ToldBfd bfd = told(node);
            TestNode.eventually("waits", () -> status(node).detail().contains("waiting for BFD to come up (bfd = strict)"));
            try (HandMadePeer early = new HandMadePeer(PEER, node.port)) {
                assertTrue(early.readToEnd(5_000), "refused in Idle (RFC 4271 §8.2.2)");
                assertFalse(early.types.contains(MessageHeader.OPEN));
            }
            bfd.say(Change.UP);
            TestNode.eventually("no longer idle", () -> status(node).state() != PeerStatus.State.IDLE);
            try (HandMadePeer peer = new HandMadePeer(PEER, node.port)) {
                peer.establish(90);
                awaitEstablished(node);
                bfd.say(Change.LOST);
                peer.readToEnd(5_000);
                assertEquals(MessageHeader.NOTIFICATION, peer.types.getLast());
            }
            TestNode.eventually("waits again", () -> status(node).state() == PeerStatus.State.IDLE && status(node).detail().contains("bfd = strict"));
        }
    }
}
