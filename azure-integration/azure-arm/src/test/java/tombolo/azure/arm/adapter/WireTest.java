package tombolo.azure.arm.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.azure.arm.adapter.ArmRig.CIRCUIT;
import static tombolo.azure.arm.adapter.ArmRig.SUB;
import static tombolo.azure.arm.adapter.ArmRig.VERSION;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.azure.ArmException;
import tombolo.api.azure.ArmException.Applied;
import tombolo.api.azure.ArmRequest;
import tombolo.api.config.AzureSettings.Credential;
import tombolo.api.config.SecretRef;
import tombolo.azure.arm.adapter.FakeArm.Answer;
import tombolo.azure.arm.core.Outcome;

/** TLS, and to whom nothing is sent. */
class WireTest {
    private static final ArmRequest READ = ArmRequest.get("hub", CIRCUIT, VERSION);

    @TempDir
    static Path folder;
    private static TestKeys server;
    private static TestKeys stranger;

    @BeforeAll
    static void makeKeys() throws Exception {
        server = new TestKeys(folder, "server");
        stranger = new TestKeys(folder, "stranger");
    }

    private static void trust(ArmRig rig, Optional<Path> authority) {
        rig.settings(new Credential.ClientSecret(ArmRig.TENANT, ArmRig.CLIENT, new SecretRef.InFile(folder.resolve("secret").toString())), authority.map(Path::toString), 100, folder);
    }

    @Test
    void onlyWhomTheAuthoritiesOfTheFileSignedIsAskedAndAnExchangedFileCounts() throws Exception {
        try (ArmRig rig = new ArmRig(folder, new FakeArm(Optional.of(server.server())))) {
            rig.fake.on("GET " + SUB + CIRCUIT, Answer.of(200, "{}"));
            Path authority = Files.copy(stranger.certificate, folder.resolve("ca.pem"), StandardCopyOption.REPLACE_EXISTING);
            trust(rig, Optional.of(authority));
            ArmException e = assertThrows(ArmException.class, () -> rig.arm.call(READ));
            assertEquals(Applied.NO, e.applied());
            assertTrue(e.getMessage().contains("TMB-ARM-054") && e.getMessage().contains(authority.toString()), e.getMessage());
            assertTrue(rig.fake.requests.isEmpty());
            Files.copy(server.certificate, authority, StandardCopyOption.REPLACE_EXISTING);
            Files.setLastModifiedTime(authority, FileTime.from(Instant.now().plusSeconds(60)));
            rig.time.jump(Duration.ofSeconds(10));
            assertEquals(200, rig.arm.call(READ).status());
            trust(rig, Optional.empty());
            assertTrue(assertThrows(ArmException.class, () -> rig.arm.call(READ)).getMessage().contains("the JDK does not know who signed its certificate"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing.pem", "empty.pem"})
    void aFileWithoutAuthoritiesIsTold(String name) throws Exception {
        Files.writeString(folder.resolve("empty.pem"), "no certificate\n");
        try (ArmRig rig = new ArmRig(folder, new FakeArm(Optional.of(server.server())))) {
            trust(rig, Optional.of(folder.resolve(name)));
            String text = assertThrows(ArmException.class, () -> rig.arm.call(READ)).getMessage();
            assertTrue(text.contains("TMB-ARM-054") && text.contains(name), text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.net/", "http://127.0.0.1.example.net/", "http://10.0.0.1/", "ftp://127.0.0.1/", "file:///etc/passwd", "//x", "https://user name/"})
    void nothingGoesOutInTheClearButToThisMachineAndImds(String url) {
        try (Wire wire = new Wire(Optional.empty(), Duration.ofSeconds(1))) {
            Outcome outcome = wire.send("GET", url, Map.of(), Optional.empty(), Time.Deadline.in(new FakeTime(), Duration.ofSeconds(10)));
            assertTrue(outcome instanceof Outcome.Failed failed && !failed.sent() && failed.last() && (failed.code().equals("TMB-ARM-055") || failed.code().equals("TMB-ARM-010")),
                    outcome.toString());
        }
    }
}
