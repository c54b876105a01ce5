package tombolo.api.bgp;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;

/**
 * A peer's session as people see it. Times are milliseconds since the epoch.
 *
 * @param sinceMillis   when the present state (up: Established, else: the last time it was, or the start) began
 * @param session       what was negotiated, where established
 * @param adminDown     the text of an administrative shutdown, where there is one
 * @param detail        one line on what the session waits for or why it is not up: operator text
 * @param retryInMillis when the next connection attempt starts, where one is pending
 * @param messagesIn    by message name: OPEN, UPDATE, NOTIFICATION, KEEPALIVE, ROUTE-REFRESH
 * @param inboxBytes    not yet read by the route bundle; @param outboxBytes not yet written to the socket
 * @param flaps         how often an established session ended
 * @param refused       connections that the peer opened and we refused, since start: to another address than local-address, without a readable MD5 key, while
 *                      the session rested or was stopped, or beside one that stood
 * @param resets        the last 10 ends of a connection with their causes, newest first
 * @param md5           whether a TCP MD5 key is set
 */
public record PeerStatus(String name, String description, IpAddress remoteAddress, Asn remoteAs, Asn localAs, State state, long sinceMillis,
                         Optional<SessionUp> session, Optional<String> adminDown, String detail, Optional<Long> retryInMillis,
                         Map<String, Long> messagesIn, Map<String, Long> messagesOut, long bytesIn, long bytesOut, long inboxBytes, long outboxBytes,
                         long flaps, long refused, List<Reset> resets, boolean md5, List<String> capabilitiesSent, List<String> capabilitiesReceived) {
    /** The states of RFC 4271 §8.2.2. */
    public enum State { IDLE, CONNECT, ACTIVE, OPEN_SENT, OPEN_CONFIRM, ESTABLISHED }

    public PeerStatus {
        messagesIn = Map.copyOf(messagesIn);
        messagesOut = Map.copyOf(messagesOut);
        resets = List.copyOf(resets);
        capabilitiesSent = List.copyOf(capabilitiesSent);
        capabilitiesReceived = List.copyOf(capabilitiesReceived);
    }

    /**
     * One end of a connection.
     *
     * @param cause        operator text
     * @param notification sent or received, where there was one
     * @param sent         true where we sent it
     * @param state        the state in which it happened
     */
    public record Reset(long atMillis, State state, String cause, Optional<Notification> notification, boolean sent) { }
}
