package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.config.CircuitSettings.Plan;
import tombolo.api.config.CircuitSettings.Subnets;
import tombolo.api.config.CircuitSettings.Tier;
import tombolo.api.json.Json;
import tombolo.api.net.Prefix;
import tombolo.azure.expressroute.core.CircuitSnapshot.Kind;

/**
 * What is sent to ARM. A PUT replaces the resource, so a change is the resource as it was read with the wanted members set: what nobody here knows goes back as it
 * came.
 */
public final class ArmBodies {
    private ArmBodies() { }

    /** The key of a peering that is sent with its resource. Empty: none is sent. */
    @FunctionalInterface
    public interface Keys {
        Optional<String> of(Kind kind);
    }

    public static Json.Obj createCircuit(CircuitSettings wanted) {
        Json.Obj provider = Json.Obj.EMPTY.with("serviceProviderName", wanted.provider()).with("peeringLocation", wanted.peeringLocation()).with("bandwidthInMbps", wanted.bandwidthMbps());
        return Json.Obj.EMPTY.with("location", wanted.location()).with("sku", sku(wanted)).with("properties", Json.Obj.of("serviceProviderProperties", provider));
    }

    /** SKU and bandwidth set, keys put back into the peerings, which ARM need not have told. */
    public static Json.Obj changeCircuit(CircuitSettings wanted, CircuitSnapshot seen, Keys keys) {
        Json.Obj properties = ArmCircuits.properties(seen.raw());
        Json.Obj provider = properties.object("serviceProviderProperties").orElse(Json.Obj.EMPTY).with("bandwidthInMbps", wanted.bandwidthMbps());
        List<Json> peerings = new ArrayList<>();
        for (Json.Obj peering : ArmCircuits.objects(properties, "peerings")) {
            Optional<Kind> kind = List.of(Kind.values()).stream().filter(ArmCircuits.peering(peering)::is).findFirst();
            Optional<String> key = kind.flatMap(keys::of);
            peerings.add(key.map(value -> peering.with("properties", ArmCircuits.properties(peering).with("sharedKey", value))).orElse(peering));
        }
        Json.Obj changed = properties.with("serviceProviderProperties", provider);
        return seen.raw().with("sku", sku(wanted)).with("properties", peerings.isEmpty() ? changed : changed.with("peerings", new Json.Arr(peerings)));
    }

    private static Json.Obj sku(CircuitSettings wanted) {
        String tier = word(wanted.tier());
        String family = wanted.plan() == Plan.UNLIMITED ? "UnlimitedData" : "MeteredData";
        return Json.Obj.EMPTY.with("name", tier + "_" + family).with("tier", tier).with("family", family);
    }

    private static String word(Tier tier) {
        return switch (tier) {
            case LOCAL -> "Local";
            case STANDARD -> "Standard";
            case PREMIUM -> "Premium";
        };
    }

    public static Json.Obj peering(Kind kind, Peering wish, Optional<CircuitSnapshot.PeeringSeen> seen, Optional<String> key, Optional<String> routeFilter) {
        Json.Obj before = seen.map(CircuitSnapshot.PeeringSeen::raw).orElse(Json.Obj.EMPTY);
        Json.Obj properties = ArmCircuits.properties(before).with("peeringType", kind.arm()).with("vlanId", wish.vlan()).with("peerASN", wish.peerAsn().value());
        properties = subnets(properties, wish.ipv4());
        if (wish.ipv6().isPresent()) {
            Json.Obj ipv6 = subnets(properties.object("ipv6PeeringConfig").orElse(Json.Obj.EMPTY), wish.ipv6().get()).with("state", "Enabled");
            properties = properties.with("ipv6PeeringConfig", kind == Kind.MICROSOFT ? microsoft(ipv6, wish, false, routeFilter) : ipv6);
        }
        if (key.isPresent()) {
            properties = properties.with("sharedKey", key.get());
        }
        return before.with("properties", kind == Kind.MICROSOFT ? microsoft(properties, wish, true, routeFilter) : properties);
    }

