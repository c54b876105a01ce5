package tombolo.dataplane.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.kernel.Errno;
import tombolo.api.kernel.Link;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.RouteChanges;

/**
 * The routes that the feeds want, what the kernel has, and the next batch of messages that brings the two together. Pure: no socket, no clock.
 *
 * <pre>
 *  feed: define, apply, inSync ─► desired ┐
 *                                         ├─ differs: dirty ─► collect(batch) ─► kernel ─► settle(batch) ─► actual
 *  dump, notifications ─────────► actual  ┘
 * </pre>
 *
 * Leftovers (ours in the kernel, wanted by nobody: from before a restart or of a feed that closed) stay until the feeds that may still want them are in sync.
 * Order of work: routes of redefined ids (a failover), then all other changes. One thread.
 */
public final class DesiredRoutes {
    /** Feeds at one time, as {@link tombolo.api.route.RouteSink} promises. */
    public static final int FEEDS = 16;
    /** The owner whose leftovers bear the static metric. */
    public static final String STATIC = "static";
    /** Texts of one batch's errors that are worth a log line. */
    private static final int PROBLEMS = 4;

    private final long table;
    private final Interfaces interfaces;
    private final RouteContents contents = new RouteContents();
    private final Feeds feeds;
    private final NextHopObjects objects;
    private final RouteRows all;
    private final ExtraRoutes extras;
    private final ObservedRoutes observed;
    private final Redefinitions redefined;
    private final DirtyOrder[] order = {new DirtyOrder(), new DirtyOrder()};
    private int firstFamily;
    private boolean resyncWanted;
    private boolean retryWanted;
    private String lastError = "";

    /**
     * @param table        the kernel's routing table
     * @param staticMetric the metric by which leftovers of the static feed are known
     */
    public DesiredRoutes(long table, long staticMetric, Interfaces interfaces) {
        this(table, staticMetric, interfaces, NextHopObjects.ROWS);
    }

    /** @param rowsForObject how many routes a set must have to get a nexthop object */
    DesiredRoutes(long table, long staticMetric, Interfaces interfaces, int rowsForObject) {
        this.table = table;
        this.interfaces = interfaces;
        this.feeds = new Feeds(staticMetric);
        this.objects = new NextHopObjects(feeds, contents, interfaces, rowsForObject);
        this.all = new RouteRows(contents, feeds, objects);
        this.extras = new ExtraRoutes(feeds);
        this.observed = new ObservedRoutes(all, contents, feeds, extras, objects);
        this.redefined = new Redefinitions(all.both());
    }

    public RouteTable table(boolean v6) {
        return all.table(v6);
    }

    public RouteContents contents() {
        return contents;
    }

    /** Nexthop objects (groups) that routes go through; empty where the kernel has none. */
    public OptionalInt nextHopObjects() {
        return objects.isAvailable() ? OptionalInt.of(objects.size()) : OptionalInt.empty();
    }

    public String lastError() {
        return lastError;
    }

    /** Whether a dump is needed to know more: a route exists that we did not know of. Reading clears it. */
    public boolean takeResyncWanted() {
        boolean wanted = resyncWanted;
        resyncWanted = false;
        return wanted;
    }

    /** Whether something failed since the last call and should be tried again later. */
    public boolean takeRetryWanted() {
        boolean wanted = retryWanted;
        retryWanted = false;
        return wanted;
    }

    // ---- feeds ----

    /** Opens a feed, closing one of the same owner; its number, or -1 where there are too many. */
    public int open(String owner, int preference) {
        feeds.of(owner).map(Feed::number).ifPresent(this::close);
        return feeds.add(owner, preference);
    }

    /** Ends a feed; what it wanted becomes a leftover. */
    public void close(int number) {
        feeds.get(number).ifPresent(feed -> {
            forget(feed, false);
            for (int id = 0; id < feed.ids(); id++) {
                contents.release(feed.content(id));
            }
            redefined.forget(number);
            objects.release(number);
            feeds.remove(number);
        });
    }

    /** Removes all routes of a feed, from the kernel too; its definitions stay. */
    public void removeAll(int number) {
        feeds.get(number).ifPresent(feed -> forget(feed, true));
    }

    /** Removes all that is ours, leftovers included; feeds stay open. */
    public void removeEverything() {
        feeds.forEach(feed -> forget(feed, true));
        for (RouteTable rows : all.both()) {
            RouteRows.each(rows, slot -> {
                if (rows.content(slot) != 0) {
                    rows.dirty(slot, true);
                }
            });
        }
        extras.allNow();
    }

    private void forget(Feed feed, boolean remove) {
        feed.forgetShadowed();
        for (RouteTable rows : all.both()) {
            RouteRows.each(rows, slot -> {
                if (rows.desired(slot) != RouteTable.NONE && rows.desired(slot) >>> 16 == feed.number()) {
                    handOver(rows, slot, remove);
                }
            });
        }
    }

