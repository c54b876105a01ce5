package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Encapsulation;
import tombolo.api.config.CircuitSettings.Layer3;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.config.CircuitSettings.Port;
import tombolo.api.config.CircuitSettings.Routes;
import tombolo.api.config.CircuitSettings.State;
import tombolo.api.config.CircuitSettings.Subnets;
import tombolo.api.config.Contribution;
import tombolo.api.config.Contribution.Level;
import tombolo.api.config.Contribution.Part;
import tombolo.api.config.FilterSettings.PrefixRange;
import tombolo.api.config.SecretRef;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;
import tombolo.api.subinterface.Subinterface;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;
import tombolo.azure.expressroute.core.CircuitSnapshot.PeeringSeen;
import tombolo.azure.expressroute.core.Doctor.Link;

/**
 * What a circuit should have on this node, by its file and Azure's answer.
 *
 * <pre>
 *  port eth1 ─┬─ er-1-p100  802.1Q 100            172.16.0.1/30 ── BGP, BFD ── 172.16.0.2  AS 12076     private peering, primary link
 *             └─ er-1-p200  802.1Q 200             203.0.113.1/30 ─────────────── 203.0.113.2            Microsoft peering
 *  port eth2 ─── er-1-po30  802.1ad 30 ── er-1-s100  802.1Q 100 ── ...                                    with the provider's outer tag
 * </pre>
 *
 * A peering's part is wanted once Azure has the peering, and from then on whether Azure can be asked or not, and whatever became of it there: what was applied stays
 * until the file says otherwise.
 *
 * @param waits what has to happen before more is wanted
 * @param notes what an operator should know
 */
public record NodeWish(NodeSide side, List<String> waits, List<String> notes) {
    /** Behind it stand at most {@code -po4094}. */
    private static final int LONGEST_BASE = 8;
    /** Behind it stand at most {@code -microsoft-secondary-v6}, in 63 characters. */
    private static final int LONGEST_PEER = 40;
    private static final String ACCEPT = "accept";
    private static final String REJECT = "reject";

    public NodeWish {
        waits = List.copyOf(waits);
        notes = List.copyOf(notes);
    }

    private static final class Maker {
        private final CircuitSettings circuit;
        private final Optional<CircuitSnapshot> seen;
        private final Optional<Asn> own;
        private final NodeSide applied;
        private final List<Subinterface> links = new ArrayList<>();
        private final List<Part> filters = new ArrayList<>();
        private final List<Part> peers = new ArrayList<>();
        private final List<String> waits = new ArrayList<>();
        private final List<String> notes = new ArrayList<>();

        Maker(CircuitSettings circuit, Optional<CircuitSnapshot> seen, Optional<Asn> own, NodeSide applied) {
            this.circuit = circuit;
            this.seen = seen;
            this.own = own;
            this.applied = applied;
        }

        NodeWish make() {
            if (circuit.state() == State.ABSENT || circuit.layer3() == Layer3.PROVIDER) {
                return new NodeWish(NodeSide.EMPTY, List.of(), List.of());
            }
            circuit.privatePeering().ifPresent(peering -> peering(Kind.PRIVATE, peering, circuit.node().privateRoutes()));
            circuit.microsoft().ifPresent(peering -> peering(Kind.MICROSOFT, peering, circuit.node().microsoftRoutes()));
            List<Part> parts = new ArrayList<>(filters);
            parts.addAll(peers);
            return new NodeWish(new NodeSide(links, parts), waits, notes);
        }

        private void peering(Kind kind, Peering peering, Routes routes) {
            if (circuit.node().primary().isEmpty() && circuit.node().secondary().isEmpty()) {
                return;
            }
            Optional<PeeringSeen> there = seen.flatMap(each -> each.peering(kind));
            String prefix = peer(kind);
            boolean has = applied.parts().stream().anyMatch(each -> each.kind() == Contribution.Kind.PEER && each.name().startsWith(prefix));
            if (there.isEmpty() && !has) {
                waits.add("on this node: interfaces and sessions of " + kind.word() + " follow when Azure has the peering");
                return;
            }
            if (there.isEmpty()) {
                notes.add("Azure does not show " + kind.word() + "; what this node has of it stays");
            }
            String in = filters(kind, peering, routes, true);
            String out = filters(kind, peering, routes, false);
            circuit.node().primary().ifPresent(port -> link(kind, peering, port, Link.PRIMARY, in, out, there));
            circuit.node().secondary().ifPresent(port -> link(kind, peering, port, Link.SECONDARY, in, out, there));
            if (circuit.node().primary().isEmpty() || circuit.node().secondary().isEmpty()) {
                notes.add("only one link of " + kind.word() + " is on this node; without the other, elsewhere, maintenance of one edge is an outage");
            }
        }

