package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tombolo.azure.simulator.edge.Edge;

/** Private and Microsoft peering: what ARM checks before it tells the edge, and the tables of the edge. */
final class PeeringKind implements Kind {
    static final long AZURE_ASN = 12076;
    private static final long MAX_ASN = 4_294_967_295L;
    private static final int MAX_KEY = 25;
    private static final int MAX_VLAN = 4_094;
    private static final List<String> COPIED = List.of("peeringType", "peerASN", "vlanId", "primaryPeerAddressPrefix", "secondaryPeerAddressPrefix", "sharedKey",
            "microsoftPeeringConfig", "routeFilter", "ipv6PeeringConfig", "state");

    @Override
    public String type() {
        return "expressRouteCircuits/peerings";
    }

    @Override
    public Map<String, String> inline() {
        return Map.of("connections", "connections");
    }

    @Override
    public ObjectNode accept(World world, ResourceId id, Optional<Resource> old, ObjectNode wish, Principal caller) {
        Resource circuit = world.find(id.parent()).orElseThrow(() -> ArmFault.notFound(id.parent()));
        String name = id.name();
        if ("AzurePublicPeering".equalsIgnoreCase(name)) {
            throw ArmFault.badRequest("PublicPeeringNotSupported", "Azure public peering is retired; no new one can be made. Use Microsoft peering.");
        }
        if (!List.of("AzurePrivatePeering", "MicrosoftPeering").contains(name) || !name.equals(Text.text(wish, "properties.peeringType").orElse(name))) {
            throw ArmFault.badRequest("InvalidPeeringName", "The name of a peering must be its peeringType, AzurePrivatePeering or MicrosoftPeering; got '" + name + "'.");
        }
        String state = circuit.text("properties.serviceProviderProvisioningState").orElse("");
        if (!"Provisioned".equals(state)) {
            throw ArmFault.badRequest("CircuitNotProvisionedByServiceProvider", "A peering cannot be configured on circuit " + circuit.id().name()
                    + ": its serviceProviderProvisioningState is " + state + ", and must be Provisioned.");
        }
        ObjectNode properties = Text.object().put("peeringType", name);
        for (String member : COPIED) {
            if (wish.path("properties").hasNonNull(member)) {
                properties.set(member, wish.get("properties").get(member).deepCopy());
            }
        }
        boolean microsoft = "MicrosoftPeering".equals(name);
        numbers(world, id, properties, microsoft);
        prefixes(world, circuit, id, properties, microsoft);
        if (microsoft) {
            validate(world, properties, Text.integer(properties, "peerASN").orElseThrow());
        }
        Text.text(properties, "routeFilter.id").ifPresent(filter -> world.linked(filter, "routeFilters"));
        String key = circuit.text("properties.serviceKey").orElse("").substring(0, 4).toUpperCase(Locale.ROOT);
        properties.put("azureASN", AZURE_ASN).put("primaryAzurePort", "LAB-" + key + "-CIS-1-PRI-A").put("secondaryAzurePort", "LAB-" + key + "-CIS-2-SEC-A")
                .put("gatewayManagerEtag", "").put("lastModifiedBy", "Customer");
        if (!properties.has("state")) {
            properties.put("state", "Enabled");
        }
        ObjectNode body = Text.object();
        body.set("properties", properties);
        return body;
    }

    private static void numbers(World world, ResourceId id, ObjectNode properties, boolean microsoft) {
        long asn = Text.integer(properties, "peerASN").orElseThrow(() -> Rules.missing("properties.peerASN"));
        if (asn < 1 || asn > MAX_ASN || asn >= 65_515 && asn <= 65_520 || asn == AZURE_ASN) {
            throw ArmFault.badRequest("InvalidPeerAsn", "The peer ASN " + asn + " is not valid: 1 to " + MAX_ASN + " without " + AZURE_ASN + " and the reserved 65515 to 65520.");
        }
        long vlan = Text.integer(properties, "vlanId").orElseThrow(() -> Rules.missing("properties.vlanId"));
        if (vlan < 1 || vlan > MAX_VLAN) {
            throw ArmFault.badRequest("InvalidVlanId", "The VLAN id " + vlan + " is not valid: 1 to " + MAX_VLAN + ".");
        }
        for (Resource other : world.children(id.parent(), "peerings")) {
            if (!other.id().key().equals(id.key()) && other.integer("properties.vlanId").equals(Optional.of(vlan))) {
                throw ArmFault.badRequest("VlanIdInUse", "The VLAN id " + vlan + " is in use by peering " + other.id().name() + " of the same circuit.");
            }
        }
        Optional<String> key = Text.text(properties, "sharedKey");
        if (key.isPresent() && !key.get().matches("[A-Za-z0-9]{1," + MAX_KEY + "}")) {
            throw ArmFault.badRequest("InvalidSharedKey", "The shared key must have 1 to " + MAX_KEY + " letters and digits.");
        }
        properties.put("peerASN", asn).put("vlanId", vlan);
        if (microsoft && Text.integer(properties, "microsoftPeeringConfig.customerASN").orElse(0L) < 0) {
            throw ArmFault.badRequest("InvalidCustomerAsn", "The customer ASN is not valid.");
        }
    }

