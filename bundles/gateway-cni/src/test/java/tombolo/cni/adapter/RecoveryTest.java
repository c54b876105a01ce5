package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.Endpoint.State;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.json.Json;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.resource.Resources;
import tombolo.cni.core.AddressSource;
import tombolo.cni.core.CniError;
import tombolo.cni.core.WorkloadDocument;

/** What a start finds of an earlier life, and what it makes of it. */
class RecoveryTest {
    @TempDir
    Path folder;

    private static Endpoint endpoint(String container, String host, State state) {
        return new Endpoint(new EndpointId(container, "eth0"), "net", "routed", "/run/netns/tmbt-none", host, Optional.empty(), 1400, List.of(), Map.of(), state, 1);
    }

    @Test
    void whatWasHalfDoneGoesAndWhatWasDoneStays() throws IOException {
        try (Rig rig = new Rig(folder, 10); Namespace container = new Namespace()) {
            assertEquals(0, rig.call("tombolo", "ADD", "done", container.path(), Rig.configuration("1.0.0", "")).status());
            rig.node.close();
            // The node is killed in an ADD: after the addresses were taken and the interface was made, before it was written down.
            rig.pool.assign(new AddressSource.Ask("net.half", Map.of(), Optional.empty(), true, false, List.of(), List.of(), List.of()));
            rig.host.ip("link add calihalf type veth peer name calihalf2");
            try (EndpointLog log = new EndpointLog(folder.resolve("data"), rig.boot)) {
                log.put(endpoint("half", "calihalf", State.ADDING), true);
                log.put(endpoint("gone", "caligone", State.READY), true);
            }
            rig.pool.assign(new AddressSource.Ask("net.gone", Map.of(), Optional.empty(), true, false, List.of(), List.of(), List.of()));
            rig.host.ip("link set " + rig.host.ip("-o link").replaceAll("(?s).*?(cali[0-9a-f]{11}).*", "$1") + " mtu 1300");
            rig.start();
            assertEquals(List.of("net.done"), rig.pool.handles());
            assertFalse(rig.host.ip("link").contains("calihalf"));
            assertEquals(List.of(), rig.node.explain(new EndpointId("done", "eth0")).orElseThrow().differences(), "what differed was repaired");
            assertTrue(container.ip("addr show eth0").contains("10.65.0.1"));
            assertEquals(0, rig.call("tombolo", "DEL", "done", container.path(), Rig.configuration("1.0.0", "")).status());
        }
    }

    /** Only under that name is it known what of a container the cluster may have: before, everything would have to wait for later. */
    @Test
    void whatAStartTakesBackWaitsForTheNodesNameAndIsDoneThenInOneStep() throws IOException {
        try (Rig rig = new Rig(folder, 10)) {
            rig.node.close();
            rig.pool.assign(new AddressSource.Ask("net.half", Map.of(), Optional.empty(), true, false, List.of(), List.of(), List.of()));
            try (EndpointLog log = new EndpointLog(folder.resolve("data"), rig.boot)) {
                log.put(endpoint("half", "calihalf", State.ADDING), true);
            }
            rig.start(); // the kernel and the cluster before the settings
            assertEquals(List.of(), rig.node.list());
            assertEquals(List.of(), rig.pool.handles());
            assertFalse(Files.readString(folder.resolve("data/endpoints.log")).contains("RELEASING"));
        }
    }

    /** A container of a foreign chain that did not outlive the machine: its policy and its entry in the cluster would stay for ever where its runtime never sends the DEL. */
    @Test
    void aForeignChainsContainerThatIsGoneIsForgottenAndOneThatIsThereStays() throws IOException {
        try (Rig rig = new Rig(folder, 10); Namespace container = new Namespace()) {
            rig.host.ip("link add azvthere type veth peer name azvpeer");
            for (String id : List.of("stays", "hidden", "gone")) {
                String host = id.equals("hidden") ? "azvthere" : "azv" + id;
                String before = "{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"" + host + "\"}],\"ips\":[{\"address\":\"10.9.0.5/16\"}]}";
                assertEquals(0, rig.call("tombolo", "ADD", id, container.path(), Rig.configuration("1.0.0", ",\"prevResult\":" + before)).status());
            }
            Rig.eventually(() -> rig.resources.names().size() == 3);
            rig.node.close();
            Path record = folder.resolve("data/endpoints.log");
            Files.write(record, Files.readAllLines(record).stream().map(line -> line.contains("\"stays\"") ? line : line.replace(container.path(), "/run/netns/tmbt-none")).toList());
            rig.start();
            Rig.eventually(() -> rig.node.list().size() == 2);
            assertEquals(List.of("hidden", "stays"), rig.node.list().stream().map(one -> one.id().containerId()).sorted().toList(), "hidden: its interface is there, its namespace is elsewhere");
            Rig.eventually(() -> rig.resources.list("WorkloadEndpoint", Optional.empty()).stream().noneMatch(one -> one.id().name().contains("gone")));
        }
    }

