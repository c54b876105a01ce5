package tombolo.shell.core;

import static tombolo.shell.core.Text.map;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.bgp.BgpRoutes.Query;
import tombolo.api.bgp.BgpRoutes.Route;
import tombolo.api.bgp.BgpSessions;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Prefix;
import tombolo.api.route.KernelRoutes;
import tombolo.api.route.KernelRoutes.KernelRoute;
import tombolo.shell.core.Table.Cell;
import tombolo.shell.core.Table.Tone;

/** Routes of BGP and of the kernel: {@code bgp:routes}, {@code bgp:explain}, {@code route:list}, {@code route:explain}. */
public final class RouteViews {
    /** As the api says. */
    private static final int MOST_BGP = 1_000_000;
    private static final int MOST_KERNEL = 100_000;

    private RouteViews() { }

    /**
     * What a listing asks for.
     *
     * @param prefix     an address or a prefix; empty: all
     * @param received   a peer's name, for what it sent; @param advertised a peer's name, for what we sent it; not both
     * @param family     "ipv4" or "ipv6"; empty: both
     */
    public record Ask(Optional<String> prefix, boolean longer, Optional<String> received, Optional<String> advertised, Optional<String> family,
            boolean bestOnly, int limit) { }

    public static Document routes(Services services, Ask ask) {
        BgpRoutes routes = services.need(BgpRoutes.class);
        if (ask.received().isPresent() && ask.advertised().isPresent()) {
            throw new Failure("TMB-SHL-003 --received and --advertised are two tables; ask for one of them.");
        }
        limit(ask.limit(), MOST_BGP - 1);
        Optional<String> peer = ask.received().or(ask::advertised);
        peer.ifPresent(name -> services.find(BgpSessions.class).filter(sessions -> sessions.status(name).isEmpty()).ifPresent(sessions -> {
            throw BgpViews.noPeer(sessions, name);
        }));
        BgpRoutes.Table table = ask.received().isPresent() ? BgpRoutes.Table.RECEIVED : ask.advertised().isPresent() ? BgpRoutes.Table.ADVERTISED
                : BgpRoutes.Table.LOC_RIB;
        Optional<Prefix> prefix = ask.prefix().map(Text::prefix);
        if (ask.prefix().filter(text -> text.indexOf('/') < 0).isPresent() && table == BgpRoutes.Table.LOC_RIB && !ask.longer()) {
            prefix = prefix.flatMap(host -> routes.explain(host).matched().or(() -> Optional.of(host))); // an address means the route that holds it
        }
        // One more than shown, to know whether there are more.
        List<Route> found = routes.routes(new Query(table, peer, ask.family().map(RouteViews::family), prefix, ask.longer(), ask.bestOnly(), ask.limit() + 1));
        boolean more = found.size() > ask.limit();
        List<Route> shown = more ? found.subList(0, ask.limit()) : found;
        Map<String, Object> json = map("table", switch (table) {
            case LOC_RIB -> "loc-rib";
            case RECEIVED -> "received";
            case ADVERTISED -> "advertised";
        }, "peer", peer, "more", more, "routes", shown.stream().map(RouteViews::json).toList());
        return new Document(json, screen -> {
            if (shown.isEmpty()) {
                return "No routes.\n";
            }
            Table rows = new Table("", "PREFIX", "NEXT HOP", "PEER", ">MED", ">LOCPREF", "AS PATH", "ORIGIN", "COMMUNITIES");
            shown.forEach(route -> rows.row(flags(route), route.prefix(), route.nextHop(), route.peer(), route.med(), route.localPreference(), route.asPath(),
                    route.origin(),
                    Text.orDash(route.communities())));
            return "> best  = multipath  f filtered  s stale  u unreachable  l loop\n" + rows.render(screen) + (more ? "... more than " + ask.limit()
                    + "; see --limit\n" : "");
        });
    }