    private static void prefixes(World world, Resource circuit, ResourceId id, ObjectNode properties, boolean microsoft) {
        List<Cidr> links = new ArrayList<>(pair(properties, 30, microsoft));
        if (properties.path("ipv6PeeringConfig") instanceof ObjectNode v6) {
            links.addAll(pair(v6, 126, microsoft));
            if (!v6.has("state")) {
                v6.put("state", "Enabled");
            }
        }
        if (links.isEmpty()) {
            throw Rules.missing("properties.primaryPeerAddressPrefix");
        }
        for (Resource other : world.children(circuit.id(), "peerings")) {
            if (!other.id().key().equals(id.key())) {
                links.forEach(link -> linkPrefixes(other).stream().filter(link::overlaps).findFirst().ifPresent(taken -> {
                    throw ArmFault.badRequest("PeeringAddressPrefixOverlaps", "The prefix " + link + " overlaps " + taken + " of peering " + other.id().name() + ".");
                }));
            }
        }
        for (Resource connection : world.connections(circuit.id())) {
            GatewayKind.network(world, connection).ifPresent(network -> links.forEach(link -> NetworkKind.space(network).stream().filter(link::overlaps).findFirst().ifPresent(taken -> {
                throw ArmFault.badRequest("PeeringAddressPrefixOverlaps", "The prefix " + link + " overlaps " + taken + " of the linked virtual network " + network.id().name() + ".");
            })));
        }
    }

    private static List<Cidr> pair(ObjectNode config, int bits, boolean microsoft) {
        Optional<String> primary = Text.text(config, "primaryPeerAddressPrefix");
        Optional<String> secondary = Text.text(config, "secondaryPeerAddressPrefix");
        if (primary.isEmpty() && secondary.isEmpty()) {
            return List.of();
        }
        if (primary.isEmpty() || secondary.isEmpty()) {
            throw Rules.missing(primary.isEmpty() ? "primaryPeerAddressPrefix" : "secondaryPeerAddressPrefix");
        }
        List<Cidr> both = List.of(Cidr.parse(primary.get()), Cidr.parse(secondary.get()));
        for (Cidr each : both) {
            if (each.bits() != bits || each.isV4() != (bits == 30) || !each.clean()) {
                throw ArmFault.badRequest("InvalidPeeringAddressPrefix", "The prefix " + each + " is not valid: a link of a peering is a /" + bits + " of IPv" + (bits == 30 ? 4 : 6) + " without bits behind its length.");
            }
            if (microsoft && !each.isPublic()) {
                throw ArmFault.badRequest("InvalidPeeringAddressPrefix", "The prefix " + each + " is not public; Microsoft peering needs public addresses of the customer.");
            }
        }
        if (both.get(0).overlaps(both.get(1))) {
            throw ArmFault.badRequest("PeeringAddressPrefixOverlaps", "The primary and the secondary prefix overlap: " + both.get(0) + " and " + both.get(1) + ".");
        }
        return both;
    }

    /** The link subnets of a peering. */
    static List<Cidr> linkPrefixes(Resource peering) {
        List<Cidr> links = new ArrayList<>();
        for (String config : List.of("properties.", "properties.ipv6PeeringConfig.")) {
            for (String end : List.of("primaryPeerAddressPrefix", "secondaryPeerAddressPrefix")) {
                peering.text(config + end).map(Cidr::parse).ifPresent(links::add);
            }
        }
        return links;
    }