    /** A result may name the machine's own interface beside the container's: that one is there for ever. */
    @Test
    void theMachinesUplinkIsNoSignOfAContainer() throws IOException {
        try (Rig rig = new Rig(folder, 10); Namespace container = new Namespace()) {
            rig.host.ip("link add up0 type veth peer name up1");
            rig.host.ip("link set up1 up");
            rig.host.ip("addr add 192.0.2.2/24 dev up0");
            rig.host.ip("link set up0 up");
            rig.host.ip("route add default via 192.0.2.1");
            String before = "{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"up0\"}],\"ips\":[{\"address\":\"10.9.0.5/16\"}]}";
            assertEquals(0, rig.call("tombolo", "ADD", "gone", container.path(), Rig.configuration("1.0.0", ",\"prevResult\":" + before)).status());
            assertEquals("up0", rig.node.list().getFirst().hostInterface());
            rig.node.close();
            Path record = folder.resolve("data/endpoints.log");
            Files.writeString(record, Files.readString(record).replace(container.path(), "/run/netns/tmbt-none"));
            rig.start();
            Rig.eventually(() -> rig.node.list().isEmpty());
        }
    }

    /** ctr names a container's namespace by its process, which after a start of the machine is another one; what the machine's end killed sends no DEL. */
    @Test
    void aContainerOfAnEarlierStartOfTheMachineIsGoneThoughItsPathLeadsSomewhere() throws IOException {
        try (Rig rig = new Rig(folder, 10); Namespace container = new Namespace(); Namespace another = new Namespace()) {
            String before = "{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"azvforeign\"}],\"ips\":[{\"address\":\"10.9.0.5/16\"}]}";
            assertEquals(0, rig.call("tombolo", "ADD", "foreign", container.path(), Rig.configuration("1.0.0", ",\"prevResult\":" + before)).status());
            assertEquals(0, rig.call("tombolo", "ADD", "own", container.path(), Rig.configuration("1.0.0", "")).status());
            Rig.eventually(() -> rig.resources.names().size() == 2);
            rig.node.close();
            rig.host.ip("link del " + rig.host.ip("-o link").replaceAll("(?s).*?(cali[0-9a-f]{11}).*", "$1"));
            Path record = folder.resolve("data/endpoints.log");
            Files.writeString(record, Files.readString(record).replace(container.path(), another.path()));
            rig.boot = "boot-2";
            rig.start();
            Rig.eventually(() -> rig.node.list().isEmpty());
            assertEquals(List.of(), rig.pool.handles());
            assertEquals(List.of(), rig.resources.names());
            assertEquals(0, rig.call("tombolo", "ADD", "own", another.path(), Rig.configuration("1.0.0", "")).status());
            rig.node.close();
            rig.start();
            assertEquals(List.of("net.own"), rig.pool.handles(), "it is of this start");
        }
    }