        private String peer(Kind kind) {
            return shortened(circuit.name(), LONGEST_PEER) + (kind == Kind.PRIVATE ? "-private-" : "-microsoft-");
        }

        private void link(Kind kind, Peering peering, Port port, Link link, String in, String out, Optional<PeeringSeen> there) {
            Prefix ipv4 = of(peering.ipv4(), link);
            Optional<Prefix> ipv6 = peering.ipv6().map(subnets -> of(subnets, link));
            List<InterfaceAddress> addresses = new ArrayList<>(List.of(new InterfaceAddress(PeeringRules.ours(ipv4), ipv4.length())));
            ipv6.ifPresent(subnet -> addresses.add(new InterfaceAddress(PeeringRules.ours(subnet), subnet.length())));
            String side = link == Link.PRIMARY ? "-p" : "-s";
            String base = shortened(circuit.name(), LONGEST_BASE) + side;
            String parent = port.interfaceName();
            if (circuit.node().encapsulation() == Encapsulation.QINQ) {
                int outer = port.outerVlan().orElseThrow();
                parent = base + "o" + outer;
                Subinterface carrier = new Subinterface(parent, new Subinterface.Encapsulation.Vlan(port.interfaceName(), circuit.node().outerProtocol(), outer), circuit.node().mtu(), List.of(),
                        OptionalInt.empty());
                if (!links.contains(carrier)) { // both peerings go by it
                    links.add(carrier);
                }
            }
            Subinterface.Encapsulation tag = circuit.node().encapsulation() == Encapsulation.VXLAN
                    ? new Subinterface.Encapsulation.Vxlan(parent, peering.vlan(), Optional.empty(), port.vxlan().orElseThrow().remote(), port.vxlan().orElseThrow().port())
                    : new Subinterface.Encapsulation.Vlan(parent, Subinterface.Protocol.DOT1Q, peering.vlan());
            links.add(new Subinterface(base + peering.vlan(), tag, circuit.node().mtu(), addresses, circuit.node().tcpMss()));
            String name = peer(kind) + link.name().toLowerCase(java.util.Locale.ROOT);
            peers.add(peer(name, kind, peering, ipv4, in, out, there));
            ipv6.ifPresent(subnet -> peers.add(peer(name + "-v6", kind, peering, subnet, in, out, there)));
        }

        private static Prefix of(Subnets subnets, Link link) {
            return link == Link.PRIMARY ? subnets.primary() : subnets.secondary();
        }

        private Part peer(String name, Kind kind, Peering peering, Prefix subnet, String in, String out, Optional<PeeringSeen> there) {
            Map<String, String> keys = new TreeMap<>();
            keys.put("description", "ExpressRoute " + circuit.circuit() + ", " + kind.word());
            keys.put("remote-address", PeeringRules.microsofts(subnet).toString());
            keys.put("local-address", PeeringRules.ours(subnet).toString());
            keys.put("remote-as", there.map(PeeringSeen::azureAsn).filter(as -> as > 0).map(String::valueOf).orElse(CircuitSettings.MICROSOFT.toString())); // 0 while Azure works on it
            keys.put("families", subnet.address().isIpv4() ? "ipv4" : "ipv6");
            keys.put("import", in);
            keys.put("export", out);
            if (own.filter(as -> !as.equals(peering.peerAsn())).isPresent()) {
                keys.put("local-as", peering.peerAsn().toString());
                keys.put("local-as-no-prepend", "true"); // Azure knows this site by that AS and by no other
                keys.put("local-as-replace-as", "true");
            }
            peering.sharedKey().ifPresent(secret -> {
                switch (secret) {
                    case SecretRef.InFile(String path) -> keys.put("password-file", path);
                    case SecretRef.InEnvironment(String variable) -> keys.put("password-env", variable);
                }
            });
            circuit.node().bfd().ifPresent(bfd -> {
                keys.put("bfd", bfd.strict() ? "strict" : "on");
                keys.put("bfd-transmit-interval", String.valueOf(bfd.intervalMillis()));
                keys.put("bfd-receive-interval", String.valueOf(bfd.intervalMillis()));
                keys.put("bfd-multiplier", String.valueOf(bfd.multiplier()));
            });
            limit(kind, subnet.address().isIpv4(), keys);
            return new Part(Contribution.Kind.PEER, name, Level.CIRCUIT, "circuit " + circuit.name(), keys);
        }

