package tombolo.bgp.session.core;

import java.util.Optional;
import tombolo.api.bgp.PeerStatus.State;

/**
 * The state of one peer.
 *
 * @param started   wanted up (between ManualStart or AutomaticStart and a stop)
 * @param resting   in Idle until IDLE_HOLD expires
 * @param settled   the established session is old enough that a new connection of the peer means its restart (RFC 4724 §5)
 * @param setbacks  rests in a row, each longer than the one before (the ConnectRetryCounter of RFC 4271 §8.1.1)
 */
public record FsmState(boolean started, boolean resting, boolean settled, int setbacks, Connection outgoing, Connection incoming, Connection up) {
    public static final FsmState INITIAL = new FsmState(false, false, false, 0, Connection.NONE, Connection.NONE, Connection.NONE);

    /** How far one connection has come. */
    public enum Phase { NONE, CONNECTING, OPEN_SENT, OPEN_CONFIRM, ESTABLISHED }

    /** @param agreed present from OPEN_CONFIRM on */
    public record Connection(Phase phase, Optional<Negotiated> agreed) {
        public static final Connection NONE = new Connection(Phase.NONE, Optional.empty());

        static Connection in(Phase phase) {
            return new Connection(phase, Optional.empty());
        }

        public boolean open() {
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
            case OUTGOING -> new FsmState(started, resting, settled, setbacks, connection, incoming, up);
            case INCOMING -> new FsmState(started, resting, settled, setbacks, outgoing, connection, up);
            case UP -> new FsmState(started, resting, settled, setbacks, outgoing, incoming, connection);
        };
    }

    FsmState with(boolean nowStarted, boolean nowResting, int nowSetbacks) {
        return new FsmState(nowStarted, nowResting, settled, nowSetbacks, outgoing, incoming, up);
    }

    FsmState settled(boolean now) {
        return new FsmState(started, resting, now, setbacks, outgoing, incoming, up);
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
        return state(furthest);
    }

    static State state(Phase phase) {
        return switch (phase) {
            case NONE -> State.ACTIVE;
            case CONNECTING -> State.CONNECT;
            case OPEN_SENT -> State.OPEN_SENT;
            case OPEN_CONFIRM -> State.OPEN_CONFIRM;
            case ESTABLISHED -> State.ESTABLISHED;
        };
    }
}
