package tombolo.bgp.session.adapter;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.bfd.Bfd;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.bgp.SessionConsumer;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.Settings;
import tombolo.api.config.SettingsListener;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.LinkListener;
import tombolo.api.kernel.Links;
import tombolo.api.net.IpAddress;
import tombolo.bgp.session.adapter.PeerSession.Blocker;
import tombolo.bgp.session.core.Cause;
import tombolo.bgp.session.core.FsmEvent;
import tombolo.bgp.session.core.Negotiated;
import tombolo.bgp.session.core.NotificationCodec;
import tombolo.bgp.session.core.PeerPlan;

/** All sessions of the node on one event loop thread, {@code tombolo-bgp-session}. The services' methods may be called from any thread. */
public final class TcpSessions implements BgpSessions, SettingsListener, LinkListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("tombolo.bgp.session");
    /** Of all inboxes together. */
    private static final long INBOX_TOTAL = 64L << 20;
    /** A swap of the route bundle may take so long at most, or a third of the hold time. */
    private static final int MAX_SWAP_SECONDS = 30;
    private static final int MARKER_SECONDS = 10;
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final long DRAIN_MILLIS = 10_000;

    private final EventLoopGroup group;
    private final EventLoop loop;
    private final Arrivals arrivals;
    private final Listeners listeners;
    private final Md5Keys keys;
    private final Interfaces interfaces;
    private final Paths paths;
    private final RestartMarker marker;
    private final Random random;
    private final ConcurrentSkipListMap<String, PeerSession> sessions = new ConcurrentSkipListMap<>();
    private final AtomicLong inboxTotal = new AtomicLong();
    private final AtomicBoolean resumeWanted = new AtomicBoolean();
    private final AtomicLong sessionNumbers = new AtomicLong(System.currentTimeMillis() << 10); // greater than those of an earlier life of this bundle
    private final long startedNanos = System.nanoTime();
    private final Md5Watch md5 = new Md5Watch();
    private volatile @Nullable SessionConsumer consumer;
    private volatile boolean anyPaused;
    private volatile Optional<Boolean> keptAtStart = Optional.empty();
    private boolean everEstablished;
    private boolean keepMarker = true;
    private volatile int restartSeconds = 120;
    private long consumerGeneration;

    /**
     * @param markerFile where to note that routes were left in the kernel
     * @param seed       of the timers' jitter
     */
    public TcpSessions(Path markerFile, long seed) {
        random = new Random(seed);
        marker = new RestartMarker(markerFile);
        group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("tombolo-bgp-session", true), EpollIoHandler.newFactory());
        loop = group.next();
        arrivals = new Arrivals(sessions.values(), this::hasKey);
        listeners = new Listeners(group, arrivals);
        keys = new Md5Keys(listeners, MARKER_SECONDS);
        interfaces = new Interfaces(sessions.values());
        paths = new Paths(interfaces, this::onLoop);
        loop.scheduleWithFixedDelay(this::everyTenSeconds, MARKER_SECONDS, MARKER_SECONDS, TimeUnit.SECONDS);
    }

    // ---- BgpSessions ----

    @Override
    public void attach(SessionConsumer now) {
        synchronized (this) {
            consumer = now;
            for (PeerSession session : sessions.values()) {
                if (session.inbox.resume()) {
                    now.ready(session);
                }
            }
        }
        onLoop(() -> {
            consumerGeneration++;
            sessions.values().forEach(session -> session.unblock(Blocker.CONSUMER));
            resumeAll();
        });
    }

    @Override
    public void detach(SessionConsumer gone) {
        synchronized (this) {
            if (consumer != gone) {
                return;
            }
            consumer = null;
        }
        onLoop(() -> {
            long generation = ++consumerGeneration;
            for (PeerSession session : sessions.values()) {
                int hold = session.state().up().agreed().map(Negotiated::holdTimeSeconds).orElse(0);
                int seconds = hold == 0 ? MAX_SWAP_SECONDS : Math.min(MAX_SWAP_SECONDS, Math.max(1, hold / 3));
                loop.schedule(() -> withoutConsumer(session, generation, seconds), seconds, TimeUnit.SECONDS);
            }
        });
    }

    private void withoutConsumer(PeerSession session, long generation, int seconds) {
        if (consumerGeneration == generation && consumer == null && sessions.get(session.peer()) == session) {
            boolean graceful = session.state().up().agreed().flatMap(Negotiated::gracefulRestart).isPresent();
            Optional<Notification> cease = graceful ? Optional.empty() : Optional.of(new Notification(Notification.CEASE, NotificationCodec.ADMINISTRATIVE_RESET));
            session.block(Blocker.CONSUMER, "gateway-bgp has not come back within " + seconds + " s: start or install it", cease, graceful, Cause.STOPPED);
        }
    }

    @Override
    public List<BgpSession> sessions() {
        return new ArrayList<>(sessions.values());
    }

    @Override
    public Optional<BgpSession> session(String peer) {
        return Optional.ofNullable(sessions.get(peer));
    }

    @Override
    public List<PeerStatus> status() {
        return ask(() -> sessions.values().stream().map(PeerSession::status).toList());
    }

    @Override
    public Optional<PeerStatus> status(String peer) {
        return ask(() -> Optional.ofNullable(sessions.get(peer)).map(PeerSession::status));
    }

    @Override
    public boolean shutdown(String peer, String text) {
        return withSession(peer, session -> session.block(Blocker.OPERATOR, text.isEmpty() ? "shut down by the operator" : text,
                Optional.of(NotificationCodec.cease(NotificationCodec.ADMINISTRATIVE_SHUTDOWN, text)), false, Cause.ADMINISTRATIVE));
    }

    @Override
    public boolean enable(String peer) {
        return withSession(peer, session -> {
            for (Blocker blocker : List.of(Blocker.OPERATOR, Blocker.CONFIGURATION, Blocker.HELD, Blocker.DRAINED)) {
                session.unblock(blocker);
            }
        });
    }

    @Override
    public boolean reset(String peer) {
        return withSession(peer, session -> {
            session.unblock(Blocker.HELD);
            session.feed(new FsmEvent.Restart(new Notification(Notification.CEASE, NotificationCodec.ADMINISTRATIVE_RESET), Cause.ADMINISTRATIVE, "reset by the operator"));
        });
    }

    @Override
    public void shutdownAll(String text) {
        List<Channel> closing = ask(() -> {
            keepMarker = false;
            marker.remove();
            List<Channel> channels = new ArrayList<>();
            for (PeerSession session : sessions.values()) {
                channels.addAll(session.channels());
                session.block(Blocker.DRAINED, "the node was drained" + (text.isEmpty() ? "" : ": " + text),
                        Optional.of(NotificationCodec.cease(NotificationCodec.ADMINISTRATIVE_SHUTDOWN, text)), false, Cause.ADMINISTRATIVE);
            }
            return channels;
        });
        awaitClosed(closing, DRAIN_MILLIS);
    }

    private static void awaitClosed(List<Channel> closing, long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (Channel channel : closing) {
            channel.closeFuture().awaitUninterruptibly(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
        }
    }

    @Override
    public long strangersRefused() {
        return arrivals.strangers();
    }

    private boolean withSession(String peer, java.util.function.Consumer<PeerSession> work) {
        return ask(() -> {
            PeerSession session = sessions.get(peer);
            if (session != null) {
                work.accept(session);
            }
            return session != null;
        });
    }

    /** Runs a task on the event loop; after {@link #close} there is nothing left that it could concern. Any thread. */
    void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("the sessions have stopped: a late call is dropped");
        }
    }

    private <T> T ask(Callable<T> question) {
        if (loop.inEventLoop()) {
            try {
                return question.call();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
        if (loop.isShuttingDown()) {
            throw new IllegalStateException("the BGP sessions have stopped");
        }
        try {
            return loop.submit(question).get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the BGP sessions", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("the BGP sessions did not answer within " + ANSWER.toSeconds() + " s: try again", e);
        }
    }

    // ---- settings ----

    @Override
    public void settingsChanged(Settings settings) {
        onLoop(() -> apply(settings));
    }

    private void apply(Settings settings) {
        boolean enabled = settings.bgp().enabled();
        restartSeconds = settings.bgp().gracefulRestartSeconds();
        if (keptAtStart.isEmpty()) {
            keptAtStart = Optional.of(marker.valid((restartSeconds + MARKER_SECONDS) * 1000L));
        }
        Map<String, PeerSettings> peers = enabled ? settings.peers() : Map.of();
        for (PeerSession session : List.copyOf(sessions.values())) {
            if (!peers.containsKey(session.peer())) {
                remove(session);
            }
        }
        Map<String, PeerPlan> plans = new TreeMap<>();
        peers.forEach((name, peer) -> plans.put(name, PeerPlan.of(settings.bgp(), peer)));
        keys.read(plans.values(), sessions.values());
        listeners.minimumTtls(plans.values());
        listeners.want(enabled ? settings.bgp().listen() : List.of(), settings.bgp().port());
        plans.forEach((name, plan) -> apply(plan, peers.get(name)));
    }

    private void apply(PeerPlan plan, PeerSettings peer) {
        PeerSession session = sessions.get(plan.name());
        boolean fresh = session == null;
        if (fresh) {
            session = new PeerSession(this, loop, plan, inboxTotal);
            sessions.put(plan.name(), session);
        }
        session.describe(peer.description());
        if (peer.shutdown() && !session.configuredDown) {
            session.block(Blocker.CONFIGURATION, "shutdown = true in its file", Optional.of(NotificationCodec.cease(
                    NotificationCodec.ADMINISTRATIVE_SHUTDOWN, "shut down by configuration")), false, Cause.ADMINISTRATIVE);
        }
        if (fresh && consumer == null) {
            session.block(Blocker.CONSUMER, "waiting for gateway-bgp: start or install it", Optional.empty(), false, Cause.STOPPED);
        }
        if (fresh) {
            interfaces.follow(session);
            paths.follow(session, peer.bfd());
            session.startUnlessBlocked();
        } else if (!plan.equals(session.plan())) {
            session.replan(plan);
            session.unblock(Blocker.INTERFACE);
            interfaces.follow(session);
        }
        if (!fresh) {
            paths.follow(session, peer.bfd());
        }
        if (!peer.shutdown()) {
            session.unblock(Blocker.CONFIGURATION);
        }
        session.configuredDown = peer.shutdown();
    }

    private void remove(PeerSession session) {
        session.block(Blocker.REMOVED, "removed from the configuration", Optional.of(new Notification(Notification.CEASE, NotificationCodec.PEER_DECONFIGURED)),
                false, Cause.CONFIGURATION);
        sessions.remove(session.peer());
        paths.forget(session.peer());
        SessionConsumer told = consumer;
        if (told != null) {
            told.removed(session);
        }
    }

    // ---- interfaces ----

    /** The node's interfaces came or went. */
    public void links(Optional<Links> now) {
        onLoop(() -> {
            interfaces.links(now);
            paths.again();
        });
    }

    /** gateway-bfd came or went. */
    public void bfd(Optional<Bfd> now) {
        onLoop(() -> paths.bfd(now));
    }

    /** That one went; another may have come before. */
    public void bfdGone(Bfd gone) {
        onLoop(() -> paths.gone(gone));
    }

    @Override
    public void linkChanged(Link link, boolean usable, String reason) {
        onLoop(() -> interfaces.changed(link, usable, reason));
    }

    // ---- connections ----

    ChannelFuture connect(PeerSession session, PeerConnection connection) throws IOException {
        return Connector.connect(group, session.plan(), connection);
    }

    private boolean hasKey(IpAddress peer) {
        return keys.has(peer);
    }

    // ---- what sessions ask for ----

    @Nullable SessionConsumer consumer() {
        return consumer;
    }

    double jitter() {
        return 0.75 + random.nextDouble() * 0.25;
    }

    boolean forwardingKept() {
        return everEstablished || keptAtStart.orElse(false);
    }

    @Override
    public boolean restarting() {
        return keptAtStart.orElse(false) && System.nanoTime() - startedNanos < TimeUnit.SECONDS.toNanos(restartSeconds);
    }

    void established() {
        everEstablished = true;
        keepMarker = true;
        marker.touch();
    }

    boolean inboxFull(PeerSession session) {
        long held = session.inbox.bytes();
        boolean full = held > Inbox.LIMIT || held > 0 && inboxTotal.get() > INBOX_TOTAL;
        if (full) {
            anyPaused = true;
        }
        return full;
    }

    /** Called for each input that the consumer takes: resumes reading once there is room for half an inbox. */
    void polled(PeerSession session) {
        if (anyPaused && session.inbox.bytes() <= Inbox.LIMIT / 2 && inboxTotal.get() <= INBOX_TOTAL / 4 * 3 && resumeWanted.compareAndSet(false, true)) {
            onLoop(this::resumeAll);
        }
    }

    private void resumeAll() {
        resumeWanted.set(false);
        anyPaused = false;
        for (PeerSession session : sessions.values()) {
            session.resume();
            anyPaused |= session.paused();
        }
    }

    void offered(PeerSession session) {
        if (session.outboxScheduled.compareAndSet(false, true)) {
            onLoop(() -> {
                session.outboxScheduled.set(false);
                session.drainOutbox();
            });
        }
    }

    SessionUp describe(PeerSession session, PeerConnection connection, Negotiated agreed) {
        PeerPlan plan = session.plan();
        Channel channel = java.util.Objects.requireNonNull(connection.channel());
        IpAddress local = channel.localAddress() instanceof InetSocketAddress address ? Arrivals.unmapped(IpAddress.of(address.getAddress())) : IpAddress.any(plan.remoteAddress().family());
        Optional<String> device = plan.directlyConnected() || plan.ibgp() ? interfaces.of(plan) : Optional.empty();
        if (plan.directlyConnected()) {
            device.ifPresent(session::interfaceName);
        }
        LocalAddresses ours = interfaces.addresses(device, local);
        return new SessionUp(sessionNumbers.incrementAndGet(), false, plan.name(), local, plan.remoteAddress(), ours.linkLocal(), ours.global(), ours.ipv4(), device,
                plan.localAs(), plan.remoteAs(), plan.routerId(), agreed.remoteId(), agreed.families(), agreed.fourOctetAs(), agreed.refresh(),
                agreed.enhancedRefresh(), agreed.maxSent(), agreed.gracefulRestart(), agreed.holdTimeSeconds());
    }

    private void everyTenSeconds() {
        if (keepMarker && everEstablished) {
            marker.touch();
        }
        md5.look(sessions.values());
        interfaces.followBlocked();
        paths.again();
        keys.read(sessions.values().stream().map(PeerSession::plan).toList(), sessions.values());
    }

    /** Ends all sessions in the way each peer has negotiated, and joins the thread; at most about 4 s. */
    @Override
    public void close() {
        List<Channel> closing = ask(() -> {
            if (keepMarker && everEstablished) {
                marker.touch();
            }
            List<Channel> channels = new ArrayList<>();
            listeners.close();
            paths.close();
            for (PeerSession session : sessions.values()) {
                channels.addAll(session.channels());
                session.leave();
            }
            return channels;
        });
        awaitClosed(closing, 2_000);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
