package tombolo.azure.expressroute.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmAnswer;
import tombolo.api.azure.ArmOperation;
import tombolo.api.azure.ArmProgress;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.expressroute.ExpressRouteException;
import tombolo.api.json.Json;
import tombolo.azure.expressroute.core.Circuits;

/** Which operations in flight a start takes up. */
class ResumeTest extends NodeRig {
    /** Such as another customer's, which is linked by its id. */
    @Test
    void whatIsInFlightForACircuitThatNoFileDescribesIsTakenUpAtTheStart() {
        arm.put(GATEWAY, Json.Obj.EMPTY.with("location", "westeurope").with("properties", Json.Obj.EMPTY.with("gatewayType", "ExpressRoute")));
        arm.running = 5;
        ExpressRouteNode dying = node("gw-a", _ -> {
            throw new InterruptedException();
        });
        String theirs = "/subscriptions/00000000-0000-0000-0000-000000000009/resourceGroups/rg-er/providers/Microsoft.Network/expressRouteCircuits/theirs";
        ExpressRouteException left = assertThrows(ExpressRouteException.class, () -> dying.createLink(theirs, "rg-hub/gw-hub", Optional.of("main"), Optional.of("the-key"), OptionalInt.empty(), false, said::add));
        assertTrue(Thread.interrupted());
        assertTrue(left.getMessage().startsWith("TMB-ER-212") && !left.getMessage().contains("er:apply"), left.getMessage());
        assertEquals(1, Operations.all(store).size());
        node("gw-a", time -> now.updateAndGet(each -> each.plus(time))).resume();
        assertTrue(store.entries.isEmpty());
        assertEquals(1, arm.asked.size());
    }

    @Test
    void whatIsInFlightInSubscriptionsOfOtherGatewaysIsLeftToThem() {
        arm.running = 5;
        ExpressRouteNode dying = node("gw-a", _ -> {
            throw new InterruptedException();
        }, Circuits.wanted("er-1"));
        assertThrows(ExpressRouteException.class, () -> dying.apply("er-1", ALL, said::add));
        assertTrue(Thread.interrupted());
        int polled = arm.polled.size();
        ExpressRouteNode other = node("gw-b", _ -> { });
        other.armSlot().set(new Elsewhere(arm));
        other.resume();
        assertEquals(1, Operations.all(store).size());
        assertEquals(polled, arm.polled.size());
    }

    /** Knows other subscriptions. */
    private record Elsewhere(Arm azure) implements Arm {
        @Override
        public List<AzureSubscription> subscriptions() {
            return List.of(new AzureSubscription("other", "00000000-0000-0000-0000-000000000008", "public"));
        }

        @Override
        public ArmAnswer call(ArmRequest request) {
            return azure.call(request);
        }

        @Override
        public List<Json.Obj> list(ArmRequest request) {
            return azure.list(request);
        }

        @Override
        public ArmOperation start(ArmRequest request) {
            return azure.start(request);
        }

        @Override
        public ArmProgress poll(ArmOperation operation) {
            return azure.poll(operation);
        }
    }
}
