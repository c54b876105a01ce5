package tombolo.bgp.session.core;

import java.util.Optional;
import tombolo.api.bgp.Notification;

/** What happens to a peer; the numbers are those of RFC 4271 §8.1. */
public sealed interface FsmEvent {
    /** Events 1 and 3 to 7: ManualStart, AutomaticStart. */
    record Start() implements FsmEvent { }

    /**
     * Events 2 and 8: ManualStop, AutomaticStop.
     *
     * @param notification to send; empty: the connection is closed without a word
     * @param graceful     the routes may be kept by both sides
     */
    record Stop(Optional<Notification> notification, boolean graceful, Cause cause, String why) implements FsmEvent { }

    /** Ends connections, then starts again at once (an administrative reset). */
    record Restart(Notification notification, Cause cause, String why) implements FsmEvent { }

    /** The route bundle ends the established session. @param retrySeconds length of the rest in Idle; empty: by the rules here */
    record End(Notification notification, String why, Optional<Integer> retrySeconds) implements FsmEvent { }

    /** BFD says that the path to the peer has failed (RFC 5882 §3.2): the established session ends with Cease/10 (RFC 9384). */
    record PathLost(String why) implements FsmEvent { }

    /** Events 9 (ConnectRetry) and 13 (IdleHold), and STABLE; the slot is of no meaning for these. Events 10, 11, 12 (DelayOpen) and RFC 9687's for a connection. */
    record TimerExpired(TimerKind timer, Slot slot) implements FsmEvent { }

    /** Something changed that makes an attempt promising: the interface came back. */
    record TryNow() implements FsmEvent { }

    /** Event 16: our connection request was acknowledged. */
    record Connected() implements FsmEvent { }

    /** Event 17: a connection of the peer's was accepted by the listener. */
    record Accepted() implements FsmEvent { }

    /** Event 18: the attempt failed, or the connection was closed or lost. */
    record Closed(Slot slot, Cause cause, String why) implements FsmEvent { }

    /** Event 19. */
    record Opened(Slot slot, OpenMessage open) implements FsmEvent { }

    /** Events 21, 22 and 28: a message that cannot be read. */
    record Malformed(Slot slot, Notification answer, Cause cause, String why) implements FsmEvent { }

    /** Events 24 and 25. */
    record Notified(Slot slot, Notification notification) implements FsmEvent { }

    /** Events 26 and 27, also ROUTE-REFRESH; a run of messages may be one event. @param type of the message */
    record Received(Slot slot, int type) implements FsmEvent { }
}