    /** The runtime may be faster than gateway-dataplane, with which the look at the record waits. */
    @Test
    void aRecordOfAnEarlierStartOfTheMachineKeepsNoContainerFromItsAddWhereNobodyHasTakenItBackYet() throws IOException {
        try (Rig rig = new Rig(folder, 10); Namespace container = new Namespace()) {
            String before = "{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"azvforeign\"}],\"ips\":[{\"address\":\"10.9.0.5/16\"}]}";
            String chained = Rig.configuration("1.0.0", ",\"prevResult\":" + before);
            assertEquals(0, rig.call("tombolo", "ADD", "foreign", container.path(), chained).status());
            assertEquals(0, rig.call("tombolo", "ADD", "own", container.path(), Rig.configuration("1.0.0", "")).status());
            rig.node.close();
            container.ip("link del eth0");
            rig.boot = "boot-2";
            rig.start(false);
            assertEquals(CniError.TRY_AGAIN_LATER, rig.call("tombolo", "ADD", "own", container.path(), Rig.configuration("1.0.0", "")).code());
            assertEquals(0, rig.call("tombolo", "ADD", "foreign", container.path(), chained).status());
            assertEquals(CniError.EXISTS, rig.call("tombolo", "ADD", "foreign", container.path(), chained).code(), "it is of this start");
            rig.complete();
            assertEquals(List.of("foreign"), rig.node.list().stream().map(one -> one.id().containerId()).toList());
            assertEquals(0, rig.call("tombolo", "ADD", "own", container.path(), Rig.configuration("1.0.0", "")).status());
        }
    }

    @Test
    void whereTheStartOfTheMachineIsNotKnownNothingIsTakenForGone() throws IOException {
        try (Rig rig = new Rig(folder, 10); Namespace container = new Namespace()) {
            assertEquals(0, rig.call("tombolo", "ADD", "c1", container.path(), Rig.configuration("1.0.0", "")).status());
            for (String boot : List.of("", "boot-1")) {
                rig.node.close();
                rig.boot = boot;
                rig.start();
                assertEquals(List.of("net.c1"), rig.pool.handles());
                assertEquals(List.of(), rig.node.explain(new EndpointId("c1", "eth0")).orElseThrow().differences());
            }
        }
    }

    /** A loss of power takes the last lines of the record, which nobody waited for, and not what the datastore has. */
    @Test
    void whatNoRecordKnowsIsDeletedFromTheClusterAndWhatIsOthersStays() throws IOException {
        try (Rig rig = new Rig(folder, 10); Namespace container = new Namespace()) {
            rig.host.ip("link add calithere type veth peer name calipeer");
            Endpoint second = new Endpoint(new EndpointId("recorded", "eth1"), "net", "routed", "", "calilost1", Optional.empty(), 1400, List.of(), Map.of(), State.READY, 1);
            assertEquals(0, rig.call("tombolo", "ADD", "recorded", container.path(), Rig.configuration("1.0.0", "")).status());
            Rig.eventually(() -> rig.resources.names().equals(List.of("node--1-cni-recorded-eth0")));
            rig.node.close();
            Json.Obj calicos = WorkloadDocument.of("node-1", endpoint("calicos", "calicos", State.READY));
            Json.Obj plain = calicos.with("metadata", calicos.object("metadata").orElseThrow().with("annotations", Json.Obj.EMPTY));
            for (Json.Obj document : List.of(plain, WorkloadDocument.of("node-1", second), WorkloadDocument.of("node-1", endpoint("lost", "calilost", State.READY)),
                    WorkloadDocument.of("node-1", endpoint("pod.lost", "", State.READY)),
                    WorkloadDocument.of("node-1", endpoint("there", "calithere", State.READY)), WorkloadDocument.of("node-2", endpoint("theirs", "calitheirs", State.READY)))) {
                rig.resources.write(Resources.Verb.APPLY, document);
            }
            rig.resources.write(Resources.Verb.APPLY, datastoreReady(false));
            assertEquals(7, rig.resources.names().size());
            rig.start();
            Rig.eventually(() -> rig.call("tombolo", "ADD", "refused", container.path(), Rig.configuration("1.0.0", "")).code() == CniError.TRY_AGAIN_LATER);
            assertEquals(7, rig.resources.names().size(), "while the datastore is locked nothing is deleted");
            rig.resources.write(Resources.Verb.APPLY, datastoreReady(true));
            List<String> left = List.of("node--1-cni-calicos-eth0", "node--1-cni-recorded-eth0", "node--1-cni-there-eth0", "node--2-cni-theirs-eth0");
            Rig.eventually(() -> rig.resources.names().equals(left));
        }
    }

