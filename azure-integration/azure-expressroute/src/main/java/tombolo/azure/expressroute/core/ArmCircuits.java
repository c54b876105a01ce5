package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tombolo.api.config.CircuitSettings.Gateway;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.CircuitSnapshot.AuthorizationSeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.GatewaySeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.LinkSeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.PeeringSeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.RouteFilterSeen;
import tombolo.azure.expressroute.core.CircuitSnapshot.ServiceKey;

/** ARM's JSON read into a {@link CircuitSnapshot}. What is missing or of another kind is an empty text or 0: whatever Azure sends can be shown. */
public final class ArmCircuits {
    private ArmCircuits() { }

    /**
     * @param circuit        the resource, with its peerings and authorizations within, as ARM answers it
     * @param authorizations the list of them, which is newer than what stands in the circuit; empty: what stands there
     * @param connections    of the resource groups that were looked into; those of other circuits are left out
     */
    public static CircuitSnapshot read(Json.Obj circuit, Optional<List<Json.Obj>> authorizations, List<Json.Obj> connections, Map<Gateway, GatewaySeen> gateways,
                                       Optional<RouteFilterSeen> routeFilter) {
        Json.Obj properties = properties(circuit);
        Json.Obj service = properties.object("serviceProviderProperties").orElse(Json.Obj.EMPTY);
        Json.Obj sku = circuit.object("sku").orElse(Json.Obj.EMPTY);
        String id = text(circuit, "id");
        List<PeeringSeen> peerings = objects(properties, "peerings").stream().map(ArmCircuits::peering).toList();
        int reach = peerings.stream().mapToInt(peering -> objects(properties(peering.raw()), "connections").size() + objects(properties(peering.raw()), "peeredConnections").size()).sum();
        return new CircuitSnapshot(id, text(circuit, "name"), text(circuit, "location"), text(sku, "tier"), text(sku, "family"), text(service, "serviceProviderName"),
                text(service, "peeringLocation"), number(service, "bandwidthInMbps"), text(properties, "provisioningState"), text(properties, "circuitProvisioningState"),
                text(properties, "serviceProviderProvisioningState"), new ServiceKey(text(properties, "serviceKey")), circuit.text("etag"), properties.object("expressRoutePort").isPresent(), reach,
                peerings, authorizations.orElseGet(() -> objects(properties, "authorizations")).stream().map(ArmCircuits::authorization).toList(),
                connections.stream().filter(each -> leadsTo(each, id)).map(ArmCircuits::link).toList(), gateways, routeFilter, circuit);
    }

    public static PeeringSeen peering(Json.Obj peering) {
        Json.Obj properties = properties(peering);
        Json.Obj microsoft = properties.object("microsoftPeeringConfig").orElse(Json.Obj.EMPTY);
        Json.Obj ipv6 = properties.object("ipv6PeeringConfig").orElse(Json.Obj.EMPTY);
        Json.Obj microsoft6 = ipv6.object("microsoftPeeringConfig").orElse(Json.Obj.EMPTY);
        List<String> advertised = NetworkSeen.texts(microsoft, "advertisedPublicPrefixes");
        List<String> advertised6 = NetworkSeen.texts(microsoft6, "advertisedPublicPrefixes");
        String type = properties.text("peeringType").orElse(text(peering, "name"));
        return new PeeringSeen(type, text(properties, "state"), text(properties, "provisioningState"), number(properties, "vlanId"), properties.integer("azureASN").orElse(0),
                properties.integer("peerASN").orElse(0), text(properties, "primaryPeerAddressPrefix"), text(properties, "secondaryPeerAddressPrefix"), text(ipv6, "primaryPeerAddressPrefix"),
                text(ipv6, "secondaryPeerAddressPrefix"), text(properties, "lastModifiedBy"), properties.text("sharedKey").filter(key -> !key.isEmpty()).isPresent(), advertised, advertised6,
                prefixesState(microsoft, advertised, microsoft6, advertised6), text(microsoft, "routingRegistryName"), properties.object("routeFilter").flatMap(filter -> filter.text("id")), peering);
    }

    /** The one that is further from Configured of the families that have prefixes. Those of IPv6 that stand with IPv4's sessions are of a family whose state nobody tells. */
    private static String prefixesState(Json.Obj ipv4, List<String> advertised, Json.Obj ipv6, List<String> advertised6) {
        List<String> states = new ArrayList<>(List.of(text(ipv4, "advertisedPublicPrefixesState")));
        String state6 = text(ipv6, "advertisedPublicPrefixesState");
        if (!state6.isEmpty() || !advertised6.isEmpty() || advertised.stream().anyMatch(prefix -> prefix.contains(":"))) {
            states.add(state6);
        }
        return states.stream().max(Comparator.comparingInt(ArmCircuits::fromConfigured)).orElse("");
    }

