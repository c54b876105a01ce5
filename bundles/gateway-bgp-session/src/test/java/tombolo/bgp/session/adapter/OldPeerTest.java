package tombolo.bgp.session.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus;
import tombolo.bgp.session.core.MessageHeader;
import tombolo.bgp.session.core.NotificationCodec;
import tombolo.bgp.session.core.OpenCodec;
import tombolo.bgp.session.core.OpenMessage;

/** A peer from before RFC 5492, which knows no optional parameters. */
class OldPeerTest {
    private static final String PEER = "127.0.7.1";

    @TempDir
    private Path folder;

    /** RFC 5492 §5: after NOTIFICATION 2/4 the peering is tried again without the Capabilities Optional Parameter. */
    @Test
    void aPeerThatRefusesOurCapabilitiesGetsAnOpenWithoutThemAndTheSessionStands() throws IOException {
        try (TestNode node = new TestNode(folder, List.of(PEER))) {
            try (HandMadePeer first = new HandMadePeer(PEER, node.port)) {
                byte[] open = first.read().orElseThrow();
                assertTrue(open.length > 29, "with capabilities");
                first.send(NotificationCodec.encode(new Notification(Notification.OPEN_ERROR, 4)));
            }
            TestNode.eventually("the refusal is noted", () -> node.sessions.status(PEER).orElseThrow().resets().stream()
                    .anyMatch(reset -> reset.cause().endsWith("trying once without capabilities (RFC 5492 §5)")));
            // Idle refuses connections for its first second (RFC 4271 §8.2.2): the peer goes on trying
            byte[][] second = new byte[1][];
            TestNode.eventually("established without capabilities", () -> {
                try (HandMadePeer again = new HandMadePeer(PEER, node.port)) {
                    var open = again.read();
                    if (open.isEmpty()) {
                        return false;
                    }
                    second[0] = open.get();
                    again.send(OpenCodec.encode(new OpenMessage(4, 65002, 90, 0x0a000009, List.of())));
                    again.send(MessageHeader.keepalive());
                    TestNode.eventually("established", () -> node.sessions.status(PEER).orElseThrow().state() == PeerStatus.State.ESTABLISHED);
                    return true;
                } catch (IOException e) {
                    return false;
                }
            });
            assertEquals("ff".repeat(16) + "001d0104fde9005a0a00000500", HexFormat.of().formatHex(second[0]));
        }
    }
}