    public void define(int number, int id, RouteContent content) {
        Feed feed = feeds.get(number).orElse(null);
        if (feed == null) {
            return;
        }
        int fresh = contents.number(content);
        int before = feed.content(id);
        if (fresh == before) {
            return;
        }
        contents.retain(fresh);
        contents.release(before);
        feed.content(id, fresh);
        objects.redefined(number << 16 | id);
        if (feed.rows(id) > 0) {
            redefined.add(number << 16 | id); // after the objects: finds what they have not moved
        }
    }

    public void apply(int number, RouteChanges changes) {
        Feed feed = feeds.get(number).orElse(null);
        if (feed == null) {
            return;
        }
        boolean v6 = changes.family() == AddressFamily.IPV6;
        RouteTable rows = table(v6);
        for (int row = 0; row < changes.size(); row++) {
            long hi = changes.hi(row);
            long lo = changes.lo(row);
            int length = changes.length(row);
            int id = changes.nextHops(row);
            if (id == RouteChanges.WITHDRAW) {
                withdraw(feed, rows, hi, lo, length);
            } else {
                offer(feed, rows, hi, lo, length, id);
            }
        }
    }

    private void offer(Feed feed, RouteTable rows, long hi, long lo, int length, int id) {
        int slot = rows.findOrAdd(hi, lo, length);
        int current = rows.desired(slot);
        int wanted = feed.number() << 16 | id;
        if (current == wanted) {
            return;
        }
        if (current != RouteTable.NONE && current >>> 16 != feed.number()) {
            Feed holder = feeds.holder(current);
            if (!feed.outdoes(holder)) {
                feed.shadow(rows.isV6(), hi, lo, length, id);
                return;
            }
            holder.shadow(rows.isV6(), hi, lo, length, current & 0xffff);
        }
        all.want(rows, slot, wanted);
        all.touch(rows, slot);
    }

    private void withdraw(Feed feed, RouteTable rows, long hi, long lo, int length) {
        int slot = rows.find(hi, lo, length);
        if (slot >= 0 && rows.desired(slot) != RouteTable.NONE && rows.desired(slot) >>> 16 == feed.number()) {
            handOver(rows, slot, true);
        } else {
            feed.unshadow(rows.isV6(), hi, lo, length);
        }
    }

    /** The holder of a row gives it up: the best of those it outdid takes over, else it is removed, or left for the sweep. */
    private void handOver(RouteTable rows, int slot, boolean remove) {
        Optional<Feed> heir = feeds.heir(rows, slot);
        if (heir.isPresent()) {
            int id = heir.get().unshadow(rows.isV6(), rows.hi(slot), rows.lo(slot), rows.length(slot));
            all.want(rows, slot, heir.get().number() << 16 | id);
            all.touch(rows, slot);
            return;
        }
        all.want(rows, slot, RouteTable.NONE);
        rows.flag(slot, RouteTable.FAILED | RouteTable.CONFLICT, false);
        if (rows.content(slot) == 0) {
            rows.remove(slot);
        } else {
            rows.dirty(slot, remove);
        }
    }

    /** All routes of a feed and family have been offered; leftovers that nobody else may want are swept. */
    public void inSync(int number, boolean v6) {
        Feed feed = feeds.get(number).orElse(null);
        if (feed == null || feed.inSync(v6)) {
            return;
        }
        feed.inSync(v6, true);
        observed.sweep(v6);
    }

    // ---- towards the kernel ----

    public boolean hasWork() {
        return !redefined.isEmpty() || table(false).dirtyCount() + table(true).dirtyCount() > 0 || extras.anyDue() || objects.hasWork();
    }

    /** Fills a batch with the most urgent work; it may stay empty while a scan goes on ({@link #hasWork} tells). */
    public void collect(Batch batch) {
        objects.collect(batch);
        showReady();
        if (!batch.isEmpty()) {
            return;
        }
        if (!redefined.isEmpty()) {
            moveRedefined(batch);
            if (!batch.isEmpty()) {
                return;
            }
        }
        firstFamily ^= 1; // neither family waits for the other's bulk
        for (int i = 0; i < 2 && !batch.isFull(); i++) {
            collectDirty(batch, table((i ^ firstFamily) == 1), i ^ firstFamily);
        }
        for (Optional<ExtraRoutes.Extra> due = Optional.empty(); !batch.isFull() && (due = extras.takeDue()).isPresent();) {
            ExtraRoutes.Extra extra = due.get();
            int slot = table(extra.v6()).find(extra.hi(), extra.lo(), extra.length());
            if (slot < 0 || all.actualMetric(table(extra.v6()), slot) != extra.metric()) { // else it has become the row's own
                deleteExtra(batch, extra);
            }
        }
        if (!batch.isFull()) {
            objects.collectIdle(batch);
        }
    }

