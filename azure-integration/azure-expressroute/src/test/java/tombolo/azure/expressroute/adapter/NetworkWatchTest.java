package tombolo.azure.expressroute.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.azure.ArmException;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Gateway;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.Circuits;

/** What Azure tells of the address space of virtual networks that a circuit leads to, also of those that cannot be read here. */
class NetworkWatchTest extends NodeRig {
    private static final String LINKS = "/resourceGroups/rg-er/providers/Microsoft.Network/connections";
    private static final String LINK = LINKS + "/to-hub";
    private static final String NETWORK = "/resourceGroups/rg-hub/providers/Microsoft.Network/virtualNetworks/hub";

    private static Json.Obj space(String... prefixes) {
        return Json.Obj.of("addressPrefixes", Json.Arr.texts(List.of(prefixes)));
    }

    private void cloud(String... prefixes) {
        arm.put(CIRCUIT, Circuits.arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned"));
        arm.put(LINK, Circuits.armLink("to-hub", "er-1", "/subscriptions/" + FakeArm.SUBSCRIPTION + GATEWAY, 0));
        arm.put(GATEWAY, ExpressRouteNodeTest.gatewayIn(NETWORK));
        Json.Obj peering = Json.Obj.EMPTY.with("name", "to-spoke").with("properties", Json.Obj.EMPTY.with("peeringState", "Connected").with("remoteAddressSpace", space("10.20.0.0/16"))
                .with("remoteVirtualNetworkAddressSpace", space("10.20.0.0/16", "10.21.0.0/16", "none"))
                .with("remoteVirtualNetwork", Json.Obj.of("id", new Json.Text("/subscriptions/another/resourceGroups/x/providers/Microsoft.Network/virtualNetworks/spoke"))));
        arm.put(NETWORK, Json.Obj.of("properties", Json.Obj.EMPTY.with("addressSpace", space(prefixes)).with("virtualNetworkPeerings", Json.Arr.of(peering))));
    }

    private static List<String> told(ExpressRouteNode node) {
        return node.vnetSpaces().told().stream().map(one -> one.circuit() + " " + one.network() + " " + one.prefix()).toList();
    }

    /** The code of it. */
    private static Optional<String> said(ExpressRouteNode node) {
        return ((NetworkWatch) node.vnetSpaces()).said("er-1").map(text -> text.substring(0, 10));
    }

    private static CircuitSettings wanting(Gateway... gateways) {
        return Circuits.with(Circuits.wanted("er-1"), CircuitSettings.State.PRESENT, List.of(gateways), 0);
    }

    @Test
    void theSpaceOfLinkedNetworksAndOfThoseThatTheyArePeeredWithIsToldAndFollowed() {
        ExpressRouteNode node = node("gw-a", _ -> { }, Circuits.wanted("er-1"));
        assertEquals(List.of(), told(node));
        cloud("10.0.0.0/16");
        node.tickNetworks();
        assertEquals(List.of("er-1 hub 10.0.0.0/16", "er-1 spoke 10.20.0.0/16", "er-1 spoke 10.21.0.0/16"), told(node));
        cloud("10.0.0.0/16", "10.1.0.0/16");
        int reads = arm.reads;
        node.tickNetworks();
        assertEquals(reads, arm.reads, "not yet again");
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(15)));
        node.tickNetworks();
        assertEquals(4, told(node).size());
        assertEquals(List.of(), arm.asked, "nothing is changed in Azure");
    }

    @Test
    void whatAzureToldLastStaysWhileItDoesNotAnswerAndGoesWithTheCircuitsFile() {
        ExpressRouteNode node = node("gw-a", _ -> { }, Circuits.wanted("er-1"));
        arm.unreachable = true;
        node.tickNetworks();
        assertEquals(List.of(), told(node));
        arm.unreachable = false;
        cloud("10.0.0.0/16");
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(1)));
        node.tickNetworks();
        assertEquals(3, told(node).size());
        arm.unreachable = true;
        now.updateAndGet(time -> time.plus(Duration.ofHours(1)));
        node.tickNetworks();
        assertEquals(3, told(node).size());
        node.settings("gw-a", Map.of());
        node.tickNetworks();
        assertEquals(List.of(), told(node));
    }

    @ParameterizedTest
    @CsvSource({GATEWAY + ", FORBIDDEN", GATEWAY + ", NOT_FOUND", NETWORK + ", FORBIDDEN", NETWORK + ", NOT_FOUND", LINKS + ", FORBIDDEN", LINKS + ", NOT_FOUND"})
    void whatAzureToldLastStaysWhileItShowsOneOfTheResourcesNoMore(String resource, ArmException.Reason reason) {
        ExpressRouteNode node = node("gw-a", _ -> { }, Circuits.wanted("er-1"));
        cloud("10.0.0.0/16");
        node.tickNetworks();
        assertEquals(3, told(node).size());
        arm.withheld.put(resource, reason);
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(15)));
        node.tickNetworks();
        assertEquals(3, told(node).size());
        assertEquals(Optional.of("TMB-ER-286"), said(node));
        arm.withheld.clear();
        cloud("10.1.0.0/16");
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(1)));
        node.tickNetworks();
        assertEquals(Optional.empty(), said(node));
        assertEquals(List.of("er-1 hub 10.1.0.0/16", "er-1 spoke 10.20.0.0/16", "er-1 spoke 10.21.0.0/16"), told(node));
    }

    @ParameterizedTest
    @ValueSource(strings = {CIRCUIT, CIRCUIT + "/authorizations", "/resourceGroups/rg-er/providers/Microsoft.Network/routeFilters/er-1-filter"})
    void whatDoesNotLeadToTheNetworkNeedNotBeReadable(String resource) {
        ExpressRouteNode node = node("gw-a", _ -> { }, Circuits.with(Circuits.wanted("er-1"), Optional.of(Circuits.privatePeering()), Optional.of(Circuits.microsoft("12076:5010")), List.of()));
        cloud("10.0.0.0/16");
        arm.withheld.put(resource, ArmException.Reason.FORBIDDEN);
        node.tickNetworks();
        assertEquals(3, told(node).size());
        assertEquals(resource.endsWith("/authorizations") ? Optional.of("TMB-ER-288") : Optional.empty(), said(node), "links of other subscriptions may be behind authorizations");
    }

    @Test
    void theNetworksOfWantedGatewaysAreToldBeforeTheCircuitIsOrdered() {
        ExpressRouteNode node = node("gw-a", _ -> { }, wanting(new Gateway("rg-hub", "gw-hub"), new Gateway("rg-hub", "gw-later")));
        cloud("10.0.0.0/16");
        arm.resources.keySet().removeIf(each -> each.contains("/expressroutecircuits/") || each.contains("/connections/"));
        arm.withheld.put(CIRCUIT + "/authorizations", ArmException.Reason.NOT_FOUND);
        node.tickNetworks();
        assertEquals(List.of("er-1 hub 10.0.0.0/16", "er-1 spoke 10.20.0.0/16", "er-1 spoke 10.21.0.0/16"), told(node));
        assertEquals(Optional.empty(), said(node), "what is not there yet is no trouble");
    }

    @Test
    void oneGatewayThatCannotBeReadHoldsUpNoOther() {
        ExpressRouteNode node = node("gw-a", _ -> { }, wanting(new Gateway("rg-closed", "gw-closed")));
        cloud("10.0.0.0/16");
        arm.withheld.put("/resourceGroups/rg-closed/providers/Microsoft.Network/connections", ArmException.Reason.FORBIDDEN);
        arm.withheld.put("/resourceGroups/rg-closed/providers/Microsoft.Network/virtualNetworkGateways/gw-closed", ArmException.Reason.FORBIDDEN);
        node.tickNetworks();
        assertEquals(3, told(node).size());
        assertEquals(Optional.of("TMB-ER-288"), said(node));
    }

    @Test
    void aSubscriptionThatCannotBeReachedIsAskedOnceInALookAndThatNothingIsKnownIsAWarning() {
        ExpressRouteNode node = node("gw-a", _ -> { }, wanting(new Gateway("rg-hub", "gw-hub")));
        arm.unreachable = true;
        node.tickNetworks();
        assertEquals(1, arm.unanswered);
        assertEquals(Optional.of("TMB-ER-288"), said(node));
        arm.unreachable = false;
        cloud("10.0.0.0/16");
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(1)));
        node.tickNetworks();
        assertEquals(3, told(node).size());
        assertEquals(5, arm.reads, "links of two groups, authorizations, gateway and network, the former once though linked and wanted");
        assertEquals(Optional.empty(), said(node));
        arm.unreachable = true;
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(15)));
        node.tickNetworks();
        assertEquals(3, told(node).size());
        assertEquals(Optional.of("TMB-ER-286"), said(node));
    }

    @Test
    void theNetworkBehindALinkThatAnAuthorizationNamesIsTold() {
        ExpressRouteNode node = node("gw-a", _ -> { }, Circuits.wanted("er-1"));
        cloud("10.0.0.0/16");
        arm.resources.keySet().removeIf(each -> each.contains("/connections/"));
        String theirs = "/resourceGroups/rg-theirs/providers/Microsoft.Network/connections/theirs";
        arm.put(theirs, Circuits.armLink("theirs", "er-1", "/subscriptions/" + FakeArm.SUBSCRIPTION + GATEWAY, 0));
        arm.put(CIRCUIT + "/authorizations/theirs", Json.Obj.of("properties", Json.Obj.EMPTY.with("authorizationUseStatus", "InUse").with("connectionResourceUri", "/subscriptions/" + FakeArm.SUBSCRIPTION + theirs)));
        node.tickNetworks();
        assertEquals(3, told(node).size());
    }

    @Test
    void theSpaceOfANetworkGoesWithTheLinkToIt() {
        ExpressRouteNode node = node("gw-a", _ -> { }, Circuits.wanted("er-1"));
        cloud("10.0.0.0/16");
        node.tickNetworks();
        assertEquals(3, told(node).size());
        arm.resources.keySet().removeIf(each -> each.endsWith("/connections/to-hub"));
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(15)));
        node.tickNetworks();
        assertEquals(List.of(), told(node));
    }

    @Test
    void theWatchGoesOnBehindATurnThatFailed() throws InterruptedException {
        CountDownLatch turns = new CountDownLatch(2);
        Operations.Pause pause = _ -> {
            if (turns.getCount() == 0) {
                throw new InterruptedException();
            }
        };
        try (NetworkWatch watch = new NetworkWatch(new Slot<>(), now::get, pause)) {
            watch.start(() -> {
                turns.countDown();
                throw new IllegalStateException("test");
            });
            assertTrue(turns.await(10, TimeUnit.SECONDS));
        }
    }
}
