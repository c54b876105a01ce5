package tombolo.azure.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tombolo.azure.simulator.edge.Edge;
import tombolo.azure.simulator.edge.EdgeWish;

/** ARM's resources in the words of the edge. */
final class EdgeWords {
    private static final int PRIVATE_V4 = 4_000;
    private static final int PRIVATE_V4_PREMIUM = 10_000;
    private static final int PRIVATE_V6 = 100;
    private static final int MICROSOFT = 200;

    private EdgeWords() { }

    /** Prefixes that the edge takes from a customer before it drops the session. */
    static int prefixLimit(String peering, boolean premium, boolean ipv4) {
        if ("MicrosoftPeering".equals(peering)) {
            return MICROSOFT;
        }
        return ipv4 ? premium ? PRIVATE_V4_PREMIUM : PRIVATE_V4 : PRIVATE_V6;
    }

    /** Empty where the peering has no session: not applied yet, disabled, or its prefixes await validation. */
    static Optional<EdgeWish.Peering> peering(World world, Resource circuit, Resource peering) {
        Optional<ObjectNode> applied = peering.applied();
        if (applied.isEmpty() || !Text.text(applied.get(), "properties.state").equals(Optional.of("Enabled"))) {
            return Optional.empty();
        }
        JsonNode properties = applied.get().get("properties");
        boolean microsoft = "MicrosoftPeering".equals(peering.id().name());
        boolean premium = circuit.text("sku.tier").equals(Optional.of("Premium"));
        List<EdgeWish.Family> families = new ArrayList<>();
        family(properties, microsoft, true, prefixLimit(peering.id().name(), premium, true)).ifPresent(families::add);
        family(properties.path("ipv6PeeringConfig"), microsoft, false, prefixLimit(peering.id().name(), premium, false)).ifPresent(families::add);
        List<EdgeWish.Announced> announced = microsoft ? services(world, properties) : networks(world, circuit);
        return Optional.of(new EdgeWish.Peering(peering.id().name(), Text.integer(properties, "vlanId").orElseThrow().intValue(),
                Text.integer(properties, "peerASN").orElseThrow(), Text.text(properties, "sharedKey"), families, announced));
    }

    private static Optional<EdgeWish.Family> family(JsonNode config, boolean microsoft, boolean ipv4, int limit) {
        Optional<String> primary = Text.text(config, "primaryPeerAddressPrefix");
        Optional<String> secondary = Text.text(config, "secondaryPeerAddressPrefix");
        boolean disabled = Text.text(config, "state").equals(Optional.of("Disabled"));
        boolean unproven = microsoft && !Text.text(config, "microsoftPeeringConfig.advertisedPublicPrefixesState").equals(Optional.of("Configured"));
        if (primary.isEmpty() || secondary.isEmpty() || disabled || unproven) {
            return Optional.empty();
        }
        Cidr first = Cidr.parse(primary.get());
        Cidr second = Cidr.parse(secondary.get());
        return Optional.of(new EdgeWish.Family(ipv4, first.bits(), Map.of(Edge.Device.PRIMARY, new EdgeWish.Ends(first.address(1), first.address(2)),
                Edge.Device.SECONDARY, new EdgeWish.Ends(second.address(1), second.address(2))), limit));
    }

    /** The prefixes of linked virtual networks, and of those that use their gateway. */
    private static List<EdgeWish.Announced> networks(World world, Resource circuit) {
        List<EdgeWish.Announced> announced = new ArrayList<>();
        for (Resource connection : world.connections(circuit.id())) {
            if (connection.applied().isPresent()) {
                GatewayKind.network(world, connection).ifPresent(network -> {
                    announce(network, announced);
                    NetworkPeeringKind.spokes(world, network.id()).forEach(spoke -> announce(spoke, announced));
                });
            }
        }
        return announced;
    }

    private static void announce(Resource network, List<EdgeWish.Announced> announced) {
        // The regional community is shown on a private peering only where the network has one of its own.
        List<String> communities = network.text("properties.bgpCommunities.virtualNetworkCommunity")
                .map(own -> List.of(own, Catalog.regionalCommunity(network.location()))).orElse(List.of());
        Text.texts(network.body(), "properties.addressSpace.addressPrefixes").forEach(prefix ->
                announced.add(new EdgeWish.Announced(Cidr.parse(prefix).toString(), communities, network.id().text())));
    }

    /** The prefixes of the services that the route filter lets through: none without one. */
    private static List<EdgeWish.Announced> services(World world, JsonNode properties) {
        List<EdgeWish.Announced> announced = new ArrayList<>();
        Text.text(properties, "routeFilter.id").flatMap(id -> world.find(ResourceId.parse(id))).ifPresent(filter ->
                world.children(filter.id(), "routeFilterRules").stream().filter(rule -> rule.applied().isPresent())
                        .flatMap(rule -> Text.texts(rule.body(), "properties.communities").stream()).distinct()
                        .forEach(community -> Catalog.prefixes(community).forEach(prefix -> announced.add(new EdgeWish.Announced(prefix, List.of(community), filter.id().text())))));
        return announced;
    }
}
