package tombolo.bgp.session.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus.State;
import tombolo.api.net.AddressFamily;
import tombolo.bgp.session.core.FsmState.Connection;
import tombolo.bgp.session.core.FsmState.Phase;

/**
 * The finite state machine of RFC 4271 §8 for one peer: a pure function from state and event to state and outputs. Both directions of connecting are in
 * one state: a peer has at most one connection of each direction, and one that is established.
 *
 * <pre>
 * event              Idle        Connect/Active     OpenSent             OpenConfirm          Established
 * ----------------------------------------------------------------------------------------------------------------------
 * Start              Connect (passive: Active)      -  (ignored in all others, §8.2.2)
 * Stop               Idle        Idle               Cease, Idle          Cease, Idle          Cease, Down, Idle
 * ConnectRetry       -           connect anew       (a connection of ours beside one of the peer's)              -
 * IdleHold           as Start
 * Connected          -           OPEN, OpenSent     -                    -                    -
 * Accepted           refused     OPEN, OpenSent     second connection    second connection    kept aside where graceful restart
 * DelayOpen          -           OPEN, OpenSent     -                    -                    -
 * Closed             -           Active             Active               rest                 Down, rest
 * Opened             -           -                  check, collision,    FSM error 5/2        FSM error 5/3
 *                                                   KEEPALIVE, OpenConfirm
 * KEEPALIVE          -           -                  FSM error 5/1        Established          hold timer anew
 * UPDATE, REFRESH    -           -                  FSM error 5/1        FSM error 5/2        hold timer anew
 * NOTIFICATION       -           -                  rest                 rest                 Down, rest
 * Hold               -           -                  4/0, rest            4/0, rest            4/0, Down, rest
 * Keepalive          -           -                  -                    KEEPALIVE            KEEPALIVE
 * SendHold           -           -                  -                    -                    8/0, Down, rest
 * PathLost           -           -                  -                    -                    Cease/10, Down, rest
 * Malformed          -           -                  its code, rest       its code, rest       its code, Down, rest
 * </pre>
 *
 * "Rest" is Idle until IDLE_HOLD expires, twice as long each time (DampPeerOscillations, §8.1.1): 1 s to 60 s. A connection that ends while another one of
 * the peer is open is simply dropped.
 *
 * <p>With delay-open a connection that stands waits in Connect or Active for the peer's OPEN or the timer; until our OPEN is out, whatever goes wrong ends it
 * without a NOTIFICATION (SendNOTIFICATIONwithoutOPEN of §8.1.1 is off). A peer that answers an OPEN with 2/4 is tried once without optional parameters
 * (RFC 5492 §5); the attempt after that, or the next session, has them again.
 *
 * <p>DEVIATION: a failed attempt leads from Connect to Active, not to Idle (§8.2.2 has it so only with DelayOpen): an Idle that refuses the peer's own
 * attempts for the whole retry time would only make two routers miss each other.
 */
public final class Fsm {
    /** RFC 4271 §8.2.2 suggests 4 minutes for the time until the OPEN comes. */
    static final long LARGE_HOLD_MILLIS = 240_000;
    /** A first rest short enough for a peer that was merely restarted, the longest short enough for an operator who waits. */
    static final long FIRST_REST_MILLIS = 1_000;
    static final long LONGEST_REST_MILLIS = 60_000;
    /** A session that lasted so long was a good one. */
    static final long STABLE_MILLIS = 60_000;
    /** The longest that the second of two connections opened at the same time should need to appear. */
    static final long SETTLE_MILLIS = 5_000;
    /** RFC 9687 §6: at least 8 minutes, and twice the hold time. */
    static final long SEND_HOLD_MILLIS = 480_000;
    private static final int MAX_DOUBLINGS = 6;
    /** Of an OPEN error (RFC 4271 §6.2). */
    private static final int UNSUPPORTED_PARAMETER = 4;

    private final PeerPlan plan;
    private final double jitter;
    private final List<FsmOutput> outputs = new ArrayList<>();
    private FsmState state;

    /** What a step leads to. */
    public record Step(FsmState state, List<FsmOutput> outputs) {
        public Step {
            outputs = List.copyOf(outputs);
        }
    }

    private Fsm(FsmState state, PeerPlan plan, double jitter) {
        this.state = state;
        this.plan = plan;
        this.jitter = jitter;
    }

