package tombolo.bgp.session.adapter;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.SessionConsumer;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.PeerBfd;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.Settings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;

/** Sessions that listen on 127.0.0.1 at a free port for passive peers of AS 65002; the consumer only notes that it was called. */
final class TestNode implements AutoCloseable, SessionConsumer {
    /** For what takes milliseconds: test methods run four at a time on a machine that does other things too. */
    static final Duration LIMIT = Duration.ofSeconds(30);

    final TcpSessions sessions;
    final int port;
    final BlockingQueue<String> readied = new LinkedBlockingQueue<>();

    TestNode(Path folder, List<String> peers) throws IOException {
        this(folder, peers, Optional.empty(), Set.of());
    }

    /** @param oneHopAway peers with ttl-security-hops = 1 */
    TestNode(Path folder, List<String> peers, Optional<String> localAddress, Set<String> oneHopAway) throws IOException {
        this(folder, peers, localAddress, oneHopAway, Optional.empty());
    }

    TestNode(Path folder, List<String> peers, Optional<String> localAddress, Set<String> oneHopAway, Optional<PeerBfd> bfd) throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        sessions = new TcpSessions(folder.resolve("marker"), 7);
        Map<String, PeerSettings> settings = new TreeMap<>();
        peers.forEach(address -> settings.put(address, peer(address, localAddress, oneHopAway.contains(address) ? Optional.of(1) : Optional.empty(), bfd)));
        sessions.attach(this);
        sessions.settingsChanged(new Settings(new NodeSettings("n", 254, 20, 10, false, List.of()), new BgpSettings(Optional.of(new Asn(65001)),
                Optional.of(RouterId.parse("10.0.0.5")), List.of(IpAddress.parse("127.0.0.1")), port, 1, 1, false, false, true, 100, 120, 120, Optional.empty(), 8_000_000),
                settings, Map.of(), Map.of(), Map.of()));
        eventually("every peer waits", () -> sessions.status().size() == peers.size());
    }

    private static PeerSettings peer(String address, Optional<String> localAddress, Optional<Integer> ttlSecurityHops, Optional<PeerBfd> bfd) {
        return new PeerSettings(address, "", IpAddress.parse(address), Optional.empty(), 179, new Asn(65002), localAddress.map(IpAddress::parse), Optional.empty(), Optional.empty(),
                true, false, 90, Optional.empty(), 30, Optional.empty(), ttlSecurityHops, List.of(AddressFamily.IPV4), List.of(), List.of(), Map.of(), 75,
                PeerSettings.MaxPrefixesAction.DROP, 300, 0, false, PeerSettings.NextHopMode.AUTO, false, List.of(), true, true, 0, true, 0, false, bfd);
    }

    @Override
    public void ready(BgpSession session) {
        readied.add(session.peer());
    }

    @Override
    public void removed(BgpSession session) {
        readied.add("removed " + session.peer());
    }

    /** The next call of {@link #ready}. */
    void awaitReady() throws InterruptedException {
        if (readied.poll(LIMIT.toSeconds(), TimeUnit.SECONDS) == null) {
            throw new AssertionError("the consumer was not called within " + LIMIT.toSeconds() + " s");
        }
    }

    static void eventually(String what, BooleanSupplier question) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!question.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + LIMIT.toSeconds() + " s: " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() {
        sessions.close();
    }
}
