package tombolo.dataplane.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointKernel.Counters;
import tombolo.api.endpoint.EndpointKernel.Outcome;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.endpoint.EndpointPlan.Neighbour;
import tombolo.api.endpoint.EndpointPlan.Route;
import tombolo.api.endpoint.EndpointPlan.Side;
import tombolo.api.kernel.KernelException;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.api.net.Prefix;
import tombolo.dataplane.adapter.endpoint.KernelEndpoints;
import tombolo.dataplane.core.Rtnetlink;
import tombolo.linux.adapter.LinuxNamespaces;
import tombolo.linux.adapter.LinuxNetlink;

/** Container interfaces made, compared, repaired and removed in a real kernel. */
class KernelEndpointsTest {
    private static final MacAddress HOST_MAC = MacAddress.parse("ee:ee:ee:ee:ee:ee");
    private final LinuxNetlink netlink = new LinuxNetlink();
    private Namespace host;
    private Namespace container;
    private KernelEndpoints endpoints;

    @BeforeEach
    void open() {
        host = new Namespace();
        container = new Namespace();
        endpoints = new KernelEndpoints(netlink, new LinuxNamespaces(netlink), Optional.of(host.path()));
    }

    @AfterEach
    void close() {
        endpoints.close();
        netlink.close();
        container.close();
        host.close();
    }

    private EndpointPlan plan(String hostInterface, String... addresses) {
        return planIn(container.path(), hostInterface, addresses);
    }

    private static EndpointPlan planIn(String netns, String hostInterface, String... addresses) {
        List<InterfaceAddress> inner = new ArrayList<>();
        List<Route> hostRoutes = new ArrayList<>();
        List<Route> innerRoutes = new ArrayList<>();
        List<Neighbour> neighbours = new ArrayList<>();
        List<InterfaceAddress> hostAddresses = new ArrayList<>();
        Map<String, String> hostSettings = new LinkedHashMap<>(Map.of("ipv4/conf/" + hostInterface + "/proxy_arp", "1", "ipv4/conf/" + hostInterface + "/rp_filter", "1"));
        Map<String, String> innerSettings = new LinkedHashMap<>();
        for (String text : addresses) {
            IpAddress address = IpAddress.parse(text);
            inner.add(new InterfaceAddress(address, address.family().bits()));
            hostRoutes.add(new Route(Prefix.host(address), Optional.empty(), true, Route.OURS));
            IpAddress gateway = address.isIpv4() ? IpAddress.parse("169.254.1.1") : HOST_MAC.linkLocal();
            innerRoutes.add(new Route(Prefix.host(gateway), Optional.empty(), true, Route.BOOT));
            innerRoutes.add(new Route(Prefix.of(IpAddress.any(address.family()), 0), Optional.of(gateway), false, Route.BOOT));
            neighbours.add(new Neighbour(gateway, HOST_MAC));
            if (!address.isIpv4()) {
                hostSettings.put("ipv6/conf/" + hostInterface + "/accept_ra", "0");
                innerSettings.put("ipv6/conf/eth0/accept_ra", "0");
                hostAddresses.add(new InterfaceAddress(gateway, 64));
            }
        }
        return new EndpointPlan(new EndpointId("c1", "eth0"), netns,
                new Side(hostInterface, Optional.of(HOST_MAC), 1400, hostAddresses, hostRoutes, List.of(), hostSettings),
                new Side("eth0", Optional.of(MacAddress.parse("02:00:00:00:00:07")), 1400, inner, innerRoutes, neighbours, innerSettings));
    }

    private String ping(Namespace from, String address) {
        return Namespace.run(List.of("ip", "netns", "exec", from.name(), "ping", "-c", "1", "-W", "5", address));
    }

    private String addressesOfItsOwn(String hostInterface) {
        return host.ip("-d link show " + hostInterface).replaceAll("(?s).*addrgenmode (\\S+).*", "$1");
    }

