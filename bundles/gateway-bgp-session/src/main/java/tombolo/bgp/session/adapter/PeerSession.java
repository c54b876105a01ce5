package tombolo.bgp.session.adapter;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.bgp.SessionConsumer;
import tombolo.api.bgp.SessionInput;
import tombolo.api.bgp.SessionUp;
import tombolo.bgp.session.core.Cause;
import tombolo.bgp.session.core.Fsm;
import tombolo.bgp.session.core.FsmEvent;
import tombolo.bgp.session.core.FsmOutput;
import tombolo.bgp.session.core.FsmState;
import tombolo.bgp.session.core.MessageHeader;
import tombolo.bgp.session.core.Negotiated;
import tombolo.bgp.session.core.NotificationCodec;
import tombolo.bgp.session.core.OpenCodec;
import tombolo.bgp.session.core.OpenMessage;
import tombolo.bgp.session.core.PeerPlan;
import tombolo.bgp.session.core.Slot;
import tombolo.bgp.session.core.TimerKind;

/** One peer: feeds the state machine and does what it wants done. Event loop only, but for {@link #poll}, {@link #offer} and {@link #end}. */
final class PeerSession implements BgpSession {
    private static final Logger LOG = LoggerFactory.getLogger("tombolo.bgp.session");

    /** Why a session is not started. Each is set and cleared by itself; the session runs while none is set. */
    enum Blocker { CONFIGURATION, OPERATOR, HELD, CONSUMER, INTERFACE, BFD, DRAINED, REMOVED }

    private final TcpSessions node;
    final Inbox inbox;
    final Outbox outbox = new Outbox();
    private final EnumMap<Blocker, String> blockers = new EnumMap<>(Blocker.class);
    private final EnumMap<Slot, PeerConnection> connections = new EnumMap<>(Slot.class);
    private final PeerTimers timers;
    private final ArrayDeque<FsmEvent> events = new ArrayDeque<>();
    private final Ends ends = new Ends();
    private final Traffic traffic = new Traffic();
    private final String name;
    final java.util.concurrent.atomic.AtomicBoolean outboxScheduled = new java.util.concurrent.atomic.AtomicBoolean();
    /** What BFD says of the path, for people; empty: nothing is wished of BFD. */
    String pathWords = "";
    /** What the configuration said last about {@code shutdown}. */
    boolean configuredDown;
    private PeerPlan plan;
    private String description = "";
    private FsmState state = FsmState.INITIAL;
    private boolean stepping;
    private boolean paused;
    private long since = System.currentTimeMillis();
    private long flaps;
    private long refused;
    private String trouble = "";
    private String interfaceName = "";
    private @Nullable SessionUp up;
    private @Nullable PeerConnection arriving;
    private @Nullable OpenMessage openSent;
    private @Nullable OpenMessage openReceived;

    PeerSession(TcpSessions node, EventLoop loop, PeerPlan plan, java.util.concurrent.atomic.AtomicLong inboxTotal) {
        this.node = node;
        this.plan = plan;
        this.name = plan.name();
        this.inbox = new Inbox(inboxTotal);
        this.timers = new PeerTimers(loop, outbox, connections, this::feed);
    }

    // ---- the contract with the route bundle: any thread ----

    @Override
    public String peer() {
        return name;
    }

    @Override
    public @Nullable SessionInput poll() {
        SessionInput input = inbox.poll();
        node.polled(this);
        return input;
    }

    @Override
    public Offer offer(long sessionNumber, byte[] messages, int offset, int length) {
        Offer answer = outbox.offer(sessionNumber, messages, offset, length);
        if (answer == Offer.ACCEPTED) {
            node.offered(this);
        }
        return answer;
    }

    @Override
    public void end(long sessionNumber, Notification notification, String why, Optional<Integer> retryAfterSeconds) {
        node.onLoop(() -> {
            if (up == null || up.sessionNumber() != sessionNumber) {
                return;
            }
            if (retryAfterSeconds.isPresent() && retryAfterSeconds.get() == 0) {
                blockers.put(Blocker.HELD, why + "; it stays down until it is enabled or reset by the operator");
                feed(new FsmEvent.Stop(Optional.of(notification), true, Cause.ROUTE_BUNDLE, why));
            } else {
                feed(new FsmEvent.End(notification, why, retryAfterSeconds));
            }
        });
    }

    // ---- started or not ----

    PeerPlan plan() {
        return plan;
    }

    FsmState state() {
        return state;
    }

