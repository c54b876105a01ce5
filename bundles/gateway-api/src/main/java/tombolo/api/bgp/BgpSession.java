package tombolo.api.bgp;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One peer's session as the route bundle sees it. The object lives as long as the peer is configured, over many connections. */
public interface BgpSession {
    /** What became of an offer. */
    enum Offer {
        /** Taken: from now on the bytes count as advertised (they go out in order, or the session ends). */
        ACCEPTED,
        /** The outbox holds its limit: {@link SessionConsumer#ready} is called when it has drained to half. Nothing was taken. */
        FULL,
        /** The session of that number is over; its Down is in the inbox. Nothing was taken. */
        GONE
    }

    /** The peer's configured name. */
    String peer();

    /** The next input in order, or null where the inbox is empty. One thread: the consumer's. */
    @Nullable SessionInput poll();

    /**
     * Hands over whole BGP messages (with their headers), back to back. The array must not change afterwards; the same array may be offered to many sessions.
     *
     * @param sessionNumber of the {@link SessionInput.Up} that the messages are meant for
     */
    Offer offer(long sessionNumber, byte[] messages, int offset, int length);

    /**
     * Ends the session: sends the NOTIFICATION and closes. For errors in UPDATE and ROUTE-REFRESH messages (RFC 4271 §6.3, RFC 7606), a prefix limit, and others.
     *
     * @param why             operator text kept among the last resets
     * @param retryAfterSeconds when to start again; empty: by the FSM's own rules; 0: stay down until enabled
     */
    void end(long sessionNumber, Notification notification, String why, Optional<Integer> retryAfterSeconds);
}
