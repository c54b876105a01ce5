package tombolo.bgp.session.core;

import java.util.List;
import java.util.Optional;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.SecretRef;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;

/**
 * What a session needs of the settings, and nothing else: two equal plans mean that a change of settings does not concern the session.
 * The keys are those of {@link PeerSettings} and {@link BgpSettings}.
 */
public record PeerPlan(String name, IpAddress remoteAddress, int remotePort, Optional<String> interfaceName, Optional<IpAddress> localAddress,
                       Asn localAs, Asn remoteAs, RouterId routerId, Optional<SecretRef> password, boolean passive, int holdTimeSeconds,
                       Optional<Integer> keepaliveSeconds, int connectRetrySeconds, Optional<Integer> multihopTtl, Optional<Integer> ttlSecurityHops,
                       List<AddressFamily> families, boolean extendedMessages, boolean gracefulRestart, int restartSeconds, int delayOpenSeconds) {
    public PeerPlan {
        families = families.stream().distinct().sorted().toList();
    }

    /** From settings in which BGP is enabled. */
    public static PeerPlan of(BgpSettings bgp, PeerSettings peer) {
        return new PeerPlan(peer.name(), peer.remoteAddress(), peer.remotePort(), peer.interfaceName(), peer.localAddress(),
                peer.localAs().map(PeerSettings.LocalAs::as).orElseGet(bgp.as()::orElseThrow), peer.remoteAs(), bgp.routerId().orElseThrow(), peer.password(), peer.passive(),
                peer.holdTimeSeconds(), peer.keepaliveSeconds(), peer.connectRetrySeconds(), peer.multihopTtl(), peer.ttlSecurityHops(),
                peer.families(), peer.extendedMessages(), peer.gracefulRestart(), bgp.gracefulRestartSeconds(), peer.delayOpenSeconds());
    }

    public boolean ibgp() {
        return localAs.equals(remoteAs);
    }

    /** Whether the loss of the interface is the loss of the peer: an eBGP neighbour on the wire, or one bound to an interface. */
    public boolean directlyConnected() {
        return interfaceName.isPresent() || !ibgp() && multihopTtl.isEmpty() && ttlSecurityHops.orElse(1) == 1;
    }

    /** The TTL or hop limit that we send with: 255 under GTSM (RFC 5082 §3), 1 to an eBGP neighbour on the wire, else as configured or the greatest. */
    public int ttl() {
        if (ttlSecurityHops.isPresent()) {
            return 255;
        }
        return multihopTtl.orElse(ibgp() ? 255 : 1);
    }

    /** The lowest TTL accepted from the peer; 0: any (RFC 5082 §3). */
    public int minimumTtl() {
        return ttlSecurityHops.map(hops -> 256 - hops).orElse(0);
    }
}
