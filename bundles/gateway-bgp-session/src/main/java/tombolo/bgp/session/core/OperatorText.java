package tombolo.bgp.session.core;

import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import tombolo.api.bgp.Notification;

/** The one line that people read: {@code TMB-BGP-014 peer msee1 (10.0.0.2): OPEN says AS 65010, configured 65001. Set remote-as ... Retrying in 30 s.} */
public final class OperatorText {
    private OperatorText() { }

    /**
     * @param received    the NOTIFICATION that the peer sent, where it was that
     * @param retryMillis until the next attempt; empty: none is planned
     */
    public static String line(Cause cause, PeerPlan plan, String why, Optional<Notification> received, OptionalLong retryMillis) {
        StringBuilder line = new StringBuilder(cause.code()).append(" peer ").append(plan.name()).append(" (").append(plan.remoteAddress()).append("): ").append(why);
        String hint = received.map(notification -> meaning(notification, plan)).orElseGet(() -> hint(cause, plan));
        if (!hint.isEmpty()) {
            line.append(". ").append(hint);
        }
        if (retryMillis.isPresent()) {
            line.append(". Retrying in ").append((retryMillis.getAsLong() + 999) / 1000).append(" s");
        }
        return line.append('.').toString();
    }

    /** What the peer's NOTIFICATION says about the two configurations. */
    private static String meaning(Notification notification, PeerPlan plan) {
        return switch (notification.code() * 256 + notification.subcode()) {
            case 0x202 -> "The peer does not expect AS " + plan.localAs() + " of us: fix the AS of the neighbour at the peer, or as or local-as here";
            case 0x203 -> "The peer does not accept router id " + plan.routerId() + ": set another router-id in etc/tombolo.bgp.cfg";
            case 0x206 -> "The peer does not accept a hold time of " + plan.holdTimeSeconds() + " s: change hold-time";
            case 0x204 -> "The peer knows no capabilities, or not those that we offer: without them a session carries IPv4 only, with 2-octet AS numbers and no route refresh";
            case 0x207 -> "The peer wants or refuses a capability (data " + HexFormat.of().formatHex(notification.data()) + "): compare families here and there";
            case 0x601 -> "We advertise more prefixes than the peer allows: look at the export filter";
            case 0x602, 0x603 -> "The peer's operator or configuration says so: ask there";
            case 0x60a -> "BFD of the peer has lost us: look at the link, at what lies between, and at bfd:show " + plan.remoteAddress();
            case 0x605 -> "The peer has no neighbour with our address, or it is not ready";
            default -> "";
        };
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
            case BFD_DOWN -> "Look at the link, at what lies between, and at bfd:show " + plan.remoteAddress();
            case UNREACHABLE -> "Look at the route to " + plan.remoteAddress() + " (ip route get), the interface and its address";
            case LOCAL_FAILURE -> "Check local-address, interface and the password's file in etc/tombolo.bgp.peer-" + plan.name() + ".cfg";
            case WRONG_AS, ROUTER_ID, NO_COMMON_FAMILY, HOLD_TIME, NOTIFICATION_RECEIVED, COLLISION, ADMINISTRATIVE, CONFIGURATION, INTERFACE_DOWN, PEER_RESTARTED,
                 ROUTE_BUNDLE, STOPPED, LOST -> "";
        };
    }
}
