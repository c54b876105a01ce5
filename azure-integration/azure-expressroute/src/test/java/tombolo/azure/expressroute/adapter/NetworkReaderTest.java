package tombolo.azure.expressroute.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.expressroute.Report;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.Circuits;
import tombolo.runtime.json.JsonText;

class NetworkReaderTest {
    private static final String NETWORK = "/resourceGroups/rg/providers/Microsoft.Network/";
    private static final Optional<String> FIRST = Optional.empty();

    private final FakeArm arm = new FakeArm();
    private final List<String> said = new ArrayList<>();
    private final NetworkReader reader = new NetworkReader(() -> Instant.EPOCH, _ -> { });

    NetworkReaderTest() {
        reader.armSlot().set(arm);
    }

    private static Json.Obj value(Json.Obj... rows) {
        return Json.Obj.of("value", Json.Arr.of(rows));
    }

    private static Json.Obj route(String network, String path) {
        return Json.Obj.EMPTY.with("localAddress", "10.0.0.12").with("network", network).with("nextHop", "10.0.0.4").with("sourcePeer", "10.0.0.4").with("origin", "EBgp").with("asPath", path).with("weight", 32769);
    }

    private static String line(Report report) {
        return JsonText.line(report.json());
    }

    @Test
    void theEffectiveRoutesOfAnInterfaceAreThoseOfItsTable() {
        arm.put(NETWORK + "networkInterfaces/nic/effectiveRouteTable", value(Json.Obj.EMPTY.with("source", "VirtualNetworkGateway").with("state", "Active").with("nextHopType", "VirtualNetworkGateway")
                .with("addressPrefix", Json.Arr.texts(List.of("10.1.0.0/24"))).with("nextHopIpAddress", Json.Arr.texts(List.of("10.0.0.4", "10.0.0.5")))));
        Report report = reader.interfaceRoutes(FIRST, "rg/nic", said::add);
        assertTrue(line(report).contains("10.1.0.0/24") && report.blocks().toString().contains("10.0.0.4, 10.0.0.5"), report.toString());
    }

    @Test
    void aGatewayTellsWhatItHasLearnedAndWhatItAdvertisesToAPeer() {
        String gateway = NETWORK + "virtualNetworkGateways/gw";
        arm.put(gateway + "/getBgpPeerStatus", value(Json.Obj.EMPTY.with("neighbor", "10.0.0.4").with("asn", 12076).with("state", "Connected").with("connectedDuration", "01:00:00").with("routesReceived", 1)));
        arm.put(gateway + "/getLearnedRoutes", value(route("10.1.0.0/24", "12076-65020")));
        arm.put(gateway + "/getAdvertisedRoutes?peer=10.0.0.4", value(route("10.0.0.0/16", "65515")));
        String learned = line(reader.gatewayRoutes(FIRST, "rg/gw", Optional.empty(), said::add));
        assertTrue(learned.contains("Connected") && learned.contains("12076-65020"), learned);
        assertTrue(line(reader.gatewayRoutes(FIRST, "rg/gw", Optional.of("10.0.0.4"), said::add)).contains("10.0.0.0/16"));
        assertTrue(assertThrows(ExpressRouteException.class, () -> reader.gatewayRoutes(FIRST, "rg/gw", Optional.of("x&y=1"), said::add)).getMessage().startsWith("TMB-ER-271"));
    }

    @Test
    void aRouteServerTellsOfEachPeerWhatBothOfItsRoutersHave() {
        String hub = NETWORK + "virtualHubs/rs";
        arm.put(hub, Json.Obj.of("properties", Json.Obj.EMPTY.with("virtualRouterAsn", 65515).with("virtualRouterIps", Json.Arr.texts(List.of("10.0.1.4", "10.0.1.5")))));
        arm.put(hub + "/bgpConnections/nva", Json.Obj.of("properties", Json.Obj.EMPTY.with("peerIp", "10.0.2.4").with("peerAsn", 65001).with("connectionState", "Connected")));
        arm.put(hub + "/bgpConnections/nva/learnedRoutes", Json.Obj.EMPTY.with("RouteServiceRole_IN_0", Json.Arr.of(route("10.9.0.0/16", "65001"))).with("RouteServiceRole_IN_1", Json.Arr.of(route("10.8.0.0/16", "65001"))));
        Report report = reader.routeServer(FIRST, "rg/rs", said::add);
        assertTrue(line(report).contains("10.9.0.0/16") && line(report).contains("10.8.0.0/16") && report.blocks().toString().contains("nothing advertised"), report.toString());
    }

