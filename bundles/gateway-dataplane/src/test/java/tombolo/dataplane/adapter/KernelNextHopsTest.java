package tombolo.dataplane.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.route.NextHop;
import tombolo.api.route.RouteChanges;
import tombolo.api.route.RouteFeed;
import tombolo.api.route.RouteFeedListener;
import tombolo.dataplane.adapter.RoutesLoop.RoutePolicy;
import tombolo.linux.adapter.LinuxNetlink;

/** Routes through nexthop objects, in a real kernel and a namespace of the test's own. */
class KernelNextHopsTest {
    /** More than a set needs to get an object. */
    private static final int MANY = 6_000;
    private static final NextHop A = NextHop.via(IpAddress.parse("192.0.2.2"));
    private static final NextHop B = NextHop.via(IpAddress.parse("198.51.100.2"));
    private static final NextHop A6 = NextHop.via(IpAddress.parse("2001:db8::2"));
    private static final NextHop B6 = NextHop.via(IpAddress.parse("2001:db8:1::2"));
    private static final RouteFeedListener DEAF = new RouteFeedListener() {
        @Override
        public void drained() {
        }

        @Override
        public void closed() {
        }
    };

    private final LinuxNetlink linux = new LinuxNetlink();
    private Netlink netlink = linux;
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

    @AfterEach
    void close() {
        dataplane.close();
        linux.close();
        space.close();
    }

    @Test
    void routesOfALargeSetGoThroughAGroupAndReadAsBefore() {
        fill();
        assertEquals(3 * MANY, through4(), "all three sets of IPv4 routes, those that were written before the group was there too");
        assertEquals(2 * MANY, through6());
        assertEquals(OptionalInt.of(5), dataplane.routes().counts().nextHopObjects());
        assertEquals(5, ours("group").size());
        assertEquals(4, ours("via").size(), "groups share their members");
        String one = space.ip("route show 100.0.0.0/24").replaceAll("nhid \\d+ ", "").strip().replaceAll("\\s+", " ");
        assertEquals("100.0.0.0/24 via 192.0.2.2 dev a0 proto 201 metric 20", one);
        String multipath = space.ip("route show 102.0.0.0/24").replaceAll("nhid \\d+ ", "").strip().replaceAll("\\s+", " ");
        assertEquals("102.0.0.0/24 proto 201 metric 20 nexthop via 192.0.2.2 dev a0 weight 1 nexthop via 198.51.100.2 dev b0 weight 1", multipath);
        var listed = dataplane.queries().list(Optional.of(AddressFamily.IPV4), true, 100_000);
        assertEquals(List.of("192.0.2.2@a0", "198.51.100.2@b0"), listed.get(2 * MANY).nextHops().stream().map(NextHop::toString).toList());
        assertEquals("the kernel forwards by this route", dataplane.queries().explain(IpAddress.parse("102.0.0.1")).get(0).reason());
        assertTrue(space.ip("route get 102.0.0.1").contains("102.0.0.1 via "), "the kernel does forward by it");
    }

    @Test
    void aFailoverIsOneMessageForASetHoweverManyRoutesItHas() {
        fill();
        long before = dataplane.routes().counts().batches();
        define(3, B);
        settle();
        assertEquals(3 * MANY, through4());
        assertEquals(0, leading("a0", 102));
        assertEquals(MANY, leading("b0", 102));
        assertEquals(MANY, leading("a0", 100), "another set of the same next hop stays");
        assertTrue(dataplane.routes().counts().batches() - before <= 1, "one batch, where rewriting " + MANY + " routes takes 12");
    }

    @Test
    void onlyWhatCannotGoThroughTheGroupIsWrittenRouteByRoute() {
        fill();
        define(3); // a blackhole is no group of gateways
        settle();
        assertEquals(2 * MANY, through4());
        assertEquals(MANY, space.ours().stream().filter(line -> line.startsWith("blackhole 102.")).count());
        assertEquals(4, ours("group").size());
        define(3, A, B);
        define(1);
        define(1, B);
        settle();
        Eventually.equal(MANY, () -> leading("b0", 100));
        assertEquals(0, dataplane.routes().counts().failed(), dataplane.routes().counts().lastError());
    }

    @Test
    void whatGoesWithAnInterfaceComesBackWithIt() {
        fill();
        space.ip("link set a0 down");
        Eventually.equal(0, () -> leading("a0", 100));
        Eventually.equal(true, () -> ours("via").stream().noneMatch(line -> line.contains("a0")));
        assertEquals(MANY, leading("b0", 101), "a set on another interface does not notice");
        space.ip("link set a0 up");
        space.ip("addr replace 2001:db8::1/64 dev a0 nodad"); // IPv6 addresses go when their interface does
        all();
    }