    String interfaceName() {
        return interfaceName;
    }

    void interfaceName(String now) {
        interfaceName = now;
    }

    boolean blocked(Blocker blocker) {
        return blockers.containsKey(blocker);
    }

    /** Stops the session for a reason. @param notification as in {@link FsmEvent.Stop} */
    void block(Blocker blocker, String why, Optional<Notification> notification, boolean graceful, Cause cause) {
        blockers.put(blocker, why);
        feed(new FsmEvent.Stop(notification, graceful, cause, why));
    }

    void unblock(Blocker blocker) {
        if (blockers.remove(blocker) != null && blockers.isEmpty()) {
            feed(new FsmEvent.Start());
        }
    }

    /** After creation or a change of the plan. */
    void startUnlessBlocked() {
        if (blockers.isEmpty()) {
            feed(new FsmEvent.Start());
        }
    }

    /** A connection of the peer was refused. Returns how many were, since start. */
    long countRefused() {
        return ++refused;
    }

    void describe(String text) {
        description = text;
    }

    void replan(PeerPlan now) {
        feed(new FsmEvent.Stop(Optional.of(new Notification(Notification.CEASE, NotificationCodec.OTHER_CONFIGURATION_CHANGE)), true,
                Cause.CONFIGURATION, "its configuration changed"));
        plan = now;
        interfaceName = "";
        trouble = "";
        startUnlessBlocked();
    }

    /** The end of a bundle's life for this session: peers that keep routes see a lost connection, others a Cease. */
    void leave() {
        boolean keeps = up != null && up.gracefulRestart().isPresent();
        // Administrative Reset says what happens: the speaker resets, and comes back (RFC 4486 §4)
        Optional<Notification> cease = keeps ? Optional.empty() : Optional.of(new Notification(Notification.CEASE, NotificationCodec.ADMINISTRATIVE_RESET));
        block(Blocker.DRAINED, "gateway-bgp-session stops", cease, keeps, Cause.STOPPED);
    }

    // ---- what the connections report ----

    PeerTimers timers() {
        return timers;
    }

    Traffic traffic() {
        return traffic;
    }

    void message(PeerConnection connection, int type, byte[] body) {
        Slot slot = connection.slot();
        if (slot == null) {
            return;
        }
        switch (type) {
            case MessageHeader.OPEN -> {
                switch (OpenCodec.decode(body)) {
                    case OpenCodec.Decoded.Good(OpenMessage open) -> {
                        connection.open = open;
                        openReceived = open;
                        feed(new FsmEvent.Opened(slot, open));
                    }
                    case OpenCodec.Decoded.Bad(Notification notification, String why) -> feed(new FsmEvent.Malformed(slot, notification, Cause.BAD_OPEN, why));
                }
            }
            case MessageHeader.NOTIFICATION -> feed(new FsmEvent.Notified(slot, NotificationCodec.decode(body)));
            default -> feed(new FsmEvent.Received(slot, type));
        }
    }

    /** A run of UPDATE and ROUTE-REFRESH messages. */
    void routes(PeerConnection connection, int type, byte[] block) {
        Slot slot = connection.slot();
        if (slot == null) {
            return;
        }
        feed(new FsmEvent.Received(slot, type));
        if (connection.slot() == Slot.UP) {
            enqueue(new SessionInput.Messages(block, block.length));
            if (node.inboxFull(this)) {
                pause();
            }
        }
    }

    void malformed(PeerConnection connection, Notification answer, String why) {
        Slot slot = connection.slot();
        if (slot != null) {
            feed(new FsmEvent.Malformed(slot, answer, Cause.BAD_HEADER, why));
        }
    }

    void closed(PeerConnection connection, String why) {
        Slot slot = connection.slot();
        if (slot != null) {
            connections.remove(slot, connection);
            connection.close(false);
            feed(new FsmEvent.Closed(slot, Cause.CLOSED_BY_PEER, why));
        }
    }

    void writable(PeerConnection connection) {
        if (connection.slot() == Slot.UP) {
            drainOutbox();
        }
    }

    /** A connection that the peer opened. */
    void accepted(PeerConnection connection) {
        arriving = connection;
        feed(new FsmEvent.Accepted());
        arriving = null;
    }

    // ---- flow ----

    void drainOutbox() {
        PeerConnection connection = connections.get(Slot.UP);
        boolean ready = outbox.write(connection == null ? null : connection.channel(), traffic::out, this::written);
        if (ready) {
            signal();
        }
    }

