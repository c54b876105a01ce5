package tombolo.bgp.core.wire;

import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;

/**
 * What decides the form in which a route goes to an update group. Two peers with equal contexts can share a group.
 *
 * @param ibgp            the peers are internal
 * @param localAs         the AS that we show them
 * @param remoteAs        theirs
 * @param own4            our address as IPv4 next hop; empty: IPv4 routes that need it cannot be sent
 * @param own6            our global address as IPv6 next hop (or a link-local one where there is no global)
 * @param ownLinkLocal    beside {@code own6} where the peer is on the same link (RFC 2545 §3)
 * @param nextHopSelf     our address as next hop on iBGP too
 * @param removePrivateAs leave private AS numbers out
 * @param localPreference LOCAL_PREF to iBGP peers of routes without
 */
public record ExportContext(boolean ibgp, Asn localAs, Asn remoteAs, Optional<IpAddress> own4, Optional<IpAddress> own6, Optional<IpAddress> ownLinkLocal,
                            boolean nextHopSelf, boolean removePrivateAs, long localPreference) {
    Optional<IpAddress> own(AddressFamily family) {
        return family == AddressFamily.IPV4 ? own4 : own6;
    }
}
