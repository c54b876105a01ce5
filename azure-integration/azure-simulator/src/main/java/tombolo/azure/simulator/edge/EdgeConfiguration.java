package tombolo.azure.simulator.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** FRR's words for what an edge router is to do. Pure. */
final class EdgeConfiguration {
    private static final int ASN = 12_076;
    private static final int NETWORK_ASN = 65_515;
    /** Prepends while one link is under maintenance: enough that the other wins against an ordinary prepend of the customer's. */
    private static final String PREPENDS = "12076 12076 12076 12076";

    private EdgeConfiguration() { }

    /** The router without any circuit. */
    static String base(Edge.Device device, FrrEdge.Place place) {
        StringBuilder text = new StringBuilder("""
            frr defaults traditional
            !
            ip prefix-list not-public seq 5 permit 0.0.0.0/0
            ip prefix-list not-public seq 10 permit 10.0.0.0/8 le 32
            ip prefix-list not-public seq 15 permit 172.16.0.0/12 le 32
            ip prefix-list not-public seq 20 permit 192.168.0.0/16 le 32
            ip prefix-list not-public seq 25 permit 100.64.0.0/10 le 32
            !
            route-map everything permit 10
            route-map only-public deny 10
             match ip address prefix-list not-public
            route-map only-public permit 20
            route-map to-network permit 10
            !
            """);
        text.append("router bgp ").append(ASN).append("\n bgp router-id 10.255.255.").append(device.ordinal() + 1).append('\n');
        // Nobody is told of a route before the kernel has it: packets would come and find none.
        text.append(" bgp suppress-fib-pending\n no bgp default ipv4-unicast\n no bgp network import-check\n no bgp ebgp-requires-policy\n timers bgp 60 180\n");
        for (String router : place.networkRouters()) {
            text.append(" neighbor ").append(router).append(" remote-as ").append(NETWORK_ASN).append("\n neighbor ").append(router).append(" timers connect 5\n");
        }
        for (String family : List.of("ipv4", "ipv6")) {
            text.append(" address-family ").append(family).append(" unicast\n");
            place.networkRouters().stream().filter(router -> router.contains(":") == family.equals("ipv6")).forEach(router -> text.append("  neighbor ").append(router).append(" activate\n  neighbor ")
                    .append(router).append(" route-map to-network out\n"));
            text.append(" exit-address-family\n");
        }
        return text.toString();
    }

    /** Lines for vtysh. */
    static List<String> removed(Edge.Device device, FrrEdge.Place place, EdgeWish.Peering peering) {
        List<String> lines = new ArrayList<>(List.of("configure terminal", "router bgp " + ASN));
        peering.families().forEach(family -> lines.add("no neighbor " + family.ends().get(device).customer()));
        if (originates(place, peering)) {
            forget(peering.announced(), lines);
        }
        lines.add("exit");
        for (String family : List.of("4", "6")) {
            lines.add("no route-map " + map(peering, family));
        }
        return lines;
    }

    /** Microsoft's services are the edge's own; virtual networks are told by their router, where there is one. */
    private static boolean originates(FrrEdge.Place place, EdgeWish.Peering peering) {
        return place.networkRouters().isEmpty() || "MicrosoftPeering".equals(peering.name());
    }

    /** Lines for vtysh: whether the virtual networks' routers are to prefer the other device. */
    static List<String> drained(boolean drained) {
        return List.of("configure terminal", "route-map to-network permit 10", drained ? "set as-path prepend " + PREPENDS : "no set as-path prepend", "end");
    }

    private static void forget(List<EdgeWish.Announced> announced, List<String> lines) {
        for (EdgeWish.Announced each : announced) {
            lines.add("address-family " + afi(each.prefix()) + " unicast");
            lines.add("no network " + each.prefix());
            lines.add("exit-address-family");
        }
    }

    private static String afi(String prefix) {
        return prefix.contains(":") ? "ipv6" : "ipv4";
    }

    private static String map(EdgeWish.Peering peering, String family) {
        return "to-customer-" + peering.vlan() + "-" + family;
    }

    /** What is configured of a peering, or is to be. */
    record Applied(EdgeWish.Peering peering, EdgeWish.Maintenance maintenance) {
        /** What is announced in a family, in its order: that of the entries of the family's route-map. */
        private List<EdgeWish.Announced> announced(String family) {
            return peering.announced().stream().filter(each -> afi(each.prefix()).equals("ipv" + family)).toList();
        }
    }

