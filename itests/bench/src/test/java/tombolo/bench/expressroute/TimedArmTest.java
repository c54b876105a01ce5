package tombolo.bench.expressroute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.azure.Arm;
import tombolo.api.azure.ArmAnswer;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmOperation;
import tombolo.api.azure.ArmProgress;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.AzureSubscription;
import tombolo.api.json.Json;

class TimedArmTest {
    private static final ArmRequest READ = ArmRequest.get("main", "/a", "1");

    /** An Azure that has no b, and takes every operation. */
    private static final class Azure implements Arm {
        private int calls;

        @Override
        public List<AzureSubscription> subscriptions() {
            return List.of();
        }

        @Override
        public ArmAnswer call(ArmRequest request) {
            calls++;
            if (request.path().equals("/b")) {
                throw new ArmException(ArmException.Reason.NOT_FOUND, ArmException.Applied.NO, "TMB-ARM-000 no b", Optional.empty(), Optional.empty());
            }
            return new ArmAnswer(200, Optional.of(Json.Obj.EMPTY), Optional.empty(), "r");
        }

        @Override
        public List<Json.Obj> list(ArmRequest request) {
            return List.of();
        }

        @Override
        public ArmOperation start(ArmRequest request) {
            return new ArmOperation("main", "POST /a", "/a", "1", "https://x", ArmOperation.Style.LOCATION, Instant.EPOCH, new ArmAnswer(202, Optional.empty(), Optional.empty(), "r"));
        }

        @Override
        public ArmProgress poll(ArmOperation operation) {
            return new ArmProgress.Succeeded(Optional.empty());
        }
    }

    @Test
    void whatWasAnsweredOnceIsAnsweredAgainWithoutAskingAlsoThatItIsNotThere() {
        Azure azure = new Azure();
        TimedArm arm = new TimedArm(azure, Duration.ZERO);
        ArmAnswer first = arm.call(READ);
        ArmRequest missing = ArmRequest.get("main", "/b", "1");
        assertThrows(ArmException.class, () -> arm.call(missing));
        arm.replay();
        assertSame(first, arm.call(READ));
        assertThrows(ArmException.class, () -> arm.call(missing));
        assertThrows(IllegalStateException.class, () -> arm.list(READ), "never asked before");
        assertEquals(2, azure.calls);
        assertEquals(2, arm.requests());
    }

    @Test
    void anOperationKeepsAzureBusyForAsLongAsItTakesAndTwoAtOnceNoLonger() {
        TimedArm arm = new TimedArm(new Azure(), Duration.ofHours(1));
        long start = System.nanoTime();
        arm.start(READ);
        arm.start(READ);
        long busy = arm.busyNanos(start + Duration.ofMinutes(30).toNanos());
        assertTrue(busy <= Duration.ofMinutes(30).toNanos() && busy > Duration.ofMinutes(29).toNanos(), "busy " + busy);
        arm.reset();
        assertEquals(0, arm.busyNanos(System.nanoTime()));
    }
}
