package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.config.CniSettings;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointPolicy;
import tombolo.api.json.Json;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.resource.Resource;
import tombolo.api.resource.Resources;
import tombolo.cni.adapter.Rig.Ended;
import tombolo.cni.core.CniError;

/** What an ADD waits for besides its addresses: the policy, where etc/ says so, and a datastore that is not locked. */
class WaitingTest {
    private static final String NETWORK = Rig.configuration("1.1.0", "");
    @TempDir
    Path folder;
    private Rig rig;
    private Namespace container;
    private final FakeResources resources = new FakeResources();
    private Rules rules;

    /** A policy engine that says what it is told to. */
    private static final class Rules implements EndpointPolicy {
        private final List<Endpoint> awaited = new CopyOnWriteArrayList<>();
        private final List<EndpointId> gone = new CopyOnWriteArrayList<>();
        private final List<Resource> about = new CopyOnWriteArrayList<>();
        private final List<String> expected = new CopyOnWriteArrayList<>();
        private final List<Endpoint> foretold = new CopyOnWriteArrayList<>();
        private volatile boolean hears;
        private final Namespace host;
        private volatile Outcome outcome = new Outcome.InForce();

        Rules(Namespace host) {
            this.host = host;
        }

        @Override
        public Outcome await(Endpoint endpoint, Duration limit) {
            awaited.add(endpoint);
            return outcome;
        }

        @Override
        public Outcome await(Endpoint endpoint, Resource resource, Duration limit) {
            about.add(resource);
            return await(endpoint, limit);
        }

        @Override
        public boolean foretell(Endpoint endpoint, Resource resource) {
            if (hears) {
                foretold.add(endpoint);
                about.add(resource);
            }
            return hears;
        }

        @Override
        public Outcome expect(Endpoint endpoint, Duration limit) {
            expected.add(endpoint.mode() + " " + endpoint.hostInterface() + (host.ip("link").contains(endpoint.hostInterface()) ? " there" : ""));
            return new Outcome.Pending("nobody answers, and the ADD goes on");
        }

        @Override
        public void gone(EndpointId id) {
            gone.add(id);
        }
    }

    @BeforeEach
    void start() throws IOException {
        rig = new Rig(folder, 10);
        container = new Namespace();
        rules = new Rules(rig.host);
    }

    @AfterEach
    void stop() {
        rig.close();
        container.close();
    }

    private void require(CniSettings.Policy policy) {
        rig.node.settings("node-1", new CniSettings(true, folder.resolve("cni.sock").toString(), "cali", OptionalInt.of(1400), policy));
        Rig.eventually(() -> status().status() == (policy == CniSettings.Policy.REQUIRED ? 1 : 0));
    }

    private Ended status() {
        return rig.call("tombolo", "STATUS", "", "", NETWORK);
    }

    private Ended add() {
        return rig.call("tombolo", "ADD", "c1", container.path(), NETWORK);
    }

    private Ended delete() {
        return rig.call("tombolo", "DEL", "c1", container.path(), NETWORK);
    }

    private void lock(boolean locked) {
        resources.write(Resources.Verb.APPLY, Json.Obj.of("kind", new Json.Text("ClusterInformation")).with("metadata", Json.Obj.of("name", new Json.Text("default")))
                .with("spec", Json.Obj.EMPTY.with("datastoreReady", !locked)));
    }

    @Test
    void whereNoPolicyIsRequiredAnEngineIsNotWaitedForAndHearsOfTheEnd() {
        rig.node.policy(rules);
        assertEquals(0, add().status());
        assertEquals(List.of(), rules.awaited);
        String host = rig.node.get(new EndpointId("c1", "eth0")).orElseThrow().hostInterface();
        assertEquals(List.of("routed " + host), rules.expected, "told of before the interface is there, so that it carries nothing until it is known");
        assertEquals(0, delete().status());
        assertEquals(List.of(new EndpointId("c1", "eth0")), rules.gone);
    }

    @Test
    void theEngineHearsOfAForeignChainsInterfaceBeforeItsAddIsAnswered() {
        rig.node.policy(rules);
        rig.host.ip("link add azv1 type veth peer name eth0 netns " + container.name());
        String before = "{\"cniVersion\":\"1.1.0\",\"interfaces\":[{\"name\":\"eth0\"}],\"ips\":[{\"address\":\"10.9.0.5/16\"}]}";
        Ended added = rig.call("tombolo", "ADD", "c1", container.path(), Rig.configuration("1.1.0", ",\"prevResult\":" + before));
        assertEquals(0, added.status(), added.toString());
        assertEquals(List.of("policy-only azv1 there"), rules.expected);
    }

