package tombolo.bgp.session.core;

import java.util.OptionalLong;

/** The one line that people read: {@code TMB-BGP-014 peer msee1 (10.0.0.2): OPEN says AS 65010, configured 65001. Set remote-as ... Retrying in 30 s.} */
public final class OperatorText {
    private OperatorText() { }

    /** @param retryMillis until the next attempt; empty: none is planned */
    public static String line(Cause cause, PeerPlan plan, String why, OptionalLong retryMillis) {
        StringBuilder line = new StringBuilder(cause.code()).append(" peer ").append(plan.name()).append(" (").append(plan.remoteAddress()).append("): ").append(why);
        String hint = hint(cause, plan);
        if (!hint.isEmpty()) {
            line.append(". ").append(hint);
        }
        if (retryMillis.isPresent()) {
            line.append(". Retrying in ").append((retryMillis.getAsLong() + 999) / 1000).append(" s");
        }
        return line.append('.').toString();
    }

    private static String hint(Cause cause, PeerPlan plan) {
        String address = plan.remoteAddress() + " port " + plan.remotePort();
        return switch (cause) {
            case CONNECT_FAILED -> "Check that a BGP speaker listens on " + address + " and that nothing on the way refuses it";
            case CONNECT_TIMEOUT -> "Check the way to " + address + (plan.password().isPresent() ? ", its firewall, and that both sides have the same MD5 key" : " and its firewall");
            case CLOSED_BY_PEER -> "The peer's log says why; often the peer has no neighbour with our address or AS " + plan.localAs();
            case WRONG_KEY -> "Compare password-file or password-env in etc/tombolo.bgp.peer-" + plan.name() + ".cfg with the key at the peer";
            case HOLD_EXPIRED -> "Check the link and the peer's load; BGP packets of both directions must pass";
            case SEND_HOLD_EXPIRED -> "The peer is alive but does not read: look for overload at the peer";
            case BAD_OPEN, BAD_HEADER, FSM_ERROR -> "The peer's software violates BGP: keep this line for its vendor";
            case WRONG_AS, ROUTER_ID, NO_COMMON_FAMILY, HOLD_TIME, NOTIFICATION_RECEIVED, COLLISION, ADMINISTRATIVE, CONFIGURATION, INTERFACE_DOWN, PEER_RESTARTED,
                 ROUTE_BUNDLE, STOPPED, LOCAL_FAILURE -> "";
        };
    }
}
