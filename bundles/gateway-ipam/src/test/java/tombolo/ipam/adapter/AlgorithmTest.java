package tombolo.ipam.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.datastore.Bytes;
import tombolo.api.datastore.Key;
import tombolo.api.ipam.Assign;
import tombolo.api.ipam.AssignOutcome;
import tombolo.api.ipam.AutoAssign;
import tombolo.api.ipam.AutoAssignOutcome;
import tombolo.api.ipam.BlockOwner;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.ipam.Refusal.Reason;
import tombolo.api.ipam.Release;
import tombolo.api.ipam.ReleaseOutcome;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.resource.IpPool.Use;
import tombolo.api.resource.IpamConfiguration;
import tombolo.ipam.core.Keys;

/** The steps of {@link tombolo.ipam.core.Assigner} and {@link tombolo.ipam.core.Releaser}, each on a real store, and the checker after each test. */
class AlgorithmTest {
    @TempDir
    Path directory;
    Stores stores;
    Allocator ipam;

    @BeforeEach
    void open() {
        stores = new Stores(directory);
        stores.pools(Stores.pool("small", "10.0.0.0/28", 30));
        ipam = stores.allocator();
    }

    @AfterEach
    void checkAndClose() {
        ipam.close();
        List<String> findings = StateReader.read(stores.store()).findings(true);
        stores.close();
        assertEquals(List.of(), findings);
    }

    private AutoAssignOutcome auto(int ipv4, int ipv6, String node, String handle) {
        return ipam.autoAssign(wish(ipv4, ipv6, node, handle));
    }

    private static AutoAssign wish(int ipv4, int ipv6, String node, String handle) {
        return new AutoAssign(ipv4, ipv6, Optional.of(handle), Map.of("node", node), node, Optional.empty(), List.of(), Use.WORKLOAD, Optional.empty(), OptionalInt.empty());
    }

    private List<HeldAddress> all(int ipv4, String node, String handle) {
        return assertInstanceOf(AutoAssignOutcome.Assigned.class, auto(ipv4, 0, node, handle)).ipv4();
    }

    private Reason refusal(AutoAssignOutcome outcome) {
        return assertInstanceOf(AutoAssignOutcome.Refused.class, outcome).refusal().reason();
    }

    @Test
    void step1TakesOnlyPoolsThatSelectTheNodeAndAllowTheUse() {
        stores.pools(Stores.pool("gold", "10.1.0.0/28", 30, "gold", Use.WORKLOAD), Stores.pool("tunnels", "10.2.0.0/28", 30, "all()", Use.TUNNEL));
        assertEquals(Reason.NO_POOL, refusal(auto(1, 0, "a", "h")));
        stores.nodes(Map.of("a", Map.of("gold", "")));
        assertTrue(Prefix.parse("10.1.0.0/28").contains(all(1, "a", "h").getFirst().address()));
        assertEquals(Reason.UNKNOWN_POOL, refusal(ipam.autoAssign(new AutoAssign(1, 0, Optional.empty(), Map.of(), "a", Optional.empty(), List.of(Prefix.parse("10.9.0.0/28")), Use.WORKLOAD,
                Optional.empty(), OptionalInt.empty()))));
        // asked for by name, whatever the pool selects
        assertInstanceOf(AutoAssignOutcome.Assigned.class, ipam.autoAssign(new AutoAssign(1, 0, Optional.empty(), Map.of(), "other", Optional.empty(), List.of(Prefix.parse("10.1.0.0/28")),
                Use.WORKLOAD, Optional.empty(), OptionalInt.empty())));
    }

    @Test
    void bothFamiliesComeFromOneCall() {
        stores.pools(Stores.pool("four", "10.0.0.0/28", 30), Stores.pool("six", "2001:db8::/112", 122));
        AutoAssignOutcome.Assigned both = assertInstanceOf(AutoAssignOutcome.Assigned.class, auto(2, 3, "a", "dual"));
        assertEquals(2, both.ipv4().size());
        assertEquals(3, both.ipv6().size());
        assertEquals(5, ipam.addressesOf("dual").size());
        assertEquals(5, assertInstanceOf(ReleaseOutcome.Released.class, ipam.releaseByHandle("dual", OptionalLong.empty())).released().size());
        assertTrue(stores.store().get(Keys.handle("dual")).isEmpty());
    }

    @Test
    void aFamilyWithoutAPoolLeavesNothingHeldForTheOther() {
        assertEquals(Reason.NO_POOL, refusal(auto(1, 1, "a", "dual")));
        assertEquals(List.of(), ipam.addressesOf("dual"));
    }