    /** Whether the registries know the customer as owner of what it wants to announce. */
    private static void validate(World world, ObjectNode properties, long peerAsn) {
        boolean any = false;
        for (JsonNode config : List.of(properties.path("microsoftPeeringConfig"), properties.path("ipv6PeeringConfig").path("microsoftPeeringConfig"))) {
            if (config instanceof ObjectNode object) {
                any = true;
                List<String> wanted = Text.texts(object, "advertisedPublicPrefixes");
                if (wanted.isEmpty()) {
                    throw Rules.missing("properties.microsoftPeeringConfig.advertisedPublicPrefixes");
                }
                long customer = Text.integer(object, "customerASN").filter(asn -> asn != 0).orElse(peerAsn);
                for (String prefix : wanted) {
                    if (!Cidr.parse(prefix).isPublic()) {
                        throw ArmFault.badRequest("InvalidAdvertisedPublicPrefix", "The prefix " + prefix + " is not public.");
                    }
                }
                boolean proven = true;
                ArrayNode each = object.putArray("advertisedPublicPrefixInfo");
                for (String prefix : wanted) {
                    boolean known = world.registered().contains(customer + " " + Cidr.parse(prefix));
                    proven &= known;
                    each.addObject().put("prefix", prefix).put("validationState", known ? "Configured" : "ValidationNeeded");
                }
                object.put("advertisedPublicPrefixesState", proven ? "Configured" : "ValidationNeeded").put("legacyMode", 0);
                object.putIfAbsent("advertisedCommunities", Text.array());
                if (!object.has("routingRegistryName")) {
                    object.put("routingRegistryName", "NONE");
                }
            }
        }
        if (!any) {
            throw Rules.missing("properties.microsoftPeeringConfig");
        }
    }

    @Override
    public void render(World world, Resource resource, ObjectNode copy) {
        ((ObjectNode) copy.get("properties")).remove("sharedKey"); // a secret is written and never shown
        ((ObjectNode) copy.get("properties")).putIfAbsent("peeredConnections", Text.array());
    }

    @Override
    public Optional<Action> action(World world, Resource resource, String method, String action, String argument, Map<String, String> query) {
        Resource circuit = world.find(resource.id().parent()).orElseThrow();
        if ("GET".equals(method) && "stats".equalsIgnoreCase(action)) {
            return Optional.of(new Action(false, () -> CircuitKind.stats(world, circuit, resource.id().name())));
        }
        if (!"POST".equals(method) || argument.isEmpty()) {
            return Optional.empty();
        }
        Edge.Device device = switch (argument.toLowerCase(Locale.ROOT)) {
            case "primary" -> Edge.Device.PRIMARY;
            case "secondary" -> Edge.Device.SECONDARY;
            default -> throw ArmFault.badRequest("InvalidDevicePath", "The device path '" + argument + "' is not valid: primary or secondary.");
        };
        Edge.Port port = new Edge.Port(circuit.text("properties.serviceKey").orElse(""), resource.id().name(), device);
        return switch (action.toLowerCase(Locale.ROOT)) {
            case "arptables" -> Optional.of(new Action(true, () -> arp(world, port)));
            case "routetables" -> Optional.of(new Action(true, () -> routes(world, port)));
            case "routetablessummary" -> Optional.of(new Action(true, () -> summary(world, port)));
            default -> Optional.empty();
        };
    }

    private static JsonNode arp(World world, Edge.Port port) {
        ArrayNode rows = Text.array();
        world.edge().arp(port).forEach(row -> rows.addObject().put("age", row.age()).put("interface", row.side()).put("ipAddress", row.address()).put("macAddress", row.mac()));
        return CircuitKind.value(rows);
    }

    private static JsonNode routes(World world, Edge.Port port) {
        ArrayNode rows = Text.array();
        world.edge().routes(port).forEach(row -> rows.addObject().put("network", row.network()).put("nextHop", row.nextHop()).put("locPrf", row.localPreference())
                .put("weight", row.weight()).put("path", row.path()));
        return CircuitKind.value(rows);
    }

    private static JsonNode summary(World world, Edge.Port port) {
        ArrayNode rows = Text.array();
        world.edge().summary(port).forEach(row -> rows.addObject().put("neighbor", row.address()).put("v", row.version()).put("as", row.asn()).put("upDown", row.upDown())
                .put("statePfxRcd", row.received()));
        return CircuitKind.value(rows);
    }
}