    private static Json.Obj network(String remote, boolean allows, boolean uses) {
        return Json.Obj.of("properties", Json.Obj.EMPTY.with("addressSpace", Json.Obj.of("addressPrefixes", Json.Arr.texts(List.of("10.0.0.0/16")))).with("virtualNetworkPeerings",
                Json.Arr.of(Json.Obj.EMPTY.with("name", "to-" + remote).with("properties", Json.Obj.EMPTY.with("peeringState", "Connected").with("allowGatewayTransit", allows).with("useRemoteGateways", uses)
                        .with("remoteVirtualNetwork", Json.Obj.of("id", new Json.Text("/subscriptions/" + FakeArm.SUBSCRIPTION + NETWORK + "virtualNetworks/" + remote)))))));
    }

    @Test
    void aPeeringIsHeldAgainstItsOtherHalf() {
        arm.put(NETWORK + "virtualNetworks/hub", network("spoke", true, false));
        arm.put(NETWORK + "virtualNetworks/spoke", network("hub", false, true));
        assertTrue(line(reader.network(FIRST, "rg/hub")).contains("\"verdict\":\"GOOD\""));
        assertTrue(line(reader.network(FIRST, "rg/spoke")).contains("\"verdict\":\"GOOD\""));
        arm.put(NETWORK + "virtualNetworks/hub", network("spoke", false, false));
        assertTrue(line(reader.network(FIRST, "rg/spoke")).contains("\"verdict\":\"BAD\""));
    }

    @Test
    void circuitsOfOtherSubscriptionsAreListedWithTheirLinks() {
        arm.put("/resourceGroups/rg", Json.Obj.EMPTY);
        arm.put(NETWORK + "connections/own", Circuits.armLink("own", "er-1", "/g/gw", 0));
        Json.Obj foreign = Circuits.armLink("foreign", "er-9", "/g/gw", 5);
        arm.put(NETWORK + "connections/foreign", foreign.with("properties", foreign.object("properties").orElseThrow().with("peer", Json.Obj.of("id", new Json.Text("/subscriptions/other/resourceGroups/x/providers/"
                + "Microsoft.Network/expressRouteCircuits/er-9")))));
        String listed = line(reader.authorized(FIRST));
        assertTrue(listed.contains("er-9") && listed.contains("Connected"), listed);
        assertFalse(listed.contains("er-1"), listed);
    }

    @Test
    void aResourceGroupMayHaveLettersOfAnyScript() {
        arm.put("/resourceGroups/rg-gr%C3%B6%C3%9Fe_%E0%A5%A7/providers/Microsoft.Network/virtualNetworks/hub", network("spoke", true, false));
        for (String written : List.of("rg-gr\u00f6\u00dfe_\u0967/hub", "rg-gr%C3%B6%C3%9Fe_%E0%A5%A7/hub")) {
            assertTrue(line(reader.network(FIRST, written)).contains("to-spoke"), written);
        }
        for (String wrong : List.of("rg%2fx/hub", "rg%/hub", "rg%20x/hub", "rg+x/hub", "rg%FF/hub", "rg/h\u00fcb", "rg/hub%3Fx")) {
            assertTrue(assertThrows(ExpressRouteException.class, () -> reader.network(FIRST, wrong)).getMessage().startsWith("TMB-ER-270 '" + wrong + "'"), wrong);
        }
    }

    @Test
    void whatIsWrittenWronglyOrMissingIsNamed() {
        assertTrue(assertThrows(ExpressRouteException.class, () -> reader.network(FIRST, "hub")).getMessage().startsWith("TMB-ER-270"));
        assertTrue(assertThrows(ExpressRouteException.class, () -> reader.network(FIRST, "rg/hub")).getMessage().startsWith("TMB-ER-272"));
        assertTrue(assertThrows(ExpressRouteException.class, () -> reader.network(Optional.of("nosuch"), "rg/hub")).getMessage().contains("main"));
        reader.armSlot().gone(arm);
        assertTrue(assertThrows(ExpressRouteException.class, () -> reader.network(FIRST, "rg/hub")).getMessage().startsWith("TMB-ER-001"));
    }
}
