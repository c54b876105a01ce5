package tombolo.bgp.session.core;

/** Why a connection or an attempt ended: each has its own message code. */
public enum Cause {
    CONNECT_FAILED(10), CONNECT_TIMEOUT(11), WRONG_KEY(12), CLOSED_BY_PEER(13), WRONG_AS(14), ROUTER_ID(15), NO_COMMON_FAMILY(16), HOLD_TIME(17),
    BAD_OPEN(18), BAD_HEADER(19), FSM_ERROR(20), HOLD_EXPIRED(21), SEND_HOLD_EXPIRED(22), NOTIFICATION_RECEIVED(23), COLLISION(24),
    ADMINISTRATIVE(25), CONFIGURATION(26), INTERFACE_DOWN(27), PEER_RESTARTED(28), ROUTE_BUNDLE(29), STOPPED(30), LOCAL_FAILURE(31), UNREACHABLE(32), LOST(33),
    BFD_DOWN(36);

    private final int number;

    Cause(int number) {
        this.number = number;
    }

    /** The stable code at the start of the message, "TMB-BGP-014". */
    public String code() {
        return "TMB-BGP-0" + number;
    }
}
