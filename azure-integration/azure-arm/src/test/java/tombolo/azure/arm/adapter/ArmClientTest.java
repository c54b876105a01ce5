package tombolo.azure.arm.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.azure.arm.adapter.ArmRig.CIRCUIT;
import static tombolo.azure.arm.adapter.ArmRig.SUB;
import static tombolo.azure.arm.adapter.ArmRig.VERSION;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.azure.ArmAnswer;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmException.Applied;
import tombolo.api.azure.ArmException.Reason;
import tombolo.api.azure.ArmRequest;
import tombolo.api.azure.ArmRequest.Method;
import tombolo.api.azure.AzureAccess;
import tombolo.api.config.AzureSettings;
import tombolo.api.config.AzureSettings.Cloud;
import tombolo.api.config.AzureSettings.Credential;
import tombolo.api.config.AzureSettings.Subscription;
import tombolo.api.json.Json;
import tombolo.azure.arm.adapter.FakeArm.Answer;

/** Requests that are answered at once, and everything that can go wrong with them. */
class ArmClientTest {
    private static final String GET = "GET " + SUB + CIRCUIT;
    private static final String PUT = "PUT " + SUB + CIRCUIT;
    private static final ArmRequest READ = ArmRequest.get("hub", CIRCUIT, VERSION);
    private static final ArmRequest WRITE = ArmRequest.put("hub", CIRCUIT, VERSION, Json.Obj.of("location", new Json.Text("westeurope")));
    private static final String BODY = "{\"name\":\"er-1\",\"etag\":\"W/\\\"1\\\"\",\"properties\":{\"provisioningState\":\"Succeeded\"}}";

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

    private ArmException refused(ArmRequest request) {
        return assertThrows(ArmException.class, () -> rig.arm.call(request));
    }

    private static ArmRequest of(Method method) {
        return new ArmRequest("hub", method, CIRCUIT, VERSION, method == Method.PUT || method == Method.PATCH ? Optional.of(Json.Obj.EMPTY) : Optional.empty(), Optional.empty(),
                Duration.ofSeconds(60));
    }

    @Test
    void aReadCarriesTheTokenTheVersionAndANumberOfOurs() {
        rig.fake.on(GET, Answer.of(200, BODY));
        ArmAnswer answer = rig.arm.call(READ);
        assertEquals(Optional.of("er-1"), answer.body().orElseThrow().text("name"));
        assertEquals(Optional.of("W/\"1\""), answer.etag());
        assertEquals("11111111-2222-3333-4444-555555555555", answer.requestId());
        FakeArm.Request asked = rig.fake.asked("GET ").getFirst();
        assertEquals(SUB + CIRCUIT + "?api-version=2024-05-01", asked.uri());
        assertEquals("Bearer T1", asked.header("Authorization"));
        assertEquals(36, asked.header("x-ms-client-request-id").length());
    }

