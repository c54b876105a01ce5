package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tombolo.azure.simulator.edge.Edge;

/** Circuits: SKU and bandwidth with the changes that are allowed, the provider's state, deletion's conditions, statistics. */
final class CircuitKind implements Kind {
    private static final int PER_SUBSCRIPTION = 50;
    private static final int PER_REGION = 10;
    private static final int STANDARD_LINKS = 10;
    private static final List<String> TIERS = List.of("Local", "Standard", "Premium");
    private static final List<String> FAMILIES = List.of("MeteredData", "UnlimitedData");

    @Override
    public String type() {
        return "expressRouteCircuits";
    }

    @Override
    public Map<String, String> inline() {
        Map<String, String> inner = new LinkedHashMap<>();
        inner.put("peerings", "peerings");
        inner.put("authorizations", "authorizations");
        return inner;
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        String location = Rules.location(wish);
        sku(wish);
        if (Text.at(wish, "properties.expressRoutePort").isObject()) {
            throw ArmFault.badRequest("NotSupportedBySimulator", "Circuits on ExpressRoute Direct ports are not covered by this simulator.");
        }
        String name = Rules.need(wish, "properties.serviceProviderProperties.serviceProviderName");
        String place = Rules.need(wish, "properties.serviceProviderProperties.peeringLocation");
        long mbps = Text.integer(wish, "properties.serviceProviderProperties.bandwidthInMbps").orElseThrow(() -> Rules.missing("properties.serviceProviderProperties.bandwidthInMbps"));
        Catalog.Provider provider = Catalog.provider(name).orElseThrow(() -> ArmFault.badRequest("ServiceProviderNotFound", "The service provider '" + name + "' does not exist."));
        if (provider.places().stream().noneMatch(place::equalsIgnoreCase)) {
            throw ArmFault.badRequest("PeeringLocationNotSupported", "The service provider '" + name + "' has no peering location '" + place + "'. Its locations are: " + String.join(", ", provider.places()) + ".");
        }
        if (!provider.bandwidths().contains((int) mbps)) {
            throw ArmFault.badRequest("BandwidthNotSupported", "The service provider '" + name + "' does not offer " + mbps + " Mbps. It offers: " + provider.bandwidths() + ".");
        }
        old.ifPresentOrElse(before -> change(world, before, wish, mbps), () -> limits(world, id, location));
        ObjectNode body = Text.object().put("location", location);
        for (String member : List.of("tags", "sku")) {
            if (wish.hasNonNull(member)) {
                body.set(member, wish.get(member).deepCopy());
            }
        }
        ObjectNode properties = old.map(before -> before.properties().deepCopy()).orElseGet(() -> Text.object().put("allowClassicOperations", false)
                .put("gatewayManagerEtag", "").put("serviceKey", UUID.randomUUID().toString()).put("serviceProviderProvisioningState", "NotProvisioned").put("globalReachEnabled", false));
        // While an update runs the circuit says Disabled, as the recordings show.
        properties.put("circuitProvisioningState", old.isPresent() ? "Disabled" : "Enabled");
        properties.putObject("serviceProviderProperties").put("serviceProviderName", provider.name()).put("peeringLocation", place).put("bandwidthInMbps", mbps);
        Text.text(wish, "properties.authorizationKey").ifPresent(key -> properties.put("authorizationKey", key));
        body.set("properties", properties);
        return body;
    }

    private static void sku(ObjectNode wish) {
        String tier = Rules.need(wish, "sku.tier");
        String family = Rules.need(wish, "sku.family");
        String name = Text.text(wish, "sku.name").orElse(tier + "_" + family);
        if (!TIERS.contains(tier) || !FAMILIES.contains(family) || !name.equals(tier + "_" + family)) {
            throw ArmFault.badRequest("InvalidSku", "The sku " + name + " with tier " + tier + " and family " + family + " is not valid.");
        }
        if ("Local".equals(tier) && !"UnlimitedData".equals(family)) {
            throw ArmFault.badRequest("InvalidSku", "A circuit of tier Local has unlimited data.");
        }
        ((ObjectNode) wish.get("sku")).put("name", name);
    }

