package tombolo.azure.simulator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.azure.simulator.SimulatorSettings.HeaderStyle;

/** What a client has to live with: tokens, budgets, long-running operations, faults. */
class BehaviourTest {
    private static final String ONE = Cloud.GROUP + "expressRouteCircuits/er-1";
    private static final String TOKEN = "/" + Main.TENANT + "/oauth2/v2.0/token";
    @TempDir
    private Path folder;
    private Cloud cloud;

    @BeforeEach
    void start() {
        cloud = new Cloud(folder);
    }

    @AfterEach
    void stop() {
        cloud.close();
    }

    @Test
    void aTokenExpiresAndAWrongSecretIsRefusedInTheDirectorysWords() {
        assertEquals(200, cloud.get("/subscriptions").status());
        cloud.clock.advance(Duration.ofHours(2));
        Cloud.Answer late = cloud.get("/subscriptions");
        assertEquals(401, late.status());
        assertEquals("ExpiredAuthenticationToken", late.code());
        assertTrue(late.header("WWW-Authenticate").startsWith("Bearer "));
        String form = "grant_type=client_credentials&scope=https%3A%2F%2Fmanagement.azure.com%2F.default&client_id=";
        assertTrue(cloud.form(TOKEN, form + Main.CIRCUIT_CLIENT + "&client_secret=no").text("error_description").startsWith("AADSTS7000215:"));
        assertTrue(cloud.form(TOKEN, form + "nobody&client_secret=no").text("error_description").startsWith("AADSTS700016:"));
        assertTrue(cloud.form("/nowhere/oauth2/v2.0/token", form + "x").text("error_description").startsWith("AADSTS90002:"));
    }

