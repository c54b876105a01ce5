package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.resource.Resources;
import tombolo.cni.core.WorkloadDocument;

/** Endpoints on their way to the cluster, behind the ADDs that made them. */
class PublisherTest {
    private final FakeResources resources = new FakeResources();
    private final Publisher publisher = new Publisher();

    @AfterEach
    void stop() {
        resources.onWrite = () -> { };
        publisher.close();
    }

    private static Endpoint endpoint(String container) {
        return new Endpoint(new EndpointId(container, "eth0"), "net", "routed", "/run/netns/none", "cali1", Optional.empty(), 1400, List.of(), Map.of(), Endpoint.State.READY, 1);
    }

    private void known(String... names) {
        Rig.eventually(() -> publisher.pending() == 0);
        assertEquals(List.of(names), resources.names());
    }

    @Test
    void whatIsPutIsWrittenSoonAndWhatIsWithdrawnIsDeletedAtOnce() {
        publisher.workloads(Optional.of(new Workloads(resources)));
        publisher.put("node", endpoint("a"), true, false);
        publisher.put("node", endpoint("b"), true, false);
        known("node-cni-a-eth0", "node-cni-b-eth0");
        publisher.withdraw("node", endpoint("a"));
        assertEquals(List.of("node-cni-b-eth0"), resources.names());
    }

    /** A document that cannot even be written down must not keep its neighbours from the cluster. */
    @Test
    void aDefectOfOneEndpointKeepsNoOtherFromBeingKnown() {
        resources.onDocument = document -> {
            if (document.object("metadata").flatMap(metadata -> metadata.text("name")).orElse("").contains("-b-")) {
                throw new IllegalStateException("a defect");
            }
        };
        for (String container : List.of("a", "b", "c")) {
            publisher.put("node", endpoint(container), true, false);
        }
        publisher.workloads(Optional.of(new Workloads(resources)));
        known("node-cni-a-eth0", "node-cni-c-eth0");
    }

    /** A DEL costs no look at what an ADD wrote a moment ago. */
    @Test
    void whatNobodyHasTouchedSinceIsDeletedWithoutBeingRead() {
        publisher.workloads(Optional.of(new Workloads(resources)));
        publisher.put("node", endpoint("a"), true, false);
        known("node-cni-a-eth0");
        publisher.withdraw("node", endpoint("a"));
        assertEquals(List.of(), resources.names());
        assertEquals(0, resources.reads.get());
    }

    @Test
    void whatOthersHaveChangedSinceIsReadAndDeletedAllTheSame() {
        publisher.workloads(Optional.of(new Workloads(resources)));
        publisher.put("node", endpoint("a"), true, false);
        known("node-cni-a-eth0");
        resources.write(Resources.Verb.APPLY, WorkloadDocument.of("node", endpoint("a")));
        publisher.withdraw("node", endpoint("a"));
        assertEquals(List.of(), resources.names());
        assertEquals(1, resources.reads.get());
    }

    /** A pod that was made anew has the same name: the late DEL of the one before it must not take it. */
    @Test
    void whatIsAnotherContainersByNowStays() {
        publisher.workloads(Optional.of(new Workloads(resources)));
        publisher.put("node", pod("a"), true, false);
        known("node-k8s-db-eth0");
        publisher.put("node", pod("b"), true, false);
        known("node-k8s-db-eth0");
        publisher.withdraw("node", pod("a"));
        assertEquals(List.of("node-k8s-db-eth0"), resources.names());
        publisher.withdraw("node", pod("b"));
        assertEquals(List.of(), resources.names());
    }

    @Test
    void aPodWithALongNameIsFoundAgainByItsRevisionAndAfterARestart() {
        String node = "node";
        Endpoint pod = pod("a", "a-".repeat(100) + "a");
        String name = WorkloadDocument.id(node, pod).name();
        publisher.workloads(Optional.of(new Workloads(resources)));
        publisher.put(node, pod, true, false);
        known(name);
        publisher.withdraw(node, pod);
        assertEquals(List.of(), resources.names());
        assertEquals(0, resources.reads.get());
        publisher.put(node, pod, true, false);
        known(name);
        publisher.workloads(Optional.of(new Workloads(resources))); // knows no revision
        publisher.put(node, pod("b", "a-".repeat(100) + "b"), false, false);
        publisher.withdraw(node, pod);
        known(WorkloadDocument.id(node, pod("b", "a-".repeat(100) + "b")).name());
    }