    private void written() {
        PeerConnection connection = connections.get(Slot.UP);
        if (connection != null) {
            connection.sendHold.again();
        }
        if (outbox.drained()) {
            signal();
        }
    }

    private void pause() {
        PeerConnection connection = connections.get(Slot.UP);
        if (!paused && connection != null) {
            paused = true;
            connection.reading(false);
            connection.hold.freeze();
        }
    }

    void resume() {
        PeerConnection connection = connections.get(Slot.UP);
        if (paused && !node.inboxFull(this)) {
            paused = false;
            if (connection != null) {
                connection.hold.thaw();
                connection.reading(true);
            }
        }
    }

    boolean paused() {
        return paused;
    }

    private void enqueue(SessionInput input) {
        if (inbox.add(input)) {
            signal();
        }
    }

    private void signal() {
        SessionConsumer consumer = node.consumer();
        if (consumer != null) {
            consumer.ready(this);
        }
    }

    // ---- the machine ----

    void feed(FsmEvent event) {
        events.add(event);
        if (stepping) {
            return; // an output led to this: it waits until the outputs before it are done
        }
        stepping = true;
        try {
            for (FsmEvent next = events.poll(); next != null; next = events.poll()) {
                PeerStatus.State before = state.state();
                Fsm.Step step = Fsm.step(state, next, plan, node.jitter());
                state = step.state();
                List<FsmOutput.Ended> ended = new ArrayList<>();
                for (FsmOutput output : step.outputs()) {
                    if (output instanceof FsmOutput.Ended end) {
                        ended.add(end);
                    } else {
                        perform(output);
                    }
                }
                ended.forEach(this::ended);
                if (state.state() != before && (state.state() == PeerStatus.State.ESTABLISHED || before == PeerStatus.State.ESTABLISHED)) {
                    since = System.currentTimeMillis();
                }
            }
        } finally {
            stepping = false;
        }
    }

    private void perform(FsmOutput output) {
        switch (output) {
            case FsmOutput.Connect() -> connect();
            case FsmOutput.Adopt() -> {
                PeerConnection connection = java.util.Objects.requireNonNull(arriving);
                connection.slot(Slot.INCOMING);
                connections.put(Slot.INCOMING, connection);
            }
            case FsmOutput.Refuse(Optional<Notification> notification, String why) -> {
                PeerConnection connection = java.util.Objects.requireNonNull(arriving);
                notification.map(NotificationCodec::encode).ifPresent(message -> {
                    traffic.out(MessageHeader.NOTIFICATION, message.length);
                    connection.send(message);
                });
                connection.close(notification.isPresent());
                countRefused();
                LOG.debug("peer {}: connection refused: {}", name, why);
            }
            case FsmOutput.SendOpen(Slot slot, boolean bare) -> {
                openSent = bare ? OpenMessage.bare(plan) : OpenMessage.offer(plan, node.restarting(), node.forwardingKept());
                send(slot, MessageHeader.OPEN, OpenCodec.encode(openSent));
            }
            case FsmOutput.SendKeepalive(Slot slot) -> send(slot, MessageHeader.KEEPALIVE, MessageHeader.keepalive());
            case FsmOutput.SendNotification(Slot slot, Notification notification) -> send(slot, MessageHeader.NOTIFICATION, NotificationCodec.encode(notification));
            case FsmOutput.Close(Slot slot) -> {
                PeerConnection connection = connections.remove(slot);
                if (connection != null) {
                    connection.close(said == connection);
                }
            }
            case FsmOutput.StartTimer(TimerKind timer, Slot slot, long millis) -> timers.start(timer, slot, millis);
            case FsmOutput.StopTimer(TimerKind timer, Slot slot) -> timers.stop(timer, slot);
            case FsmOutput.Agreed(Slot slot, Negotiated negotiated) -> {
                PeerConnection connection = connections.get(slot);
                if (connection != null) {
                    connection.agreed(negotiated.maxReceived(), negotiated.enhancedRefresh());
                }
            }
            case FsmOutput.Established(Slot from, Negotiated negotiated) -> established(from, negotiated);
            case FsmOutput.Down(String why, boolean graceful) -> down(why, graceful);
            case FsmOutput.Ended ended -> throw new IllegalStateException("handled after the others");
        }
    }

    /** The connection that was last sent a NOTIFICATION: its close lingers. */
    private @Nullable PeerConnection said;

