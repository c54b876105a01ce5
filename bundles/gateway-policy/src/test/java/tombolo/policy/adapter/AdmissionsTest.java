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
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.Resource;
import tombolo.policy.core.Cluster;
import tombolo.runtime.FollowedResources;
import tombolo.runtime.Loop;

class AdmissionsTest {
    private static final long SOON = 20;

    /** Else the endpoint would be there for ever: nobody ends it a second time. */
    @Test
    void anEndOvertakesNothingThatWasForetoldWhereTheMailboxIsFull() throws Exception {
        LinkedBlockingQueue<String> taken = new LinkedBlockingQueue<>();
        Endpoint endpoint = new Endpoint(new EndpointId("c1", "eth0"), "net", "routed", "/run/netns/none", "cali1", Optional.empty(), 1500,
                List.of(new InterfaceAddress(IpAddress.parse("10.0.0.1"), 32)), Map.of("K8S_POD_NAMESPACE", "x", "K8S_POD_NAME", "pod1"), Endpoint.State.READY, 0);
        Resource resource = Cluster.read("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod1-eth0'",
                "'orchestrator':'k8s','node':'here','pod':'pod1','endpoint':'eth0','containerID':'c1','interfaceName':'cali1','ipNetworks':['10.0.0.1/32']", 1);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        try (Loop loop = new Loop("test-admissions", 1)) {
            FollowedResources resources = new FollowedResources("test-resources", Set.of("WorkloadEndpoint"), loop::offer, _ -> { }, _ -> { });
            Admissions admissions = new Admissions(loop, new Enforcer(loop, () -> { }), new Closing(Optional.empty()), resources,
                    (puts, deletes) -> taken.add(puts.size() + " put, " + deletes.size() + " deleted"), () -> { }, Duration.ofSeconds(SOON));
            assertTrue(loop.offer(() -> {
                busy.countDown();
                try {
                    gate.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
            assertTrue(busy.await(SOON, TimeUnit.SECONDS));
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
