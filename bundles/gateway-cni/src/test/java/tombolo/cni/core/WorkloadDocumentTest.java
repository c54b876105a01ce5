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

    private static Endpoint pod(String name) {
        return endpoint("c1", "eth0", "net", Map.of("K8S_POD_NAME", name, "K8S_POD_NAMESPACE", "web"));
    }

    /** A name has at most 253 characters. As a container of no orchestrator the pod would leave the policies of its namespace. */
    @Test
    void aPodWhoseNameIsTooLongStaysAPodOfItsNamespaceUnderItsHash() {
        String longest = "a".repeat(253 - "n1-k8s--eth0".length());
        assertEquals("n1-k8s-" + longest + "-eth0", WorkloadDocument.id("n1", pod(longest)).name());
        assertEquals("none", annotation(WorkloadDocument.of("n1", pod(longest))));
        for (String name : List.of(longest + "a", "a-".repeat(100) + "a", "a".repeat(253), "a".repeat(60_000))) {
            Json.Obj document = WorkloadDocument.of("n1", pod(name));
            String hashed = text(document, "spec", "pod");
            assertEquals(33, hashed.length());
            assertEquals("n1-k8s-" + hashed + "-eth0", text(document, "metadata", "name"));
            assertEquals("k8s", text(document, "spec", "orchestrator"));
            assertEquals("web", text(document, "metadata", "namespace"));
            assertEquals(Optional.of(Json.Arr.texts(List.of("kns.web"))), document.object("spec").flatMap(spec -> spec.get("profiles")));
            assertEquals(name.substring(0, Math.min(name.length(), 253)), annotation(document), "what it is really called");
            assertEquals(WorkloadDocument.id("n1", pod(name)).name(), text(document, "metadata", "name"));
            assertEquals(Optional.of("web"), WorkloadDocument.id("n1", pod(name)).namespace());
            assertNotEquals(WorkloadDocument.id("n1", pod(name)), WorkloadDocument.id("n1", pod(name + "b")));
        }
    }

    /** Whoever names pods could otherwise overwrite the endpoint of another one. */
    @Test
    void aPodThatIsCalledLikeTheHashOfAnotherHasOneOfItsOwn() {
        String hashed = text(WorkloadDocument.of("n1", pod("a".repeat(253))), "spec", "pod");
        assertNotEquals(hashed, text(WorkloadDocument.of("n1", pod(hashed)), "spec", "pod"));
        assertEquals(hashed, annotation(WorkloadDocument.of("n1", pod(hashed))));
    }

    /** Such an ADD is refused; of one that was let in earlier nothing may be stored where other policies apply. */
    @Test
    void aPodOfANamespaceThatIsTooLongIsNeverAContainerOfNoOrchestrator() {
        Endpoint pod = endpoint("c1", "eth0", "net", Map.of("K8S_POD_NAME", "a", "K8S_POD_NAMESPACE", "n".repeat(64)));
        assertEquals(Optional.of("n".repeat(64)), WorkloadDocument.id("n1", pod).namespace());
        assertEquals("k8s", text(WorkloadDocument.of("n1", pod), "spec", "orchestrator"));
    }

    private static String annotation(Json.Obj document) {
        return document.object("metadata").flatMap(metadata -> metadata.object("annotations")).flatMap(annotations -> annotations.text("tombolo.io/pod")).orElse("none");
    }
}
