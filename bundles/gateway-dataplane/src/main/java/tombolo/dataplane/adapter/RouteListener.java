package tombolo.dataplane.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.dataplane.core.LinkTable;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.NextHopMessage;
import tombolo.dataplane.core.RouteMessage;
import tombolo.dataplane.core.RouteRequests;
import tombolo.dataplane.core.Rtnetlink;

/**
 * Hears what others do to routes, on the thread {@code tombolo-route-listener}: foreign routes go to the next-hop tracker, changes to ours to the routes Loop.
 * Our own writes are filtered out in the kernel. Where notifications were lost, both read everything anew.
 */
public final class RouteListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouteListener.class);
    /** About 40,000 notifications: more come at once only when somebody flushes a table, and then a dump is cheaper anyway. */
    static final int RECEIVE_BUFFER = 32 << 20;
    private static final long RETRY_MILLIS = 1_000;
    private static final int PIECE = 4_096;
    private static final long FLOOD_NANOS = 200_000_000;
    private static final int QUIET_MILLIS = 5;
    /** Where containers go one after another all routes are read again and again: for no more than a fifth of the time. */
    private static final int REST = 4;
    private static final long LONGEST_REST_NANOS = 1_000_000_000;

    /** Removing a container's interface first takes it down, and a grace period later away: what is gone by then need not be asked for. */
    private static final long DOUBT_NANOS = 100_000_000;

    private final Netlink netlink;
    private final Netlink.Options options;
    private final NetlinkSocket events;
    private final RoutesLoop routes;
    private final NextHopWatcher nextHops;
    private final Supplier<LinkTable.Snapshot> links;
    private final long table;
    private final Thread thread;
    private final RouteMessage message = new RouteMessage();
    private volatile boolean stale = true;
    /** Interfaces through which routes may have gone, silently; looked at when {@link #judgement} has come and all notifications have been read. */
    private final Set<Integer> doubtful = ConcurrentHashMap.newKeySet();
    private volatile long judgement;
    private LinkTable.Snapshot before = LinkTable.Snapshot.EMPTY;
    private long notBefore = System.nanoTime();
    private int sequence;

    RouteListener(Netlink netlink, Optional<String> netns, long table, RoutesLoop routes, NextHopWatcher nextHops, Supplier<LinkTable.Snapshot> links, int buffer) {
        this.netlink = netlink;
        this.options = Netlink.Options.route().netns(netns);
        this.table = table;
        this.routes = routes;
        this.nextHops = nextHops;
        this.links = links;
        this.events = netlink.open(options.receiveBuffer(buffer).ignoring(routes.writerPort())
                .groups(Rtnetlink.RTNLGRP_IPV4_ROUTE, Rtnetlink.RTNLGRP_IPV6_ROUTE, Rtnetlink.RTNLGRP_NEXTHOP));
        this.thread = Thread.ofPlatform().name("tombolo-route-listener").daemon(true).unstarted(this::follow);
    }

    /** Reads the foreign routes and follows them from then on. */
    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        events.close();
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Interfaces changed; where one went, so did foreign routes, silently. Those through one that is no more are known; where one with addresses went down, all are
     * read again at once. The link thread.
     */
    public void linksChanged(LinkTable.Snapshot snapshot) {
        LinkTable.Difference difference = snapshot.since(before);
        before = snapshot;
        if (!difference.anyLost()) {
            return;
        }
        if (difference.weaker().stream().anyMatch(Link::isNumbered)) {
            stale = true;
        }
        if (doubtful.isEmpty()) {
            judgement = System.nanoTime() + DOUBT_NANOS;
        }
        Stream.concat(difference.gone().stream(), difference.weaker().stream()).forEach(link -> doubtful.add(link.index()));
        events.wake();
    }

    private void follow() {
        byte[] buffer = new byte[NetlinkSocket.RECEIVE_BYTES];
        MessageReader reader = new MessageReader(buffer);
        while (!events.isClosed()) {
            try {
                if (stale && notBefore - System.nanoTime() <= 0) {
                    drain(buffer);
                    stale = false; // before the dump: what is lost from here on counts
                    long start = System.nanoTime();
                    redump();
                    notBefore = System.nanoTime() + Math.min(LONGEST_REST_NANOS, REST * (System.nanoTime() - start));
                }
                int length = events.receive(buffer, patience());
                if (length == NetlinkSocket.OVERRUN) {
                    LOG.warn("TMB-RTE-005 route notifications were lost (more came at once than the kernel queues for us); comparing all routes");
                    routes.overrun();
                    stale = true;
                } else if (length > 0 && !notified(reader, length)) {
                    stale = true;
                } else if (length <= 0 && !doubtful.isEmpty() && judgement - System.nanoTime() <= 0) {
                    judge();
                }
            } catch (RuntimeException e) {
                if (!events.isClosed()) {
                    LOG.error("TMB-RTE-006 following routes failed; reading them again in {} ms", RETRY_MILLIS, e);
                    stale = true;
                    pause();
                }
            }
        }
    }

    /** Milliseconds until there is something to do that nobody tells of; -1 where there is nothing. */
    private int patience() {
        long now = System.nanoTime();
        long wait = Math.min(stale ? notBefore - now : Long.MAX_VALUE, doubtful.isEmpty() ? Long.MAX_VALUE : judgement - now);
        return wait == Long.MAX_VALUE ? -1 : wait <= 0 ? 0 : (int) (wait / 1_000_000) + 1;
    }

    /** No notification waits: none can tell of a route through an interface that went before. */
    private void judge() {
        Set<Integer> judged = Set.copyOf(doubtful);
        doubtful.removeAll(judged);
        Set<Integer> there = links.get().byIndex().keySet();
        if (judged.stream().anyMatch(there::contains)) {
            stale = true;
        }
        nextHops.interfacesGone(judged.stream().filter(index -> !there.contains(index)).collect(Collectors.toSet()), () -> {
            stale = true;
            events.wake();
        });
    }

    /** While a flood lasts, its notifications are thrown away: a dump in its middle would be the first of many. At most a fifth of a second. */
    private void drain(byte[] buffer) {
        long end = System.nanoTime() + FLOOD_NANOS;
        boolean lost = false;
        while (System.nanoTime() - end < 0 && !events.isClosed()) {
            int length = events.receive(buffer, QUIET_MILLIS);
            if (length == NetlinkSocket.NOTHING) {
                break;
            }
            lost = true;
        }
        if (lost) {
            routes.overrun(); // among them may have been some about ours
        }
    }

    private boolean notified(MessageReader reader, int length) {
        List<RouteEvent> seen = new ArrayList<>();
        List<RouteEvent> foreign = new ArrayList<>();
        boolean objects = false;
        reader.reset(length);
        while (reader.next()) {
            if (reader.type() == Rtnetlink.RTM_NEWNEXTHOP || reader.type() == Rtnetlink.RTM_DELNEXTHOP) {
                objects |= NextHopMessage.parse(reader).filter(object -> object.protocol() == Rtnetlink.PROTOCOL).isPresent();
            } else if (reader.type() == Rtnetlink.RTM_NEWROUTE || reader.type() == Rtnetlink.RTM_DELROUTE) {
                event(reader).ifPresent(event -> {
                    seen.add(event);
                    if (event.protocol() != Rtnetlink.PROTOCOL) {
                        foreign.add(event);
                    }
                });
            }
        }
        if (objects) {
            routes.nextHopsChanged();
        }
        if (!seen.isEmpty()) {
            routes.observed(seen);
        }
        return foreign.isEmpty() || nextHops.add(foreign);
    }

    private Optional<RouteEvent> event(MessageReader reader) {
        if (!message.parse(reader) || !NextHopWatcher.relevant(message.table(), table)) {
            return Optional.empty();
        }
        return Optional.of(new RouteEvent(reader.type() == Rtnetlink.RTM_DELROUTE, (reader.flags() & Rtnetlink.NLM_F_REPLACE) != 0, message.prefix(),
                message.table(), message.protocol(), message.type(), message.nextHopId(), message.content(links.get()::name), message.hops()));
    }

    private void redump() {
        try (RouteDump dump = new RouteDump(netlink, options)) {
            await(nextHops::beginDump);
            MessageWriter writer = new MessageWriter(64);
            for (boolean v6 : new boolean[] {false, true}) {
                List<RouteEvent> piece = new ArrayList<>();
                writer.clear();
                RouteRequests.dump(writer, ++sequence, v6, 0, 0);
                dump.run(writer, sequence, reader -> {
                    // Ours, a million of them perhaps, are told by their protocol before anything is made of them.
                    if (reader.type() == Rtnetlink.RTM_NEWROUTE && reader.payloadLength() >= 12 && reader.u8(reader.payload() + 5) != Rtnetlink.PROTOCOL) {
                        event(reader).ifPresent(piece::add);
                    }
                    if (piece.size() >= PIECE) {
                        List<RouteEvent> full = List.copyOf(piece);
                        await(() -> nextHops.add(full));
                        piece.clear();
                    }
                });
                List<RouteEvent> rest = List.copyOf(piece);
                await(() -> nextHops.add(rest));
            }
            await(nextHops::dumped);
        }
    }

    /** Offers until there is room; the tracker's mailbox drains in microseconds a piece. */
    private void await(Supplier<Boolean> offer) {
        while (!offer.get() && !events.isClosed()) {
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    private void pause() {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
