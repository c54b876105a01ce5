package tombolo.api.bgp;

import java.util.Optional;
import java.util.Set;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;

/**
 * What was negotiated.
 *
 * @param sessionNumber   greater for each session of the node; names this one in {@link BgpSession#offer}
 * @param resumed         true where the session was already up when this consumer attached (a swap): what was read before is not repeated
 * @param localAddress    our end of the TCP connection
 * @param localLinkLocal  our link-local address on the interface of a directly connected IPv6 peer, for the second next hop of RFC 2545 §3
 * @param localGlobal     a global IPv6 address of ours on the interface towards the peer, for IPv6 routes over an IPv4 session; else empty
 * @param localIpv4       an IPv4 address of ours on that interface, for IPv4 routes over an IPv6 session; else empty
 * @param interfaceName   the interface on which the peer is directly connected; empty for a multihop peer
 * @param localAs         the AS we showed (local-as or ours)
 * @param families        carried: those both sides offered (IPv4 where the peer sent no multiprotocol capability, RFC 4760 §8)
 * @param fourOctetAs     both sides offered RFC 6793
 * @param refresh         the peer takes ROUTE-REFRESH (RFC 2918)
 * @param enhancedRefresh both sides offered RFC 7313
 * @param maxMessageLength of messages to this peer: 4096 or 65535 (RFC 8654)
 * @param gracefulRestart the peer's capability, where both sides offered RFC 4724
 * @param holdTimeSeconds negotiated; 0: no keepalives
 */
public record SessionUp(long sessionNumber, boolean resumed, String peer, IpAddress localAddress, IpAddress remoteAddress, Optional<IpAddress> localLinkLocal,
                        Optional<IpAddress> localGlobal, Optional<IpAddress> localIpv4, Optional<String> interfaceName, Asn localAs, Asn remoteAs,
                        RouterId localId, RouterId remoteId, Set<AddressFamily> families, boolean fourOctetAs, boolean refresh, boolean enhancedRefresh,
                        int maxMessageLength, Optional<GracefulRestart> gracefulRestart, int holdTimeSeconds) {
    public SessionUp {
        families = Set.copyOf(families);
    }

    /** Whether the peer is internal: in the AS that we show it. */
    public boolean ibgp() {
        return localAs.equals(remoteAs);
    }

    /**
     * The peer's graceful restart capability (RFC 4724 §3).
     *
     * @param restarting     R bit
     * @param notification   N bit (RFC 8538)
     * @param restartSeconds 0-4095
     * @param families       offered
     * @param forwarding     families with the F bit: forwarding state was kept
     */
    public record GracefulRestart(boolean restarting, boolean notification, int restartSeconds, Set<AddressFamily> families, Set<AddressFamily> forwarding) {
        public GracefulRestart {
            families = Set.copyOf(families);
            forwarding = Set.copyOf(forwarding);
        }
    }
}
