package tombolo.bgp.core.rib;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.BgpSession;
import tombolo.api.bgp.SessionUp;
import tombolo.api.config.PeerSettings;
import tombolo.api.config.Settings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHopState;
import tombolo.api.route.RouteFeed;
import tombolo.bgp.core.wire.AttributeTable;
import tombolo.runtime.StateKeeper.Region;

/**
 * The route engine of the node: everything behind the sessions' inboxes. Knows no thread and no clock: the one Loop that owns it passes the time in and calls
 * {@link #work} while it answers true.
 */
public final class RibEngine implements RibEvents {
    /** Of the region that {@link #export} makes. */
    public static final int LAYOUT_VERSION = Handover.LAYOUT_VERSION;
    private static final int RECYCLE_BUDGET = 1024;
    private static final long SETTLING_CHECK_NANOS = 100_000_000L;

    /** What a turn is divided between. */
    private enum Share {
        INTAKE, JOBS, GROUPS, KERNEL;

        private static final Share[] ALL = values();
    }

    final AttributeTable attributes;
    final NextHops nextHops;
    final Peers peers = new Peers();
    final Options options = new Options();
    final Map<AddressFamily, FamilyRib> ribs = new EnumMap<>(AddressFamily.class);
    final KernelFeed feed;
    final Jobs jobs = new Jobs();
    final Timers timers = new Timers();
    private final NextHopSets sets;
    private final ImportPolicy importPolicy;
    private final Policies policies;
    private final PeerLifecycle lifecycle;
    private final PeerIntake intake;
    private final LocalRoutes localRoutes;
    private final Groups groups;
    private final RibViews views;
    private final Consumer<String> log;
    private final ReadQueue readable;
    /** Sessions whose peer the settings do not name yet: the session bundle may read a new file first. */
    private final List<BgpSession> unknown = new ArrayList<>();
    private @Nullable Settings settings;
    private final Settling settling = new Settling();
    private final Convergence convergence;
    private int nextShare;
    private long startedNanos;
    /** What learning times count from: older than the start where tables were adopted. */
    private long baseNanos;
    private boolean started;

    /** @param hashKey secret of the tables' hashes; @param log takes operator text */
    public RibEngine(long hashKey, Consumer<String> log) {
        this(new AttributeTable(hashKey), hashKey, Optional.empty(), log);
    }

    /**
     * Goes on with the tables of a former bundle.
     *
     * @param region what {@link #export} made; it belongs to this engine from here on
     */
    public static RibEngine adopt(Region region, Consumer<String> log) {
        return new RibEngine(Handover.attributes(region), 0, Optional.of(region), log);
    }

    private RibEngine(AttributeTable attributes, long hashKey, Optional<Region> adopted, Consumer<String> log) {
        this.attributes = attributes;
        this.log = log;
        this.nextHops = new NextHops(attributes.nextHops());
        this.sets = new NextHopSets(nextHops, peers);
        this.policies = new Policies(attributes, this);
        this.importPolicy = new ImportPolicy(attributes);
        for (AddressFamily family : AddressFamily.values()) {
            ribs.put(family, new FamilyRib(family, attributes, nextHops, sets, peers, options, importPolicy, hashKey, adopted));
        }
        FamilyRib ipv4 = rib(AddressFamily.IPV4);
        FamilyRib ipv6 = rib(AddressFamily.IPV6);
        this.feed = new KernelFeed(sets, ipv4, ipv6);
        this.lifecycle = new PeerLifecycle(ribs, sets, jobs, timers, this::forgetIfDone);
        this.groups = new Groups(ribs, attributes, this, policies);
        this.intake = new PeerIntake(new UpdateIntake(attributes, ipv4, ipv6, importPolicy, this), ribs, lifecycle, groups, policies, peers, this);
        this.readable = new ReadQueue(intake);
        this.localRoutes = new LocalRoutes(attributes, peers.local(), ribs, this);
        this.views = new RibViews(this);
        this.convergence = new Convergence(ribs.values(), peers, nextHops, jobs, feed, log);
        adopted.ifPresent(region -> {
            baseNanos = Handover.scalar(region, "base");
            Handover.adoptPeers(this, region);
            localRoutes.adopt();
            nextHops.trust();
            settling.adopted(peers.all());
        });
    }

