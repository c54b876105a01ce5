package tombolo.dataplane.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;
import tombolo.api.route.RouteChanges;

/** How many messages the kernel gets for what, and which sets get an object; {@link DesiredRoutesTest} shows that any order of events comes out right. */
class NextHopObjectsTest {
    private static final String A = "192.0.2.1";
    private static final String B = "192.0.2.2";
    private static final String BAD = "192.0.2.66";

    private final SimulatedKernel kernel = new SimulatedKernel(Set.of(BAD));
    private final DesiredRoutes subject = new DesiredRoutes(254, 10, SimulatedKernel::index);
    private final int feed = subject.open("bgp", 20);
    private final Batch batch = new Batch();

    @Test
    void theLossOfANextHopOfAMillionRoutesIsOneMessageAndTheRemovalOfTheNextHop() {
        define(1, A, B);
        offer(1, 0, 1_000_000);
        run();
        assertEquals(1_000_000, kernel.routes.values().stream().filter(route -> route.object() != 0).count());
        int before = kernel.messages;
        define(1, B);
        run();
        assertEquals(2, kernel.messages - before, "the group is replaced; then the next hop that nobody uses goes");
        assertEquals(List.of(content(B).nextHops()), kernel.effective().stream().map(RouteContent::nextHops).distinct().toList());
        before = kernel.messages;
        define(1, A, B);
        run();
        assertEquals(2, kernel.messages - before, "the next hop comes back, and the group is replaced");
    }

    @Test
    void aSmallSetNamesItsNextHopsInItsRoutes() {
        define(1, A);
        offer(1, 0, NextHopObjects.ROWS - 1);
        run();
        assertTrue(kernel.nextHops.isEmpty());
        offer(1, NextHopObjects.ROWS - 1, 1);
        run();
        assertEquals(2, kernel.nextHops.size());
        assertEquals(NextHopObjects.ROWS, kernel.routes.values().stream().filter(route -> route.object() != 0).count(), "the others move over");
    }

    @Test
    void noMoreThanTheAllowedNumberOfSetsHaveObjectsAndAFreeOneIsTakenAgain() {
        for (int id = 0; id <= NextHopObjects.SETS; id++) {
            define(id, A);
            offer(id, id * 5_000, 5_000);
        }
        run();
        assertEquals(OptionalInt.of(NextHopObjects.SETS), subject.nextHopObjects());
        assertEquals(5_000, kernel.routes.values().stream().filter(route -> route.object() == 0).count());
        int last = NextHopObjects.SETS;
        offer(RouteChanges.WITHDRAW, 0, last * 5_000);
        run();
        assertEquals(OptionalInt.of(0), subject.nextHopObjects());
        offer(last, 0, 5_000);
        run();
        assertEquals(OptionalInt.of(1), subject.nextHopObjects());
    }

    @Test
    void anUnreachableMemberIsLeftOutReportedAndTakenInOnceItCanBe() {
        define(1, A);
        offer(1, 0, 5_000);
        run();
        define(1, A, BAD);
        run();
        assertTrue(subject.lastError().contains("nexthop object via " + BAD + " dev if1: ENETUNREACH (101)"), subject.lastError());
        assertTrue(subject.takeRetryWanted());
        assertEquals(List.of(content(A).nextHops()), kernel.effective().stream().map(RouteContent::nextHops).distinct().toList());
        define(1, BAD);
        run();
        assertEquals(5_000, subject.table(false).failedCount(), "none can be made: each route says so, and keeps what it has");
        assertEquals(List.of(content(A).nextHops()), kernel.effective().stream().map(RouteContent::nextHops).distinct().toList());
    }

