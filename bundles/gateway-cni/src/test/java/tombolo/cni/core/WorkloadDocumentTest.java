package tombolo.cni.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;

/** What Calico calls an endpoint. */
class WorkloadDocumentTest {
    private static Endpoint endpoint(String container, String interfaceName, String network, Map<String, String> arguments) {
        return new Endpoint(new EndpointId(container, interfaceName), network, "routed", "/n", "cali1", Optional.empty(), 1400, List.of(), arguments, Endpoint.State.READY, 1);
    }

    private static String text(Json.Obj document, String part, String key) {
        return document.object(part).flatMap(object -> object.text(key)).orElse("none");
    }

    @Test
    void aPodIsNamedByItsNodeNamespaceAndName() {
        Endpoint pod = endpoint("C1", "eth0", "net", Map.of("K8S_POD_NAME", "db-0", "K8S_POD_NAMESPACE", "web"));
        assertEquals("node--1-k8s-db--0-eth0", WorkloadDocument.id("node-1", pod).name());
        assertEquals(Optional.of("web"), WorkloadDocument.id("node-1", pod).namespace());
        assertEquals("db-0", text(WorkloadDocument.of("node-1", pod), "spec", "pod"));
    }

    /** Podman says K8S_POD_NAME and K8S_POD_NAMESPACE of containers, and both are names that no resource can have. */
    @Test
    void whatNoPodCanBeCalledIsAContainer() {
        Endpoint container = endpoint("c1", "eth0", "net", Map.of("K8S_POD_NAME", "brave_curie", "K8S_POD_NAMESPACE", "brave_curie"));
        assertEquals("n1-cni-c1-eth0", WorkloadDocument.id("n1", container).name());
        assertEquals(Optional.of("default"), WorkloadDocument.id("n1", container).namespace());
        Json.Obj document = WorkloadDocument.of("n1", container);
        assertEquals("cni", text(document, "spec", "orchestrator"));
        assertEquals("none", text(document, "spec", "pod"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"my_container", "Upper", "a..b", "a.b", "ends-", "0123456789012345678901234567890123456789012345678901234567890123456789"})
    void aContainerWhoseIdNoNameCanHaveIsStoredUnderItsHash(String id) {
        Endpoint container = endpoint(id, "net_1", "my_net", Map.of());
        Json.Obj document = WorkloadDocument.of("n1", container);
        String hashed = text(document, "spec", "containerID");
        assertEquals(33, hashed.length());
        assertEquals("n1-cni-" + hashed + "-" + text(document, "spec", "endpoint"), text(document, "metadata", "name"));
        assertEquals(hashed, text(document, "spec", "workload"));
        assertEquals(Optional.of(id), document.object("metadata").flatMap(metadata -> metadata.object("annotations")).flatMap(annotations -> annotations.text("tombolo.io/container")));
        assertNotEquals(hashed, WorkloadDocument.containerId(new EndpointId(id + "2", "eth0")));
    }

    /** A name has at most 253 characters, and a namespace, which becomes a label, 63: what is longer would be refused when it is stored. */
    @Test
    void aPodWhoseNameNoResourceCanHaveIsAContainer() {
        String longest = "a".repeat(253 - "n1-k8s--eth0".length());
        assertEquals("n1-k8s-" + longest + "-eth0", WorkloadDocument.id("n1", endpoint("c1", "eth0", "net", Map.of("K8S_POD_NAME", longest))).name());
        for (Map<String, String> arguments : List.of(Map.of("K8S_POD_NAME", longest + "a"), Map.of("K8S_POD_NAME", "a-".repeat(100) + "a"), Map.of("K8S_POD_NAME", "a".repeat(60_000)),
                Map.of("K8S_POD_NAME", "a", "K8S_POD_NAMESPACE", "n".repeat(64)))) {
            Endpoint container = endpoint("c1", "eth0", "net", arguments);
            assertEquals("n1-cni-c1-eth0", WorkloadDocument.id("n1", container).name());
            assertEquals(Optional.of("default"), WorkloadDocument.id("n1", container).namespace());
        }
    }
}
