package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.api.expressroute.Report;
import tombolo.api.expressroute.Report.Block;
import tombolo.api.expressroute.Report.Cell;
import tombolo.api.expressroute.Report.Tone;
import tombolo.api.json.Json;

/** Tables of virtual networks, as ARM answers them, for people and for scripts. */
public final class NetworkReports {
    private NetworkReports() { }

    /** A table of which ARM's members are the columns. @param headings one for each member. @param none what is said instead of an empty table */
    private static Report table(List<Json.Obj> rows, List<String> members, List<String> headings, String none) {
        List<List<Cell>> cells = rows.stream().map(row -> members.stream().map(member -> Cell.of(shown(row, member))).toList()).toList();
        List<Json> json = rows.stream().<Json>map(row -> {
            Json.Obj one = Json.Obj.EMPTY;
            for (String member : members) {
                Json value = row.get(member).orElse(Json.Null.NULL);
                one = one.with(member, value);
            }
            return one;
        }).toList();
        return new Report(new Json.Arr(json), List.of(cells.isEmpty() ? CircuitReports.lines(Tone.PLAIN, none) : new Block.Table(headings, cells)));
    }

    private static String shown(Json.Obj row, String member) {
        return row.get(member).map(value -> switch (value) {
            case Json.Text(String text) -> text.isEmpty() ? "-" : text;
            case Json.Num(String literal) -> literal;
            case Json.Arr array -> array.items().isEmpty() ? "-" : String.join(", ", NetworkSeen.texts(Json.Obj.of("all", array), "all"));
            case Json.Bool(boolean yes) -> yes ? "yes" : "no";
            case Json.Null _, Json.Obj _ -> "-";
        }).orElse("-");
    }

    public static Report interfaceRoutes(Json.Obj result) {
        return table(ArmCircuits.objects(result, "value"), List.of("source", "state", "addressPrefix", "nextHopType", "nextHopIpAddress"), List.of("SOURCE", "STATE", "PREFIXES", "NEXT HOP", "ADDRESS"), "No routes.");
    }

    private static final List<String> ROUTE = List.of("network", "nextHop", "sourcePeer", "origin", "asPath", "weight");
    private static final List<String> ROUTE_HEADINGS = List.of("NETWORK", "NEXT HOP", "FROM", "ORIGIN", "PATH", ">WEIGHT");

    public static Report advertised(Json.Obj result) {
        return table(ArmCircuits.objects(result, "value"), ROUTE, ROUTE_HEADINGS, "Nothing is advertised to that peer.");
    }

    public static Report gateway(Json.Obj peers, Json.Obj learned) {
        Report sessions = table(ArmCircuits.objects(peers, "value"), List.of("neighbor", "asn", "state", "connectedDuration", "routesReceived"), List.of("PEER", ">AS", "STATE", "SINCE", ">ROUTES"), "No BGP peers.");
        Report routes = table(ArmCircuits.objects(learned, "value"), ROUTE, ROUTE_HEADINGS, "No routes.");
        List<Block> blocks = new ArrayList<>(sessions.blocks());
        blocks.addAll(routes.blocks());
        return new Report(Json.Obj.EMPTY.with("peers", sessions.json()).with("learned", routes.json()), blocks);
    }

    /** A Route Server's peer with both tables of each of its two routers. */
    public record ServerPeer(Json.Obj peer, Json.Obj learned, Json.Obj advertised) { }

    public static Report routeServer(Json.Obj hub, List<ServerPeer> peers) {
        Json.Obj properties = ArmCircuits.properties(hub);
        List<Block> blocks = new ArrayList<>(List.of(new Block.Facts(List.of("Route Server", ArmCircuits.text(hub, "name"), "AS", String.valueOf(properties.integer("virtualRouterAsn").orElse(0)), "Addresses",
                String.join(", ", NetworkSeen.texts(properties, "virtualRouterIps")), "Branch to branch", properties.bool("allowBranchToBranchTraffic").orElse(false) ? "yes" : "no", "Prefers",
                properties.text("hubRoutingPreference").orElse("-")))));
        List<Json> json = new ArrayList<>();
        for (ServerPeer each : peers) {
            Json.Obj inner = ArmCircuits.properties(each.peer);
            String name = ArmCircuits.text(each.peer, "name");
            String state = ArmCircuits.text(inner, "connectionState");
            blocks.add(CircuitReports.lines(state.equals("Connected") ? Tone.GOOD : Tone.WARN, "Peer " + name + ": " + ArmCircuits.text(inner, "peerIp") + ", AS " + inner.integer("peerAsn").orElse(0) + ", " + state));
            Json.Obj one = Json.Obj.EMPTY.with("name", name).with("peerIp", ArmCircuits.text(inner, "peerIp")).with("peerAsn", inner.integer("peerAsn").orElse(0)).with("state", state);
            for (Map.Entry<String, Json.Obj> table : Map.of("learned", each.learned, "advertised", each.advertised).entrySet().stream().sorted(Map.Entry.comparingByKey()).toList()) {
                // By the role of each of the two routers, such as RouteServiceRole_IN_0.
                List<Json.Obj> rows = table.getValue().members().keySet().stream().sorted().flatMap(role -> ArmCircuits.objects(table.getValue(), role).stream()).toList();
                Report shown = table(rows, ROUTE, ROUTE_HEADINGS, "  nothing " + table.getKey());
                blocks.add(CircuitReports.lines(Tone.PLAIN, "  " + table.getKey() + ":"));
                blocks.addAll(shown.blocks());
                one = one.with(table.getKey(), shown.json());
            }
            json.add(one);
        }
        if (peers.isEmpty()) {
            blocks.add(CircuitReports.lines(Tone.PLAIN, "No BGP peers."));
        }
        return new Report(Json.Obj.EMPTY.with("name", ArmCircuits.text(hub, "name")).with("addresses", Json.Arr.texts(NetworkSeen.texts(properties, "virtualRouterIps"))).with("peers", new Json.Arr(json)), blocks);
    }