    /** The kernel removes an object, tells so, and tells then of each IPv6 route that went with it: by the time that is read, the route may be back. */
    @Test
    void lateNewsOfTheRoutesOfAnObjectThatWentIsNotTakenForNewsOfThoseThatCameBack() {
        define(1, "2001:db8::1");
        offer6(1, 5_000);
        run();
        int group = kernel.nextHops.values().stream().filter(object -> !object.group().isEmpty()).findFirst().orElseThrow().id();
        kernel.remove(group);
        subject.nextHopsDumped(List.copyOf(kernel.nextHops.values()));
        run();
        assertEquals(5_000, kernel.routes.values().stream().filter(route -> route.object() != 0).count(), "back, through a group");
        assertEquals(5_000, kernel.removed.size());
        int before = kernel.messages;
        kernel.removed.forEach(this::tell);
        run();
        assertEquals(0, subject.table(true).failedCount(), subject.lastError());
        assertEquals(0, kernel.messages - before);
        kernel.removed.clear();
        kernel.remove(kernel.nextHops.values().stream().filter(object -> !object.group().isEmpty()).findFirst().orElseThrow().id());
        kernel.removed.forEach(this::tell);
        assertEquals(5_000, subject.table(true).dirtyCount(), "news of the route that is there counts");
    }

    private void tell(Map.Entry<SimulatedKernel.Key, SimulatedKernel.Entry> gone) {
        Prefix prefix = gone.getKey().prefix();
        subject.routeDeleted(true, prefix.address().hi(), prefix.address().lo(), prefix.length(), gone.getKey().metric(), gone.getValue().object());
    }

    @Test
    void aMessageReadsBackAsItWasWritten() {
        MessageWriter writer = new MessageWriter(64);
        NextHopMessage.addSingle(writer, 1, 0x7462_0001, IpAddress.parse("2001:db8::1"), 4);
        NextHopMessage.putGroup(writer, 2, 0x7462_0002, List.of(0x7462_0001, 0x7462_0003), true);
        MessageReader reader = new MessageReader(writer.toArray());
        reader.reset(writer.size());
        assertTrue(reader.next());
        assertEquals(Optional.of(new NextHopMessage(0x7462_0001, 201, Optional.of(IpAddress.parse("2001:db8::1")), 4, List.of(), true)), NextHopMessage.parse(reader));
        assertTrue(reader.next());
        assertEquals(Optional.of(new NextHopMessage(0x7462_0002, 201, Optional.empty(), 0, List.of(0x7462_0001, 0x7462_0003), true)), NextHopMessage.parse(reader));
        assertEquals(0x505, reader.flags() | 4, "REQUEST, REPLACE, CREATE (and ACK)");
    }

    private static RouteContent content(String... gateways) {
        return RouteContent.of(Arrays.stream(gateways).map(gateway -> new NextHop(Optional.of(IpAddress.parse(gateway)), Optional.of("if1"))).toList(), 20, 0);
    }

    private void define(int id, String... gateways) {
        subject.define(feed, id, content(gateways));
    }

    private void offer(int id, int from, int count) {
        for (int at = from; at < from + count; at += RouteChanges.CAPACITY) {
            int size = Math.min(RouteChanges.CAPACITY, from + count - at);
            RouteChanges changes = new RouteChanges(AddressFamily.IPV4, size);
            for (int i = at; i < at + size; i++) {
                changes.add(0, (16L << 24) + i * 256L, 24, id);
            }
            subject.apply(feed, changes);
        }
    }

    private void offer6(int id, int count) {
        for (int at = 0; at < count; at += RouteChanges.CAPACITY) {
            RouteChanges changes = new RouteChanges(AddressFamily.IPV6, Math.min(RouteChanges.CAPACITY, count - at));
            for (int i = at; i < Math.min(count, at + RouteChanges.CAPACITY); i++) {
                changes.add(0x2001_0db9_0000_0000L + ((long) i << 12), 0, 52, id);
            }
            subject.apply(feed, changes);
        }
    }

    private void run() {
        for (int n = 0; subject.hasWork(); n++) {
            assertTrue(n < 20_000, "the work does not end");
            batch.clear();
            subject.collect(batch);
            if (!batch.isEmpty()) {
                kernel.take(batch);
                subject.settle(batch);
                subject.takeNextHopProblems();
            }
        }
    }
}
