package tombolo.azure.cni.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointKernel.Outcome;
import tombolo.api.endpoint.EndpointMode.Wish;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.net.IpAddress;
import tombolo.dataplane.adapter.endpoint.KernelEndpoints;
import tombolo.linux.adapter.LinuxNamespaces;
import tombolo.linux.adapter.LinuxNetlink;

/** The transparent mode in a real kernel: a host of its own with an uplink, and two containers of one subnet. */
class TransparentKernelTest {
    private static final String ID = "tmbt-azure-" + ProcessHandle.current().pid();
    private final LinuxNetlink netlink = new LinuxNetlink();
    private KernelEndpoints endpoints;

    @BeforeEach
    void open() {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "skipped: making network namespaces needs root");
        for (String name : List.of("-host", "-a", "-b")) {
            run("ip netns add " + ID + name);
        }
        run("ip -n " + ID + "-host link add up0 type veth peer name up1");
        run("ip -n " + ID + "-host addr add 10.240.0.4/16 dev up0");
        run("ip -n " + ID + "-host link set up0 up");
        run("ip -n " + ID + "-host link set up1 up");
        run("ip netns exec " + ID + "-host sysctl -q -w net.ipv4.ip_forward=1");
        endpoints = new KernelEndpoints(netlink, new LinuxNamespaces(netlink), Optional.of("/run/netns/" + ID + "-host"));
    }

    @AfterEach
    void close() {
        endpoints.close();
        netlink.close();
        for (String name : List.of("-host", "-a", "-b")) {
            run("ip netns del " + ID + name);
        }
    }

    private static EndpointPlan plan(String container, String... addresses) {
        TransparentMode mode = new TransparentMode();
        EndpointId id = new EndpointId(container, "eth0");
        Map<String, String> pod = Map.of("K8S_POD_NAMESPACE", "web", "K8S_POD_NAME", container);
        List<InterfaceAddress> own = Arrays.stream(addresses).map(IpAddress::parse).map(address -> new InterfaceAddress(address, address.isIpv4() ? 16 : 64)).toList();
        return mode.plan(new Wish(id, "azure", "/run/netns/" + ID + "-" + container, mode.hostInterface(id, "azure", pod), own, Optional.empty(), 1400, pod));
    }

    @Test
    void containersOfOneSubnetReachEachOtherAndTheHostThroughTheHostsRoutes() {
        EndpointPlan a = plan("a", "10.240.0.5", "2001:db8::5");
        EndpointPlan b = plan("b", "10.240.0.6");
        assertInstanceOf(Outcome.Done.class, endpoints.add(a));
        assertInstanceOf(Outcome.Done.class, endpoints.add(b));
        assertEquals(List.of(), endpoints.differences(a));
        String host = a.host().interfaceName();
        assertEquals("10.240.0.5 dev " + host + " proto static", run("ip -n " + ID + "-host route show 10.240.0.5").strip());
        assertTrue(run("ip -n " + ID + "-host link show " + host).contains("aa:aa:aa:aa:aa:aa"));
        String routes = run("ip -n " + ID + "-a route");
        assertTrue(routes.contains("default via 169.254.1.1 dev eth0") && routes.contains("169.254.1.1 dev eth0") && !routes.contains("10.240.0.0/16"), routes);
        assertTrue(run("ip -n " + ID + "-a addr show eth0").contains("10.240.0.5/16"));
        assertTrue(run("ip -n " + ID + "-a neigh").contains("169.254.1.1 dev eth0 lladdr aa:aa:aa:aa:aa:aa PERMANENT"));
        run("ip netns exec " + ID + "-a ping -c1 -W5 10.240.0.6");
        run("ip netns exec " + ID + "-b ping -c1 -W5 10.240.0.5");
        run("ip netns exec " + ID + "-a ping -c1 -W5 10.240.0.4");
        endpoints.remove(host);
        assertFalse(run("ip -n " + ID + "-host route").contains("10.240.0.5"));
    }

    @Test
    void ipv6GoesByTheSameLinkLocalGatewayInEveryContainer() {
        EndpointPlan a = plan("a", "2001:db8::5");
        assertInstanceOf(Outcome.Done.class, endpoints.add(a));
        assertInstanceOf(Outcome.Done.class, endpoints.add(plan("b", "10.240.0.6", "2001:db8::6")));
        assertEquals(List.of(), endpoints.differences(a));
        assertTrue(run("ip -n " + ID + "-a -6 route").contains("default via fe80::1234:5678:9abc dev eth0"));
        assertTrue(run("ip -n " + ID + "-a -6 route").contains("fe80::1234:5678:9abc dev eth0"));
        assertTrue(run("ip -n " + ID + "-a -6 neigh").contains("fe80::1234:5678:9abc dev eth0 lladdr aa:aa:aa:aa:aa:aa PERMANENT"));
        assertTrue(run("ip -n " + ID + "-host -6 route show 2001:db8::5").contains("dev " + a.host().interfaceName() + " proto static"));
        run("ip netns exec " + ID + "-a ping -c1 -W5 2001:db8::6");
    }

    @Test
    void bothEndsHaveTheWantedMtuAndNeitherTakesRouterAdvertisements() {
        EndpointPlan a = plan("a", "10.240.0.5");
        assertInstanceOf(Outcome.Done.class, endpoints.add(a));
        assertTrue(run("ip -n " + ID + "-host link show " + a.host().interfaceName()).contains("mtu 1400"));
        assertTrue(run("ip -n " + ID + "-a link show eth0").contains("mtu 1400"));
        assertEquals("0", run("ip netns exec " + ID + "-host cat /proc/sys/net/ipv6/conf/" + a.host().interfaceName() + "/accept_ra").strip());
        assertEquals("0", run("ip netns exec " + ID + "-a cat /proc/sys/net/ipv6/conf/eth0/accept_ra").strip());
        assertEquals("1", run("ip netns exec " + ID + "-host cat /proc/sys/net/ipv4/conf/" + a.host().interfaceName() + "/proxy_arp").strip());
    }

    private static String run(String words) {
        return Namespace.run(List.of(words.split(" ")));
    }
}
