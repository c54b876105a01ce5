package tombolo.dataplane.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.route.NextHop;
import tombolo.api.route.RouteChanges;
import tombolo.api.route.RouteFeed;
import tombolo.api.route.RouteFeedListener;
import tombolo.dataplane.adapter.RoutesLoop.RoutePolicy;
import tombolo.linux.adapter.LinuxNetlink;

/** Routes on their way into a real kernel, in a namespace of the test's own. */
class KernelRoutesTest {
    private static final RouteFeedListener DEAF = new RouteFeedListener() {
        @Override
        public void drained() {
        }

        @Override
        public void closed() {
        }
    };

    private final LinuxNetlink netlink = new LinuxNetlink();
    private Namespace space;
    private Dataplane dataplane;
    private RouteFeed bgp;

    @BeforeEach
    void open() {
        space = new Namespace();
        space.veth("a0", "a1", "192.0.2.1/24", "2001:db8::1/64");
        space.veth("b0", "b1", "198.51.100.1/24", "2001:db8:1::1/64");
        start();
    }

    private void start() {
        dataplane = new Dataplane(netlink, new RoutePolicy(254, 20, 10, Optional.of(space.path())));
        bgp = dataplane.routes().open("bgp", 20, DEAF);
    }

    private void restart() {
        dataplane.close();
        start();
    }

    @AfterEach
    void close() {
        dataplane.close();
        netlink.close();
        space.close();
    }

    @Test
    void offeredRoutesAreInTheKernelWithOurProtocolAndMetric() {
        bgp.define(1, List.of(NextHop.via(IpAddress.parse("192.0.2.2"))));
        offer(1, "203.0.113.0/24", "10.0.0.0/8");
        Eventually.equal(List.of("10.0.0.0/8 via 192.0.2.2 dev a0 metric 20", "203.0.113.0/24 via 192.0.2.2 dev a0 metric 20"), space::ours);
        offer(RouteChanges.WITHDRAW, "10.0.0.0/8");
        Eventually.equal(List.of("203.0.113.0/24 via 192.0.2.2 dev a0 metric 20"), space::ours);
    }

    @Test
    void aRouteOfEveryShapeReadsAsIpShowsIt() {
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2")), NextHop.via(ip("198.51.100.2"))));
        bgp.define(2, List.of());
        bgp.define(3, List.of(NextHop.via(ip("2001:db8::2")), NextHop.via(ip("2001:db8:1::2"))));
        bgp.define(4, List.of(new NextHop(Optional.of(ip("fe80::99")), Optional.of("b0"))));
        bgp.define(5, List.of(new NextHop(Optional.empty(), Optional.of("a0"))));
        ((OwnedFeed) bgp).define(6, List.of(NextHop.via(ip("192.0.2.2"))), 77, 1400);
        offer(1, "10.1.0.0/16");
        offer(2, "10.2.0.0/16", "2001:db8:2::/48");
        offer(3, "2001:db8:3::/48");
        offer(4, "2001:db8:4::/48", "10.4.0.0/16"); // RFC 8950: an IPv4 route through an IPv6 neighbour
        offer(5, "10.5.0.0/16", "2001:db8:5::/48");
        offer(6, "10.6.0.0/16", "0.0.0.0/0");
        Eventually.equal(List.of("10.1.0.0/16 metric 20 | nexthop via 192.0.2.2 dev a0 weight 1 | nexthop via 198.51.100.2 dev b0 weight 1",
                "10.4.0.0/16 via inet6 fe80::99 dev b0 metric 20", "10.5.0.0/16 dev a0 scope link metric 20", "10.6.0.0/16 via 192.0.2.2 dev a0 metric 77 mtu 1400",
                "blackhole 10.2.0.0/16 metric 20", "default via 192.0.2.2 dev a0 metric 77 mtu 1400"), () -> joined(space.ip("route show proto 201")));
        Eventually.equal(List.of("2001:db8:3::/48 metric 20 | nexthop via 2001:db8::2 dev a0 weight 1 | nexthop via 2001:db8:1::2 dev b0 weight 1",
                "2001:db8:4::/48 via fe80::99 dev b0 metric 20", "2001:db8:5::/48 dev a0 metric 20", "blackhole 2001:db8:2::/48 dev lo metric 20"),
                () -> joined(space.ip("-6 route show proto 201")).stream().map(line -> line.replace(" pref medium", "")).toList());
        assertEquals(0, dataplane.routes().counts().failed());
    }

