package tombolo.dataplane.adapter.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static tombolo.dataplane.core.overlay.Cluster.block;
import static tombolo.dataplane.core.overlay.Cluster.node;
import static tombolo.dataplane.core.overlay.Cluster.pool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.resource.IpPool.Encapsulation;
import tombolo.dataplane.adapter.Dataplane;
import tombolo.dataplane.adapter.RoutesLoop.RoutePolicy;
import tombolo.linux.adapter.LinuxNetlink;

/**
 * Three nodes in a real kernel: a and b in one subnet, c in another, and between them a router that knows no container.
 *
 * <pre>
 *   a 192.0.2.1 ──┐
 *                 ├─ br0 192.0.2.254 │ router │ 198.51.100.254 ── c 198.51.100.3
 *   b 192.0.2.2 ──┘       2001:db8:1::/64        2001:db8:2::/64
 *   10.65.1.5             fd65::105              10.65.3.5, fd65::305      addresses of containers, on each node's loopback
 * </pre>
 */
class OverlayTest {
    private static final Encapsulation NEVER = Encapsulation.NEVER;
    private static final String POOL4 = "10.65.0.0/16";
    private static final String POOL6 = "fd65::/64";
    private static final Duration LOOK = Duration.ofMillis(500);
    private final LinuxNetlink netlink = new LinuxNetlink();
    private final Peers cluster = new Peers();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Namespace router;
    private One a;
    private One b;
    private One c;

    /** A node: its namespace, its data plane, its overlay. */
    private final class One implements AutoCloseable {
        private final String name;
        private final Namespace netns = new Namespace();
        private Dataplane dataplane;
        private Overlay overlay;

        One(String name, int number, String subnet4, String subnet6, boolean bridged) {
            this.name = name;
            open.add(netns);
            router.ip("link add to-" + name + " type veth peer name eth0 netns " + netns.name());
            netns.ip("addr add " + subnet4 + "." + number + "/24 dev eth0");
            netns.ip("-6 addr add " + subnet6 + "::" + number + "/64 dev eth0 nodad");
            netns.ip("link set eth0 up");
            if (bridged) {
                router.ip("link set to-" + name + " master br0");
            } else {
                router.ip("addr add " + subnet4 + ".254/24 dev to-" + name);
                router.ip("-6 addr add " + subnet6 + "::fe/64 dev to-" + name + " nodad");
            }
            router.ip("link set to-" + name + " up");
            netns.ip("route add default via " + subnet4 + ".254");
            netns.ip("-6 route add default via " + subnet6 + "::fe");
            netns.ip("addr add 10.65." + number + ".5/32 dev lo");
            netns.ip("-6 addr add fd65::" + number + "05/128 dev lo nodad");
            cluster.put(node(name, subnet4 + "." + number + "/24", "10.65." + number + ".0", subnet6 + "::" + number + "/64", "fd65::" + number + "00"),
                    block(name, "10.65." + number + ".0/26"), block(name, "fd65::" + number + "00/122"));
        }

        void start() {
            dataplane = new Dataplane(netlink, new RoutePolicy(254, 20, 10, Optional.of(netns.path())));
            overlay = new Overlay(Optional.of(netns.path()), LOOK);
            overlay.node(name);
            overlay.netlinkCame(netlink);
            overlay.linksCame(dataplane.links());
            dataplane.links().add(overlay);
            overlay.sinkCame(dataplane.routes());
            overlay.resourcesCame(cluster);
        }

        void stop() {
            if (overlay != null) {
                overlay.close();
                dataplane.close();
            }
        }

        /** As {@code iproute2} shows it, without what differs between its versions. */
        String route(String prefix) {
            return netns.ip((prefix.contains(":") ? "-6 " : "") + "route show " + prefix).strip().replaceAll("\\s+", " ").replaceAll(" pref medium", "");
        }

        String run(String... words) {
            List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", netns.name()));
            command.addAll(Arrays.asList(words));
            return Namespace.run(command);
        }

        void ping(String from, String to) {
            run("ping", "-c", "2", "-i", "0.2", "-W", "5", "-I", from, to);
        }

        boolean fails(String... words) {
            try {
                run(words);
                return false;
            } catch (IllegalStateException e) {
                return true;
            }
        }

        @Override
        public void close() {
            stop();
            netns.close();
        }
    }

