package tombolo.azure.expressroute.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tombolo.api.azure.ArmException;
import tombolo.api.config.CircuitSettings;
import tombolo.api.config.CircuitSettings.Gateway;
import tombolo.api.config.CircuitSettings.State;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.Circuits;

/** A PUT replaces a resource: what others have set stays, and what they set between the look and the request stops it (If-Match, RFC 9110 §13.1.1). */
class ChangedMeanwhileTest extends NodeRig {
    private static final String PEERING = CIRCUIT + "/peerings/AzurePrivatePeering";
    private static final String FILTER = "/resourceGroups/rg-er/providers/Microsoft.Network/routeFilters/er-1-filter";
    private static final String LINK = "/resourceGroups/rg-er/providers/Microsoft.Network/connections/made-by-hand";
    private static final String OURS = "/subscriptions/" + FakeArm.SUBSCRIPTION;

    private static Json.Obj of(Json.Obj resource) {
        return resource.with("etag", "W/\"1\"");
    }

    /** As the file wants it, with a peering, a route filter and a link. */
    private void inAzure() {
        arm.put(CIRCUIT, Circuits.arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned"));
        arm.put(PEERING, of(Circuits.armPrivate()));
        arm.put(CIRCUIT + "/peerings/MicrosoftPeering", of(microsoft()));
        arm.put(FILTER, filter("12076:51004"));
        arm.put(GATEWAY, Json.Obj.EMPTY.with("location", "westeurope").with("properties", Json.Obj.EMPTY.with("gatewayType", "ExpressRoute")));
        arm.put(LINK, link(10));
    }

    private static Json.Obj microsoft() {
        Json.Obj plain = Circuits.armPeering("MicrosoftPeering", 200, 3320, "203.0.113.0/30", "203.0.113.4/30");
        return plain.with("properties", plain.object("properties").orElseThrow().with("routeFilter", Json.Obj.of("id", new Json.Text(OURS + FILTER)))
                .with("microsoftPeeringConfig", Json.Obj.EMPTY.with("advertisedPublicPrefixes", Json.Arr.texts(List.of("198.51.100.0/24"))).with("routingRegistryName", "RIPENCC")));
    }

    private static Json.Obj filter(String community) {
        return of(Json.Obj.of("properties", Json.Obj.of("rules", Json.Arr.of(Json.Obj.of("properties", Json.Obj.of("communities", Json.Arr.texts(List.of(community))))))));
    }

    /** With what a portal sets, and in the circuit's resource group. */
    private static Json.Obj link(int weight) {
        Json.Obj link = Circuits.armLink("made-by-hand", "er-1", OURS + GATEWAY, weight);
        return of(link.with("tags", Json.Obj.of("team", new Json.Text("blue"))).with("properties", link.object("properties").orElseThrow().with("expressRouteGatewayBypass", true)));
    }

    private ExpressRouteNode node() {
        CircuitSettings linked = Circuits.with(Circuits.with(Circuits.wanted("er-1"), Optional.of(Circuits.privatePeering()), Optional.of(Circuits.microsoft("12076:51004")), List.of()), State.PRESENT,
                List.of(new Gateway("rg-hub", "gw-hub")), 10);
        return node("gw-a", time -> now.updateAndGet(each -> each.plus(time)), linked);
    }

    /** @param other the resource as it differs from the file */
    private void isNotOverwritten(String path, Json.Obj other) {
        inAzure();
        arm.put(path, other);
        arm.meanwhile = () -> arm.put(path, arm.resource(path).with("etag", "W/\"2\""));
        ArmException refused = assertThrows(ArmException.class, () -> node().apply("er-1", ALL, said::add), path);
        assertEquals(ArmException.Reason.CHANGED, refused.reason(), path);
        assertEquals(List.of(), arm.asked, path);
        assertTrue(store.entries.isEmpty(), "nothing was begun, so nothing is in flight");
        arm.meanwhile = () -> { };
        node().apply("er-1", ALL, said::add);
        assertEquals(List.of("PUT"), arm.asked.stream().map(each -> each.substring(0, 3)).toList(), "read again, it is changed: " + arm.asked);
        arm.asked.clear();
    }

    @Test
    void whatSomebodyElseHasChangedBetweenTheLookAndTheRequestIsNotOverwritten() {
        isNotOverwritten(CIRCUIT, Circuits.arm("er-1", "Standard", "MeteredData", 500, "Provisioned"));
        isNotOverwritten(PEERING, of(Circuits.armPeering("AzurePrivatePeering", 7, 65010, "172.16.0.0/30", "172.16.0.4/30")));
        isNotOverwritten(FILTER, filter("12076:51002"));
        isNotOverwritten(LINK, link(0));
    }

    @Test
    void aLinkWhoseWeightChangesStaysWhereItIsWithItsFastPathAndItsTags() {
        inAzure();
        arm.put(LINK, link(0));
        node().apply("er-1", ALL, said::add);
        assertEquals(List.of("PUT " + OURS + LINK), arm.asked);
        assertEquals(link(10).object("tags"), arm.bodies.getLast().object("tags"));
        assertEquals(link(10).object("properties"), arm.bodies.getLast().object("properties"));
        node().createLink("er-1", "rg-hub/gw-hub", Optional.empty(), Optional.empty(), OptionalInt.of(3), true, said::add);
        assertEquals(List.of("PUT " + OURS + LINK, "PUT " + OURS + LINK), arm.asked, "the same two are linked once");
        assertEquals(link(3).object("properties"), arm.bodies.getLast().object("properties"));
        assertEquals(Optional.of(true), arm.bodies.getLast().object("properties").flatMap(all -> all.bool("expressRouteGatewayBypass")));
    }

    @Test
    void whatIsLinkedAlreadyKeepsItsWeightWhereNoneIsGivenAndGetsAnotherOnlyWithConsent() {
        inAzure();
        ExpressRouteException refused = assertThrows(ExpressRouteException.class, () -> node().createLink("er-1", "rg-hub/gw-hub", Optional.empty(), Optional.empty(), OptionalInt.of(0), false, said::add));
        assertEquals("TMB-ER-246 circuit er-1 is linked to rg-hub/gw-hub already, by made-by-hand with weight 10, and wanted 0: traffic of the virtual network may move to or from other circuits."
                + " Nothing was changed; again with --yes if that is meant, or without --weight, which keeps 10.", refused.getMessage());
        assertEquals(List.of(), arm.asked);
        node().createLink("er-1", "rg-hub/gw-hub", Optional.empty(), Optional.empty(), OptionalInt.empty(), false, said::add);
        node().createLink("er-1", "rg-hub/gw-hub", Optional.empty(), Optional.empty(), OptionalInt.of(10), false, said::add);
        assertEquals(List.of(link(10).object("properties"), link(10).object("properties")), arm.bodies.stream().map(each -> each.object("properties")).toList());
        assertTrue(store.entries.isEmpty(), "neither an operation nor a hold is left");
    }
}
