package tombolo.azure.arm.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.azure.arm.adapter.ArmRig.CIRCUIT;
import static tombolo.azure.arm.adapter.ArmRig.CLIENT;
import static tombolo.azure.arm.adapter.ArmRig.SUB;
import static tombolo.azure.arm.adapter.ArmRig.TENANT;
import static tombolo.azure.arm.adapter.ArmRig.VERSION;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmException.Applied;
import tombolo.api.azure.ArmException.Reason;
import tombolo.api.azure.ArmRequest;
import tombolo.api.config.AzureSettings.Credential;
import tombolo.api.config.AzureSettings.Signing;
import tombolo.api.config.SecretRef;
import tombolo.api.json.Json;
import tombolo.azure.arm.adapter.FakeArm.Answer;
import tombolo.runtime.json.JsonText;

/** Where tokens come from, when another is asked for, and that no secret is told. */
class TokensTest {
    private static final ArmRequest READ = ArmRequest.get("hub", CIRCUIT, VERSION);

    @TempDir
    static Path keysFolder;
    private static TestKeys keys;
    private static TestKeys strangers;

    @TempDir
    Path folder;
    private ArmRig rig;

    @BeforeAll
    static void makeKeys() throws Exception {
        keys = new TestKeys(keysFolder, "application");
        strangers = new TestKeys(keysFolder, "stranger");
    }