    /** As of Calico's containers on a node that was Calico's: only it has told the cluster of them, and its plugin, which would take that back, is ours now. */
    @Test
    void aDelOfAContainerThatNoRecordKnowsTakesItFromTheClusterAndNobodyWhoHasItsNameByNow() throws IOException {
        String calico = "{\"cniVersion\":\"0.3.1\",\"name\":\"k8s-pod-network\",\"type\":\"calico\",\"ipam\":{\"type\":\"calico-ipam\"}}";
        try (Rig rig = new Rig(folder, 10)) {
            List<String> pods = List.of("web", "db", "late", "later");
            for (String pod : pods) {
                Json.Obj told = WorkloadDocument.of("node-1", new Endpoint(new EndpointId(pod.equals("db") ? "another" : pod + "-id", "eth0"), "k8s-pod-network", "routed", "", "cali" + pod, Optional.empty(),
                        1400, List.of(), Map.of("K8S_POD_NAME", pod, "K8S_POD_NAMESPACE", "shop"), State.READY, 1));
                rig.resources.write(Resources.Verb.APPLY, told.with("metadata", told.object("metadata").orElseThrow().with("annotations", Json.Obj.EMPTY)));
                rig.pool.assign(new AddressSource.Ask("k8s-pod-network." + pod + "-id", Map.of(), Optional.empty(), true, false, List.of(), List.of(), List.of()));
            }
            for (String pod : pods) {
                rig.resources.unreachable = pod.equals("late");
                if (pod.equals("later")) {
                    rig.node.resourcesGone(rig.resources);
                    rig.complete(); // behind which that has been taken on
                }
                assertEquals(0, rig.call("calico", "DEL", pod + "-id", "", calico, "CNI_ARGS", "K8S_POD_NAMESPACE=shop;K8S_POD_NAME=" + pod).status());
            }
            assertEquals(List.of(), rig.pool.handles());
            assertEquals(List.of("node--1-k8s-db-eth0", "node--1-k8s-late-eth0", "node--1-k8s-later-eth0"), rig.resources.names());
            assertEquals(2, rig.node.status().releasing(), "what the store could not be told waits for it, or for gateway-resources");
            rig.resources.unreachable = false;
            rig.node.resources(rig.resources);
            Rig.eventually(() -> rig.node.status().releasing() == 0);
            assertEquals(List.of("node--1-k8s-db-eth0"), rig.resources.names(), "of another container, which has the pod's name by now");
        }
    }

    /** Since 0.4.0 a DEL carries the ADD's result, which does not make a main plugin the last of a chain: that one has no ipam. */
    @Test
    void aDelOfAContainerThatNoRecordKnowsGivesBackItsAddressesThoughItComesWithAResultUnlessTheyAreAnothersToGiveBack() throws IOException {
        String result = ",\"prevResult\":{\"cniVersion\":\"1.0.0\",\"ips\":[{\"address\":\"10.65.0.1/32\"}]}}";
        try (Rig rig = new Rig(folder, 10)) {
            rig.pool.assign(new AddressSource.Ask("net.c1", Map.of(), Optional.empty(), true, false, List.of(), List.of(), List.of()));
            assertEquals(0, rig.call("tombolo", "DEL", "c1", "", "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"tombolo\"" + result).status());
            assertEquals(List.of("net.c1"), rig.pool.handles(), "a chain's main plugin gives them back by a DEL of its own");
            assertEquals(0, rig.call("calico", "DEL", "c1", "", "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"calico\",\"ipam\":{\"type\":\"calico-ipam\"}" + result).status());
            assertEquals(List.of(), rig.pool.handles());
        }
    }

