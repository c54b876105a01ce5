package tombolo.bgp.session.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.bgp.SessionConsumer;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.SecretRef;
import tombolo.api.config.Settings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;
import tombolo.bgp.session.core.MessageHeader;

/** RFC 2385 keys that change under a session; on the loopback interface, one node of ours against another. */
class KeyChangeTest {
    private static final SessionConsumer NOBODY = new SessionConsumer() {
        @Override
        public void ready(BgpSession session) { }

        @Override
        public void removed(BgpSession session) { }
    };

    @TempDir
    Path folder;

    private Settings settings(int as, String listen, int port, PeerSettings... peers) {
        Map<String, PeerSettings> byName = new TreeMap<>();
        for (PeerSettings peer : peers) {
            byName.put(peer.name(), peer);
        }
        return new Settings(new NodeSettings("n", 254, 20, 10, false, List.of()), new BgpSettings(Optional.of(new Asn(as)), Optional.of(RouterId.parse("10.0.0." + as % 250)),
                List.of(IpAddress.parse(listen)), port, 1, 1, false, false, true, 100, 120, 120, Optional.empty(), 8_000_000), byName, Map.of(), Map.of(), Map.of());
    }

    private PeerSettings peer(String name, String address, int port, int as, Optional<String> local, String keyFile) {
        return new PeerSettings(name, "", IpAddress.parse(address), Optional.empty(), port, new Asn(as), local.map(IpAddress::parse), Optional.empty(),
                Optional.of(new SecretRef.InFile(folder.resolve(keyFile).toString())), local.isEmpty(), false, 90, Optional.empty(), 1, Optional.empty(), Optional.empty(),
                List.of(AddressFamily.IPV4), List.of(), List.of(), Map.of(), 75, PeerSettings.MaxPrefixesAction.DROP, 300, 0, false,
                PeerSettings.NextHopMode.AUTO, false, List.of(), true, true, 0, true, 0, false, Optional.empty());
    }

    private static PeerStatus status(TcpSessions sessions, String peer) {
        return sessions.status(peer).orElseThrow();
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    @Test
    void aKeyThatChangesAtBothEndsCostsNoSessionHoweverManyPeersHaveKeys() throws IOException {
        Files.writeString(folder.resolve("key"), "first\n");
        Files.writeString(folder.resolve("other"), "of another peer\n");
        int port = freePort();
        Settings passive = settings(65001, "127.0.0.1", port, peer("caller", "127.0.0.2", 179, 65002, Optional.empty(), "key"),
                peer("elsewhere", "127.0.0.3", 179, 65003, Optional.empty(), "other"));
        Settings active = settings(65002, "127.0.0.2", freePort(), peer("called", "127.0.0.1", port, 65001, Optional.of("127.0.0.2"), "key"));
        try (TcpSessions a = new TcpSessions(folder.resolve("a"), 1); TcpSessions b = new TcpSessions(folder.resolve("b"), 2)) {
            a.attach(NOBODY);
            b.attach(NOBODY);
            a.settingsChanged(passive);
            b.settingsChanged(active);
            TestNode.eventually("established", () -> a.status().size() == 2 && b.status().size() == 1
                    && status(a, "caller").state() == PeerStatus.State.ESTABLISHED && status(b, "called").state() == PeerStatus.State.ESTABLISHED);
            long number = status(a, "caller").session().orElseThrow().sessionNumber();
            Files.writeString(folder.resolve("key"), "second\n");
            a.settingsChanged(passive); // reads the keys anew, as the timer does every 10 s
            b.settingsChanged(active);
            b.status(); // both have done so
            a.status();
            byte[] endOfRib = new byte[23];
            MessageHeader.write(endOfRib, 0, endOfRib.length, MessageHeader.UPDATE);
            long called = status(b, "called").session().orElseThrow().sessionNumber();
            assertEquals(BgpSession.Offer.ACCEPTED, b.session("called").orElseThrow().offer(called, endOfRib, 0, endOfRib.length));
            TestNode.eventually("an UPDATE signed with the new key", () -> status(a, "caller").messagesIn().get("UPDATE") == 1);
            assertEquals(number, status(a, "caller").session().orElseThrow().sessionNumber());
        }
    }
}
