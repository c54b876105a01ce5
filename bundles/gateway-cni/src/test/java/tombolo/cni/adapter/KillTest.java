package tombolo.cni.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tombolo.api.config.CniSettings;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointKernel;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.endpoint.EndpointPolicy;
import tombolo.api.json.Json;
import tombolo.api.kernel.contract.Namespace;
import tombolo.cni.core.AddressSource;
import tombolo.cni.core.CniRequest;
import tombolo.cni.core.RoutedMode;
import tombolo.runtime.json.JsonText;

/**
 * The process ends at every point of an ADD and of a DEL: the steps behind that point never happen, and nobody cleans up. The next start then leaves nothing of
 * what was half done. What it finds is what a kill -9 leaves: the files as they were written, synced or not, the kernel and the addresses.
 */
class KillTest {
    @TempDir
    Path folder;

    /** No exception that anybody here handles: whoever is on the stack gets no chance. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        Killed(Object at) {
            super("killed at " + at, null, false, false);
        }
    }

    private enum Point { ADDRESSES_ASKED, ADDRESSES_HELD, KERNEL_ASKED, PAIR_MADE, KERNEL_DONE, POLICY_ASKED, REMOVE_ASKED, REMOVED, RELEASE_ASKED, RELEASED }

    /** The same kernel, addresses and policy, until one of their points. */
    private static final class Doomed implements EndpointKernel, AddressSource, EndpointPolicy {
        private final Rig rig;
        private final Point end;
        private final CountDownLatch asked = new CountDownLatch(1);

        Doomed(Rig rig, Point end) {
            this.rig = rig;
            this.end = end;
        }

        private void at(Point point) {
            if (point == end) {
                throw new Killed(point);
            }
        }

        @Override
        public AddressSource.Outcome assign(Ask ask) {
            try {
                at(Point.ADDRESSES_ASKED);
                AddressSource.Outcome outcome = rig.pool.assign(ask);
                at(Point.ADDRESSES_HELD);
                return outcome;
            } finally {
                asked.countDown();
            }
        }

        @Override
        public Optional<String> release(String handle) {
            at(Point.RELEASE_ASKED);
            Optional<String> later = rig.pool.release(handle);
            at(Point.RELEASED);
            return later;
        }

        @Override
        public EndpointKernel.Outcome add(EndpointPlan plan) {
            return add(plan, () -> plan);
        }

        @Override
        public EndpointKernel.Outcome add(EndpointPlan begun, Supplier<EndpointPlan> whole) {
            at(Point.KERNEL_ASKED);
            EndpointKernel.Outcome outcome = rig.kernel.add(begun, () -> {
                at(Point.PAIR_MADE);
                return whole.get();
            });
            at(Point.KERNEL_DONE);
            return outcome;
        }

        @Override
        public void remove(String hostInterface) {
            at(Point.REMOVE_ASKED);
            rig.kernel.remove(hostInterface);
            at(Point.REMOVED);
        }

        @Override
        public EndpointKernel.Outcome repair(EndpointPlan plan) {
            return rig.kernel.repair(plan);
        }

        @Override
        public List<String> differences(EndpointPlan plan) {
            return rig.kernel.differences(plan);
        }

        @Override
        public Optional<Counters> counters(String hostInterface) {
            return rig.kernel.counters(hostInterface);
        }

        @Override
        public Optional<Integer> uplinkMtu() {
            return Optional.empty();
        }

        @Override
        public EndpointPolicy.Outcome await(Endpoint endpoint, Duration limit) {
            at(Point.POLICY_ASKED);
            return new EndpointPolicy.Outcome.InForce();
        }

        @Override
        public void gone(EndpointId id) { }
    }