    @Test
    void everyShapeReplacesEveryOther() {
        List<List<NextHop>> shapes = List.of(List.of(NextHop.via(ip("2001:db8::2"))), List.of(), List.of(NextHop.via(ip("2001:db8::2")), NextHop.via(ip("2001:db8:1::2"))),
                List.of(new NextHop(Optional.empty(), Optional.of("b0"))), List.of(NextHop.via(ip("2001:db8::3")), NextHop.via(ip("2001:db8:1::3"))));
        bgp.define(0, shapes.get(0));
        offer(0, "2001:db8:77::/48");
        for (int from = 0; from < shapes.size(); from++) {
            for (int to = 0; to < shapes.size(); to++) {
                bgp.define(0, shapes.get(from));
                settle();
                bgp.define(0, shapes.get(to));
                settle();
                int hops = Math.max(1, shapes.get(to).size());
                List<String> lines = space.ours6();
                assertEquals(hops > 1 ? hops + 1 : 1, lines.size(), from + " to " + to + ": " + lines);
                assertEquals(shapes.get(to).isEmpty(), lines.get(0).startsWith("blackhole"), lines.toString());
            }
        }
        assertEquals(0, dataplane.routes().counts().failed(), dataplane.routes().counts().lastError());
    }

    @Test
    void aRedefinedSetMovesAllItsRoutes() {
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        bgp.define(2, List.of(NextHop.via(ip("192.0.2.3"))));
        offerMany(1, 0, 20_000);
        offerMany(2, 20_000, 1_000);
        settle();
        long before = dataplane.routes().counts().batches();
        bgp.define(1, List.of(NextHop.via(ip("198.51.100.2"))));
        settle();
        assertEquals(20_000, space.ours().stream().filter(line -> line.contains("via 198.51.100.2 dev b0")).count());
        assertEquals(1_000, space.ours().stream().filter(line -> line.contains("via 192.0.2.3 dev a0")).count());
        assertEquals(3, dataplane.routes().counts().batches() - before, "the new next hop, the group, and the removal of the old next hop: no route is written");
    }

    @Test
    void aForeignRouteOfAnotherMetricStaysBesideOurs() {
        space.ip("route add 10.0.0.0/8 via 198.51.100.9 metric 50 proto static");
        space.ip("route add 10.0.0.0/8 via 198.51.100.9 metric 5 proto bird");
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        offer(1, "10.0.0.0/8");
        settle();
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.3"))));
        settle();
        assertEquals(List.of("10.0.0.0/8 via 192.0.2.3 dev a0 metric 20"), space.ours());
        offer(RouteChanges.WITHDRAW, "10.0.0.0/8");
        settle();
        assertEquals(List.of("10.0.0.0/8 via 198.51.100.9 dev b0 proto bird metric 5", "10.0.0.0/8 via 198.51.100.9 dev b0 proto static metric 50"),
                joined(space.ip("route show 10.0.0.0/8")));
    }

    @Test
    void aForeignRouteOfOurMetricIsLeftAloneReportedAndSucceeded() {
        space.ip("route add 10.0.0.0/8 via 198.51.100.9 metric 20 proto bird");
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        offer(1, "10.0.0.0/8");
        Eventually.equal(1L, () -> dataplane.routes().counts().failed());
        assertTrue(dataplane.routes().counts().lastError().contains("foreign route with the same prefix and metric 20"), dataplane.routes().counts().lastError());
        assertEquals(List.of("10.0.0.0/8 via 198.51.100.9 dev b0 proto bird metric 20"), joined(space.ip("route show 10.0.0.0/8")));
        space.ip("route del 10.0.0.0/8 proto bird");
        Eventually.equal(List.of("10.0.0.0/8 via 192.0.2.2 dev a0 metric 20"), space::ours);
        assertEquals(0, dataplane.routes().counts().failed());
    }

