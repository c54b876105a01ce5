package tombolo.azure.arm.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.azure.arm.adapter.ArmRig.CIRCUIT;
import static tombolo.azure.arm.adapter.ArmRig.SUB;
import static tombolo.azure.arm.adapter.ArmRig.VERSION;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmException.Applied;
import tombolo.api.azure.ArmOperation;
import tombolo.api.azure.ArmOperation.Style;
import tombolo.api.azure.ArmProgress;
import tombolo.api.azure.ArmProgress.Failed;
import tombolo.api.azure.ArmProgress.Running;
import tombolo.api.azure.ArmProgress.Succeeded;
import tombolo.api.azure.ArmRequest;
import tombolo.api.json.Json;
import tombolo.azure.arm.adapter.FakeArm.Answer;

/** Operations that take time, in the shapes of Microsoft's "track asynchronous operations" and in those that its services are known to answer with. */
class OperationsTest {
    private static final String LOCATIONS = SUB + "/providers/Microsoft.Network/locations/westeurope";
    private static final String STATUS = LOCATIONS + "/operations/op-1?api-version=2024-05-01";
    private static final String RESULT = LOCATIONS + "/operationResults/op-1?api-version=2024-05-01";
    private static final ArmRequest PUT = ArmRequest.put("hub", CIRCUIT, VERSION, Json.Obj.EMPTY);
    private static final ArmRequest DELETE = ArmRequest.delete("hub", CIRCUIT, VERSION);
    private static final ArmRequest TABLE = ArmRequest.post("hub", CIRCUIT + "/peerings/AzurePrivatePeering/arpTables/primary", VERSION);
    private static final String UPDATING = "{\"name\":\"er-1\",\"properties\":{\"provisioningState\":\"Updating\"}}";
    private static final String DONE = "{\"name\":\"er-1\",\"properties\":{\"provisioningState\":\"Succeeded\",\"serviceKey\":\"k\"}}";

    @TempDir
    Path folder;
    private ArmRig rig;