    @BeforeEach
    void open() {
        rig = new ArmRig(folder);
        rig.fake.on("GET " + SUB + CIRCUIT, Answer.of(200, "{}"));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void as(Credential credential) {
        rig.settings(credential, Optional.empty(), 100, folder.resolve("tokens"));
    }

    private ArmException refused() {
        return assertThrows(ArmException.class, () -> rig.arm.call(READ));
    }

    private static Map<String, String> form(FakeArm.Request request) {
        return Arrays.stream(request.body().split("&")).map(field -> field.split("=", 2))
                .collect(Collectors.toMap(field -> field[0], field -> URLDecoder.decode(field[1], StandardCharsets.UTF_8)));
    }

    // ---- each kind of identity ----

    /** RFC 6749 §4.4.2. */
    @Test
    void aClientSecretIsSentToTheLoginAloneAndReadAnewForEachToken() throws Exception {
        rig.arm.call(READ);
        FakeArm.Request asked = rig.fake.askedOfTokens().getFirst();
        assertEquals("/" + TENANT + "/oauth2/v2.0/token", asked.uri());
        assertEquals(Map.of("grant_type", "client_credentials", "scope", "https://management.example.net/.default", "client_id", CLIENT, "client_secret", ArmRig.SECRET), form(asked));
        Files.writeString(folder.resolve("secret"), "another\n");
        rig.time.jump(Duration.ofHours(2));
        rig.arm.call(READ);
        assertEquals("another", form(rig.fake.askedOfTokens().getLast()).get("client_secret"));
    }

    /** RFC 7523 §3, RFC 7515 §4.1.8, RFC 7518 §3.3 and §3.5. */
    @ParameterizedTest
    @EnumSource(Signing.class)
    void aCertificateSignsAnAssertionThatOthersCanCheck(Signing signing) throws Exception {
        as(new Credential.Certificate(TENANT, CLIENT, keys.certificate.toString(), keys.key.toString(), signing));
        rig.arm.call(READ);
        Map<String, String> form = form(rig.fake.askedOfTokens().getFirst());
        assertEquals("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", form.get("client_assertion_type"));
        String[] parts = form.getOrDefault("client_assertion", "").split("\\.");
        Json.Obj header = (Json.Obj) JsonText.parse(Base64.getUrlDecoder().decode(parts[0]));
        Json.Obj claims = (Json.Obj) JsonText.parse(Base64.getUrlDecoder().decode(parts[1]));
        assertEquals(Optional.of(signing.name()), header.text("alg"));
        assertEquals(Optional.of(Base64.getUrlEncoder().withoutPadding().encodeToString(MessageDigest.getInstance("SHA-256").digest(keys.own().getEncoded()))), header.text("x5t#S256"));
        assertEquals(Optional.of(rig.fake.url() + "/" + TENANT + "/oauth2/v2.0/token"), claims.text("aud"));
        assertEquals(Optional.of(CLIENT), claims.text("iss"));
        assertEquals(Optional.of(CLIENT), claims.text("sub"));
        assertEquals(600, claims.integer("exp").orElseThrow() - claims.integer("nbf").orElseThrow());
        Signature signature = Signature.getInstance(signing == Signing.PS256 ? "RSASSA-PSS" : "SHA256withRSA");
        if (signing == Signing.PS256) {
            signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        }
        signature.initVerify(keys.open());
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertTrue(signature.verify(Base64.getUrlDecoder().decode(parts[2])));
        rig.time.jump(Duration.ofHours(2));
        rig.arm.call(READ);
        String[] next = form(rig.fake.askedOfTokens().getLast()).getOrDefault("client_assertion", "").split("\\.");
        assertFalse(claims.text("jti").equals(((Json.Obj) JsonText.parse(Base64.getUrlDecoder().decode(next[1]))).text("jti")), "each has a number of its own");
    }

    @Test
    void aCertificateWithoutItsKeyAsksNobody() {
        as(new Credential.Certificate(TENANT, CLIENT, keys.certificate.toString(), strangers.key.toString(), Signing.PS256));
        ArmException e = refused();
        assertEquals(Reason.NOT_AUTHENTICATED, e.reason());
        assertTrue(e.getMessage().startsWith("TMB-ARM-020 ") && e.getMessage().contains("is not the RSA key"), e.getMessage());
        as(new Credential.Certificate(TENANT, CLIENT, keys.key.toString(), keys.key.toString(), Signing.PS256));
        assertTrue(refused().getMessage().startsWith("TMB-ARM-020 "));
        as(new Credential.Certificate(TENANT, CLIENT, keys.certificate.toString(), keys.key.toString(), Signing.PS256));
        rig.time.skew(Duration.ofDays(10));
        assertTrue(refused().getMessage().contains("set the clock"));
        assertEquals(List.of(), rig.fake.requests);
    }

    @Test
    void aFederatedTokenIsReadFromItsFileEachTime() throws Exception {
        Path file = Files.writeString(folder.resolve("federated"), "aaa.bbb.ccc\n");
        as(new Credential.Federated(TENANT, CLIENT, file.toString()));
        rig.arm.call(READ);
        assertEquals("aaa.bbb.ccc", form(rig.fake.askedOfTokens().getFirst()).get("client_assertion"));
        Files.writeString(file, "not one");
        rig.time.jump(Duration.ofHours(2));
        ArmException e = refused();
        assertTrue(e.getMessage().startsWith("TMB-ARM-020 ") && !e.getMessage().contains("not one"), e.getMessage());
    }

    @Test
    void aManagedIdentityIsAskedOfImdsWhichMayBeStarting() {
        rig.fake.on("GET " + FakeArm.IDENTITY, Answer.of(404, ""), Answer.of(410, ""), Answer.of(429, ""),
                Answer.of(200, "{\"access_token\":\"T0\",\"expires_in\":\"86399\",\"expires_on\":\"1506484173\",\"resource\":\"https://management.example.net/\",\"token_type\":\"Bearer\"}"));
        as(new Credential.ManagedIdentity(Optional.of(CLIENT)));
        rig.arm.call(READ);
        FakeArm.Request asked = rig.fake.askedOfTokens().getFirst();
        assertEquals(FakeArm.IDENTITY + "?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.example.net%2F&client_id=" + CLIENT, asked.uri());
        assertEquals("true", asked.header("Metadata"));
        assertEquals(4, rig.fake.askedOfTokens().size());
    }

    @Test
    void aMachineWithoutThatIdentityIsToldOnce() {
        rig.fake.on("GET " + FakeArm.IDENTITY, Answer.of(400, "{\"error\":\"invalid_request\",\"error_description\":\"Identity not found\"}"));
        as(new Credential.ManagedIdentity(Optional.empty()));
        ArmException e = refused();
        assertTrue(e.getMessage().startsWith("TMB-ARM-021 ") && e.getMessage().contains("Identity not found"), e.getMessage());
        assertEquals(1, rig.fake.askedOfTokens().size());
    }

    // ---- Azure Arc ----

    private Path arc(String name, String content) throws Exception {
        Path tokens = Files.createDirectories(folder.resolve("tokens"));
        Path file = Files.writeString(tokens.resolve(name), content);
        as(new Credential.Arc());
        return file;
    }

    private void challenge(String realm) {
        rig.fake.on("GET " + FakeArm.IDENTITY, Answer.of(401, "").with("WWW-Authenticate", "Basic realm=" + realm),
                Answer.of(200, "{\"access_token\":\"T0\",\"expires_in\":\"86399\",\"token_type\":\"Bearer\"}"));
    }

    @Test
    void theAgentOfAzureArcIsShownTheFileThatItNames() throws Exception {
        Path file = arc("abc.key", "the-proof\n");
        challenge(file.toString());
        rig.arm.call(READ);
        List<FakeArm.Request> asked = rig.fake.askedOfTokens();
        assertEquals(FakeArm.IDENTITY + "?api-version=2020-06-01&resource=https%3A%2F%2Fmanagement.example.net%2F", asked.getFirst().uri());
        assertEquals("", asked.getFirst().header("Authorization"));
        assertEquals("Basic the-proof", asked.getLast().header("Authorization"));
    }

    /** Whoever answers on the agent's port would be sent the file. */
    @ParameterizedTest
    @ValueSource(strings = {"/etc/shadow", "FOLDER/../secret.key", "FOLDER/sub/x.key", "FOLDER/x.txt", "FOLDER/link.key", "FOLDER/long.key", "FOLDER/missing.key", ""})
    void aFileThatIsNotTheAgentsIsNeverRead(String realm) throws Exception {
        arc("x.txt", "secret-word");
        Path tokens = folder.resolve("tokens");
        Files.createDirectories(tokens.resolve("sub"));
        Files.writeString(tokens.resolve("sub").resolve("x.key"), "secret-word");
        Files.writeString(folder.resolve("secret.key"), "secret-word");
        Files.createSymbolicLink(tokens.resolve("link.key"), folder.resolve("secret.key"));
        Files.writeString(tokens.resolve("long.key"), "x".repeat(4_097));
        challenge(realm.replace("FOLDER", tokens.toString()));
        ArmException e = refused();
        assertEquals(Reason.NOT_AUTHENTICATED, e.reason());
        assertTrue(e.getMessage().startsWith("TMB-ARM-024 ") && !e.getMessage().contains("secret-word"), e.getMessage());
        assertEquals(1, rig.fake.askedOfTokens().size());
    }

    // ---- when ----

    @Test
    void aTokenIsUsedUntilItIsNearItsEndAndThenExchangedWhileItServes() throws Exception {
        rig.arm.call(READ);
        rig.time.jump(Duration.ofMinutes(54));
        rig.arm.call(READ);
        assertEquals(1, rig.fake.askedOfTokens().size());
        rig.time.jump(Duration.ofMinutes(2));
        rig.fake.accepted = Optional.of("T1");
        rig.fake.gate = new CountDownLatch(1);
        rig.arm.call(READ); // does not wait for the other
        rig.fake.accepted = Optional.empty();
        rig.fake.gate.countDown();
        ArmRig.until("the next token is there", () -> rig.fake.tokens.get() == 2 && rig.arm.standings().getFirst().tokenUntil().filter(until ->
                until.isAfter(rig.time.now().plus(Duration.ofMinutes(50)))).isPresent());
        rig.arm.call(READ);
        assertEquals("Bearer T2", rig.fake.asked("GET " + SUB).getLast().header("Authorization"));
        assertEquals(2, rig.fake.askedOfTokens().size());
    }

    @Test
    void manyCallersAtOnceAskForOneToken() throws Exception {
        rig.fake.gate = new CountDownLatch(1);
        List<Thread> callers = new ArrayList<>();
        List<String> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 20; i++) {
            callers.add(Thread.ofVirtual().start(() -> {
                try {
                    rig.arm.call(READ);
                } catch (ArmException e) {
                    failures.add(e.getMessage());
                }
            }));
        }
        ArmRig.until("one asks", () -> !rig.fake.askedOfTokens().isEmpty());
        rig.fake.gate.countDown();
        for (Thread caller : callers) {
            assertTrue(caller.join(Duration.ofSeconds(60)));
        }
        assertEquals(List.of(), failures);
        assertEquals(1, rig.fake.askedOfTokens().size());
        assertEquals(20, rig.fake.asked("GET " + SUB).size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "POST"})
    void aTokenThatArmTakesNoMoreIsExchangedOnce(String method) {
        rig.fake.on(method + " " + SUB + CIRCUIT, Answer.of(200, "{}"));
        ArmRequest request = new ArmRequest("hub", ArmRequest.Method.valueOf(method), CIRCUIT, VERSION, Optional.empty(), Optional.empty(), ArmRequest.USUAL);
        rig.arm.call(request);
        rig.fake.tokens.incrementAndGet(); // T1 has been revoked
        assertEquals(200, rig.arm.call(request).status());
        assertEquals("Bearer T3", rig.fake.asked(method + " " + SUB).getLast().header("Authorization"));
        assertEquals(2, rig.fake.askedOfTokens().size());
    }

