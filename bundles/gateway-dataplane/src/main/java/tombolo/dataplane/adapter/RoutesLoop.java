package tombolo.dataplane.adapter;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.KernelRoutes;
import tombolo.api.route.RouteFeed;
import tombolo.api.route.RouteFeedListener;
import tombolo.api.route.RouteSink;
import tombolo.dataplane.core.Batch;
import tombolo.dataplane.core.DesiredRoutes;
import tombolo.dataplane.core.Interfaces;
import tombolo.dataplane.core.LinkTable;
import tombolo.dataplane.core.MessageReader;
import tombolo.dataplane.core.MessageWriter;
import tombolo.dataplane.core.RouteContent;
import tombolo.dataplane.core.RouteMessage;
import tombolo.dataplane.core.RouteRequests;
import tombolo.dataplane.core.Rtnetlink;
import tombolo.runtime.Loop;

/**
 * The one writer of kernel routes: owns {@link DesiredRoutes} on the thread {@code tombolo-routes}, sends its batches, and compares with dumps. A step is one
 * batch and one datagram of a running dump; tasks (a failover's {@code define}) come in between.
 */
public final class RoutesLoop implements RouteSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RoutesLoop.class);
    /** Room for the blocks of all feeds, definitions and notifications. */
    private static final int MAILBOX = 2048;
    private static final int ACK_PATIENCE_MILLIS = 10_000;
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(60);
    /** Several interfaces that fail together cause one comparison. */
    private static final Duration RESYNC_DELAY = Duration.ofMillis(50);
    /** A table that changes under every dump is compared as it is after so many: what was missed comes as a notification. */
    private static final int DUMP_ATTEMPTS = 3;
    /** More than one problem a second tells an operator nothing new. */
    private static final long LOG_INTERVAL_NANOS = 1_000_000_000L;

    private final RoutePolicy policy;
    private final Loop loop = new Loop("tombolo-routes", MAILBOX);
    private final NetlinkSocket writer;
    private final RouteDump dump;
    private final NextHopDump nextHopDump;
    private final DesiredRoutes routes;
    private final Batch batch = new Batch();
    private final byte[] answers = new byte[NetlinkSocket.RECEIVE_BYTES];
    private final MessageReader reader = new MessageReader(answers);
    private final RouteMessage message = new RouteMessage();
    private final Map<RouteMessage.Shape, RouteContent> shapes = new HashMap<>();
    private final MessageWriter request = new MessageWriter(128);
    private final List<OwnedFeed> feeds = new CopyOnWriteArrayList<>();
    private volatile LinkTable.Snapshot links = LinkTable.Snapshot.EMPTY;
    private int dumping = -1; // family of the running dump: 0 or 1
    private int dumpSequence;
    private int dumpAttempts;
    private boolean ready;
    private boolean resyncScheduled;
    private boolean resyncAgain;
    private boolean retryScheduled;
    private Duration retryDelay = FIRST_RETRY;
    private long batches;
    private long resyncs;
    private long lastLog = System.nanoTime() - LOG_INTERVAL_NANOS;

    /** What the node's settings say about routes. */
    public record RoutePolicy(long table, long routeMetric, long staticMetric, Optional<String> netns) {
        long metric(String owner) {
            return owner.equals(DesiredRoutes.STATIC) ? staticMetric : routeMetric;
        }

        /** Where both metrics are the same, a leftover does not tell whose it was and waits for all feeds. */
        long tellingStaticMetric() {
            return staticMetric == routeMetric ? -1 : staticMetric;
        }
    }

    /** Opens its sockets; nothing is written before {@link #start}. */
    public RoutesLoop(Netlink netlink, RoutePolicy policy) {
        this.policy = policy;
        Netlink.Options options = Netlink.Options.route().netns(policy.netns());
        this.writer = netlink.open(options);
        this.dump = new RouteDump(netlink, options);
        this.nextHopDump = new NextHopDump(netlink, options);
        this.routes = new DesiredRoutes(policy.table(), policy.tellingStaticMetric(), new Interfaces() {
            @Override
            public int index(String name) {
                return links.index(name);
            }

            @Override
            public String name(int index) {
                return links.name(index);
            }

            @Override
            public Optional<String> towards(IpAddress gateway) {
                return links.connectedTo(gateway).map(Link::name);
            }
        });
        loop.worker(this::work);
    }

    /** The port whose notifications the listener need not hear: they are ours. */
    public int writerPort() {
        return writer.portId();
    }

    /** Reads what is in the kernel, then begins to write. */
    public void start(LinkTable.Snapshot snapshot) {
        links = snapshot;
        post(this::beginResync);
    }

    // ---- RouteSink ----

    @Override
    public RouteFeed open(String owner, int preference, RouteFeedListener listener) {
        if (owner.isEmpty() || owner.length() > 64 || preference < 0 || preference > 255) {
            throw new IllegalArgumentException("feed '" + owner + "' preference " + preference + ": a name of 1-64 characters, 0 to 255");
        }
        OwnedFeed feed = new OwnedFeed(owner, listener, loop, routes, policy.metric(owner), feeds::remove);
        int number = loop.ask(() -> routes.open(owner, preference), Duration.ofSeconds(10));
        if (number < 0) {
            throw new IllegalStateException("TMB-RTE-001 feed " + owner + ": " + DesiredRoutes.FEEDS + " feeds are open already");
        }
        feed.number(number);
        feeds.stream().filter(other -> other.owner().equals(owner)).forEach(OwnedFeed::die);
        feeds.removeIf(OwnedFeed::isDead);
        feeds.add(feed);
        return feed;
    }

    // ---- from the kernel ----

    /**
     * Interfaces or addresses changed: routes and nexthop objects may have gone with them, silently, and refused ones may be possible now. The objects, which go
     * with the carrier already, are read first: what went with them is known without reading a million routes. Any thread.
     */
    public void linksChanged(LinkTable.Snapshot snapshot) {
        LinkTable.Difference difference = snapshot.since(links);
        boolean renumbered = !difference.gone().isEmpty() || difference.changed().stream().anyMatch(link -> links.index(link.name()) != link.index());
        links = snapshot;
        post(() -> {
            if (renumbered) {
                shapes.clear();
            }
            if (difference.links().noneMatch(routes::concerns)) {
                return; // a container's
            }
            if (ready) {
                readNextHops();
            }
            if (renumbered) {
                routes.interfacesChanged();
            } else {
                routes.retryFailed();
            }
            retryDelay = FIRST_RETRY;
            if (difference.anyLost()) {
                scheduleResync();
            }
            loop.wake();
        });
    }

    /** A route notification; true for one about a deletion. Called on the listener's thread with a fresh message each. */
    void observed(List<RouteEvent> events) {
        if (!loop.offer(() -> {
            events.forEach(this::apply);
            loop.wake();
        })) {
            overrun();
        }
    }

    /** Somebody else, or the kernel, changed a nexthop object of ours. Any thread. */
    void nextHopsChanged() {
        post(() -> {
            if (ready) {
                readNextHops();
                loop.wake();
            }
        });
    }

    private void readNextHops() {
        try {
            nextHopDump.read().ifPresentOrElse(routes::nextHopsDumped, routes::withoutNextHopObjects);
        } catch (KernelException e) {
            loop.schedule(FIRST_RETRY, this::scheduleResync);
            throw e;
        }
    }

    /** Notifications were lost: compare everything. */
    void overrun() {
        post(this::scheduleResync);
    }

    private void apply(RouteEvent event) {
        if (event.table() != policy.table()) {
            return;
        }
        Prefix prefix = event.prefix();
        boolean v6 = prefix.family() == AddressFamily.IPV6;
        long hi = prefix.address().hi();
        long lo = prefix.address().lo();
        if (event.protocol() == Rtnetlink.PROTOCOL) {
            if (event.deleted()) {
                routes.routeDeleted(v6, hi, lo, prefix.length(), event.content().metric(), event.nextHopId());
            } else {
                routes.routeAppeared(v6, hi, lo, prefix.length(), event.content(), event.nextHopId());
            }
        } else if (event.deleted()) {
            routes.foreignDeleted(v6, hi, lo, prefix.length());
        } else {
            routes.routeDisplaced(v6, hi, lo, prefix.length(), event.content().metric());
        }
    }

    // ---- the worker ----

    private boolean work() {
        if (ready && routes.hasWork()) {
            batch.clear();
            routes.collect(batch);
            if (!batch.isEmpty()) {
                exchange();
            }
        }
        if (dumping >= 0) {
            stepResync();
        }
        afterwards();
        return dumping >= 0 || ready && routes.hasWork();
    }

    private void exchange() {
        batch.seal();
        batches++;
        try {
            writer.send(batch.writer().bytes(), batch.writer().size());
            awaitAnswers();
        } catch (KernelException e) { // what became of the batch is not known: its rows count as refused, and a dump tells
            batch.fail(e.errno(), e.getMessage());
            scheduleResync();
        }
        List<String> problems = routes.settle(batch);
        List<String> objectProblems = routes.takeNextHopProblems();
        if (System.nanoTime() - lastLog < LOG_INTERVAL_NANOS) {
            return;
        }
        if (!objectProblems.isEmpty()) {
            lastLog = System.nanoTime();
            LOG.warn("TMB-RTE-014 {}; it is left out, or the routes of its sets name their next hops themselves. Tried again when interfaces change, and every {} s",
                    objectProblems.get(0), retryDelay.toSeconds());
        }
        if (!problems.isEmpty()) {
            lastLog = System.nanoTime();
            LOG.warn("TMB-RTE-002 {} routes are refused by the kernel, such as {}. They are tried again when interfaces change, and every {} s", failed(),
                    problems.get(0), retryDelay.toSeconds());
        }
    }

    private void awaitAnswers() {
        for (boolean done = false; !done;) {
            int length = writer.receive(answers, ACK_PATIENCE_MILLIS);
            if (length <= 0) {
                throw new KernelException(length == NetlinkSocket.OVERRUN ? "answers of the kernel were lost" : "the kernel did not answer", Errno.ENOBUFS);
            }
            reader.reset(length);
            while (reader.next()) {
                if (reader.type() == MessageReader.NLMSG_ERROR) {
                    int errno = reader.errno();
                    done |= batch.answer(reader.sequence(), errno, errno == 0 ? "" : reader.errorText());
                }
            }
        }
    }

    private void afterwards() {
        if (routes.takeResyncWanted()) {
            loop.schedule(FIRST_RETRY, this::scheduleResync);
        }
        if (routes.takeRetryWanted() && !retryScheduled) {
            retryScheduled = true;
            loop.schedule(retryDelay, () -> {
                retryScheduled = false;
                retryDelay = retryDelay.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : retryDelay.multipliedBy(2);
                routes.retryFailed();
                loop.wake();
            });
        }
    }

    private void scheduleResync() {
        if (dumping >= 0) {
            resyncAgain = true;
        } else if (!resyncScheduled) {
            resyncScheduled = true;
            loop.schedule(RESYNC_DELAY, this::beginResync);
        }
    }

    private void beginResync() {
        resyncScheduled = false;
        if (dumping < 0) {
            resyncs++;
            readNextHops();
            dump(0);
        }
    }

    private void dump(int family) {
        dumping = family;
        routes.beginDump(family == 1);
        request.clear();
        RouteRequests.dump(request, ++dumpSequence, family == 1, policy.table(), Rtnetlink.PROTOCOL);
        dump.start(request, dumpSequence);
        loop.wake();
    }

    private void stepResync() {
        RouteDump.Progress progress;
        try {
            progress = dump.step(this::dumped);
        } catch (KernelException e) {
            if (e.errno() != Errno.ENOENT) { // "FIB table does not exist": nothing is in it
                dumping = -1;
                loop.schedule(FIRST_RETRY, this::scheduleResync);
                throw e;
            }
            progress = RouteDump.Progress.DONE;
        }
        switch (progress) {
            case MORE -> { }
            case INTERRUPTED -> { // the table changed under the dump, which may have missed routes
                if (++dumpAttempts < DUMP_ATTEMPTS) {
                    dump(dumping);
                } else {
                    dumped();
                }
            }
            case DONE -> dumped();
        }
    }

    private void dumped() {
        dumpAttempts = 0;
        int differing = routes.endDump(dumping == 1);
        LOG.info("TMB-RTE-003 IPv{} routes of ours in the kernel: {}; {} to be changed", dumping == 1 ? 6 : 4, routes.table(dumping == 1).installedCount(), differing);
        if (dumping == 0) {
            dump(1);
            return;
        }
        dumping = -1;
        ready = true;
        if (resyncAgain) {
            resyncAgain = false;
            scheduleResync();
        }
    }

    private void dumped(MessageReader from) {
        if (from.type() != Rtnetlink.RTM_NEWROUTE || !message.parse(from) || message.protocol() != Rtnetlink.PROTOCOL || message.table() != policy.table()) {
            return;
        }
        RouteContent content = message.shape().map(shape -> shapes.computeIfAbsent(shape, s -> message.content(links::name))).orElseGet(() -> message.content(links::name));
        if (shapes.size() > 100_000) {
            shapes.clear(); // a table with that many different next hops: the cache is no help
        }
        routes.dumped(message.v6(), message.hi(), message.lo(), message.length(), content, message.nextHopId());
    }

    // ---- questions ----

    public KernelRoutes.Counts counts() {
        return loop.ask(() -> {
            var four = routes.table(false);
            var six = routes.table(true);
            return new KernelRoutes.Counts(four.desiredCount(), six.desiredCount(), four.installedCount(), six.installedCount(), failed(),
                    four.dirtyCount() + six.dirtyCount(), batches, resyncs, routes.nextHopObjects(), routes.lastError());
        }, Duration.ofSeconds(5));
    }

    /** Whether nothing is left to do: read, and all written that can be. */
    public boolean settled() {
        return loop.ask(() -> ready && dumping < 0 && !resyncScheduled && !routes.hasWork(), Duration.ofSeconds(5));
    }

    public Optional<String> owner(Prefix prefix) {
        return loop.ask(() -> routes.owner(prefix), Duration.ofSeconds(5));
    }

    public void removeEverything() {
        loop.ask(() -> {
            routes.removeEverything();
            loop.wake();
            return true;
        }, Duration.ofSeconds(10));
    }

    /** Stops writing; the kernel keeps forwarding. Feeds are told that they are dead. */
    @Override
    public void close() {
        feeds.forEach(OwnedFeed::die);
        loop.close();
        writer.close();
        dump.close();
        nextHopDump.close();
        for (OwnedFeed feed : feeds) {
            try {
                feed.tellClosed();
            } catch (RuntimeException e) {
                LOG.error("TMB-RTE-004 the owner of feed {} failed on the end of its feed", feed.owner(), e);
            }
        }
        feeds.clear();
    }

    private long failed() {
        return routes.table(false).failedCount() + routes.table(true).failedCount();
    }

    /** Timers are not bound by the mailbox: for what must not be refused. */
    private void post(Runnable task) {
        loop.schedule(Duration.ZERO, task);
    }
}