    /** A node of which only the part that works on containers is there, on the record of the rig's node. */
    private Attachments doomed(Doomed doomed) throws IOException {
        CniSettings settings = new CniSettings(true, "/none", "cali", OptionalInt.of(1400), CniSettings.Policy.REQUIRED);
        Means means = new Means("node-1", settings, Optional.of(doomed), new Origins(Optional.of(doomed), List.of(), Set.of(), List.of()), Optional.of(doomed), OptionalInt.empty(), false,
                Map.of(RoutedMode.NAME, new RoutedMode("cali")), false, List.of());
        Publisher publisher = new Publisher();
        publisher.workloads(Optional.of(new Workloads(doomed.rig.resources)));
        return new Attachments(new EndpointLog(folder.resolve("data"), doomed.rig.boot), publisher, new Addressing(new ForeignIpam(folder.resolve("data/foreign"))), () -> means, () -> 1L);
    }

    private static CniRequest request(String command, Namespace container) {
        try {
            Json configuration = JsonText.parse(Rig.configuration("1.0.0", ""));
            return CniRequest.read("tombolo", Map.of("CNI_COMMAND", command, "CNI_CONTAINERID", "c1", "CNI_IFNAME", "eth0", "CNI_NETNS", container.path()), Optional.of(configuration));
        } catch (JsonText.Malformed e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void nothingIsLeft(Rig rig, Namespace container) {
        assertEquals(List.of(), rig.pool.handles());
        assertEquals(List.of(), rig.node.list());
        assertFalse(rig.host.ip("link").contains("cali"), rig.host.ip("link"));
        assertFalse(container.ip("link").contains("eth0"), container.ip("link"));
    }

    @ParameterizedTest
    @EnumSource(names = {"ADDRESSES_ASKED", "ADDRESSES_HELD", "KERNEL_ASKED", "PAIR_MADE", "KERNEL_DONE", "POLICY_ASKED"})
    void nothingOfAnAddThatWasCutOffIsLeft(Point point) throws Exception {
        try (Rig rig = new Rig(folder, 10); Namespace container = new Namespace()) {
            rig.node.close();
            Doomed doomed = new Doomed(rig, point);
            Attachments attachments = doomed(doomed);
            assertThrows(Killed.class, () -> attachments.add((CniRequest.Add) request("ADD", container)));
            assertTrue(doomed.asked.await(20, TimeUnit.SECONDS), "the address that is being asked for may still come: what is looked at is behind that");
            rig.start();
            nothingIsLeft(rig, container);
            assertEquals(0, rig.call("tombolo", "ADD", "c1", container.path(), Rig.configuration("1.0.0", "")).status(), "the runtime tries again");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"REMOVE_ASKED", "REMOVED", "RELEASE_ASKED", "RELEASED"})
    void aDelThatWasCutOffIsFinishedByTheNext(Point point) throws Exception {
        try (Rig rig = new Rig(folder, 10); Namespace container = new Namespace()) {
            assertEquals(0, rig.call("tombolo", "ADD", "c1", container.path(), Rig.configuration("1.0.0", "")).status());
            rig.node.close();
            Attachments attachments = doomed(new Doomed(rig, point));
            assertThrows(Killed.class, () -> attachments.delete((CniRequest.Del) request("DEL", container)));
            rig.start();
            assertEquals(0, rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.0.0", "")).status());
            nothingIsLeft(rig, container);
        }
    }

    @Test
    void anAddThatWasAnsweredIsThereAfterAKill() throws Exception {
        try (Rig rig = new Rig(folder, 10); Namespace container = new Namespace()) {
            rig.node.close();
            doomed(new Doomed(rig, Point.RELEASED)).add((CniRequest.Add) request("ADD", container)); // nothing is closed or flushed behind it
            rig.start();
            assertEquals(List.of("net.c1"), rig.pool.handles());
            assertEquals(List.of(), rig.node.explain(new EndpointId("c1", "eth0")).orElseThrow().differences());
            assertEquals(0, rig.call("tombolo", "DEL", "c1", container.path(), Rig.configuration("1.0.0", "")).status());
            nothingIsLeft(rig, container);
        }
    }
}