    private static void change(World world, Resource old, ObjectNode wish, long mbps) {
        for (String member : List.of("serviceProviderName", "peeringLocation")) {
            String path = "properties.serviceProviderProperties." + member;
            if (!old.text(path).orElse("").equalsIgnoreCase(Text.text(wish, path).orElse(""))) {
                throw ArmFault.badRequest("CircuitPropertyCannotBeChanged", "The " + member + " of circuit " + old.id().name() + " cannot be changed from '" + old.text(path).orElse("") + "'.");
            }
        }
        long before = old.integer("properties.serviceProviderProperties.bandwidthInMbps").orElse(0L);
        if (mbps < before) {
            throw ArmFault.badRequest("CircuitBandwidthCannotBeReduced", "The bandwidth of circuit " + old.id().name() + " cannot be reduced from " + before + " to " + mbps + " Mbps.");
        }
        if (old.text("sku.family").equals(Optional.of("UnlimitedData")) && Text.text(wish, "sku.family").equals(Optional.of("MeteredData"))) {
            throw ArmFault.badRequest("CircuitSkuFamilyChangeNotAllowed", "The billing of circuit " + old.id().name() + " cannot be changed from UnlimitedData to MeteredData.");
        }
        String from = old.text("sku.tier").orElse("");
        String to = Text.text(wish, "sku.tier").orElse("");
        if (!"Local".equals(from) && "Local".equals(to)) {
            throw ArmFault.badRequest("CircuitSkuTierChangeNotAllowed", "Circuit " + old.id().name() + " of tier " + from + " cannot become Local.");
        }
        if ("Premium".equals(from) && !"Premium".equals(to) && world.connections(old.id()).size() > STANDARD_LINKS) {
            throw ArmFault.badRequest("CircuitSkuTierChangeNotAllowed", "Circuit " + old.id().name() + " is linked to more than " + STANDARD_LINKS + " virtual networks, which needs Premium.");
        }
    }

    private static void limits(World world, ResourceId id, String location) {
        List<Resource> mine = world.ofKind("expressRouteCircuits").stream().filter(each -> each.id().subscription().equalsIgnoreCase(id.subscription())).toList();
        if (mine.size() >= PER_SUBSCRIPTION || mine.stream().filter(each -> each.location().equals(location)).count() >= PER_REGION) {
            throw ArmFault.badRequest("CircuitCountLimitReached", "The subscription has " + mine.size() + " circuits; " + PER_REGION + " in a region and " + PER_SUBSCRIPTION + " in all are allowed.");
        }
    }

    /** Virtual networks that a circuit may be linked to. */
    static int linkLimit(Resource circuit) {
        if (!circuit.text("sku.tier").equals(Optional.of("Premium"))) {
            return STANDARD_LINKS;
        }
        long mbps = circuit.integer("properties.serviceProviderProperties.bandwidthInMbps").orElse(50L);
        return mbps < 100 ? 20 : mbps < 500 ? 25 : mbps < 1_000 ? 40 : mbps < 2_000 ? 50 : mbps < 5_000 ? 60 : mbps < 10_000 ? 75 : 100;
    }

    @Override
    public void settled(World world, Resource resource) {
        resource.properties().put("circuitProvisioningState", "Enabled");
    }

    @Override
    public void checkDelete(World world, Resource resource) {
        String state = resource.text("properties.serviceProviderProvisioningState").orElse("");
        if (!"NotProvisioned".equals(state)) {
            throw ArmFault.conflict("CircuitNotDeprovisioned", "Circuit " + resource.id().name() + " cannot be deleted while its serviceProviderProvisioningState is " + state
                    + ". Contact the service provider to deprovision it.");
        }
        List<Resource> links = world.connections(resource.id());
        if (!links.isEmpty()) {
            throw ArmFault.conflict("CircuitHasConnections", "Circuit " + resource.id().name() + " cannot be deleted: " + links.size() + " connections use it.");
        }
    }

    @Override
    public Optional<Action> action(World world, Resource resource, String method, String action, String argument, Map<String, String> query) {
        if (!"GET".equals(method) || !"stats".equalsIgnoreCase(action)) {
            return Optional.empty();
        }
        return Optional.of(new Action(false, () -> {
            ObjectNode sum = Text.object();
            for (Resource peering : world.children(resource.id(), "peerings")) {
                stats(world, resource, peering.id().name()).properties().forEach(each -> sum.put(each.getKey(), sum.path(each.getKey()).asLong() + each.getValue().asLong()));
            }
            return sum.isEmpty() ? stats(world, resource, "none") : sum;
        }));
    }

    /** The statistics of one peering. */
    static ObjectNode stats(World world, Resource circuit, String peering) {
        String key = circuit.text("properties.serviceKey").orElse("");
        Edge.Octets first = world.edge().octets(new Edge.Port(key, peering, Edge.Device.PRIMARY));
        Edge.Octets second = world.edge().octets(new Edge.Port(key, peering, Edge.Device.SECONDARY));
        return Text.object().put("primarybytesIn", first.in()).put("primarybytesOut", first.out()).put("secondarybytesIn", second.in()).put("secondarybytesOut", second.out());
    }

    /** {@code {"value":[...]}}. */
    static JsonNode value(ArrayNode rows) {
        ObjectNode body = Text.object();
        body.set("value", rows);
        return body;
    }
}