    /** What nobody needs the kernel neither announces nor looks for elsewhere (RFC 4862 §5.4). */
    @Test
    void theHostsEndHasAnAddressOfItsOwnOnlyWhereTheContainerHasIpv6() {
        EndpointPlan four = plan("calitest0", "10.65.0.5");
        assertInstanceOf(Outcome.Done.class, endpoints.add(four));
        assertEquals("none", addressesOfItsOwn("calitest0"));
        assertEquals(List.of(), endpoints.differences(four));
        endpoints.remove(four);
        assertInstanceOf(Outcome.Done.class, endpoints.add(plan("calitest0", "10.65.0.5", "2001:db8::5")));
        assertEquals("eui64", addressesOfItsOwn("calitest0"));
    }

    /** Another IPAM plugin's addresses are known only once the pair is there. */
    @Test
    void ipv6ThatIsKnownOnlyInTheEndIsServedAllTheSame() {
        host.veth("up0", "up1", "2001:db8:1::1/64");
        Outcome outcome = endpoints.add(plan("calitest0", "0.0.0.0"), () -> plan("calitest0", "10.65.0.5", "2001:db8::5"));
        assertInstanceOf(Outcome.Done.class, outcome, outcome::toString);
        assertEquals("eui64", addressesOfItsOwn("calitest0"));
        ping(container, "2001:db8:1::1");
        ping(host, "2001:db8::5");
    }

    /** IPv6 needs links of 1280 octets (RFC 8200 §5): below that the kernel has none, and nothing is to be spared. */
    @Test
    void aLinkThatIsTooSmallForIpv6IsMadeAllTheSame() {
        EndpointPlan plan = plan("calitest0", "10.65.0.5");
        Side outer = new Side("calitest0", plan.host().mac(), 1200, plan.host().addresses(), plan.host().routes(), plan.host().neighbours(), plan.host().settings());
        Side inner = new Side("eth0", plan.container().mac(), 1200, plan.container().addresses(), plan.container().routes(), plan.container().neighbours(), plan.container().settings());
        Outcome outcome = endpoints.add(new EndpointPlan(plan.id(), plan.netns(), outer, inner));
        assertInstanceOf(Outcome.Done.class, outcome, outcome::toString);
    }

    @Test
    void anAddedEndpointReachesTheHostAndBackOverBothFamilies() {
        host.veth("up0", "up1", "192.0.2.1/24", "2001:db8:1::1/64");
        EndpointPlan plan = plan("calitest0", "10.65.0.5", "2001:db8::5");
        Outcome.Done done = assertInstanceOf(Outcome.Done.class, endpoints.add(plan));
        assertEquals(MacAddress.parse("02:00:00:00:00:07"), done.containerMac());
        assertEquals(List.of(), endpoints.differences(plan));
        assertTrue(host.ip("route show 10.65.0.5").contains("10.65.0.5 dev calitest0 proto 202 scope link"), host.ip("route"));
        assertTrue(container.ip("route").contains("default via 169.254.1.1 dev eth0"));
        assertTrue(container.ip("neigh").contains("169.254.1.1 dev eth0 lladdr ee:ee:ee:ee:ee:ee PERMANENT"));
        assertTrue(host.ip("link show calitest0").contains("mtu 1400"));
        ping(container, "192.0.2.1");
        ping(host, "10.65.0.5");
        ping(container, "2001:db8:1::1");
        ping(host, "2001:db8::5");
        Counters counters = endpoints.counters("calitest0").orElseThrow();
        assertTrue(counters.receivedPackets() >= 4 && counters.sentPackets() >= 4, counters.toString());
    }

    /** Such as 5.15: NLM_F_ECHO of a new link is nothing to them. */
    @Test
    void kernelsBefore62WhichDoNotTellWhatTheyMadeAreAskedForIt() {
        Netlink silent = options -> new WrappedSocket(netlink.open(options)) {
            @Override
            public void send(byte[] datagram, int length) {
                ByteBuffer messages = ByteBuffer.wrap(datagram, 0, length).order(ByteOrder.nativeOrder());
                for (int at = 0; at + 16 <= length; at += messages.getInt(at) + 3 & ~3) {
                    if (messages.getShort(at + 4) == Rtnetlink.RTM_NEWLINK) {
                        messages.putShort(at + 6, (short) (messages.getShort(at + 6) & ~Rtnetlink.NLM_F_ECHO));
                    }
                }
                super.send(datagram, length);
            }
        };
        EndpointPlan plan = plan("calitest0", "10.65.0.5");
        host.ip("link add calitest0 type veth peer name left");
        try (KernelEndpoints older = new KernelEndpoints(silent, new LinuxNamespaces(netlink), Optional.of(host.path()))) {
            Outcome outcome = older.add(plan);
            assertInstanceOf(Outcome.Done.class, outcome, outcome::toString);
            assertEquals(List.of(), older.differences(plan));
        }
    }

