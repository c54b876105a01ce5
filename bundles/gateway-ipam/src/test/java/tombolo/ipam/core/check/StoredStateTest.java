package tombolo.ipam.core.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tombolo.runtime.json.JsonText;

/** Each thing that the checker must see, brought about by one change to a good state. */
class StoredStateTest {
    private static final String BLOCK = "/calico/ipam/v2/assignment/ipv4/block/10.0.0.0-30";
    private static final String AFFINITY = "/calico/ipam/v2/host/a/ipv4/block/10.0.0.0-30";
    private static final String HANDLE = "/calico/ipam/v2/handle/h";

    private final Map<String, String> stored = new LinkedHashMap<>(Map.of(
            BLOCK, "{\"cidr\":\"10.0.0.0/30\",\"affinity\":\"host:a\",\"allocations\":[0,null,0,null],\"unallocated\":[3,1],\"attributes\":[{\"handle_id\":\"h\",\"secondary\":{}}]}",
            AFFINITY, "{\"state\":\"confirmed\",\"deleted\":false}",
            HANDLE, "{\"block\":{\"10.0.0.0/30\":2},\"deleted\":false}"));

    private List<String> findings() throws Exception {
        StoredState state = new StoredState();
        for (Map.Entry<String, String> entry : stored.entrySet()) {
            state.add(entry.getKey(), Optional.of(JsonText.parse(entry.getValue())));
        }
        return state.findings(true);
    }

    private void sees(String text) throws Exception {
        List<String> findings = findings();
        assertTrue(findings.stream().anyMatch(finding -> finding.contains(text)), findings.toString());
    }

    private void change(String key, String from, String to) {
        assertTrue(stored.get(key).contains(from));
        stored.put(key, stored.get(key).replace(from, to));
    }

    @Test
    void aGoodStateHasNoFindings() throws Exception {
        assertEquals(List.of(), findings());
    }

    @Test
    void seesAnAddressThatIsHeldAndFree() throws Exception {
        change(BLOCK, "[3,1]", "[3,1,0]");
        sees("10.0.0.0 is held and free at once");
    }

    @Test
    void seesAnAddressThatIsFreeTwice() throws Exception {
        change(BLOCK, "[3,1]", "[3,1,1]");
        sees("10.0.0.1 is free 2 times");
    }

    @Test
    void seesAnAddressThatIsLost() throws Exception {
        change(BLOCK, "[3,1]", "[1]");
        sees("10.0.0.3 is neither held nor free");
    }

    @Test
    void seesAHandleThatCountsWrong() throws Exception {
        change(HANDLE, ":2", ":3");
        sees("handle h counts");
    }

    @Test
    void seesAHandleThatIsMissingAndOneThatHoldsNothing() throws Exception {
        stored.put("/calico/ipam/v2/handle/other", stored.remove(HANDLE));
        sees("handle h holds addresses");
        sees("handle other counts");
    }

    @Test
    void seesBlocksThatOverlap() throws Exception {
        stored.put(BLOCK.replace("-30", "-29"), "{\"cidr\":\"10.0.0.0/29\",\"affinity\":null,\"allocations\":[null,null,null,null,null,null,null,null],\"unallocated\":[0,1,2,3,4,5,6,7],\"attributes\":[]}");
        sees("lies within block 10.0.0.0/29");
    }

    @Test
    void seesAConfirmedAffinityWithoutItsBlockAndABlockWithoutItsAffinity() throws Exception {
        stored.put(AFFINITY.replace("/a/", "/b/"), stored.remove(AFFINITY));
        sees("affinity of host:b 10.0.0.0/30 is confirmed");
        sees("belongs to host:a, which has no affinity");
    }

    @Test
    void sharesNoCodeWithTheAllocator() throws IOException {
        Path sources = Path.of("src/main/java/tombolo/ipam/core/check");
        try (Stream<Path> files = Files.list(sources)) {
            for (Path file : files.toList()) {
                assertTrue(Files.readAllLines(file).stream().noneMatch(line -> line.contains("tombolo.ipam.core.") && !line.startsWith("package") || line.contains("tombolo.ipam.adapter")), file.toString());
            }
        }
    }
}
