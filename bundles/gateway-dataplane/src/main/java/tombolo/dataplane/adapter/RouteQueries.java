package tombolo.dataplane.adapter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Netlink;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.route.KernelRoutes;
import tombolo.dataplane.adapter.RoutesLoop.RoutePolicy;
import tombolo.dataplane.core.LinkTable;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.RouteMessage;
import tombolo.dataplane.core.RouteRequests;
import tombolo.dataplane.core.Rtnetlink;

/** Answers people's questions about routes from the kernel itself, on a socket of its own for each question, on the thread that asks. */
public final class RouteQueries implements KernelRoutes {
    private static final int MOST = 100_000;
    private static final Set<String> DROPPING = Set.of("blackhole", "unreachable", "prohibit");
    private static final Duration DRAIN = Duration.ofSeconds(60);
    private static final Comparator<KernelRoute> ORDER = Comparator.comparing(KernelRoute::prefix).thenComparing(KernelRoute::metric).thenComparing(KernelRoute::table);

    private final Netlink netlink;
    private final RoutePolicy policy;
    private final RoutesLoop routes;
    private final Supplier<LinkTable.Snapshot> links;

    RouteQueries(Netlink netlink, RoutePolicy policy, RoutesLoop routes, Supplier<LinkTable.Snapshot> links) {
        this.netlink = netlink;
        this.policy = policy;
        this.routes = routes;
        this.links = links;
    }

    @Override
    public List<KernelRoute> list(Optional<AddressFamily> family, boolean ours, int limit) {
        if (limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("limit " + limit + ": 1 to " + MOST);
        }
        // Only the first ones in order are kept, whatever the size of the table.
        PriorityQueue<KernelRoute> first = new PriorityQueue<>(ORDER.reversed());
        for (AddressFamily one : family.map(List::of).orElse(List.of(AddressFamily.values()))) {
            dump(one, ours, message -> true, route -> {
                first.add(route);
                if (first.size() > limit) {
                    first.poll();
                }
            });
        }
        return first.stream().sorted(ORDER).map(this::withOwner).toList();
    }

    @Override
    public List<Explained> explain(IpAddress destination) {
        List<KernelRoute> covering = new ArrayList<>();
        dump(destination.family(), false, message -> covers(message, destination), covering::add);
        covering.sort(Comparator.comparingInt((KernelRoute route) -> -route.prefix().length()).thenComparingLong(KernelRoute::metric));
        Match match = match(destination);
        // A route that drops packets answers the question with its error instead of itself.
        Optional<KernelRoute> used = match.route().or(() -> covering.stream().findFirst().filter(route -> DROPPING.contains(route.kind())));
        List<Explained> explained = new ArrayList<>();
        boolean found = false;
        for (KernelRoute route : covering) {
            boolean isUsed = !found && used.isPresent() && same(route, used.get());
            found |= isUsed;
            KernelRoute named = withOwner(route);
            explained.add(new Explained(named, isUsed, isUsed ? DROPPING.contains(route.kind()) ? "the kernel drops packets by this route" : "the kernel forwards by this route"
                    : reason(named, used, match.error())));
        }
        explained.sort(Comparator.comparing(entry -> !entry.used()));
        return explained;
    }

    @Override
    public Counts counts() {
        return routes.counts();
    }

    @Override
    public void removeOurs() {
        routes.removeEverything();
        long deadline = System.nanoTime() + DRAIN.toNanos();
        while (!routes.settled()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("TMB-RTE-007 not all of our routes could be removed within " + DRAIN.toSeconds() + " s; last error: " + counts().lastError());
            }
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
    }

    private record Match(Optional<KernelRoute> route, String error) { }

    private Match match(IpAddress destination) {
        try (RouteDump ask = new RouteDump(netlink, Netlink.Options.route().netns(policy.netns()))) {
            MessageWriter writer = new MessageWriter(64);
            RouteRequests.match(writer, 1, destination);
            List<KernelRoute> found = new ArrayList<>();
            RouteMessage message = new RouteMessage();
            ask.start(writer, 1);
            ask.step(reader -> {
                if (reader.type() == Rtnetlink.RTM_NEWROUTE && message.parse(reader)) {
                    found.add(route(message));
                }
            });
            return new Match(found.stream().findFirst(), "");
        } catch (KernelException e) {
            return new Match(Optional.empty(), e.getMessage());
        }
    }

    private static String reason(KernelRoute route, Optional<KernelRoute> match, String error) {
        if (match.isEmpty()) {
            return "the kernel has no way to the address now: " + error;
        }
        KernelRoute used = match.get();
        if (used.prefix().length() > route.prefix().length()) {
            return "less specific than " + used.prefix();
        }
        if (used.prefix().length() < route.prefix().length()) {
            return "more specific, but skipped: its interface is down, or a routing rule looks in table " + used.table() + " first";
        }
        if (used.table() != route.table()) {
            return "in table " + route.table() + "; table " + used.table() + " is looked at first";
        }
        return used.metric() < route.metric() ? "metric " + route.metric() + " is higher than " + used.metric()
                : used.metric() > route.metric() ? "metric " + route.metric() + " is lower, but its interface is down" : "another route of the same metric stands before it";
    }

    private void dump(AddressFamily family, boolean ours, Predicate<RouteMessage> wanted, java.util.function.Consumer<KernelRoute> consumer) {
        try (RouteDump dump = new RouteDump(netlink, Netlink.Options.route().netns(policy.netns()))) {
            MessageWriter writer = new MessageWriter(64);
            RouteRequests.dump(writer, 1, family == AddressFamily.IPV6, 0, ours ? Rtnetlink.PROTOCOL : 0);
            RouteMessage message = new RouteMessage();
            dump.run(writer, 1, reader -> {
                if (reader.type() == Rtnetlink.RTM_NEWROUTE && message.parse(reader) && wanted.test(message)) {
                    consumer.accept(route(message));
                }
            });
        }
    }

    private KernelRoute route(RouteMessage message) {
        return new KernelRoute(message.prefix(), message.nextHops(links.get()::name), Rtnetlink.protocolName(message.protocol()), Optional.empty(),
                Rtnetlink.typeName(message.type()), message.metric(), message.mtu() == 0 ? Optional.empty() : Optional.of(message.mtu()), message.table());
    }

    private KernelRoute withOwner(KernelRoute route) {
        if (!route.protocol().equals(Rtnetlink.protocolName(Rtnetlink.PROTOCOL))) {
            return route;
        }
        return new KernelRoute(route.prefix(), route.nextHops(), route.protocol(), routes.owner(route.prefix()), route.kind(), route.metric(), route.mtu(), route.table());
    }

    private static boolean covers(RouteMessage message, IpAddress destination) {
        return message.prefix().contains(destination);
    }

    private static boolean same(KernelRoute one, KernelRoute other) {
        return one.prefix().equals(other.prefix()) && one.metric() == other.metric() && one.table() == other.table() && one.protocol().equals(other.protocol());
    }
}