    FamilyRib rib(AddressFamily family) {
        FamilyRib rib = ribs.get(family);
        if (rib == null) {
            throw new IllegalStateException("every family has a table");
        }
        return rib;
    }

    /** What people ask of the tables. */
    public RibViews views() {
        return views;
    }

    NextHopSets sets() {
        return sets;
    }

    Optional<Peer> peer(String name) {
        return name.equals(peers.local().name) ? Optional.of(peers.local()) : peers.named(name);
    }

    ImportPolicy importPolicy() {
        return importPolicy;
    }

    PeerIntake intake() {
        return intake;
    }

    int nowSeconds() {
        return intake.nowSeconds();
    }

    /** Asks the peer for its routes again, or runs its import filters again where it takes no ROUTE-REFRESH. False: no such established peer. */
    public boolean refreshIn(String name) {
        Optional<Peer> peer = peers.named(name).filter(found -> found.up != null);
        if (peer.isPresent() && !intake.requestRefresh(peer.get())) {
            reimport(peer.get());
        }
        return peer.isPresent();
    }

    /** Tells the peer everything again. False: no such established peer. */
    public boolean refreshOut(String name) {
        Optional<Peer> peer = peers.named(name).filter(found -> found.up != null);
        peer.ifPresent(found -> ribs.keySet().forEach(family -> groups.refresh(found, family)));
        return peer.isPresent();
    }

    /** Graceful shutdown (RFC 8326). */
    public void drain() {
        groups.drain();
    }

    Groups groups() {
        return groups;
    }

    /** The time of what is called next. To be called first in every turn. */
    public void now(long nanos, long millis) {
        if (!started) {
            started = true;
            startedNanos = nanos;
            baseNanos = baseNanos == 0 ? nanos : baseNanos;
        }
        intake.time(nanos, baseNanos, millis);
        timers.advance(nanos);
    }

    // ---- settings ----

    public void settings(Settings now) {
        Settings before = settings;
        settings = now;
        if (before == null || !before.filters().equals(now.filters())) {
            policies.renew();
        }
        boolean decideAgain = options.apply(now.bgp());
        intake.mostPaths(now.bgp().maxPaths());
        for (Peer peer : List.copyOf(peers.all())) {
            if (!now.peers().containsKey(peer.name) && peer.session == null) {
                if (peer.adoptedSession != 0 || peer.families.values().stream().anyMatch(share -> share.received > 0)) {
                    settling.seen(peer);
                    lifecycle.down(peer, false, Optional.empty());
                }
                retire(peer);
            }
        }
        int cluster = now.peers().values().stream().noneMatch(PeerSettings::routeReflectorClient) ? 0 // RFC 4456 §7: the router id, unless configured
                : now.bgp().clusterId().or(now.bgp()::routerId).map(tombolo.api.net.RouterId::bits).orElse(0);
        boolean reflectAnew = peers.all().stream().anyMatch(peer -> peer.client != (now.peers().containsKey(peer.name) && now.peers().get(peer.name).routeReflectorClient()));
        now.peers().forEach((name, wanted) -> configure(peers.named(name).orElseGet(() -> peers.add(name)), wanted, now, cluster));
        groups.regroup(); // compares all that the form of what is told depends on, the node's settings too
        if (reflectAnew) {
            groups.reflectAnew();
        }
        localRoutes.apply(now.networks());
        if (decideAgain && before != null) {
            ribs.values().forEach(rib -> jobs.walk(rib, rib::redecideAll, () -> { }));
        }
        List<BgpSession> waiting = List.copyOf(unknown);
        unknown.clear();
        waiting.forEach(this::ready);
    }

