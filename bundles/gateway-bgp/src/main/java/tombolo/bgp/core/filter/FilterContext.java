package tombolo.bgp.core.filter;

import java.util.Optional;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;

/**
 * What a filter's changes need to know of the session or update group it works for.
 *
 * @param localAs      the AS we show: {@code set.prepend = 3}
 * @param own4         our address there: {@code set.next-hop = self} for IPv4 routes
 * @param own6         the same for IPv6
 * @param ownLinkLocal beside {@code own6} where the peer is on the same link (RFC 2545 §3)
 */
public record FilterContext(Asn localAs, Optional<IpAddress> own4, Optional<IpAddress> own6, Optional<IpAddress> ownLinkLocal) { }
