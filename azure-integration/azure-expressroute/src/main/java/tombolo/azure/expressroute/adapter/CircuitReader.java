package tombolo.azure.expressroute.adapter;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmRequest;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Gateway;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.ArmBodies;
import tombolo.azure.expressroute.core.ArmCircuits;
import tombolo.azure.expressroute.core.CircuitSnapshot;
import tombolo.azure.expressroute.core.CircuitSnapshot.GatewaySeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;
import tombolo.azure.expressroute.core.CircuitSnapshot.RouteFilterSeen;
import tombolo.azure.expressroute.core.NetworkSeen;

/** Reads a circuit and what belongs to it from ARM: about five requests, of ARM's 250 and 25 a second. One thread. */
final class CircuitReader {
    /** Of resource groups, which another provider answers for. */
    static final String GROUPS_API = "2021-04-01";

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
        return "/resourceGroups/" + ascii(resourceGroup);
    }

    /** Letters of other scripts, which resource groups may have, as a path has them (RFC 3987 §3.1); what is %XX already stays. */
    static String ascii(String path) {
        StringBuilder ascii = new StringBuilder();
        path.codePoints().forEach(each -> ascii.append(each < 0x80 ? Character.toString(each) : URLEncoder.encode(Character.toString(each), StandardCharsets.UTF_8)));
        return ascii.toString();
    }

    static String gatewayPath(Gateway gateway) {
        return group(gateway.resourceGroup()) + "/providers/Microsoft.Network/virtualNetworkGateways/" + gateway.name();
    }

    /** The version of Azure's interface that is spoken. */
    String api() {
        return arm.networkVersion();
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
        List<Json.Obj> authorizations = arm.list(ArmRequest.get(circuit.subscription(), path(circuit) + "/authorizations", api()));
        Map<Gateway, GatewaySeen> gateways = new HashMap<>();
        for (Gateway gateway : circuit.links()) {
            get(circuit.subscription(), gatewayPath(gateway)).map(ArmCircuits::gateway).ifPresent(seen -> gateways.put(gateway, seen));
        }
        CircuitSnapshot first = ArmCircuits.read(resource.get(), Optional.of(authorizations), List.of(), gateways, Optional.empty());
        return Optional.of(ArmCircuits.read(resource.get(), Optional.of(authorizations), connections(circuit, first), gateways, routeFilter(circuit, first)));
    }

    /**
     * ARM lists connections by resource group alone: those of the circuit's and of the wanted gateways'. Those that were made with an authorization are in other
     * subscriptions, and are read one by one where the authorization names them and the subscription is configured here.
     */
    private List<Json.Obj> connections(CircuitSettings circuit, CircuitSnapshot seen) {
        List<Json.Obj> connections = new ArrayList<>();
        Set<String> ids = new LinkedHashSet<>();
        for (String group : linkGroups(circuit)) {
            try {
                requests++;
                for (Json.Obj each : arm.list(ArmRequest.get(circuit.subscription(), group(group) + "/providers/Microsoft.Network/connections", api()))) {
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
        seen.authorizations().stream().flatMap(each -> each.connection().stream()).filter(id -> ids.add(id.toLowerCase(Locale.ROOT))).forEach(id -> NetworkReader.byId(arm, id).ifPresent(connections::add));
        return connections;
    }

    /** The resource groups that are looked into for links; ARM's names are equal in any case. */
    static Collection<String> linkGroups(CircuitSettings circuit) {
        Map<String, String> groups = new TreeMap<>();
        groups.put(circuit.resourceGroup().toLowerCase(Locale.ROOT), circuit.resourceGroup());
        circuit.links().forEach(gateway -> groups.putIfAbsent(gateway.resourceGroup().toLowerCase(Locale.ROOT), gateway.resourceGroup()));
        return groups.values();
    }

    /** The virtual networks that the circuit's links lead to, as far as they can be read here. */
    List<NetworkSeen> networks(CircuitSnapshot circuit) {
        Set<String> ids = new LinkedHashSet<>();
        circuit.links().forEach(link -> NetworkReader.byId(arm, link.gateway()).flatMap(NetworkSeen::networkOf).ifPresent(ids::add));
        return ids.stream().flatMap(id -> NetworkReader.byId(arm, id).stream()).map(NetworkSeen::read).map(network -> NetworkReader.halves(arm, network)).toList();
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

    /** What a link leads from and to. @param authorization the key of one, for a circuit of another subscription */
    record Link(GatewaySeen gateway, String circuit, int weight, Optional<String> authorization) { }

    /** The request that makes a link, or changes the one of that path, which keeps what nobody here knows, such as FastPath, and is not changed where somebody else just has. */
    ArmRequest link(String subscription, String path, Link wish) {
        return link(subscription, path, get(subscription, path), wish);
    }

    /** @param before the link of that path, just read; empty: there is none */
    ArmRequest link(String subscription, String path, Optional<Json.Obj> before, Link wish) {
        ArmRequest put = ArmRequest.put(subscription, path, api(), ArmBodies.link(before, wish.gateway().id(), wish.gateway().location(), wish.circuit(), wish.weight(), wish.authorization()));
        return before.flatMap(link -> link.text("etag")).map(put::withEtag).orElse(put);
    }

    List<Json.Obj> list(String subscription, String path) {
        return arm.list(ArmRequest.get(subscription, path, api()));
    }

    /** The name of the subscription that an id is in; empty where it is none of ours. */
    Optional<String> owner(String id) {
        return NetworkReader.owner(arm, id);
    }

    Optional<Json.Obj> get(String subscription, String path) {
        try {
            requests++;
            return arm.call(ArmRequest.get(subscription, ascii(path), api())).body();
        } catch (ArmException e) {
            if (e.reason() == ArmException.Reason.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