    /** @param jitter 0.75 to 1.0, drawn anew for each step (RFC 4271 §10) */
    public static Step step(FsmState state, FsmEvent event, PeerPlan plan, double jitter) {
        if (jitter < 0.75 || jitter > 1.0) {
            throw new IllegalArgumentException("jitter " + jitter + ": 0.75 to 1.0");
        }
        Fsm fsm = new Fsm(state, plan, jitter);
        fsm.handle(event);
        return new Step(fsm.state, fsm.outputs);
    }

    private void handle(FsmEvent event) {
        switch (event) {
            case FsmEvent.Start() -> start();
            case FsmEvent.Stop(Optional<Notification> notification, boolean graceful, Cause cause, String why) -> stop(notification, graceful, cause, why);
            case FsmEvent.Restart(Notification notification, Cause cause, String why) -> {
                if (state.started()) {
                    stop(Optional.of(notification), false, cause, why);
                    start();
                }
            }
            case FsmEvent.End(Notification notification, String why, Optional<Integer> retry) -> {
                if (state.up().open()) {
                    sendAndDrop(Slot.UP, notification, Cause.ROUTE_BUNDLE, why, retry);
                }
            }
            case FsmEvent.PathLost(String why) -> {
                if (state.up().open()) {
                    sendAndDrop(Slot.UP, new Notification(Notification.CEASE, NotificationCodec.BFD_DOWN), Cause.BFD_DOWN, why, Optional.empty());
                }
            }
            case FsmEvent.TimerExpired(TimerKind timer, Slot slot) -> expired(timer, slot);
            case FsmEvent.TryNow() -> {
                if (state.started() && !anyOpen() && (state.resting() || !plan.passive())) {
                    stopTimer(TimerKind.IDLE_HOLD, Slot.UP);
                    state = state.with(true, false, 0);
                    attempt();
                }
            }
            case FsmEvent.Connected() -> {
                if (state.outgoing().phase() == Phase.CONNECTING) {
                    open(Slot.OUTGOING);
                }
            }
            case FsmEvent.Accepted() -> accepted();
            case FsmEvent.Closed(Slot slot, Cause cause, String why) -> closed(slot, cause, why);
            case FsmEvent.Opened(Slot slot, OpenMessage open) -> opened(slot, open);
            case FsmEvent.Malformed(Slot slot, Notification answer, Cause cause, String why) -> {
                if (state.at(slot).open()) {
                    sendAndDrop(slot, answer, cause, why, Optional.empty());
                }
            }
            case FsmEvent.Notified(Slot slot, Notification notification) -> notified(slot, notification);
            case FsmEvent.Received(Slot slot, int type) -> received(slot, type);
        }
    }

    // ---- start, stop, attempts ----

    private void start() {
        if (state.started()) {
            return;
        }
        state = state.with(true, false, 0);
        attempt();
    }

    private void stop(Optional<Notification> notification, boolean graceful, Cause cause, String why) {
        if (!state.started()) {
            return;
        }
        State before = state.state();
        boolean wasUp = state.up().open();
        boolean wasOpen = anyOpen();
        Optional<Negotiated> agreed = state.up().agreed();
        boolean nBit = agreed.map(Negotiated::notificationKeepsRoutes).orElse(false);
        Optional<Notification> said = notification.map(n -> nBit ? NotificationCodec.wrapForGracefulPeer(n) : n);
        boolean keeps = graceful && agreed.flatMap(Negotiated::gracefulRestart).isPresent()
                && said.map(n -> nBit && !NotificationCodec.isHardReset(n)).orElse(true);
        for (Slot slot : Slot.values()) {
            Connection connection = state.at(slot);
            if (connection.spoken()) {
                (slot == Slot.UP ? said : notification).ifPresent(n -> outputs.add(new FsmOutput.SendNotification(slot, n)));
            }
            release(slot);
        }
        stopTimer(TimerKind.CONNECT_RETRY, Slot.UP);
        stopTimer(TimerKind.IDLE_HOLD, Slot.UP);
        stopTimer(TimerKind.STABLE, Slot.UP);
        stopTimer(TimerKind.SETTLE, Slot.UP);
        state = state.with(false, false, 0).settled(false).bare(false);
        if (wasUp) {
            outputs.add(new FsmOutput.Down(why, keeps));
        }
        if (wasOpen) {
            Optional<Notification> told = before.compareTo(State.OPEN_SENT) >= 0 ? said : Optional.empty();
            outputs.add(new FsmOutput.Ended(before, cause, why, told, told.isPresent()));
        }
    }

