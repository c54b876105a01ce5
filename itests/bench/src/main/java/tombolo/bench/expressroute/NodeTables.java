package tombolo.bench.expressroute;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.bgp.SessionConsumer;
import tombolo.api.bgp.SessionInput;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.Settings;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.Links;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;
import tombolo.bgp.adapter.BgpRouting;
import tombolo.harness.Await;
import tombolo.runtime.StateKeeper;

/**
 * What a node has beside Azure when the doctor looks: gateway-bgp with its real tables, behind sessions that are queues. Each edge has told {@link #FROM_EDGE} prefixes for
 * each peering, the site {@link #FROM_SITE}, which are advertised to the edges of private peering.
 */
final class NodeTables implements BgpSessions, Links, AutoCloseable {
    static final int FROM_EDGE = 10_000;
    /** All that a standard circuit takes. */
    static final int FROM_SITE = 4_000;
    static final String SITE = "site";
    static final int SITE_AS = 65_001;
    private static final int IN_MESSAGE = 700;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int HOLD_SECONDS = 180;
    /** 20.0.0.0/24 and on; of Microsoft peering 40.0.0.0/24 and on; of the site 192.168.0.0/32 and on. */
    private static final int PRIVATE = 20 << 24;
    private static final int MICROSOFT = 40 << 24;
    private static final int OF_SITE = 192 << 24 | 168 << 16;

    private final BgpRouting routing = new BgpRouting(new StateKeeper());
    private final Map<String, Queue> sessions = new TreeMap<>();
    private final Map<String, SessionUp> up = new TreeMap<>();
    private final Asn own;

    /** @param settings with peers whose names say what they tell: {@link #SITE}, private-..., microsoft-... */
    NodeTables(Settings settings) {
        own = settings.bgp().as().orElseThrow();
        settings.peers().values().forEach(this::told);
        routing.settingsChanged(settings);
        routing.sessionsCame(this);
        List<String> edges = sessions.keySet().stream().filter(name -> !name.equals(SITE)).toList();
        Await.until(LIMIT, () -> "all prefixes in the tables; seen: " + routes().peers(), () -> routes().totals().prefixes4() >= 2 * FROM_EDGE + FROM_SITE
            && edges.stream().filter(name -> name.startsWith("private")).allMatch(name -> advertised(name) == FROM_SITE));
    }

    private long advertised(String peer) {
        return routes().peers().stream().filter(each -> each.peer().equals(peer)).flatMap(each -> each.families().stream()).mapToLong(each -> each.advertised()).sum();
    }

    private void told(PeerSettings peer) {
        IpAddress remote = peer.remoteAddress();
        SessionUp session = new SessionUp(sessions.size() + 1, false, peer.name(), new IpAddress(remote.family(), remote.hi(), remote.lo() - 1), remote, Optional.empty(), Optional.empty(), Optional.empty(),
            Optional.of("eth" + sessions.size()), peer.localAs().map(PeerSettings.LocalAs::as).orElse(own), peer.remoteAs(), RouterId.parse("192.0.2.1"), RouterId.parse("192.0.2." + (10 + sessions.size())), Set.of(AddressFamily.IPV4), true, true, true,
            4_096, Optional.empty(), HOLD_SECONDS);
        Queue queue = new Queue(peer.name());
        queue.inbox.add(new SessionInput.Up(session));
        boolean site = peer.name().equals(SITE);
        int first = site ? OF_SITE : peer.name().startsWith("private") ? PRIVATE : MICROSOFT;
        for (int from = 0; from < (site ? FROM_SITE : FROM_EDGE); from += IN_MESSAGE) {
            byte[] message = update((int) peer.remoteAs().value(), (int) remote.lo(), first, site ? 32 : 24, from, Math.min(from + IN_MESSAGE, site ? FROM_SITE : FROM_EDGE));
            queue.inbox.add(new SessionInput.Messages(message, message.length));
        }
        sessions.put(peer.name(), queue);
        up.put(peer.name(), session);
    }

