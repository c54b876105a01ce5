package tombolo.azure.expressroute.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tombolo.api.azure.ArmException;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Gateway;
import tombolo.api.config.CircuitSettings.State;
import tombolo.api.expressroute.Report;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.Circuits;

/** What {@code er:cost} counts beside the circuit. */
class LinkedGatewaysTest extends NodeRig {
    private static final String OURS = "/subscriptions/" + FakeArm.SUBSCRIPTION;
    private static final String THEIRS = "/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/rg-t/providers/Microsoft.Network/";

    private static CircuitSettings wanted(Gateway... links) {
        return Circuits.with(Circuits.wanted("er-1"), State.PRESENT, List.of(links), 0);
    }

    private static String gateway(String group, String name) {
        return "/resourceGroups/" + group + "/providers/Microsoft.Network/virtualNetworkGateways/" + name;
    }

    private void put(String path, String sku) {
        arm.put(path, Json.Obj.EMPTY.with("location", "westeurope").with("properties", Json.Obj.EMPTY.with("gatewayType", "ExpressRoute").with("sku", Json.Obj.of("name", new Json.Text(sku)))));
    }

    private void link(String name, String gateway) {
        arm.put("/resourceGroups/rg-er/providers/Microsoft.Network/connections/" + name, Circuits.armLink(name, "er-1", gateway, 0));
    }

    private void authorization(String name, Optional<String> link) {
        Json.Obj properties = Json.Obj.of("authorizationUseStatus", new Json.Text("InUse"));
        arm.put(CIRCUIT + "/authorizations/" + name, Json.Obj.of("properties", link.map(id -> properties.with("connectionResourceUri", id)).orElse(properties)));
    }

    private String look(CircuitSettings wanted) {
        return LinkedGateways.look(Optional.of(arm), wanted).gateways().values().stream()
                .map(each -> each.name() + " " + (each.uncounted().isEmpty() ? each.sku() + " " + each.remark() : "- " + each.uncounted()).strip()).sorted().collect(Collectors.joining("\n"));
    }

