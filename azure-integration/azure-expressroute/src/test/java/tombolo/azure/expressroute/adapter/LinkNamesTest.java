package tombolo.azure.expressroute.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tombolo.api.config.CircuitSettings;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.Circuits;

/** What links are called. */
class LinkNamesTest extends NodeRig {
    /** Circuits of two customers may be called alike, and ARM overwrites what has the name already. */
    @Test
    void aLinkTakesNoNameThatAnotherCircuitsLinkHas() {
        arm.put(GATEWAY, Json.Obj.EMPTY.with("location", "westeurope").with("properties", Json.Obj.EMPTY.with("gatewayType", "ExpressRoute")));
        ExpressRouteNode node = node("gw-a", time -> now.updateAndGet(each -> each.plus(time)));
        String theirs = "/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/rg-er/providers/Microsoft.Network/expressRouteCircuits/er-1";
        String gateway = "/subscriptions/" + FakeArm.SUBSCRIPTION + GATEWAY;
        String own = "/resourceGroups/rg-hub/providers/Microsoft.Network/connections/er-1-gw-hub";
        arm.put(own, Circuits.armLink("er-1-gw-hub", "er-1", gateway, 7));
        Json.Obj before = arm.resource(own);
        node.createLink(theirs, "rg-hub/gw-hub", Optional.of("main"), Optional.of("the-key"), OptionalInt.empty(), false, said::add);
        assertEquals(before, arm.resource(own), "our link stays");
        String name = arm.asked.getLast();
        assertTrue(name.matches("PUT .*/connections/er-1-gw-hub-[0-9a-f]{8}"), name);
        assertEquals(theirs, arm.bodies.getLast().object("properties").flatMap(properties -> properties.object("peer")).flatMap(peer -> peer.text("id")).orElseThrow());
        ExpressRouteException unmeant = assertThrows(ExpressRouteException.class, () -> node.createLink(theirs, "rg-hub/gw-hub", Optional.of("main"), Optional.of("the-key"), OptionalInt.of(5), false, said::add));
        assertTrue(unmeant.getMessage().startsWith("TMB-ER-246") && arm.asked.size() == 1, unmeant.getMessage());
        node.createLink(theirs, "rg-hub/gw-hub", Optional.of("main"), Optional.of("the-key"), OptionalInt.of(5), true, said::add);
        assertEquals(name, arm.asked.getLast(), "the same link again is the same name");

        arm.put(name.substring("PUT ".length()), Circuits.armLink("x", "er-2", gateway, 0));
        int asked = arm.asked.size();
        ExpressRouteException refused = assertThrows(ExpressRouteException.class, () -> node.createLink(theirs, "rg-hub/gw-hub", Optional.of("main"), Optional.of("the-key"), OptionalInt.empty(), false, said::add));
        assertTrue(refused.getMessage().startsWith("TMB-ER-245"), refused.getMessage());
        List.of(theirs, Circuits.id("er-1"), Circuits.id("er-2")).forEach(id -> assertTrue(refused.getMessage().contains(id), refused.getMessage()));
        assertEquals(asked, arm.asked.size());
        assertTrue(store.entries.isEmpty(), "neither an operation nor a hold is left");
    }

    @Test
    void aLinkThatTheFileWantsTakesNoNameThatAnotherCircuitsLinkHas() {
        arm.put(CIRCUIT, Circuits.arm("er-1", "Standard", "MeteredData", 1_000, "Provisioned"));
        arm.put(CIRCUIT + "/peerings/AzurePrivatePeering", Circuits.armPrivate());
        arm.put(GATEWAY, Json.Obj.EMPTY.with("location", "westeurope").with("properties", Json.Obj.EMPTY.with("gatewayType", "ExpressRoute")));
        String taken = "/resourceGroups/rg-hub/providers/Microsoft.Network/connections/er-1-gw-hub";
        arm.put(taken, Circuits.armLink("er-1-gw-hub", "er-2", "/subscriptions/" + FakeArm.SUBSCRIPTION + GATEWAY, 7));
        Json.Obj before = arm.resource(taken);
        node("gw-a", time -> now.updateAndGet(each -> each.plus(time)),
                Circuits.with(Circuits.wanted("er-1"), CircuitSettings.State.PRESENT, List.of(new CircuitSettings.Gateway("rg-hub", "gw-hub")), 0)).apply("er-1", ALL, said::add);
        assertEquals(before, arm.resource(taken));
        assertTrue(arm.asked.stream().anyMatch(each -> each.matches("PUT .*/connections/er-1-gw-hub-[0-9a-f]{8}")), arm.asked.toString());
    }

    /** ARM's names have 80 characters. */
    @Test
    void longNamesOfLinksThatBeginAlikeStayDifferent() {
        String longest = "c".repeat(80);
        assertEquals(longest, LinkNames.shortened(longest));
        String one = LinkNames.shortened(longest + "-gw-1");
        assertEquals(80, one.length());
        assertFalse(one.equals(LinkNames.shortened(longest + "-gw-2")), one);
        assertEquals(one, LinkNames.shortened(longest + "-gw-1"));
    }
}