    /** Connect, or wait for the peer where passive; ConnectRetry runs in either case only where it has something to do. */
    private void attempt() {
        if (state.outgoing().phase() == Phase.CONNECTING) {
            release(Slot.OUTGOING);
        }
        if (plan.passive()) {
            return;
        }
        state = state.with(Slot.OUTGOING, Connection.in(Phase.CONNECTING));
        outputs.add(new FsmOutput.Connect());
        startTimer(TimerKind.CONNECT_RETRY, Slot.UP, connectRetryMillis());
    }

    private long connectRetryMillis() {
        return (long) (plan.connectRetrySeconds() * 1000L * jitter);
    }

    // ---- timers ----

    private void expired(TimerKind timer, Slot slot) {
        switch (timer) {
            case CONNECT_RETRY -> {
                boolean idle = !state.started() || state.resting() || state.up().open() || plan.passive();
                if (idle) {
                    return;
                }
                if (state.outgoing().phase() == Phase.CONNECTING) {
                    outputs.add(new FsmOutput.Ended(State.CONNECT, Cause.CONNECT_TIMEOUT, "no answer to the connection attempt", Optional.empty(), false));
                }
                if (!state.outgoing().open() && state.incoming().phase() != Phase.OPEN_CONFIRM) {
                    attempt();
                }
            }
            case IDLE_HOLD -> {
                if (state.started() && state.resting()) {
                    state = state.with(true, false, state.setbacks());
                    attempt();
                }
            }
            case STABLE -> {
                if (state.up().open()) {
                    state = state.with(state.started(), state.resting(), 0);
                }
            }
            case SETTLE -> state = state.settled(state.up().open());
            case DELAY_OPEN -> {
                if (state.at(slot).phase() == Phase.DELAYED) {
                    sendOpen(slot);
                }
            }
            case HOLD -> {
                if (state.at(slot).spoken()) {
                    String what = state.at(slot).agreed().map(agreed -> "nothing came for the hold time of " + agreed.holdTimeSeconds() + " s")
                            .orElse("no OPEN came for " + LARGE_HOLD_MILLIS / 1000 + " s");
                    sendAndDrop(slot, new Notification(Notification.HOLD_TIMER_EXPIRED, 0), Cause.HOLD_EXPIRED, what, Optional.empty());
                }
            }
            case KEEPALIVE -> {
                if (state.at(slot).phase().compareTo(Phase.OPEN_CONFIRM) >= 0) {
                    outputs.add(new FsmOutput.SendKeepalive(slot));
                    startKeepalive(slot);
                }
            }
            case SEND_HOLD -> {
                if (state.at(slot).phase() == Phase.ESTABLISHED) {
                    // RFC 9687 §4.3: the NOTIFICATION will hardly get through; it is tried, and the connection is dropped
                    sendAndDrop(slot, new Notification(Notification.SEND_HOLD_TIMER_EXPIRED, 0), Cause.SEND_HOLD_EXPIRED,
                            "the peer has read nothing for " + sendHoldMillis(state.at(slot).agreed().orElseThrow()) / 1000 + " s", Optional.empty());
                }
            }
        }
    }

    private void startKeepalive(Slot slot) {
        int seconds = state.at(slot).agreed().orElseThrow().keepaliveSeconds();
        if (seconds > 0) {
            startTimer(TimerKind.KEEPALIVE, slot, (long) (seconds * 1000L * jitter));
        }
    }

    private void startHold(Slot slot) {
        int seconds = state.at(slot).agreed().orElseThrow().holdTimeSeconds();
        if (seconds > 0) {
            startTimer(TimerKind.HOLD, slot, seconds * 1000L); // RFC 4271 §10: no jitter on the hold timer
        } else {
            stopTimer(TimerKind.HOLD, slot);
        }
    }

    private static long sendHoldMillis(Negotiated agreed) {
        return Math.max(SEND_HOLD_MILLIS, agreed.holdTimeSeconds() * 2000L);
    }

    // ---- connections ----