    public static Document explain(Services services, String text) {
        Prefix asked = Text.prefix(text);
        BgpRoutes.Explanation found = services.need(BgpRoutes.class).explain(asked);
        Map<String, Object> json = map("asked", found.asked(), "matched", found.matched(), "kernel", found.kernel(),
                "paths", found.paths().stream().map(path -> {
                    Map<String, Object> one = json(path.route());
                    one.putAll(map("step", path.step(), "reason", path.reason()));
                    return one;
                }).toList(),
                "advertisements", found.advertisements().stream().map(to -> map("peer", to.peer(), "advertised", to.advertised(), "reason", to.reason()))
                        .toList());
        return new Document(json, screen -> {
            if (found.matched().isEmpty()) {
                return "No BGP route holds " + found.asked() + ".\n";
            }
            Table paths = new Table("", "PEER", "NEXT HOP", "AS PATH", ">LOCPREF", ">MED", "ORIGIN", ">AGE", ">STEP", "VERDICT");
            found.paths().forEach(path -> paths.row(flags(path.route()), path.route().peer(), path.route().nextHop(), path.route().asPath(), path.route()
                    .localPreference(),
                    path.route().med(), path.route().origin(), Text.duration(path.route().ageSeconds()), path.step() == 0 ? "-" : path.step(),
                    new Cell(path.reason(), path.step() == 0 && path.route().flags().contains("best") ? Tone.GOOD : Tone.PLAIN)));
            Table to = new Table("TO PEER", "", "WHY");
            found.advertisements().forEach(verdict -> to.row(verdict.peer(), new Cell(verdict.advertised() ? "yes" : "no", verdict.advertised() ? Tone.GOOD
                    : Tone.WARN), verdict.reason()));
            StringBuilder all = new StringBuilder(Text.facts("Prefix", found.matched().get() + (found.matched().get().equals(found.asked()) ? ""
                    : " (the longest that holds " + found.asked() + ")"),
                    "Kernel", found.kernel()));
            found.paths().stream().filter(path -> !path.route().communities().isEmpty() || !path.route().otherAttributes().isEmpty()).forEach(path ->
                    all.append(Text.facts(
                    "Path of " + path.route().peer(), Text.orDash(path.route().communities()) + (path.route().otherAttributes().isEmpty() ? "" : "; "
                            + String.join("; ", path.route().otherAttributes())))));
            all.append('\n').append(paths.render(screen));
            return all.append(found.advertisements().isEmpty() ? "" : "\n" + to.render(screen)).toString();
        });
    }

    /** @param ours only those of our own route protocol number */
    public static Document kernel(Services services, Optional<String> family, boolean ours, int limit) {
        KernelRoutes kernel = services.need(KernelRoutes.class);
        limit(limit, MOST_KERNEL - 1);
        List<KernelRoute> found = kernel.list(family.map(RouteViews::family), ours, limit + 1);
        boolean more = found.size() > limit;
        List<KernelRoute> shown = more ? found.subList(0, limit) : found;
        KernelRoutes.Counts counts = kernel.counts();
        Map<String, Object> json = map("counts", json(counts), "more", more, "routes", shown.stream().map(RouteViews::json).toList());
        return new Document(json, screen -> {
            Table rows = new Table("PREFIX", "NEXT HOPS", "OWNER", "PROTOCOL", "KIND", ">METRIC", ">MTU", ">TABLE");
            shown.forEach(route -> rows.row(route.prefix(), Text.orDash(route.nextHops()), route.owner(), route.protocol(), route.kind(), route.metric(),
                    route.mtu(), route.table()));
            return text(counts) + "\n" + (shown.isEmpty() ? "No routes" + (ours ? " of ours; --all shows those of others too" : "") + ".\n"
                    : rows.render(screen))
                    + (more ? "... more than " + limit + "; see --limit\n" : "");
        });
    }

