package tombolo.azure.expressroute.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Budget;
import tombolo.api.config.CircuitSettings.Gateway;
import tombolo.api.config.CircuitSettings.Layer3;
import tombolo.api.config.CircuitSettings.Model;
import tombolo.api.config.CircuitSettings.Peering;
import tombolo.api.config.CircuitSettings.Plan;
import tombolo.api.config.CircuitSettings.State;
import tombolo.api.config.CircuitSettings.Subnets;
import tombolo.api.config.CircuitSettings.Tier;
import tombolo.api.json.Json;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;
import tombolo.api.subinterface.Subinterface;

/** Circuits as wanted and as ARM shows them, for tests. */
public final class Circuits {
    /** The primary link is on this node. */
    public static final CircuitSettings.Node HERE = new CircuitSettings.Node(CircuitSettings.Encapsulation.VLAN, Subinterface.Protocol.DOT1AD,
            Optional.of(new CircuitSettings.Port("eth1", OptionalInt.empty(), Optional.empty())), Optional.empty(), 1_500, OptionalInt.empty(), Optional.empty(), CircuitSettings.Routes.NONE, CircuitSettings.Routes.NONE);

    private Circuits() { }

    public static Peering privatePeering() {
        return new Peering(100, new Subnets(Prefix.parse("172.16.0.0/30"), Prefix.parse("172.16.0.4/30")), Optional.empty(), new Asn(65010), Optional.empty(), List.of(), "", List.of());
    }

    public static Peering microsoft(String... communities) {
        return new Peering(200, new Subnets(Prefix.parse("203.0.113.0/30"), Prefix.parse("203.0.113.4/30")), Optional.empty(), new Asn(3320), Optional.empty(),
                List.of(Prefix.parse("198.51.100.0/24")), "RIPENCC", List.of(communities));
    }

    public static CircuitSettings wanted(String name) {
        return new CircuitSettings(name, State.PRESENT, "main", "rg-er", name, "westeurope", "Equinix", "Amsterdam", 1_000, Tier.STANDARD, Plan.METERED, Model.CLOUD_EXCHANGE, Layer3.CUSTOMER,
                Optional.of(privatePeering()), Optional.empty(), List.of(), 0, List.of(), Budget.DEFAULT);
    }

    public static CircuitSettings with(CircuitSettings c, Tier tier, Plan plan, int bandwidth) {
        return new CircuitSettings(c.name(), c.state(), c.subscription(), c.resourceGroup(), c.circuit(), c.location(), c.provider(), c.peeringLocation(), bandwidth, tier, plan, c.model(), c.layer3(),
                c.privatePeering(), c.microsoft(), c.links(), c.linkWeight(), c.vnetPrefixes(), c.budget());
    }

    public static CircuitSettings with(CircuitSettings c, Optional<Peering> closed, Optional<Peering> microsoft, List<Prefix> vnets) {
        return new CircuitSettings(c.name(), c.state(), c.subscription(), c.resourceGroup(), c.circuit(), c.location(), c.provider(), c.peeringLocation(), c.bandwidthMbps(), c.tier(), c.plan(),
                c.model(), c.layer3(), closed, microsoft, c.links(), c.linkWeight(), vnets, c.budget());
    }

    public static CircuitSettings with(CircuitSettings c, State state, List<Gateway> links, int weight) {
        return new CircuitSettings(c.name(), state, c.subscription(), c.resourceGroup(), c.circuit(), c.location(), c.provider(), c.peeringLocation(), c.bandwidthMbps(), c.tier(), c.plan(), c.model(),
                c.layer3(), c.privatePeering(), c.microsoft(), links, weight, c.vnetPrefixes(), c.budget());
    }

    public static String id(String name) {
        return "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-er/providers/Microsoft.Network/expressRouteCircuits/" + name;
    }

    /** As ARM answers, of a circuit that is as {@link #wanted} but has no peering. */
    public static Json.Obj arm(String name, String tier, String family, int bandwidth, String providerState, Json.Obj... peerings) {
        Json.Obj properties = Json.Obj.EMPTY.with("provisioningState", "Succeeded").with("circuitProvisioningState", "Enabled").with("serviceProviderProvisioningState", providerState)
                .with("serviceKey", "01234567-89ab-cdef-0123-456789abcdef").with("allowClassicOperations", false)
                .with("serviceProviderProperties", Json.Obj.EMPTY.with("serviceProviderName", "Equinix").with("peeringLocation", "Amsterdam").with("bandwidthInMbps", bandwidth))
                .with("peerings", Json.Arr.of(peerings)).with("authorizations", Json.Arr.EMPTY);
        return Json.Obj.EMPTY.with("name", name).with("id", id(name)).with("etag", "W/\"1\"").with("location", "westeurope")
                .with("sku", Json.Obj.EMPTY.with("name", tier + "_" + family).with("tier", tier).with("family", family)).with("properties", properties);
    }

    public static Json.Obj armPeering(String type, int vlan, long as, String primary, String secondary) {
        return Json.Obj.EMPTY.with("name", type).with("properties", Json.Obj.EMPTY.with("peeringType", type).with("state", "Enabled").with("provisioningState", "Succeeded").with("azureASN", 12076)
                .with("peerASN", as).with("vlanId", vlan).with("primaryPeerAddressPrefix", primary).with("secondaryPeerAddressPrefix", secondary).with("lastModifiedBy", "Customer")
                .with("gatewayManagerEtag", "7"));
    }

    public static Json.Obj armPrivate() {
        return armPeering("AzurePrivatePeering", 100, 65010, "172.16.0.0/30", "172.16.0.4/30");
    }

    public static Json.Obj armLink(String name, String circuit, String gateway, int weight) {
        return Json.Obj.EMPTY.with("name", name).with("id", "/subscriptions/x/resourceGroups/rg-er/providers/Microsoft.Network/connections/" + name)
                .with("properties", Json.Obj.EMPTY.with("peer", Json.Obj.of("id", new Json.Text(id(circuit)))).with("virtualNetworkGateway1", Json.Obj.of("id", new Json.Text(gateway)))
                        .with("connectionStatus", "Connected").with("provisioningState", "Succeeded").with("routingWeight", weight));
    }

    public static CircuitSnapshot seen(Json.Obj circuit, Json.Obj... links) {
        return ArmCircuits.read(circuit, Optional.empty(), new ArrayList<>(List.of(links)), Map.of(), Optional.empty());
    }

    public static CircuitPlan plan(CircuitSettings wanted, Optional<CircuitSnapshot> seen) {
        return CircuitReconciler.plans(Map.of(wanted.name(), wanted), seen.map(each -> Map.of(wanted.name(), each)).orElse(Map.of())).get(wanted.name());
    }
}
