package tombolo.azure.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.azure.simulator.edge.Edge;

/** Circuits from order to deletion. */
class CircuitTest {
    private static final String ONE = Cloud.GROUP + "expressRouteCircuits/er-1";
    private Cloud cloud;

    @BeforeEach
    void start(@TempDir Path folder) {
        cloud = new Cloud(folder);
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @Test
    void aCircuitIsOrderedProvisionedPeeredAndDeleted() {
        Cloud.Answer created = cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 200));
        assertEquals(201, created.status());
        assertEquals("Updating", created.text("properties.provisioningState"));
        assertTrue(created.header("Azure-AsyncOperation").contains("/providers/Microsoft.Network/locations/westeurope/operations/"));
        assertEquals("InProgress", cloud.poll(created.header("Azure-AsyncOperation")).text("status"));
        cloud.finish();
        assertEquals("Succeeded", cloud.poll(created.header("Azure-AsyncOperation")).text("status"));
        Cloud.Answer circuit = cloud.get(ONE);
        String key = circuit.text("properties.serviceKey");
        assertEquals("NotProvisioned", circuit.text("properties.serviceProviderProvisioningState"));
        assertEquals("Enabled", circuit.text("properties.circuitProvisioningState"));

        String peering = ONE + "/peerings/AzurePrivatePeering";
        assertEquals("CircuitNotProvisionedByServiceProvider", cloud.put(peering, Cloud.peering("65020", 100, "192.168.100.0/30", "192.168.101.0/30")).code());
        cloud.azure.provider().provision(key);
        assertEquals("Provisioning", cloud.get(ONE).text("properties.serviceProviderProvisioningState"));
        cloud.finish();
        assertEquals("Provisioned", cloud.get(ONE).text("properties.serviceProviderProvisioningState"));
        Cloud.Answer peered = cloud.make(peering, Cloud.peering("65020", 100, "192.168.100.0/30", "192.168.101.0/30"));
        assertEquals(12076, peered.body().at("/properties/azureASN").asInt());
        assertEquals(1, cloud.get(ONE).body().at("/properties/peerings").size());

        cloud.azure.awaitEdge(Duration.ofSeconds(20));
        Cloud.Answer arp = cloud.result(peering + "/arpTables/primary");
        assertEquals("192.168.100.1", arp.body().at("/value/0/ipAddress").asText());
        assertEquals("Microsoft", arp.body().at("/value/1/interface").asText());
        assertEquals("192.168.101.2", cloud.result(peering + "/arpTables/secondary").body().at("/value/1/ipAddress").asText());
        assertEquals(65020, cloud.result(peering + "/routeTablesSummary/primary").body().at("/value/0/as").asInt());
        assertEquals(1_000, cloud.get(ONE + "/stats").body().path("primarybytesIn").asInt());

