package tombolo.dataplane.adapter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.config.StaticRouteSettings;
import tombolo.api.kernel.Link;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;
import tombolo.api.route.RouteChanges;
import tombolo.api.route.RouteFeedListener;
import tombolo.dataplane.core.DesiredRoutes;
import tombolo.dataplane.core.ForeignRoutes;
import tombolo.dataplane.core.LinkTable;
import tombolo.dataplane.core.RouteMessage;
import tombolo.dataplane.core.Rtnetlink;

/** The routes of etc/tombolo.route.static-*.cfg as the feed "static", and as ways to next hops. One thread at a time calls. */
public final class StaticRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(StaticRoutes.class);
    /** As {@link tombolo.api.route.RouteSink} names it: before BGP's 20. */
    private static final int PREFERENCE = 10;

    private final Dataplane dataplane;
    private final OwnedFeed feed;
    private final long metric;
    private final Map<String, Integer> ids = new HashMap<>();
    private Map<Prefix, String> installed = Map.of();
    private List<StaticRouteSettings> current = List.of();

    public StaticRoutes(Dataplane dataplane, long metric) {
        this.dataplane = dataplane;
        this.metric = metric;
        this.feed = (OwnedFeed) dataplane.routes().open(DesiredRoutes.STATIC, PREFERENCE, new RouteFeedListener() {
            @Override
            public void drained() {
                // a configuration's worth of routes fits the mailbox; see apply
            }

            @Override
            public void closed() {
                // closed together with us
            }
        });
        dataplane.links().observe(snapshot -> resolve());
    }

    /** Brings the feed to the settings; only what differs is offered. */
    public synchronized void apply(Map<String, StaticRouteSettings> settings) {
        current = List.copyOf(settings.values());
        Map<Prefix, String> wanted = new HashMap<>();
        for (StaticRouteSettings route : current) {
            String before = wanted.putIfAbsent(route.prefix(), route.name());
            if (before != null) {
                LOG.warn("TMB-RTE-008 static routes {} and {} are both for {}: {} is used. Remove one file.", before, route.name(), route.prefix(), before);
                continue;
            }
            int id = ids.computeIfAbsent(route.name(), name -> freeId());
            define(id, route);
        }
        for (AddressFamily family : AddressFamily.values()) {
            List<Prefix> gone = installed.keySet().stream().filter(prefix -> prefix.family() == family && !wanted.containsKey(prefix)).toList();
            offer(family, gone, prefix -> RouteChanges.WITHDRAW);
            offer(family, wanted.keySet().stream().filter(prefix -> prefix.family() == family).toList(), prefix -> ids.get(wanted.get(prefix)));
            feed.inSync(family);
        }
        Set<String> names = new HashSet<>(wanted.values());
        ids.keySet().retainAll(names);
        installed = wanted;
        resolve();
    }

    /**
     * The interface of a gateway is said, where it is known: the kernel would find it too, but keep it for ever, even when the gateway's subnet moves to another.
     */
    private void define(int id, StaticRouteSettings route) {
        List<NextHop> hops = route.blackhole() ? List.of() : route.nextHops().stream().map(hop -> hop.interfaceName().isPresent() ? hop
                : new NextHop(hop.gateway(), dataplane.links().connectedTo(hop.gateway().orElseThrow()).map(Link::name))).toList();
        insist(() -> feed.define(id, hops, route.metric().orElse(metric), route.mtu().orElse(0)));
    }

    private void offer(AddressFamily family, List<Prefix> prefixes, java.util.function.ToIntFunction<Prefix> id) {
        for (int from = 0; from < prefixes.size(); from += RouteChanges.CAPACITY) {
            List<Prefix> piece = prefixes.subList(from, Math.min(prefixes.size(), from + RouteChanges.CAPACITY));
            RouteChanges changes = new RouteChanges(family, piece.size());
            piece.forEach(prefix -> changes.add(prefix.address().hi(), prefix.address().lo(), prefix.length(), id.applyAsInt(prefix)));
            insist(() -> feed.offer(changes));
        }
    }

    private int freeId() {
        Set<Integer> taken = new HashSet<>(ids.values());
        int id = 0;
        while (taken.contains(id)) {
            id++;
        }
        return id;
    }

    private synchronized void resolve() {
        LinkTable.Snapshot links = dataplane.links().snapshot();
        List<ForeignRoutes.Route> ways = new ArrayList<>();
        for (StaticRouteSettings route : current) {
            if (ids.containsKey(route.name())) {
                define(ids.get(route.name()), route);
            }
            List<RouteMessage.Hop> hops = route.nextHops().stream().map(hop -> new RouteMessage.Hop(hop.gateway(), hop.interfaceName().map(links::index).orElse(0), 0, 1))
                    .collect(Collectors.toList());
            ways.add(new ForeignRoutes.Route(route.prefix(), Rtnetlink.RT_TABLE_MAIN, Rtnetlink.PROTOCOL, route.blackhole() ? Rtnetlink.RTN_BLACKHOLE : Rtnetlink.RTN_UNICAST,
                    route.metric().orElse(metric), hops));
        }
        dataplane.nextHops().statics(ways);
    }

    /** The routes Loop takes a few thousand definitions a millisecond: this waits, it does not spin for long. */
    private static void insist(java.util.function.BooleanSupplier offer) {
        while (!offer.getAsBoolean()) {
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }
}