    private void open(Slot slot) {
        if (slot == Slot.OUTGOING) {
            stopTimer(TimerKind.CONNECT_RETRY, Slot.UP);
        }
        if (plan.delayOpenSeconds() > 0) {
            state = state.with(slot, Connection.in(Phase.DELAYED));
            startTimer(TimerKind.DELAY_OPEN, slot, plan.delayOpenSeconds() * 1000L);
        } else {
            sendOpen(slot);
        }
    }

    private void sendOpen(Slot slot) {
        if (state.at(slot).phase() == Phase.DELAYED) {
            stopTimer(TimerKind.DELAY_OPEN, slot);
        }
        state = state.with(slot, new Connection(Phase.OPEN_SENT, Optional.empty(), state.bare()));
        outputs.add(new FsmOutput.SendOpen(slot, state.bare()));
        startTimer(TimerKind.HOLD, slot, LARGE_HOLD_MILLIS);
    }

    private void accepted() {
        if (!state.started() || state.resting()) {
            // RFC 4271 §8.2.2, Idle: all incoming connections are refused
            outputs.add(new FsmOutput.Refuse(Optional.empty(), state.started() ? "the session rests after an error" : "the session is stopped"));
        } else if (state.incoming().phase() == Phase.OPEN_CONFIRM || state.outgoing().phase() == Phase.OPEN_CONFIRM || state.up().open() && !state.replaceable()) {
            outputs.add(new FsmOutput.Refuse(Optional.of(new Notification(Notification.CEASE, NotificationCodec.COLLISION)), "another connection of the peer stands"));
        } else {
            if (state.incoming().open()) {
                release(Slot.INCOMING); // the peer has given up the older one
            }
            outputs.add(new FsmOutput.Adopt());
            open(Slot.INCOMING);
        }
    }

    private void closed(Slot slot, Cause cause, String why) {
        Connection connection = state.at(slot);
        switch (connection.phase()) {
            case NONE -> { }
            case CONNECTING, DELAYED, OPEN_SENT -> {
                outputs.add(new FsmOutput.Ended(FsmState.state(connection.phase()), cause, why, Optional.empty(), false));
                forget(slot);
                if (!state.up().open() && !plan.passive()) {
                    startTimer(TimerKind.CONNECT_RETRY, Slot.UP, connectRetryMillis()); // §8.2.2 OpenSent, event 18: to Active
                }
            }
            case OPEN_CONFIRM, ESTABLISHED -> {
                Cause lost = cause == Cause.CLOSED_BY_PEER ? Cause.LOST : cause;
                outputs.add(new FsmOutput.Ended(FsmState.state(connection.phase()), lost, why, Optional.empty(), false));
                drop(slot, why, true, Optional.empty());
            }
        }
    }

    private void opened(Slot slot, OpenMessage open) {
        if (state.at(slot).phase() == Phase.DELAYED) {
            sendOpen(slot); // event 20
        }
        if (state.at(slot).phase() != Phase.OPEN_SENT) {
            received(slot, MessageHeader.OPEN);
            return;
        }
        switch (OpenCheck.check(open, plan, state.at(slot).bare())) {
            case OpenCheck.Verdict.Refused(Notification notification, Cause cause, String why) -> sendAndDrop(slot, notification, cause, why, Optional.empty());
            case OpenCheck.Verdict.Agreed(Negotiated negotiated) -> {
                if (survivesCollision(slot, open, negotiated)) {
                    state = state.with(slot, state.at(slot).agreed(Phase.OPEN_CONFIRM, negotiated));
                    outputs.add(new FsmOutput.Agreed(slot, negotiated));
                    outputs.add(new FsmOutput.SendKeepalive(slot));
                    startHold(slot);
                    startKeepalive(slot);
                }
            }
        }
    }

