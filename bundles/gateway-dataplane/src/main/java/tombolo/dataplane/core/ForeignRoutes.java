package tombolo.dataplane.core;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;
import tombolo.api.route.NextHopState;

/**
 * The routes that are not ours (and our static ones), for resolving next hops: longest match by one hash probe for each prefix length that occurs, of which
 * there are few. BGP's own routes are not here, since a next hop must not be resolved by a route that depends on it (RFC 4271 §9.1.2.1). One thread.
 */
public final class ForeignRoutes {
    /** A static route through a gateway behind another static route, and so on; more is a loop. */
    private static final int DEPTH = 4;
    /** Beyond this (a full table by another daemon is about a million) further routes are not followed: 150 bytes each. */
    public static final int LIMIT = 2_000_000;

    /** @param hops with interface indexes; empty for routes that drop packets */
    public record Route(Prefix prefix, long table, int protocol, int type, long metric, List<RouteMessage.Hop> hops) {
        private Route without(List<RouteMessage.Hop> gone) {
            return new Route(prefix, table, protocol, type, metric, keys(this).stream().filter(hop -> !gone.contains(hop)).toList());
        }
    }

    private final Map<Prefix, List<Route>> routes = new HashMap<>();
    private final Map<Prefix, Route> statics = new HashMap<>();
    private final int[][] lengths = {new int[33], new int[129]};
    private final BitSet[] present = {new BitSet(33), new BitSet(129)};

    public int size() {
        return routes.size();
    }

    /** An empty collection with the same static routes: for a dump to be read into, while this one keeps answering. */
    public ForeignRoutes restarted() {
        ForeignRoutes fresh = new ForeignRoutes();
        fresh.statics(List.copyOf(statics.values()));
        return fresh;
    }

    /** @param replaced whether it takes the place of those of the same metric */
    public void add(Route route, boolean replaced) {
        if (isOfOneLink(route.prefix())) {
            return;
        }
        List<Route> here = routes.get(route.prefix());
        if (here == null) {
            if (routes.size() >= LIMIT) {
                return;
            }
            here = new ArrayList<>(1);
            routes.put(route.prefix(), here);
            count(route.prefix(), 1);
        }
        // IPv6 tells of a next hop that joins others by showing them all: what shares a next hop is the same route in its earlier form.
        here.removeIf(other -> other.metric() == route.metric() && other.table() == route.table() && replaced
                || sameKey(other, route) && (sameHops(other, route)
                || route.prefix().family() == AddressFamily.IPV6 && sharesHop(other, route)));
        here.add(route);
    }

    public void remove(Route route) {
        List<Route> here = routes.get(route.prefix());
        if (here == null) {
            return;
        }
        boolean exact = here.removeIf(other -> sameKey(other, route) && sameHops(other, route));
        if (!exact && route.prefix().family() == AddressFamily.IPV6) { // one next hop of several left
            here.replaceAll(other -> sameKey(other, route) ? other.without(keys(route)) : other);
            here.removeIf(other -> sameKey(other, route) && other.hops().isEmpty());
        }
        if (here.isEmpty()) {
            routes.remove(route.prefix());
            count(route.prefix(), -1);
        }
    }

    /**
     * Interfaces are no more, and no others will have their numbers: what led through them alone has gone with them, of which the kernel says nothing (IPv4).
     *
     * @return whether that is the whole truth: what a route of several next hops has become only the kernel knows
     */
    public boolean interfacesGone(Set<Integer> indexes) {
        boolean certain = true;
        for (Iterator<Map.Entry<Prefix, List<Route>>> i = routes.entrySet().iterator(); i.hasNext();) {
            Map.Entry<Prefix, List<Route>> here = i.next();
            certain &= here.getValue().stream().noneMatch(route -> route.hops().size() > 1 && route.hops().stream().anyMatch(hop -> indexes.contains(hop.interfaceIndex())));
            if (here.getValue().removeIf(route -> route.hops().size() == 1 && indexes.contains(route.hops().get(0).interfaceIndex())) && here.getValue().isEmpty()) {
                i.remove();
                count(here.getKey(), -1);
            }
        }
        return certain;
    }

    /** Replaces our static routes; interface index 0 in a hop means that its gateway says where it goes. */
    public void statics(List<Route> wanted) {
        statics.keySet().forEach(prefix -> count(prefix, -1));
        statics.clear();
        wanted.forEach(route -> {
            if (statics.put(route.prefix(), route) == null) {
                count(route.prefix(), 1);
            }
        });
    }

    /** How an address is reached now, over interfaces that are usable. An address of our own is no next hop (RFC 4271 §5.1.3). */
    public NextHopState resolve(IpAddress address, LinkTable.Snapshot links) {
        if (links.isLocal(address)) {
            return new NextHopState(address, false, false, Optional.empty(), 0);
        }
        return resolve(address, address, links, 0).orElseGet(() -> new NextHopState(address, false, false, Optional.empty(), 0));
    }

