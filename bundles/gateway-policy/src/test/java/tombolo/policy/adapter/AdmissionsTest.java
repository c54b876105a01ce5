package tombolo.policy.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointPolicy.Outcome;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.Resource;
import tombolo.policy.core.Cluster;
import tombolo.runtime.FollowedResources;
import tombolo.runtime.Loop;

class AdmissionsTest {
    private static final long SOON = 20;

    private static Endpoint endpoint(String host) {
        return new Endpoint(new EndpointId("c1", "eth0"), "net", "routed", "/run/netns/none", host, Optional.empty(), 1500,
                List.of(new InterfaceAddress(IpAddress.parse("10.0.0.1"), 32)), Map.of("K8S_POD_NAMESPACE", "x", "K8S_POD_NAME", "pod1"), Endpoint.State.READY, 0);
    }

    /** Returns once the Loop does nothing else until the gate opens. */
    private static void holdUp(Loop loop, CountDownLatch gate) throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        assertTrue(loop.offer(() -> {
            busy.countDown();
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        assertTrue(busy.await(SOON, TimeUnit.SECONDS));
    }

    private static Admissions admissions(Loop loop, LinkedBlockingQueue<String> taken, Duration answer) {
        FollowedResources resources = new FollowedResources("test-resources", Set.of("WorkloadEndpoint"), loop::offer, _ -> { }, _ -> { });
        return new Admissions(loop, new Enforcer(loop, () -> { }), new Closing(Optional.empty()), resources,
                (puts, deletes) -> taken.add(puts.size() + " put, " + deletes.size() + " deleted"), () -> { }, answer);
    }

    /** Whoever makes an interface goes on at its limit, whatever the answer. */
    @Test
    void expectingAnInterfaceAsksABusyEngineOnceAndNotForItsReason() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        try (Loop loop = new Loop("test-admissions", 10)) {
            holdUp(loop, gate);
            Outcome late = admissions(loop, new LinkedBlockingQueue<>(), Duration.ofSeconds(SOON)).expect(endpoint("azv1"), Duration.ofMillis(20));
            assertEquals(new Outcome.Pending("interfaces of mode routed are not known to be closed after 20 ms"), late);
            assertEquals(1, loop.queued(), "no second question waits behind the first");
            gate.countDown();
        } finally {
            gate.countDown();
        }
    }

    @Test
    void whoeverWaitsInVainForABusyEngineIsToldThatItIsBusy() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        try (Loop loop = new Loop("test-admissions", 2)) {
            holdUp(loop, gate);
            Admissions admissions = admissions(loop, new LinkedBlockingQueue<>(), Duration.ofMillis(20));
            assertEquals(new Outcome.Pending("the policy engine is busy or stopping: test-admissions did not answer within 20 ms: try again"),
                    admissions.await(endpoint("cali1"), Duration.ofMillis(20)));
            assertEquals(new Outcome.Pending("the policy engine is busy or stopping: test-admissions takes nothing more"), admissions.await(endpoint("cali1"), Duration.ofMillis(20)), "two wait");
            gate.countDown();
        } finally {
            gate.countDown();
        }
    }

    /** Else the endpoint would be there for ever: nobody ends it a second time. */
    @Test
    void anEndOvertakesNothingThatWasForetoldWhereTheMailboxIsFull() throws Exception {
        LinkedBlockingQueue<String> taken = new LinkedBlockingQueue<>();
        Endpoint endpoint = endpoint("cali1");
        Resource resource = Cluster.read("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod1-eth0'",
                "'orchestrator':'k8s','node':'here','pod':'pod1','endpoint':'eth0','containerID':'c1','interfaceName':'cali1','ipNetworks':['10.0.0.1/32']", 1);
        CountDownLatch gate = new CountDownLatch(1);
        try (Loop loop = new Loop("test-admissions", 1)) {
            Admissions admissions = admissions(loop, taken, Duration.ofSeconds(SOON));
            holdUp(loop, gate);
            assertTrue(admissions.foretell(endpoint, resource));
            admissions.gone(endpoint.id()); // there is no room for it
            gate.countDown();
            assertEquals("1 put, 0 deleted", taken.poll(SOON, TimeUnit.SECONDS));
            assertEquals("0 put, 1 deleted", taken.poll(SOON, TimeUnit.SECONDS));
        } finally {
            gate.countDown();
        }
    }
}