    /** RFC 4271 §6.8; beside an established session: RFC 4724 §5. */
    private boolean survivesCollision(Slot slot, OpenMessage open, Negotiated negotiated) {
        if (state.up().open()) {
            if (!state.replaceable()) {
                collide(slot, "an established session stands");
                return false;
            }
            outputs.add(new FsmOutput.Ended(State.ESTABLISHED, Cause.PEER_RESTARTED, "the peer restarted: it opened a new connection", Optional.empty(), false));
            release(Slot.UP);
            state = state.settled(false);
            outputs.add(new FsmOutput.Down("the peer restarted", true));
            return true;
        }
        Slot other = slot == Slot.OUTGOING ? Slot.INCOMING : Slot.OUTGOING;
        boolean keepOutgoing = OpenCheck.keepOurs(plan.routerId(), plan.localAs(), negotiated.remoteId(), new tombolo.api.net.Asn(open.as()));
        // §6.8 lets a connection in OpenSent be examined where the peer's identifier is known, and it is now. Done where the peer's connection stays: if ours
        // became established first, the peer, which still is in OpenConfirm, would close it while we close the other one
        boolean early = slot == Slot.OUTGOING && !keepOutgoing && state.incoming().phase() == Phase.OPEN_SENT;
        if (state.at(other).phase() != Phase.OPEN_CONFIRM && !early) {
            return true;
        }
        Slot loser = keepOutgoing ? Slot.INCOMING : Slot.OUTGOING;
        collide(loser, "router id " + plan.routerId() + " against " + negotiated.remoteId() + ": the connection opened by "
                + (keepOutgoing ? "us" : "the peer") + " stays");
        return loser != slot;
    }

    private void collide(Slot loser, String why) {
        Notification notification = new Notification(Notification.CEASE, NotificationCodec.COLLISION);
        State was = FsmState.state(state.at(loser).phase());
        boolean spoken = state.at(loser).spoken();
        if (spoken) {
            outputs.add(new FsmOutput.SendNotification(loser, notification));
        }
        release(loser);
        outputs.add(new FsmOutput.Ended(was, Cause.COLLISION, why, spoken ? Optional.of(notification) : Optional.empty(), spoken));
    }

    private void received(Slot slot, int type) {
        Phase phase = state.at(slot).phase();
        if (!state.at(slot).open()) {
            return;
        }
        if (phase == Phase.OPEN_CONFIRM && type == MessageHeader.KEEPALIVE) {
            established(slot);
        } else if (phase == Phase.ESTABLISHED && type != MessageHeader.OPEN) {
            startHold(slot);
        } else {
            int subcode = phase == Phase.OPEN_SENT ? 1 : phase == Phase.OPEN_CONFIRM ? 2 : 3; // RFC 6608 §3; data: the message type
            sendAndDrop(slot, new Notification(Notification.FSM_ERROR, subcode, new byte[] {(byte) type}), Cause.FSM_ERROR,
                    "the peer sent " + MessageHeader.name(type) + " in " + FsmState.state(phase), Optional.empty());
        }
    }

    private void established(Slot slot) {
        Connection connection = state.at(slot);
        Negotiated agreed = connection.agreed().orElseThrow();
        Slot other = slot == Slot.OUTGOING ? Slot.INCOMING : Slot.OUTGOING;
        if (state.at(other).open()) {
            collide(other, "the other connection of the peer is established");
        } else {
            release(other);
        }
        stopTimer(TimerKind.CONNECT_RETRY, Slot.UP);
        state = state.with(slot, Connection.NONE).with(Slot.UP, connection.agreed(Phase.ESTABLISHED, agreed)).bare(false);
        outputs.add(new FsmOutput.Established(slot, agreed));
        startHold(Slot.UP);
        if (agreed.holdTimeSeconds() > 0) {
            startTimer(TimerKind.SEND_HOLD, Slot.UP, sendHoldMillis(agreed)); // RFC 9687 §4.2: none where the hold time is 0
        }
        startTimer(TimerKind.STABLE, Slot.UP, STABLE_MILLIS);
        startTimer(TimerKind.SETTLE, Slot.UP, SETTLE_MILLIS);
    }

    private void notified(Slot slot, Notification notification) {
        Connection connection = state.at(slot);
        if (!connection.open()) {
            return;
        }
        String text = NotificationCodec.text(notification).map(t -> ": \"" + t + "\"").orElse("");
        Optional<Notification> inner = NotificationCodec.isHardReset(notification) ? NotificationCodec.inner(notification) : Optional.empty();
        String why = "the peer sent NOTIFICATION " + notification.describe() + inner.map(n -> " (" + n.describe() + ")").orElse("") + text;
        State was = FsmState.state(connection.phase());
        boolean refusesParameters = notification.code() == Notification.OPEN_ERROR && notification.subcode() == UNSUPPORTED_PARAMETER
                && (connection.phase() == Phase.OPEN_SENT || connection.phase() == Phase.OPEN_CONFIRM) && !connection.bare();
        boolean bareNext = refusesParameters && plan.families().contains(AddressFamily.IPV4);
        String then = !refusesParameters ? "" : bareNext ? "; trying once without capabilities (RFC 5492 §5)"
                : "; without capabilities only IPv4 could be carried, which is not among families";
        outputs.add(new FsmOutput.Ended(was, Cause.NOTIFICATION_RECEIVED, why + then, Optional.of(notification), false));
        boolean collision = notification.code() == Notification.CEASE && notification.subcode() == NotificationCodec.COLLISION;
        if (collision && connection.phase() != Phase.ESTABLISHED) {
            release(slot); // the peer keeps its other connection: no reason to rest
            if (!anyOpen() && !plan.passive()) {
                startTimer(TimerKind.CONNECT_RETRY, Slot.UP, connectRetryMillis());
            }
            return;
        }
        boolean keeps = connection.agreed().map(Negotiated::notificationKeepsRoutes).orElse(false) && !NotificationCodec.isHardReset(notification);
        drop(slot, why, keeps, Optional.empty());
        state = state.bare(bareNext || state.bare());
    }