    private static Endpoint pod(String container) {
        return pod(container, "db");
    }

    private static Endpoint pod(String container, String name) {
        return new Endpoint(new EndpointId(container, "eth0"), "net", "routed", "/run/netns/none", "cali1", Optional.empty(), 1400, List.of(), Map.of("K8S_POD_NAME", name), Endpoint.State.READY, 1);
    }

    @Test
    void whatWasNeverWrittenIsForgottenWithoutTheStore() {
        publisher.put("node", endpoint("a"), true, false);
        resources.unreachable = true;
        publisher.withdraw("node", endpoint("a"));
        publisher.workloads(Optional.of(new Workloads(resources)));
        assertEquals(0, publisher.pending());
    }

    /** Else it would stay in the store for good, and policy would count the next container's address as this one's. */
    @Test
    void whatWasWrittenIsNotTakenForWithdrawnWhileThereIsNoStore() {
        publisher.workloads(Optional.of(new Workloads(resources)));
        publisher.put("node", endpoint("a"), true, true);
        known("node-cni-a-eth0");
        publisher.workloads(Optional.empty());
        for (Endpoint.State state : List.of(Endpoint.State.READY, Endpoint.State.RELEASING)) {
            assertEquals(DatastoreException.Applied.NO, assertThrows(DatastoreException.class, () -> publisher.withdraw("node", endpoint("a").in(state))).applied());
        }
        publisher.withdraw("node", endpoint("b").in(Endpoint.State.ADDING)); // an ADD that came to nothing was never told of
        publisher.workloads(Optional.of(new Workloads(resources)));
        publisher.withdraw("node", endpoint("a").in(Endpoint.State.RELEASING));
        assertEquals(List.of(), resources.names());
    }

    @Test
    void whatMayHaveBeenWrittenInAnEarlierLifeIsDeletedFromTheStore() {
        publisher.workloads(Optional.of(new Workloads(resources)));
        publisher.put("node", endpoint("a"), true, true);
        known("node-cni-a-eth0");
        publisher.workloads(Optional.empty());
        publisher.put("node", endpoint("a"), false, false);
        resources.unreachable = true;
        publisher.workloads(Optional.of(new Workloads(resources)));
        assertThrows(DatastoreException.class, () -> publisher.withdraw("node", endpoint("a")));
        resources.unreachable = false;
        publisher.withdraw("node", endpoint("a"));
        assertEquals(List.of(), resources.names());
    }

    @Test
    void aWithdrawalWaitsForTheWriteThatIsOnItsWay() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        resources.onWrite = () -> {
            writing.countDown();
            try {
                goOn.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        publisher.workloads(Optional.of(new Workloads(resources)));
        publisher.put("node", endpoint("a"), true, true);
        writing.await(20, TimeUnit.SECONDS);
        CompletableFuture<Void> withdrawn = CompletableFuture.runAsync(() -> publisher.withdraw("node", endpoint("a")));
        goOn.countDown();
        withdrawn.get(20, TimeUnit.SECONDS);
        assertEquals(List.of(), resources.names());
        assertEquals(0, publisher.pending());
    }

    @Test
    void aStoreThatIsAwayIsTriedAgainWhenItComesBack() {
        AtomicInteger tries = new AtomicInteger();
        resources.onWrite = tries::incrementAndGet;
        resources.unreachable = true;
        publisher.workloads(Optional.of(new Workloads(resources)));
        publisher.put("node", endpoint("a"), true, true);
        Rig.eventually(() -> tries.get() > 0);
        resources.unreachable = false;
        publisher.workloads(Optional.of(new Workloads(resources)));
        known("node-cni-a-eth0");
    }

    @Test
    void whileTheStoreIsLockedNothingIsWrittenAndNothingDeleted() {
        publisher.workloads(Optional.of(new Workloads(resources)));
        publisher.put("node", endpoint("a"), true, true);
        known("node-cni-a-eth0");
        publisher.locked(true);
        publisher.put("node", endpoint("b"), true, true);
        assertThrows(DatastoreException.class, () -> publisher.withdraw("node", endpoint("a")));
        assertEquals(1, publisher.pending());
        publisher.locked(false);
        known("node-cni-a-eth0", "node-cni-b-eth0");
    }
}