    @Test
    void step2FinishesAClaimThatACrashLeftPending() {
        Prefix block = Prefix.parse("10.0.0.8/30");
        stores.store().create(Keys.affinity(BlockOwner.host("a"), block), Bytes.utf8("{\"state\":\"pending\",\"deleted\":false}"));
        restart();
        assertEquals(block, all(1, "a", "h").getFirst().block());
        assertEquals(List.of(block), ipam.blocksOf(BlockOwner.host("a")));
    }

    @Test
    void step2TakesBackAClaimOnABlockThatIsAnothers() {
        Prefix block = all(1, "b", "h").getFirst().block();
        stores.store().create(Keys.affinity(BlockOwner.host("a"), block), Bytes.utf8("{\"state\":\"pending\",\"deleted\":false}"));
        restart();
        assertNotEquals(block, all(1, "a", "h2").getFirst().block());
        assertTrue(stores.store().get(Keys.affinity(BlockOwner.host("a"), block)).isEmpty());
    }

    @Test
    void step2ConfirmsAClaimWhoseBlockIsThere() {
        Prefix block = all(1, "a", "h").getFirst().block();
        Key key = Keys.affinity(BlockOwner.host("a"), block);
        stores.store().update(key, Bytes.utf8("{\"state\":\"pendingDeletion\",\"deleted\":false}"), stores.store().get(key).orElseThrow().modRevision());
        restart();
        assertEquals(List.of(), ipam.blocksOf(BlockOwner.host("a")));
        assertEquals(block, all(1, "a", "h2").getFirst().block());
        assertEquals(List.of(block), ipam.blocksOf(BlockOwner.host("a")));
    }

    @Test
    void step3NoMoreBlocksThanTheLimitAndNothingBorrowedThen() {
        stores.configuration(new IpamConfiguration(false, true, 2, Optional.empty(), 0));
        AutoAssignOutcome.Fewer fewer = assertInstanceOf(AutoAssignOutcome.Fewer.class, auto(10, 0, "a", "h"));
        assertEquals(8, fewer.ipv4().size());
        assertEquals(Reason.BLOCK_LIMIT, fewer.why().getFirst().reason());
        assertEquals(2, ipam.blocksOf(BlockOwner.host("a")).size());
    }

    @Test
    void step4NodesStartInTheirOwnBlocksAndFillThemFirst() {
        Set<Prefix> blocksOfA = new HashSet<>();
        all(4, "a", "h").forEach(held -> blocksOfA.add(held.block()));
        assertEquals(1, blocksOfA.size());
        assertFalse(blocksOfA.contains(all(1, "b", "h").getFirst().block()));
    }

    @Test
    void step5AnEmptyBlockOfAnotherIsTakenOnlyAfterAMinute() {
        List<HeldAddress> ofB = all(16, "b", "hb");
        ipam.release(ofB.subList(0, 4).stream().map(Release::of).toList());
        stores.configuration(new IpamConfiguration(true, true, 0, Optional.empty(), 0));
        assertEquals(Reason.EXHAUSTED, refusal(auto(1, 0, "a", "ha")));
        stores.now = stores.now.plus(Duration.ofSeconds(61));
        HeldAddress taken = all(1, "a", "ha").getFirst();
        assertEquals(ofB.getFirst().block(), taken.block());
        assertEquals(3, ipam.blocksOf(BlockOwner.host("b")).size());
        assertTrue(taken.sequenceNumber() > ofB.getFirst().sequenceNumber(), "a block that is made again never repeats a number");
    }

    @Test
    void step6BorrowsUnlessAffinityIsStrict() {
        List<HeldAddress> ofB = all(13, "b", "hb");
        stores.configuration(new IpamConfiguration(true, true, 0, Optional.empty(), 0));
        assertEquals(Reason.EXHAUSTED, refusal(auto(1, 0, "a", "ha")));
        stores.configuration(IpamConfiguration.DEFAULT);
        List<HeldAddress> borrowed = assertInstanceOf(AutoAssignOutcome.Fewer.class, auto(4, 0, "a", "ha")).ipv4();
        assertEquals(3, borrowed.size());
        assertTrue(ofB.stream().noneMatch(held -> borrowed.stream().anyMatch(other -> other.address().equals(held.address()))));
    }

    @Test
    void reservedAddressesKeepTheirPlaceAndAreNotGivenOut() {
        stores.pools(Stores.pool("one", "10.0.0.0/30", 30));
        stores.reserve("10.0.0.0/32", "10.0.0.2/32");
        List<HeldAddress> held = assertInstanceOf(AutoAssignOutcome.Fewer.class, auto(4, 0, "a", "h")).ipv4();
        assertEquals(List.of("10.0.0.1", "10.0.0.3"), held.stream().map(each -> each.address().toString()).toList());
        stores.reserve();
        assertEquals("10.0.0.0", all(1, "a", "h").getFirst().address().toString());
    }

