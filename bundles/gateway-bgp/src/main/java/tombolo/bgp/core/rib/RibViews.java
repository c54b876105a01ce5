package tombolo.bgp.core.rib;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tombolo.api.bgp.BgpRoutes.AdvertisementVerdict;
import tombolo.api.bgp.BgpRoutes.Explanation;
import tombolo.api.bgp.BgpRoutes.FamilyCounts;
import tombolo.api.bgp.BgpRoutes.PathVerdict;
import tombolo.api.bgp.BgpRoutes.PeerCounts;
import tombolo.api.bgp.BgpRoutes.Query;
import tombolo.api.bgp.BgpRoutes.Route;
import tombolo.api.bgp.BgpRoutes.Table;
import tombolo.api.bgp.BgpRoutes.Totals;
import tombolo.api.bgp.BgpRoutes.UpdateError;
import tombolo.api.config.PeerSettings;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.bgp.core.filter.CompiledFilter;
import tombolo.bgp.core.wire.AttributeTable;
import tombolo.bgp.core.wire.AttributeView;

/** The tables in people's words. Every call is bounded: walks go by slices of prefix ids, chosen by the caller. On the Loop only. */
public final class RibViews {
    private static final String NEXT_HOP_REPLACED = "; with our address as next hop, since the route's own is this peer's (RFC 4271 §5.1.3)";

    private final RibEngine engine;
    private final AttributeTable attributes;

    RibViews(RibEngine engine) {
        this.engine = engine;
        this.attributes = engine.attributes;
    }

    /** The highest prefix id of the family: a walk goes from 1 to it. */
    public int highest(AddressFamily family) {
        return engine.rib(family).prefixes.highest();
    }

    /** Adds the prefixes with ids in [from, to) that the query may answer with. */
    public void collect(Query query, AddressFamily family, int from, int to, PrefixKeys into) {
        FamilyRib rib = engine.rib(family);
        Prefix within = query.prefix().orElse(null);
        Optional<Peer> peer = query.peer().flatMap(engine::peer);
        Optional<UpdateGroup> group = peer.flatMap(found -> engine.groups().of(found, family));
        for (int prefix = from; prefix < to; prefix++) {
            if (answers(query, rib, prefix, peer.orElse(null), group.orElse(null)) && (within == null || within.covers(rib.prefixes.prefix(prefix)))) {
                into.add(rib.prefixes.hi(prefix), rib.prefixes.lo(prefix), rib.prefixes.length(prefix));
            }
        }
    }

    private boolean answers(Query query, FamilyRib rib, int prefix, @Nullable Peer peer, @Nullable UpdateGroup group) {
        return switch (query.table()) {
            case LOC_RIB -> query.peer().isEmpty() ? rib.first(prefix) != 0 : peer != null && rib.find(rib.first(prefix), peer.index) != 0;
            case RECEIVED -> peer != null && rib.find(rib.first(prefix), peer.index) != 0;
            case ADVERTISED -> peer != null && group != null && group.holds(peer, prefix);
        };
    }

    /** The rows of one prefix, best first; none where it has gone. */
    public List<Route> routes(Query query, AddressFamily family, long hi, long lo, int length) {
        FamilyRib rib = engine.rib(family);
        int prefix = rib.prefixes.find(hi, lo, length);
        Optional<Peer> peer = query.peer().flatMap(engine::peer);
        if (prefix == 0 || query.peer().isPresent() && peer.isEmpty()) {
            return List.of();
        }
        if (query.table() == Table.ADVERTISED) {
            return peer.flatMap(found -> engine.groups().of(found, family)).filter(group -> group.holds(peer.get(), prefix))
                    .map(group -> advertised(rib, group, peer.get(), prefix)).orElse(List.of());
        }
        List<Route> rows = new ArrayList<>();
        for (int path : sorted(rib, prefix)) {
            boolean wanted = peer.isEmpty() || rib.paths.peer(path) == peer.get().index;
            if (wanted && (!query.bestOnly() || rib.best(prefix) == path || rib.isUsed(prefix, path))) {
                boolean raw = query.table() == Table.RECEIVED || rib.paths.accepted(path) == 0;
                rows.add(route(rib, prefix, path, raw ? rib.paths.received(path) : rib.paths.accepted(path)));
            }
        }
        return rows;
    }

