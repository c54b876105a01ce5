package tombolo.config.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.config.AzureSettings;
import tombolo.api.config.AzureSettings.Cloud;
import tombolo.api.config.AzureSettings.Credential;
import tombolo.api.config.AzureSettings.Endpoints;
import tombolo.api.config.AzureSettings.Signing;
import tombolo.api.config.AzureSettings.Subscription;
import tombolo.api.config.SecretRef;
import tombolo.config.core.ConfigFiles.Content;
import tombolo.config.core.ConfigFiles.Outcome;

/** {@code tombolo.azure.cfg} and {@code tombolo.azure.subscription-<name>.cfg}. */
class AzureFileTest {
    private static final String ID = "AAAAAAAA-0000-0000-0000-000000000001";
    private static final String APPLICATION = "subscription-id = " + ID + "\ntenant-id = contoso.example\nclient-id = " + ID + "\n";

    private static Outcome read(String azure, Map<String, String> subscriptions) {
        Map<String, Content> files = new HashMap<>();
        files.put("tombolo.azure.cfg", new Content.Text(azure));
        subscriptions.forEach((name, text) -> files.put("tombolo.azure.subscription-" + name + ".cfg", new Content.Text(text)));
        return ConfigFiles.read(files, Map.of(), "host", "/etc/tombolo");
    }

    private static Credential credential(String text) {
        Outcome outcome = read("", Map.of("hub", text));
        assertEquals(List.of(), outcome.problems());
        return outcome.settings().azure().subscriptions().get("hub").credential();
    }

    @Test
    void withoutFilesTheDefaultsHold() {
        assertEquals(AzureSettings.DEFAULT, ConfigFiles.read(Map.of(), Map.of(), "host", "/etc").settings().azure());
        assertEquals(AzureSettings.DEFAULT, read("", Map.of()).settings().azure());
    }

    @Test
    void everyKeyIsRead() {
        Outcome outcome = read("""
                cloud = custom
                resource-manager-url = https://127.0.0.1:8443
                login-url = http://localhost:8080
                token-audience = https://management.example.net
                ca-file = ca.pem
                budget-percent = 10
                connect-timeout = 1000
                imds-url = http://127.0.0.1:9000/token
                arc-url = http://localhost:9001/token
                arc-token-folder = /run/tokens
                prices-url = http://127.0.0.1:9002/api/retail/prices
                network-api-version = 2023-09-01
                """, Map.of("hub", "subscription-id = " + ID + "\ncredential = arc\ncloud = usgov\n"));
        assertEquals(List.of(), outcome.problems());
        AzureSettings azure = outcome.settings().azure();
        assertEquals(Optional.of(new Endpoints("https://127.0.0.1:8443", "http://localhost:8080", "https://management.example.net")), azure.custom());
        assertEquals(Optional.of("/etc/tombolo/ca.pem"), azure.caFile());
        assertEquals(Duration.ofSeconds(1), azure.connectTimeout());
        assertEquals("http://127.0.0.1:9002/api/retail/prices", azure.pricesUrl());
        assertEquals("2023-09-01", azure.networkVersion());
        assertEquals(Map.of("hub", new Subscription("hub", ID.toLowerCase(java.util.Locale.ROOT), Optional.of(Cloud.USGOV), new Credential.Arc())), azure.subscriptions());
    }

    @Test
    void eachKindOfIdentityHasItsKeys() {
        String id = ID.toLowerCase(java.util.Locale.ROOT);
        assertEquals(new Credential.ClientSecret("contoso.example", id, new SecretRef.InFile("/etc/tombolo/s")), credential(APPLICATION + "credential = client-secret\nclient-secret-file = s\n"));
        assertEquals(new Credential.ClientSecret("contoso.example", id, new SecretRef.InEnvironment("S")), credential(APPLICATION + "credential = client-secret\nclient-secret-env = S\n"));
        assertEquals(new Credential.Certificate("contoso.example", id, "/c.pem", "/etc/tombolo/k.pem", Signing.RS256), credential(APPLICATION
                + "credential = certificate\ncertificate-file = /c.pem\ncertificate-key-file = k.pem\ncertificate-signing = rs256\n"));
        assertEquals(new Credential.Federated("contoso.example", id, "/etc/tombolo/t"), credential(APPLICATION + "credential = federated\nfederated-token-file = t\n"));
        assertEquals(new Credential.ManagedIdentity(Optional.empty()), credential("subscription-id = " + ID + "\ncredential = managed-identity\n"));
        assertEquals(new Credential.ManagedIdentity(Optional.of(id)), credential("subscription-id = " + ID + "\ncredential = managed-identity\nclient-id = " + ID + "\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloud = mars", "cloud = custom\nresource-manager-url = https://x", "login-url = https://x", "resource-manager-url = http://x.example\nlogin-url = https://x",
            "resource-manager-url = https://x/path\nlogin-url = https://x", "resource-manager-url = https://u:p@x\nlogin-url = https://x", "budget-percent = 0", "connect-timeout = 1",
            "imds-url = http://10.0.0.1/token", "arc-url = http://localhost/x?y=1", "arc-token-folder = tokens", "prices-url = http://prices.example", "prices-url = https://x/?a=b", "resource-manager-url = https://x:99999\nlogin-url = https://x",
            "network-api-version = latest", "network-api-version = 2024-13-01", "network-api-version = 2024-05-01&x=y"})
    void whatCannotBeMeantIsRefused(String text) {
        List<String> problems = read(text, Map.of()).problems().stream().map(problem -> problem.message()).toList();
        assertTrue(problems.size() == 1 && problems.getFirst().startsWith("TMB-CFG-00"), problems.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"credential = arc", "subscription-id = 1\ncredential = arc", "subscription-id = " + ID, "subscription-id = " + ID + "\ncredential = password",
            APPLICATION + "credential = client-secret", APPLICATION + "credential = certificate\ncertificate-file = c", APPLICATION + "credential = federated",
            "subscription-id = " + ID + "\nclient-id = " + ID + "\ncredential = federated\nfederated-token-file = t",
            APPLICATION + "credential = client-secret\nclient-secret-file = a\nclient-secret-env = B"})
    void aSubscriptionWithoutWhatItsIdentityNeedsIsRefused(String text) {
        List<String> problems = read("", Map.of("hub", text)).problems().stream().map(problem -> problem.message()).toList();
        assertTrue(problems.size() == 1 && problems.getFirst().startsWith("TMB-CFG-00"), problems.toString());
    }
}
