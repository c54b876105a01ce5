package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;
import tombolo.azure.expressroute.core.CircuitSnapshot.PeeringSeen;

/** What holds between a peering as wanted, the same as seen, and its neighbours. What a file can tell by itself is checked where the file is read. */
final class PeeringRules {
    private PeeringRules() { }

    /**
     * @param cutting  differences for which Microsoft restarts the sessions
     * @param replaced route filters in whose place another comes: what the old one alone lets through is withdrawn
     * @param removed  prefixes that Microsoft then takes from nobody here any more; the difference itself is among the others
     * @param other    what nobody notices
     */
    record Differences(List<String> cutting, List<String> replaced, List<String> removed, List<String> other) {
        boolean none() {
            return cutting.isEmpty() && replaced.isEmpty() && other.isEmpty();
        }

        String text() {
            List<String> all = new ArrayList<>(cutting);
            all.addAll(replaced);
            all.addAll(other);
            return String.join(", ", all);
        }
    }

    /** In each link's subnet the customer has the first host address. */
    static IpAddress ours(Prefix subnet) {
        return host(subnet, 1);
    }

    /** ... and Microsoft the second. */
    static IpAddress microsofts(Prefix subnet) {
        return host(subnet, 2);
    }

    private static IpAddress host(Prefix subnet, int number) {
        IpAddress address = subnet.address();
        return new IpAddress(address.family(), address.hi(), address.lo() + number);
    }

    /** @param filter the route filter that should be attached; empty: whichever is */
    static Differences differences(PeeringSeen is, Peering wish, Optional<String> filter) {
        List<String> cutting = new ArrayList<>();
        List<String> replaced = new ArrayList<>();
        List<String> other = new ArrayList<>();
        differs(cutting, "vlan", String.valueOf(is.vlan()), String.valueOf(wish.vlan()));
        differs(cutting, "peer-asn", String.valueOf(is.peerAsn()), wish.peerAsn().toString());
        differs(cutting, "primary", canonical(is.primary()), wish.ipv4().primary().toString());
        differs(cutting, "secondary", canonical(is.secondary()), wish.ipv4().secondary().toString());
        wish.ipv6().ifPresent(ipv6 -> {
            List<String> into = is.primary6().isEmpty() ? other : cutting; // adding IPv6 leaves the IPv4 sessions alone
            differs(into, "primary-ipv6", canonical(is.primary6()), ipv6.primary().toString());
            differs(into, "secondary-ipv6", canonical(is.secondary6()), ipv6.secondary().toString());
        });
        List<String> removed = new ArrayList<>();
        if (!wish.advertised().isEmpty()) {
            removed.addAll(removed(is.advertised4(), wish));
            removed.addAll(wish.ipv6().isPresent() ? removed(is.advertised6(), wish) : List.of());
            differs(other, "advertised prefixes", sorted(is.advertised4().stream().map(PeeringRules::canonical).toList()), advertised(wish, true));
            if (wish.ipv6().isPresent()) { // without it that part of the peering is somebody else's
                differs(other, "advertised prefixes of IPv6", sorted(is.advertised6().stream().map(PeeringRules::canonical).toList()), advertised(wish, false));
            }
        }
        if (!wish.registry().isEmpty()) {
            differs(other, "registry", is.registry(), wish.registry());
        }
        filter.ifPresent(id -> {
            filter(is.routeFilter().isEmpty() ? other : replaced, "route filter", is.routeFilter(), id);
            if (wish.ipv6().isPresent() && !is.primary6().isEmpty()) {
                filter(is.routeFilter6().isEmpty() ? other : replaced, "route filter of IPv6", is.routeFilter6(), id);
            }
        });
        return new Differences(cutting, replaced, removed, other);
    }

    /** What stands at Azure and is in nobody's file: told, and left alone. */
    static List<String> leftAlone(Kind kind, PeeringSeen is, Peering wish) {
        List<String> left = new ArrayList<>();
        if (wish.advertised().isEmpty() && !is.advertised().isEmpty()) {
            left.add("public prefixes " + String.join(", ", is.advertised()));
        }
        if (wish.ipv6().isEmpty() && !is.primary6().isEmpty()) {
            left.add("IPv6 on " + is.primary6() + " and " + is.secondary6() + (wish.advertised().isEmpty() || is.advertised6().isEmpty() ? "" : " with public prefixes " + String.join(", ", is.advertised6())));
        }
        if (wish.communities().isEmpty()) {
            is.routeFilter().ifPresent(filter -> left.add("route filter " + ArmCircuits.nameOf(filter)));
        }
        return left.stream().map(each -> kind.word() + ": " + each + (each.startsWith("public") ? " are" : " is") + " there and not in the file; left alone").toList();
    }

    /** By their names, and by their ids where the names are the same. */
    private static void filter(List<String> into, String what, Optional<String> is, String wish) {
        if (is.filter(seen -> ArmCircuits.same(seen, wish)).isEmpty()) {
            boolean namesakes = is.filter(seen -> ArmCircuits.same(ArmCircuits.nameOf(seen), ArmCircuits.nameOf(wish))).isPresent();
            into.add(what + " " + is.map(seen -> namesakes ? seen : ArmCircuits.nameOf(seen)).orElse("none") + " to " + (namesakes ? wish : ArmCircuits.nameOf(wish)));
        }
    }