    /** Routes of sets that have got an object move over to it, behind all that is urgent. */
    private void showReady() {
        objects.takeReady().forEach(set -> all.touchAll(set.desired(), set.v6()));
    }

    private void deleteExtra(Batch batch, ExtraRoutes.Extra extra) {
        RouteRequests.delete(batch.writer(), batch.nextSequence(), extra.v6(), extra.hi(), extra.lo(), extra.length(), table, extra.metric());
        batch.add(Batch.Operation.DELETE_EXTRA, extra.v6(), 0, 0);
    }

    private void moveRedefined(Batch batch) {
        RouteTable rows = redefined.table();
        redefined.search(batch, slot -> {
            all.touch(rows, slot);
            if (rows.dirty(slot)) {
                write(batch, rows, slot);
            }
        });
    }

    private void collectDirty(Batch batch, RouteTable rows, int family) {
        while (!batch.isFull()) {
            int slot = order[family].next(rows);
            if (slot < 0) {
                break;
            }
            write(batch, rows, slot);
        }
    }

    private void write(Batch batch, RouteTable rows, int slot) {
        rows.dirty(slot, false);
        boolean v6 = rows.isV6();
        int actual = rows.content(slot);
        int wanted = all.wantedContent(rows, slot);
        if (wanted == 0) {
            if (actual != 0 && rows.desired(slot) == RouteTable.NONE) {
                RouteRequests.delete(batch.writer(), batch.nextSequence(), v6, rows.hi(slot), rows.lo(slot), rows.length(slot), table, contents.content(actual).metric());
                batch.add(Batch.Operation.DELETE, v6, slot, actual);
            }
            return;
        }
        int through = objects.through(rows.desired(slot), v6, wanted);
        if (through == 0) {
            objects.want(rows.desired(slot), v6); // for those that come later
        }
        int content = through == 0 ? wanted : through;
        RouteRequests.Encoded encoded = contents.encoded(content, v6, table, interfaces);
        if (!encoded.problem().isEmpty()) {
            refused(rows, slot, false, encoded.problem());
            return;
        }
        long metric = contents.content(wanted).metric();
        boolean replace = all.actualMetric(rows, slot) == metric;
        if (!replace) { // by its protocol: replacing might hit a foreign route that came meanwhile
            extras.take(rows, slot, metric).ifPresent(inTheWay -> deleteExtra(batch, inTheWay));
        }
        RouteRequests.add(batch.writer(), batch.nextSequence(), v6, rows.hi(slot), rows.lo(slot), rows.length(slot), table, encoded, replace);
        batch.add(replace ? Batch.Operation.REPLACE : Batch.Operation.ADD, v6, slot, content);
    }

    /** What the kernel refused of nexthop objects since the last call. */
    public List<String> takeNextHopProblems() {
        List<String> problems = objects.takeProblems();
        if (!problems.isEmpty()) {
            lastError = problems.getLast();
            retryWanted = true;
        }
        return problems;
    }

