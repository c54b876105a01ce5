package tombolo.api.resource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * {@code BGPConfiguration}: named {@code default}, or {@code node.<name>} for one node. What is not set is empty, since the one of the node lies above the default
 * key by key; the constants are what holds where neither says anything.
 *
 * @param serviceLoadBalancerAggregation {@code Enabled} (true, the default) or {@code Disabled}
 * @param listenPort                     1–65535
 * @param ignoredInterfaces              names, {@code *} as a wildcard inside
 * @param ipv4NormalRoutePriority        1–2147483646, default 1024; likewise for IPv6
 */
public record BgpConfiguration(Optional<String> logSeverityScreen, Optional<Boolean> nodeToNodeMeshEnabled, Optional<Asn> asNumber, List<Prefix> serviceLoadBalancerIps,
                               List<Prefix> serviceExternalIps, List<Prefix> serviceClusterIps, Optional<Boolean> serviceLoadBalancerAggregation, List<Community> communities,
                               List<PrefixAdvertisement> prefixAdvertisements, OptionalInt listenPort, Optional<SecretKeyRef> nodeMeshPassword,
                               Optional<Duration> nodeMeshMaxRestartTime, Optional<BindMode> bindMode, List<String> ignoredInterfaces, Optional<IpAddress> localWorkloadPeeringIpv4,
                               Optional<IpAddress> localWorkloadPeeringIpv6, Optional<ProgramClusterRoutes> programClusterRoutes, OptionalInt ipv4NormalRoutePriority,
                               OptionalInt ipv6NormalRoutePriority) implements ResourceSpec {
    public static final Asn DEFAULT_AS_NUMBER = new Asn(64512);
    public static final int DEFAULT_LISTEN_PORT = 179;
    public static final boolean DEFAULT_NODE_TO_NODE_MESH = true;
    public static final int DEFAULT_ROUTE_PRIORITY = 1024;

    public BgpConfiguration {
        serviceLoadBalancerIps = List.copyOf(serviceLoadBalancerIps);
        serviceExternalIps = List.copyOf(serviceExternalIps);
        serviceClusterIps = List.copyOf(serviceClusterIps);
        communities = List.copyOf(communities);
        prefixAdvertisements = List.copyOf(prefixAdvertisements);
        ignoredInterfaces = List.copyOf(ignoredInterfaces);
    }

    /** A name for a community. */
    public record Community(String name, CommunityValue value) { }

    /** @param communities names of {@link Community} or values, as spelled */
    public record PrefixAdvertisement(Prefix cidr, List<String> communities) {
        public PrefixAdvertisement {
            communities = List.copyOf(communities);
        }
    }

    public enum BindMode { NONE, NODE_IP }

    /** Whether BGP's side programs the routes of the cluster's own nodes into the kernel. */
    public enum ProgramClusterRoutes { ENABLED, DISABLED, ENABLED_IPIP_ONLY, ENABLED_NO_ENCAP_ONLY }

    /** What an advertisement's names and values stand for; a name that is not defined here is left out, as a valid resource has none. */
    public List<CommunityValue> communitiesOf(PrefixAdvertisement advertisement) {
        List<CommunityValue> values = new ArrayList<>();
        for (String text : advertisement.communities()) {
            Optional<CommunityValue> named = communities.stream().filter(community -> community.name().equals(text)).map(Community::value).findFirst();
            if (named.isPresent()) {
                values.add(named.get());
            } else if (text.indexOf(':') > 0) {
                values.add(CommunityValue.parse(text));
            }
        }
        return values;
    }
}
