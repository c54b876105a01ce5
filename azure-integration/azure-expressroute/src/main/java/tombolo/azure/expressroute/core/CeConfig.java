package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.config.CircuitSettings.Subnets;
import tombolo.api.net.Prefix;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;

/**
 * The customer edge's configuration for a neighbouring router that shall hold the sessions in this node's place. Keys are left for the operator to fill in.
 *
 * <p>Both dialects write the same table: an {@link End} for each peering, link and address family.
 */
public final class CeConfig {
    public static final List<String> DIALECTS = List.of("ios-xe", "frr");
    /** What stands where a key belongs: a command's output ends up in files and tickets. */
    static final String KEY = "REPLACE-WITH-THE-KEY";

    private CeConfig() { }

    /** One link of one peering in one address family. */
    private record End(Kind kind, Peering peering, boolean primary, Prefix subnet) {
        boolean ipv4() {
            return subnet.address().isIpv4();
        }

        String link() {
            return primary ? "primary" : "secondary";
        }

        String device() {
            return link().toUpperCase(Locale.ROOT);
        }

        String ours() {
            return PeeringRules.ours(subnet).toString();
        }

        String microsofts() {
            return PeeringRules.microsofts(subnet).toString();
        }
    }

    /** Why that is no dialect: one of {@link #DIALECTS} is. Empty where it is. */
    public static Optional<String> unknown(String dialect) {
        return DIALECTS.contains(dialect) ? Optional.empty() : Optional.of("'" + dialect + "' is not a dialect that is written here; wanted " + String.join(" or ", DIALECTS));
    }

    /** @throws IllegalArgumentException for another dialect */
    public static String of(CircuitSettings circuit, String dialect) {
        unknown(dialect).ifPresent(text -> {
            throw new IllegalArgumentException(text);
        });
        List<End> ends = new ArrayList<>();
        circuit.privatePeering().ifPresent(peering -> add(ends, Kind.PRIVATE, peering));
        circuit.microsoft().ifPresent(peering -> add(ends, Kind.MICROSOFT, peering));
        return dialect.equals("frr") ? frr(circuit, ends) : iosXe(circuit, ends);
    }

    /** IPv6 shares the interface and stands behind IPv4. */
    private static void add(List<End> ends, Kind kind, Peering peering) {
        for (boolean primary : new boolean[] {true, false}) {
            ends.add(new End(kind, peering, primary, subnet(peering.ipv4(), primary)));
            peering.ipv6().ifPresent(subnets -> ends.add(new End(kind, peering, primary, subnet(subnets, primary))));
        }
    }

    private static Prefix subnet(Subnets subnets, boolean primary) {
        return primary ? subnets.primary() : subnets.secondary();
    }

    private static String as(List<End> ends) {
        return ends.isEmpty() ? "AS" : ends.getFirst().peering().peerAsn().toString();
    }

    /** The provider's tag (S-tag) is the provider's to tell; without one the line is a plain dot1Q. */
    private static String iosXe(CircuitSettings circuit, List<End> ends) {
        StringBuilder text = new StringBuilder("! ExpressRoute circuit " + circuit.circuit() + ". Replace S-TAG-PRIMARY and S-TAG-SECONDARY by the provider's tags; with one tag only: encapsulation dot1Q VLAN\n");
        for (End end : ends.stream().filter(End::ipv4).toList()) {
            int vlan = end.peering().vlan();
            text.append("interface GigabitEthernet0/0/").append(end.primary() ? "0." : "1.").append(vlan).append('\n')
                    .append(" description ").append(circuit.circuit()).append(' ').append(end.kind().word()).append(' ').append(end.link()).append('\n')
                    .append(" encapsulation dot1Q S-TAG-").append(end.device()).append(" second-dot1Q ").append(vlan).append('\n')
                    .append(" ip address ").append(end.ours()).append(" 255.255.255.252\n");
            end.peering().ipv6().ifPresent(subnets -> text.append(" ipv6 address ").append(PeeringRules.ours(subnet(subnets, end.primary()))).append("/126\n"));
            text.append(" bfd interval 300 min_rx 300 multiplier 3\n!\n");
        }
        text.append("router bgp ").append(as(ends)).append("\n bgp log-neighbor-changes\n");
        ends.forEach(end -> neighbor(text, end, as(ends), " fall-over bfd"));
        families(text, ends, " !\n", end -> List.of("prefix-list ER-OUT" + (end.ipv4() ? "" : "-V6") + " out", "maximum-prefix " + CircuitLimits.PREMIUM_PREFIXES + " 80"));
        text.append("!\n! What is advertised: replace by this site's prefixes\n");
        text.append(ends.stream().allMatch(End::ipv4) ? "" : "ipv6 prefix-list ER-OUT-V6 seq 5 deny ::/0 le 128\n");
        return text.append("ip prefix-list ER-OUT seq 5 deny 0.0.0.0/0 le 32\n").toString();
    }

