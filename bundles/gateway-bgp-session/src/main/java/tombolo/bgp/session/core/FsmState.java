package tombolo.bgp.session.core;

import java.util.Optional;
import tombolo.api.bgp.PeerStatus.State;

/**
 * The state of one peer.
 *
 * @param started   wanted up (between ManualStart or AutomaticStart and a stop)
 * @param resting   in Idle until IDLE_HOLD expires
 * @param settled   the established session is old enough that a new connection of the peer means its restart (RFC 4724 §5)
 * @param bare      the next OPEN goes without optional parameters: the peer has refused them (RFC 5492 §5)
 * @param setbacks  rests in a row, each longer than the one before (the ConnectRetryCounter of RFC 4271 §8.1.1)
 */
public record FsmState(boolean started, boolean resting, boolean settled, boolean bare, int setbacks, Connection outgoing, Connection incoming, Connection up) {
    public static final FsmState INITIAL = new FsmState(false, false, false, false, 0, Connection.NONE, Connection.NONE, Connection.NONE);

    /** How far one connection has come; DELAYED: it stands, and our OPEN waits for DELAY_OPEN or the peer's OPEN (RFC 4271 §8.2.1.3). */
    public enum Phase { NONE, CONNECTING, DELAYED, OPEN_SENT, OPEN_CONFIRM, ESTABLISHED }

    /** @param agreed present from OPEN_CONFIRM on; @param bare our OPEN had no optional parameters */
    public record Connection(Phase phase, Optional<Negotiated> agreed, boolean bare) {
        public static final Connection NONE = in(Phase.NONE);

        static Connection in(Phase phase) {
            return new Connection(phase, Optional.empty(), false);
        }

        Connection agreed(Phase now, Negotiated negotiated) {
            return new Connection(now, Optional.of(negotiated), bare);
        }

        /** A TCP connection stands. */
        public boolean open() {
            return phase.compareTo(Phase.DELAYED) >= 0;
        }

        /** Our OPEN is out, so that a NOTIFICATION makes sense to the peer. */
        boolean spoken() {
            return phase.compareTo(Phase.OPEN_SENT) >= 0;
        }
    }

    public Connection at(Slot slot) {
        return switch (slot) {
            case OUTGOING -> outgoing;
            case INCOMING -> incoming;
            case UP -> up;
        };
    }

    FsmState with(Slot slot, Connection connection) {
        return switch (slot) {
            case OUTGOING -> new FsmState(started, resting, settled, bare, setbacks, connection, incoming, up);
            case INCOMING -> new FsmState(started, resting, settled, bare, setbacks, outgoing, connection, up);
            case UP -> new FsmState(started, resting, settled, bare, setbacks, outgoing, incoming, connection);
        };
    }

    FsmState with(boolean nowStarted, boolean nowResting, int nowSetbacks) {
        return new FsmState(nowStarted, nowResting, settled, bare, nowSetbacks, outgoing, incoming, up);
    }

    FsmState settled(boolean now) {
        return new FsmState(started, resting, now, bare, setbacks, outgoing, incoming, up);
    }

    FsmState bare(boolean now) {
        return new FsmState(started, resting, settled, now, setbacks, outgoing, incoming, up);
    }

    /** Whether a new connection of the peer may replace the established one. */
    boolean replaceable() {
        return settled && up.agreed().flatMap(Negotiated::gracefulRestart).isPresent();
    }

    /** The state in the words of RFC 4271 §8.2.2: that of the connection that has come furthest. */
    public State state() {
        if (!started || resting) {
            return State.IDLE;
        }
        Phase furthest = Phase.NONE;
        for (Slot slot : Slot.values()) {
            Phase phase = at(slot).phase();
            furthest = phase.compareTo(furthest) > 0 ? phase : furthest;
        }
        return furthest == Phase.DELAYED && outgoing.phase() != Phase.DELAYED ? State.ACTIVE : state(furthest); // §8.2.2: the state before the connection stays
    }

    static State state(Phase phase) {
        return switch (phase) {
            case NONE -> State.ACTIVE;
            case CONNECTING, DELAYED -> State.CONNECT;
            case OPEN_SENT -> State.OPEN_SENT;
            case OPEN_CONFIRM -> State.OPEN_CONFIRM;
            case ESTABLISHED -> State.ESTABLISHED;
        };
    }
}