        /** One prefix more than the circuit takes, and Microsoft ends the session: gateway-bgp never lets it come to that. By the tier that Azure has, where it is known. */
        private void limit(Kind kind, boolean ipv4, Map<String, String> keys) {
            CircuitSettings.Tier tier = seen.map(CircuitSnapshot::tier).map(CircuitLimits::tier).orElse(circuit.tier());
            keys.put(ipv4 ? "export-limit-ipv4" : "export-limit-ipv6", String.valueOf(CircuitLimits.prefixes(tier, kind == Kind.MICROSOFT, ipv4)));
            keys.put("export-limit-warn-percent", String.valueOf(circuit.budget().warnPercent()));
            keys.put("export-limit-aggregate", String.valueOf(circuit.budget().aggregate()));
            if (!circuit.budget().leastImportant().isEmpty()) {
                keys.put("export-least-important", String.join(", ", circuit.budget().leastImportant().stream().map(Prefix::toString).toList()));
            }
        }

        /** The text of {@code import} or {@code export}; a filter of ours is made on the way where no other is named. */
        private String filters(Kind kind, Peering peering, Routes routes, boolean in) {
            List<String> named = in ? routes.importFilters() : routes.exportFilters();
            if (!named.isEmpty()) {
                return String.join(", ", named.stream().map(each -> "file/" + each).toList());
            }
            String name = peer(kind) + (in ? "in" : "out");
            Map<String, String> keys = new TreeMap<>();
            if (in) {
                keys.put("default", ACCEPT);
            } else {
                keys.putAll(exports(kind, peering, routes));
            }
            filters.add(new Part(Contribution.Kind.FILTER, name, Level.CIRCUIT, "circuit " + circuit.name(), keys));
            return name;
        }

        /** What may be told: what the file names, but neither what Microsoft has told somewhere (its edge is no transit), nor what is the virtual networks' own. */
        private Map<String, String> exports(Kind kind, Peering peering, Routes routes) {
            Map<String, String> keys = new TreeMap<>();
            keys.put("default", REJECT);
            keys.put("rule.10.match.as-path", "_" + CircuitSettings.MICROSOFT + "_");
            keys.put("rule.10.action", REJECT);
            if (!circuit.vnetPrefixes().isEmpty()) {
                keys.put("rule.20.match.prefix", String.join(", ", circuit.vnetPrefixes().stream().map(each -> each + " le " + each.family().bits()).toList()));
                keys.put("rule.20.action", REJECT);
            }
            List<String> told = kind == Kind.MICROSOFT ? peering.advertised().stream().map(NodeWish.Maker::within).toList() : routes.advertise().stream().map(Maker::text).toList();
            if (told.isEmpty()) {
                notes.add("nothing is advertised on " + kind.word() + ": set private-advertise or private-export");
            } else {
                keys.put("rule.30.match.prefix", String.join(", ", told));
                keys.put("rule.30.action", ACCEPT);
            }
            return keys;
        }

        /** Microsoft takes nothing longer on Microsoft peering. */
        private static String within(Prefix prefix) {
            return prefix + " le " + Math.max(prefix.length(), prefix.address().isIpv4() ? 29 : 64);
        }

        private static String text(PrefixRange range) {
            return range.prefix() + " ge " + range.ge() + " le " + range.le();
        }
    }

    /**
     * @param seen    Azure's answer; empty: there is no such circuit
     * @param own     this node's AS; empty: none is set
     * @param applied what the circuit has on this node
     */
    public static NodeWish of(CircuitSettings circuit, Optional<CircuitSnapshot> seen, Optional<Asn> own, NodeSide applied) {
        return new Maker(circuit, seen, own, applied).make();
    }

    /** The name itself where it fits, else its beginning and a number made of the whole, so that two circuits have two. A dot would be a separator in sysctl's names. */
    static String shortened(String name, int most) {
        if (name.length() <= most && name.indexOf('.') < 0) {
            return name;
        }
        int hash = 0x811c9dc5; // FNV-1a, 32 bits
        for (char c : name.toCharArray()) {
            hash = (hash ^ c) * 0x01000193;
        }
        return name.substring(0, Math.min(name.length(), most - 5)).replace('.', '-') + String.format("%05x", hash & 0xfffff);
    }
}