    /** What it told the cluster under the name before is nobody's: whoever gets the addresses next would count as those containers, too. */
    @Test
    void aNodeThatHasAnotherNameNowTakesBackWhatItToldUnderTheOneBeforeAndNothingOfWhoHasThatNameByNow() throws IOException {
        try (Rig rig = new Rig(folder, 10); Namespace a = new Namespace(); Namespace b = new Namespace()) {
            assertEquals(0, rig.call("tombolo", "ADD", "stays", a.path(), Rig.configuration("1.0.0", "")).status());
            assertEquals(0, rig.call("tombolo", "ADD", "goes", b.path(), Rig.configuration("1.0.0", "")).status());
            Rig.eventually(() -> rig.resources.names().size() == 2);
            rig.node.close();
            rig.resources.write(Resources.Verb.APPLY, WorkloadDocument.of("node-1", endpoint("theirs", "calitheirs", State.READY)));
            rig.resources.unreachable = true;
            rig.nodeName = "node-2";
            rig.start();
            assertEquals(0, rig.call("tombolo", "DEL", "goes", b.path(), Rig.configuration("1.0.0", "")).status());
            assertEquals(1, rig.node.status().releasing());
            rig.node.close();
            rig.resources.unreachable = false;
            rig.start();
            Rig.eventually(() -> rig.resources.names().equals(List.of("node--1-cni-theirs-eth0", "node--2-cni-stays-eth0")));
            Rig.eventually(() -> rig.node.status().releasing() == 0);
            assertEquals(List.of("net.stays"), rig.pool.handles());
            assertEquals(0, rig.call("tombolo", "DEL", "stays", a.path(), Rig.configuration("1.0.0", "")).status());
            assertEquals(List.of("node--1-cni-theirs-eth0"), rig.resources.names());
        }
    }