    private List<Integer> sorted(FamilyRib rib, int prefix) {
        List<Integer> paths = new ArrayList<>();
        for (int path = rib.first(prefix); path != 0; path = rib.paths.next(path)) {
            paths.add(path);
        }
        int best = rib.best(prefix);
        // after the best: those that lost latest, then by peer, so that the order says something and stays the same
        paths.sort(Comparator.<Integer>comparingInt(path -> path == best ? 0 : 1).thenComparingInt(path -> -rib.bestPath.lostAt(rib.first(prefix), path))
                .thenComparing(path -> engine.peers.at(rib.paths.peer(path)).name));
        return paths;
    }

    private Route route(FamilyRib rib, int prefix, int path, int set) {
        Peer peer = engine.peers.at(rib.paths.peer(path));
        List<String> flags = new ArrayList<>();
        if (rib.best(prefix) == path) {
            flags.add("best");
        } else if (rib.isUsed(prefix, path)) {
            flags.add("multipath");
        }
        int bits = rib.paths.flags(path);
        if ((bits & PathTable.LOOP) != 0) {
            flags.add("loop");
        }
        if ((bits & PathTable.FILTERED) != 0) {
            flags.add("filtered");
        }
        if (rib.bestPath.isStale(path)) {
            flags.add("stale");
        }
        if (rib.paths.accepted(path) != 0 && !rib.bestPath.usable(path)) {
            flags.add("unreachable");
        }
        return row(rib.prefixes.prefix(prefix), peer.name, set, flags, peer.isLocal() ? 0 : Math.max(0, engine.nowSeconds() - rib.paths.learned(path)));
    }

    private List<Route> advertised(FamilyRib rib, UpdateGroup group, Peer to, int prefix) {
        int sent = group.sent(prefix);
        boolean own = group.isNextHop(to, sent);
        int told = own ? group.policy.withOwnNextHop(sent) : sent;
        if (told == 0) {
            return List.of();
        }
        Route row = row(rib.prefixes.prefix(prefix), engine.peers.at(group.source(prefix)).name, told, List.of("advertised"), 0);
        if (own) {
            attributes.release(told);
        }
        return List.of(row);
    }

    private Route row(Prefix prefix, String peer, int set, List<String> flags, long age) {
        AttributeView view = attributes.view(set);
        return new Route(prefix, peer, view.nextHop().orElse(IpAddress.any(prefix.family())), view.origin(), view.asPath(), view.med(), view.localPreference(),
                view.communities(), flags, view.others(), age);
    }

    // ---- explain ----

    public Explanation explain(Prefix asked) {
        FamilyRib rib = engine.rib(asked.family());
        int prefix = covering(rib, asked);
        if (prefix == 0 && engine.localRoutes().waits(asked)) {
            return new Explanation(asked, Optional.empty(), List.of(), List.of(), "not originated: require-route is set in its etc/tombolo.bgp.network file, and the"
                    + " kernel has no route of anybody else for " + asked);
        }
        if (prefix == 0) {
            return new Explanation(asked, Optional.empty(), List.of(), List.of(), "no route: no prefix in the BGP tables covers " + asked);
        }
        List<PathVerdict> paths = new ArrayList<>();
        for (int path : sorted(rib, prefix)) {
            int step = rib.bestPath.lostAt(rib.first(prefix), path);
            int set = rib.paths.accepted(path) != 0 ? rib.paths.accepted(path) : rib.paths.received(path);
            paths.add(new PathVerdict(route(rib, prefix, path, set), step, verdict(rib, prefix, path, step)));
        }
        List<AdvertisementVerdict> told = new ArrayList<>();
        for (Peer peer : engine.peers.all()) {
            if (peer.up != null) {
                told.add(engine.groups().of(peer, rib.family)
                        .map(group -> new AdvertisementVerdict(peer.name, group.holds(peer, prefix), group.explain(prefix, peer)
                                + (group.holds(peer, prefix) && group.isNextHop(peer, group.sent(prefix)) ? NEXT_HOP_REPLACED : "")))
                        .orElse(new AdvertisementVerdict(peer.name, false, "not advertised: " + rib.family + " was not negotiated with this peer")));
            } else {
                told.add(new AdvertisementVerdict(peer.name, false, "not advertised: the session is not established"));
            }
        }
        return new Explanation(asked, Optional.of(rib.prefixes.prefix(prefix)), paths, told, kernel(rib, prefix));
    }