    @Test
    void requiredAndWithoutAnEngineAnAddIsError11AndWhatIsThereStays() {
        assertEquals(0, add().status());
        require(CniSettings.Policy.REQUIRED);
        assertEquals(CniError.NOT_AVAILABLE, status().code());
        try (Namespace second = new Namespace()) {
            Ended refused = rig.call("tombolo", "ADD", "c2", second.path(), NETWORK);
            assertEquals(CniError.TRY_AGAIN_LATER, refused.code());
            assertTrue(refused.result().text("msg").orElse("").contains("policy engine"), refused.toString());
            assertFalse(second.ip("link").contains("eth0"));
        }
        assertEquals(List.of(), rig.node.explain(new EndpointId("c1", "eth0")).orElseThrow().differences(), "the container from before has its network");
        assertEquals(List.of("net.c1"), rig.pool.handles());
        assertEquals(0, delete().status(), "a DEL needs no engine");
    }

    @Test
    void requiredAndInForceTheAddSucceedsAndTheEngineWasGivenTheEndpoint() {
        require(CniSettings.Policy.REQUIRED);
        rig.node.policy(rules);
        assertEquals(0, add().status());
        Endpoint seen = rules.awaited.getFirst();
        assertTrue(rig.host.ip("link").contains(seen.hostInterface()) && !seen.addresses().isEmpty() && seen.mac().isPresent(), seen.toString());
    }

    @Test
    void requiredTheEngineIsGivenWhatIsAboutToBeStoredAndTheAddDoesNotWaitForTheStore() {
        require(CniSettings.Policy.REQUIRED);
        rig.node.policy(rules);
        rig.node.resources(resources);
        resources.previews = true;
        CountDownLatch stored = new CountDownLatch(1);
        resources.onWrite = () -> awaitQuietly(stored);
        try {
            assertEquals(0, add().status(), "while the store does not answer");
        } finally {
            stored.countDown();
        }
        assertEquals(List.of("node--1-cni-c1-eth0"), rules.about.stream().map(resource -> resource.id().name()).toList());
        Rig.eventually(() -> resources.names().equals(List.of("node--1-cni-c1-eth0")));
        assertEquals(0, delete().status());
        assertEquals(List.of(new EndpointId("c1", "eth0")), rules.gone);
    }