    /** Two looks for what is to go: the one of the name between must not take what is told under the last name, nor leave what was told under its own. */
    @ParameterizedTest
    @ValueSource(strings = {"node-1", "node-3"})
    void aNodeThatIsRenamedAgainWhileItTakesBackTheNameBeforeIsKnownUnderTheLastNameAndNoOther(String last) throws Exception {
        CountDownLatch deleting = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Rig rig = new Rig(folder, 10); Namespace a = new Namespace(); Namespace b = new Namespace()) {
            assertEquals(0, rig.call("tombolo", "ADD", "a", a.path(), Rig.configuration("1.0.0", "")).status());
            assertEquals(0, rig.call("tombolo", "ADD", "b", b.path(), Rig.configuration("1.0.0", "")).status());
            Rig.eventually(() -> rig.resources.names().size() == 2);
            rig.resources.onDelete = id -> {
                if (id.name().equals("node--1-cni-a-eth0") && deleting.getCount() > 0) {
                    deleting.countDown();
                    awaitQuietly(goOn);
                }
            };
            rig.rename("node-2");
            awaitQuietly(deleting);
            Set<String> written = ConcurrentHashMap.newKeySet();
            rig.resources.onDocument = document -> written.add(document.object("metadata").flatMap(metadata -> metadata.text("name")).orElse(""));
            rig.rename(last);
            List<String> left = Stream.of("a", "b").map(container -> last.replace("-", "--") + "-cni-" + container + "-eth0").toList();
            Rig.eventually(() -> written.containsAll(left) && rig.resources.names().containsAll(left));
            goOn.countDown();
            Rig.eventually(() -> rig.resources.names().equals(left));
        } finally {
            goOn.countDown();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS), "not within 30 s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatAMachineThatWasStartedAnewUnderAnotherNameTakesBackTheClusterForgetsUnderTheOneBefore() throws IOException {
        try (Rig rig = new Rig(folder, 10); Namespace container = new Namespace()) {
            assertEquals(0, rig.call("tombolo", "ADD", "c1", container.path(), Rig.configuration("1.0.0", "")).status());
            Rig.eventually(() -> rig.resources.names().size() == 1);
            rig.node.close();
            rig.boot = "boot-2";
            rig.nodeName = "node-2";
            rig.start();
            Rig.eventually(() -> rig.node.list().isEmpty());
            assertEquals(List.of(), rig.resources.names());
            assertEquals(List.of(), rig.pool.handles());
        }
    }

    private static Json.Obj datastoreReady(boolean ready) {
        return Json.Obj.of("kind", new Json.Text("ClusterInformation")).with("metadata", Json.Obj.of("name", new Json.Text("default")))
                .with("spec", Json.Obj.of("datastoreReady", Json.Bool.of(ready)));
    }

    /** As older gateways wrote it. */
    @Test
    void aRecordWithoutTheStartOfTheMachineIsOfTheOneThatReadsItFirst() throws IOException {
        EndpointId a = new EndpointId("a", "eth0");
        try (EndpointLog log = new EndpointLog(folder, "")) {
            log.put(endpoint("a", "cali1", State.READY), false);
        }
        assertFalse(Files.readString(folder.resolve("endpoints.log")).contains("boot"));
        for (String boot : List.of("boot-1", "boot-1", "")) {
            try (EndpointLog log = new EndpointLog(folder, boot)) {
                assertFalse(log.isOfAnotherBoot(a), boot);
                assertEquals(List.of(endpoint("a", "cali1", State.READY)), log.list());
            }
        }
        for (String boot : List.of("boot-2", "boot-3")) { // the first leaves it as it was
            try (EndpointLog log = new EndpointLog(folder, boot)) {
                assertTrue(log.isOfAnotherBoot(a), boot);
            }
        }
        try (EndpointLog log = new EndpointLog(folder, "boot-3")) {
            log.put(endpoint("a", "cali1", State.READY), false);
            assertFalse(log.isOfAnotherBoot(a));
        }
    }

    @Test
    void theRecordSurvivesAWriteThatWasCutOff() throws IOException {
        Path data = folder.resolve("data");
        try (EndpointLog log = new EndpointLog(data)) {
            log.put(endpoint("a", "cali1", State.READY), false);
            log.put(endpoint("b", "cali2", State.READY), false);
            log.remove(new EndpointId("a", "eth0"));
        }
        byte[] whole = Files.readAllBytes(data.resolve("endpoints.log"));
        Files.writeString(data.resolve("endpoints.log"), "{\"container\":\"c\",\"interf", StandardOpenOption.APPEND);
        try (EndpointLog log = new EndpointLog(data)) {
            assertEquals(List.of(endpoint("b", "cali2", State.READY)), log.list());
        }
        for (int cut = 0; cut < whole.length; cut += 7) {
            Files.write(data.resolve("endpoints.log"), java.util.Arrays.copyOf(whole, cut));
            try (EndpointLog log = new EndpointLog(data)) {
                assertTrue(log.list().size() <= 2); // some prefix of the history, never an exception
            }
        }
    }

    /** As of a server that cuts off what takes too long at its stop: the node goes on, and what comes next must not fail for ever. */
    @Test
    void anInterruptedWriteFailsAloneAndLeavesNothingOfItself() throws IOException {
        try (EndpointLog log = new EndpointLog(folder)) {
            log.put(endpoint("a", "cali1", State.READY), false);
            Thread.currentThread().interrupt();
            assertThrows(IOException.class, () -> log.put(endpoint("b", "cali2", State.READY), true));
            assertTrue(Thread.interrupted());
            Files.writeString(folder.resolve("endpoints.log"), "{\"container\":\"b\",\"interf", StandardOpenOption.APPEND); // what a full disk leaves
            log.put(endpoint("c", "cali3", State.READY), true);
            log.remove(new EndpointId("a", "eth0"));
        }
        try (EndpointLog log = new EndpointLog(folder)) {
            assertEquals(List.of("c"), log.list().stream().map(one -> one.id().containerId()).toList());
        }
        assertFalse(Files.readString(folder.resolve("endpoints.log")).contains("\"b\""));
    }

    /** What another thread's interrupt closed is opened anew by who writes next, and that one nobody has waited for. */
    @Test
    void whoWaitsForAFileThatWasOpenedAgainWaitsForThatOne() throws IOException {
        EndpointLog log = new EndpointLog(folder);
        FileChannel before = FileChannel.open(folder.resolve("endpoints.log"), StandardOpenOption.WRITE);
        before.close();
        log.force(before);
        log.close();
        assertThrows(ClosedChannelException.class, () -> log.force(before), "it is the one of now that is waited for");
    }

    @Test
    void historyIsDroppedAndTheFileStaysSmall() throws IOException {
        try (EndpointLog log = new EndpointLog(folder)) {
            for (int i = 0; i < 12_000; i++) {
                log.put(endpoint("c" + i, "cali1", State.READY), false);
                log.remove(new EndpointId("c" + i, "eth0"));
            }
            assertTrue(Files.size(folder.resolve("endpoints.log")) < 4_000_000, Files.size(folder.resolve("endpoints.log")) + " bytes");
        }
    }
}
