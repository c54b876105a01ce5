package tombolo.dataplane.adapter.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.dataplane.core.overlay.Cluster.block;
import static tombolo.dataplane.core.overlay.Cluster.node;
import static tombolo.dataplane.core.overlay.Cluster.pool;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Link;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.kernel.Links;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.resource.IpPool.Encapsulation;
import tombolo.api.resource.ResourceListener;
import tombolo.api.resource.Resources;
import tombolo.api.route.NextHop;
import tombolo.api.route.RouteChanges;
import tombolo.api.route.RouteFeed;
import tombolo.api.route.RouteFeedListener;
import tombolo.api.route.RouteSink;

/** Between a start and the first plan, which comes a moment behind the resources. No kernel. */
class PlanningTest {
    private static final Link UPLINK = new Link(2, "eth0", Optional.empty(), true, true, 1500, List.of(new InterfaceAddress(IpAddress.parse("192.0.2.1"), 24)));
    private static final Link LEFT = new Link(3, "vxlan.calico", Optional.empty(), true, true, 1400, List.of());
    private final Peers cluster = new Peers();
    private final Overlay overlay = new Overlay(Optional.empty(), Duration.ofHours(1));
    private final Thread tester = Thread.currentThread();
    private final CountDownLatch planning = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    /** Holds up whoever makes a plan of them. */
    private final class Slow implements Links {
        private final List<Link> links;

        Slow(Link... links) {
            this.links = List.of(links);
        }

        @Override
        public List<Link> links() {
            if (Thread.currentThread() != tester) {
                planning.countDown();
                awaitQuietly(goOn);
            }
            return links;
        }

        @Override
        public Optional<Link> connectedTo(IpAddress address) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean usable(String interfaceName) {
            throw new UnsupportedOperationException();
        }
    }

    @AfterEach
    void stop() {
        goOn.countDown();
        overlay.close();
    }

    private void tunnels() {
        cluster.put(pool("10.65.0.0/16", Encapsulation.ALWAYS, Encapsulation.NEVER), node("a", "192.0.2.1/24", "10.65.1.0", "", ""), node("b", "192.0.2.2/24", "10.65.2.0", "", ""),
                block("b", "10.65.2.0/26"));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS), "not within 30 s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void within(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - end < 0, "not so within 30 s");
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Test
    void whileThePlanIsMadeTheMtuIsThatOfDevicesOfAnEarlierLife() {
        tunnels();
        overlay.node("a");
        overlay.linksCame(new Slow(UPLINK, LEFT));
        overlay.resourcesCame(cluster);
        awaitQuietly(planning); // the resources have been heard
        assertEquals(OptionalInt.of(1400), overlay.endpointMtu());
        assertFalse(overlay.isPlanned());
        goOn.countDown();
        within(overlay::isPlanned);
        assertEquals(OptionalInt.of(1450), overlay.endpointMtu());
    }

    @Test
    void withoutDevicesOfAnEarlierLifeNobodyTakesAnMtuForKnownBeforeThePlan() {
        tunnels();
        overlay.node("a");
        overlay.linksCame(new Slow(UPLINK));
        overlay.resourcesCame(cluster);
        awaitQuietly(planning);
        assertEquals(OptionalInt.empty(), overlay.endpointMtu());
        assertFalse(overlay.isPlanned());
    }

    @Test
    void whereNoPoolIsEncapsulatedThePlanIsThatThereAreNoTunnels() {
        goOn.countDown();
        overlay.node("a");
        overlay.linksCame(new Slow(UPLINK));
        overlay.resourcesCame(cluster);
        within(overlay::isPlanned);
        assertEquals(OptionalInt.empty(), overlay.endpointMtu());
    }

    /** gateway-fabric writes it a moment after the resources have been heard; until then the plan has no tunnels, and the MTU is the container's for life. */
    @Test
    void untilTheOwnNodeIsWrittenWithItsAddressNobodyTakesAnMtuForKnown() {
        goOn.countDown();
        cluster.put(pool("10.65.0.0/16", Encapsulation.ALWAYS, Encapsulation.NEVER), node("b", "192.0.2.2/24", "10.65.2.0", "", ""));
        overlay.node("a");
        overlay.linksCame(new Slow(UPLINK));
        overlay.resourcesCame(cluster);
        within(() -> !overlay.status().notes().isEmpty()); // there is a plan
        assertFalse(overlay.isPlanned());
        cluster.put(node("a", "", "", "", "")); // before its interfaces are known
        cluster.put(node("a", "192.0.2.1/24", "", "", ""));
        within(overlay::isPlanned);
        assertEquals(OptionalInt.of(1450), overlay.endpointMtu());
        cluster.remove(node("a", "", "", "", ""));
        within(() -> overlay.status().devices().isEmpty());
        assertTrue(overlay.isPlanned());
        assertEquals(OptionalInt.of(1450), overlay.endpointMtu());
    }

    @Test
    void whereNobodyWritesTheOwnNodeTheMtuIsWhatFitsIntoTheTunnelsThatItShouldHave() {
        goOn.countDown();
        cluster.put(pool("10.65.0.0/16", Encapsulation.ALWAYS, Encapsulation.NEVER), node("b", "192.0.2.2/24", "10.65.2.0", "", ""));
        try (Overlay alone = new Overlay(Optional.empty(), Duration.ofHours(1), Duration.ofMillis(20))) {
            alone.node("a");
            alone.linksCame(new Slow(UPLINK));
            alone.resourcesCame(cluster);
            within(alone::isPlanned);
            assertEquals(OptionalInt.of(1450), alone.endpointMtu());
        }
    }

    /** To be in sync with nothing in this moment would sweep the routes of the tunnels, which carry traffic. */
    @Test
    void betweenTheResourcesAndThePlanTheFeedIsNotInSync() throws InterruptedException {
        goOn.countDown();
        tunnels();
        BlockingQueue<String> fed = new LinkedBlockingQueue<>();
        RouteFeedListener[] listener = new RouteFeedListener[1];
        RouteSink sink = (owner, preference, told) -> {
            listener[0] = told;
            return new Recorded(fed);
        };
        Resources withRoom = (Resources) Proxy.newProxyInstance(Resources.class.getClassLoader(), new Class<?>[] {Resources.class}, (_, _, arguments) ->
                cluster.subscribe(Set.of(), step -> {
                    ((ResourceListener) arguments[1]).changed(step);
                    listener[0].drained(); // as while another feed is read: right behind the resources
                }));
        overlay.node("a");
        overlay.linksCame(new Slow(UPLINK, LEFT));
        overlay.sinkCame(sink);
        within(() -> overlay.status() != null); // all of that is taken in
        overlay.resourcesCame(withRoom);
        assertEquals("define", fed.poll(30, TimeUnit.SECONDS));
        assertEquals("offer 1", fed.poll(30, TimeUnit.SECONDS));
        assertEquals("in sync", fed.poll(30, TimeUnit.SECONDS));
    }

    private record Recorded(BlockingQueue<String> fed) implements RouteFeed {
        @Override
        public boolean define(int id, List<NextHop> nextHops) {
            return fed.add("define");
        }

        @Override
        public boolean offer(RouteChanges changes) {
            return fed.add("offer " + changes.size());
        }

        @Override
        public void inSync(AddressFamily family) {
            fed.add("in sync");
        }

        @Override
        public void close() { }

        @Override
        public void removeAll() { }
    }
}