    /** Takes the kernel's answers. Answers the texts of a few errors, for the log. */
    public List<String> settle(Batch batch) {
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            int errno = batch.errno(i);
            if (batch.operation(i) == Batch.Operation.NEXT_HOP) {
                objects.settle(batch.slot(i), errno, batch.text(i));
                continue;
            }
            if (batch.operation(i) == Batch.Operation.DELETE_EXTRA) {
                continue; // gone, or it was gone before; a dump finds what is left
            }
            RouteTable rows = table(batch.v6(i));
            int slot = batch.slot(i);
            boolean deleting = batch.operation(i) == Batch.Operation.DELETE;
            if (errno == 0 || deleting && (errno == Errno.ESRCH || errno == Errno.ENOENT)) {
                rows.flag(slot, RouteTable.FAILED | RouteTable.CONFLICT, false);
                rows.flag(slot, RouteTable.SEEN, true);
                if (deleting) {
                    all.vanish(rows, slot);
                } else {
                    written(rows, slot, batch.content(i));
                }
                continue;
            }
            if (!deleting && contents.object(batch.content(i)) != 0 && (errno == Errno.EINVAL || errno == Errno.ENOENT)) {
                resyncWanted = true; // its nexthop object went without our hearing of it
            }
            String reason = errno == Errno.EEXIST && batch.operation(i) == Batch.Operation.ADD
                    ? "a foreign route with the same prefix and metric " + contents.content(batch.content(i)).metric() + " is there and left alone"
                    : Errno.text(errno) + (batch.text(i).isEmpty() ? "" : " (" + batch.text(i) + ")");
            refused(rows, slot, errno == Errno.EEXIST, reason);
            if (problems.size() < PROBLEMS) {
                problems.add(lastError);
            }
        }
        resyncWanted |= objects.takeDoubt();
        showReady();
        return problems;
    }

    private void written(RouteTable rows, int slot, int content) {
        long before = all.actualMetric(rows, slot);
        if (before >= 0 && before != contents.content(content).metric()) {
            // The kernel keeps routes of different metrics side by side: the new one is in place, now the old one goes.
            extras.add(rows, slot, before, true);
        }
        all.actual(rows, slot, content);
    }

    private void refused(RouteTable rows, int slot, boolean exists, String reason) {
        if (exists && !rows.flagged(slot, RouteTable.CONFLICT)) {
            resyncWanted = true; // foreign, or one of ours that we lost sight of: a dump tells
        }
        rows.flag(slot, RouteTable.FAILED | (exists ? RouteTable.CONFLICT : 0), true);
        lastError = prefix(rows, slot) + ": " + reason;
        retryWanted = true;
    }

    /** Tries again what the kernel refused: time has passed, or interfaces or neighbours have changed. */
    public void retryFailed() {
        objects.reviewAll();
        for (RouteTable rows : all.both()) {
            if (rows.failedCount() > 0) {
                RouteRows.each(rows, slot -> {
                    if (rows.flagged(slot, RouteTable.FAILED)) {
                        rows.dirty(slot, true);
                    }
                });
            }
        }
    }

    /** Whether a change of an interface can be a change for our routes. That of a container is none: it has no address and they do not name it. */
    public boolean concerns(Link link) {
        return link.isNumbered() || contents.mayUse(link.name(), interfaces);
    }

    /** Interfaces have other numbers now: contents are encoded anew, failures tried again. */
    public void interfacesChanged() {
        contents.interfacesChanged();
        retryFailed();
    }

    // ---- from the kernel ----

    /**
     * All nexthop objects in the kernel, as a dump shows them during which nothing was written. Routes through those that are gone went with them, and are put
     * back. Must come before the first dump of routes.
     */
    public void nextHopsDumped(List<NextHopMessage> seen) {
        objects.dumped(seen).forEach(all::vanishThrough);
    }

    /** The kernel has no nexthop objects: every route names its next hops. */
    public void withoutNextHopObjects() {
        objects.unavailable();
    }

    public void beginDump(boolean v6) {
        observed.beginDump(v6);
    }

    /**
     * A route of ours, as a dump shows it. What was written since the dump began is newer than the dump.
     *
     * @param object the nexthop object that it goes through, or 0
     */
    public void dumped(boolean v6, long hi, long lo, int length, RouteContent content, int object) {
        observed.dumped(v6, hi, lo, length, content, object);
    }

    /** The dump is complete: routes that it did not show are not there. Answers how many rows differ from what is wanted. */
    public int endDump(boolean v6) {
        return observed.endDump(v6);
    }

    /**
     * Somebody else removed a route of ours, or the kernel did with its interface or nexthop object: it is put back. The news may be late, and the route back
     * already, since the end of an object is known before the ends of its routes.
     *
     * @param object the nexthop object that it went through, or 0
     */
    public void routeDeleted(boolean v6, long hi, long lo, int length, long metric, int object) {
        observed.deleted(v6, hi, lo, length, metric, object);
    }

    /** A route under our protocol number that somebody else wrote. */
    public void routeAppeared(boolean v6, long hi, long lo, int length, RouteContent content, int object) {
        observed.appeared(v6, hi, lo, length, content, object);
    }

    /**
     * A foreign route came. Where we thought to have one of the same prefix and metric, it has taken its place ({@code ip route replace}), or ours was gone and
     * the news of it lost; taking ours for present would overwrite the foreign one with the next change.
     */
    public void routeDisplaced(boolean v6, long hi, long lo, int length, long metric) {
        observed.displaced(v6, hi, lo, length, metric);
    }

    /** A foreign route went: one of ours that it stood in the way of may take the place. */
    public void foreignDeleted(boolean v6, long hi, long lo, int length) {
        observed.foreignDeleted(v6, hi, lo, length);
    }

    /** The owner of the feed whose route for the prefix is the wanted one. */
    public Optional<String> owner(Prefix prefix) {
        RouteTable rows = table(prefix.family() == AddressFamily.IPV6);
        int slot = rows.find(prefix.address().hi(), prefix.address().lo(), prefix.length());
        return slot < 0 || rows.desired(slot) == RouteTable.NONE ? Optional.empty() : Optional.of(feeds.holder(rows.desired(slot)).owner());
    }

    private static Prefix prefix(RouteTable rows, int slot) {
        return new Prefix(new IpAddress(rows.isV6() ? AddressFamily.IPV6 : AddressFamily.IPV4, rows.hi(slot), rows.lo(slot)), rows.length(slot));
    }
}