    private static int fromConfigured(String state) {
        return switch (state.toLowerCase(Locale.ROOT)) {
            case "configured" -> 0;
            case "" -> 1;
            case "configuring" -> 2;
            default -> 3;
        };
    }

    public static AuthorizationSeen authorization(Json.Obj authorization) {
        Json.Obj properties = properties(authorization);
        return new AuthorizationSeen(text(authorization, "name"), text(properties, "authorizationUseStatus"), properties.text("connectionResourceUri"), text(properties, "provisioningState"));
    }

    public static LinkSeen link(Json.Obj connection) {
        Json.Obj properties = properties(connection);
        return new LinkSeen(text(connection, "id"), text(connection, "name"), properties.object("virtualNetworkGateway1").map(gateway -> text(gateway, "id")).orElse(""),
                text(properties, "connectionStatus"), text(properties, "provisioningState"), number(properties, "routingWeight"), properties.bool("expressRouteGatewayBypass").orElse(false),
                properties.text("authorizationKey").filter(key -> !key.isEmpty()).isPresent());
    }

    public static GatewaySeen gateway(Json.Obj gateway) {
        Json.Obj properties = properties(gateway);
        return new GatewaySeen(text(gateway, "id"), text(gateway, "location"), text(properties, "gatewayType"), properties.object("sku").map(sku -> text(sku, "name")).orElse(""));
    }

    /** Between how many scale units a gateway scales by itself; empty where it does not say. */
    public static Optional<Prices.Units> units(Json.Obj gateway) {
        return properties(gateway).object("autoScaleConfiguration").flatMap(scaling -> scaling.object("bounds")).map(bounds -> new Prices.Units(number(bounds, "min"), number(bounds, "max")))
                .filter(units -> units.least() > 0 && units.most() >= units.least());
    }

    public static RouteFilterSeen routeFilter(Json.Obj filter) {
        List<String> communities = new ArrayList<>();
        for (Json.Obj rule : objects(properties(filter), "rules")) {
            for (Json community : properties(rule).array("communities")) {
                if (community instanceof Json.Text(String value)) {
                    communities.add(value);
                }
            }
        }
        return new RouteFilterSeen(text(filter, "id"), true, communities.stream().sorted().distinct().toList(), filter.text("etag"), filter);
    }

    /** @param providers the list of expressRouteServiceProviders: name, places, bandwidths in Mbit/s */
    public static Map<String, Offer> offers(List<Json.Obj> providers) {
        Map<String, Offer> offers = new HashMap<>();
        for (Json.Obj provider : providers) {
            Json.Obj properties = properties(provider);
            List<String> places = properties.array("peeringLocations").stream().filter(Json.Text.class::isInstance).map(each -> ((Json.Text) each).value()).sorted().toList();
            List<Integer> bandwidths = objects(properties, "bandwidthsOffered").stream().map(each -> number(each, "valueInMbps")).filter(each -> each > 0).sorted().toList();
            offers.put(text(provider, "name"), new Offer(places, bandwidths));
        }
        return offers;
    }

    /** What a provider offers. */
    public record Offer(List<String> places, List<Integer> bandwidths) {
        public Offer {
            places = List.copyOf(places);
            bandwidths = List.copyOf(bandwidths);
        }
    }

    private static boolean leadsTo(Json.Obj connection, String circuit) {
        return peer(connection).filter(id -> same(id, circuit)).isPresent();
    }

    /** The id of the circuit that a connection leads to; empty where it is no link of a circuit. */
    public static Optional<String> peer(Json.Obj connection) {
        return properties(connection).object("peer").flatMap(peer -> peer.text("id"));
    }

    /** Whether a connection is the link between these two. */
    public static boolean joins(Json.Obj connection, String gateway, String circuit) {
        return leadsTo(connection, circuit) && same(link(connection).gateway(), gateway);
    }

    /** The last part of a resource's id. */
    public static String nameOf(String id) {
        return id.substring(id.lastIndexOf('/') + 1);
    }

    /** Ids of ARM are equal in any case. */
    static boolean same(String left, String right) {
        return left.toLowerCase(Locale.ROOT).equals(right.toLowerCase(Locale.ROOT));
    }

    static Json.Obj properties(Json.Obj resource) {
        return resource.object("properties").orElse(Json.Obj.EMPTY);
    }

    static List<Json.Obj> objects(Json.Obj object, String name) {
        return object.array(name).stream().filter(Json.Obj.class::isInstance).map(Json.Obj.class::cast).toList();
    }

    static String text(Json.Obj object, String name) {
        return object.text(name).orElse("");
    }

    static int number(Json.Obj object, String name) {
        return (int) Math.clamp(object.integer(name).orElse(0), 0, Integer.MAX_VALUE);
    }
}