    private void send(Slot slot, int type, byte[] message) {
        PeerConnection connection = connections.get(slot);
        if (connection != null) {
            traffic.out(type, message.length);
            connection.send(message);
            if (type == MessageHeader.NOTIFICATION) {
                said = connection;
            }
        }
    }

    private void connect() {
        PeerConnection connection = new PeerConnection(this, Slot.OUTGOING);
        connections.put(Slot.OUTGOING, connection);
        ChannelFuture attempt;
        try {
            attempt = node.connect(this, connection);
        } catch (java.io.IOException | RuntimeException e) {
            failedAttempt(connection, Cause.LOCAL_FAILURE, "cannot start a connection: " + SystemWords.plain(e));
            return;
        }
        connection.channel(attempt.channel());
        attempt.addListener(done -> {
            if (connection.slot() != Slot.OUTGOING) {
                attempt.channel().close();
            } else if (done.isSuccess()) {
                feed(new FsmEvent.Connected());
            } else {
                String why = SystemWords.plain(done.cause());
                boolean refused = why.contains("refused");
                boolean local = why.contains("Cannot assign") || why.contains("No such device");
                failedAttempt(connection, refused ? Cause.CONNECT_FAILED : local ? Cause.LOCAL_FAILURE : Cause.UNREACHABLE, "connection attempt failed: " + why);
            }
        });
    }

    private void failedAttempt(PeerConnection connection, Cause cause, String why) {
        connections.remove(Slot.OUTGOING, connection);
        connection.close(false);
        feed(new FsmEvent.Closed(Slot.OUTGOING, cause, why));
    }

    private void established(Slot from, Negotiated negotiated) {
        PeerConnection connection = java.util.Objects.requireNonNull(connections.remove(from));
        connection.slot(Slot.UP);
        connections.put(Slot.UP, connection);
        if (connection.open != null) {
            openReceived = connection.open;
        }
        SessionUp session = node.describe(this, connection, negotiated);
        up = session;
        paused = false;
        trouble = "";
        ends.forget();
        outbox.session(session.sessionNumber());
        LOG.info("TMB-BGP-001 peer {} ({}): established with AS {}, router id {}, {}, hold time {} s", name, plan.remoteAddress(), plan.remoteAs(),
                negotiated.remoteId(), negotiated.families(), negotiated.holdTimeSeconds());
        enqueue(new SessionInput.Up(session));
        node.established();
    }

    private void down(String why, boolean graceful) {
        SessionUp session = java.util.Objects.requireNonNull(up);
        up = null;
        flaps++;
        paused = false;
        outbox.session(0);
        drainOutbox();
        enqueue(new SessionInput.Down(session.sessionNumber(), why, graceful));
    }

    private void ended(FsmOutput.Ended ended) {
        long retry = timers.retryMillis();
        trouble = ends.add(ended, plan, retry < 0 ? OptionalLong.empty() : OptionalLong.of(retry));
    }

    void note(String line) {
        trouble = line;
    }

    // ---- for people ----

    PeerStatus status() {
        long retry = timers.retryMillis();
        return new PeerStatus(name, description, plan.remoteAddress(), plan.remoteAs(), plan.localAs(), state.state(), since, Optional.ofNullable(up),
                Optional.ofNullable(blockers.get(Blocker.OPERATOR)).or(() -> Optional.ofNullable(blockers.get(Blocker.CONFIGURATION))), detail(),
                retry < 0 || up != null ? Optional.empty() : Optional.of(retry), traffic.messagesIn(), traffic.messagesOut(), traffic.bytesIn(), traffic.bytesOut(), inbox.bytes(),
                outbox.held(), flaps, refused, ends.resets(), plan.password().isPresent(), capabilities(openSent), capabilities(openReceived));
    }

    private String detail() {
        if (!blockers.isEmpty()) {
            return blockers.values().iterator().next();
        }
        if (up != null) {
            return (paused ? "established; reading is paused until the route bundle catches up" : "established") + (pathWords.isEmpty() ? "" : "; " + pathWords);
        }
        return trouble.isEmpty() ? plan.passive() ? "waiting for the peer to connect (passive)" : "connecting" : trouble;
    }

    private static List<String> capabilities(@Nullable OpenMessage open) {
        return open == null ? List.of() : open.capabilities().stream().map(Object::toString).toList();
    }

    List<Channel> channels() {
        return Arrays.stream(Slot.values()).map(connections::get).filter(java.util.Objects::nonNull).map(PeerConnection::channel)
                .filter(java.util.Objects::nonNull).toList();
    }
}
