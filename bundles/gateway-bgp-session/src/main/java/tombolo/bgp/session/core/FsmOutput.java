package tombolo.bgp.session.core;

import java.util.Optional;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.PeerStatus.State;

/** What the machine wants done, in order. */
public sealed interface FsmOutput {
    /** Start a TCP connection into slot OUTGOING. */
    record Connect() implements FsmOutput { }

    /** The connection just accepted becomes slot INCOMING. */
    record Adopt() implements FsmOutput { }

    /** The connection just accepted is closed. @param notification sent before */
    record Refuse(Optional<Notification> notification, String why) implements FsmOutput { }

    /** @param bare without optional parameters (RFC 5492 §5) */
    record SendOpen(Slot slot, boolean bare) implements FsmOutput { }

    record SendKeepalive(Slot slot) implements FsmOutput { }

    record SendNotification(Slot slot, Notification notification) implements FsmOutput { }

    /** Close once what was sent is out; the slot is free, later events of that connection do not count. */
    record Close(Slot slot) implements FsmOutput { }

    /** (Re)start a timer. @param millis from now */
    record StartTimer(TimerKind timer, Slot slot, long millis) implements FsmOutput { }

    record StopTimer(TimerKind timer, Slot slot) implements FsmOutput { }

    /** The OPENs agree: from here on messages of that length may come. */
    record Agreed(Slot slot, Negotiated negotiated) implements FsmOutput { }

    /** The connection moves to slot UP with its timers (KEEPALIVE, HOLD): the session is established. */
    record Established(Slot from, Negotiated negotiated) implements FsmOutput { }

    /** The established session is over. */
    record Down(String why, boolean graceful) implements FsmOutput { }

    /** For people: a connection or an attempt ended. @param state in which it was */
    record Ended(State state, Cause cause, String why, Optional<Notification> notification, boolean sent) implements FsmOutput { }
}
