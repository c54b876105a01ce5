package tombolo.dataplane.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.config.StaticRouteSettings;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;
import tombolo.api.route.NextHopState;
import tombolo.api.route.RouteChanges;
import tombolo.api.route.RouteFeed;
import tombolo.api.route.RouteFeedListener;
import tombolo.dataplane.adapter.RoutesLoop.RoutePolicy;
import tombolo.linux.adapter.LinuxNetlink;

/** Interfaces and next hops as a real kernel reports them. */
class LinksAndNextHopsTest {
    private final LinuxNetlink netlink = new LinuxNetlink();
    private final Map<String, NextHopState> states = new ConcurrentHashMap<>();
    private final List<String> reasons = new CopyOnWriteArrayList<>();
    private volatile long toldNanos;
    private Namespace space;
    private Dataplane dataplane;

    @BeforeEach
    void open() {
        space = new Namespace();
        space.veth("a0", "a1", "192.0.2.1/24", "2001:db8::1/64");
        space.veth("u0", "u1", "198.51.100.1/24");
        space.ip("link add vx0 type vxlan id 100 dev u0 dstport 14789 remote 198.51.100.2");
        space.ip("addr add 172.16.0.1/30 dev vx0");
        space.ip("link set vx0 up");
        dataplane = new Dataplane(netlink, new RoutePolicy(254, 20, 10, Optional.of(space.path())));
        dataplane.links().add((link, usable, reason) -> {
            toldNanos = System.nanoTime();
            reasons.add(link.name() + " " + usable + " " + reason);
        });
    }

    @AfterEach
    void close() {
        dataplane.close();
        netlink.close();
        space.close();
    }

    @Test
    void aVxlanIsUnusableOnceItsUnderlayHasNoCarrier() {
        assertTrue(dataplane.links().usable("vx0"));
        assertEquals(Optional.of("vx0"), dataplane.links().connectedTo(IpAddress.parse("172.16.0.2")).map(link -> link.name()));
        watch("172.16.0.2");
        reached("172.16.0.2", "172.16.0.2@vx0 connected 0");
        long start = System.nanoTime();
        space.ip("link set u1 down");
        Eventually.equal(true, () -> reasons.contains("vx0 false lower device u0 of vx0 lost carrier"));
        long millis = (toldNanos - start) / 1_000_000;
        System.out.println("carrier loss told " + millis + " ms after the start of the program that caused it");
        assertTrue(millis < 500, "told after " + millis + " ms");
        assertTrue(reasons.contains("u0 false interface u0 lost carrier"), reasons.toString());
        assertFalse(dataplane.links().usable("vx0"));
        assertTrue(dataplane.links().usable("a0"));
        assertTrue(space.ip("link show vx0").contains("LOWER_UP"), "the kernel itself sees no trouble");
        reached("172.16.0.2", "unreachable");
        space.ip("link set u1 up");
        reached("172.16.0.2", "172.16.0.2@vx0 connected 0");
        assertTrue(dataplane.links().usable("vx0"));
    }

    @Test
    void aVxlanThatNamesNoDeviceIsCarriedByTheOneTowardsItsRemoteEnd() {
        space.ip("link add vx1 type vxlan id 101 dstport 14790 remote 198.51.100.3");
        space.ip("link set vx1 up");
        Eventually.equal(true, () -> dataplane.links().usable("vx1"));
        space.ip("link set u1 down");
        Eventually.equal(true, () -> reasons.contains("vx1 false lower device u0 of vx1 lost carrier"));
    }

    @Test
    void aRemovedInterfaceIsToldWithItsLastState() {
        space.ip("link del a0");
        Eventually.equal(true, () -> reasons.contains("a0 false interface a0 was removed"));
        assertFalse(dataplane.links().usable("a0"));
    }

    @Test
    void anInterfaceSetDownIsToldAndOneThatIsIgnoredIsNot() {
        dataplane.links().ignore(List.of("u*"));
        space.ip("link set u0 down");
        space.ip("link set a0 down");
        Eventually.equal(true, () -> reasons.contains("a0 false interface a0 is down"));
        assertFalse(reasons.stream().anyMatch(reason -> reason.startsWith("u0")), reasons.toString());
    }

