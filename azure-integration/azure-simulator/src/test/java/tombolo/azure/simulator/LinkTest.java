package tombolo.azure.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.azure.simulator.edge.Edge;

/** Virtual networks, and their links to circuits. */
class LinkTest {
    private static final String ONE = Cloud.GROUP + "expressRouteCircuits/er-1";
    private Cloud cloud;
    private String key;

    @BeforeEach
    void start(@TempDir Path folder) {
        cloud = new Cloud(folder);
        key = cloud.provisioned("er-1", "Standard_MeteredData", 200);
        cloud.make(ONE + "/peerings/AzurePrivatePeering", Cloud.peering("65020", 100, "192.168.100.0/30", "192.168.101.0/30"));
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @Test
    void aLinkFromAnotherSubscriptionNeedsAnAuthorizationWhichOneLinkUsesUp() {
        String authorization = ONE + "/authorizations/a-1";
        Cloud.Answer made = cloud.put(authorization, "{}");
        assertEquals(201, made.status());
        String secret = made.text("properties.authorizationKey");
        assertFalse(secret.isEmpty(), "the key comes with the first answer");
        cloud.finish();
        assertEquals("Available", cloud.get(authorization).text("properties.authorizationUseStatus"));

        cloud.as(Main.NETWORK_CLIENT);
        assertEquals("AuthorizationFailed", cloud.get(ONE).code());
        cloud.network(Cloud.OTHER, "v1", "10.100.0.0/16", "10.100.255.0/27");
        cloud.network(Cloud.OTHER, "v2", "10.101.0.0/16", "10.101.255.0/27");
        String link = Cloud.OTHER + "connections/c1";
        assertEquals("LinkedAuthorizationFailed", cloud.put(link, Cloud.connection(Cloud.OTHER, "v1", "er-1", "")).code());
        assertEquals("InvalidAuthorizationKey", cloud.put(link, Cloud.connection(Cloud.OTHER, "v1", "er-1", ",'authorizationKey':'x'")).code());
        Cloud.Answer linked = cloud.make(link, Cloud.connection(Cloud.OTHER, "v1", "er-1", ",'authorizationKey':'" + secret + "','routingWeight':10"));
        assertEquals("Connected", linked.text("properties.connectionStatus"));
        assertFalse(linked.body().toString().contains(secret));
        assertEquals("AuthorizationAlreadyInUse", cloud.put(Cloud.OTHER + "connections/c2", Cloud.connection(Cloud.OTHER, "v2", "er-1", ",'authorizationKey':'" + secret + "'")).code());

        cloud.as(Main.CIRCUIT_CLIENT);
        assertEquals("InUse", cloud.get(authorization).text("properties.authorizationUseStatus"));
        assertEquals(202, cloud.delete(authorization).status());
        cloud.finish();
        assertEquals(404, cloud.get(authorization).status());
        cloud.as(Main.NETWORK_CLIENT);
        assertEquals(404, cloud.get(link).status(), "revoking an authorization ends its link");
    }

    @Test
    void theEdgeAnnouncesLinkedNetworksAndTheGatewayLearnsTheCustomers() {
        cloud.network(Cloud.GROUP, "hub", "10.100.0.0/16", "10.100.255.0/27");
        cloud.make(Cloud.GROUP + "connections/c1", Cloud.connection(Cloud.GROUP, "hub", "er-1", ""));
        cloud.make(Cloud.GROUP + "virtualNetworks/spoke", "{'location':'westeurope','properties':{'addressSpace':{'addressPrefixes':['10.110.0.0/16']},'subnets':[{'name':'s','properties':{'addressPrefix':'10.110.0.0/24'}}]}}");
        String peering = "{'properties':{'remoteVirtualNetwork':{'id':'" + Cloud.GROUP + "virtualNetworks/%s'},'%s':true}}";
        cloud.make(Cloud.GROUP + "virtualNetworks/hub/virtualNetworkPeerings/to-spoke", peering.formatted("spoke", "allowGatewayTransit"));
        cloud.make(Cloud.GROUP + "virtualNetworks/spoke/virtualNetworkPeerings/to-hub", peering.formatted("hub", "useRemoteGateways"));
        assertEquals("Connected", cloud.get(Cloud.GROUP + "virtualNetworks/hub/virtualNetworkPeerings/to-spoke").text("properties.peeringState"));
        cloud.azure.awaitEdge(Duration.ofSeconds(20));
        assertEquals(List.of("10.100.0.0/16", "10.110.0.0/16"), cloud.edge.wish().circuits().getFirst().peerings().getFirst().announced().stream().map(each -> each.prefix()).toList());

        cloud.edge.customerAnnounces(key, "AzurePrivatePeering", List.of(new Edge.Route("10.1.0.0/24", "192.168.100.1", "", 0, "65020 65010")));
        Cloud.Answer learned = cloud.result(Cloud.GROUP + "virtualNetworkGateways/gw-hub/getLearnedRoutes");
        assertTrue(learned.body().toString().contains("12076-65020-65010"), learned.body().toString());
        assertEquals(2, cloud.result(Cloud.GROUP + "virtualNetworkGateways/gw-hub/getAdvertisedRoutes?peer=10.100.255.4").body().path("value").size());
        assertEquals(1, cloud.get(Cloud.GROUP + "virtualNetworkGateways/gw-hub/connections").body().path("value").size());

        cloud.make(Cloud.GROUP + "networkInterfaces/nic", "{'location':'westeurope','properties':{'ipConfigurations':[{'name':'i','properties':{'privateIPAddress':'10.110.0.4','subnet':{'id':'" + Cloud.GROUP + "virtualNetworks/spoke/subnets/s'}}}]}}");
        Cloud.Answer effective = cloud.result(Cloud.GROUP + "networkInterfaces/nic/effectiveRouteTable");
        assertTrue(effective.body().toString().contains("\"VirtualNetworkGateway\",\"addressPrefix\":[\"10.1.0.0/24\"]"), effective.body().toString());
        Cloud.Answer taken = cloud.get(Cloud.GROUP + "virtualNetworks/spoke/CheckIPAddressAvailability?ipAddress=10.110.0.4");
        assertFalse(taken.body().path("available").asBoolean());
        assertEquals("10.110.0.5", taken.body().at("/availableIPAddresses/0").asText());
    }

    @Test
    void overlappingAddressesAreRefused() {
        cloud.network(Cloud.GROUP, "v1", "10.100.0.0/16", "10.100.255.0/27");
        cloud.network(Cloud.GROUP, "v2", "10.100.128.0/17", "10.100.255.0/27");
        cloud.network(Cloud.GROUP, "v3", "192.168.0.0/16", "192.168.255.0/27");
        cloud.make(Cloud.GROUP + "connections/c1", Cloud.connection(Cloud.GROUP, "v1", "er-1", ""));
        assertEquals("OverlappingAddressSpace", cloud.put(Cloud.GROUP + "connections/c2", Cloud.connection(Cloud.GROUP, "v2", "er-1", "")).code(), "with a linked network");
        assertEquals("OverlappingAddressSpace", cloud.put(Cloud.GROUP + "connections/c3", Cloud.connection(Cloud.GROUP, "v3", "er-1", "")).code(), "with the peering's links");
        assertEquals("PeeringAddressPrefixOverlaps", cloud.put(ONE + "/peerings/AzurePrivatePeering", Cloud.peering("65020", 100, "10.100.0.0/30", "192.168.101.0/30")).code());
    }

    @Test
    void aStandardCircuitHasTenLinksAndAPremiumOneMore() {
        for (int i = 0; i < 11; i++) {
            cloud.network(Cloud.GROUP, "v" + i, "10." + (100 + i) + ".0.0/16", "10." + (100 + i) + ".255.0/27");
            String body = Cloud.connection(Cloud.GROUP, "v" + i, "er-1", "");
            if (i < 10) {
                cloud.make(Cloud.GROUP + "connections/c" + i, body);
            } else {
                assertEquals("CircuitLinkLimitReached", cloud.put(Cloud.GROUP + "connections/c" + i, body).code());
                cloud.make(ONE, Cloud.circuit("Premium_MeteredData", 200));
                cloud.make(Cloud.GROUP + "connections/c" + i, body);
            }
        }
        assertEquals("CircuitSkuTierChangeNotAllowed", cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 200)).code(), "with eleven links");
        assertEquals("GatewayInUse", cloud.delete(Cloud.GROUP + "virtualNetworkGateways/gw-v0").code());
        assertEquals("InUseSubnetCannotBeDeleted", cloud.delete(Cloud.GROUP + "virtualNetworks/v0").code());
    }

    @Test
    void aRouteServerHasTwoAddressesAndPeers() {
        cloud.make(Cloud.GROUP + "virtualNetworks/v", "{'location':'westeurope','properties':{'addressSpace':{'addressPrefixes':['10.1.0.0/16']},'subnets':[{'name':'RouteServerSubnet','properties':{'addressPrefix':'10.1.1.0/27'}}]}}");
        String hub = Cloud.GROUP + "virtualHubs/rs";
        cloud.make(hub, "{'location':'westeurope','properties':{'sku':'Standard'}}");
        cloud.make(hub + "/ipConfigurations/i", "{'properties':{'subnet':{'id':'" + Cloud.GROUP + "virtualNetworks/v/subnets/RouteServerSubnet'}}}");
        assertEquals(List.of("10.1.1.4", "10.1.1.5"), Text.texts(cloud.get(hub).body(), "properties.virtualRouterIps"));
        assertEquals("InvalidPeerAsn", cloud.put(hub + "/bgpConnections/p", "{'properties':{'peerAsn':65515,'peerIp':'10.1.2.4'}}").code());
        cloud.make(hub + "/bgpConnections/p", "{'properties':{'peerAsn':65001,'peerIp':'10.1.2.4'}}");
        assertEquals("10.1.0.0/16", cloud.result(hub + "/bgpConnections/p/advertisedRoutes").body().at("/RouteServiceRole_IN_1/0/network").asText());
        assertEquals(0, cloud.result(hub + "/bgpConnections/p/learnedRoutes").body().path("RouteServiceRole_IN_0").size());
    }
}