    @Test
    void aForeignReplaceOfOurRouteIsNotFoughtOver() {
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        offer(1, "10.0.0.0/8");
        settle();
        space.ip("route replace 10.0.0.0/8 via 198.51.100.9 metric 20 proto bird");
        Eventually.equal(1L, () -> dataplane.routes().counts().failed());
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.3"))));
        settle();
        assertEquals(List.of("10.0.0.0/8 via 198.51.100.9 dev b0 proto bird metric 20"), joined(space.ip("route show 10.0.0.0/8")));
    }

    @Test
    void leftoversAreSweptOnlyOnceTheFeedIsInSync() {
        dataplane.close();
        space.ip("route add 10.0.0.0/8 via 192.0.2.2 metric 20 proto 201");
        space.ip("route add 172.16.0.0/12 via 192.0.2.2 metric 10 proto 201");
        space.ip("route add 10.9.0.0/16 via 192.0.2.2 metric 20 proto bird");
        space.ip("-6 route add 2001:db8:9::/48 via 2001:db8::2 metric 20 proto 201");
        start();
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        offer(1, "10.1.0.0/16");
        settle();
        assertEquals(3, space.ours().size(), "nothing is swept before the feed is in sync");
        bgp.inSync(AddressFamily.IPV4);
        Eventually.equal(List.of("10.1.0.0/16 via 192.0.2.2 dev a0 metric 20", "172.16.0.0/12 via 192.0.2.2 dev a0 metric 10"), space::ours);
        assertEquals(1, space.ours6().size(), "IPv6 is in sync by itself");
        bgp.inSync(AddressFamily.IPV6);
        Eventually.equal(List.of(), space::ours6);
        RouteFeed statics = dataplane.routes().open("static", 10, DEAF);
        statics.inSync(AddressFamily.IPV4);
        Eventually.equal(List.of("10.1.0.0/16 via 192.0.2.2 dev a0 metric 20"), space::ours);
        assertTrue(space.ip("route show proto bird").contains("10.9.0.0/16"));
    }

    @Test
    void staticRoutesInSyncDoNotSweepThoseOfABgpThatIsNotThereYet() {
        dataplane.close();
        space.ip("route add 10.0.0.0/8 via 192.0.2.2 metric 20 proto 201");
        dataplane = new Dataplane(netlink, new RoutePolicy(254, 20, 10, Optional.of(space.path())));
        RouteFeed statics = dataplane.routes().open("static", 10, DEAF);
        statics.inSync(AddressFamily.IPV4);
        settle();
        assertEquals(1, space.ours().size());
    }

    @Test
    void aRestartAdoptsWithoutWritingAnything() {
        fill();
        List<String> before = space.ours();
        List<String> before6 = space.ours6();
        restart();
        fill();
        bgp.inSync(AddressFamily.IPV4);
        bgp.inSync(AddressFamily.IPV6);
        settle();
        assertEquals(before, space.ours());
        assertEquals(before6, space.ours6());
        assertEquals(0, dataplane.routes().counts().batches());
    }

    @Test
    void aFeedThatIsReplacedLeavesItsRoutesUntilTheNewOneIsInSync() {
        fill();
        int routes = space.ours().size();
        bgp.close();
        settle();
        assertEquals(routes, space.ours().size());
        bgp = dataplane.routes().open("bgp", 20, DEAF);
        long batches = dataplane.routes().counts().batches();
        bgp.define(7, List.of(NextHop.via(ip("192.0.2.2"))));
        offerMany(7, 0, 1_000);
        settle();
        assertEquals(batches, dataplane.routes().counts().batches(), "the same content under another id is no change");
        bgp.inSync(AddressFamily.IPV4);
        settle();
        assertEquals(1_000, space.ours().size());
    }

