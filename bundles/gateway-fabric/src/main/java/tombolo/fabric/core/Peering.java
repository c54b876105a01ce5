package tombolo.fabric.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.config.Contribution.Level;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;
import tombolo.api.resource.BgpPeer;
import tombolo.api.resource.BgpPeer.NextHopMode;
import tombolo.api.resource.BgpPeer.SourceAddress;
import tombolo.api.resource.SecretKeyRef;

/**
 * One neighbour of this node, as the resources want it.
 *
 * @param kind      {@code Mesh}, {@code Global} or {@code Node}, as Calico names its sessions
 * @param origin    the resource that wants it, for people
 * @param member    whether the address is a node's of the cluster: then one side waits for the other
 * @param clusterId of the peer, where it is a route reflector
 * @param terms     what is agreed on beside that
 */
record Peering(String kind, Level level, String origin, IpAddress address, OptionalInt port, Asn as, boolean member, Optional<RouterId> clusterId, Terms terms) {

    /** What a BGPPeer says of each of the sessions it stands for. */
    record Terms(Optional<Asn> localAs, boolean keepOriginalNextHop, Optional<NextHopMode> nextHopMode, Optional<SecretKeyRef> password, SourceAddress sourceAddress,
                 Optional<Duration> maxRestartTime, Optional<Duration> keepaliveTime, int allowedOwnAs, OptionalInt ttlSecurity, Optional<IpAddress> reachableBy,
                 List<String> filters) {
        static Terms of(BgpPeer peer) {
            return new Terms(peer.localAsNumber(), peer.keepOriginalNextHop(), peer.nextHopMode(), peer.password(), peer.sourceAddress(), peer.maxRestartTime(),
                    peer.keepaliveTime(), peer.numAllowedLocalAsNumbers().orElse(0), peer.ttlSecurity(), peer.reachableBy(), peer.filters());
        }

        static Terms mesh(Optional<SecretKeyRef> password, Optional<Duration> maxRestartTime) {
            return new Terms(Optional.empty(), false, Optional.empty(), password, SourceAddress.USE_NODE_IP, maxRestartTime, Optional.empty(), 0, OptionalInt.empty(),
                    Optional.empty(), List.of());
        }
    }

    /** {@code Mesh_10_0_0_2}, {@code Global_2001_db8__1_port_1790}: the name of the session in Calico's own listings. */
    String name() {
        return kind + "_" + address.toString().replace('.', '_').replace(':', '_') + (port.isPresent() ? "_port_" + port.getAsInt() : "");
    }

    /** The AS that this node shows there. */
    Asn shownAs(Asn own) {
        return terms.localAs().orElse(own);
    }

    boolean internal(Asn own) {
        return as.equals(shownAs(own));
    }
}
