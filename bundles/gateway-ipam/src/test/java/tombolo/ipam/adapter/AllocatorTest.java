package tombolo.ipam.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.datastore.Datastore;
import tombolo.api.datastore.DatastoreException;
import tombolo.api.datastore.Key;
import tombolo.api.datastore.KeyPrefix;
import tombolo.api.datastore.Operation;
import tombolo.api.datastore.Transaction;
import tombolo.api.datastore.TransactionResult;
import tombolo.api.datastore.Watch;
import tombolo.api.datastore.WatchListener;
import tombolo.api.datastore.WatchRequest;
import tombolo.api.ipam.Assign;
import tombolo.api.ipam.AssignOutcome;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Release;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpPool;
import tombolo.api.datastore.contract.ForwardingDatastore;
import tombolo.ipam.core.Keys;

class AllocatorTest {
    @TempDir
    Path directory;
    Stores stores;
    Allocator ipam;

    @BeforeEach
    void open() {
        stores = new Stores(directory);
        stores.pools(Stores.pool("default", "10.0.0.0/24", 26));
        ipam = stores.allocator();
    }

    @AfterEach
    void close() {
        ipam.close();
        stores.close();
    }

    private HeldAddress one(String node, String handle) {
        return assertInstanceOf(AutoAssignOutcome.Assigned.class, ipam.autoAssign(AutoAssign.ipv4(node, handle))).ipv4().getFirst();
    }

    @Test
    void anAddressIsStoredInCalicosLayoutAndFoundAndGivenBack() {
        HeldAddress held = one("a", "net.c1");
        assertEquals(1, stores.store().list(KeyPrefix.of("/calico/ipam/v2/assignment/ipv4/block/")).entries().size());
        Key affinity = Keys.affinity(tombolo.api.ipam.BlockOwner.host("a"), held.block());
        assertEquals("/calico/ipam/v2/host/a/ipv4/block/" + held.block().address() + "-26", affinity.text());
        assertEquals("{\"state\":\"confirmed\",\"deleted\":false}", stores.store().get(affinity).orElseThrow().value().asUtf8());
        assertEquals("{\"block\":{\"" + held.block() + "\":1},\"deleted\":false}", stores.store().get(Key.of("/calico/ipam/v2/handle/net.c1")).orElseThrow().value().asUtf8());
        assertEquals(List.of(held), ipam.addressesOf("net.c1"));
        assertEquals(held, ipam.holder(held.address()).orElseThrow());

        ReleaseOutcome.Released released = assertInstanceOf(ReleaseOutcome.Released.class, ipam.release(List.of(Release.of(held))));
        assertEquals(List.of(held.address()), released.released());
        assertTrue(stores.store().get(Key.of("/calico/ipam/v2/handle/net.c1")).isEmpty());
        assertTrue(ipam.holder(held.address()).isEmpty());
        assertEquals(List.of(held.address()), assertInstanceOf(ReleaseOutcome.Released.class, ipam.release(List.of(Release.of(held)))).notHeld());
        assertEquals(new ReleaseOutcome.Released(List.of(), List.of()), ipam.releaseByHandle("net.c1", OptionalLong.empty()));
    }

    @Test
    void addressesAreGivenOutInTheOrderOfTheirIdleness() {
        HeldAddress first = one("a", "h1");
        HeldAddress second = one("a", "h2");
        assertEquals(first.address().lo() + 1, second.address().lo());
        ipam.release(List.of(Release.of(first)));
        for (int i = 0; i < 62; i++) {
            assertEquals(second.address().lo() + 1 + i, one("a", "x" + i).address().lo());
        }
        assertEquals(first.address(), one("a", "h1").address(), "the one that was given back waits at the end");
    }

