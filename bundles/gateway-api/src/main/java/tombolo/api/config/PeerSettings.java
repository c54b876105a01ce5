package tombolo.api.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;

/**
 * {@code etc/tombolo.bgp.peer-<name>.cfg}: one BGP neighbour.
 *
 * @param name              from the file's name: 1-63 letters, digits, '-', '_' and '.'
 * @param description       {@code description}: free text, at most 255 characters; default ""
 * @param remoteAddress     {@code remote-address}: required; a link-local IPv6 address needs {@code interface}
 * @param interfaceName     {@code interface}: interface of a link-local neighbour, or to bind to; default none
 * @param remotePort        {@code remote-port}: 1-65535; default 179
 * @param remoteAs          {@code remote-as}: required
 * @param localAddress      {@code local-address}: source address; default the kernel's choice
 * @param localAs           {@code local-as} with {@code local-as-no-prepend} and {@code local-as-replace-as}: another AS number shown to this peer (RFC 7705);
 *                          default none
 * @param password          {@code password-file} or {@code password-env}: where the TCP MD5 key (RFC 2385) is; default none
 * @param passive           {@code passive}: wait for the neighbour to connect; default false
 * @param shutdown          {@code shutdown}: configured but held down; default false
 * @param holdTimeSeconds   {@code hold-time}: proposed Hold Time, 0 or 3-65535 s; default 90
 * @param keepaliveSeconds  {@code keepalive-time}: 1-21845 s; default a third of the negotiated Hold Time
 * @param connectRetrySeconds {@code connect-retry-time}: 1-65535 s; default 30
 * @param multihopTtl       {@code multihop-ttl}: TTL for an eBGP neighbour that is not directly connected, 2-255; absent: directly connected (TTL 1)
 * @param ttlSecurityHops   {@code ttl-security-hops}: GTSM (RFC 5082): accept only packets from at most that many hops, 1-254; absent: off; excludes multihop-ttl
 * @param families          {@code families}: ipv4, ipv6 or both; default the family of remote-address
 * @param importFilters     {@code import}: names of filters applied in order to what is received; on eBGP, no filter means no routes (RFC 8212)
 * @param exportFilters     {@code export}: the same for what is advertised
 * @param maxPrefixes       {@code max-prefixes-ipv4}, {@code max-prefixes-ipv6}: greatest number of prefixes accepted from the peer; absent: 4,000,000
 * @param maxPrefixesWarnPercent {@code max-prefixes-warn-percent}: 1-100; default 75
 * @param maxPrefixesAction {@code max-prefixes-action}: warn, drop or restart; default drop
 * @param maxPrefixesRestartSeconds {@code max-prefixes-restart-time}: 1-86400 s; default 300; used with action restart
 * @param allowOwnAs        {@code allow-own-as}: how often our AS may stand in a received AS_PATH, 0-10; default 0
 * @param removePrivateAs   {@code remove-private-as}: leave private AS numbers out of what is advertised; default false
 * @param nextHop           {@code next-hop}: whose address is the next hop of what is advertised: auto, self or keep; default auto
 * @param defaultOriginate  {@code default-originate}: advertise a default route to this peer; default false
 * @param defaultOriginateFilters {@code default-originate-filter}: names of filters that this default route passes in order; default none
 * @param extendedMessages  {@code extended-messages}: offer RFC 8654; default true
 * @param gracefulRestart   {@code graceful-restart}: offer RFC 4724; default true
 * @param advertisementIntervalMillis {@code advertisement-interval}: least time between two advertisement batches, 0-600000 ms; default 0
 * @param enforceFirstAs    {@code enforce-first-as}: an eBGP path must begin with the peer's AS (RFC 4271 §6.3); default true
 * @param delayOpenSeconds  {@code delay-open}: how long our OPEN waits for the peer's (RFC 4271 §8.1.1, DelayOpen), 0-240 s; default 0: off
 * @param routeReflectorClient {@code route-reflector-client}: an iBGP peer to which routes of other iBGP peers are passed on, and whose routes are passed on to
 *                          them (RFC 4456); default false
 * @param bfd               {@code bfd} and {@code bfd-*}: a BFD session beside this one (RFC 5882); default none
 * @param exportLimit       {@code export-limit-*}: how much is advertised at most; default none
 */
