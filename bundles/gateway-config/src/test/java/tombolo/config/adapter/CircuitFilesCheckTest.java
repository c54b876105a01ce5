package tombolo.config.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.config.ConfigProblem;
import tombolo.config.core.ConfigFiles;
import tombolo.config.core.ConfigFiles.Content;

class CircuitFilesCheckTest {
    @Test
    void aKeyFileThatIsNotThereIsNamedWithItsKey(@TempDir Path etc) throws IOException {
        Files.writeString(etc.resolve("there.key"), "abc");
        String text = "subscription = main\nresource-group = rg\nlocation = westeurope\nprovider = P\npeering-location = A\nbandwidth = 50\nprivate-vlan = 100\nprivate-primary = 172.16.0.0/30\n"
                + "private-secondary = 172.16.0.4/30\nprivate-peer-asn = 65010\nprivate-key-file = ";
        assertEquals(List.of(), check(etc, text + "there.key\n"));
        assertEquals(List.of("tombolo.expressroute.circuit-er-1.cfg private-key-file"), check(etc, text + "missing.key\n").stream().map(problem -> problem.file() + " " + problem.key()).toList());
    }

    @Test
    void aSubscriptionOrAFilterThatIsNotThereIsNamedWithItsFile(@TempDir Path etc) {
        List<ConfigProblem> problems = check(etc, "subscription = mian\nresource-group = rg\nlocation = westeurope\nprovider = P\npeering-location = A\nbandwidth = 50\nprivate-vlan = 100\n"
                + "private-primary = 172.16.0.0/30\nprivate-secondary = 172.16.0.4/30\nprivate-peer-asn = 65010\nprivate-import = there, gone\n");
        assertEquals(List.of("subscription", "private-import"), problems.stream().map(ConfigProblem::key).toList(), problems.toString());
        assertTrue(problems.getFirst().message().contains("tombolo.azure.subscription-mian.cfg") && problems.getFirst().message().endsWith("there are: main"), problems.toString());
        assertTrue(problems.getLast().message().contains("'gone', wanted in tombolo.bgp.filter-gone.cfg"), problems.toString());
    }

    private static List<ConfigProblem> check(Path etc, String text) {
        return CircuitFilesCheck.problems(ConfigFiles.read(Map.of("tombolo.expressroute.circuit-er-1.cfg", new Content.Text(text), "tombolo.bgp.filter-there.cfg", new Content.Text("default = accept\n"),
                "tombolo.azure.subscription-main.cfg", new Content.Text("subscription-id = 00000000-0000-0000-0000-000000000000\ncredential = arc\n")), Map.of(), "host", etc.toString()).settings());
    }
}
