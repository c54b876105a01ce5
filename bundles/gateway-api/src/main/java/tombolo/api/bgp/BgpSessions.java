package tombolo.api.bgp;

import java.util.List;
import java.util.Optional;

/** All BGP sessions of the node: a service of gateway-bgp-session. Any thread may call. */
public interface BgpSessions {
    /**
     * Makes the consumer the one that reads all sessions; the one before it is detached. Every established session's inbox then begins with its
     * {@link SessionInput.Up} again ({@code resumed} true), followed by what the former consumer had not polled.
     */
    void attach(SessionConsumer consumer);

    /** Sessions stay up; inboxes fill and then pause reading. Does nothing where another consumer is attached. */
    void detach(SessionConsumer consumer);

    /** One for each configured peer, sorted by name. */
    List<BgpSession> sessions();

    Optional<BgpSession> session(String peer);

    /** What people see, sorted by name. */
    List<PeerStatus> status();

    Optional<PeerStatus> status(String peer);

    /**
     * Administrative shutdown: Cease/2 with the text (RFC 9003, at most 255 octets of UTF-8, longer is cut at a character), then Idle until {@link #enable}.
     *
     * @return false where there is no such peer
     */
    boolean shutdown(String peer, String text);

    /** Ends an administrative shutdown (also one from the configuration, until the configuration changes). */
    boolean enable(String peer);

    /** Administrative reset: Cease/4, then the session starts again at once. */
    boolean reset(String peer);

    /** Ends every session with Cease/2 and stays down: the last step of a drain. Answers when all are closed, within 10 s. */
    void shutdownAll(String text);

    /** Whether sessions that open now tell the peer that we have restarted and left our routes in the kernel (R bit of RFC 4724 §3). */
    default boolean restarting() {
        return false;
    }

    /** Connections refused because no peer is configured for the address, since start. */
    long strangersRefused();
}
