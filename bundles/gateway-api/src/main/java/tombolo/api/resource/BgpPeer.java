package tombolo.api.resource;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.selector.Selector;

/**
 * {@code BGPPeer}: peerings of one node, of selected nodes, or of all (neither {@code node} nor {@code nodeSelector}), with an address, with selected nodes, or
 * with selected local workloads. A valid one has at most one of peerIP, peerSelector and localWorkloadSelector.
 *
 * @param asNumber                 of the peer; empty: with a peerSelector, the peer's own, else that of this node
 * @param keepOriginalNextHop      deprecated spelling of {@link NextHopMode#KEEP} on eBGP
 * @param maxRestartTime           graceful restart time that is offered; empty: 120 s
 * @param numAllowedLocalAsNumbers how often our own AS may be in a path that is accepted; empty: never
 * @param ttlSecurity              hops to the peer, 1–255 (RFC 5082)
 * @param reachableBy              the gateway towards the peer's address
 * @param filters                  names of BGPFilter resources, in their order
 */
public record BgpPeer(Optional<String> node, Optional<Selector> nodeSelector, Optional<PeerAddress> peerIp, Optional<Asn> asNumber, Optional<Asn> localAsNumber,
                      Optional<Selector> peerSelector, boolean keepOriginalNextHop, Optional<NextHopMode> nextHopMode, Optional<SecretKeyRef> password, SourceAddress sourceAddress,
                      Optional<Duration> maxRestartTime, Optional<Duration> keepaliveTime, OptionalInt numAllowedLocalAsNumbers, OptionalInt ttlSecurity,
                      Optional<IpAddress> reachableBy, List<String> filters, Optional<Selector> localWorkloadSelector, Optional<ReversePeering> reversePeering)
        implements ResourceSpec {
    public BgpPeer {
        filters = List.copyOf(filters);
    }

    public enum NextHopMode { AUTO, SELF, KEEP }

    public enum SourceAddress { USE_NODE_IP, NONE }

    /** Whether the selected peers get the other half of the peering by themselves. */
    public enum ReversePeering { AUTO, MANUAL }
}