    @BeforeEach
    void open() {
        rig = new ArmRig(folder);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private Answer async(int status, String body) {
        return Answer.of(status, body).with("azure-asyncoperation", rig.fake.url() + STATUS).with("Retry-After", "10");
    }

    private static Answer state(String word) {
        return Answer.of(200, "{\"status\":\"" + word + "\"}");
    }

    @Test
    void aPutIsPolledByItsStatusAndThenTheResourceIsRead() {
        rig.fake.on("PUT " + SUB + CIRCUIT, async(201, UPDATING));
        rig.fake.on("GET " + STATUS, state("InProgress").with("Retry-After", "13"), state("Succeeded"));
        rig.fake.on("GET " + SUB + CIRCUIT, Answer.of(200, DONE));
        ArmOperation operation = rig.arm.start(PUT);
        assertEquals(Style.ASYNC_OPERATION, operation.style());
        assertEquals(rig.fake.url() + STATUS, operation.url());
        assertEquals("PUT expressRouteCircuits/er-1", operation.what());
        assertEquals(Optional.of("er-1"), operation.answer().body().orElseThrow().text("name"));
        assertEquals(new Running("InProgress", Duration.ofSeconds(13)), rig.arm.poll(operation));
        Succeeded end = assertInstanceOf(Succeeded.class, rig.arm.poll(operation));
        assertEquals(Optional.of("k"), end.result().orElseThrow().object("properties").orElseThrow().text("serviceKey"));
        assertEquals(1, rig.fake.asked("PUT").size());
    }

    @Test
    void aStoredOperationIsPolledByAnotherClientAfterARestart() {
        rig.fake.on("PUT " + SUB + CIRCUIT, async(200, UPDATING));
        rig.fake.on("GET " + STATUS, state("Updating"));
        ArmOperation stored = rig.arm.start(PUT);
        try (ArmRig later = new ArmRig(folder, rig.fake)) {
            assertInstanceOf(Running.class, later.arm.poll(stored));
        }
        assertEquals(1, rig.fake.asked("PUT").size());
    }

    /** Observed in August 2026: more than 4 kB of signature and certificate in the query; Microsoft asks clients to take at least 4 kB. */
    @ParameterizedTest
    @ValueSource(ints = {4_096, 5_000, 8_192, 30_000})
    void aPollingUrlOfManyKilobytesIsAskedByteForByte(int length) {
        Random random = new Random(length);
        StringBuilder signed = new StringBuilder(STATUS).append("&t=638967&c=MIIH%2bz%2Bx+a/b:;=,~!$'()*&s=");
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        while (signed.length() < length) {
            signed.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        String url = signed.append("&h=x%3d%3D&e=").toString();
        rig.fake.on("PUT " + SUB + CIRCUIT, Answer.of(201, UPDATING).with("Azure-AsyncOperation", rig.fake.url() + url));
        rig.fake.on("GET " + STATUS, state("InProgress"));
        rig.arm.poll(rig.arm.start(PUT));
        assertEquals(url, rig.fake.asked("GET").getLast().uri());
    }

    @Test
    void aDeleteEndsWithoutAResult() {
        rig.fake.on("DELETE " + SUB + CIRCUIT, async(202, "").with("Location", rig.fake.url() + RESULT));
        rig.fake.on("GET " + STATUS, state("Deleting"), state("Succeeded"));
        ArmOperation operation = rig.arm.start(DELETE);
        assertEquals(Style.ASYNC_OPERATION, operation.style());
        assertInstanceOf(Running.class, rig.arm.poll(operation));
        assertEquals(new Succeeded(Optional.empty()), rig.arm.poll(operation));
    }

    @Test
    void theResultOfAPostStandsAtItsLocation() {
        rig.fake.on("POST " + SUB + CIRCUIT, async(202, "").with("Location", rig.fake.url() + RESULT));
        rig.fake.on("GET " + RESULT, Answer.of(202, "").with("Retry-After", "3"), Answer.of(200, "{\"value\":[{\"age\":3,\"interface\":\"On-Prem\",\"ipAddress\":\"10.0.0.1\"}]}"));
        ArmOperation operation = rig.arm.start(TABLE);
        assertEquals(Style.LOCATION, operation.style());
        assertEquals(new Running("Accepted", Duration.ofSeconds(3)), rig.arm.poll(operation));
        Succeeded end = assertInstanceOf(Succeeded.class, rig.arm.poll(operation));
        assertEquals(1, end.result().orElseThrow().array("value").size());
    }

    @Test
    void aPostWithItsStatusAloneHasItsResultThere() {
        rig.fake.on("POST " + SUB + CIRCUIT, async(202, ""));
        rig.fake.on("GET " + STATUS, Answer.of(200, "{\"status\":\"Succeeded\",\"properties\":{\"output\":{\"value\":[]}}}"));
        assertEquals(new Succeeded(Optional.of(Json.Obj.of("value", Json.Arr.EMPTY))), rig.arm.poll(rig.arm.start(TABLE)));
    }

    @Test
    void whatIsAnsweredAtOnceIsDone() {
        rig.fake.on("PUT " + SUB + CIRCUIT, Answer.of(201, DONE));
        rig.fake.on("DELETE " + SUB + CIRCUIT, Answer.of(204, ""));
        ArmOperation operation = rig.arm.start(PUT);
        assertTrue(operation.done());
        assertEquals(Optional.of("er-1"), operation.result().orElseThrow().text("name"));
        assertEquals(new Succeeded(operation.result()), rig.arm.poll(operation));
        assertTrue(rig.arm.start(DELETE).done());
        assertEquals(List.of(), rig.fake.asked("GET"));
    }

    @Test
    void withoutEitherHeaderTheProvisioningStateSaysHowItGoes() {
        rig.fake.on("PUT " + SUB + CIRCUIT, Answer.of(200, UPDATING));
        rig.fake.on("GET " + SUB + CIRCUIT, Answer.of(200, UPDATING), Answer.of(200, DONE));
        ArmOperation operation = rig.arm.start(PUT);
        assertEquals(Style.RESOURCE, operation.style());
        assertEquals("Updating", assertInstanceOf(Running.class, rig.arm.poll(operation)).status());
        assertInstanceOf(Succeeded.class, rig.arm.poll(operation));
        rig.fake.on("DELETE " + SUB + CIRCUIT, Answer.of(202, ""));
        rig.fake.on("GET " + SUB + CIRCUIT, Answer.of(200, "{\"properties\":{\"provisioningState\":\"Deleting\"}}"), Answer.error(404, "ResourceNotFound", "gone"));
        ArmOperation removal = rig.arm.start(DELETE);
        assertEquals("Deleting", assertInstanceOf(Running.class, rig.arm.poll(removal)).status());
        assertEquals(new Succeeded(Optional.empty()), rig.arm.poll(removal));
    }

    @Test
    void aPostThatCannotBeFollowedIsToldAndNotMadeAgain() {
        rig.fake.on("POST " + SUB + CIRCUIT, Answer.of(202, ""));
        ArmException e = assertThrows(ArmException.class, () -> rig.arm.start(TABLE));
        assertTrue(e.getMessage().startsWith("TMB-ARM-060 "), e.getMessage());
        assertEquals(Applied.UNKNOWN, e.applied());
        assertEquals(1, rig.fake.asked("POST " + SUB).size());
    }

    // ---- how it fails ----

    @Test
    void aFailedOperationIsAnAnswerWithItsReasons() {
        rig.fake.on("PUT " + SUB + CIRCUIT, async(201, UPDATING));
        rig.fake.on("GET " + STATUS, Answer.of(200, "{\"status\":\"Failed\",\"error\":{\"code\":\"CircuitBandwidthInvalid\",\"message\":\"No such bandwidth.\",\"details\":[{\"code\":\"X\",\"message\":\"y\"}]}}"));
        Failed failed = assertInstanceOf(Failed.class, rig.arm.poll(rig.arm.start(PUT)));
        assertEquals("CircuitBandwidthInvalid", failed.error().code());
        assertEquals("y", failed.error().details().getFirst().message());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Canceled", "Cancelled", "canceled"})
    void aCanceledOperationSaysSo(String word) {
        rig.fake.on("PUT " + SUB + CIRCUIT, async(201, UPDATING));
        rig.fake.on("GET " + STATUS, state(word));
        assertEquals("Canceled", assertInstanceOf(Failed.class, rig.arm.poll(rig.arm.start(PUT))).error().code());
    }

    @Test
    void aLocationThatEndsWithAnErrorIsAFailure() {
        rig.fake.on("POST " + SUB + CIRCUIT, Answer.of(202, "").with("Location", rig.fake.url() + RESULT));
        rig.fake.on("GET " + RESULT, Answer.error(409, "PeeringDown", "No table."));
        assertEquals("PeeringDown", assertInstanceOf(Failed.class, rig.arm.poll(rig.arm.start(TABLE))).error().code());
    }

    @Test
    void aResourceThatEndsAsFailedIsAFailure() {
        rig.fake.on("PUT " + SUB + CIRCUIT, Answer.of(200, UPDATING));
        rig.fake.on("GET " + SUB + CIRCUIT, Answer.of(200, "{\"properties\":{\"provisioningState\":\"Failed\"}}"));
        assertEquals("Failed", assertInstanceOf(Failed.class, rig.arm.poll(rig.arm.start(PUT))).error().code());
    }

    @Test
    void anOperationThatArmHasForgottenIsJudgedByItsResource() {
        rig.fake.on("PUT " + SUB + CIRCUIT, async(201, UPDATING));
        rig.fake.on("DELETE " + SUB + CIRCUIT, async(202, ""));
        rig.fake.on("GET " + STATUS, Answer.error(404, "OperationNotFound", "expired"));
        rig.fake.on("GET " + SUB + CIRCUIT, Answer.of(200, DONE), Answer.error(404, "ResourceNotFound", "gone"), Answer.error(404, "ResourceNotFound", "gone"));
        assertInstanceOf(Succeeded.class, rig.arm.poll(rig.arm.start(PUT)));
        assertEquals("ResourceNotFound", assertInstanceOf(Failed.class, rig.arm.poll(rig.arm.start(PUT))).error().code(), "deleted behind our back");
        assertEquals(new Succeeded(Optional.empty()), rig.arm.poll(rig.arm.start(DELETE)));
    }

    @Test
    void anOperationThatNeverEndsIsRunningAndToldOfAndAskedForLessAndLess() {
        rig.fake.on("PUT " + SUB + CIRCUIT, Answer.of(201, UPDATING).with("Azure-AsyncOperation", rig.fake.url() + STATUS));
        rig.fake.on("GET " + STATUS, state("InProgress"));
        ArmOperation operation = rig.arm.start(PUT);
        Duration before = assertInstanceOf(Running.class, rig.arm.poll(operation)).again();
        assertEquals(Duration.ofSeconds(10), before);
        for (int hours = 0; hours < 5; hours++) {
            rig.time.jump(Duration.ofHours(1));
            Duration again = assertInstanceOf(Running.class, rig.arm.poll(operation)).again();
            assertTrue(again.compareTo(before) >= 0, again.toString());
            before = again;
        }
        assertEquals(Duration.ofMinutes(2), before);
        assertEquals("InProgress", rig.arm.standings().getFirst().operations().getFirst().status());
        assertTrue(rig.fake.askedOfTokens().size() > 1, "the token ended meanwhile, and another was asked for");
    }

    @Test
    void troubleWithAPollIsNoEndOfTheOperation() {
        rig.fake.on("PUT " + SUB + CIRCUIT, async(201, UPDATING));
        rig.fake.on("GET " + STATUS, Answer.error(503, "ServerBusy", "x"), Answer.error(429, "TooManyRequests", "x").with("Retry-After", "2"), state("Succeeded"));
        rig.fake.on("GET " + SUB + CIRCUIT, Answer.of(200, DONE));
        ArmOperation operation = rig.arm.start(PUT);
        assertInstanceOf(Succeeded.class, rig.arm.poll(operation));
        rig.fake.on("GET " + STATUS, Answer.of(200, "<html>"));
        assertTrue(assertThrows(ArmException.class, () -> rig.arm.poll(operation)).getMessage().startsWith("TMB-ARM-050 "));
        rig.fake.on("GET " + STATUS, Answer.of(200, "{}"));
        assertTrue(assertThrows(ArmException.class, () -> rig.arm.poll(operation)).getMessage().startsWith("TMB-ARM-065 "));
    }

    // ---- where the token goes ----

    @Test
    void aPollingUrlOfAForeignHostGetsNoToken() throws Exception {
        try (FakeArm other = new FakeArm()) {
            rig.fake.on("PUT " + SUB + CIRCUIT, Answer.of(201, UPDATING).with("Azure-AsyncOperation", other.url() + STATUS));
            ArmException e = assertThrows(ArmException.class, () -> rig.arm.start(PUT));
            assertTrue(e.getMessage().startsWith("TMB-ARM-061 "), e.getMessage());
            assertEquals(Applied.UNKNOWN, e.applied());
            ArmOperation forged = new ArmOperation("hub", "PUT x", CIRCUIT, VERSION, other.url() + STATUS, Style.ASYNC_OPERATION, rig.time.now(),
                    new tombolo.api.azure.ArmAnswer(201, Optional.empty(), Optional.empty(), ""));
            assertThrows(ArmException.class, () -> rig.arm.poll(forged));
            assertEquals(List.of(), other.requests);
        }
    }

    @Test
    void aPollingUrlThatIsNoneIsTold() {
        rig.fake.on("PUT " + SUB + CIRCUIT, Answer.of(201, UPDATING).with("Azure-AsyncOperation", rig.fake.url() + "/a b|c"));
        assertTrue(assertThrows(ArmException.class, () -> rig.arm.start(PUT)).getMessage().startsWith("TMB-ARM-063 "));
    }

    @Test
    void anotherOperationOnTheCircuitIsAConflictAndNotWaitedFor() {
        rig.fake.on("PUT " + SUB + CIRCUIT, Answer.error(409, "AnotherOperationInProgress", "Another operation is in progress.").with("Retry-After", "10"));
        ArmException e = assertThrows(ArmException.class, () -> rig.arm.start(PUT));
        assertEquals(ArmException.Reason.CONFLICT, e.reason());
        assertEquals(Applied.NO, e.applied());
        assertEquals(Optional.of(Duration.ofSeconds(10)), e.retryAfter());
        assertTrue(e.getMessage().contains("Another operation works on it"), e.getMessage());
        assertEquals(1, rig.fake.asked("PUT").size());
    }

    @Test
    void everyProgressIsOneOfThree() {
        rig.fake.on("PUT " + SUB + CIRCUIT, async(201, UPDATING));
        rig.fake.on("GET " + STATUS, state("SomethingNew"));
        ArmProgress progress = rig.arm.poll(rig.arm.start(PUT));
        assertEquals("SomethingNew", assertInstanceOf(Running.class, progress).status());
    }
}
