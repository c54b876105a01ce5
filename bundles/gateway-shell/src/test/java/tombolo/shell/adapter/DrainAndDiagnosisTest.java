package tombolo.shell.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.json.Json;
import tombolo.api.bgp.BgpRoutes;
import tombolo.api.config.ConfigProblem;
import tombolo.api.route.KernelRoutes;
import tombolo.shell.core.Document;
import tombolo.shell.core.Failure;
import tombolo.shell.core.Fakes;

class DrainAndDiagnosisTest {
    private final Fakes fakes = new Fakes();

    /** RFC 8326 §4.2: announce, let others converge, then close. */
    @Test
    void drainAnnouncesWaitsEndsTheSessionsAndThenRemovesTheRoutes() {
        Drain.run(fakes, 7, "bye", step -> { }, seconds -> fakes.calls.add("wait " + seconds));
        assertEquals(List.of("drain", "wait 7", "shutdownAll 'bye'", "removeOurs"), fakes.calls);
    }

    @Test
    void drainDoesTheOtherStepsWhereABundleIsMissingAndThenFails() {
        Failure failure = assertThrows(Failure.class, () -> Drain.run(fakes.without(BgpRoutes.class), 0, "bye", step -> { }, seconds -> { }));
        assertEquals("TMB-SHL-006", failure.code());
        assertTrue(failure.getMessage().contains("gateway-bgp is not running"), failure.getMessage());
        assertEquals(List.of("shutdownAll 'bye'", "removeOurs"), fakes.calls);
        assertEquals("TMB-SHL-006", assertThrows(Failure.class, () -> Drain.run(fakes.without(KernelRoutes.class), 0, "", step -> { }, seconds -> { })).code());
        assertEquals("TMB-SHL-003", assertThrows(Failure.class, () -> Drain.run(fakes, -1, "", step -> { }, seconds -> { })).code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"password = hunter2", "# pasword-fil = hunter2", "#password = hunter2", "# md5 hunter2", "password hunter2",
            "password-env = hunter2", "  Secret=hunter2",
        "secret = one\\\n  hunter2", "secret = one\\\n  # hunter2\\\n hunter2", "description = my \\\n password hunter2"})
    void noSecretSurvivesTheRedaction(String text) {
        assertFalse(redacted(text).contains("hunter2"), redacted(text));
        assertTrue(redacted(text).startsWith("as = 1\n"));
        assertTrue(redacted(text).endsWith("last = 2\n"));
    }

    private static String redacted(String text) {
        return Redaction.of("as = 1\n" + text + "\nlast = 2\n", line -> false);
    }

    @Test
    void aLineThatTheReaderHadAProblemWithLosesItsValue() {
        assertEquals("a = 1\npasword-fil = <removed>\nb = 2\n", Redaction.of("a = 1\npasword-fil = hunter2 \\\n more\nb = 2\n", line -> line == 2));
    }

    @Test
    void whatIsNoSecretIsKeptWordForWord() {
        String text = "# a comment\nremote-as = 65010\nprefix-set.x = 10.0.0.0/8,\\\n  192.0.2.0/24\n\ndescription = a = b\n";
        assertEquals(text, Redaction.of(text, line -> false));
    }

    @Test
    void theArchiveHoldsWhatThereIsSaysWhatIsMissingAndIsTheOwnersAlone(@TempDir Path folder) throws IOException {
        Path etc = Files.createDirectory(folder.resolve("etc"));
        Files.writeString(etc.resolve("tombolo.bgp.peer-a.cfg"), "remote-as = 1\npassword = hunter2\npasword = hunter2\n");
        Files.writeString(etc.resolve("users.properties"), "admin = hunter2\n");
        Path logs = Files.createDirectory(folder.resolve("log"));
        Files.writeString(logs.resolve("karaf.log"), "a line\n");
        Document document = Diagnosis.write(folder.resolve("out"), etc, etc, logs, Optional.of(List.of(new ConfigProblem("tombolo.bgp.peer-a.cfg", 3, "pasword",
                "no such key"))), Map.of("good", () -> new Document(Map.of("x", 1), screen -> ""), "bad", () -> {
            throw new Failure("TMB-SHL-001 gateway-bgp is not running");
        }), () -> "bundles\n", 0);
        Path archive = Path.of(((Json.Obj) document.json()).text("archive").orElseThrow());
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)));
        Map<String, String> entries = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        assertTrue(entries.keySet().containsAll(List.of("commands/good.json", "bundles.txt", "threads.txt", "etc/tombolo.bgp.peer-a.cfg", "log/karaf.log",
                "missing.txt")), entries.keySet().toString());
        assertFalse(entries.containsKey("etc/users.properties") || entries.containsKey("karaf-etc/users.properties"));
        assertFalse(String.join("", entries.values()).contains("hunter2"));
        assertTrue(entries.get("missing.txt").contains("TMB-SHL-001"));
        assertTrue(entries.get("threads.txt").contains("\"main\""));
    }
}
