package tombolo.bgp.core.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tombolo.api.bgp.SessionUp;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;

/**
 * What a session's negotiation and configuration say about reading its UPDATEs. One for each session.
 *
 * @param peer             name and address for operator text: "msee1 (10.200.0.2)"
 * @param families         negotiated; what comes for another one is ignored and counted (RFC 4760 §7)
 * @param ibgp             the peer is internal
 * @param ownAddresses     a next hop that is one of these is refused (RFC 4271 §6.3)
 * @param maxMessageLength greatest length of a message from the peer: 4096 or 65535
 * @param enforceFirstAs   an external peer's path must begin with its AS (RFC 4271 §6.3); off for route servers (RFC 7947 §2.2.2.1)
 * @param rejectAsSets     AS_SETs are treated as withdraw (RFC 9774 §3)
 */
public record DecodeContext(String peer, Set<AddressFamily> families, boolean fourOctetAs, boolean ibgp, Asn localAs, Asn remoteAs,
                            List<IpAddress> ownAddresses, int maxMessageLength, boolean enforceFirstAs, boolean rejectAsSets) {
    private static final int LONGEST = 65_535;

    public DecodeContext {
        families = Set.copyOf(families);
        ownAddresses = List.copyOf(ownAddresses);
    }

    /**
     * For a session as negotiated; first AS enforced, AS_SETs accepted. Lengths have been checked when messages were framed: {@link SessionUp} knows what we
     * may send, but a peer may send extended messages because we offered to take them, whatever it takes itself (RFC 8654 §4).
     */
    public static DecodeContext of(SessionUp up) {
        List<IpAddress> own = new ArrayList<>(List.of(up.localAddress()));
        up.localGlobal().ifPresent(own::add);
        up.localLinkLocal().ifPresent(own::add);
        up.localIpv4().ifPresent(own::add);
        return new DecodeContext(up.peer() + " (" + up.remoteAddress() + ")", up.families(), up.fourOctetAs(), up.ibgp(), up.localAs(), up.remoteAs(), own,
                LONGEST, true, false);
    }

    public DecodeContext withEnforceFirstAs(boolean enforce) {
        return new DecodeContext(peer, families, fourOctetAs, ibgp, localAs, remoteAs, ownAddresses, maxMessageLength, enforce, rejectAsSets);
    }

    public DecodeContext withRejectAsSets(boolean reject) {
        return new DecodeContext(peer, families, fourOctetAs, ibgp, localAs, remoteAs, ownAddresses, maxMessageLength, enforceFirstAs, reject);
    }

    boolean isOwn(AddressFamily family, long hi, long lo) {
        for (int i = 0; i < ownAddresses.size(); i++) {
            IpAddress own = ownAddresses.get(i);
            if (own.lo() == lo && own.hi() == hi && own.family() == family) {
                return true;
            }
        }
        return false;
    }
}
