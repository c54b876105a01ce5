package tombolo.azure.expressroute.adapter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmRequest;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Gateway;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.ArmCircuits;
import tombolo.azure.expressroute.core.CircuitSnapshot;
import tombolo.azure.expressroute.core.CircuitSnapshot.GatewaySeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;
import tombolo.azure.expressroute.core.CircuitSnapshot.RouteFilterSeen;

/** Reads a circuit and what belongs to it from ARM: about five requests, of ARM's 250 and 25 a second. One thread. */
final class CircuitReader {
    /** The version with the widest published examples. */
    static final String API = "2024-05-01";

    private final Arm arm;
    private int requests;

    CircuitReader(Arm arm) {
        this.arm = arm;
    }

    /** The circuit's path below its subscription. */
    static String path(CircuitSettings circuit) {
        return group(circuit.resourceGroup()) + "/providers/Microsoft.Network/expressRouteCircuits/" + circuit.circuit();
    }

    static String group(String resourceGroup) {
        return "/resourceGroups/" + resourceGroup;
    }

    static String gatewayPath(Gateway gateway) {
        return group(gateway.resourceGroup()) + "/providers/Microsoft.Network/virtualNetworkGateways/" + gateway.name();
    }

    /** Requests so far; further pages of a list are not counted. */
    int requests() {
        return requests;
    }

    /** Empty where there is no such circuit. */
    Optional<CircuitSnapshot> read(CircuitSettings circuit) {
        return read(circuit, Optional.empty());
    }

    /** @param before what was read before; it is the answer too where the circuit, with its peerings and authorizations, is word for word as it was */
    Optional<CircuitSnapshot> read(CircuitSettings circuit, Optional<CircuitSnapshot> before) {
        Optional<Json.Obj> resource = get(circuit.subscription(), path(circuit));
        if (resource.isEmpty()) {
            return Optional.empty();
        }
        if (before.filter(each -> each.raw().equals(resource.get())).isPresent()) {
            return before;
        }
        requests++;
        List<Json.Obj> authorizations = arm.list(ArmRequest.get(circuit.subscription(), path(circuit) + "/authorizations", API));
        Map<Gateway, GatewaySeen> gateways = new HashMap<>();
        for (Gateway gateway : circuit.links()) {
            get(circuit.subscription(), gatewayPath(gateway)).map(ArmCircuits::gateway).ifPresent(seen -> gateways.put(gateway, seen));
        }
        CircuitSnapshot first = ArmCircuits.read(resource.get(), Optional.of(authorizations), List.of(), gateways, Optional.empty());
        return Optional.of(ArmCircuits.read(resource.get(), Optional.of(authorizations), connections(circuit), gateways, routeFilter(circuit, first)));
    }

    /** ARM lists connections by resource group alone: those of the circuit's and of the wanted gateways'. */
    private List<Json.Obj> connections(CircuitSettings circuit) {
        Map<String, String> groups = new java.util.TreeMap<>();
        groups.put(circuit.resourceGroup().toLowerCase(Locale.ROOT), circuit.resourceGroup());
        circuit.links().forEach(gateway -> groups.putIfAbsent(gateway.resourceGroup().toLowerCase(Locale.ROOT), gateway.resourceGroup()));
        List<Json.Obj> connections = new ArrayList<>();
        Set<String> ids = new LinkedHashSet<>();
        for (String group : groups.values()) {
            try {
                requests++;
                for (Json.Obj each : arm.list(ArmRequest.get(circuit.subscription(), group(group) + "/providers/Microsoft.Network/connections", API))) {
                    if (ids.add(each.text("id").orElse("").toLowerCase(Locale.ROOT))) {
                        connections.add(each);
                    }
                }
            } catch (ArmException e) {
                if (e.reason() != ArmException.Reason.NOT_FOUND) { // a group that is not there has none
                    throw e;
                }
            }
        }
        return connections;
    }

    /** The one that is attached, or the one of ours that would be; none where no communities are wanted and none is attached. */
    private Optional<RouteFilterSeen> routeFilter(CircuitSettings circuit, CircuitSnapshot seen) {
        Optional<String> attached = seen.peering(Kind.MICROSOFT).flatMap(CircuitSnapshot.PeeringSeen::routeFilter);
        if (attached.isEmpty() && circuit.microsoft().filter(peering -> !peering.communities().isEmpty()).isEmpty()) {
            return Optional.empty();
        }
        String own = seen.id().replaceFirst("(?i)/expressRouteCircuits/[^/]*$", "/routeFilters/" + circuit.circuit() + "-filter");
        String id = attached.orElse(own);
        return Optional.of(get(circuit.subscription(), id).map(ArmCircuits::routeFilter).orElse(new RouteFilterSeen(id, false, List.of(), Optional.empty(), Json.Obj.EMPTY)));
    }

    Optional<Json.Obj> get(String subscription, String path) {
        try {
            requests++;
            return arm.call(ArmRequest.get(subscription, path, API)).body();
        } catch (ArmException e) {
            if (e.reason() == ArmException.Reason.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