    @Test
    void anAssertionIsTakenFromARegisteredKeyWithinItsTime() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair keys = generator.generateKeyPair();
        cloud.azure.directory().application(Main.TENANT, "app").certificate(keys.getPublic()).federated("https://issuer.invalid", "edge-node", keys.getPublic()).mayUse(Main.CIRCUIT_SUBSCRIPTION);
        long now = cloud.clock.instant().getEpochSecond();
        String audience = cloud.azure.endpoint() + TOKEN;
        assertEquals(200, assertion(keys, "app", "app", audience, now).status());
        assertEquals(200, assertion(keys, "https://issuer.invalid", "edge-node", "api://AzureADTokenExchange", now).status());
        assertTrue(assertion(keys, "https://issuer.invalid", "other", "api://AzureADTokenExchange", now).text("error_description").startsWith("AADSTS70021:"));
        assertTrue(assertion(keys, "app", "app", audience, now + 3_600).text("error_description").startsWith("AADSTS700024:"), "a clock ahead by an hour");
        assertTrue(assertion(generator.generateKeyPair(), "app", "app", audience, now).text("error_description").startsWith("AADSTS700027:"));
    }

    private Cloud.Answer assertion(KeyPair keys, String issuer, String subject, String audience, long now) throws Exception {
        Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
        String head = encoder.encodeToString("{\"alg\":\"RS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));
        String claims = encoder.encodeToString(("{\"iss\":\"" + issuer + "\",\"sub\":\"" + subject + "\",\"aud\":\"" + audience + "\",\"nbf\":" + now + ",\"exp\":" + (now + 600) + "}").getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initSign(keys.getPrivate());
        signature.update((head + "." + claims).getBytes(StandardCharsets.US_ASCII));
        return cloud.form(TOKEN, "grant_type=client_credentials&scope=x%2F.default&client_id=app&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion="
                + head + "." + claims + "." + encoder.encodeToString(signature.sign()));
    }

    @Test
    void theMachinesIdentityIsServedAsImdsAndAsArc() throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            String query = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F";
            assertEquals(400, ask(http, cloud.azure.imdsEndpoint() + query).statusCode(), "without the Metadata header");
            HttpResponse<String> token = ask(http, cloud.azure.imdsEndpoint() + query, "Metadata", "true");
            assertEquals(200, token.statusCode());
            assertTrue(token.body().contains("\"expires_in\":\"3600\""), token.body());
            HttpResponse<String> challenge = ask(http, cloud.azure.arcEndpoint() + query, "Metadata", "true");
            assertEquals(401, challenge.statusCode());
            String realm = challenge.headers().firstValue("WWW-Authenticate").orElseThrow();
            Path file = Path.of(realm.substring("Basic realm=".length()));
            assertEquals(200, ask(http, cloud.azure.arcEndpoint() + query, "Metadata", "true", "Authorization", "Basic " + Files.readString(file)).statusCode());
            assertFalse(Files.exists(file), "a challenge is good once");
        }
    }

    private static HttpResponse<String> ask(HttpClient http, String url, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
        return http.send((headers.length > 0 ? request.headers(headers) : request).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void pollingUrlsAreLongAndMustComeBackToTheByte() {
        Cloud.Answer created = cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 200));
        String url = created.header("Azure-AsyncOperation");
        assertTrue(url.length() > 5_000, "length " + url.length());
        assertEquals("0", created.header("Retry-After"));
        assertEquals(200, cloud.poll(url).status());
        assertEquals("InvalidOperationSignature", cloud.poll(url.replace("%2b", "%2B")).code(), "a client that normalises is found out");
    }

    @Test
    void bothStylesOfPollingHeadersAreServed() {
        for (HeaderStyle style : HeaderStyle.values()) {
            try (Cloud other = new Cloud(folder.resolve(style.name()), settings -> settings.style(style))) {
                Cloud.Answer created = other.put(ONE, Cloud.circuit("Standard_MeteredData", 200));
                assertEquals(style != HeaderStyle.LOCATION, !created.header("Azure-AsyncOperation").isEmpty(), style.name());
                assertEquals(style != HeaderStyle.ASYNC_OPERATION, !created.header("Location").isEmpty(), style.name());
                if (style == HeaderStyle.LOCATION) {
                    assertEquals(202, created.status());
                    assertEquals(202, other.poll(created.header("Location")).status());
                    other.finish();
                    assertEquals("er-1", other.poll(created.header("Location")).text("name"));
                }
            }
        }
    }

    @Test
    void budgetsRunOutSayWhenToComeBackAndFillAgain() {
        try (Cloud poor = new Cloud(folder.resolve("poor"), settings -> settings.buckets(new SimulatorSettings.Buckets(3, 1, 2, 1)))) {
            String list = Cloud.GROUP + "expressRouteCircuits";
            assertEquals("2", poor.get(list).header("x-ms-ratelimit-remaining-subscription-reads"));
            poor.get(list);
            poor.get(list);
            Cloud.Answer spent = poor.get(list);
            assertEquals(429, spent.status());
            assertEquals("1", spent.header("Retry-After"));
            poor.clock.advance(Duration.ofSeconds(1));
            assertEquals(200, poor.get(list).status());
            assertEquals("1", poor.put(ONE, Cloud.circuit("Standard_MeteredData", 200)).header("x-ms-ratelimit-remaining-subscription-writes"), "writes have their own");
        }
    }

    @Test
    void operationsFailEndCanceledOrNeverEndAsATestWants() {
        cloud.azure.failOperation("PUT .*er-1$", 1, "InternalServerError", "on demand");
        Cloud.Answer failing = cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 200));
        cloud.finish();
        Cloud.Answer failed = cloud.poll(failing.header("Azure-AsyncOperation"));
        assertEquals("Failed", failed.text("status"));
        assertEquals("on demand", failed.text("error.message"));
        assertEquals("Failed", cloud.get(ONE).text("properties.provisioningState"));
        cloud.azure.cancelOperation("PUT", 1);
        Cloud.Answer canceled = cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 200));
        cloud.finish();
        assertEquals("Canceled", cloud.poll(canceled.header("Azure-AsyncOperation")).text("status"));
        cloud.azure.stallOperation("PUT", 1);
        Cloud.Answer stuck = cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 200));
        cloud.clock.advance(Duration.ofMinutes(50));
        assertEquals("InProgress", cloud.poll(stuck.header("Azure-AsyncOperation")).text("status"));
        assertEquals("AnotherOperationInProgress", cloud.delete(ONE).code());
    }

    @Test
    void callsFailAsATestWantsAndThenWorkAgain() {
        cloud.azure.fail("GET .*/expressRouteCircuits$", 1, new Misfortune.Refused(503, "ServiceUnavailable", "later", Map.of("Retry-After", "7")));
        Cloud.Answer refused = cloud.get(Cloud.GROUP + "expressRouteCircuits");
        assertEquals(503, refused.status());
        assertEquals("7", refused.header("Retry-After"));
        assertFalse(refused.header("x-ms-request-id").isEmpty());
        assertEquals(200, cloud.get(Cloud.GROUP + "expressRouteCircuits").status());
        cloud.azure.fail("PUT", 1, new Misfortune.AnswerLost());
        assertThrows(UncheckedIOException.class, () -> cloud.put(ONE, Cloud.circuit("Standard_MeteredData", 200)));
        assertEquals(200, cloud.get(ONE).status(), "it was carried out all the same");
        assertEquals(1, cloud.azure.seen().stream().filter(each -> each.method().equals("PUT")).count(), "and the client did not repeat it");
        cloud.azure.fail("GET", 1, new Misfortune.Garbage(200, "text/html", "{\"half\":true}"));
        assertTrue(cloud.get(ONE).body().has("half"));
        assertEquals(200, cloud.control("fail", "{'match':'GET','kind':'refused','status':500,'code':'X'}").status());
        assertEquals("X", cloud.get(ONE).code());
    }

    @Test
    void retailPricesNeedNoTokenAndComeInPages() {
        URI all = cloud.azure.endpoint().resolve("/api/retail/prices?api-version=2023-01-01-preview&$filter=serviceName%20eq%20%27ExpressRoute%27");
        Cloud.Answer first = cloud.send(HttpRequest.newBuilder(all).GET());
        assertEquals(100, first.body().path("Items").size());
        Cloud.Answer second = cloud.send(HttpRequest.newBuilder(URI.create(first.text("NextPageLink"))).GET());
        assertEquals(100 + second.body().path("Items").size(), 3 * 8 * 6 + 6 * 4);
        assertTrue(second.body().path("NextPageLink").isNull());
        Cloud.Answer one = cloud.send(HttpRequest.newBuilder(URI.create(all + "%20and%20meterName%20eq%20%27Premium%20Metered%20Data%20200%20Mbps%20Circuit%27%20and%20armRegionName%20eq%20%27Zone%201%27")).GET());
        assertEquals(300.0, one.body().at("/Items/0/retailPrice").asDouble());
    }

    @Test
    void aCallWithoutAVersionOrAJsonBodyOrATokenIsRefused() {
        assertEquals("MissingApiVersionParameter", cloud.send(cloud.authorized(cloud.azure.endpoint().resolve("/subscriptions")).GET()).code());
        assertEquals("InvalidRequestContent", cloud.put(ONE, "not json").code());
        assertEquals("AuthenticationFailed", cloud.send(HttpRequest.newBuilder(cloud.azure.endpoint().resolve("/subscriptions?" + Cloud.API)).GET()).code());
        assertEquals("SubscriptionNotFound", cloud.get("/subscriptions/" + Main.TENANT).code());
        assertEquals("AuthorizationFailed", cloud.get("/subscriptions/" + Main.NETWORK_SUBSCRIPTION).code());
    }
}
