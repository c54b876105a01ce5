package tombolo.azure.simulator.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.azure.simulator.edge.EdgeConfiguration.Applied;
import tombolo.harness.Namespace;

class EdgeConfigurationTest {
    private static FrrEdge.Place place(String... networkRouters) {
        return new FrrEdge.Place(new Namespace("tmbt-none"), "port", Optional.empty(), List.of(networkRouters));
    }

    private static EdgeWish.Peering peering(String name) {
        EdgeWish.Family family = new EdgeWish.Family(true, 30, Map.of(Edge.Device.PRIMARY, new EdgeWish.Ends("203.0.113.1", "203.0.113.2")), 200);
        return new EdgeWish.Peering(name, 200, 3320, Optional.empty(), List.of(family), List.of(new EdgeWish.Announced("198.51.100.64/26", List.of("12076:51002"), "x")));
    }

    private static List<String> networks(List<String> lines) {
        return lines.stream().filter(line -> line.contains("network 1")).toList();
    }

    /** FRR refuses to forget what it has not been told, and with that all that stands behind it. */
    @Test
    void whatTheNetworksRouterTellsIsNeitherOriginatedNorTakenBackByTheEdge() {
        FrrEdge.Place place = place("10.100.255.2");
        EdgeWish.Peering peering = peering("AzurePrivatePeering");
        assertEquals(List.of(), networks(EdgeConfiguration.made(Edge.Device.PRIMARY, place, new Applied(peering, EdgeWish.Maintenance.NONE), Optional.empty())));
        assertEquals(List.of(), networks(EdgeConfiguration.removed(Edge.Device.PRIMARY, place, peering)));
    }

    @Test
    void servicesAndNetworksWithoutARouterAreTheEdgesOwn() {
        for (EdgeWish.Peering peering : List.of(peering("MicrosoftPeering"), peering("AzurePrivatePeering"))) {
            FrrEdge.Place place = peering.name().startsWith("Microsoft") ? place("10.100.255.2") : place();
            assertEquals(List.of("network 198.51.100.64/26"), networks(EdgeConfiguration.made(Edge.Device.PRIMARY, place, new Applied(peering, EdgeWish.Maintenance.NONE), Optional.empty())));
            assertEquals(List.of("no network 198.51.100.64/26"), networks(EdgeConfiguration.removed(Edge.Device.PRIMARY, place, peering)));
        }
    }

    /** FRR 8.4 ends with a fault where a map that a neighbor uses goes, even for a moment. */
    @Test
    void aMapInUseIsChangedEntryByEntry() {
        EdgeWish.Peering peering = peering("MicrosoftPeering");
        EdgeWish.Peering without = new EdgeWish.Peering(peering.name(), peering.vlan(), peering.peerAsn(), peering.sharedKey(), peering.families(), List.of());
        Applied prepended = new Applied(peering, EdgeWish.Maintenance.PREPEND);
        Applied normal = new Applied(peering, EdgeWish.Maintenance.NONE);
        for (List<String> lines : List.of(EdgeConfiguration.made(Edge.Device.PRIMARY, place(), prepended, Optional.of(normal)), EdgeConfiguration.made(Edge.Device.PRIMARY, place(), normal, Optional.of(prepended)),
                EdgeConfiguration.made(Edge.Device.PRIMARY, place(), new Applied(without, EdgeWish.Maintenance.NONE), Optional.of(normal)))) {
            assertTrue(lines.stream().noneMatch(line -> line.matches("no route-map \\S+")), lines.toString());
        }
        assertTrue(EdgeConfiguration.made(Edge.Device.PRIMARY, place(), normal, Optional.of(prepended)).contains("no set as-path prepend"));
        assertFalse(EdgeConfiguration.made(Edge.Device.PRIMARY, place(), normal, Optional.of(normal)).contains("no set as-path prepend"), "FRR refuses it where nothing is set");
        assertTrue(EdgeConfiguration.made(Edge.Device.PRIMARY, place(), new Applied(without, EdgeWish.Maintenance.NONE), Optional.of(normal)).contains("no route-map to-customer-200-4 permit 10"));
    }
}
