package tombolo.api.config;

import java.util.List;
import java.util.Optional;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/**
 * {@code etc/tombolo.bgp.network-<name>.cfg}: a prefix that this node originates.
 *
 * @param name        from the file's name
 * @param prefix      {@code prefix}: required
 * @param nextHop     {@code next-hop}: default our own address on each session
 * @param med         {@code med}: 0-4294967295; default none
 * @param communities {@code communities}: standard, extended ({@code rt:65000:1}) and large communities to attach
 * @param requireRoute {@code require-route}: originate only while the kernel has a route (of anybody else) for the prefix; default false
 */
public record NetworkSettings(String name, Prefix prefix, Optional<IpAddress> nextHop, Optional<Long> med, List<String> communities, boolean requireRoute) {
    public NetworkSettings {
        communities = List.copyOf(communities);
    }
}