    @Test
    void aPathFromSubscriptionsOnAndAQueryAreTakenAsTheyAre() {
        rig.fake.on("GET /subscriptions/other", Answer.of(200, "{}"));
        rig.arm.call(ArmRequest.get("hub", "/subscriptions/other/providers/X?$filter=a%20eq%20%27b%27", VERSION));
        assertEquals("/subscriptions/other/providers/X?$filter=a%20eq%20%27b%27&api-version=2024-05-01", rig.fake.asked("GET").getFirst().uri());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a b", "/a|b", "/a#b", "/resourceGroups/../../x", "/a?$filter=x y"})
    void aPathThatIsNoneIsRefusedBeforeItIsAskedFor(String path) {
        ArmException e = refused(ArmRequest.get("hub", path, VERSION));
        assertTrue(e.getMessage().startsWith("TMB-ARM-010 "), e.getMessage());
        assertEquals(List.of(), rig.fake.asked("GET"));
    }

    @Test
    void anEtagIsSentAndAChangedResourceSaysSo() {
        rig.fake.on(PUT, Answer.error(412, "PreconditionFailed", "The condition is not met."));
        ArmException e = refused(WRITE.withEtag("W/\"1\""));
        assertEquals(Reason.CHANGED, e.reason());
        assertEquals(Applied.NO, e.applied());
        assertEquals("W/\"1\"", rig.fake.asked(PUT).getFirst().header("If-Match"));
        assertEquals("{\"location\":\"westeurope\"}", rig.fake.asked(PUT).getFirst().body());
    }

    @ParameterizedTest
    @CsvSource({"403, AuthorizationFailed, FORBIDDEN, TMB-ARM-030", "404, ResourceNotFound, NOT_FOUND, TMB-ARM-031", "409, AnotherOperationInProgress, CONFLICT, TMB-ARM-032",
            "400, InvalidRequestFormat, REFUSED, TMB-ARM-034"})
    void whatArmRefusesIsToldWithItsCodeAndBothNumbersAndNotAskedAgain(int status, String code, Reason reason, String ours) {
        rig.fake.on(PUT, Answer.error(status, code, "Because of this."));
        ArmException e = refused(WRITE);
        assertEquals(reason, e.reason());
        assertEquals(Applied.NO, e.applied());
        assertEquals(code, e.error().orElseThrow().code());
        String number = rig.fake.asked(PUT).getFirst().header("x-ms-client-request-id");
        for (String word : List.of(ours + " ", "hub", "PUT expressRouteCircuits/er-1", code, "Because of this.", "11111111-2222-3333-4444-555555555555", number)) {
            assertTrue(e.getMessage().contains(word), word + " in " + e.getMessage());
        }
        assertEquals(1, rig.fake.asked(PUT).size());
    }

    @Test
    void theDetailsOfAnErrorAreReadAndNoTextForgesALine() {
        rig.fake.on(GET, Answer.of(400, "{\"error\":{\"code\":\"Bad\\nERROR forged\",\"message\":\"outer\",\"target\":\"vlanId\",\"details\":[{\"code\":\"VlanInUse\",\"message\":\"vlan 100 is taken\"}]}}"));
        ArmException e = refused(READ);
        assertFalse(e.getMessage().contains("\n"));
        assertEquals("vlanId", e.error().orElseThrow().target());
        assertEquals("VlanInUse", e.error().orElseThrow().details().getFirst().code());
        assertTrue(e.getMessage().contains("vlan 100 is taken"));
    }

    @Test
    void aVersionThatAzureDoesNotKnowNamesTheKey() {
        assertEquals("2025-05-01", rig.arm.networkVersion());
        rig.fake.on(GET, Answer.error(400, "InvalidApiVersionParameter", "The api-version '2025-05-01' is invalid. The supported versions are '2024-05-01'."));
        assertTrue(refused(READ).getMessage().contains("network-api-version"));
    }

    // ---- 429, and what may be asked twice ----

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH", "POST"})
    void tooManyRequestsIsWaitedOutAsLongAsArmSays(String method) {
        rig.fake.on(method + " " + SUB, Answer.error(429, "TooManyRequests", "Slow down.").with("Retry-After", "7"), Answer.of(200, "{}"));
        assertEquals(200, rig.arm.call(of(Method.valueOf(method))).status());
        Duration waited = rig.time.pauses.stream().reduce(Duration.ZERO, Duration::plus);
        assertTrue(waited.toMillis() >= 6_900 && waited.toMillis() < 10_000, waited.toString());
        assertEquals(2, rig.fake.asked(method).size() - (method.equals("POST") ? 1 : 0)); // the token is asked for by POST too
    }

    @Test
    void aWaitBeyondTheDeadlineIsNotBegunAndNobodyElseIsLetThroughMeanwhile() {
        rig.fake.on(GET, Answer.error(429, "TooManyRequests", "Slow down.").with("Retry-After", "300"));
        ArmException e = refused(READ);
        assertEquals(Reason.THROTTLED, e.reason());
        assertEquals(Optional.of(Duration.ofSeconds(300)), e.retryAfter());
        assertTrue(e.getMessage().startsWith("TMB-ARM-040 "), e.getMessage());
        ArmException next = refused(ArmRequest.get("hub", "/resourceGroups/other", VERSION));
        assertTrue(next.getMessage().startsWith("TMB-ARM-041 "), next.getMessage());
        assertTrue(next.retryAfter().orElseThrow().toSeconds() > 200);
        assertEquals(1, rig.fake.asked("GET").size());
        AzureAccess.Standing standing = rig.arm.standings().getFirst();
        assertEquals(1, standing.throttled());
        assertTrue(standing.budgets().getFirst().pausedUntil().isPresent());
        assertTrue(standing.budgets().get(1).pausedUntil().isEmpty(), "writes have an account of their own");
    }

    @Test
    void anotherOperationOnOneResourceHoldsUpNoOther() {
        rig.fake.on(PUT, Answer.error(429, "RetryableErrorDueToAnotherOperation", "Busy.").with("Retry-After", "300"));
        rig.fake.on("PUT " + SUB + "/resourceGroups/other", Answer.of(200, "{}"));
        assertEquals(Reason.THROTTLED, refused(WRITE).reason());
        assertEquals(200, rig.arm.call(ArmRequest.put("hub", "/resourceGroups/other", VERSION, Json.Obj.EMPTY)).status());
    }

    @ParameterizedTest
    @CsvSource({"GET, 503, 5, NO", "GET, 500, 5, NO", "GET, 504, 5, NO", "PUT, 503, 5, UNKNOWN", "DELETE, 503, 5, UNKNOWN", "PUT, 500, 1, UNKNOWN", "DELETE, 502, 1, UNKNOWN",
            "PATCH, 503, 1, UNKNOWN", "POST, 503, 1, UNKNOWN", "POST, 504, 1, UNKNOWN"})
    void whatMayHaveHappenedIsAskedAgainOnlyWhereTwiceIsTheSameAsOnce(String method, int status, int attempts, Applied applied) {
        rig.fake.on(method + " " + SUB, Answer.error(status, "InternalServerError", "x"));
        ArmException e = refused(of(Method.valueOf(method)));
        assertEquals(Reason.BROKEN, e.reason());
        assertEquals(applied, e.applied());
        assertEquals(attempts, rig.fake.asked(method + " " + SUB).size());
    }

    /** The first attempt may have begun the operation that the second one meets. */
    @Test
    void aRefusalBehindAnAnswerThatSaysNothingLeavesOpenWhetherItWasDone() {
        rig.fake.on(PUT, Answer.error(503, "ServiceUnavailable", "x"), Answer.error(409, "AnotherOperationInProgress", "x"));
        ArmException e = refused(WRITE);
        assertEquals(Reason.CONFLICT, e.reason());
        assertEquals(Applied.UNKNOWN, e.applied());
        rig.fake.on("DELETE " + SUB, Answer.error(503, "ServiceUnavailable", "x").with("x-ms-failure-cause", "gateway"), Answer.error(404, "ResourceNotFound", "x"));
        assertEquals(Applied.NO, refused(of(Method.DELETE)).applied(), "the gateway in front did not pass it on");
    }

    @Test
    void aFailureOfTheGatewayInFrontIsForCertainNotDone() {
        rig.fake.on("POST " + SUB, Answer.error(503, "ServerBusy", "x").with("x-ms-failure-cause", "gateway"));
        assertEquals(Applied.NO, refused(of(Method.POST)).applied());
    }

    @Test
    void anAnswerThatNeverComesEndsWithTheDeadline() {
        rig.fake.on(GET, Answer.of(200, "{}"));
        rig.arm.call(READ); // a token is held
        rig.fake.silent = "PUT ";
        ArmException e = assertThrows(ArmException.class, () -> rig.arm.call(new ArmRequest("hub", Method.PUT, CIRCUIT, VERSION, Optional.of(Json.Obj.EMPTY), Optional.empty(),
                Duration.ofSeconds(2))));
        assertEquals(Reason.UNREACHABLE, e.reason());
        assertEquals(Applied.UNKNOWN, e.applied());
        assertTrue(e.getMessage().startsWith("TMB-ARM-053 ") && e.getMessage().contains("look before asking again"), e.getMessage());
        assertTrue(rig.fake.asked("PUT ").size() <= 1, "never twice");
    }

    @Test
    void whereNobodyListensNothingWasDone() {
        rig.fake.close();
        ArmException e = refused(WRITE);
        assertEquals(Reason.UNREACHABLE, e.reason());
        assertEquals(Applied.NO, e.applied());
        assertTrue(e.getMessage().startsWith("TMB-ARM-022 "), e.getMessage());
        assertEquals(4, rig.time.pauses.size(), "asked again: it was never sent");
    }

    // ---- what the answer is ----

    @ParameterizedTest
    @ValueSource(strings = {"<html>Log in to the guest network</html>", "{\"name\":\"er-1\"", "[1]", "\"text\"", "{\"a\":1}{\"b\":2}"})
    void anAnswerThatIsNoJsonIsToldWithoutItsText(String body) {
        rig.fake.on(GET, Answer.of(200, body));
        ArmException e = refused(READ);
        assertEquals(Reason.BROKEN, e.reason());
        assertTrue(e.getMessage().startsWith("TMB-ARM-050 "), e.getMessage());
        assertFalse(e.getMessage().contains("guest") || e.getMessage().contains("er-1\""), e.getMessage());
        rig.fake.on(PUT, Answer.of(200, body));
        assertEquals(Applied.UNKNOWN, refused(WRITE).applied());
    }

    @Test
    void anAnswerWithoutEndIsCutOff() {
        rig.fake.on(GET, Answer.of(200, "{\"a\":\"" + "x".repeat(Wire.MOST_BYTES) + "\"}"));
        ArmException e = refused(READ);
        assertTrue(e.getMessage().startsWith("TMB-ARM-051 "), e.getMessage());
        assertEquals(1, rig.fake.asked("GET").size());
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        try (FakeArm other = new FakeArm()) {
            rig.fake.on(GET, Answer.of(307, "").with("Location", other.url() + "/elsewhere"));
            assertTrue(refused(READ).getMessage().startsWith("TMB-ARM-036 "));
            assertEquals(List.of(), other.requests);
        }
    }

    @Test
    void anOperationWhereAnAnswerWasWantedIsRefused() {
        rig.fake.on(PUT, Answer.of(202, ""));
        ArmException e = refused(WRITE);
        assertEquals(Applied.UNKNOWN, e.applied());
        assertTrue(e.getMessage().startsWith("TMB-ARM-037 "), e.getMessage());
    }

    // ---- lists ----

    @Test
    void aListIsReadPageByPageByTheLinksByteForByte() {
        String list = SUB + "/providers/Microsoft.Network/expressRouteCircuits";
        String link = rig.fake.url() + list + "?api-version=2024-05-01&$skipToken=a%2Fb%2fc+d==";
        rig.fake.on("GET " + list + "?api-version=2024-05-01&$skip", Answer.of(200, "{\"value\":[{\"name\":\"c\"}]}"));
        rig.fake.on("GET " + list, Answer.of(200, "{\"value\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"nextLink\":\"" + link + "\"}"));
        List<Json.Obj> items = rig.arm.list(ArmRequest.get("hub", "/providers/Microsoft.Network/expressRouteCircuits", VERSION));
        assertEquals("a b c", items.stream().map(item -> item.text("name").orElseThrow()).collect(Collectors.joining(" ")));
        assertEquals(link, rig.fake.url() + rig.fake.asked("GET").getLast().uri());
    }

    @Test
    void aListThatGoesOnElsewhereOrForeverIsRefused() throws Exception {
        try (FakeArm other = new FakeArm()) {
            rig.fake.on(GET, Answer.of(200, "{\"value\":[],\"nextLink\":\"" + other.url() + "/x\"}"));
            ArmException e = assertThrows(ArmException.class, () -> rig.arm.list(READ));
            assertTrue(e.getMessage().startsWith("TMB-ARM-072 "), e.getMessage());
            assertEquals(List.of(), other.requests, "the token went nowhere else");
        }
        rig.fake.on(GET, Answer.of(200, "{\"value\":[],\"nextLink\":\"" + rig.fake.url() + SUB + CIRCUIT + "\"}"));
        assertTrue(assertThrows(ArmException.class, () -> rig.arm.list(new ArmRequest("hub", Method.GET, CIRCUIT, VERSION, Optional.empty(), Optional.empty(),
                ArmRequest.LONGEST))).getMessage().startsWith("TMB-ARM-070 "));
        assertTrue(rig.fake.asked("GET").size() >= ArmClient.MOST_PAGES);
        rig.fake.on(GET, Answer.of(200, "{\"items\":[]}"));
        assertTrue(assertThrows(ArmException.class, () -> rig.arm.list(READ)).getMessage().startsWith("TMB-ARM-073 "));
    }

    // ---- the node's part of the account ----

    @Test
    void writesBeyondTheAccountWaitAndWhatArmSaysIsLeftCounts() {
        rig.fake.on(PUT, Answer.of(200, "{}").with("x-ms-ratelimit-remaining-subscription-writes", "0").with("x-ms-ratelimit-remaining-subscription-global-writes", "5999"));
        IntStream.range(0, 3).forEach(_ -> rig.arm.call(WRITE));
        assertEquals(3, rig.fake.asked(PUT).size());
        assertEquals(200, rig.time.pauses.stream().mapToLong(Duration::toMillis).sum(), 1, "ARM said that none is left: one more comes back in a tenth of a second");
        AzureAccess.Budget writes = rig.arm.standings().getFirst().budgets().get(1);
        assertEquals("writes", writes.kind());
        assertEquals(0, writes.told().orElseThrow());
        assertEquals(200, writes.most());
    }

    // ---- settings ----

    @Test
    void aSubscriptionThatIsNotThereIsNamedWithThoseThatAre() {
        ArmException e = refused(ArmRequest.get("spoke", CIRCUIT, VERSION));
        assertEquals(Reason.NOT_CONFIGURED, e.reason());
        assertTrue(e.getMessage().startsWith("TMB-ARM-001 ") && e.getMessage().contains("hub"), e.getMessage());
        assertThrows(ArmException.class, () -> rig.arm.check("spoke"));
    }

    @Test
    void aCustomCloudWithoutEndpointsIsToldAndTheOthersGoOn() {
        rig.arm.settings(AzureSettings.DEFAULT.withSubscriptions(java.util.Map.of("lab", new Subscription("lab", ArmRig.ID, Optional.of(Cloud.CUSTOM), new Credential.Arc()),
                "prod", new Subscription("prod", ArmRig.ID, Optional.empty(), new Credential.Arc()), "gov", new Subscription("gov", ArmRig.ID, Optional.of(Cloud.USGOV), new Credential.Arc()))));
        assertTrue(refused(ArmRequest.get("lab", CIRCUIT, VERSION)).getMessage().startsWith("TMB-ARM-002 "));
        assertEquals(List.of("gov usgov https://management.usgovcloudapi.net", "lab custom ", "prod public https://management.azure.com"),
                rig.arm.standings().stream().map(one -> one.subscription().name() + " " + one.subscription().cloud() + " " + one.endpoint()).toList());
    }

    @Test
    void aCheckShowsTokenSubscriptionAndClock() {
        rig.fake.on("GET " + SUB + "?", Answer.of(200, "{\"subscriptionId\":\"" + ArmRig.ID + "\",\"displayName\":\"Hub\",\"state\":\"Enabled\"}"));
        AzureAccess.Check check = rig.arm.check("hub");
        assertTrue(check.good(), check.toString());
        assertEquals(List.of("settings", "token", "subscription", "clock"), check.steps().stream().map(AzureAccess.Step::name).toList());
        rig.fake.on("GET " + SUB + "?", Answer.of(200, "{\"subscriptionId\":\"" + ArmRig.ID + "\",\"displayName\":\"Hub\",\"state\":\"Disabled\"}"));
        assertFalse(rig.arm.check("hub").good());
        rig.fake.on("GET " + SUB + "?", Answer.error(404, "SubscriptionNotFound", "x"));
        assertTrue(rig.arm.check("hub").steps().getLast().found().startsWith("TMB-ARM-031 "));
    }

    @Test
    void anotherSubscriptionLeavesTheTokenAndTheAccountOfThisOneAlone() {
        rig.fake.on(GET, Answer.of(200, BODY));
        rig.arm.call(READ);
        AzureSettings before = rig.settings();
        java.util.Map<String, Subscription> more = new java.util.TreeMap<>(before.subscriptions());
        more.put("spoke", new Subscription("spoke", ArmRig.ID, Optional.empty(), new Credential.Arc()));
        rig.arm.settings(before.withSubscriptions(more));
        rig.arm.call(READ);
        assertEquals(1, rig.fake.askedOfTokens().size());
        assertEquals(List.of(2L, 0L), rig.arm.standings().stream().map(AzureAccess.Standing::requests).toList());
        rig.arm.settings(before.withSubscriptions(java.util.Map.of()));
        assertEquals(Reason.NOT_CONFIGURED, refused(READ).reason());
        assertEquals(List.of(), rig.arm.subscriptions());
    }

    @Test
    void aClosedClientLeavesNoThreadBehind() throws Exception {
        rig.fake.on(GET, Answer.of(200, BODY));
        List<Thread> before = ofHttp();
        rig.arm.call(READ);
        List<Thread> ours = ofHttp().stream().filter(thread -> !before.contains(thread)).toList();
        assertFalse(ours.isEmpty());
        rig.arm.close();
        ArmRig.until("its threads have ended", () -> ours.stream().noneMatch(Thread::isAlive));
    }

    private static List<Thread> ofHttp() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().startsWith("HttpClient-")).toList();
    }

    @Test
    void aClosedClientAsksNobody() {
        rig.arm.close();
        ArmException e = refused(READ);
        assertEquals(Reason.UNREACHABLE, e.reason());
        assertTrue(e.getMessage().contains("stopping"), e.getMessage());
        assertEquals(List.of(), rig.fake.requests);
    }
}
