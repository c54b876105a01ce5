package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.config.CircuitSettings.Subnets;
import tombolo.api.net.Prefix;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;

/** The customer edge's configuration for a neighbouring router that shall hold the sessions in this node's place. Keys are left for the operator to fill in. */
public final class CeConfig {
    public static final List<String> DIALECTS = List.of("ios-xe", "frr");
    /** What stands where a key belongs: a command's output ends up in files and tickets. */
    static final String KEY = "REPLACE-WITH-THE-KEY";

    private CeConfig() { }

    private record Session(String link, Kind kind, Peering peering, Prefix ipv4, Optional<Prefix> ipv6) { }

    /** @throws IllegalArgumentException for another dialect */
    public static String of(CircuitSettings circuit, String dialect) {
        List<Session> sessions = new ArrayList<>();
        circuit.privatePeering().ifPresent(peering -> add(sessions, Kind.PRIVATE, peering));
        circuit.microsoft().ifPresent(peering -> add(sessions, Kind.MICROSOFT, peering));
        return switch (dialect) {
            case "ios-xe" -> iosXe(circuit, sessions);
            case "frr" -> frr(circuit, sessions);
            default -> throw new IllegalArgumentException("'" + dialect + "' is not a dialect that is written here; wanted " + String.join(" or ", DIALECTS));
        };
    }

    private static void add(List<Session> sessions, Kind kind, Peering peering) {
        sessions.add(new Session("primary", kind, peering, peering.ipv4().primary(), peering.ipv6().map(Subnets::primary)));
        sessions.add(new Session("secondary", kind, peering, peering.ipv4().secondary(), peering.ipv6().map(Subnets::secondary)));
    }

    /** The provider's tag (S-tag) is the provider's to tell; without one the line is a plain dot1Q. */
    private static String iosXe(CircuitSettings circuit, List<Session> sessions) {
        StringBuilder text = new StringBuilder("! ExpressRoute circuit " + circuit.circuit() + ". Replace S-TAG-PRIMARY and S-TAG-SECONDARY by the provider's tags; with one tag only: encapsulation dot1Q VLAN\n");
        for (Session session : sessions) {
            int vlan = session.peering().vlan();
            text.append("interface ").append(session.link().equals("primary") ? "GigabitEthernet0/0/0." : "GigabitEthernet0/0/1.").append(vlan).append('\n')
                    .append(" description ").append(circuit.circuit()).append(' ').append(session.kind().word()).append(' ').append(session.link()).append('\n')
                    .append(" encapsulation dot1Q S-TAG-").append(session.link().toUpperCase(java.util.Locale.ROOT)).append(" second-dot1Q ").append(vlan).append('\n')
                    .append(" ip address ").append(PeeringRules.ours(session.ipv4())).append(" 255.255.255.252\n");
            session.ipv6().ifPresent(subnet -> text.append(" ipv6 address ").append(PeeringRules.ours(subnet)).append("/126\n"));
            text.append(" bfd interval 300 min_rx 300 multiplier 3\n!\n");
        }
        String as = sessions.isEmpty() ? "AS" : sessions.getFirst().peering().peerAsn().toString();
        text.append("router bgp ").append(as).append("\n bgp log-neighbor-changes\n");
        for (Session session : sessions) {
            neighbor(text, session, PeeringRules.microsofts(session.ipv4()).toString(), as);
            session.ipv6().ifPresent(subnet -> neighbor(text, session, PeeringRules.microsofts(subnet).toString(), as));
        }
        for (boolean ipv4 : new boolean[] {true, false}) {
            List<Session> those = sessions.stream().filter(session -> ipv4 || session.ipv6().isPresent()).toList();
            if (!those.isEmpty()) {
                text.append(" !\n address-family ").append(ipv4 ? "ipv4" : "ipv6").append(" unicast\n");
                for (Session session : those) {
                    String address = PeeringRules.microsofts(ipv4 ? session.ipv4() : session.ipv6().orElseThrow()).toString();
                    String family = ipv4 ? "" : "-V6";
                    text.append("  neighbor ").append(address).append(" activate\n")
                            .append("  neighbor ").append(address).append(" prefix-list ER-OUT").append(family).append(" out\n")
                            .append("  neighbor ").append(address).append(" maximum-prefix ").append(CircuitLimits.PREMIUM_PREFIXES).append(" 80\n");
                }
                text.append(" exit-address-family\n");
            }
        }
        text.append("!\n! What is advertised: replace by this site's prefixes\n");
        text.append(sessions.stream().anyMatch(session -> session.ipv6().isPresent()) ? "ipv6 prefix-list ER-OUT-V6 seq 5 deny ::/0 le 128\n" : "");
        return text.append("ip prefix-list ER-OUT seq 5 deny 0.0.0.0/0 le 32\n").toString();
    }

