package tombolo.bgp.session.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.runtime.BootId;

class RestartMarkerTest {
    private static final long HOUR = 3_600_000;
    @TempDir
    Path folder;

    @Test
    void itSpeaksForThisStartOfTheMachineAndThisNamespaceAlone() throws IOException {
        Path file = folder.resolve("sub").resolve("marker");
        RestartMarker marker = new RestartMarker(file);
        assertFalse(marker.valid(HOUR), "there is none");
        marker.touch();
        assertTrue(marker.valid(HOUR));
        List<String> lines = Files.readAllLines(file);
        assertEquals(BootId.now(), lines.getFirst());
        Files.write(file, List.of("another", lines.getLast()));
        assertFalse(marker.valid(HOUR));
        Files.write(file, List.of("", lines.getLast()));
        assertFalse(marker.valid(HOUR), "one that was not known is nobody's");
        marker.touch();
        marker.remove();
        assertFalse(marker.valid(HOUR));
    }
}
