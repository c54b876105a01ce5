package tombolo.config.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

    private static List<ConfigProblem> check(Path etc, String text) {
        return CircuitFilesCheck.problems(ConfigFiles.read(Map.of("tombolo.expressroute.circuit-er-1.cfg", new Content.Text(text)), Map.of(), "host", etc.toString()).settings().circuits());
    }
}