    @Test
    void aTokenThatIsRefusedWhenNewSaysWhatMayBeWrong() {
        rig.fake.accepted = Optional.of("none");
        ArmException e = refused();
        assertEquals(Reason.NOT_AUTHENTICATED, e.reason());
        assertTrue(e.getMessage().startsWith("TMB-ARM-025 ") && e.getMessage().contains("ExpiredAuthenticationToken") && e.getMessage().contains("tenant-id"), e.getMessage());
        assertEquals(2, rig.fake.askedOfTokens().size());
    }

    @Test
    void aClockThatIsWrongIsToldWithItsError() {
        rig.time.skew(Duration.ofMinutes(-7));
        rig.arm.call(READ);
        Duration skew = rig.arm.standings().getFirst().skew().orElseThrow();
        assertTrue(Math.abs(skew.toSeconds() - 420) < 60, skew.toString());
        rig.fake.accepted = Optional.of("none");
        String text = refused().getMessage();
        assertTrue(text.contains("s behind ARM's: set the clock"), text);
        rig.fake.on("POST /" + TENANT, Answer.of(401, "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS700024: Client assertion is not within its valid time range.\\r\\nTrace ID: x\"}"));
        rig.settings(new Credential.ClientSecret(TENANT, CLIENT, new SecretRef.InFile(folder.resolve("secret").toString())), Optional.empty(), 99, folder);
        text = refused().getMessage();
        assertTrue(text.contains("AADSTS700024") && text.contains("TMB-ARM-026") && !text.contains("Trace ID"), text);
    }