    /** The prefix itself, else the longest with a path that covers it; 0: none. */
    private static int covering(FamilyRib rib, Prefix asked) {
        for (int length = asked.length(); length >= 0; length--) {
            int found = rib.prefixes.find(Prefix.of(asked.address(), length));
            if (found != 0 && rib.first(found) != 0) {
                return found;
            }
        }
        return 0;
    }

    private String verdict(FamilyRib rib, int prefix, int path, int step) {
        if (step == 0) {
            return "best";
        }
        Peer peer = engine.peers.at(rib.paths.peer(path));
        int bits = rib.paths.flags(path);
        if ((bits & PathTable.LOOP) != 0) {
            return "not used (step 1): " + engine.importPolicy().loop(peer, rib.paths.received(path));
        }
        if ((bits & PathTable.FILTERED) != 0) {
            return "not used (step 1): " + filtered(rib, prefix, path, peer);
        }
        if (step == BestPath.UNUSABLE) {
            boolean dead = rib.bestPath.isStale(path) && !peer.family(rib.family).keepStale;
            int nextHop = attributes.nextHop(rib.paths.accepted(path));
            if (!dead && engine.nextHops.offLink(nextHop, peer)) {
                return "not used (step 1): next hop " + attributes.nextHopAddress(rib.paths.accepted(path)) + " lies on no link shared with this directly connected"
                        + " peer (RFC 4271 §6.3); multihop-ttl would allow it";
            }
            return dead ? "not used (step 1): its session is over; being removed"
                    : "not used (step 1): next hop " + attributes.nextHopAddress(rib.paths.accepted(path)) + " is not reachable";
        }
        String contrast = rib.bestPath.contrast(step, path, rib.best(prefix));
        return "lost at step " + step + ", " + BestPath.STEP_NAMES[step] + (contrast.isEmpty() ? "" : ": " + contrast)
                + (rib.isUsed(prefix, path) ? "; used beside the best (multipath)" : "");
    }

    private String filtered(FamilyRib rib, int prefix, int path, Peer peer) {
        CompiledFilter filter = peer.importFilter;
        if (filter == null) {
            return "no import filter on an eBGP peer: nothing is accepted (RFC 8212)";
        }
        int seen = engine.importPolicy().prepared(peer, rib.paths.received(path));
        if (seen == 0) {
            return "its path grows too long with local-as before it";
        }
        String decision = filter.explain(rib.family, rib.prefixes.hi(prefix), rib.prefixes.lo(prefix), rib.prefixes.length(prefix), seen).decision();
        attributes.release(seen);
        return decision.replaceFirst("^rejected by filter", "rejected by import filter");
    }

    private String kernel(FamilyRib rib, int prefix) {
        int best = rib.best(prefix);
        if (best == 0) {
            return rib.selectionHeld() ? "not handed over yet: " + ExportPolicy.DEFERRED + "; the kernel goes on with its route from before, if it has one"
                    : "not in the kernel: no usable path";
        }
        if (rib.paths.peer(best) == Peer.LOCAL) {
            return "not put into the kernel: a prefix of our own";
        }
        String hops = engine.sets().hops(rib.want(prefix)).toString();
        if (!engine.feed.isOpen()) {
            return "wanted via " + hops + ", but the data plane (gateway-dataplane) is not running";
        }
        return rib.feedDirty.contains(prefix) ? "waits to be handed to the data plane via " + hops
                : "handed to the data plane via " + hops + "; route:explain " + rib.prefixes.prefix(prefix).address() + " shows what the kernel made of it";
    }

    // ---- counts ----