    private void configure(Peer peer, PeerSettings wanted, Settings all, int cluster) {
        PeerSettings before = peer.settings;
        boolean importChanged = peer.configure(wanted, all, cluster);
        if (before != null && before.enforceFirstAs() != wanted.enforceFirstAs()) {
            intake.enforceFirstAs(peer, wanted.enforceFirstAs());
        }
        SessionUp up = peer.up;
        if (importChanged && up != null) { // stale routes of a peer that is away stay as they are until it is back
            peer.importFilter = policies.importFilter(peer.importChain, up);
            reimport(peer);
        }
    }

    private void reimport(Peer peer) {
        ribs.values().stream().filter(rib -> peer.family(rib.family).received > 0)
                .forEach(rib -> jobs.walk(rib, (from, to) -> rib.reimport(peer, from, to), () -> { }));
    }

    private void retire(Peer peer) {
        peers.retire(peer);
        forgetIfDone(peer);
    }

    private void forgetIfDone(Peer peer) {
        boolean configured = peers.named(peer.name).filter(found -> found == peer).isPresent();
        if (!configured && peer.families.values().stream().allMatch(share -> share.received == 0)) {
            peers.forget(peer);
        }
    }

    // ---- sessions ----

    /** The session has input, or room for output. */
    public void ready(BgpSession session) {
        Optional<Peer> known = peers.named(session.peer());
        if (known.isEmpty()) {
            if (!unknown.contains(session)) {
                unknown.add(session);
            }
            return;
        }
        Peer peer = known.get();
        peer.session = session;
        groups.unblock(peer);
        readable.add(peer);
    }

    /** The peer is not configured any longer. */
    public void removed(BgpSession session) {
        unknown.remove(session);
        peers.named(session.peer()).filter(peer -> peer.session == session).ifPresent(peer -> {
            readable.drain(peer);
            intake.gone(peer, false);
            peer.session = null;
            Settings current = settings;
            if (current == null || !current.peers().containsKey(peer.name)) {
                retire(peer);
            }
        });
    }

    /** The session bundle has gone (it is being swapped): its sessions are lost, and their peers come back as behind a restart. */
    public void sessionsGone() {
        unknown.clear();
        readable.clear();
        for (Peer peer : peers.all()) {
            intake.gone(peer, true);
            peer.session = null;
        }
    }

    // ---- kernel ----

    public void feedOpened(RouteFeed opened) {
        feed.open(opened);
    }

    public void feedClosed() {
        feed.closed();
    }

    public void feedDrained() {
        feed.drained();
    }

    public void closeFeed() {
        feed.close();
    }

    /** A next-hop tracker has come or gone. */
    public void tracked(boolean present) {
        nextHops.tracked(present);
        if (present) {
            localRoutes.watchAgain();
        }
    }

    /** The prefixes of which the node wants to know whether the kernel has a route, where they changed. To be asked while a tracker is there. */
    public Optional<Set<Prefix>> takeRoutesToWatch() {
        return localRoutes.takeWatchChange();
    }

    /** @param routes all watched prefixes that have a route now */
    public void kernelHas(Set<Prefix> routes) {
        localRoutes.kernelHas(routes);
    }

    LocalRoutes localRoutes() {
        return localRoutes;
    }

    public Optional<Collection<IpAddress>> takeNextHopsToWatch() {
        return nextHops.takeWatchChange();
    }

    public void nextHopsChanged(List<NextHopState> states) {
        int[] changed = nextHops.answered(states);
        if (changed.length > 0) {
            nextHopsMoved(changed);
        }
    }

    private void nextHopsMoved(int[] changed) {
        sets.changed(changed);
        java.util.BitSet numbers = new java.util.BitSet();
        for (int number : changed) {
            numbers.set(number);
        }
        ribs.values().forEach(rib -> jobs.walk(rib, (from, to) -> rib.redecide(numbers, from, to), () -> { }));
    }

    // ---- work ----

    /** A round of everything that waits: see {@link #work(Turn)}. */
    public boolean work() {
        return work(Turn.UNLIMITED);
    }