    @Test
    void aCarrierThatGoesTakesItsMemberAndThoseThatRemainCarryOn() {
        fill();
        space.ip("link set a1 down"); // a0 is up, without carrier: the kernel drops its nexthop objects, and tells nobody
        Eventually.equal(true, () -> ours("via").stream().noneMatch(line -> line.contains("a0")));
        assertEquals(MANY, leading("b0", 102));
        Eventually.equal(MANY, () -> leading("a0", 100)); // back without an object, which the kernel refuses now: as routes on such an interface always stood
        Eventually.equal(0L, () -> dataplane.routes().counts().pending());
        space.ip("link set a1 up");
        all();
    }

    @Test
    void aKilledDataPlaneLeavesForwardingAndTheNextAdoptsItWithoutAWrite() {
        fill();
        List<String> routes = space.ours();
        List<String> objects = objects();
        dataplane.close();
        assertEquals(routes, space.ours());
        assertEquals(objects, objects());
        start();
        offerAll();
        bgp.inSync(AddressFamily.IPV4);
        bgp.inSync(AddressFamily.IPV6);
        settle();
        assertEquals(0, dataplane.routes().counts().batches());
        assertEquals(routes, space.ours());
        assertEquals(objects, objects());
        define(3, B);
        settle();
        assertEquals(MANY, leading("b0", 102));
        assertTrue(dataplane.routes().counts().batches() <= 1, "an adopted group is replaced as one's own");
    }

    @Test
    void routesThatTheKernelShowsWithoutTheirGatewaysAreAdoptedByTheirObjects() {
        Namespace.run(List.of("ip", "netns", "exec", space.name(), "sysctl", "-qw", "net.ipv4.nexthop_compat_mode=0"));
        fill();
        List<String> objects = objects();
        dataplane.close();
        start();
        offerAll();
        bgp.inSync(AddressFamily.IPV4);
        bgp.inSync(AddressFamily.IPV6);
        settle();
        assertEquals(0, dataplane.routes().counts().batches());
        assertEquals(objects, objects());
    }

    @Test
    void groupsThatNobodyWantsAnyMoreGoWithTheirRoutesOnceTheFeedIsInSync() {
        fill();
        dataplane.close();
        start();
        define(7, A);
        offerMany(7, 100, MANY, false);
        settle();
        assertEquals(3 * MANY, through4());
        bgp.inSync(AddressFamily.IPV4);
        bgp.inSync(AddressFamily.IPV6);
        settle();
        assertEquals(MANY, through4());
        assertEquals(1, ours("group").size());
        assertEquals(1, ours("via").size());
    }

    @Test
    void foreignObjectsAreLeftAloneAndRemovalLeavesNoneOfOurs() {
        space.ip("nexthop add id 7 via 192.0.2.77 dev a0");
        space.ip("nexthop add id " + 0x7462_0000 + " via 192.0.2.78 dev a0 proto bird"); // sits on an id of ours
        space.ip("nexthop add id 9 group 7 proto 201"); // our number, but no id of ours
        space.ip("route add 10.9.0.0/16 nhid 7 proto bird");
        List<String> before = objects();
        fill();
        all();
        dataplane.queries().removeOurs();
        assertEquals(List.of(), space.ours());
        assertEquals(List.of(), space.ours6());
        assertEquals(before, objects());
        assertTrue(space.ip("route show proto bird").contains("10.9.0.0/16"));
    }

    @Test
    void anObjectRemovedOrChangedByHandIsPutBackWithItsRoutes() {
        fill();
        space.ip("nexthop del id " + id(ours("group").get(0)));
        all();
        space.ip("nexthop replace id " + id(ours("via").stream().filter(line -> line.contains(" 192.0.2.2 ")).findFirst().orElseThrow()) + " via 192.0.2.99 dev a0 proto 201");
        all();
        space.ip("nexthop flush proto 201");
        all();
    }

    @Test
    void aKernelWithoutObjectsGetsRoutesThatNameTheirNextHops() {
        dataplane.close();
        netlink = options -> new WithoutObjects(linux.open(options));
        start();
        offerAll();
        settle();
        assertEquals(0, through4());
        assertEquals(MANY, leading("a0", 100));
        assertEquals(OptionalInt.empty(), dataplane.routes().counts().nextHopObjects());
        assertEquals(0, dataplane.routes().counts().failed());
    }

