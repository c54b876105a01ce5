package tombolo.policy.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.policy.Policies.Problem;
import tombolo.api.resource.ResourceId;

class BridgedTest {
    @Test
    void anEndpointBehindAPortOfABridgeIsToldAsNotEnforced(@TempDir Path interfaces) throws IOException {
        Files.createDirectories(interfaces.resolve("azv1/brport"));
        Files.createDirectories(interfaces.resolve("cali1"));
        ResourceId bridged = ResourceId.of("WorkloadEndpoint", "x", "one");
        List<Problem> problems = Bridged.of(interfaces, new TreeMap<>(Map.of(bridged, "azv1", ResourceId.of("WorkloadEndpoint", "x", "two"), "cali1")), "azure0", Optional.empty());
        assertEquals(List.of(bridged), problems.stream().map(Problem::resource).toList());
        assertTrue(problems.getFirst().message().startsWith("TMB-POL-043 WorkloadEndpoint(x/one): its interface azv1 is a port of a bridge"), problems::toString);
        Files.createSymbolicLink(interfaces.resolve("azv1/brport/bridge"), Path.of("../../azure0"));
        Files.writeString(interfaces.resolve("azv1/brport/isolated"), "1\n");
        assertEquals(List.of(), Bridged.of(interfaces, Map.of(bridged, "azv1"), "azure0", Optional.empty()), "its packets go through the host, whose rules know the bridge");
        assertEquals(1, Bridged.of(interfaces, Map.of(bridged, "azv1"), "br7", Optional.empty()).size(), "of another bridge");
        Files.createDirectories(interfaces.resolve("eth0"));
        assertEquals(List.of(), Bridged.of(interfaces, Map.of(bridged, "azv1"), "azure0", Optional.of("eth0")), "the uplink is no port of it");
        Files.createDirectories(interfaces.resolve("eth0/brport"));
        Files.createSymbolicLink(interfaces.resolve("eth0/brport/bridge"), Path.of("../../azure0"));
        Files.writeString(interfaces.resolve("eth0/brport/isolated"), "0\n");
        assertEquals("what goes through the host", Bridged.of(interfaces, Map.of(bridged, "azv1"), "azure0", Optional.of("eth0")).getFirst().inForce());
        Files.writeString(interfaces.resolve("eth0/brport/isolated"), "1\n");
        assertEquals(List.of(), Bridged.of(interfaces, Map.of(bridged, "azv1"), "azure0", Optional.of("eth0")));
        Files.writeString(interfaces.resolve("azv1/brport/isolated"), "0\n");
        assertEquals(1, Bridged.of(interfaces, Map.of(bridged, "azv1"), "azure0", Optional.empty()).size());
    }
}