    /**
     * Lines for vtysh that make the peering, or bring one that is there up to date without ending its sessions.
     *
     * @param before what is configured; empty: no neighbors yet
     */
    static List<String> made(Edge.Device device, FrrEdge.Place place, Applied wanted, Optional<Applied> before) {
        List<String> lines = new ArrayList<>(List.of("configure terminal"));
        EdgeWish.Peering peering = wanted.peering();
        for (String family : List.of("4", "6")) {
            outbound(wanted, before, family, lines);
        }
        lines.add("router bgp " + ASN);
        if (originates(place, peering)) {
            forget(before.map(old -> old.peering().announced().stream().filter(each -> !peering.announced().contains(each)).toList()).orElse(List.of()), lines);
        }
        for (EdgeWish.Family family : peering.families()) {
            String customer = family.ends().get(device).customer();
            if (before.isEmpty()) {
                neighbor(peering, family, customer, lines);
            }
            lines.add((wanted.maintenance() == EdgeWish.Maintenance.SHUTDOWN ? "" : "no ") + "neighbor " + customer + " shutdown");
        }
        if (originates(place, peering)) {
            for (EdgeWish.Announced each : peering.announced()) {
                lines.add("address-family " + afi(each.prefix()) + " unicast");
                lines.add("network " + each.prefix());
                lines.add("exit-address-family");
            }
        }
        lines.add("end");
        return lines;
    }

    /**
     * Each announced prefix with its communities; nothing else, so that no customer is led to another. A map that neighbors use is changed entry by entry and never
     * removed: FRR 8.4 then ends with a fault where it is about to tell a neighbor something by it.
     */
    private static void outbound(Applied wanted, Optional<Applied> before, String family, List<String> lines) {
        String map = map(wanted.peering(), family);
        String ip = "4".equals(family) ? "ip" : "ipv6";
        List<EdgeWish.Announced> announced = wanted.announced(family);
        List<EdgeWish.Announced> old = before.map(each -> each.announced(family)).orElse(List.of());
        boolean prepended = before.filter(each -> each.maintenance() == EdgeWish.Maintenance.PREPEND).isPresent();
        lines.add("route-map " + map + " deny 65000");
        lines.add("exit");
        for (int i = 0; i < Math.max(announced.size(), old.size()); i++) {
            int sequence = 10 * (i + 1);
            String list = map + "-" + sequence;
            if (i >= announced.size()) {
                lines.add("no route-map " + map + " permit " + sequence);
                lines.add("no " + ip + " prefix-list " + list);
                continue;
            }
            EdgeWish.Announced each = announced.get(i);
            lines.add(ip + " prefix-list " + list + " seq 5 permit " + each.prefix());
            lines.add("route-map " + map + " permit " + sequence);
            lines.add("match " + ip + " address prefix-list " + list);
            if (!each.communities().isEmpty()) {
                lines.add("set community " + String.join(" ", each.communities()));
            } else if (i < old.size() && !old.get(i).communities().isEmpty()) {
                lines.add("no set community");
            }
            if (wanted.maintenance() == EdgeWish.Maintenance.PREPEND) {
                lines.add("set as-path prepend " + PREPENDS);
            } else if (i < old.size() && prepended) {
                lines.add("no set as-path prepend");
            }
            lines.add("exit");
        }
    }

    private static void neighbor(EdgeWish.Peering peering, EdgeWish.Family family, String customer, List<String> lines) {
        lines.add("neighbor " + customer + " remote-as " + peering.peerAsn());
        lines.add("neighbor " + customer + " description " + peering.name());
        lines.add("neighbor " + customer + " timers connect 5");
        lines.add("neighbor " + customer + " bfd");
        peering.sharedKey().ifPresent(key -> lines.add("neighbor " + customer + " password " + key));
        lines.add("address-family " + (family.ipv4() ? "ipv4" : "ipv6") + " unicast");
        lines.add("neighbor " + customer + " activate");
        lines.add("neighbor " + customer + " remove-private-AS");
        // The session is dropped above the limit and tried again after a minute: restored once the customer is below it. One less, since FRR counts before it
        // adds a new prefix: it drops when N + 2 prefixes are there for "maximum-prefix N".
        lines.add("neighbor " + customer + " maximum-prefix " + (family.prefixLimit() - 1) + " restart 1");
        lines.add("neighbor " + customer + " route-map " + ("MicrosoftPeering".equals(peering.name()) && family.ipv4() ? "only-public" : "everything") + " in");
        lines.add("neighbor " + customer + " route-map " + map(peering, family.ipv4() ? "4" : "6") + " out");
        lines.add("exit-address-family");
    }
}