    /** Answers the question for nexthop objects as a kernel does that does not know it. */
    private record WithoutObjects(NetlinkSocket socket, Queue<byte[]> answers) implements NetlinkSocket {
        private WithoutObjects(NetlinkSocket socket) {
            this(socket, new ArrayDeque<>());
        }

        @Override
        public int portId() {
            return socket.portId();
        }

        @Override
        public void send(byte[] datagram, int length) {
            java.nio.ByteBuffer request = java.nio.ByteBuffer.wrap(datagram).order(java.nio.ByteOrder.nativeOrder());
            int type = request.getShort(4);
            assertTrue(type < 104 || type == 106, "an object is written after the kernel said that it has none");
            if (type == 106) {
                answers.add(java.nio.ByteBuffer.allocate(36).order(java.nio.ByteOrder.nativeOrder()).putInt(36).putShort((short) 2).putShort((short) 0).putInt(request.getInt(8))
                        .putInt(0).putInt(-95).put(datagram, 0, 16).array());
            } else {
                socket.send(datagram, length);
            }
        }

        @Override
        public int receive(byte[] into, int timeoutMillis) {
            byte[] answer = answers.poll();
            if (answer == null) {
                return socket.receive(into, timeoutMillis);
            }
            System.arraycopy(answer, 0, into, 0, answer.length);
            return answer.length;
        }

        @Override
        public void wake() {
            socket.wake();
        }

        @Override
        public boolean isClosed() {
            return socket.isClosed();
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    // ---- what is offered, and what is there ----

    /** Sets 1 and 2 of one next hop, 3 of both, with routes of 100/8, 101/8 and 102/8; 4 and 5 for IPv6. */
    private void fill() {
        offerAll();
        settle();
    }

    private void offerAll() {
        define(1, A);
        define(2, B);
        define(3, A, B);
        define(4, A6);
        define(5, A6, B6);
        offerMany(1, 100, MANY, false);
        offerMany(2, 101, MANY, false);
        offerMany(3, 102, MANY, false);
        offerMany(4, 4, MANY, true);
        offerMany(5, 5, MANY, true);
    }

    /** Everything as {@link #fill} left it, through groups. */
    private void all() {
        Eventually.equal(MANY, () -> leading("a0", 100));
        Eventually.equal(MANY, () -> leading("b0", 101));
        Eventually.equal(2 * MANY, () -> leading("a0", 102) + leading("b0", 102));
        Eventually.equal(3 * MANY, this::through4);
        Eventually.equal(2 * MANY, this::through6);
        settle();
        assertEquals(0, dataplane.routes().counts().failed(), dataplane.routes().counts().lastError());
    }

    private void define(int id, NextHop... hops) {
        Eventually.equal(true, () -> bgp.define(id, List.of(hops)));
    }

    private void offerMany(int id, int net, int count, boolean v6) {
        for (int from = 0; from < count; from += RouteChanges.CAPACITY) {
            int size = Math.min(RouteChanges.CAPACITY, count - from);
            RouteChanges changes = new RouteChanges(v6 ? AddressFamily.IPV6 : AddressFamily.IPV4, size);
            for (int i = from; i < from + size; i++) {
                if (v6) {
                    changes.add(0x2001_0db9_0000_0000L + ((long) net << 28) + ((long) i << 12), 0, 52, id);
                } else {
                    changes.add(0, ((long) net << 24) + i * 256L, 24, id);
                }
            }
            Eventually.equal(true, () -> bgp.offer(changes));
        }
    }

    private void settle() {
        Eventually.equal(true, () -> dataplane.routes().settled());
    }

    private int through4() {
        return (int) space.ours().stream().filter(line -> line.contains(" nhid ")).count();
    }

    private int through6() {
        return (int) space.ours6().stream().filter(line -> line.contains(" nhid ")).count();
    }

    /** Routes (of a set of one next hop) or next hops (of others) that lead to the interface, of those in NET/8. */
    private int leading(String device, int net) {
        String routes = space.ip("route show proto 201 root " + net + ".0.0.0/8");
        return (int) routes.lines().filter(line -> line.contains(" dev " + device + " ") || line.endsWith(" dev " + device)).count();
    }

    private List<String> objects() {
        return space.ip("nexthop list").lines().map(String::strip).sorted().toList();
    }

    private List<String> ours(String kind) {
        return objects().stream().filter(line -> line.contains(" " + kind + " ") && line.contains("proto 201")).toList();
    }

    private static String id(String line) {
        return line.split(" ")[1];
    }
}
