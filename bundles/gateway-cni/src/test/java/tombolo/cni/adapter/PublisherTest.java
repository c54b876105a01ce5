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

    @Test
    void whatWasNeverWrittenIsForgottenWithoutTheStore() {
        publisher.put("node", endpoint("a"), true, false);
        resources.unreachable = true;
        publisher.withdraw("node", endpoint("a"));
        publisher.workloads(Optional.of(new Workloads(resources)));
        assertEquals(0, publisher.pending());
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