        assertEquals("CircuitNotDeprovisioned", cloud.delete(ONE).code());
        cloud.azure.provider().deprovision(key);
        cloud.finish();
        Cloud.Answer deleted = cloud.delete(ONE);
        assertEquals(202, deleted.status());
        assertEquals(202, cloud.poll(deleted.header("Location")).status());
        cloud.finish();
        assertEquals(204, cloud.poll(deleted.header("Location")).status());
        assertEquals(404, cloud.get(ONE).status());
        assertEquals(404, cloud.get(peering).status());
        assertEquals(204, cloud.delete(ONE).status());
    }

    @Test
    void onlyTheChangesThatTheServiceAllowsAreTaken() {
        cloud.make(ONE, Cloud.circuit("Standard_MeteredData", 200));
        assertEquals("CircuitBandwidthCannotBeReduced", cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 100)).code());
        assertEquals("CircuitSkuTierChangeNotAllowed", cloud.put(ONE, Cloud.circuit("Local_UnlimitedData", 200)).code());
        String key = cloud.get(ONE).text("properties.serviceKey");
        Cloud.Answer update = cloud.put(ONE, Cloud.circuit("Premium_UnlimitedData", 500));
        assertEquals(200, update.status());
        assertEquals("Disabled", update.text("properties.circuitProvisioningState"), "while an update runs");
        cloud.finish();
        assertEquals("Enabled", cloud.get(ONE).text("properties.circuitProvisioningState"));
        assertEquals(key, cloud.get(ONE).text("properties.serviceKey"), "the service key stays");
        assertEquals("CircuitSkuFamilyChangeNotAllowed", cloud.put(ONE, Cloud.circuit("Premium_MeteredData", 500)).code());
        assertEquals("Premium_UnlimitedData", cloud.make(ONE, Cloud.circuit("Premium_UnlimitedData", 1_000)).text("sku.name"));
    }

    @Test
    void anOrderThatNobodyOffersIsRefusedByName() {
        assertEquals("BandwidthNotSupported", cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 300)).code());
        assertEquals("ServiceProviderNotFound", cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 200).replace("Lab Exchange", "Nobody")).code());
        assertEquals("PeeringLocationNotSupported", cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 200).replace("Amsterdam", "Atlantis")).code());
        assertEquals("InvalidSku", cloud.put(ONE, Cloud.circuit("Local_MeteredData", 200)).code());
        assertEquals("LocationNotAvailableForResourceType", cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 200).replace("westeurope", "moon")).code());
        assertEquals(404, cloud.get(ONE).status(), "nothing of it was made");
        assertEquals("ResourceGroupNotFound", cloud.get(ONE.replace("/lab/", "/nowhere/")).code());
    }

    @Test
    void peeringsAreCheckedAsTheServiceChecksThem() {
        cloud.provisioned("er-1", "Standard_MeteredData", 200);
        String peering = ONE + "/peerings/AzurePrivatePeering";
        record Wrong(String asn, int vlan, String first, String second, String code) { }
        for (Wrong wrong : List.of(new Wrong("65515", 100, "192.168.100.0/30", "192.168.101.0/30", "InvalidPeerAsn"), new Wrong("12076", 100, "192.168.100.0/30", "192.168.101.0/30", "InvalidPeerAsn"),
                new Wrong("0", 100, "192.168.100.0/30", "192.168.101.0/30", "InvalidPeerAsn"), new Wrong("65020", 4095, "192.168.100.0/30", "192.168.101.0/30", "InvalidVlanId"),
                new Wrong("65020", 100, "192.168.100.0/29", "192.168.101.0/30", "InvalidPeeringAddressPrefix"), new Wrong("65020", 100, "192.168.100.1/30", "192.168.101.0/30", "InvalidPeeringAddressPrefix"),
                new Wrong("65020", 100, "192.168.100.0/30", "192.168.100.0/30", "PeeringAddressPrefixOverlaps"), new Wrong("65020", 100, "192.168.100/30", "192.168.101.0/30", "InvalidAddressPrefixFormat"))) {
            assertEquals(wrong.code(), cloud.put(peering, Cloud.peering(wrong.asn(), wrong.vlan(), wrong.first(), wrong.second())).code(), wrong.toString());
        }
        String key = Cloud.peering("65020", 100, "192.168.100.0/30", "192.168.101.0/30").replace("'vlanId'", "'sharedKey':'not a key!','vlanId'");
        assertEquals("InvalidSharedKey", cloud.put(peering, key).code());
        Cloud.Answer made = cloud.make(peering, key.replace("not a key!", "Abc123").replace("'vlanId'",
                "'ipv6PeeringConfig':{'primaryPeerAddressPrefix':'fd00:100::/126','secondaryPeerAddressPrefix':'fd00:101::/126'},'vlanId'"));
        assertFalse(made.body().toString().contains("Abc123"), "a key is never shown");
        assertEquals("Enabled", made.text("properties.ipv6PeeringConfig.state"));
        cloud.azure.awaitEdge(Duration.ofSeconds(20));
        var told = cloud.edge.wish().circuits().getFirst().peerings().getFirst();
        assertEquals("Abc123", told.sharedKey().orElse(""));
        assertEquals(List.of(4_000, 100), told.families().stream().map(each -> each.prefixLimit()).toList());
        assertEquals("fd00:101::1", told.families().get(1).ends().get(Edge.Device.SECONDARY).customer());
        assertEquals("PublicPeeringNotSupported", cloud.put(ONE + "/peerings/AzurePublicPeering", Cloud.peering("65020", 200, "192.168.100.0/30", "192.168.101.0/30")).code());
    }

    @Test
    void microsoftPeeringNeedsOwnedPrefixesAndARouteFilter() {
        cloud.provisioned("er-1", "Premium_MeteredData", 200);
        String peering = ONE + "/peerings/MicrosoftPeering";
        String wish = Cloud.peering("65020", 300, "198.51.100.0/30", "198.51.100.4/30").replace("AzurePrivatePeering", "MicrosoftPeering")
                .replace("'vlanId'", "'microsoftPeeringConfig':{'advertisedPublicPrefixes':['203.0.113.0/24'],'customerASN':0,'routingRegistryName':'RIPENCC'},'vlanId'");
        assertEquals("InvalidPeeringAddressPrefix", cloud.put(peering, wish.replace("198.51.100.0/30", "10.0.0.0/30")).code());
        assertEquals("ValidationNeeded", cloud.make(peering, wish).text("properties.microsoftPeeringConfig.advertisedPublicPrefixesState"));
        cloud.azure.awaitEdge(Duration.ofSeconds(20));
        assertTrue(cloud.edge.wish().circuits().getFirst().peerings().getFirst().families().isEmpty(), "no BGP while validation is needed");
        cloud.azure.register(65020, "203.0.113.0/24");
        assertEquals("Configured", cloud.make(peering, wish).text("properties.microsoftPeeringConfig.advertisedPublicPrefixesState"));

        String filter = Cloud.GROUP + "routeFilters/rf";
        cloud.make(filter, "{'location':'westeurope','properties':{'rules':[]}}");
        String rule = "{'properties':{'access':'Allow','routeFilterRuleType':'Community','communities':['%s']}}";
        assertEquals("InvalidBgpCommunity", cloud.put(filter + "/routeFilterRules/r", rule.formatted("12076:1")).code());
        cloud.make(filter + "/routeFilterRules/r", rule.formatted("12076:51002"));
        cloud.make(peering, wish.replace("'vlanId'", "'routeFilter':{'id':'" + filter + "'},'vlanId'"));
        cloud.azure.awaitEdge(Duration.ofSeconds(20));
        var told = cloud.edge.wish().circuits().getFirst().peerings().getFirst();
        assertEquals(200, told.families().getFirst().prefixLimit());
        assertEquals(List.of("198.51.100.64/26", "2001:db8:5102::/48"), told.announced().stream().map(each -> each.prefix()).toList());
        assertEquals(peering, cloud.get(filter).body().at("/properties/peerings/0/id").asText());
        assertEquals("RouteFilterInUse", cloud.delete(filter).code());
    }

    @Test
    void aWriteDuringAnotherIsRefusedAndSoIsOneOfAnOldEtag() {
        cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 200));
        Cloud.Answer busy = cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 500));
        assertEquals(409, busy.status());
        assertEquals("AnotherOperationInProgress", busy.code());
        cloud.finish();
        String etag = cloud.get(ONE).text("etag");
        assertEquals(200, cloud.request("PATCH", ONE, "{\"tags\":{\"a\":\"b\"}}", "If-Match", etag).status());
        assertEquals("b", cloud.get(ONE).text("tags.a"));
        assertNotEquals(etag, cloud.get(ONE).text("etag"));
        Cloud.Answer stale = cloud.request("PUT", ONE, Cloud.circuit("Standard_MeteredData", 500).replace('\'', '"'), "If-Match", etag);
        assertEquals(412, stale.status());
        assertEquals("PreconditionFailed", stale.code());
        assertEquals(412, cloud.request("PUT", ONE, Cloud.circuit("Standard_MeteredData", 500).replace('\'', '"'), "If-None-Match", "*").status());
    }

    @Test
    void whatSomebodyElseDoesBehindOurBackShowsAtOnce() {
        cloud.provisioned("er-1", "Standard_MeteredData", 200);
        String peering = ONE + "/peerings/AzurePrivatePeering";
        cloud.make(peering, Cloud.peering("65020", 100, "192.168.100.0/30", "192.168.101.0/30"));
        assertEquals(200, cloud.control("edit", "{'id':'" + peering + "','merge':{'properties':{'vlanId':777,'lastModifiedBy':'Provider'}}}").status());
        assertEquals(777, cloud.get(peering).body().at("/properties/vlanId").asInt());
        cloud.azure.awaitEdge(Duration.ofSeconds(20));
        assertEquals(777, cloud.edge.wish().circuits().getFirst().peerings().getFirst().vlan());
        assertEquals(200, cloud.control("vanish", "{'id':'" + ONE + "'}").status());
        assertEquals(404, cloud.get(peering).status());
    }

    @Test
    void listsComeInPagesWithALink() {
        try (Cloud small = new Cloud(cloud.azure.authorityFile().getParent().resolve("small"), settings -> settings.pageSize(2))) {
            for (int i = 0; i < 5; i++) {
                small.make(Cloud.GROUP + "expressRouteCircuits/er-" + i, Cloud.circuit("Standard_MeteredData", 50));
            }
            Cloud.Answer page = small.get("/subscriptions/" + Main.CIRCUIT_SUBSCRIPTION + "/providers/Microsoft.Network/expressRouteCircuits");
            int items = page.body().path("value").size();
            int pages = 1;
            while (page.body().has("nextLink")) {
                page = small.poll(page.text("nextLink"));
                items += page.body().path("value").size();
                pages++;
            }
            assertEquals(5, items);
            assertEquals(3, pages);
        }
        assertEquals(3, cloud.get("/subscriptions/" + Main.CIRCUIT_SUBSCRIPTION + "/providers/Microsoft.Network/expressRouteServiceProviders").body().path("value").size());
        assertTrue(cloud.get("/subscriptions/" + Main.CIRCUIT_SUBSCRIPTION + "/providers/Microsoft.Network/bgpServiceCommunities").body().at("/value/0/properties/bgpCommunities/0/communityValue").asText().startsWith("12076:"));
        assertEquals(1, cloud.get("/subscriptions").body().path("value").size(), "only what the caller may use");
    }
}