    /** RFC 4271 §4.3, with AS numbers of four octets. */
    private static byte[] update(int as, int nextHop, int first, int length, int from, int to) {
        ByteArrayOutputStream attributes = new ByteArrayOutputStream();
        attributes.writeBytes(new byte[] {0x40, 1, 1, 0, 0x40, 2, 6, 2, 1}); // ORIGIN IGP; AS_PATH of one
        number(attributes, as, 4);
        attributes.writeBytes(new byte[] {0x40, 3, 4});
        number(attributes, nextHop, 4);
        ByteArrayOutputStream prefixes = new ByteArrayOutputStream();
        for (int i = from; i < to; i++) {
            prefixes.write(length);
            number(prefixes, (first >>> 32 - length) + i, length / 8);
        }
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        number(message, -1, 4);
        number(message, -1, 4);
        number(message, -1, 4);
        number(message, -1, 4);
        number(message, 19 + 2 + 2 + attributes.size() + prefixes.size(), 2);
        message.write(2);
        number(message, 0, 2);
        number(message, attributes.size(), 2);
        message.writeBytes(attributes.toByteArray());
        message.writeBytes(prefixes.toByteArray());
        return message.toByteArray();
    }

    private static void number(ByteArrayOutputStream out, int value, int octets) {
        for (int i = octets - 1; i >= 0; i--) {
            out.write(value >>> 8 * i);
        }
    }

    BgpRoutes routes() {
        return routing.routes();
    }

    @Override
    public void close() {
        routing.close();
    }

    // ---- what gateway-bgp-session tells ----

    private static final class Queue implements BgpSession {
        private final ConcurrentLinkedQueue<SessionInput> inbox = new ConcurrentLinkedQueue<>();
        private final String peer;

        Queue(String peer) {
            this.peer = peer;
        }

        @Override
        public String peer() {
            return peer;
        }

        @Override
        public @Nullable SessionInput poll() {
            return inbox.poll();
        }

        @Override
        public Offer offer(long sessionNumber, byte[] messages, int offset, int length) {
            return Offer.ACCEPTED;
        }

        @Override
        public void end(long sessionNumber, Notification notification, String why, Optional<Integer> retryAfterSeconds) {
            throw new IllegalStateException(peer + ": " + why);
        }
    }

    @Override
    public void attach(SessionConsumer consumer) {
        sessions.values().forEach(consumer::ready);
    }

    @Override
    public void detach(SessionConsumer consumer) {
        // the inboxes keep what nobody reads
    }

    @Override
    public List<BgpSession> sessions() {
        return List.copyOf(sessions.values());
    }

    @Override
    public Optional<BgpSession> session(String peer) {
        return Optional.ofNullable(sessions.get(peer));
    }

    @Override
    public List<PeerStatus> status() {
        List<PeerStatus> all = new ArrayList<>();
        up.forEach((name, session) -> all.add(new PeerStatus(name, "", session.remoteAddress(), session.remoteAs(), session.localAs(), PeerStatus.State.ESTABLISHED, 0, Optional.of(session), Optional.empty(), "",
            Optional.empty(), Map.of(), Map.of(), 0, 0, 0, 0, 0, 0, List.of(), false, List.of(), List.of())));
        return all;
    }

    @Override
    public Optional<PeerStatus> status(String peer) {
        return status().stream().filter(each -> each.name().equals(peer)).findFirst();
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
    public void shutdownAll(String text) {
        // nobody is connected
    }

    @Override
    public long strangersRefused() {
        return 0;
    }

    // ---- what gateway-dataplane tells ----

    @Override
    public List<Link> links() {
        return up.values().stream().map(session -> new Link(1, session.interfaceName().orElseThrow(), Optional.empty(), true, true, 1_500, List.of(new Link.InterfaceAddress(session.localAddress(), 30)))).toList();
    }

    @Override
    public Optional<Link> connectedTo(IpAddress address) {
        return Optional.empty();
    }

    @Override
    public boolean usable(String interfaceName) {
        return true;
    }
}
