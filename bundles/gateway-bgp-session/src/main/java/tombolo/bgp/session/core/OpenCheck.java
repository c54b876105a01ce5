package tombolo.bgp.session.core;

import java.io.ByteArrayOutputStream;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tombolo.api.bgp.Notification;
import tombolo.api.bgp.SessionUp.GracefulRestart;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.RouterId;

/** Compares a peer's OPEN with what is configured (RFC 4271 §6.2): either an agreement, or the NOTIFICATION with its exact data. */
public final class OpenCheck {
    private OpenCheck() { }

    /** What came of it. */
    public sealed interface Verdict {
        record Agreed(Negotiated negotiated) implements Verdict { }

        /** @param why operator text: seen, wanted, what to do */
        record Refused(Notification notification, Cause cause, String why) implements Verdict { }
    }

    /** @param bare our own OPEN had no optional parameters: whatever the peer offers, nothing that needs a capability of ours is agreed (RFC 5492 §5) */
    public static Verdict check(OpenMessage open, PeerPlan plan, boolean bare) {
        String file = "etc/tombolo.bgp.peer-" + plan.name() + ".cfg";
        long as = open.as();
        // RFC 7607 §2: AS 0 is refused in either field
        if (as == 0 || open.shortAs() == 0 || as != plan.remoteAs().value()) {
            return new Verdict.Refused(new Notification(Notification.OPEN_ERROR, 2), Cause.WRONG_AS,
                    "OPEN says AS " + as + ", configured " + plan.remoteAs() + ". Set remote-as in " + file + " or fix the peer");
        }
        // RFC 6286 §2.2: zero is never valid; equal to ours only matters inside one AS
        if (open.routerId() == 0) {
            return new Verdict.Refused(new Notification(Notification.OPEN_ERROR, 3), Cause.ROUTER_ID,
                    "OPEN says router id 0.0.0.0, wanted any other. Set a router id at the peer");
        }
        RouterId remoteId = new RouterId(open.routerId());
        if (plan.ibgp() && remoteId.equals(plan.routerId())) {
            return new Verdict.Refused(new Notification(Notification.OPEN_ERROR, 3), Cause.ROUTER_ID,
                    "OPEN says router id " + remoteId + ", which is ours. Give each router of AS " + plan.localAs()
                            + " its own: router-id in etc/tombolo.bgp.cfg, or at the peer");
        }
        if (open.holdTime() == 1 || open.holdTime() == 2) {
            return new Verdict.Refused(new Notification(Notification.OPEN_ERROR, 6), Cause.HOLD_TIME,
                    "OPEN proposes a hold time of " + open.holdTime() + " s, wanted 0 or at least 3 s (RFC 4271). Raise it at the peer");
        }
        Set<AddressFamily> families = new TreeSet<>(open.families());
        families.retainAll(bare ? Set.of(AddressFamily.IPV4) : plan.families());
        if (families.isEmpty()) {
            return new Verdict.Refused(new Notification(Notification.OPEN_ERROR, 7, wanted(plan)), Cause.NO_COMMON_FAMILY,
                    "no common address family: OPEN offers " + text(open.families()) + ", configured " + text(plan.families())
                            + ". Set families in " + file + " or activate the family at the peer");
        }
        return new Verdict.Agreed(agree(open, plan, remoteId, families, bare));
    }

    private static Negotiated agree(OpenMessage open, PeerPlan plan, RouterId remoteId, Set<AddressFamily> families, boolean bare) {
        int hold = Math.min(plan.holdTimeSeconds(), open.holdTime());
        // RFC 4271 §4.4: at most a third of the hold time
        int keepalive = hold == 0 ? 0 : Math.max(1, Math.min(plan.keepaliveSeconds().orElse(hold / 3), hold / 3));
        if (bare) {
            return new Negotiated(remoteId, families, false, false, false, MessageHeader.MAX_LENGTH, MessageHeader.MAX_LENGTH, Optional.empty(), hold, keepalive);
        }
        boolean extended = plan.extendedMessages() && open.has(Capability.ExtendedMessage.class);
        return new Negotiated(remoteId, families, open.has(Capability.FourOctetAs.class), open.has(Capability.RouteRefresh.class),
                open.has(Capability.EnhancedRouteRefresh.class), extended ? MessageHeader.MAX_EXTENDED_LENGTH : MessageHeader.MAX_LENGTH,
                // RFC 8654 §4: who has offered it must be able to receive
                plan.extendedMessages() ? MessageHeader.MAX_EXTENDED_LENGTH : MessageHeader.MAX_LENGTH,
                plan.gracefulRestart() ? open.find(Capability.GracefulRestart.class).map(OpenCheck::graceful) : Optional.empty(), hold, keepalive);
    }

    private static GracefulRestart graceful(Capability.GracefulRestart capability) {
        Set<AddressFamily> families = EnumSet.noneOf(AddressFamily.class);
        Set<AddressFamily> forwarding = EnumSet.noneOf(AddressFamily.class);
        for (Capability.GracefulRestart.Family each : capability.families()) {
            OpenMessage.family(each.afi(), each.safi()).ifPresent(family -> {
                families.add(family);
                if (each.forwarding()) {
                    forwarding.add(family);
                }
            });
        }
        return new GracefulRestart(capability.restarting(), capability.notification(), capability.restartSeconds(), families, forwarding);
    }

    /** RFC 5492 §5: the data lists the capabilities that we miss. */
    private static byte[] wanted(PeerPlan plan) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (AddressFamily family : plan.families()) {
            byte[] value = new Capability.Multiprotocol(family.afi(), Capability.UNICAST).value();
            data.write(Capability.MULTIPROTOCOL);
            data.write(value.length);
            data.writeBytes(value);
        }
        return data.toByteArray();
    }

    private static String text(Iterable<AddressFamily> families) {
        StringBuilder text = new StringBuilder();
        for (AddressFamily family : families) {
            text.append(text.isEmpty() ? "" : " and ").append(family == AddressFamily.IPV4 ? "ipv4" : "ipv6");
        }
        return text.isEmpty() ? "none that is known here" : text.toString();
    }

    /**
     * Which of two colliding connections stays (RFC 4271 §6.8; RFC 6286 §2.3 for equal identifiers): true for the one that we opened.
     */
    static boolean keepOurs(RouterId ours, Asn ourAs, RouterId theirs, Asn theirAs) {
        int order = ours.compareTo(theirs);
        return order != 0 ? order > 0 : ourAs.compareTo(theirAs) > 0;
    }
}
