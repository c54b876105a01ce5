package tombolo.api.route;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** The kernel's routes as the data plane sees them, for people: a service of gateway-dataplane. Any thread may call; answers are copies, bounded. */
public interface KernelRoutes {
    /**
     * Routes in the order of their prefixes.
     *
     * @param ours  only those of our own protocol number
     * @param limit 1 to 100,000
     */
    List<KernelRoute> list(Optional<AddressFamily> family, boolean ours, int limit);

    /** Every route that holds the address, the one used by the kernel first, each with why it is or is not used. */
    List<Explained> explain(IpAddress destination);

    Counts counts();

    /** Removes all that is ours from the kernel (drain): all feeds' routes. Answers when done, within 60 s. */
    void removeOurs();

    /**
     * @param protocol kernel name or number: "kernel", "static", "bird", "201 (tombolo)"
     * @param owner    the feed that wants it, where it is ours: "bgp", "static"
     * @param kind     "unicast", "blackhole", "local", ...
     */
    record KernelRoute(Prefix prefix, List<NextHop> nextHops, String protocol, Optional<String> owner, String kind, long metric, Optional<Integer> mtu, long table) {
        public KernelRoute {
            nextHops = List.copyOf(nextHops);
        }
    }

    /** @param used whether the kernel forwards by this one */
    record Explained(KernelRoute route, boolean used, String reason) { }

    /**
     * @param desired4 routes we want, by family; @param installed4 routes of ours that the kernel has acknowledged
     * @param failed   wanted, refused by the kernel; see {@code lastError}
     * @param batches  netlink batches sent; @param resyncs dump-and-compare runs since start
     * @param nextHopObjects nexthop groups of ours that routes share in the kernel; empty where the kernel has none, so that each route names its next hops
     */
    record Counts(long desired4, long desired6, long installed4, long installed6, long failed, long pending, long batches, long resyncs, OptionalInt nextHopObjects,
            String lastError) { }
}