    @BeforeEach
    void make() {
        router = new Namespace();
        open.add(router);
        router.ip("link add br0 type bridge");
        router.ip("addr add 192.0.2.254/24 dev br0");
        router.ip("-6 addr add 2001:db8:1::fe/64 dev br0 nodad");
        router.ip("link set br0 up");
        Namespace.run(List.of("ip", "netns", "exec", router.name(), "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding"));
        a = new One("a", 1, "192.0.2", "2001:db8:1", true);
        b = new One("b", 2, "192.0.2", "2001:db8:1", true);
        c = new One("c", 3, "198.51.100", "2001:db8:2", false);
    }

    @AfterEach
    void remove() throws Exception {
        for (One node : Arrays.asList(a, b, c)) {
            if (node != null) {
                node.stop();
            }
        }
        for (AutoCloseable one : open.reversed()) {
            one.close();
        }
        netlink.close();
    }

    private void start() {
        for (One node : List.of(a, b, c)) {
            node.start();
        }
    }

    private static void within(Supplier<String> seen, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, () -> "not so within 30 s: " + seen.get());
            LockSupport.parkNanos(20_000_000);
        }
    }

    private void routed(One from, String prefix, String wanted) {
        within(() -> from.route(prefix) + "; " + from.overlay.status() + from.dataplane.queries().counts(), () -> from.route(prefix).equals(wanted));
    }

    private void settled() {
        for (One node : List.of(a, b, c)) {
            within(() -> node.overlay.status().toString(), () -> {
                var status = node.overlay.status();
                return status.ready() && !status.devices().isEmpty() && status.devices().stream().allMatch(device -> device.differences().isEmpty() && device.refusal().isEmpty());
            });
        }
    }

    private long sentInto(One node, String device) {
        return node.netns.ip("-s link show " + device).lines().toList().stream().dropWhile(line -> !line.contains("TX:")).skip(1).findFirst()
                .map(line -> Long.parseLong(line.strip().split("\\s+")[1])).orElseThrow();
    }

    @Test
    void alwaysCarriesPacketsOfBothFamiliesThroughTheTunnelAndCrossSubnetOnlyToAnotherSubnet() {
        cluster.put(pool(POOL4, Encapsulation.ALWAYS, NEVER), pool(POOL6, Encapsulation.ALWAYS, NEVER));
        start();
        settled();
        routed(a, "10.65.2.0/26", "10.65.2.0/26 via 10.65.2.0 dev vxlan.calico proto 201 metric 20 onlink");
        routed(a, "fd65::200/122", "fd65::200/122 via fd65::200 dev vxlan-v6.calico proto 201 metric 20 onlink");
        for (One node : List.of(a, b, c)) {
            within(() -> node.netns.ip("route"), () -> node.netns.ours().size() == 2 && node.netns.ours6().size() == 2);
        }
        assertTrue(a.netns.ip("-d link show vxlan.calico").contains("vxlan id 4096 local 192.0.2.1"), a.netns.ip("-d link show vxlan.calico"));
        assertTrue(a.netns.ip("-d link show vxlan.calico").contains("mtu 1450"));
        assertTrue(a.netns.ip("link show vxlan-v6.calico").contains("mtu 1430"));
        assertEquals(OptionalInt.of(1430), a.overlay.endpointMtu());
        for (One from : List.of(a, b, c)) {
            for (One to : List.of(a, b, c)) {
                from.ping("10.65." + number(from) + ".5", "10.65." + number(to) + ".5");
                from.ping("fd65::" + number(from) + "05", "fd65::" + number(to) + "05");
            }
        }
        // A node's own packets come from its tunnel address, to which the way back leads through the tunnel too.
        a.run("ping", "-c", "1", "-W", "5", "10.65.3.5");
        assertTrue(a.netns.ip("route get 10.65.3.5").contains("src 10.65.1.0"), a.netns.ip("route get 10.65.3.5"));
        // What fits exactly passes, one byte more is refused where it starts: ICMP has 28 bytes of headers over IPv4, 48 over IPv6.
        a.run("ping", "-c", "1", "-W", "5", "-M", "do", "-s", "1422", "-I", "10.65.1.5", "10.65.3.5");
        assertTrue(a.fails("ping", "-c", "1", "-W", "1", "-M", "do", "-s", "1423", "-I", "10.65.1.5", "10.65.3.5"));
        a.run("ping", "-c", "1", "-W", "5", "-M", "do", "-s", "1382", "-I", "fd65::105", "fd65::305");
        assertTrue(a.fails("ping", "-c", "1", "-W", "1", "-M", "do", "-s", "1383", "-I", "fd65::105", "fd65::305"));

        cluster.put(pool(POOL4, Encapsulation.CROSS_SUBNET, NEVER), pool(POOL6, Encapsulation.CROSS_SUBNET, NEVER));
        routed(a, "10.65.2.0/26", "10.65.2.0/26 via 192.0.2.2 dev eth0 proto 201 metric 20");
        routed(b, "10.65.1.0/26", "10.65.1.0/26 via 192.0.2.1 dev eth0 proto 201 metric 20");
        routed(a, "fd65::200/122", "fd65::200/122 via 2001:db8:1::2 dev eth0 proto 201 metric 20");
        routed(b, "fd65::100/122", "fd65::100/122 via 2001:db8:1::1 dev eth0 proto 201 metric 20");
        routed(a, "10.65.3.0/26", "10.65.3.0/26 via 10.65.3.0 dev vxlan.calico proto 201 metric 20 onlink");
        long before = sentInto(a, "vxlan.calico");
        a.ping("10.65.1.5", "10.65.2.5");
        a.ping("fd65::105", "fd65::205");
        assertEquals(before, sentInto(a, "vxlan.calico"), "near nodes are reached plainly");
        a.ping("10.65.1.5", "10.65.3.5");
        c.ping("10.65.3.5", "10.65.1.5");
        c.ping("fd65::305", "fd65::105");
        assertTrue(sentInto(a, "vxlan.calico") >= before + 2);
    }

    @Test
    void whatAForeignHandRemovesOrAddsIsPutRight() {
        cluster.put(pool(POOL4, Encapsulation.ALWAYS, NEVER));
        start();
        settled();
        routed(a, "10.65.3.0/26", "10.65.3.0/26 via 10.65.3.0 dev vxlan.calico proto 201 metric 20 onlink");
        String entry = a.run("bridge", "fdb", "show", "dev", "vxlan.calico").lines().filter(line -> line.contains("198.51.100.3")).findFirst().orElseThrow();
        String mac = entry.split("\\s+")[0];
        a.run("bridge", "fdb", "del", mac, "dev", "vxlan.calico", "dst", "198.51.100.3");
        a.run("bridge", "fdb", "add", "02:00:00:00:00:99", "dev", "vxlan.calico", "dst", "203.0.113.9");
        a.netns.ip("neigh del 10.65.3.0 dev vxlan.calico");
        a.netns.ip("neigh replace 10.65.2.0 lladdr 02:00:00:00:00:98 dev vxlan.calico nud permanent");
        a.netns.ip("addr add 10.9.9.9/32 dev vxlan.calico");
        a.netns.ip("link set vxlan.calico mtu 1300");
        settled();
        String table = a.run("bridge", "fdb", "show", "dev", "vxlan.calico");
        assertTrue(table.contains(mac) && !table.contains("02:00:00:00:00:99"), table);
        assertFalse(a.netns.ip("addr show vxlan.calico").contains("10.9.9.9"));
        a.ping("10.65.1.5", "10.65.3.5");
        a.netns.ip("link del vxlan.calico");
        settled();
        routed(a, "10.65.3.0/26", "10.65.3.0/26 via 10.65.3.0 dev vxlan.calico proto 201 metric 20 onlink");
        a.ping("10.65.1.5", "10.65.3.5");
        a.netns.ip("route del 10.65.3.0/26");
        routed(a, "10.65.3.0/26", "10.65.3.0/26 via 10.65.3.0 dev vxlan.calico proto 201 metric 20 onlink");
    }

    @Test
    void aRestartAdoptsWithoutLosingAPacketAndWhatIsWantedNoMoreGoes() throws IOException, InterruptedException {
        var pool = pool(POOL4, Encapsulation.ALWAYS, NEVER);
        cluster.put(pool);
        start();
        settled();
        routed(a, "10.65.3.0/26", "10.65.3.0/26 via 10.65.3.0 dev vxlan.calico proto 201 metric 20 onlink");
        routed(c, "10.65.1.0/26", "10.65.1.0/26 via 10.65.1.0 dev vxlan.calico proto 201 metric 20 onlink");
        a.ping("10.65.1.5", "10.65.3.5");
        String index = a.netns.ip("-o link show vxlan.calico").split(":")[0];
        Process pings = new ProcessBuilder("ip", "netns", "exec", a.netns.name(), "ping", "-q", "-i", "0.01", "-c", "300", "-W", "10", "-I", "10.65.1.5", "10.65.3.5")
                .redirectErrorStream(true).start();
        try {
            a.stop();
            cluster.remove(block("b", "10.65.2.0/26"));
            a.start();
            // Before BGP has spoken nothing of this table is swept, whoever left it.
            settled();
            routed(a, "10.65.3.0/26", "10.65.3.0/26 via 10.65.3.0 dev vxlan.calico proto 201 metric 20 onlink");
            var bgp = a.dataplane.routes().open("bgp", 20, new Unheard());
            bgp.inSync(tombolo.api.net.AddressFamily.IPV4);
            routed(a, "10.65.2.0/26", "");
            String told = new String(pings.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(pings.waitFor(60, TimeUnit.SECONDS), told);
            assertTrue(told.contains(" 0% packet loss"), told);
        } finally {
            pings.destroyForcibly();
        }
        assertEquals(index, a.netns.ip("-o link show vxlan.calico").split(":")[0]);
        cluster.remove(pool);
        within(() -> a.netns.ip("link"), () -> !a.netns.ip("link").contains("vxlan.calico"));
        routed(a, "10.65.3.0/26", "");
    }

    @Test
    void withoutTunnelsNobodyWaitsForResourcesThatNeverCome() {
        a.netns.ip("route add 10.99.0.0/24 via 192.0.2.2 proto 201 metric 20");
        a.dataplane = new Dataplane(netlink, new RoutePolicy(254, 20, 10, Optional.of(a.netns.path())));
        Overlay.reserve(a.dataplane.routes());
        var bgp = a.dataplane.routes().open("bgp", 20, new Unheard());
        bgp.inSync(tombolo.api.net.AddressFamily.IPV4);
        a.dataplane.routes().open("static", 10, new Unheard()).inSync(tombolo.api.net.AddressFamily.IPV4);
        assertFalse(a.route("10.99.0.0/24").isEmpty(), "the overlay has not spoken yet");
        a.overlay = new Overlay(Optional.of(a.netns.path()), LOOK);
        a.overlay.linksCame(a.dataplane.links());
        a.overlay.sinkCame(a.dataplane.routes());
        within(() -> a.netns.ip("route"), () -> a.route("10.99.0.0/24").isEmpty());
    }

    private static final class Unheard implements tombolo.api.route.RouteFeedListener {
        @Override
        public void drained() { }

        @Override
        public void closed() { }
    }

    @Test
    void strangersAreLeftAloneAndAFreeNameIsTakenOnceTheyAreGone() {
        a.netns.ip("link add vxlan.calico type vxlan id 77 dstport 4790 nolearning dev eth0");
        a.netns.ip("link add flannel.1 type vxlan id 1 dstport 8472 nolearning dev eth0");
        String foreign = a.netns.ip("-o -d link show vxlan.calico");
        cluster.put(pool(POOL4, Encapsulation.CROSS_SUBNET, NEVER));
        start();
        within(() -> a.overlay.status().toString(), () -> a.overlay.status().devices().stream().anyMatch(device -> device.refusal().filter(text -> text.startsWith("TMB-OVL-010")).isPresent()));
        routed(a, "10.65.2.0/26", "10.65.2.0/26 via 192.0.2.2 dev eth0 proto 201 metric 20");
        assertEquals("", a.route("10.65.3.0/26"), "no route into a stranger's device");
        assertEquals(foreign, a.netns.ip("-o -d link show vxlan.calico"));
        a.netns.ip("link del vxlan.calico");
        settled();
        routed(a, "10.65.3.0/26", "10.65.3.0/26 via 10.65.3.0 dev vxlan.calico proto 201 metric 20 onlink");
        assertTrue(a.netns.ip("link").contains("flannel.1"));
    }

    @Test
    void ipInIpIsMadeWhereTheKernelHasItAndElseRefusedWithItsReason() {
        cluster.put(pool(POOL4, NEVER, Encapsulation.ALWAYS));
        boolean has = !a.fails("ip", "link", "add", "probe", "type", "ipip", "local", "192.0.2.1", "remote", "192.0.2.2");
        start();
        if (has) {
            settled();
            routed(a, "10.65.3.0/26", "10.65.3.0/26 via 198.51.100.3 dev tunl0 proto 201 metric 20 onlink");
            routed(c, "10.65.1.0/26", "10.65.1.0/26 via 192.0.2.1 dev tunl0 proto 201 metric 20 onlink");
            a.ping("10.65.1.5", "10.65.3.5");
        } else {
            within(() -> a.overlay.status().toString(), () -> a.overlay.status().devices().stream().anyMatch(device -> device.refusal().filter(text -> text.startsWith("TMB-OVL-011")).isPresent()));
            assertEquals("", a.route("10.65.3.0/26"));
        }
    }

    private static int number(One node) {
        return node.name.charAt(0) - 'a' + 1;
    }
}