    /**
     * Some input of one session, a slice of a walk, a batch for each group and a block for the kernel; where the turn is over before that, the next call goes
     * on with what did not have its share.
     *
     * @return whether there is more that can be done now
     */
    public boolean work(Turn turn) {
        boolean more = nextShare != 0; // a round that begins in the middle may make work for those that it began with
        for (int i = 0; i < Share.ALL.length; i++) {
            Share share = Share.ALL[nextShare];
            nextShare = (nextShare + 1) % Share.ALL.length;
            more |= switch (share) {
                case INTAKE -> readable.work(turn);
                case JOBS -> jobs.work(turn);
                case GROUPS -> settling.isOver() && groups.work(timers.nowNanos(), turn);
                case KERNEL -> settling.isOver() && feed.work();
            };
            if (turn.isOver()) {
                return true; // what is left may be nothing: the next call sees
            }
        }
        nextShare = 0;
        if (!settling.isOver()) {
            settle();
        } else if (!more) { // what former groups told refers to ids too
            for (FamilyRib rib : ribs.values()) {
                more |= rib.recycle(RECYCLE_BUDGET);
            }
        }
        return more;
    }

    /** Behind a swap: nothing is told until the tables are what they would be without it. */
    private void settle() {
        switch (settling.step(timers.nowNanos(), readable.isEmpty(), jobs.isEmpty(), nextHops.isAnswered())) {
            case WAIT -> { }
            case EVALUATE -> {
                groups.settled();
                for (Peer peer : peers.all()) {
                    if (peer.up == null && peer.adoptedSession != 0) {
                        peer.adoptedSession = 0;
                        lifecycle.down(peer, false, Optional.empty()); // its session did not last through the swap
                    }
                    if (peer.up != null) {
                        reimport(peer);
                    }
                }
                ribs.values().forEach(rib -> jobs.walk(rib, rib::redecideAll, () -> { }));
            }
            case RELEASE -> {
                int[] changed = nextHops.trustEnds();
                if (changed.length > 0) {
                    nextHopsMoved(changed);
                }
            }
        }
    }

    /** Sessions are being asked for: those that were there show themselves now. */
    public void attached() {
        settling.attached(timers.nowNanos());
    }

    /**
     * The node has restarted and its peers may hold its routes from before (R bit): route selection waits until the peers have told all their routes or the
     * selection deferral timer has run out, and End-of-RIB, at which peers drop what was not told again, follows the selection (RFC 4724 §4.1). Meanwhile the
     * kernel keeps the routes from before, since nothing is swept. To be called before sessions are read.
     */
    public void restarted() {
        Settings current = settings;
        convergence.restarted(current == null || current.bgp().selectionDeferralSeconds() > 0);
    }

    /** A session lasted through a swap, and its tables did not: they are asked for again. */
    @Override
    public void rebuild(Peer peer) {
        settling.rebuild(peer, timers.nowNanos());
        groups.rebuild(peer);
    }

    @Override
    public void seen(Peer peer) {
        settling.seen(peer);
    }

    /**
     * The tables as a region for the bundle that follows; everything taken from the inboxes is in it. The engine must not be used afterwards. Empty where the
     * engine has not come to terms with what it took over itself: then the next one rebuilds.
     */
    public Optional<Region> export() {
        if (!settling.isOver()) {
            return Optional.empty();
        }
        for (Peer peer : peers.all()) {
            intake.finish(peer);
        }
        jobs.finish();
        return Optional.of(Handover.export(this, baseNanos));
    }

    /** The time at which {@link #now} and {@link #work} want to be called even if nothing happens; Long.MAX_VALUE: none. */
    public long nextNanos() {
        long next = Math.min(timers.nextNanos(), groups.nextNanos());
        return settling.isOver() ? next : Math.min(next, timers.nowNanos() + SETTLING_CHECK_NANOS);
    }

    /** Looks whether the families are complete, so that leftovers in the kernel may go. About once a second. */
    public void checkSync() {
        Settings current = settings;
        if (current != null && settling.isOver()) {
            convergence.check(current, timers.nowNanos(), startedNanos);
        }
    }

    @Override
    public void endOfRib(Peer peer, FamilyRib rib) {
        lifecycle.endOfRib(peer, rib);
        checkSync();
    }

    @Override
    public void log(String line) {
        log.accept(line);
    }
}