    @Test
    void gatewaysOfLinksAreCountedThatNoFileNamesAndThoseOfTheFileOnlyOnce() {
        arm.put(CIRCUIT, Circuits.arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned"));
        put(gateway("rg-hub", "gw-hub"), "ErGw1AZ");
        put(gateway("rg-spoke", "gw-spoke"), "ErGw2AZ");
        put(gateway("rg-new", "gw-new"), "ErGw3AZ");
        link("to-hub", OURS + gateway("rg-hub", "gw-hub").toUpperCase(java.util.Locale.ROOT)); // ids of ARM are equal in any case
        link("to-spoke", OURS + gateway("rg-spoke", "gw-spoke"));
        assertEquals("RG-HUB/GW-HUB ErGw1AZ\nrg-new/gw-new ErGw3AZ not linked yet\nrg-none/gw-none - Azure has no such gateway yet: its size is not known\nrg-spoke/gw-spoke ErGw2AZ",
                look(wanted(new Gateway("rg-hub", "gw-hub"), new Gateway("rg-new", "gw-new"), new Gateway("rg-none", "gw-none"))));
    }

    @Test
    void gatewaysThatTheFileOfACircuitWhichIsToGoNamesAreNotToBeLinkedAndCountOnlyWhereTheyAre() {
        put(gateway("rg-hub", "gw-hub"), "ErGw1AZ");
        CircuitSettings absent = Circuits.with(Circuits.wanted("er-1"), State.ABSENT, List.of(new Gateway("rg-hub", "gw-hub"), new Gateway("rg-none", "gw-none")), 0);
        assertEquals("rg-hub/gw-hub ErGw1AZ not linked, and billed on", look(absent), "the circuit is gone");
        arm.put(CIRCUIT, Circuits.arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned"));
        assertEquals("rg-hub/gw-hub ErGw1AZ not linked, and billed on", look(absent), "the circuit is there");
    }

    /** Whoever redeems an authorization pays for the gateway; who it is this node need not be able to see. */
    @Test
    void whatCannotBeCountedIsNamedWithTheReason() {
        arm.put(CIRCUIT, Circuits.arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned"));
        link("to-theirs", THEIRS + "virtualNetworkGateways/gw-t");
        link("to-gone", OURS + gateway("rg-gone", "gw-gone"));
        authorization("blue-1", Optional.of(THEIRS + "connections/their-link"));
        authorization("blue-2", Optional.empty());
        assertEquals("behind authorization blue-1 - its link " + THEIRS + "connections/their-link cannot be read here: whoever redeemed the authorization pays for the gateway\n"
                + "behind authorization blue-2 - it is in use, and Azure does not say by which link\n"
                + "rg-gone/gw-gone - link to-gone leads to it, and Azure does not show it\n"
                + "rg-t/gw-t - it is in a subscription that is not configured here; link to-theirs leads to it", look(wanted()));
    }

    /** As of Virtual WAN, whose gateways and links are of other kinds. */
    @Test
    void aLinkOfAnotherKindInASubscriptionOfOnesOwnIsNotSaidToBeSomebodyElses() {
        arm.put(CIRCUIT, Circuits.arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned"));
        String link = "/resourceGroups/rg-wan/providers/Microsoft.Network/expressRouteGateways/hub/expressRouteConnections/to-er-1";
        arm.put(link, Json.Obj.of("properties", Json.Obj.EMPTY.with("routingWeight", 0)));
        authorization("wan-1", Optional.of(OURS + link));
        assertEquals("behind authorization wan-1 - its link " + OURS + link + " of subscription main is none of a virtual network gateway that is known here: its gateway is not counted", look(wanted()));
    }

    /** It leads to a circuit. */
    @Test
    void behindAnAuthorizationForGlobalReachIsNoGateway() {
        arm.put(CIRCUIT, Circuits.arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned"));
        authorization("reach-1", Optional.of(THEIRS + "expressRouteCircuits/theirs/peerings/AzurePrivatePeering/connections/reach"));
        assertEquals("", look(wanted()));
    }

    @Test
    void aLinkByAuthorizationOfASubscriptionThatIsConfiguredHereIsCounted() {
        arm.put(CIRCUIT, Circuits.arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned"));
        String elsewhere = "/resourceGroups/rg-theirs/providers/Microsoft.Network/connections/their-link";
        arm.put(elsewhere, Circuits.armLink("their-link", "er-1", OURS + gateway("rg-theirs", "gw"), 0).with("id", OURS + elsewhere));
        put(gateway("rg-theirs", "gw"), "ErGw1AZ");
        authorization("theirs-1", Optional.of(OURS + elsewhere));
        assertEquals("rg-theirs/gw ErGw1AZ", look(wanted()));
    }

    @Test
    void withoutAzureTheGatewaysOfTheFileAreNamedAndNotCounted() {
        arm.unreachable = true;
        assertTrue(look(wanted(new Gateway("rg-hub", "gw-hub"))).startsWith("rg-hub/gw-hub - "), look(wanted(new Gateway("rg-hub", "gw-hub"))));
        String trouble = LinkedGateways.look(Optional.of(arm), wanted()).trouble();
        assertEquals(FakeArm.refused(ArmException.Reason.UNREACHABLE, ArmException.Applied.NO).getMessage(), trouble);
        assertEquals("azure-arm is not running", LinkedGateways.look(Optional.empty(), wanted()).trouble());
    }

    /** Each request would wait for its deadline. */
    @Test
    void azureThatCannotBeReachedIsAskedOnceForTheCostOfAllCircuits() {
        arm.unreachable = true;
        ExpressRouteNode node = node("gw-a", _ -> { }, wanted(new Gateway("rg-hub", "gw-hub")), Circuits.wanted("er-2"), Circuits.wanted("er-3"));
        Report all = node.cost(Optional.empty(), Optional.of("Zone 1"), Optional.empty());
        assertEquals(1, arm.unanswered);
        List<String> words = ((Json.Arr) all.json()).items().stream().map(each -> ((Json.Obj) each).text("words").orElseThrow()).toList();
        assertEquals(3, words.size(), words.toString());
        assertTrue(words.stream().allMatch(each -> each.contains("what Azure has is not known: TMB-ARM-000 test")), words.toString());
        assertTrue(all.blocks().toString().contains("Circuits in no file are not counted: subscription main: TMB-ARM-000 test"), all.blocks().toString());
        arm.unreachable = false;
        node.cost(Optional.empty(), Optional.empty(), Optional.empty());
        assertTrue(arm.reads > 0, "the next command asks again");
    }

    @Test
    void theCostOfAllCircuitsNamesThoseInNoFileToo() {
        arm.put(CIRCUIT, Circuits.arm("er-1", "Standard", "MeteredData", 50, "Provisioned"));
        arm.put("/resourceGroups/rg-x/providers/Microsoft.Network/expressRouteCircuits/er-9", Circuits.arm("er-9", "Standard", "MeteredData", 50, "Provisioned"));
        put(gateway("rg-hub", "gw-hub"), "ErGw1AZ");
        link("to-hub", OURS + gateway("rg-hub", "gw-hub"));
        ExpressRouteNode node = node("gw-a", _ -> { }, Circuits.with(wanted(), CircuitSettings.Tier.STANDARD, CircuitSettings.Plan.METERED, 50));
        Report all = node.cost(Optional.empty(), Optional.of("Zone 1"), Optional.empty());
        List<Json.Obj> bills = ((Json.Arr) all.json()).items().stream().map(Json.Obj.class::cast).toList();
        assertEquals(List.of("er-1", "main/rg-x/er-9"), bills.stream().map(each -> each.text("circuit").orElseThrow()).toList());
        assertTrue(bills.stream().allMatch(each -> each.text("basis").orElseThrow().equals("azure") && each.get("known").orElseThrow().equals(new Json.Num("55"))), bills.toString());
        assertTrue(bills.getFirst().get("unknown").orElseThrow().toString().contains("rg-hub/gw-hub (ErGw1AZ)"), "the shipped snapshot has no price of that size: " + bills.getFirst());
        assertEquals(1, ((Json.Arr) node.cost(Optional.of("er-1"), Optional.of("Zone 1"), Optional.empty()).json()).items().size());
    }
}