    public static Document explainKernel(Services services, String address) {
        List<KernelRoutes.Explained> found = services.need(KernelRoutes.class).explain(Text.address(address));
        Map<String, Object> json = map("address", address, "routes", found.stream().map(one -> {
            Map<String, Object> route = json(one.route());
            route.putAll(map("used", one.used(), "reason", one.reason()));
            return route;
        }).toList());
        return new Document(json, screen -> {
            if (found.isEmpty()) {
                return "The kernel has no route to " + address + ".\n";
            }
            Table rows = new Table("USED", "PREFIX", "NEXT HOPS", "OWNER", "PROTOCOL", "KIND", ">METRIC", "WHY");
            found.forEach(one -> rows.row(new Cell(one.used() ? "yes" : "no", one.used() ? Tone.GOOD : Tone.PLAIN), one.route().prefix(),
                    Text.orDash(one.route().nextHops()),
                    one.route().owner(), one.route().protocol(), one.route().kind(), one.route().metric(), one.reason()));
            return rows.render(screen);
        });
    }

    static Map<String, Object> json(KernelRoutes.Counts counts) {
        return map("desired4", counts.desired4(), "desired6", counts.desired6(), "installed4", counts.installed4(), "installed6", counts.installed6(), "failed",
                counts.failed(),
                "pending", counts.pending(), "batches", counts.batches(), "resyncs", counts.resyncs(), "nextHopObjects",
                counts.nextHopObjects().isPresent() ? Optional.of(counts.nextHopObjects().getAsInt()) : Optional.empty(), "lastError", counts.lastError());
    }

    static String text(KernelRoutes.Counts counts) {
        return Text.facts("IPv4", counts.installed4() + " of " + counts.desired4() + " routes in the kernel", "IPv6", counts.installed6() + " of "
                + counts.desired6() + " routes in the kernel",
                "Next hops", counts.nextHopObjects().isEmpty() ? "named by each route: this kernel has no nexthop objects"
                        : counts.nextHopObjects().getAsInt() + " groups shared by many routes",
                "Pending", counts.pending(), "Failed", counts.failed() + (counts.lastError().isEmpty() ? "" : ": " + counts.lastError()));
    }

    private static Map<String, Object> json(Route route) {
        return map("prefix", route.prefix(), "peer", route.peer(), "nextHop", route.nextHop(), "origin", route.origin(), "asPath", route.asPath(), "med",
                route.med(),
                "localPreference", route.localPreference(), "communities", route.communities(), "flags", route.flags(), "otherAttributes",
                        route.otherAttributes(), "ageSeconds", route.ageSeconds());
    }

    private static Map<String, Object> json(KernelRoute route) {
        return map("prefix", route.prefix(), "nextHops", route.nextHops().stream().map(hop -> map("gateway", hop.gateway(), "interface", hop.interfaceName()))
                .toList(),
                "protocol", route.protocol(), "owner", route.owner(), "kind", route.kind(), "metric", route.metric(), "mtu", route.mtu(), "table",
                        route.table());
    }

    private static String flags(Route route) {
        StringBuilder text = new StringBuilder();
        Map.of("best", '>', "multipath", '=', "filtered", 'f', "stale", 's', "unreachable", 'u', "loop", 'l').entrySet().stream()
                .filter(entry -> route.flags().contains(entry.getKey())).map(Map.Entry::getValue).sorted(java.util.Comparator.reverseOrder())
                        .forEach(text::append);
        return text.toString();
    }

    private static AddressFamily family(String text) {
        return switch (text) {
            case "ipv4" -> AddressFamily.IPV4;
            case "ipv6" -> AddressFamily.IPV6;
            default -> throw new Failure("TMB-SHL-003 '" + text + "' is not an address family; wanted ipv4 or ipv6.");
        };
    }

    private static void limit(int limit, int most) {
        if (limit < 1 || limit > most) {
            throw new Failure("TMB-SHL-003 --limit " + limit + " is out of range; wanted 1 to " + most + ".");
        }
    }
}