    public List<PeerCounts> peers() {
        List<PeerCounts> all = new ArrayList<>();
        for (Peer peer : engine.peers.all()) {
            List<FamilyCounts> families = new ArrayList<>();
            for (AddressFamily family : AddressFamily.values()) {
                PeerSettings settings = peer.settings;
                boolean shown = settings != null && settings.families().contains(family) || peer.carries(family) || peer.family(family).received > 0;
                if (shown) {
                    families.add(counts(peer, family));
                }
            }
            all.add(new PeerCounts(peer.name, traits(peer), families, Map.copyOf(peer.attributeErrors), peer.updatesIn, peer.updatesOut, peer.withdrawalsIn));
        }
        return all;
    }

    private static List<String> traits(Peer peer) {
        PeerSettings settings = peer.settings;
        List<String> traits = new ArrayList<>();
        if (settings == null) {
            return traits;
        }
        if (peer.client) {
            traits.add("route reflector client, cluster id " + IpAddress.v4(peer.clusterId));
        }
        settings.localAs().ifPresent(local -> traits.add("local-as " + local.as() + (local.noPrepend() ? ", not before what it sends" : "")
                + (local.replaceAs() ? ", in place of our own" : "")));
        if (settings.nextHop() != PeerSettings.NextHopMode.AUTO) {
            traits.add("next-hop " + settings.nextHop().name().toLowerCase(java.util.Locale.ROOT));
        }
        if (settings.defaultOriginate()) {
            traits.add("default-originate" + (settings.defaultOriginateFilters().isEmpty() ? "" : " through " + String.join(", ", settings.defaultOriginateFilters())));
        }
        if (!settings.enforceFirstAs() && !peer.ibgp) {
            traits.add("first AS not enforced");
        }
        return traits;
    }

    private FamilyCounts counts(Peer peer, AddressFamily family) {
        PeerFamily share = peer.family(family);
        PeerSettings settings = peer.settings;
        int limit = settings == null ? 0 : settings.maxPrefixes().getOrDefault(family, 0);
        long advertised = engine.groups().of(peer, family).map(group -> (long) group.advertised(peer)).orElse(0L);
        String note = note(peer, share, settings, engine.rib(family));
        String told = engine.groups().of(peer, family).map(UpdateGroup::limitNote).orElse("");
        return new FamilyCounts(family, share.received, share.accepted, share.best, advertised, share.stale, limit, share.endOfRib, note + (note.isEmpty() || told.isEmpty() ? "" : "; ") + told);
    }

    private static String note(Peer peer, PeerFamily share, @Nullable PeerSettings settings, FamilyRib rib) {
        if (settings == null) {
            return "no longer configured: its routes are being removed";
        }
        if (peer.up == null) {
            return share.stale > 0 ? "down: stale routes are kept for the restart time (RFC 4724)" : "";
        }
        if (!peer.ibgp && settings.importFilters().isEmpty() && settings.exportFilters().isEmpty()) {
            return "no import and no export filter: nothing accepted, nothing advertised (RFC 8212)";
        }
        if (!peer.ibgp && settings.importFilters().isEmpty()) {
            return "no import filter: nothing accepted (RFC 8212)";
        }
        if (!peer.ibgp && settings.exportFilters().isEmpty()) {
            return "no export filter: nothing advertised (RFC 8212)";
        }
        return !share.endOfRib && peer.up.gracefulRestart().isPresent() ? "waiting for End-of-RIB" + (rib.selectionHeld() ? ", and route selection with it" : "") : "";
    }

    public Totals totals() {
        FamilyRib ipv4 = engine.rib(AddressFamily.IPV4);
        FamilyRib ipv6 = engine.rib(AddressFamily.IPV6);
        return new Totals(ipv4.prefixes.size(), ipv6.prefixes.size(), (long) ipv4.paths.size() + ipv6.paths.size(), attributes.size(), engine.groups().count(),
                ipv4.bytes() + ipv6.bytes() + attributes.memoryBytes());
    }

    public List<UpdateError> errors(String peer) {
        return engine.peer(peer).map(found -> found.errors.list()).orElse(List.of());
    }
}
