package tombolo.bgp.session.core;

/** The timers of a peer (RFC 4271 §10, RFC 9687). The first four are the peer's, the others each connection's. */
public enum TimerKind {
    /** When the next attempt starts. */
    CONNECT_RETRY,
    /** How long the peer rests in Idle after an error (RFC 4271 §8.1.1, DampPeerOscillations). */
    IDLE_HOLD,
    /** After which an established session counts as good again, and Idle rests are short again. */
    STABLE,
    /** After which another connection of the peer means that it restarted, and no longer that both sides connected at once. */
    SETTLE,
    HOLD, KEEPALIVE, SEND_HOLD,
    /** How long our OPEN waits for the peer's (RFC 4271 §8.1.3, DelayOpenTimer). */
    DELAY_OPEN;

    public boolean perConnection() {
        return this == HOLD || this == KEEPALIVE || this == SEND_HOLD || this == DELAY_OPEN;
    }
}
