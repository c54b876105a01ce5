package tombolo.bgp.core.wire;

import java.util.Optional;
import tombolo.api.config.PeerSettings.NextHopMode;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;

/**
 * What decides the form in which a route goes to an update group. Two peers with equal contexts can share a group.
 *
 * @param ibgp            the peers are internal
 * @param localAs         the AS that we show them
 * @param behind          our own AS, which stands behind {@code localAs} in the path where that is another one (RFC 7705 §3.1); empty: {@code localAs} alone
 * @param remoteAs        theirs
 * @param own4            our address as IPv4 next hop; empty: IPv4 routes that need it cannot be sent
 * @param own6            our global address as IPv6 next hop (or a link-local one where there is no global)
 * @param ownLinkLocal    beside {@code own6} where the peer is on the same link (RFC 2545 §3)
 * @param nextHop         whose address is the next hop
 * @param removePrivateAs leave private AS numbers out
 * @param localPreference LOCAL_PREF to iBGP peers of routes without
 * @param clusterId       what reflected routes get before their CLUSTER_LIST (RFC 4456 §8); 0 where none are reflected
 */
public record ExportContext(boolean ibgp, Asn localAs, Optional<Asn> behind, Asn remoteAs, Optional<IpAddress> own4, Optional<IpAddress> own6,
                            Optional<IpAddress> ownLinkLocal, NextHopMode nextHop, boolean removePrivateAs, long localPreference, int clusterId) {
    Optional<IpAddress> own(AddressFamily family) {
        return family == AddressFamily.IPV4 ? own4 : own6;
    }
}