    private void sendAndDrop(Slot slot, Notification notification, Cause cause, String why, Optional<Integer> retrySeconds) {
        Connection connection = state.at(slot);
        boolean nBit = connection.phase() == Phase.ESTABLISHED && connection.agreed().orElseThrow().notificationKeepsRoutes();
        Notification said = nBit ? NotificationCodec.wrapForGracefulPeer(notification) : notification;
        if (connection.spoken()) {
            outputs.add(new FsmOutput.SendNotification(slot, said));
        }
        outputs.add(new FsmOutput.Ended(FsmState.state(connection.phase()), cause, why, connection.spoken() ? Optional.of(said) : Optional.empty(), connection.spoken()));
        drop(slot, why, nBit && !NotificationCodec.isHardReset(said), retrySeconds);
    }

    /** Frees the slot; where no other connection of the peer is left, the peer rests. @param keeps the end lets routes be kept, if restart was negotiated */
    private void drop(Slot slot, String why, boolean keeps, Optional<Integer> retrySeconds) {
        Connection connection = state.at(slot);
        boolean graceful = keeps && connection.agreed().flatMap(Negotiated::gracefulRestart).isPresent();
        release(slot);
        if (connection.phase() == Phase.ESTABLISHED) {
            stopTimer(TimerKind.STABLE, Slot.UP);
            stopTimer(TimerKind.SETTLE, Slot.UP);
            state = state.settled(false);
            outputs.add(new FsmOutput.Down(why, graceful));
        }
        if (!anyOpen()) {
            rest(retrySeconds);
        }
    }

    private void rest(Optional<Integer> seconds) {
        release(Slot.OUTGOING);
        stopTimer(TimerKind.CONNECT_RETRY, Slot.UP);
        long byRule = Math.min(LONGEST_REST_MILLIS, FIRST_REST_MILLIS << Math.min(state.setbacks(), MAX_DOUBLINGS));
        long millis = seconds.map(s -> s * 1000L).orElse((long) (byRule * jitter));
        state = state.with(true, true, Math.min(state.setbacks() + 1, MAX_DOUBLINGS));
        startTimer(TimerKind.IDLE_HOLD, Slot.UP, millis);
    }

    private boolean anyOpen() {
        return state.outgoing().open() || state.incoming().open() || state.up().open();
    }

    /** Closes what the slot holds and stops its timers. */
    private void release(Slot slot) {
        if (state.at(slot).phase() != Phase.NONE) {
            outputs.add(new FsmOutput.Close(slot));
        }
        forget(slot);
    }

    private void forget(Slot slot) {
        if (state.at(slot).phase() == Phase.DELAYED) {
            stopTimer(TimerKind.DELAY_OPEN, slot);
        }
        if (state.at(slot).bare()) {
            state = state.bare(false); // it was tried once
        }
        if (state.at(slot).open()) {
            stopTimer(TimerKind.HOLD, slot);
            stopTimer(TimerKind.KEEPALIVE, slot);
            stopTimer(TimerKind.SEND_HOLD, slot);
        }
        state = state.with(slot, Connection.NONE);
    }

    private void startTimer(TimerKind timer, Slot slot, long millis) {
        outputs.add(new FsmOutput.StartTimer(timer, slot, millis));
    }

    private void stopTimer(TimerKind timer, Slot slot) {
        outputs.add(new FsmOutput.StopTimer(timer, slot));
    }
}