    @Test
    void aGivenAddressIsAssignedOnceAndOnlyWithinAPool() {
        IpAddress address = IpAddress.parse("10.0.0.6");
        HeldAddress held = assertInstanceOf(AssignOutcome.Assigned.class, ipam.assign(Assign.of(address, "a", "h"))).address();
        assertEquals(Prefix.parse("10.0.0.4/30"), held.block());
        assertEquals(Reason.ALREADY_ASSIGNED, assertInstanceOf(AssignOutcome.Refused.class, ipam.assign(Assign.of(address, "b", "h2"))).refusal().reason());
        assertEquals(Reason.NOT_IN_POOL, assertInstanceOf(AssignOutcome.Refused.class, ipam.assign(Assign.of(IpAddress.parse("10.7.0.1"), "a", "h"))).refusal().reason());
        stores.configuration(new IpamConfiguration(true, true, 0, Optional.empty(), 0));
        assertEquals(Reason.STRICT_AFFINITY, assertInstanceOf(AssignOutcome.Refused.class, ipam.assign(Assign.of(IpAddress.parse("10.0.0.5"), "b", "h2"))).refusal().reason());
    }

    @Test
    void aLateReleaseDoesNotTakeWhatWasGivenOutAgain() {
        HeldAddress first = all(1, "a", "h1").getFirst();
        ipam.release(List.of(Release.of(first)));
        HeldAddress again = assertInstanceOf(AssignOutcome.Assigned.class, ipam.assign(Assign.of(first.address(), "a", "h2"))).address();
        assertNotEquals(first.sequenceNumber(), again.sequenceNumber());
        HeldAddress other = all(1, "a", "h3").getFirst();
        ReleaseOutcome.Refused refused = assertInstanceOf(ReleaseOutcome.Refused.class, ipam.release(List.of(Release.of(other),
                new Release(first.address(), Optional.empty(), OptionalLong.of(first.sequenceNumber())))));
        assertEquals(Reason.CHANGED, refused.refusal().reason());
        assertEquals(Optional.of(again), ipam.holder(first.address()));
        assertEquals(Optional.of(other), ipam.holder(other.address()), "of one block, all are released or none");
        assertEquals(Reason.CHANGED, assertInstanceOf(ReleaseOutcome.Refused.class, ipam.release(List.of(new Release(first.address(), Optional.of("h1"), OptionalLong.empty())))).refusal().reason());
        ipam.releaseByHandle("h2", OptionalLong.of(first.sequenceNumber()));
        assertEquals(Optional.of(again), ipam.holder(first.address()));
    }

    @Test
    void whatCoolsDownIsGivenOutOnlyAfterwards() {
        stores.pools(Stores.pool("one", "10.0.0.0/31", 31));
        stores.configuration(new IpamConfiguration(false, true, 0, Optional.empty(), 60));
        List<HeldAddress> held = all(2, "a", "h");
        ipam.release(List.of(Release.of(held.getFirst())));
        assertEquals(Optional.empty(), ipam.holder(held.getFirst().address()));
        assertEquals(Reason.EXHAUSTED, refusal(auto(1, 0, "a", "h2")));
        assertEquals(Reason.ALREADY_ASSIGNED, assertInstanceOf(AssignOutcome.Refused.class, ipam.assign(Assign.of(held.getFirst().address(), "a", "h2"))).refusal().reason());
        assertEquals(List.of(held.getFirst().address()), assertInstanceOf(ReleaseOutcome.Released.class, ipam.release(List.of(Release.of(held.getFirst())))).notHeld());
        stores.now = stores.now.plusSeconds(61);
        assertEquals(held.getFirst().address(), all(1, "a", "h2").getFirst().address());
    }

    @Test
    void whatHasCooledDownIsFreedEvenWhereNobodyAsksForAnAddress() {
        stores.configuration(new IpamConfiguration(false, true, 0, Optional.empty(), 60));
        HeldAddress held = all(1, "a", "h").getFirst();
        ipam.release(List.of(Release.of(held)));
        ipam.settleCooled(BlockOwner.host("a"));
        assertEquals(1, ipam.releaseAffinity(BlockOwner.host("a"), Optional.empty(), true).refused().size(), "what cools down is not empty");
        stores.now = stores.now.plusSeconds(60);
        ipam.settleCooled(BlockOwner.host("a"));
        assertEquals(List.of(held.block()), ipam.releaseAffinity(BlockOwner.host("a"), Optional.empty(), true).released());
    }