    /** Each family has its own public prefixes, and the route filter of its own sessions. */
    private static Json.Obj microsoft(Json.Obj family, Peering wish, boolean ipv4, Optional<String> routeFilter) {
        List<String> prefixes = wish.advertised().stream().filter(prefix -> prefix.address().isIpv4() == ipv4).map(Prefix::toString).toList();
        Json.Obj filtered = routeFilter.map(id -> family.with("routeFilter", Json.Obj.of("id", new Json.Text(id)))).orElse(family);
        Optional<Json.Obj> there = family.object("microsoftPeeringConfig");
        if (wish.advertised().isEmpty() && (!ipv4 || there.isPresent())) { // nothing is said of prefixes: those that are there stay
            return there.filter(_ -> !wish.registry().isEmpty()).map(is -> filtered.with("microsoftPeeringConfig", is.with("routingRegistryName", wish.registry()))).orElse(filtered);
        }
        if (prefixes.isEmpty() && !ipv4) {
            return filtered.without("microsoftPeeringConfig"); // prefixes that the file has no more
        }
        Json.Obj before = there.orElse(Json.Obj.EMPTY);
        List<Json> told = before.array("advertisedPublicPrefixInfo").stream().filter(each -> each instanceof Json.Obj one && prefixes.contains(ArmCircuits.text(one, "prefix"))).toList();
        Json.Obj kept = before.get("advertisedPublicPrefixInfo").isPresent() ? before.with("advertisedPublicPrefixInfo", new Json.Arr(told)) : before; // with the signatures of those that stay
        Json.Obj microsoft = kept.with("advertisedPublicPrefixes", Json.Arr.texts(prefixes));
        return filtered.with("microsoftPeeringConfig", wish.registry().isEmpty() ? microsoft : microsoft.with("routingRegistryName", wish.registry()));
    }

    private static Json.Obj subnets(Json.Obj properties, Subnets subnets) {
        return properties.with("primaryPeerAddressPrefix", subnets.primary().toString()).with("secondaryPeerAddressPrefix", subnets.secondary().toString());
    }

    /** One rule with all communities: Azure takes one rule in a filter. */
    public static Json.Obj routeFilter(CircuitSettings wanted, Optional<CircuitSnapshot.RouteFilterSeen> seen) {
        List<String> communities = wanted.microsoft().map(Peering::communities).orElse(List.of()).stream().sorted().toList();
        Json.Obj before = seen.filter(CircuitSnapshot.RouteFilterSeen::exists).map(CircuitSnapshot.RouteFilterSeen::raw).orElse(Json.Obj.of("location", new Json.Text(wanted.location())));
        Json.Obj first = ArmCircuits.objects(ArmCircuits.properties(before), "rules").stream().findFirst().orElse(Json.Obj.of("name", new Json.Text("communities")));
        Json.Obj rule = first.with("properties", ArmCircuits.properties(first).with("access", "Allow").with("routeFilterRuleType", "Community").with("communities", Json.Arr.texts(communities)));
        return before.with("properties", ArmCircuits.properties(before).with("rules", Json.Arr.of(rule)));
    }

    /**
     * A link of a virtual network's gateway to a circuit.
     *
     * @param before        the link as it is, which goes back as it came but for its weight and key; empty: there is none yet
     * @param authorization the key of an authorization, for a circuit of another subscription
     */
    public static Json.Obj link(Optional<Json.Obj> before, String gateway, String location, String circuit, int weight, Optional<String> authorization) {
        Json.Obj link = before.orElse(Json.Obj.EMPTY.with("location", location).with("properties", Json.Obj.EMPTY.with("connectionType", "ExpressRoute")
                .with("virtualNetworkGateway1", Json.Obj.of("id", new Json.Text(gateway))).with("peer", Json.Obj.of("id", new Json.Text(circuit)))));
        Json.Obj properties = ArmCircuits.properties(link).with("routingWeight", weight);
        return link.with("properties", authorization.map(key -> properties.with("authorizationKey", key)).orElse(properties));
    }
}