    private static void differs(List<String> into, String what, String is, String wish) {
        if (!is.equalsIgnoreCase(wish)) {
            into.add(what + " " + (is.isEmpty() ? "none" : is) + " to " + (wish.isEmpty() ? "none" : wish));
        }
    }

    /** Not those that only move between the parts of the two families. */
    private static List<String> removed(List<String> seen, Peering wish) {
        List<String> wanted = wish.advertised().stream().map(Prefix::toString).toList();
        return seen.stream().map(PeeringRules::canonical).filter(prefix -> !wanted.contains(prefix)).toList();
    }

    private static String advertised(Peering wish, boolean ipv4) {
        return sorted(wish.advertised().stream().filter(prefix -> prefix.address().isIpv4() == ipv4).map(Prefix::toString).toList());
    }

    private static String canonical(String prefix) {
        return PeeringSeen.prefix(prefix).map(Prefix::toString).orElse(prefix);
    }

    private static String sorted(List<String> texts) {
        return String.join(" ", texts.stream().sorted().toList());
    }

    /** What another peering of the same circuit, which the file need not name, stands in the way of. */
    static List<String> refusals(String name, CircuitSnapshot circuit, Kind kind, Peering wish) {
        List<String> refusals = new ArrayList<>();
        for (PeeringSeen neighbour : circuit.peerings()) {
            if (neighbour.is(kind)) {
                continue;
            }
            if (neighbour.vlan() == wish.vlan()) {
                refusals.add("TMB-ER-111 circuit " + name + ": " + kind.word() + " is to have VLAN " + wish.vlan() + ", which " + neighbour.type() + " has. Each peering of a circuit has its own.");
            }
            for (String text : List.of(neighbour.primary(), neighbour.secondary(), neighbour.primary6(), neighbour.secondary6())) {
                PeeringSeen.prefix(text).ifPresent(taken -> subnets(wish).stream().filter(subnet -> CircuitReconciler.overlap(subnet, taken)).forEach(subnet ->
                        refusals.add("TMB-ER-112 circuit " + name + ": " + subnet + " of " + kind.word() + " overlaps " + taken + " of " + neighbour.type() + ". Give each link its own subnet.")));
            }
        }
        refusals.sort(Comparator.naturalOrder());
        return refusals;
    }

    static List<Prefix> subnets(Peering peering) {
        List<Prefix> subnets = new ArrayList<>(List.of(peering.ipv4().primary(), peering.ipv4().secondary()));
        peering.ipv6().ifPresent(ipv6 -> subnets.addAll(List.of(ipv6.primary(), ipv6.secondary())));
        return subnets;
    }

    private record Owned(Prefix prefix, String circuit, String what, boolean vnet) { }

    /**
     * Refusals by circuit: links' subnets of all circuits end on this node, so no two may overlap, and none may lie in address space of a virtual network. Sorted
     * by address, what overlaps stands between a prefix and the end of what it covers.
     */
    static Map<String, List<String>> overlaps(Collection<CircuitSettings> circuits) {
        List<Owned> all = new ArrayList<>();
        for (CircuitSettings circuit : circuits) {
            circuit.privatePeering().ifPresent(peering -> subnets(peering).forEach(subnet -> all.add(new Owned(subnet, circuit.name(), Kind.PRIVATE.word(), false))));
            circuit.microsoft().ifPresent(peering -> subnets(peering).forEach(subnet -> all.add(new Owned(subnet, circuit.name(), Kind.MICROSOFT.word(), false))));
            circuit.vnetPrefixes().forEach(prefix -> all.add(new Owned(prefix, circuit.name(), "vnet-prefixes", true)));
        }
        all.sort(Comparator.comparing(Owned::prefix).thenComparing(Owned::circuit).thenComparing(Owned::what));
        Map<String, List<String>> refusals = new HashMap<>();
        List<Owned> covering = new ArrayList<>();
        for (Owned each : all) {
            covering.removeIf(outer -> !outer.prefix().covers(each.prefix()));
            for (Owned outer : covering) {
                if (!(outer.vnet() && each.vnet())) { // two circuits may well lead to one virtual network
                    report(refusals, outer, each);
                }
            }
            covering.add(each);
        }
        refusals.values().forEach(list -> list.sort(Comparator.naturalOrder()));
        return refusals;
    }

    private static void report(Map<String, List<String>> refusals, Owned outer, Owned inner) {
        String text = "TMB-ER-113 " + inner.prefix() + " (" + inner.what() + " of circuit " + inner.circuit() + ") overlaps " + outer.prefix() + " (" + outer.what() + " of circuit " + outer.circuit()
                + "). Give each link a subnet of its own, outside of every virtual network.";
        for (String circuit : List.of(outer.circuit(), inner.circuit())) {
            List<String> own = refusals.computeIfAbsent(circuit, _ -> new ArrayList<>());
            if (!own.contains(text)) {
                own.add(text);
            }
        }
    }
}
