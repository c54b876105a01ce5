package tombolo.policy.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tombolo.api.config.BgpSettings;
import tombolo.api.config.NodeSettings;
import tombolo.api.config.Settings;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointPolicy.Outcome;
import tombolo.api.json.Json;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables;
import tombolo.api.nftables.Owner;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.Resources;
import tombolo.policy.core.Cluster;

/** {@code EndpointPolicy.await}: who adds a container is told that its rules are in force when they are, and not before; the kernel here is answered for by hand. */
class AwaitTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    /** For what does not come: long enough for the policy's own thread to be asked on a busy machine. */
    private static final Duration SHORT = Duration.ofSeconds(1);

    private final PolicyNode policy = new PolicyNode(Optional.empty());
    private final HeldWriter writer = new HeldWriter();
    private final SaidResources resources = new SaidResources();
    private final List<Thread> threads = new ArrayList<>();

    /** Changes wait until the test says what became of them. */
    private static final class HeldWriter implements Nftables {
        private final LinkedBlockingQueue<CompletableFuture<Outcome>> asked = new LinkedBlockingQueue<>();
        /** Whoever hands a change over is held up until it is open. */
        private volatile CountDownLatch gate = new CountDownLatch(0);

        @Override
        public CompletableFuture<Outcome> change(Owner owner, Change change) {
            CompletableFuture<Outcome> told = new CompletableFuture<>();
            CountDownLatch now = gate; // the next one is not for a change that the test has in hand already
            asked.add(told);
            try {
                now.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return told;
        }

        CompletableFuture<Outcome> next() throws InterruptedException {
            CompletableFuture<Outcome> next = asked.poll(SOON.toSeconds(), TimeUnit.SECONDS);
            assertTrue(next != null, "no change was handed over");
            return next;
        }

        void take() throws InterruptedException {
            next().complete(new Outcome.InForce(1));
        }

        @Override
        public Map<String, List<Counter>> counters(Owner owner) {
            return Map.of();
        }

        @Override
        public Status status() {
            throw new UnsupportedOperationException();
        }
    }

    /** Says what the test wants, to the one who listens. */
    static final class SaidResources implements Resources {
        private final CompletableFuture<ResourceListener> listener = new CompletableFuture<>();

        void say(boolean complete, Resource... puts) throws Exception {
            listener.get(SOON.toSeconds(), TimeUnit.SECONDS).changed(new ResourceListener.Changes(complete, List.of(puts), List.of()));
        }

        void forget(ResourceId id) throws Exception {
            listener.get(SOON.toSeconds(), TimeUnit.SECONDS).changed(new ResourceListener.Changes(false, List.of(), List.of(id)));
        }

        @Override
        public Subscription subscribe(Set<String> kinds, ResourceListener to) {
            listener.complete(to);
            return () -> { };
        }

        @Override
        public Optional<Resource> get(ResourceId id) {
            return Optional.empty();
        }

        @Override
        public List<Resource> list(String kind, Optional<String> namespace) {
            return List.of();
        }

        @Override
        public WriteOutcome write(Verb verb, Json.Obj document) {
            throw new UnsupportedOperationException();
        }

        @Override
        public WriteOutcome delete(ResourceId id, Optional<Long> revision) {
            throw new UnsupportedOperationException();
        }
    }

    private static Resource pod(int number, String host, String address) {
        return pod(number, host, address, "c" + number);
    }

    private static Resource pod(int number, String host, String address, String container) {
        return Cluster.read("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod" + number + "-eth0'", "'orchestrator':'k8s','node':'here','pod':'pod" + number
                + "','endpoint':'eth0','containerID':'" + container + "','interfaceName':'" + host + "','ipNetworks':['" + address + "/32'],'profiles':['kns.x']", number + 1);
    }

    private static Endpoint endpoint(int number, String host, String address) {
        return new Endpoint(new EndpointId("c" + number, "eth0"), "net", "routed", "/run/netns/none", host, Optional.empty(), 1500, List.of(new InterfaceAddress(IpAddress.parse(address), 32)),
                Map.of("K8S_POD_NAMESPACE", "x", "K8S_POD_NAME", "pod" + number), Endpoint.State.READY, 0);
    }

    private void start(Resource... first) throws Exception {
        BgpSettings none = new BgpSettings(Optional.empty(), Optional.empty(), List.of(), 179, 1, 1, false, false, true, 100, 120, 120, Optional.empty(), 1);
        policy.settingsChanged(new Settings(new NodeSettings("here", 254, 20, 10, false, List.of()), none, Map.of(), Map.of(), Map.of(), Map.of()));
        policy.resourcesCame(resources);
        resources.say(true, first);
        policy.writerCame(writer);
    }

    private CompletableFuture<Outcome> await(Endpoint endpoint) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        threads.add(Thread.ofPlatform().daemon(true).start(() -> answer.complete(policy.admissions().await(endpoint, SOON))));
        return answer;
    }

    private static Outcome get(CompletableFuture<Outcome> answer) throws InterruptedException, ExecutionException, TimeoutException {
        return answer.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    /** Whether whoever asked waits still, once the policy's own thread has done all that it was given. */
    private void waits(CompletableFuture<Outcome> answer) {
        policy.status();
        assertFalse(answer.isDone(), () -> "told too early: " + answer.getNow(null));
    }

    @AfterEach
    void stop() throws InterruptedException {
        policy.close();
        for (Thread thread : threads) {
            thread.interrupt();
            thread.join();
        }
    }

    @Test
    void anEndpointIsInForceOnceTheKernelHasTheChangeThatBroughtItAndNotBefore() throws Exception {
        start();
        writer.take();
        CompletableFuture<Outcome> answer = await(endpoint(1, "cali1", "10.0.0.1"));
        waits(answer);
        resources.say(false, pod(1, "cali1", "10.0.0.1"));
        CompletableFuture<Nftables.Outcome> change = writer.next();
        waits(answer);
        change.complete(new Nftables.Outcome.InForce(2));
        assertInstanceOf(Outcome.InForce.class, get(answer));
        assertInstanceOf(Outcome.InForce.class, policy.admissions().await(endpoint(1, "cali1", "10.0.0.1"), SOON), "asked again, the same at once");
    }

    @Test
    void anEndpointThatIsForetoldNeedsNoWordOfTheStore() throws Exception {
        start();
        writer.take();
        CompletableFuture<Outcome> answer = foretell(1, "cali1", "10.0.0.1");
        CompletableFuture<Nftables.Outcome> change = writer.next();
        waits(answer);
        change.complete(new Nftables.Outcome.InForce(2));
        assertInstanceOf(Outcome.InForce.class, get(answer));
        resources.say(false, pod(1, "cali1", "10.0.0.1"));
        assertInstanceOf(Outcome.InForce.class, policy.admissions().await(endpoint(1, "cali1", "10.0.0.1"), SOON));
        assertEquals(1, policy.status().endpoints());
        assertTrue(writer.asked.isEmpty(), "the store told of the same: nothing to change");
        policy.admissions().gone(endpoint(1, "cali1", "10.0.0.1").id());
        assertEquals(1, policy.status().endpoints(), "from now on the store counts");
        resources.forget(pod(1, "cali1", "10.0.0.1").id());
        assertEquals(0, policy.status().endpoints());
    }

    @Test
    void anEndpointThatIsForetoldBeforeItsWaitHasItsRulesMadeMeanwhile() throws Exception {
        start();
        writer.take();
        Resource about = pod(1, "cali1", "10.0.0.1");
        assertTrue(policy.admissions().foretell(endpoint(1, "cali1", "10.0.0.1"), about));
        CompletableFuture<Nftables.Outcome> change = writer.next(); // nobody waits yet
        CompletableFuture<Outcome> answer = await(endpoint(1, "cali1", "10.0.0.1"));
        waits(answer);
        change.complete(new Nftables.Outcome.InForce(2));
        assertInstanceOf(Outcome.InForce.class, get(answer));
        // Its ADD is taken back before anybody waits.
        assertTrue(policy.admissions().foretell(endpoint(2, "cali2", "10.0.0.2"), pod(2, "cali2", "10.0.0.2")));
        writer.take();
        assertEquals(2, policy.status().endpoints());
        policy.admissions().gone(endpoint(2, "cali2", "10.0.0.2").id());
        writer.take();
        assertEquals(1, policy.status().endpoints());
    }

    @Test
    void aForetoldEndpointWhoseAddIsTakenBackIsGoneAndWhatTheStoreHasOfThatNameCountsAgain() throws Exception {
        start();
        writer.take();
        CompletableFuture<Outcome> answer = foretell(1, "cali1", "10.0.0.1");
        writer.take();
        assertInstanceOf(Outcome.InForce.class, get(answer));
        policy.admissions().gone(endpoint(1, "cali1", "10.0.0.1").id());
        assertEquals(0, policy.status().endpoints());
        writer.take();
        resources.say(false, pod(2, "cali2", "10.0.0.2"));
        writer.take();
        answer = foretell(2, "cali2", "10.0.0.3");
        writer.take();
        assertInstanceOf(Outcome.InForce.class, get(answer));
        policy.admissions().gone(endpoint(2, "cali2", "10.0.0.3").id());
        writer.take();
        assertInstanceOf(Outcome.InForce.class, policy.admissions().await(endpoint(2, "cali2", "10.0.0.2"), SOON));
    }

    @Test
    void whatTheStoreStillTellsOfAnOlderContainerOfThatNameChangesNothing() throws Exception {
        start();
        writer.take();
        Resource older = pod(1, "cali9", "10.0.0.9", "c9");
        resources.say(false, older);
        writer.take();
        CompletableFuture<Outcome> answer = foretell(1, "cali1", "10.0.0.1");
        writer.take();
        assertInstanceOf(Outcome.InForce.class, get(answer));
        resources.say(false, older);
        resources.forget(older.id());
        assertEquals(1, policy.status().endpoints());
        assertInstanceOf(Outcome.InForce.class, policy.admissions().await(endpoint(1, "cali1", "10.0.0.1"), SOON));
        resources.say(false, pod(1, "cali1", "10.0.0.1"));
        resources.forget(older.id());
        assertEquals(0, policy.status().endpoints(), "the store has told of it, so its end counts");
    }

    @Test
    void whatWasForetoldBeforeTheStoreWasHeardIsTheStoresOnceItsFirstListTellsOfIt() throws Exception {
        assertTrue(policy.admissions().foretell(endpoint(1, "cali1", "10.0.0.1"), pod(1, "cali1", "10.0.0.1")));
        assertTrue(policy.admissions().foretell(endpoint(2, "cali2", "10.0.0.2"), pod(2, "cali2", "10.0.0.2")));
        start(pod(1, "cali1", "10.0.0.1"));
        writer.take();
        assertEquals(2, policy.status().endpoints());
        resources.forget(pod(1, "cali1", "10.0.0.1").id());
        assertEquals(1, policy.status().endpoints(), "the store has told of it, so its end counts");
    }

    @Test
    void aForetoldEndpointKeepsTheLabelsThatTheStoreHasOfItsName() throws Exception {
        start();
        writer.take();
        Resource older = pod(1, "cali9", "10.0.0.9", "c9");
        resources.say(false, new Resource(older.id(), Map.of("role", "web"), older.spec(), older.tree(), 7));
        writer.take();
        CompletableFuture<Outcome> answer = foretell(1, "cali1", "10.0.0.1");
        writer.take();
        get(answer);
        assertEquals("web", policy.show("x/pod1").labels().get("role"));
    }

    private CompletableFuture<Outcome> foretell(int number, String host, String address) {
        CompletableFuture<Outcome> answer = new CompletableFuture<>();
        Resource about = pod(number, host, address);
        threads.add(Thread.ofPlatform().daemon(true).start(() -> answer.complete(policy.admissions().await(endpoint(number, host, address), about, SOON))));
        return answer;
    }

    @Test
    void changesOfOthersThatAreUnderWayHoldNobodyUp() throws Exception {
        start();
        writer.take();
        resources.say(false, pod(1, "cali1", "10.0.0.1"));
        CompletableFuture<Nftables.Outcome> first = writer.next();
        CompletableFuture<Outcome> answer = await(endpoint(1, "cali1", "10.0.0.1"));
        long deadline = System.nanoTime() + SOON.toNanos();
        while (threads.getLast().getState() != Thread.State.TIMED_WAITING && System.nanoTime() - deadline < 0) {
            Thread.onSpinWait(); // until it has asked
        }
        waits(answer);
        resources.say(false, pod(2, "cali2", "10.0.0.2"));
        CompletableFuture<Nftables.Outcome> second = writer.next();
        first.complete(new Nftables.Outcome.InForce(2));
        assertInstanceOf(Outcome.InForce.class, get(answer));
        second.complete(new Nftables.Outcome.InForce(3));
    }

    @Test
    void withoutAWriterOrTheResourceTheReasonIsSaid() throws Exception {
        assertEquals("no writer of the packet filter", assertInstanceOf(Outcome.Pending.class, policy.admissions().await(endpoint(1, "cali1", "10.0.0.1"), SHORT)).reason());
        start();
        writer.take();
        String reason = assertInstanceOf(Outcome.Pending.class, policy.admissions().await(endpoint(1, "cali1", "10.0.0.1"), SHORT)).reason();
        assertEquals("no WorkloadEndpoint with interface cali1 and its addresses has been heard", reason);
        resources.say(false, pod(1, "cali1", "10.0.0.9"));
        writer.take();
        assertInstanceOf(Outcome.Pending.class, policy.admissions().await(endpoint(1, "cali1", "10.0.0.1"), SHORT), "of another address");
    }

    @Test
    void whatTheKernelRefusesIsWaitedForUntilItIsTaken() throws Exception {
        start();
        writer.take();
        resources.say(false, pod(1, "cali1", "10.0.0.1"));
        CompletableFuture<Outcome> answer = await(endpoint(1, "cali1", "10.0.0.1"));
        writer.next().complete(new Nftables.Outcome.Refused("the kernel is out of memory", true));
        CompletableFuture<Nftables.Outcome> whole = writer.next();
        waits(answer);
        whole.complete(new Nftables.Outcome.InForce(3));
        assertInstanceOf(Outcome.InForce.class, get(answer));
    }

    @Test
    void aNewWriterMustHaveTakenItToo() throws Exception {
        start();
        writer.take();
        resources.say(false, pod(1, "cali1", "10.0.0.1"));
        writer.take();
        assertInstanceOf(Outcome.InForce.class, policy.admissions().await(endpoint(1, "cali1", "10.0.0.1"), SOON));
        policy.writerWent(writer);
        HeldWriter another = new HeldWriter();
        policy.writerCame(another);
        CompletableFuture<Nftables.Outcome> whole = another.next();
        CompletableFuture<Outcome> answer = await(endpoint(1, "cali1", "10.0.0.1"));
        waits(answer);
        whole.complete(new Nftables.Outcome.InForce(1));
        assertInstanceOf(Outcome.InForce.class, get(answer));
    }

    @Test
    void callsThatGaveUpMakeRoomForOthers() throws Exception {
        start();
        writer.take();
        for (int wave = 0; wave < 3; wave++) { // of 2,000 each, of which 4,096 may wait at once
            List<Thread> calls = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                calls.add(Thread.ofVirtual().start(() -> policy.admissions().await(endpoint(1, "cali1", "10.0.0.1"), SHORT)));
            }
            for (Thread call : calls) {
                call.join();
            }
        }
        assertTrue(assertInstanceOf(Outcome.Pending.class, policy.admissions().await(endpoint(1, "cali1", "10.0.0.1"), SHORT)).reason().startsWith("no WorkloadEndpoint"));
    }

    /** Of calls that gave up while the policy's own thread was busy, some 6,000, none is held on to. */
    @Test
    void callsThatGaveUpBeforeTheyWereHeardMakeRoomForOthers() throws Exception {
        start();
        writer.take();
        for (int wave = 0; wave < 3; wave++) {
            writer.gate = new CountDownLatch(1);
            try {
                resources.say(false, pod(wave + 2, "cali" + (wave + 2), "10.0.0." + (wave + 2)));
                CompletableFuture<Nftables.Outcome> change = writer.next(); // the thread is held up from now on
                List<Thread> calls = new ArrayList<>();
                for (int i = 0; i < 2_000; i++) {
                    calls.add(Thread.ofVirtual().start(() -> policy.admissions().await(endpoint(1, "cali1", "10.0.0.1"), Duration.ofMillis(200))));
                }
                for (Thread call : calls) {
                    call.join();
                }
                change.complete(new Nftables.Outcome.InForce(wave + 2));
            } finally {
                writer.gate.countDown();
            }
            policy.status();
        }
        assertTrue(assertInstanceOf(Outcome.Pending.class, policy.admissions().await(endpoint(1, "cali1", "10.0.0.1"), SHORT)).reason().startsWith("no WorkloadEndpoint"));
    }
}