    @Test
    void aRouteRemovedOrChangedByHandIsPutBack() {
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        offer(1, "10.0.0.0/8", "2001:db8:9::/48");
        bgp.define(2, List.of(NextHop.via(ip("2001:db8::2"))));
        offer(2, "2001:db8:9::/48");
        bgp.inSync(AddressFamily.IPV4);
        settle();
        space.ip("route del 10.0.0.0/8 metric 20");
        space.ip("-6 route del 2001:db8:9::/48");
        Eventually.equal(List.of("10.0.0.0/8 via 192.0.2.2 dev a0 metric 20"), space::ours);
        Eventually.equal(1, () -> space.ours6().size());
        space.ip("route replace 10.0.0.0/8 via 198.51.100.7 metric 20 proto 201");
        Eventually.equal(List.of("10.0.0.0/8 via 192.0.2.2 dev a0 metric 20"), space::ours);
        space.ip("route add 10.77.0.0/16 via 198.51.100.7 metric 20 proto 201"); // a stranger under our number
        Eventually.equal(List.of("10.0.0.0/8 via 192.0.2.2 dev a0 metric 20"), space::ours);
    }

    @Test
    void aFloodThatLosesNotificationsEndsInAComparison() {
        dataplane.close();
        dataplane = new Dataplane(netlink, new RoutePolicy(254, 20, 10, Optional.of(space.path())), 4096);
        bgp = dataplane.routes().open("bgp", 20, DEAF);
        for (int id = 0; id < 5; id++) { // in sets too small for nexthop objects: iproute2 cannot remove routes through those
            int set = id;
            Eventually.equal(true, () -> bgp.define(set, List.of(NextHop.via(ip("192.0.2.2")))));
            offerMany(id, id * 4_000, 4_000);
        }
        settle();
        long resyncs = dataplane.routes().counts().resyncs();
        assertEquals(1, resyncs, "our own 20,000 writes are not heard: 4 KiB could not hold them either");
        // Each once: `ip route flush` begins again until it finds nothing, and gives up after 30 s with somebody who puts back what it removes.
        StringBuilder removals = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            removals.append("route del 100.").append(i >> 8).append('.').append(i & 255).append(".0/24 proto 201\n");
        }
        Namespace.run(removals.toString(), List.of("ip", "-n", space.name(), "-batch", "-"));
        Eventually.equal(20_000, () -> space.ours().size());
        assertTrue(dataplane.routes().counts().resyncs() > resyncs, "4 KiB cannot hold 20,000 notifications");
    }

    @Test
    void routesThatWentWithTheirInterfaceComeBackWithIt() {
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        offerMany(1, 0, 1_000);
        settle();
        space.ip("link set a0 down");
        Eventually.equal(1_000L, () -> dataplane.routes().counts().failed());
        assertEquals(0, space.ours().size());
        space.ip("link set a0 up");
        Eventually.equal(1_000, () -> space.ours().size());
        Eventually.equal(0L, () -> dataplane.routes().counts().failed());
    }

    /** A dump of a full table for each container would be half a second of a processor. */
    @Test
    void containersComeAndGoWithoutOurRoutesBeingReadAgain() {
        Eventually.equal(true, () -> dataplane.routes().counts().resyncs() > 0);
        for (int i = 0; i < 20; i++) {
            space.ip("link add cali" + i + " type veth peer name c0");
            space.ip("link set cali" + i + " up");
            space.ip("route add 10.65.0." + i + "/32 dev cali" + i);
            space.ip("link del cali" + i);
        }
        space.veth("d0", "d1", "203.0.113.1/24");
        Eventually.equal(true, () -> dataplane.links().usable("d0"));
        long resyncs = dataplane.routes().counts().resyncs();
        assertTrue(resyncs <= 3, resyncs + " times: the start, and what the first addresses of the namespace were good for");
        space.ip("link del d0");
        Eventually.equal(true, () -> dataplane.routes().counts().resyncs() > resyncs); // routes by a gateway on its network would be gone
    }

    @Test
    void aRefusedRouteIsReportedAndWrittenOnceItsGatewayIsConnected() {
        bgp.define(1, List.of(NextHop.via(ip("172.31.0.2"))));
        bgp.define(2, List.of(new NextHop(Optional.of(ip("172.30.0.2")), Optional.of("late0"))));
        offer(1, "10.0.0.0/8");
        offer(2, "11.0.0.0/8");
        Eventually.equal(2L, () -> dataplane.routes().counts().failed());
        space.ip("addr add 172.31.0.1/24 dev b0");
        Eventually.equal(List.of("10.0.0.0/8 via 172.31.0.2 dev b0 metric 20"), space::ours);
        space.veth("late0", "late1", "172.30.0.1/24");
        Eventually.equal(2, () -> space.ours().size());
        Eventually.equal(0L, () -> dataplane.routes().counts().failed());
    }

    @Test
    void oneBadRouteDoesNotHoldUpItsBatch() {
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        bgp.define(2, List.of(NextHop.via(ip("172.31.0.2"))));
        offerMany(1, 0, 100);
        offer(2, "10.255.0.0/16");
        offerMany(1, 100, 100);
        settle();
        assertEquals(200, space.ours().size());
        assertTrue(dataplane.routes().counts().lastError().contains("10.255.0.0/16: ENETUNREACH (101)"), dataplane.routes().counts().lastError());
    }

    @Test
    void theBetterFeedWinsAndTheOtherTakesOver() {
        RouteFeed statics = dataplane.routes().open("static", 10, DEAF);
        statics.define(5, List.of(NextHop.via(ip("198.51.100.2"))));
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        offer(1, "10.0.0.0/8");
        settle();
        RouteChanges add = new RouteChanges(AddressFamily.IPV4, 1);
        add.add(0, 10L << 24, 8, 5);
        statics.offer(add);
        Eventually.equal(List.of("10.0.0.0/8 via 198.51.100.2 dev b0 metric 10"), space::ours);
        RouteChanges remove = new RouteChanges(AddressFamily.IPV4, 1);
        remove.add(0, 10L << 24, 8, RouteChanges.WITHDRAW);
        statics.offer(remove);
        Eventually.equal(List.of("10.0.0.0/8 via 192.0.2.2 dev a0 metric 20"), space::ours);
    }

    @Test
    void stoppingLeavesForwardingAndDrainingRemovesAllThatIsOurs() {
        fill();
        int count = space.ours().size();
        dataplane.close();
        assertEquals(count, space.ours().size());
        start();
        settle();
        space.ip("route add 10.0.0.0/8 via 198.51.100.9 metric 20 proto bird");
        dataplane.queries().removeOurs();
        assertEquals(List.of(), space.ours());
        assertEquals(List.of(), space.ours6());
        assertTrue(space.ip("route show proto bird").contains("10.0.0.0/8"));
    }

    @Test
    void aTableBeyond255IsOneToo() {
        dataplane.close();
        dataplane = new Dataplane(netlink, new RoutePolicy(1000, 20, 10, Optional.of(space.path())));
        bgp = dataplane.routes().open("bgp", 20, DEAF);
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        offer(1, "10.0.0.0/8");
        settle();
        assertEquals(List.of("10.0.0.0/8 via 192.0.2.2 dev a0 proto 201 metric 20"), joined(space.ip("route show table 1000")));
        space.ip("route del 10.0.0.0/8 table 1000");
        Eventually.equal(List.of("10.0.0.0/8 via 192.0.2.2 dev a0 proto 201 metric 20"), () -> joined(space.ip("route show table 1000")));
        offer(RouteChanges.WITHDRAW, "10.0.0.0/8");
        Eventually.equal(List.of(), () -> joined(space.ip("route show table 1000")));
    }

    @Test
    void peopleSeeListsAndExplanations() {
        space.ip("route add 10.0.0.0/8 via 198.51.100.9 metric 5 proto bird");
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        offer(1, "10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0");
        settle();
        var listed = dataplane.queries().list(Optional.of(AddressFamily.IPV4), true, 2);
        assertEquals(List.of("0.0.0.0/0", "10.0.0.0/8"), listed.stream().map(route -> route.prefix().toString()).toList());
        assertEquals(Optional.of("bgp"), listed.get(0).owner());
        assertEquals("201 (tombolo)", listed.get(0).protocol());
        var explained = dataplane.queries().explain(ip("10.2.3.4"));
        assertEquals(List.of("bird true the kernel forwards by this route", "201 (tombolo) false metric 20 is higher than 5", "201 (tombolo) false less specific than 10.0.0.0/8"),
                explained.stream().map(one -> one.route().protocol() + " " + one.used() + " " + one.reason()).toList());
    }

    @Test
    void explanationsCoverIpv6AndRoutesThatDrop() {
        bgp.define(1, List.of(NextHop.via(ip("2001:db8::2"))));
        bgp.define(2, List.of());
        offer(1, "2001:db8:8000::/33");
        offer(2, "2001:db8:9000::/48", "10.2.0.0/16");
        settle();
        assertEquals(List.of("2001:db8:8000::/33 true the kernel forwards by this route"), explained("2001:db8:8000::1"));
        assertEquals(List.of("2001:db8:9000::/48 true the kernel drops packets by this route", "2001:db8:8000::/33 false less specific than 2001:db8:9000::/48"),
                explained("2001:db8:9000::1"));
        assertEquals(List.of("10.2.0.0/16 true the kernel drops packets by this route"), explained("10.2.3.4"));
        assertEquals(List.of(), explained("8.8.8.8"));
    }

    private List<String> explained(String address) {
        return dataplane.queries().explain(ip(address)).stream().map(one -> one.route().prefix() + " " + one.used() + " " + one.reason()).toList();
    }

    @Test
    void twoHundredThousandRoutesGoInAndAreAdopted() {
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        offerMany(1, 0, 200_000);
        settle();
        assertEquals(200_000, space.ours().size());
        assertEquals(400, dataplane.routes().counts().batches(), 20);
        restart();
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        offerMany(1, 0, 200_000);
        bgp.inSync(AddressFamily.IPV4);
        settle();
        assertEquals(0, dataplane.routes().counts().batches());
    }

    private void fill() {
        bgp.define(1, List.of(NextHop.via(ip("192.0.2.2"))));
        bgp.define(2, List.of(NextHop.via(ip("192.0.2.2")), NextHop.via(ip("198.51.100.2"))));
        bgp.define(3, List.of());
        bgp.define(4, List.of(NextHop.via(ip("2001:db8:1::2")), NextHop.via(ip("2001:db8::2"))));
        bgp.define(5, List.of(new NextHop(Optional.of(ip("fe80::99")), Optional.of("b0"))));
        offerMany(1, 0, 2_000);
        offer(2, "10.1.0.0/16");
        offer(3, "10.2.0.0/16", "2001:db8:2::/48");
        offer(4, "2001:db8:4::/48");
        offer(5, "2001:db8:5::/48");
        settle();
    }

    /** Routes 100.0.0.0/24 and on. */
    private void offerMany(int id, int from, int count) {
        for (int at = from; at < from + count; at += RouteChanges.CAPACITY) {
            int size = Math.min(RouteChanges.CAPACITY, from + count - at);
            RouteChanges changes = new RouteChanges(AddressFamily.IPV4, size);
            for (int i = 0; i < size; i++) {
                changes.add(0, (100L << 24) + ((at + i) * 256L), 24, id);
            }
            Eventually.equal(true, () -> bgp.offer(changes));
        }
    }

    /** Waits until all that was offered has been tried. */
    private void settle() {
        Eventually.equal(true, () -> dataplane.routes().settled());
    }

    private static IpAddress ip(String text) {
        return IpAddress.parse(text);
    }

    /** Sorted lines, the continuation lines of multipath routes joined. */
    private static List<String> joined(String output) {
        return output.strip().replaceAll("\\s*\\n\\s+", " | ").lines().map(line -> line.strip().replaceAll(" +", " ")).filter(line -> !line.isEmpty()).sorted().toList();
    }

    private void offer(int id, String... prefixes) {
        for (AddressFamily family : AddressFamily.values()) {
            List<Prefix> these = new ArrayList<>();
            for (String text : prefixes) {
                Prefix prefix = Prefix.parse(text);
                if (prefix.family() == family) {
                    these.add(prefix);
                }
            }
            if (!these.isEmpty()) {
                RouteChanges changes = new RouteChanges(family, these.size());
                these.forEach(prefix -> changes.add(prefix.address().hi(), prefix.address().lo(), prefix.length(), id));
                assertTrue(bgp.offer(changes));
            }
        }
    }
}
