package tombolo.api.config;

import java.util.List;
import java.util.Optional;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;

/**
 * {@code etc/tombolo.route.static-<name>.cfg}: a route that the node puts into the kernel while the file is there.
 *
 * @param name      from the file's name
 * @param prefix    {@code prefix}: required
 * @param nextHops  {@code next-hops}: comma-separated {@code address}, {@code address@interface} or {@code @interface}; several make ECMP, at most 64
 * @param blackhole {@code blackhole}: drop what matches, instead of next hops
 * @param metric    {@code metric}: 1-4294967295; default static-route-metric of the node
 * @param mtu       {@code mtu}: path MTU of the route, 68-65535; default the interface's
 */
public record StaticRouteSettings(String name, Prefix prefix, List<NextHop> nextHops, boolean blackhole, Optional<Long> metric, Optional<Integer> mtu) {
    public StaticRouteSettings {
        nextHops = List.copyOf(nextHops);
    }
}
