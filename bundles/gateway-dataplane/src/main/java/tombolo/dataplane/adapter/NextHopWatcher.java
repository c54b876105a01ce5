package tombolo.dataplane.adapter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHopListener;
import tombolo.api.route.NextHopState;
import tombolo.api.route.NextHopTracker;
import tombolo.api.route.RoutePresenceListener;
import tombolo.dataplane.core.ForeignRoutes;
import tombolo.dataplane.core.LinkTable;
import tombolo.dataplane.core.Rtnetlink;
import tombolo.runtime.Loop;

/**
 * Resolves next hops on the thread {@code tombolo-nexthops}. A change of an interface is looked at at once, changes of routes are gathered for a moment.
 */
public final class NextHopWatcher implements NextHopTracker, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NextHopWatcher.class);
    private static final int WATCHED = 65_536;
    private static final int MAILBOX = 1024;
    /** A table that changes is resolved at most 50 times a second. */
    private static final Duration GATHER = Duration.ofMillis(20);

    private record Watch(NextHopListener listener, Map<IpAddress, NextHopState> states) { }

    /** @param told empty until the routes are known */
    private record RouteWatch(RoutePresenceListener listener, Set<Prefix> prefixes, Optional<Set<Prefix>> told) { }

    private final Loop loop = new Loop("tombolo-nexthops", MAILBOX);
    private ForeignRoutes routes = new ForeignRoutes();
    /** What a running dump has shown so far; the old answers hold until it is complete. */
    private Optional<ForeignRoutes> incoming = Optional.empty();
    private final Map<String, Watch> watches = new HashMap<>();
    private final Map<String, RouteWatch> routeWatches = new HashMap<>();
    private LinkTable.Snapshot links = LinkTable.Snapshot.EMPTY;
    private boolean scheduled;
    private boolean complete;

    @Override
    public void watch(String owner, Collection<IpAddress> addresses, NextHopListener listener) {
        List<IpAddress> wanted = List.copyOf(new LinkedHashSet<>(addresses));
        if (wanted.size() > WATCHED) {
            throw new IllegalArgumentException(wanted.size() + " next hops to watch; at most " + WATCHED);
        }
        post(() -> {
            Map<IpAddress, NextHopState> states = new HashMap<>();
            watches.put(owner, new Watch(listener, states));
            if (complete) {
                wanted.forEach(address -> states.put(address, routes.resolve(address, links)));
                tell(listener, List.copyOf(states.values()));
            } else { // told once the routes have been read
                wanted.forEach(address -> states.put(address, unknown(address)));
            }
        });
    }

    @Override
    public void watchRoutes(String owner, Collection<Prefix> prefixes, RoutePresenceListener listener) {
        Set<Prefix> wanted = Set.copyOf(prefixes);
        if (wanted.size() > WATCHED) {
            throw new IllegalArgumentException(wanted.size() + " prefixes to watch; at most " + WATCHED);
        }
        post(() -> {
            routeWatches.put(owner, new RouteWatch(listener, wanted, Optional.empty()));
            if (complete) {
                evaluateRoutes();
            }
        });
    }

    @Override
    public void unwatch(String owner) {
        post(() -> {
            watches.remove(owner);
            routeWatches.remove(owner);
        });
    }

    /** Interfaces changed: re-resolves at once. Any thread. */
    public void linksChanged(LinkTable.Snapshot snapshot) {
        post(() -> {
            links = snapshot;
            evaluate();
        });
    }

    /** Our own static routes, by which next hops may be resolved. Any thread. */
    public void statics(List<ForeignRoutes.Route> wanted) {
        post(() -> {
            routes.statics(wanted);
            incoming.ifPresent(fresh -> fresh.statics(wanted));
            evaluate();
        });
    }

    /** A dump's pieces follow, by {@link #add}. */
    boolean beginDump() {
        return loop.offer(() -> incoming = Optional.of(routes.restarted()));
    }

    boolean add(List<RouteEvent> events) {
        return loop.offer(() -> {
            ForeignRoutes into = incoming.orElse(routes);
            for (RouteEvent event : events) {
                ForeignRoutes.Route route = new ForeignRoutes.Route(event.prefix(), event.table(), event.protocol(), event.type(), event.content().metric(), event.hops());
                if (event.deleted()) {
                    into.remove(route);
                } else {
                    into.add(route, event.replaced());
                }
            }
            schedule();
        });
    }

    /** @param unsure called on this one's thread where all routes have to be read to know what became of some */
    void interfacesGone(Set<Integer> indexes, Runnable unsure) {
        post(() -> {
            boolean certain = routes.interfacesGone(indexes);
            if (!(incoming.map(fresh -> fresh.interfacesGone(indexes)).orElse(true) && certain)) {
                unsure.run();
            }
            schedule();
        });
    }

    boolean dumped() {
        return loop.offer(() -> {
            incoming.ifPresent(fresh -> routes = fresh);
            incoming = Optional.empty();
            complete = true;
            LOG.debug("TMB-NHT-001 {} foreign routes are followed for next hops", routes.size());
            evaluate();
        });
    }

    @Override
    public void close() {
        loop.close();
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            loop.schedule(GATHER, () -> {
                scheduled = false;
                evaluate();
            });
        }
    }

    private void evaluate() {
        if (!complete) {
            return;
        }
        for (Watch watch : watches.values()) {
            List<NextHopState> changed = new ArrayList<>();
            watch.states.replaceAll((address, before) -> {
                NextHopState now = routes.resolve(address, links);
                if (!now.equals(before)) {
                    changed.add(now);
                }
                return now;
            });
            if (!changed.isEmpty()) {
                tell(watch.listener, changed);
            }
        }
        evaluateRoutes();
    }

    private void evaluateRoutes() {
        routeWatches.replaceAll((owner, watch) -> {
            Set<Prefix> present = new HashSet<>();
            for (Prefix prefix : watch.prefixes) {
                if (routes.has(prefix, links)) {
                    present.add(prefix);
                }
            }
            Optional<Set<Prefix>> now = Optional.of(Set.copyOf(present));
            if (!now.equals(watch.told)) {
                try {
                    watch.listener.routesChanged(now.get());
                } catch (RuntimeException e) {
                    LOG.error("TMB-NHT-003 a listener failed on {} routes; the others are told", present.size(), e);
                }
            }
            return new RouteWatch(watch.listener, watch.prefixes, now);
        });
    }

    private static void tell(NextHopListener listener, List<NextHopState> states) {
        try {
            listener.nextHopsChanged(states);
        } catch (RuntimeException e) {
            LOG.error("TMB-NHT-002 a listener failed on {} next hops; the others are told", states.size(), e);
        }
    }

    /** Differs from every state that can be resolved, so that the first evaluation tells each. */
    private static NextHopState unknown(IpAddress address) {
        return new NextHopState(address, false, true, Optional.empty(), -1);
    }

    private void post(Runnable task) {
        loop.schedule(Duration.ZERO, task);
    }

    /** Tables in which next hops are looked up. */
    static boolean relevant(long table, long own) {
        return table == Rtnetlink.RT_TABLE_MAIN || table == Rtnetlink.RT_TABLE_DEFAULT || table == own;
    }
}
