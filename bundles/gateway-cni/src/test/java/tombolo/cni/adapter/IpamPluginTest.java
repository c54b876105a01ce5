package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.contract.Namespace;
import tombolo.cni.adapter.Rig.Ended;
import tombolo.cni.core.CniError;
import tombolo.runtime.json.JsonText;

/** Addresses for a container that another main plugin starts again under its id, without a DEL between. */
class IpamPluginTest {
    private static final EndpointId C1 = new EndpointId("c1", "eth0");
    private static final String BRIDGE = "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"bridge\",\"ipam\":{\"type\":\"calico-ipam\"}}";
    private static final String LAST = "{\"cniVersion\":\"1.1.0\",\"name\":\"net\",\"type\":\"tombolo\"}";
    @TempDir
    Path folder;
    private Rig rig;
    private Namespace first;
    private Namespace second;
    private boolean firstGone;

    @BeforeEach
    void start() throws IOException {
        rig = new Rig(folder, 10);
        first = new Namespace();
        second = new Namespace();
    }

    @AfterEach
    void stop() {
        rig.close();
        second.close();
        if (!firstGone) {
            first.close();
        }
    }

    private Ended ipam(String command, Namespace container) {
        return rig.call("calico-ipam", command, "c1", container.path(), BRIDGE);
    }

    private Ended last(String command, Namespace container, Json.Obj result) {
        return rig.call("tombolo", command, "c1", container.path(), LAST.substring(0, LAST.length() - 1) + ",\"prevResult\":" + JsonText.line(result) + "}");
    }

    private Endpoint known() {
        return rig.node.get(C1).orElseThrow();
    }

    /** The record that a start compares with what is there must be the living container's, or its address is given to another. */
    private void restartWithoutTheFirst() throws IOException {
        first.close();
        firstGone = true;
        rig.node.close();
        rig.start();
    }

    @Test
    void aContainerThatIsStartedAgainInAnotherNamespaceKeepsItsAddressOverARestart() throws IOException {
        Ended given = ipam("ADD", first);
        assertEquals(0, given.status(), given.toString());
        assertEquals(given, ipam("ADD", second));
        assertEquals(second.path(), known().netns());
        restartWithoutTheFirst();
        assertEquals(List.of("net.c1"), rig.pool.handles());
        assertEquals(Endpoint.State.READY, known().state());
        assertEquals(0, ipam("DEL", second).status());
        assertEquals(List.of(), rig.pool.handles());
        assertEquals(List.of(), rig.node.list());
    }

    /** A path such as /proc/PID/ns/net may be the same by chance, and the address is as long as nobody has taken the record back. */
    @Test
    void aContainerOfThisStartOfTheMachineKeepsItsAddressWhereItsRecordIsOfAnotherAndTheKernelIsKnownOnlyThen() throws IOException {
        Ended given = ipam("ADD", first);
        assertEquals(0, given.status(), given.toString());
        rig.node.close();
        rig.boot = "boot-2";
        rig.start(false);
        assertEquals(given, ipam("ADD", first));
        rig.complete();
        assertEquals(List.of("net.c1"), rig.pool.handles());
        assertEquals(Endpoint.State.READY, known().state());
    }

    @Test
    void theRecordHasTheAddressThatWasGivenLastWhereTheFirstWasReleased() throws IOException {
        assertEquals(0, ipam("ADD", first).status());
        rig.pool.release("net.c1"); // as by ipam:release
        Ended again = ipam("ADD", first);
        assertTrue(again.result().toString().contains("10.65.0.2"), again.toString());
        assertEquals(List.of("10.65.0.2"), known().addresses().stream().map(address -> address.address().toString()).toList());
        assertEquals(0, ipam("ADD", second).status());
        restartWithoutTheFirst();
        assertEquals(List.of("net.c1"), rig.pool.handles());
    }

    @Test
    void whereNoAddressIsGivenTheRecordStaysAsItIs() {
        assertEquals(0, ipam("ADD", first).status());
        Endpoint before = known();
        rig.pool.unreachable = true;
        assertEquals(CniError.TRY_AGAIN_LATER, ipam("ADD", second).code());
        assertEquals(before, known());
    }

    @Test
    void theLastPluginOfTheListRegistersTheContainerAnew() throws IOException {
        Ended given = ipam("ADD", first);
        assertEquals(0, last("ADD", first, given.result()).status());
        assertEquals(given, ipam("ADD", first));
        assertEquals(CniError.EXISTS, last("ADD", first, given.result()).code(), "the same container, in the same namespace");
        assertEquals(given, ipam("ADD", second));
        Ended registered = last("ADD", second, given.result());
        assertEquals(0, registered.status(), registered.toString());
        assertEquals(List.of("policy-only", second.path()), List.of(known().mode(), known().netns()));
        restartWithoutTheFirst();
        assertEquals(List.of("net.c1"), rig.pool.handles());
        assertEquals("policy-only", known().mode());
        assertEquals(0, rig.call("calico-ipam", "GC", "", "", BRIDGE.substring(0, BRIDGE.length() - 1) + ",\"cni.dev/valid-attachments\":[]}").status());
        assertEquals(List.of(), rig.pool.handles(), "the addresses are known to be the main plugin's still");
        assertEquals(List.of(), rig.node.list());
    }

    @Test
    void whereTheLastPluginDoesNotComeAgainTheClusterForgetsTheContainerWithItsAddresses() {
        Ended given = ipam("ADD", first);
        assertEquals(0, last("ADD", first, given.result()).status());
        Rig.eventually(() -> rig.resources.list("WorkloadEndpoint", Optional.empty()).size() == 1);
        assertEquals(0, ipam("ADD", second).status());
        assertEquals(0, ipam("DEL", second).status());
        assertEquals(List.of(), rig.resources.list("WorkloadEndpoint", Optional.empty()));
        assertEquals(List.of(), rig.pool.handles());
    }
}
