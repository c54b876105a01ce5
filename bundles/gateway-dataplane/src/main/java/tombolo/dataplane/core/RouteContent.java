package tombolo.dataplane.core;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tombolo.api.route.NextHop;

/**
 * Everything of a route but its prefix: what many routes have in common. Next hops are in one order, so that equal sets are equal records.
 *
 * @param kind     what happens to packets
 * @param nextHops 1 to 64 for unicast, else none
 * @param metric   RTA_PRIORITY, 0 to 4294967295: with the prefix, the kernel's key of a route
 * @param mtu      RTAX_MTU, or 0 for the interface's
 */
public record RouteContent(Kind kind, List<NextHop> nextHops, long metric, int mtu) {
    /** {@code FOREIGN_SHAPE}: a route of our protocol number in a form that we never write (weights, source hints, other types). */
    public enum Kind { UNICAST, BLACKHOLE, FOREIGN_SHAPE }

    /** Stands for next hops that are told elsewhere, by a nexthop object, or that are in no form of ours. No interface has that name. */
    public static final List<NextHop> ELSEWHERE = List.of(new NextHop(Optional.empty(), Optional.of("?")));

    private static final Comparator<NextHop> ORDER = Comparator
            .comparing((NextHop hop) -> hop.gateway(), Comparator.comparing((Optional<tombolo.api.net.IpAddress> o) -> o.isPresent())
                    .thenComparing(o -> o.orElse(tombolo.api.net.IpAddress.any(tombolo.api.net.AddressFamily.IPV4))))
            .thenComparing(hop -> hop.interfaceName().orElse("")).thenComparing((NextHop hop) -> hop.onLink());

    public RouteContent {
        nextHops = nextHops.size() < 2 ? List.copyOf(nextHops) : nextHops.stream().distinct().sorted(ORDER).toList();
        if ((kind == Kind.UNICAST) == nextHops.isEmpty()) {
            throw new IllegalArgumentException(kind + " with " + nextHops.size() + " next hops");
        }
    }

    /** From what a feed says: no next hop means blackhole. */
    public static RouteContent of(List<NextHop> nextHops, long metric, int mtu) {
        return new RouteContent(nextHops.isEmpty() ? Kind.BLACKHOLE : Kind.UNICAST, nextHops, metric, mtu);
    }

    /** The same route over other next hops. */
    public RouteContent through(List<NextHop> others) {
        return nextHops.equals(others) ? this : new RouteContent(kind, others, metric, mtu);
    }

    /**
     * Whether a route read from the kernel is what was wanted: the kernel fills in the interface where none was asked for.
     */
    public boolean satisfies(RouteContent wanted) {
        if (equals(wanted)) {
            return true;
        }
        if (kind != wanted.kind || metric != wanted.metric || mtu != wanted.mtu || nextHops.size() != wanted.nextHops.size() || kind == Kind.FOREIGN_SHAPE) {
            return false;
        }
        for (int i = 0; i < nextHops.size(); i++) {
            NextHop here = nextHops.get(i);
            NextHop there = wanted.nextHops.get(i);
            if (!here.gateway().equals(there.gateway()) || here.onLink() != there.onLink() || there.interfaceName().isPresent() && !there.interfaceName().equals(here.interfaceName())) {
                return false;
            }
        }
        return true;
    }
}
