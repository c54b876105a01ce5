package tombolo.bgp.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.bgp.SessionConsumer;
import tombolo.api.bgp.SessionInput;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.NetworkSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.Settings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.net.RouterId;
import tombolo.runtime.StateKeeper;

/** The route engine on its real Loop, with sessions that are plain queues. */
class BgpRoutingTest {
    private static final IpAddress PEER = IpAddress.parse("10.0.0.1");
    private final StateKeeper keeper = new StateKeeper();
    private final Session session = new Session();
    private final Sessions sessions = new Sessions();

    @Test
    void sessionsAreReadOnceSettingsAreThereAndASwapKeepsTheTablesAndSaysNothing() {
        BgpRouting routing = new BgpRouting(keeper);
        routing.sessionsCame(sessions);
        routing.routes().totals(); // a question answered: everything offered before it was done
        assertEquals(0, sessions.attached.size());
        session.inbox.add(new SessionInput.Up(up(false)));
        routing.settingsChanged(settings());
        await(() -> !routing.routes().peers().isEmpty() && routing.routes().peers().getFirst().families().getFirst().advertised() == 1);
        BgpRoutes.Query all = new BgpRoutes.Query(BgpRoutes.Table.ADVERTISED, Optional.of("a"), Optional.empty(), Optional.empty(), false, false, 10);
        assertEquals(List.of("192.0.2.0/24"), routing.routes().routes(all).stream().map(route -> route.prefix().toString()).toList());
        await(() -> session.octets > 0);
        long told = session.octets;
        routing.close();
        assertEquals(0, sessions.attached.size());

        session.inbox.clear();
        session.inbox.add(new SessionInput.Up(up(true)));
        BgpRouting next = new BgpRouting(keeper);
        next.settingsChanged(settings());
        next.sessionsCame(sessions);
        await(() -> next.routes().totals().prefixes4() == 1);
        assertEquals(told, session.octets);
        next.close();
    }

    @Test
    void questionsAboutUnknownPeersAreAnsweredWithNothing() {
        try (BgpRouting routing = new BgpRouting(keeper)) {
            routing.settingsChanged(settings());
            BgpRoutes.Query query = new BgpRoutes.Query(BgpRoutes.Table.RECEIVED, Optional.of("nobody"), Optional.empty(), Optional.empty(), false, false, 10);
            assertEquals(List.of(), routing.routes().routes(query));
            assertEquals(List.of(), routing.routes().errors("nobody"));
            assertEquals(false, routing.routes().refreshIn("nobody"));
        }
    }

    private static void await(BooleanSupplier condition) {
        long limit = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < limit, "not within 20 s");
            Thread.onSpinWait();
        }
    }

    private static SessionUp up(boolean resumed) {
        return new SessionUp(1, resumed, "a", IpAddress.parse("10.0.0.2"), PEER, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("eth0"),
                new Asn(65001), new Asn(65010), RouterId.parse("10.255.0.1"), RouterId.parse("10.0.0.1"), Set.of(AddressFamily.IPV4), true, true, true, 4096,
                Optional.empty(), 90);
    }

    private static Settings settings() {
        PeerSettings peer = new PeerSettings("a", "", PEER, Optional.empty(), 179, new Asn(65010), Optional.empty(), Optional.empty(), Optional.empty(), false, false,
                90, Optional.empty(), 30, Optional.empty(), Optional.empty(), List.of(AddressFamily.IPV4), List.of("all"), List.of("all"), Map.of(), 75,
                PeerSettings.MaxPrefixesAction.DROP, 300, 0, false, PeerSettings.NextHopMode.AUTO, false, List.of(), true, true, 0, true, 0, false, Optional.empty());
        return new Settings(new NodeSettings("test", 254, 20, 10, true, List.of()),
                new BgpSettings(Optional.of(new Asn(65001)), Optional.of(RouterId.parse("10.255.0.1")), List.of(), 179, 1, 1, false, false, true, 100, 120, 120,
                        Optional.empty(), 8_000_000),
                Map.of("a", peer), Map.of("all", new FilterSettings("all", List.of(), FilterSettings.Action.ACCEPT)),
                Map.of("own", new NetworkSettings("own", Prefix.parse("192.0.2.0/24"), Optional.empty(), Optional.empty(), List.of(), false)), Map.of());
    }

    private static final class Session implements BgpSession {
        final ConcurrentLinkedQueue<SessionInput> inbox = new ConcurrentLinkedQueue<>();
        volatile long octets;

        @Override
        public String peer() {
            return "a";
        }

        @Override
        public @Nullable SessionInput poll() {
            return inbox.poll();
        }

        @Override
        public synchronized Offer offer(long sessionNumber, byte[] messages, int offset, int length) {
            octets += length;
            return Offer.ACCEPTED;
        }

        @Override
        public void end(long sessionNumber, Notification notification, String why, Optional<Integer> retryAfterSeconds) {
            throw new AssertionError(why);
        }
    }

    private final class Sessions implements BgpSessions {
        final List<SessionConsumer> attached = java.util.Collections.synchronizedList(new ArrayList<>());

        @Override
        public synchronized void attach(SessionConsumer consumer) {
            attached.add(consumer);
            consumer.ready(session);
        }

        @Override
        public synchronized void detach(SessionConsumer consumer) {
            attached.remove(consumer);
        }

        @Override
        public List<BgpSession> sessions() {
            return List.of(session);
        }

        @Override
        public Optional<BgpSession> session(String peer) {
            return Optional.of(session);
        }

        @Override
        public List<PeerStatus> status() {
            return List.of();
        }

        @Override
        public Optional<PeerStatus> status(String peer) {
            return Optional.empty();
        }

        @Override
        public boolean shutdown(String peer, String text) {
            return false;
        }

        @Override
        public boolean enable(String peer) {
            return false;
        }

        @Override
        public boolean reset(String peer) {
            return false;
        }

        @Override
        public void shutdownAll(String text) { }

        @Override
        public long strangersRefused() {
            return 0;
        }
    }
}