    /** Whether there is a route for exactly this prefix: over a usable interface, or one that drops packets. */
    public boolean has(Prefix prefix, LinkTable.Snapshot links) {
        return candidates(prefix).stream().anyMatch(route -> route.type() != Rtnetlink.RTN_UNICAST
                || route.hops().stream().anyMatch(hop -> hop.interfaceIndex() == 0 || links.usable(hop.interfaceIndex())));
    }

    private Optional<NextHopState> resolve(IpAddress wanted, IpAddress address, LinkTable.Snapshot links, int depth) {
        int family = address.family() == AddressFamily.IPV6 ? 1 : 0;
        if (address.isLinkLocal() && family == 1) {
            return Optional.empty(); // the interface is part of the address: whoever knows it needs no resolution
        }
        for (int length = present[family].length() - 1; length >= 0; length = length == 0 ? -1 : present[family].previousSetBit(length - 1)) {
            List<Route> candidates = candidates(Prefix.of(address, length));
            if (candidates.isEmpty()) {
                continue;
            }
            // The kernel forwards by the longest match and then the lowest metric, even while that route's interface has no carrier: no falling back.
            Route route = candidates.get(0);
            if (route.type() != Rtnetlink.RTN_UNICAST) {
                return Optional.empty();
            }
            for (Route equal : candidates) {
                if (equal.metric() == route.metric() && equal.type() == Rtnetlink.RTN_UNICAST) {
                    Optional<NextHopState> state = over(equal, wanted, address, links, depth);
                    if (state.isPresent()) {
                        return state;
                    }
                }
            }
            return Optional.empty();
        }
        return Optional.empty();
    }

    private Optional<NextHopState> over(Route route, IpAddress wanted, IpAddress address, LinkTable.Snapshot links, int depth) {
        for (RouteMessage.Hop hop : route.hops()) {
            if (hop.interfaceIndex() == 0) {
                if (hop.gateway().isPresent() && depth < DEPTH) {
                    Optional<NextHopState> via = resolve(wanted, hop.gateway().get(), links, depth + 1);
                    if (via.isPresent()) {
                        return via.map(state -> new NextHopState(wanted, true, false, state.via(), route.metric()));
                    }
                }
            } else if (links.usable(hop.interfaceIndex())) {
                Optional<String> name = Optional.of(links.name(hop.interfaceIndex()));
                boolean connected = hop.gateway().isEmpty() && depth == 0;
                NextHop via = new NextHop(Optional.of(hop.gateway().orElse(address)), name);
                return Optional.of(new NextHopState(wanted, true, connected, Optional.of(via), connected ? 0 : route.metric()));
            }
        }
        return Optional.empty();
    }

    private List<Route> candidates(Prefix prefix) {
        List<Route> found = new ArrayList<>(routes.getOrDefault(prefix, List.of()));
        Route own = statics.get(prefix);
        if (own != null) {
            found.add(own);
        }
        found.sort(Comparator.comparingLong(Route::metric));
        return found;
    }

    private void count(Prefix prefix, int difference) {
        int family = prefix.family() == AddressFamily.IPV6 ? 1 : 0;
        lengths[family][prefix.length()] += difference;
        present[family].set(prefix.length(), lengths[family][prefix.length()] > 0);
    }

    private static boolean sameKey(Route one, Route other) {
        return one.metric() == other.metric() && one.table() == other.table() && one.type() == other.type()
                && (one.prefix().family() == AddressFamily.IPV6 || one.protocol() == other.protocol());
    }

    /**
     * fe80::/10 and ff00::/8 lead nowhere but to the link that an address is used on, and each interface has them: of a thousand containers that would be a list of a
     * thousand, gone through with each container.
     */
    private static boolean isOfOneLink(Prefix prefix) {
        return prefix.family() == AddressFamily.IPV6 && (prefix.length() >= 10 && prefix.address().isLinkLocal() || prefix.length() >= 8 && prefix.address().isMulticast());
    }

    private static boolean sameHops(Route one, Route other) {
        if (one.hops().size() != other.hops().size()) {
            return false;
        }
        for (int i = 0; i < one.hops().size(); i++) {
            if (!sameHop(one.hops().get(i), other.hops().get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean sharesHop(Route one, Route other) {
        return one.hops().stream().anyMatch(hop -> other.hops().stream().anyMatch(its -> sameHop(hop, its)));
    }

    /** Where it leads, whatever its weight. */
    private static boolean sameHop(RouteMessage.Hop one, RouteMessage.Hop other) {
        return one.interfaceIndex() == other.interfaceIndex() && one.gateway().equals(other.gateway());
    }

    private static List<RouteMessage.Hop> keys(Route route) {
        return route.hops().stream().map(hop -> new RouteMessage.Hop(hop.gateway(), hop.interfaceIndex(), 0, 1)).toList();
    }
}