    @Test
    void anAdditionIntoAContainerWithThatInterfaceIsRefusedAndTouchesNothing() {
        container.ip("link add eth0 type veth peer name other");
        assertEquals(new Outcome.InterfaceExists("eth0"), endpoints.add(plan("calitest0", "10.65.0.5")));
        assertFalse(host.ip("link").contains("calitest0"));
        assertFalse(container.ip("addr").contains("10.65.0.5"));
    }

    @Test
    void aNamespaceThatIsGoneAndTheHostsOwnAreToldApart() {
        assertEquals(new Outcome.NamespaceGone("/run/netns/tmbt-none"), endpoints.add(planIn("/run/netns/tmbt-none", "calitest0", "10.65.0.5")));
        assertEquals(new Outcome.OwnNamespace(host.path()), endpoints.add(planIn(host.path(), "calitest0", "10.65.0.5")));
    }

    @Test
    void thePairIsMadeBeforeTheRestIsKnownAndTakenBackWhereItIsNeverKnown() {
        EndpointPlan whole = plan("calitest0", "10.65.0.5", "2001:db8::5");
        List<Boolean> there = new ArrayList<>();
        Outcome.Done done = assertInstanceOf(Outcome.Done.class, endpoints.add(plan("calitest0"), () -> {
            there.add(host.ip("link").contains("calitest0") && container.ip("link").contains("eth0"));
            return whole;
        }));
        assertEquals(List.of(true), there);
        assertEquals(MacAddress.parse("02:00:00:00:00:07"), done.containerMac());
        assertEquals(List.of(), endpoints.differences(whole), "what the beginning did not know came later: settings too");
        endpoints.remove("calitest0");
        assertThrows(IllegalStateException.class, () -> endpoints.add(plan("calitest0"), () -> {
            throw new IllegalStateException("no address");
        }));
        assertFalse(host.ip("link").contains("calitest0"));
        assertFalse(container.ip("link").contains("eth0"));
    }

    @Test
    void aContainerThatIsDeletedMeanwhileIsFoundGoneAndNothingIsLeft() {
        Namespace doomed = new Namespace();
        EndpointPlan plan = planIn(doomed.path(), "calitest0", "10.65.0.5");
        assertEquals(new Outcome.NamespaceGone(doomed.path()), endpoints.add(plan, () -> {
            doomed.close();
            return plan;
        }));
        assertFalse(host.ip("link").contains("calitest0"));
        assertFalse(host.ip("route").contains("10.65.0.5"));
    }

    @Test
    void anAddressThatIsRoutedElsewhereIsRefusedAndNothingIsLeft() {
        host.veth("x0", "x1");
        host.ip("route add 10.65.0.5/32 dev x0");
        Outcome.Refused refused = assertInstanceOf(Outcome.Refused.class, endpoints.add(plan("calitest0", "10.65.0.5")));
        assertTrue(refused.reason().contains("10.65.0.5/32") && refused.reason().contains("x0"), refused.reason());
        assertFalse(host.ip("link").contains("calitest0"));
        assertFalse(container.ip("link").contains("eth0"));
        assertTrue(host.ip("route").contains("10.65.0.5 dev x0"), "the other's route stays");
    }

    @Test
    void aStalePairOfTheSameNameIsReplacedButAnotherKindOfInterfaceIsNot() {
        host.ip("link add calitest0 type veth peer name calitest1");
        assertInstanceOf(Outcome.Done.class, endpoints.add(plan("calitest0", "10.65.0.5")));
        assertEquals(List.of(), endpoints.differences(plan("calitest0", "10.65.0.5")));
        host.ip("link add calitest9 type bridge");
        try (Namespace second = new Namespace()) {
            assertInstanceOf(Outcome.Refused.class, endpoints.add(planIn(second.path(), "calitest9", "10.65.0.6")));
        }
        assertThrows(KernelException.class, () -> endpoints.remove("calitest9"));
        assertTrue(host.ip("link").contains("calitest9"));
    }