    @Test
    void requiredTheEngineIsToldAsSoonAsTheAddressesAreKnownAndThenAskedForNoMoreThanTheWait() {
        require(CniSettings.Policy.REQUIRED);
        rules.hears = true;
        rig.node.policy(rules);
        rig.node.resources(resources);
        resources.previews = true;
        assertEquals(0, add().status());
        assertEquals(1, rules.foretold.size());
        assertEquals(rules.awaited.getFirst().addresses(), rules.foretold.getFirst().addresses());
        assertEquals(rules.awaited.getFirst().hostInterface(), rules.foretold.getFirst().hostInterface());
        assertEquals(1, rules.about.size(), "it is told once");
        Rig.eventually(() -> resources.names().equals(List.of("node--1-cni-c1-eth0")));
        // One whose rules do not come is taken back, and what was foretold of it as well.
        assertEquals(0, delete().status());
        rules.outcome = new EndpointPolicy.Outcome.Pending("the kernel has not taken it");
        assertEquals(CniError.TRY_AGAIN_LATER, add().code());
        assertEquals(2, rules.foretold.size());
        assertEquals(List.of(new EndpointId("c1", "eth0"), new EndpointId("c1", "eth0")), rules.gone);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aPolicyThatDoesNotComeIntoForceTakesTheAddBack() {
        require(CniSettings.Policy.REQUIRED);
        rules.outcome = new EndpointPolicy.Outcome.Pending("the rules of profile kns.web are missing");
        rig.node.policy(rules);
        Ended refused = add();
        assertEquals(CniError.TRY_AGAIN_LATER, refused.code(), refused.toString());
        assertTrue(refused.result().text("msg").orElse("").matches("(?s).*its policy is not in force after \\d+ s: the rules of profile kns.web are missing.*"), refused.toString());
        assertEquals(List.of(), rig.pool.handles());
        assertEquals(List.of(), rig.node.list());
        assertFalse(rig.host.ip("link").contains("cali"));
        assertEquals(List.of(new EndpointId("c1", "eth0")), rules.gone);
    }

    @Test
    void theWorkloadEndpointIsWrittenBehindTheAddAndGoneWithTheDel() {
        rig.node.resources(resources);
        assertEquals(0, add().status());
        Rig.eventually(() -> resources.names().equals(List.of("node--1-cni-c1-eth0")));
        assertEquals(0, delete().status());
        assertEquals(List.of(), resources.names());
    }

    @Test
    void whatAKillKeptFromBeingWrittenIsWrittenAtTheNextStart() throws IOException {
        assertEquals(0, add().status());
        rig.node.close();
        rig.start();
        rig.node.resources(resources);
        Rig.eventually(() -> resources.names().equals(List.of("node--1-cni-c1-eth0")));
    }

    @Test
    void aLockedDatastoreAnswersAddsWith11AndLetsDelsDoTheKernelsPart() {
        rig.node.resources(resources);
        assertEquals(0, add().status());
        Rig.eventually(() -> !resources.names().isEmpty());
        lock(true);
        try (Namespace second = new Namespace()) {
            Rig.eventually(() -> { // the node listens from a moment after it is given the resources
                boolean refused = rig.call("tombolo", "ADD", "c2", second.path(), NETWORK).code() == CniError.TRY_AGAIN_LATER;
                return refused || rig.call("tombolo", "DEL", "c2", second.path(), NETWORK).status() != 0;
            });
            assertTrue(rig.call("tombolo", "ADD", "c2", second.path(), NETWORK).result().text("msg").orElse("").contains("locked"));
        }
        assertEquals(CniError.NOT_AVAILABLE, status().code());
        assertEquals(0, delete().status());
        assertFalse(rig.host.ip("link").contains("cali"));
        assertEquals(1, rig.node.status().releasing(), "the datastore's part waits");
        lock(false);
        Rig.eventually(() -> rig.node.status().releasing() == 0);
        assertEquals(List.of(), resources.names());
        assertEquals(List.of(), rig.pool.handles());
    }

    /** The end of gateway-resources under a lock is no unlock: what was journalled stays so until a store can be asked. */
    @Test
    void withoutResourcesADelSucceedsAndWhatTheClusterKnowsIsRemovedWhenTheyAreBack() {
        rig.node.resources(resources);
        assertEquals(0, add().status());
        Rig.eventually(() -> !resources.names().isEmpty());
        lock(true);
        Rig.eventually(() -> status().code() == CniError.NOT_AVAILABLE);
        assertEquals(0, delete().status());
        assertEquals(1, rig.node.status().releasing());
        rig.node.resourcesGone(resources);
        Rig.eventually(() -> status().status() == 0); // without resources nobody says that it is locked
        assertEquals(List.of("net.c1"), rig.pool.handles(), "nobody else gets the address while policy takes it for this container's");
        try (Namespace second = new Namespace()) {
            assertEquals(0, rig.call("tombolo", "ADD", "c2", second.path(), NETWORK).status());
            assertEquals(0, rig.call("tombolo", "DEL", "c2", second.path(), NETWORK).status(), "never told of, and gone without a store");
        }
        assertEquals(1, rig.node.status().releasing());
        assertEquals(List.of("node--1-cni-c1-eth0"), resources.names());
        lock(false);
        rig.node.resources(resources);
        Rig.eventually(() -> rig.node.status().releasing() == 0);
        assertEquals(List.of(), resources.names());
        assertEquals(List.of(), rig.pool.handles());
    }

    @Test
    void aDelWhileThereAreNoResourcesIsFinishedWhenTheyCome() {
        rig.node.resources(resources);
        assertEquals(0, add().status());
        Rig.eventually(() -> !resources.names().isEmpty());
        rig.node.resourcesGone(resources);
        rig.node.addressesGone(); // taken on behind the end of the resources, which is seen by it
        Rig.eventually(() -> !rig.node.status().missing().isEmpty());
        rig.node.addresses(rig.pool);
        Rig.eventually(() -> rig.node.status().missing().isEmpty());
        assertEquals(0, delete().status());
        assertFalse(rig.host.ip("link").contains("cali"));
        assertEquals(1, rig.node.status().releasing());
        rig.node.resources(resources);
        Rig.eventually(() -> rig.node.status().releasing() == 0);
        assertEquals(List.of(), resources.names());
        assertEquals(List.of(), rig.pool.handles());
    }
}