    /** Whoever finds nobody at work works for all that wait, on its own thread. */
    @Test
    void anInterruptOfTheCallerThatWorksLeavesNobodyElseInDoubt() throws Exception {
        stores.pools(Stores.pool("default", "10.0.0.0/20", 26));
        AtomicInteger working = new AtomicInteger(4);
        ConcurrentLinkedQueue<Throwable> problems = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<IpAddress> held = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            boolean interrupted = t == 0;
            String name = "t" + t + "-";
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < 100; i++) {
                        try {
                            held.add(one("a", name + i).address());
                        } catch (DatastoreException e) {
                            if (!interrupted) {
                                throw e;
                            }
                            ipam.releaseByHandle(name + i, OptionalLong.empty());
                        }
                    }
                } catch (Throwable e) {
                    if (!interrupted || !(e instanceof DatastoreException)) {
                        problems.add(e);
                    }
                }
                working.decrementAndGet();
            }));
        }
        while (working.get() > 0) {
            threads.getFirst().interrupt();
            LockSupport.parkNanos(200_000);
        }
        assertEquals(List.of(), List.copyOf(problems));
        assertTrue(held.size() >= 300, held.size() + " addresses");
        assertEquals(held.size(), new HashSet<>(held).size());
        assertEquals(List.of(), StateReader.read(stores.store()).findings(true));
    }

    /** A store that tells this allocator of nobody else's changes: what it remembers grows old. */
    private static final class Deaf extends ForwardingDatastore {
        final AtomicInteger blocksRead = new AtomicInteger();

        Deaf(Datastore store) {
            super(store);
        }

        @Override
        public Watch watch(WatchRequest request, WatchListener listener) {
            return () -> { };
        }

        @Override
        public TransactionResult commit(Transaction transaction) {
            transaction.then().stream().filter(step -> step instanceof Operation.Get && Keys.blockOf(step.key()).isPresent()).forEach(_ -> blocksRead.incrementAndGet());
            return super.commit(transaction);
        }
    }

    private static void assign(Allocator to, HeldAddress near, int further, String handle) {
        IpAddress address = IpAddress.v4(near.address().v4Bits() + further);
        assertInstanceOf(AssignOutcome.Assigned.class, to.assign(new Assign(address, Optional.of(handle), Map.of(), "a", IpPool.Use.WORKLOAD, Optional.empty())));
    }

    @Test
    void aReleaseByHandleTrustsWhatIsKnownOfTheBlockAndStillFindsWhatOthersHavePutThere() {
        Deaf deaf = new Deaf(stores.store());
        try (Allocator own = Allocator.open(deaf, () -> stores.cluster, Stores.MATCHER, stores.clock())) {
            HeldAddress known = assertInstanceOf(AutoAssignOutcome.Assigned.class, own.autoAssign(AutoAssign.ipv4("a", "h1"))).ipv4().getFirst();
            assertInstanceOf(AutoAssignOutcome.Assigned.class, own.autoAssign(AutoAssign.ipv4("a", "stays")));
            deaf.blocksRead.set(0);
            assertEquals(List.of(known.address()), assertInstanceOf(ReleaseOutcome.Released.class, own.releaseByHandle("h1", OptionalLong.empty())).released());
            assertEquals(0, deaf.blocksRead.get(), "as it is known it was");

            known = assertInstanceOf(AutoAssignOutcome.Assigned.class, own.autoAssign(AutoAssign.ipv4("a", "h2"))).ipv4().getFirst();
            assign(ipam, known, 5, "h2");
            assertEquals(2, assertInstanceOf(ReleaseOutcome.Released.class, own.releaseByHandle("h2", OptionalLong.empty())).released().size(), "one of them was not known here");

            assign(ipam, known, 6, "h3");
            assertEquals(1, assertInstanceOf(ReleaseOutcome.Released.class, own.releaseByHandle("h3", OptionalLong.empty())).released().size(), "nothing of it was known here");
            assertEquals(List.of(), StateReader.read(stores.store()).findings(true));
            assertEquals(1, StateReader.read(stores.store()).held().size());
        }
    }

    @Test
    void whatWasStoredIsThereAfterARestart() {
        HeldAddress held = one("a", "h1");
        ipam.close();
        stores.close();
        stores = new Stores(directory);
        stores.pools(Stores.pool("default", "10.0.0.0/24", 26));
        ipam = stores.allocator();
        assertEquals(held, ipam.holder(held.address()).orElseThrow());
        assertEquals(held.block(), one("a", "h2").block());
        assertEquals(IpAddress.v4(held.address().v4Bits() + 1), ipam.addressesOf("h2").getFirst().address());
    }
}