    @Test
    void removingIsDoneTwiceAndWithoutTheNamespace() {
        EndpointPlan plan = plan("calitest0", "10.65.0.5");
        endpoints.add(plan);
        endpoints.remove("calitest0");
        assertFalse(host.ip("link").contains("calitest0"));
        assertFalse(host.ip("route").contains("10.65.0.5"));
        assertFalse(container.ip("link").contains("eth0"));
        endpoints.remove("calitest0");
        assertEquals(Optional.empty(), endpoints.counters("calitest0"));
    }

    @Test
    void whatSomebodyChangedIsNamedAndRepaired() {
        EndpointPlan plan = plan("calitest0", "10.65.0.5", "2001:db8::5");
        endpoints.add(plan);
        host.ip("route del 10.65.0.5/32");
        host.ip("link set calitest0 mtu 1300");
        host.ip("link set calitest0 address 02:00:00:00:00:01");
        container.ip("neigh del 169.254.1.1 dev eth0");
        container.ip("addr del 10.65.0.5/32 dev eth0");
        Namespace.run(List.of("ip", "netns", "exec", host.name(), "sysctl", "-q", "-w", "net.ipv4.conf.calitest0.proxy_arp=0"));
        List<String> differences = endpoints.differences(plan);
        for (String word : List.of("hardware address 02:00:00:00:00:01", "MTU 1300", "proxy_arp is 0", "lacks the address 10.65.0.5/32", "10.65.0.5/32 over calitest0 is missing",
                "169.254.1.1 is at ee:ee")) {
            assertTrue(differences.stream().anyMatch(line -> line.contains(word)), word + " in " + differences);
        }
        assertInstanceOf(Outcome.Done.class, endpoints.repair(plan));
        assertEquals(List.of(), endpoints.differences(plan));
    }

    @Test
    void theHostsEndOfAForeignPairIsFoundByTheContainersAndNothingElseIsTakenForOne() {
        host.ip("link add foreign type veth peer name eth9 netns " + container.name());
        assertEquals(Optional.of("foreign"), endpoints.hostEnd(container.path(), "eth9"));
        container.ip("link add own type veth peer name other");
        assertEquals(Optional.empty(), endpoints.hostEnd(container.path(), "own"), "both ends are the container's");
        assertEquals(Optional.empty(), endpoints.hostEnd(container.path(), "lo"));
        assertEquals(Optional.empty(), endpoints.hostEnd(container.path(), "none"));
        assertEquals(Optional.empty(), endpoints.hostEnd("/run/netns/tmbt-none", "eth0"));
    }

    @Test
    void theUplinksMtuIsThatOfTheDefaultRoute() {
        assertEquals(Optional.empty(), endpoints.uplinkMtu());
        host.veth("up0", "up1", "192.0.2.1/24");
        host.ip("link set up0 mtu 1380");
        host.ip("route add default via 192.0.2.254");
        assertEquals(Optional.of(1380), endpoints.uplinkMtu());
    }

    @Test
    void aHundredEndpointsComeAndGoAndLeaveNothing() {
        String before = host.ip("link") + host.ip("route") + container.ip("link");
        long fds = java.util.Objects.requireNonNull(new java.io.File("/proc/self/fd").list()).length;
        for (int i = 0; i < 100; i++) {
            EndpointPlan plan = plan("calitest" + i % 3, "10.65.0." + (1 + i));
            assertInstanceOf(Outcome.Done.class, endpoints.add(plan));
            endpoints.remove(plan.host().interfaceName());
        }
        assertEquals(before, host.ip("link") + host.ip("route") + container.ip("link"));
        assertTrue(java.util.Objects.requireNonNull(new java.io.File("/proc/self/fd").list()).length <= fds + 16, "descriptors stay");
    }
}