    @Test
    void nextHopsFollowForeignRoutes() {
        watch("192.0.2.7", "203.0.113.9", "2001:db8::7", "2001:db8:77::1", "192.0.2.1");
        reached("192.0.2.7", "192.0.2.7@a0 connected 0");
        reached("2001:db8::7", "2001:db8::7@a0 connected 0");
        reached("203.0.113.9", "unreachable");
        reached("192.0.2.1", "unreachable"); // our own address
        space.ip("route add default via 192.0.2.254 metric 9");
        reached("203.0.113.9", "192.0.2.254@a0 via 9");
        space.ip("route add 203.0.113.0/24 via 198.51.100.9 metric 3 proto bird");
        reached("203.0.113.9", "198.51.100.9@u0 via 3");
        space.ip("route add blackhole 203.0.113.8/31");
        reached("203.0.113.9", "unreachable");
        space.ip("route del blackhole 203.0.113.8/31");
        reached("203.0.113.9", "198.51.100.9@u0 via 3");
        space.ip("link set u1 down"); // the route stays in the kernel, flagged linkdown, and still wins over the default route
        reached("203.0.113.9", "unreachable");
        space.ip("link set u0 down"); // now the kernel has dropped it, without a word
        reached("203.0.113.9", "192.0.2.254@a0 via 9");
        space.ip("-6 route add 2001:db8:77::/48 nexthop via 2001:db8::8 nexthop via 2001:db8::9");
        reached("2001:db8:77::1", "2001:db8::8@a0 via 1024");
        space.ip("-6 route del 2001:db8:77::/48");
        reached("2001:db8:77::1", "unreachable");
    }

    @Test
    void whatLedThroughAContainerIsForgottenWithItsInterface() {
        space.ip("route add default via 192.0.2.9 dev a0");
        space.ip("link add cali1 type veth peer name c0");
        space.ip("link set c0 up");
        space.ip("link set cali1 up");
        space.ip("route add 203.0.113.5/32 dev cali1");
        watch("203.0.113.5");
        reached("203.0.113.5", "203.0.113.5@cali1 connected 0");
        space.ip("link del cali1");
        reached("203.0.113.5", "192.0.2.9@a0 via 0");
    }

    @Test
    void routesForExactPrefixesAreToldWhileTheyAreThereAndUsable() {
        AtomicReference<Set<Prefix>> present = new AtomicReference<>(Set.of(Prefix.parse("0.0.0.0/32")));
        Prefix far = Prefix.parse("203.0.113.0/24");
        Prefix link = Prefix.parse("198.51.100.0/24");
        dataplane.nextHops().watchRoutes("test", List.of(far, link), present::set);
        Eventually.equal(Set.of(link), present::get);
        space.ip("route add default via 192.0.2.254");
        space.ip("route add 203.0.113.0/25 via 192.0.2.254");
        space.ip("route add 203.0.113.0/24 via 192.0.2.254");
        Eventually.equal(Set.of(link, far), present::get);
        space.ip("route del 203.0.113.0/24");
        Eventually.equal(Set.of(link), present::get); // neither the default route nor a longer one is a route for the prefix
        space.ip("route add blackhole 203.0.113.0/24");
        Eventually.equal(Set.of(link, far), present::get);
        space.ip("link set u1 down");
        Eventually.equal(Set.of(far), present::get);
    }

    @Test
    void routesLearnedByBgpDoNotResolveNextHopsButStaticOnesDo() {
        RouteFeed bgp = dataplane.routes().open("bgp", 20, new RouteFeedListener() {
            @Override
            public void drained() {
            }

            @Override
            public void closed() {
            }
        });
        bgp.define(1, List.of(NextHop.via(IpAddress.parse("192.0.2.2"))));
        RouteChanges changes = new RouteChanges(AddressFamily.IPV4, 1);
        changes.add(0, IpAddress.parse("203.0.113.0").lo(), 24, 1);
        bgp.offer(changes);
        Eventually.equal(1, () -> space.ours().size());
        watch("203.0.113.9");
        reached("203.0.113.9", "unreachable");
        StaticRoutes statics = new StaticRoutes(dataplane, 10);
        statics.apply(Map.of("fabric", new StaticRouteSettings("fabric", Prefix.parse("203.0.113.0/25"), List.of(NextHop.via(IpAddress.parse("192.0.2.3"))), false,
                Optional.empty(), Optional.of(1400))));
        reached("203.0.113.9", "192.0.2.3@a0 via 10");
        Eventually.equal(List.of("203.0.113.0/24 via 192.0.2.2 dev a0 metric 20", "203.0.113.0/25 via 192.0.2.3 dev a0 metric 10 mtu 1400"), space::ours);
        statics.apply(Map.of());
        reached("203.0.113.9", "unreachable");
        Eventually.equal(List.of("203.0.113.0/24 via 192.0.2.2 dev a0 metric 20"), space::ours);
    }

    private void watch(String... addresses) {
        dataplane.nextHops().watch("test", Stream.of(addresses).map(IpAddress::parse).toList(), changed -> changed.forEach(state -> states.put(state.address().toString(), state)));
    }

    private void reached(String address, String wanted) {
        Eventually.equal(wanted, () -> {
            NextHopState state = states.get(address);
            return state == null ? "not told" : state.reachable() ? state.via().orElseThrow() + (state.connected() ? " connected " : " via ") + state.metric() : "unreachable";
        });
    }
}
