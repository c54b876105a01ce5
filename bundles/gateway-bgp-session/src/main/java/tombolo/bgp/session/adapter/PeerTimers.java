package tombolo.bgp.session.adapter;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tombolo.bgp.session.core.FsmEvent;
import tombolo.bgp.session.core.Slot;
import tombolo.bgp.session.core.TimerKind;

/** The timers of one peer: its own, and those that each of its connections has. Event loop only. */
final class PeerTimers {
    private final EventLoop loop;
    private final Outbox outbox;
    private final Map<Slot, PeerConnection> connections;
    private final Consumer<FsmEvent> machine;
    private final EnumMap<TimerKind, PeerTimer> own = new EnumMap<>(TimerKind.class);
    private long sendHoldMillis;

    /** @param connections the peer's, as they are at any time; @param machine gets the expiries */
    PeerTimers(EventLoop loop, Outbox outbox, Map<Slot, PeerConnection> connections, Consumer<FsmEvent> machine) {
        this.loop = loop;
        this.outbox = outbox;
        this.connections = connections;
        this.machine = machine;
        for (TimerKind kind : TimerKind.values()) {
            if (!kind.perConnection()) {
                own.put(kind, new PeerTimer(loop, () -> machine.accept(new FsmEvent.TimerExpired(kind, Slot.UP))));
            }
        }
    }

    /** A timer for a connection to keep: it expires for the slot in which that stands then. */
    PeerTimer of(PeerConnection connection, TimerKind kind) {
        return new PeerTimer(loop, () -> {
            Slot slot = connection.slot();
            if (slot == null) {
                return;
            }
            if (kind == TimerKind.SEND_HOLD && outbox.held() == 0 && nothingPending(connection)) {
                connection.sendHold.start(sendHoldMillis); // RFC 9687 §4: it is about octets that the peer does not take, and there are none
                return;
            }
            machine.accept(new FsmEvent.TimerExpired(kind, slot));
        });
    }

    void start(TimerKind kind, Slot slot, long millis) {
        if (kind == TimerKind.SEND_HOLD) {
            sendHoldMillis = millis;
        }
        PeerTimer chosen = find(kind, slot);
        if (chosen != null) {
            chosen.start(millis);
        }
    }

    void stop(TimerKind kind, Slot slot) {
        PeerTimer chosen = find(kind, slot);
        if (chosen != null) {
            chosen.stop();
        }
    }

    /** Milliseconds until the next attempt; -1: none is planned. */
    long retryMillis() {
        return Math.max(remaining(TimerKind.IDLE_HOLD), remaining(TimerKind.CONNECT_RETRY));
    }

    private long remaining(TimerKind kind) {
        PeerTimer timer = own.get(kind);
        return timer == null ? -1 : timer.remainingMillis();
    }

    private @Nullable PeerTimer find(TimerKind kind, Slot slot) {
        if (!kind.perConnection()) {
            return own.get(kind);
        }
        PeerConnection connection = connections.get(slot);
        if (connection == null) {
            return null;
        }
        return switch (kind) {
            case HOLD -> connection.hold;
            case KEEPALIVE -> connection.keepalive;
            case DELAY_OPEN -> connection.delayOpen;
            default -> connection.sendHold;
        };
    }

    private static boolean nothingPending(PeerConnection connection) {
        Channel channel = connection.channel();
        return channel == null || channel.unsafe().outboundBuffer() == null || channel.unsafe().outboundBuffer().isEmpty();
    }
}