    private static void neighbor(StringBuilder text, Session session, String address, String as) {
        text.append(" neighbor ").append(address).append(" remote-as ").append(CircuitSettings.MICROSOFT).append('\n')
                .append(" neighbor ").append(address).append(" description ").append(session.kind().word()).append(' ').append(session.link()).append('\n');
        if (!session.peering().peerAsn().toString().equals(as)) {
            text.append(" neighbor ").append(address).append(" local-as ").append(session.peering().peerAsn()).append(" no-prepend replace-as\n");
        }
        if (session.peering().sharedKey().isPresent()) {
            text.append(" neighbor ").append(address).append(" password ").append(KEY).append('\n');
        }
        text.append(" neighbor ").append(address).append(" fall-over bfd\n");
    }

    /** For FRR 8 and later, with bfdd running; the interfaces are made beside it. */
    private static String frr(CircuitSettings circuit, List<Session> sessions) {
        StringBuilder text = new StringBuilder("! ExpressRoute circuit " + circuit.circuit() + ". The interfaces are made by iproute2; replace PRIMARY and SECONDARY by the links' devices.\n");
        for (Session session : sessions) {
            String device = session.link().toUpperCase(java.util.Locale.ROOT);
            text.append("!   ip link add link ").append(device).append(" name ").append(device).append('.').append(session.peering().vlan()).append(" type vlan id ").append(session.peering().vlan()).append('\n');
        }
        String as = sessions.isEmpty() ? "AS" : sessions.getFirst().peering().peerAsn().toString();
        for (Session session : sessions) {
            text.append("interface ").append(session.link().toUpperCase(java.util.Locale.ROOT)).append('.').append(session.peering().vlan()).append('\n')
                    .append(" ip address ").append(PeeringRules.ours(session.ipv4())).append("/30\n");
            session.ipv6().ifPresent(subnet -> text.append(" ipv6 address ").append(PeeringRules.ours(subnet)).append("/126\n"));
            text.append("exit\n!\n");
        }
        text.append("router bgp ").append(as).append('\n').append(" no bgp default ipv4-unicast\n");
        for (Session session : sessions) {
            frrNeighbor(text, session, PeeringRules.microsofts(session.ipv4()).toString(), as);
            session.ipv6().ifPresent(subnet -> frrNeighbor(text, session, PeeringRules.microsofts(subnet).toString(), as));
        }
        for (boolean ipv4 : new boolean[] {true, false}) {
            List<Session> those = sessions.stream().filter(session -> ipv4 || session.ipv6().isPresent()).toList();
            if (!those.isEmpty()) {
                text.append(" address-family ").append(ipv4 ? "ipv4" : "ipv6").append(" unicast\n");
                for (Session session : those) {
                    String address = PeeringRules.microsofts(ipv4 ? session.ipv4() : session.ipv6().orElseThrow()).toString();
                    text.append("  neighbor ").append(address).append(" activate\n  neighbor ").append(address).append(" route-map ER-IN in\n  neighbor ").append(address)
                            .append(" route-map ER-OUT out\n");
                }
                text.append(" exit-address-family\n");
            }
        }
        return text.append("exit\n!\n! What is advertised: replace the deny by this site's prefixes\nroute-map ER-OUT deny 10\nexit\n!\nroute-map ER-IN permit 10\n set local-preference 150\nexit\n!\n"
                + "bfd\n profile er\n  receive-interval 300\n  transmit-interval 300\n  detect-multiplier 3\n exit\nexit\n").toString();
    }

    private static void frrNeighbor(StringBuilder text, Session session, String address, String as) {
        text.append(" neighbor ").append(address).append(" remote-as ").append(CircuitSettings.MICROSOFT).append('\n')
                .append(" neighbor ").append(address).append(" description ").append(session.kind().word()).append(' ').append(session.link()).append('\n');
        if (!session.peering().peerAsn().toString().equals(as)) {
            text.append(" neighbor ").append(address).append(" local-as ").append(session.peering().peerAsn()).append(" no-prepend replace-as\n");
        }
        if (session.peering().sharedKey().isPresent()) {
            text.append(" neighbor ").append(address).append(" password ").append(KEY).append('\n');
        }
        text.append(" neighbor ").append(address).append(" bfd\n neighbor ").append(address).append(" bfd profile er\n");
    }
}