    public static Report network(NetworkSeen network) {
        List<Json> json = new ArrayList<>();
        List<List<Cell>> rows = new ArrayList<>();
        for (NetworkSeen.Peering each : network.peerings()) {
            Finding finding = transit(network, each);
            String sharing = each.allowsTransit() ? "its gateway for the other" : each.usesRemote() ? "the other's gateway" : "none";
            rows.add(List.of(Cell.of(each.name()), Cell.of(ArmCircuits.nameOf(each.remote())), new Cell(each.state().isEmpty() ? "-" : each.state(), each.state().equals("Connected") ? Tone.GOOD : Tone.WARN),
                    Cell.of(sharing), new Cell(finding.verdict() == Finding.Verdict.GOOD ? "as it must be" : finding.azure(), finding.verdict() == Finding.Verdict.GOOD ? Tone.GOOD : Tone.WARN)));
            json.add(Json.Obj.EMPTY.with("name", each.name()).with("remote", each.remote()).with("state", each.state()).with("allowGatewayTransit", each.allowsTransit()).with("useRemoteGateways", each.usesRemote())
                    .with("verdict", finding.verdict().name()).with("why", finding.azure()));
        }
        return new Report(Json.Obj.EMPTY.with("id", network.id()).with("addressPrefixes", Json.Arr.texts(network.prefixes())).with("peerings", new Json.Arr(json)),
                List.of(new Block.Facts(List.of("Virtual network", network.name(), "Address space", String.join(", ", network.prefixes()))),
                        rows.isEmpty() ? CircuitReports.lines(Tone.PLAIN, "No peerings.") : new Block.Table(List.of("PEERING", "WITH", "STATE", "GATEWAY SHARED", "VERDICT"), rows)));
    }

    /** Whether both halves of a peering agree on whose gateway is used: what one allows and the other does not use carries no route of the circuit, and the other way round. */
    static Finding transit(NetworkSeen network, NetworkSeen.Peering peering) {
        String check = "virtual network " + network.name() + ": peering " + peering.name();
        String other = ArmCircuits.nameOf(peering.remote());
        if (!peering.state().equalsIgnoreCase("Connected")) {
            return new Finding(17, check, Finding.Verdict.WARN, "is " + (peering.state().isEmpty() ? "in no known state" : peering.state()), "-", "make or renew the other half of the peering, in " + other);
        }
        if (peering.other().isEmpty()) {
            return new Finding(17, check, Finding.Verdict.UNKNOWN, "the half of " + other + " could not be read", "-", "configure its subscription here, so that it can be read");
        }
        NetworkSeen.Half half = peering.other().get();
        if (peering.usesRemote() && !half.allowsTransit() || half.usesRemote() && !peering.allowsTransit()) {
            String hub = peering.usesRemote() ? other : network.name();
            return new Finding(17, check, Finding.Verdict.BAD, "one half uses the gateway of " + hub + ", and the other does not allow it", "-", "set allowGatewayTransit on the peering in " + hub);
        }
        if (peering.allowsTransit() && !half.usesRemote() || half.allowsTransit() && !peering.usesRemote()) {
            String spoke = peering.allowsTransit() ? other : network.name();
            return new Finding(17, check, Finding.Verdict.WARN, "a gateway is offered, and " + spoke + " does not use it", "-", "set useRemoteGateways on the peering in " + spoke
                    + ", if it is to be reached by the circuit");
        }
        return new Finding(17, check, Finding.Verdict.GOOD, half.usesRemote() ? other + " uses the gateway here" : peering.usesRemote() ? "uses the gateway of " + other : "no gateway is shared", "-", "");
    }

    /** A link to a circuit of another subscription. */
    public record Authorized(String link, String circuit, String gateway, String status, int weight) { }

    public static Report authorized(List<Authorized> links, Optional<String> trouble) {
        List<List<Cell>> rows = links.stream().map(each -> List.of(Cell.of(ArmCircuits.nameOf(each.circuit)), Cell.of(each.circuit.replaceFirst("(?i).*/subscriptions/([^/]+)/.*", "$1")), Cell.of(each.link),
                Cell.of(ArmCircuits.nameOf(each.gateway)), new Cell(each.status.isEmpty() ? "-" : each.status, each.status.equals("Connected") ? Tone.GOOD : Tone.WARN), Cell.of(each.weight))).toList();
        List<Block> blocks = new ArrayList<>(List.of(rows.isEmpty() ? CircuitReports.lines(Tone.PLAIN, "No gateway of this subscription is linked to a circuit of another one.")
                : new Block.Table(List.of("CIRCUIT", "OF SUBSCRIPTION", "LINK", "GATEWAY", "STATUS", ">WEIGHT"), rows)));
        trouble.ifPresent(text -> blocks.add(CircuitReports.lines(Tone.WARN, text)));
        return new Report(new Json.Arr(links.stream().<Json>map(each -> Json.Obj.EMPTY.with("circuit", each.circuit).with("link", each.link).with("gateway", each.gateway).with("status", each.status)
                .with("weight", each.weight)).toList()), blocks);
    }
}