public record PeerSettings(String name, String description, IpAddress remoteAddress, Optional<String> interfaceName, int remotePort, Asn remoteAs,
                           Optional<IpAddress> localAddress, Optional<LocalAs> localAs, Optional<SecretRef> password, boolean passive, boolean shutdown,
                           int holdTimeSeconds, Optional<Integer> keepaliveSeconds, int connectRetrySeconds, Optional<Integer> multihopTtl,
                           Optional<Integer> ttlSecurityHops, List<AddressFamily> families, List<String> importFilters, List<String> exportFilters,
                           Map<AddressFamily, Integer> maxPrefixes, int maxPrefixesWarnPercent, MaxPrefixesAction maxPrefixesAction,
                           int maxPrefixesRestartSeconds, int allowOwnAs, boolean removePrivateAs, NextHopMode nextHop, boolean defaultOriginate,
                           List<String> defaultOriginateFilters, boolean extendedMessages, boolean gracefulRestart, int advertisementIntervalMillis,
                           boolean enforceFirstAs, int delayOpenSeconds, boolean routeReflectorClient, Optional<PeerBfd> bfd, Optional<ExportLimit> exportLimit) {
    /** What happens when a peer sends more prefixes than allowed: log only, Cease and stay down, or Cease and try again later. */
    public enum MaxPrefixesAction { WARN, DROP, RESTART }

    /** Whose address is the next hop: auto is ours on eBGP and the one received on iBGP (RFC 4271 §5.1.3), self always ours, keep always the one received. */
    public enum NextHopMode { AUTO, SELF, KEEP }

    /**
     * Another AS in which this peer sees us (RFC 7705 §3).
     *
     * @param noPrepend it is not put before the paths that this peer sends (§3.2, "no prepend inbound")
     * @param replaceAs the node's own AS is left out of the paths that this peer is sent (§3.3, "replace old AS")
     */
    public record LocalAs(Asn as, boolean noPrepend, boolean replaceAs) { }

    /** Without a limit of what is advertised. */
    public PeerSettings(String name, String description, IpAddress remoteAddress, Optional<String> interfaceName, int remotePort, Asn remoteAs,
                           Optional<IpAddress> localAddress, Optional<LocalAs> localAs, Optional<SecretRef> password, boolean passive, boolean shutdown,
                           int holdTimeSeconds, Optional<Integer> keepaliveSeconds, int connectRetrySeconds, Optional<Integer> multihopTtl,
                           Optional<Integer> ttlSecurityHops, List<AddressFamily> families, List<String> importFilters, List<String> exportFilters,
                           Map<AddressFamily, Integer> maxPrefixes, int maxPrefixesWarnPercent, MaxPrefixesAction maxPrefixesAction,
                           int maxPrefixesRestartSeconds, int allowOwnAs, boolean removePrivateAs, NextHopMode nextHop, boolean defaultOriginate,
                           List<String> defaultOriginateFilters, boolean extendedMessages, boolean gracefulRestart, int advertisementIntervalMillis,
                           boolean enforceFirstAs, int delayOpenSeconds, boolean routeReflectorClient, Optional<PeerBfd> bfd) {
        this(name, description, remoteAddress, interfaceName, remotePort, remoteAs, localAddress, localAs, password, passive, shutdown, holdTimeSeconds,
                keepaliveSeconds, connectRetrySeconds, multihopTtl, ttlSecurityHops, families, importFilters, exportFilters, maxPrefixes, maxPrefixesWarnPercent,
                maxPrefixesAction, maxPrefixesRestartSeconds, allowOwnAs, removePrivateAs, nextHop, defaultOriginate, defaultOriginateFilters, extendedMessages,
                gracefulRestart, advertisementIntervalMillis, enforceFirstAs, delayOpenSeconds, routeReflectorClient, bfd, Optional.empty());
    }

    public PeerSettings {
        defaultOriginateFilters = List.copyOf(defaultOriginateFilters);
        families = List.copyOf(families);
        importFilters = List.copyOf(importFilters);
        exportFilters = List.copyOf(exportFilters);
        maxPrefixes = Map.copyOf(maxPrefixes);
    }
}
