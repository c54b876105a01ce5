package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.json.Json;

/** The tables of one edge router for one peering, as ARM answers them. */
public record EdgeTables(Optional<List<Arp>> arp, Optional<List<Route>> routes) {
    public static final EdgeTables NONE = new EdgeTables(Optional.empty(), Optional.empty());

    public EdgeTables {
        arp = arp.map(List::copyOf);
        routes = routes.map(List::copyOf);
    }

    /** @param ageMinutes how long ago it was learnt. @param where On-Prem or Microsoft. @param mac Incomplete where nobody answered */
    public record Arp(long ageMinutes, String where, String address, String mac) {
        boolean complete() {
            return !mac.isEmpty() && !mac.equalsIgnoreCase("Incomplete");
        }
    }

    public record Route(String network, String nextHop, String localPreference, String weight, String path) { }

    public static List<Arp> arp(Json.Obj result) {
        List<Arp> rows = new ArrayList<>();
        for (Json.Obj row : ArmCircuits.objects(result, "value")) {
            rows.add(new Arp(row.integer("age").orElse(0), ArmCircuits.text(row, "interface"), ArmCircuits.text(row, "ipAddress"), ArmCircuits.text(row, "macAddress")));
        }
        return rows;
    }

    public static List<Route> routes(Json.Obj result) {
        List<Route> rows = new ArrayList<>();
        for (Json.Obj row : ArmCircuits.objects(result, "value")) {
            String weight = row.text("weight").orElseGet(() -> String.valueOf(row.integer("weight").orElse(0)));
            rows.add(new Route(ArmCircuits.text(row, "network"), ArmCircuits.text(row, "nextHop"), ArmCircuits.text(row, "locPrf"), weight, ArmCircuits.text(row, "path")));
        }
        return rows;
    }
}