    @Test
    void afterARefusalTheIssuerIsLeftAloneForAMoment() {
        rig.fake.on("POST /" + TENANT, Answer.of(401, "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS7000215: Invalid client secret provided.\"}"));
        ArmException e = refused();
        assertEquals(Reason.NOT_AUTHENTICATED, e.reason());
        assertEquals(Applied.NO, e.applied());
        assertTrue(e.getMessage().startsWith("TMB-ARM-021 ") && e.getMessage().contains("AADSTS7000215"), e.getMessage());
        refused();
        assertEquals(1, rig.fake.askedOfTokens().size());
        rig.time.jump(Duration.ofSeconds(6));
        refused();
        assertEquals(2, rig.fake.askedOfTokens().size());
        assertFalse(rig.arm.check("hub").good());
        assertTrue(rig.arm.standings().getFirst().trouble().orElseThrow().contains("AADSTS7000215"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "eyJ0.not.json", "{\"access_token\":\"T9\"}", "{\"access_token\":\"T9\",\"expires_in\":10}", "{\"access_token\":\"T 9\",\"expires_in\":3600}"})
    void anAnswerWithoutATokenThatLastsIsToldWithoutItsText(String body) {
        rig.fake.on("POST /" + TENANT, Answer.of(200, body));
        String text = refused().getMessage();
        assertTrue(text.startsWith("TMB-ARM-023 "), text);
        assertFalse(text.contains("eyJ0") || text.contains("T9"), text);
    }

    @Test
    void noSecretStandsInAnyText() {
        rig.fake.on("POST /" + TENANT, Answer.of(500, ArmRig.SECRET));
        String texts = refused().getMessage() + rig.arm.standings() + rig.arm.check("hub") + new tombolo.azure.arm.core.Token("T-secret", rig.time.now(), 0, 0);
        assertFalse(texts.contains(ArmRig.SECRET) || texts.contains(URLEncoder.encode(ArmRig.SECRET, StandardCharsets.UTF_8)) || texts.contains("T-secret"), texts);
    }

    @Test
    void aSecretThatIsNotThereIsNamedByItsPlace() {
        as(new Credential.ClientSecret(TENANT, CLIENT, new SecretRef.InFile("/nowhere/secret")));
        assertTrue(refused().getMessage().contains("/nowhere/secret"));
        as(new Credential.ClientSecret(TENANT, CLIENT, new SecretRef.InEnvironment("TOMBOLO_NO_SUCH_VARIABLE")));
        assertTrue(refused().getMessage().contains("TOMBOLO_NO_SUCH_VARIABLE"));
        assertEquals(List.of(), rig.fake.requests);
    }

    @Test
    void whoWaitsForATokenWaitsNoLongerThanItsDeadline() {
        rig.fake.gate = new CountDownLatch(1);
        ArmException e = assertThrows(ArmException.class, () -> rig.arm.call(new ArmRequest("hub", ArmRequest.Method.GET, CIRCUIT, VERSION, Optional.empty(), Optional.empty(),
                Duration.ofMillis(500))));
        assertEquals(Reason.UNREACHABLE, e.reason());
        rig.fake.gate.countDown();
    }
}