    @Test
    void aReleasedAffinityDeletesEmptyBlocksAndOrphansOthers() {
        HeldAddress held = all(1, "a", "h").getFirst();
        assertEquals(Reason.NOT_EMPTY, ipam.releaseAffinity(BlockOwner.host("a"), Optional.of(held.block()), true).refused().getFirst().reason());
        assertEquals(List.of(held.block()), ipam.releaseAffinity(BlockOwner.host("a"), Optional.empty(), false).released());
        assertEquals(List.of(), ipam.blocksOf(BlockOwner.host("a")));
        assertEquals(Optional.of(held), ipam.holder(held.address()));
        ipam.release(List.of(Release.of(held)));
        assertTrue(stores.store().get(Keys.block(held.block())).isEmpty(), "nobody's and empty: it goes");
    }

    @Test
    void addressesOfServicesComeFromBlocksOfTheVirtualOwner() {
        stores.pools(Stores.pool("lb", "10.0.0.0/28", 30, "all()", Use.LOAD_BALANCER));
        HeldAddress held = assertInstanceOf(AutoAssignOutcome.Assigned.class, ipam.autoAssign(new AutoAssign(1, 0, Optional.of("lb-1"), Map.of(), "load-balancer", Optional.empty(), List.of(),
                Use.LOAD_BALANCER, Optional.empty(), OptionalInt.empty()))).ipv4().getFirst();
        assertEquals(List.of(held.block()), ipam.blocksOf(BlockOwner.LOAD_BALANCER));
        assertTrue(stores.store().get(Key.of("/calico/ipam/v2/virtual/load-balancer/ipv4/block/" + held.block().address() + "-30")).isPresent());
    }

    @Test
    void aWindowsNodeKeepsTheEndsOfItsBlocks() {
        AutoAssign.HostReservation ends = new AutoAssign.HostReservation(1, 1, "windows-reserved-ipam-handle", "reserved");
        AutoAssignOutcome.Fewer held = assertInstanceOf(AutoAssignOutcome.Fewer.class, ipam.autoAssign(new AutoAssign(3, 0, Optional.of("w"), Map.of(), "a", Optional.empty(), List.of(),
                Use.WORKLOAD, Optional.of(ends), OptionalInt.of(1))));
        assertEquals(List.of(1L, 2L), held.ipv4().stream().map(each -> each.address().lo() - each.block().address().lo()).toList());
        ipam.release(held.ipv4().stream().map(Release::of).toList());
        assertEquals(1, ipam.releaseAffinity(BlockOwner.host("a"), Optional.empty(), true).released().size(), "with only the node's own, it counts as empty");
    }

    @Test
    void aLockedDatastoreGivesNothingOutButTakesBack() {
        HeldAddress held = all(1, "a", "h").getFirst();
        stores.locked(true);
        assertEquals(Reason.LOCKED, refusal(auto(1, 0, "a", "h2")));
        assertEquals(Reason.LOCKED, assertInstanceOf(AssignOutcome.Refused.class, ipam.assign(Assign.of(IpAddress.parse("10.0.0.1"), "a", "h2"))).refusal().reason());
        assertEquals(List.of(held.address()), assertInstanceOf(ReleaseOutcome.Released.class, ipam.release(List.of(Release.of(held)))).released());
    }

    @Test
    void aWishForMoreThanATransactionHoldsIsMetInSeveral() {
        stores.pools(Stores.pool("singles", "10.3.0.0/24", 32));
        stores.configuration(new IpamConfiguration(false, true, 1000, Optional.empty(), 0));
        assertEquals(200, all(200, "a", "many").size());
        assertEquals(200, assertInstanceOf(ReleaseOutcome.Released.class, ipam.releaseByHandle("many", OptionalLong.empty())).released().size());
    }

    @Test
    void manyCallersAndTwoProcessesNeverGetTheSameAddress() throws InterruptedException {
        stores.pools(Stores.pool("big", "10.4.0.0/22", 26));
        List<HeldAddress> all = new ArrayList<>();
        try (Allocator other = stores.allocator()) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 16; t++) {
                Allocator mine = t % 2 == 0 ? ipam : other;
                String node = t % 4 < 2 ? "a" : "b";
                int caller = t;
                threads.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; i < 40; i++) {
                        List<HeldAddress> held = ((AutoAssignOutcome.Assigned) mine.autoAssign(wish(1, 0, node, "h" + caller + "." + i))).ipv4();
                        if (i % 3 == 0) {
                            mine.release(held.stream().map(Release::of).toList());
                        } else {
                            synchronized (all) {
                                all.addAll(held);
                            }
                        }
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertEquals(16 * 26, all.size());
        assertEquals(all.size(), all.stream().map(HeldAddress::address).distinct().count());
        assertEquals(all.stream().map(HeldAddress::address).collect(java.util.stream.Collectors.toSet()),
                StateReader.read(stores.store()).held().stream().map(held -> held.address()).collect(java.util.stream.Collectors.toSet()));
    }

    private void restart() {
        ipam.close();
        ipam = stores.allocator();
    }
}