    /** For FRR 8 and later, with bfdd running; the interfaces are made beside it. */
    private static String frr(CircuitSettings circuit, List<End> ends) {
        StringBuilder text = new StringBuilder("! ExpressRoute circuit " + circuit.circuit() + ". The interfaces are made by iproute2; replace PRIMARY and SECONDARY by the links' devices.\n");
        List<End> interfaces = ends.stream().filter(End::ipv4).toList();
        interfaces.forEach(end -> text.append("!   ip link add link ").append(end.device()).append(" name ").append(end.device()).append('.').append(end.peering().vlan()).append(" type vlan id ")
                .append(end.peering().vlan()).append('\n'));
        for (End end : interfaces) {
            text.append("interface ").append(end.device()).append('.').append(end.peering().vlan()).append("\n ip address ").append(end.ours()).append("/30\n");
            end.peering().ipv6().ifPresent(subnets -> text.append(" ipv6 address ").append(PeeringRules.ours(subnet(subnets, end.primary()))).append("/126\n"));
            text.append("exit\n!\n");
        }
        text.append("router bgp ").append(as(ends)).append("\n no bgp default ipv4-unicast\n");
        ends.forEach(end -> neighbor(text, end, as(ends), " bfd", " bfd profile er"));
        families(text, ends, "", _ -> List.of("route-map ER-IN in", "route-map ER-OUT out"));
        return text.append("exit\n!\n! What is advertised: replace the deny by this site's prefixes\nroute-map ER-OUT deny 10\nexit\n!\nroute-map ER-IN permit 10\n set local-preference 150\nexit\n!\n"
                + "bfd\n profile er\n  receive-interval 300\n  transmit-interval 300\n  detect-multiplier 3\n exit\nexit\n").toString();
    }

    /** @param bfd the dialect's own lines */
    private static void neighbor(StringBuilder text, End end, String as, String... bfd) {
        List<String> lines = new ArrayList<>(List.of(" remote-as " + CircuitSettings.MICROSOFT, " description " + end.kind().word() + " " + end.link()));
        if (!end.peering().peerAsn().toString().equals(as)) {
            lines.add(" local-as " + end.peering().peerAsn() + " no-prepend replace-as");
        }
        if (end.peering().sharedKey().isPresent()) {
            lines.add(" password " + KEY);
        }
        lines.addAll(List.of(bfd));
        lines.forEach(line -> text.append(" neighbor ").append(end.microsofts()).append(line).append('\n'));
    }

    /** The address families that have neighbors. @param before each family. @param filters the dialect's own words for a neighbor */
    private static void families(StringBuilder text, List<End> ends, String before, java.util.function.Function<End, List<String>> filters) {
        for (boolean ipv4 : new boolean[] {true, false}) {
            List<End> those = ends.stream().filter(end -> end.ipv4() == ipv4).toList();
            if (!those.isEmpty()) {
                text.append(before).append(" address-family ").append(ipv4 ? "ipv4" : "ipv6").append(" unicast\n");
                for (End end : those) {
                    text.append("  neighbor ").append(end.microsofts()).append(" activate\n");
                    filters.apply(end).forEach(words -> text.append("  neighbor ").append(end.microsofts()).append(' ').append(words).append('\n'));
                }
                text.append(" exit-address-family\n");
            }
        }
    }
}
