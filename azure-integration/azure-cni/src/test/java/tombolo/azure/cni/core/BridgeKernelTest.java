package tombolo.azure.cni.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

/** The bridge mode's IPv6 in a real kernel: two containers of one subnet, their host, and another machine of the VNET, to which the VNET delivers by address. */
class BridgeKernelTest {
    private final List<Namespace> opened = new ArrayList<>();
    private final LinuxNetlink netlink = new LinuxNetlink();
    private Namespace host;
    private Namespace vnet;
    private KernelEndpoints endpoints;

    @BeforeEach
    void open() {
        host = namespace();
        vnet = namespace();
        host("link add up0 type veth peer name eth0 netns " + vnet.name());
        host("addr add 2001:db8::4/64 dev up0 nodad");
        host("link set up0 up");
        run("ip -n " + vnet.name() + " addr add 2001:db8:1::1/64 dev eth0 nodad");
        run("ip -n " + vnet.name() + " link set eth0 up");
        // On the wire the router's link-local address is the way, as in a VNET.
        run("ip -n " + vnet.name() + " addr add fe80::1/64 dev eth0 nodad");
        host("route add 2001:db8:1::/64 via fe80::1 dev up0");
        run("ip -n " + vnet.name() + " route add 2001:db8::4/128 dev eth0");
        run("ip -n " + vnet.name() + " route add 2001:db8::/64 via 2001:db8::4");
        endpoints = new KernelEndpoints(netlink, new LinuxNamespaces(netlink), Optional.of(host.path()));
    }

    @AfterEach
    void close() {
        endpoints.close();
        netlink.close();
        opened.forEach(Namespace::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "up0"})
    void ipv6ReachesTheNeighbourTheHostAndTheVnetAndIsReachedFromThere(String uplink) {
        BridgeMode mode = new BridgeMode("azure0", Optional.of(uplink).filter(text -> !text.isEmpty()), false);
        EndpointPlan a = plan(mode, namespace(), "a", "10.240.0.5", "2001:db8::5");
        EndpointPlan b = plan(mode, namespace(), "b", "2001:db8::6");
        assertInstanceOf(Outcome.Done.class, endpoints.add(a));
        assertInstanceOf(Outcome.Done.class, endpoints.add(b));
        assertEquals(List.of(), endpoints.differences(a));
        assertEquals(List.of(), endpoints.differences(b));
        assertTrue(run("ip -n " + name(a) + " -6 route").contains("default via fe80::1034:56ff:fe78:9abc dev eth0"));
        ping(name(a), "2001:db8::6");
        ping(name(b), "2001:db8::5");
        ping(name(a), "2001:db8::4");
        ping(name(a), "2001:db8:1::1");
        ping(vnet.name(), "2001:db8::6");
        endpoints.remove(a);
        endpoints.remove(b);
        String left = host("-6 route") + host("-6 neigh") + host("link");
        assertFalse(left.contains("2001:db8::5") || left.contains("2001:db8::6") || left.contains("azv"), left);
    }

    @Test
    void aFrameOnTheWireWithAContainersHardwareAddressDoesNotCutTheContainerOff() {
        EndpointPlan a = plan(new BridgeMode("azure0", Optional.of("up0"), false), namespace(), "a", "10.240.0.5", "2001:db8::5");
        assertInstanceOf(Outcome.Done.class, endpoints.add(a));
        String mac = a.container().mac().orElseThrow().toString();
        assertTrue(behind(mac).contains(a.host().interfaceName()) && behind(mac).contains("sticky"), behind(mac));
        run("ip -n " + vnet.name() + " link set eth0 address " + mac);
        assertThrows(Throwable.class, () -> run("ip netns exec " + vnet.name() + " ping -c1 -W1 2001:db8::4"), "the answer goes to the container");
        assertTrue(behind(mac).contains(a.host().interfaceName()) && !behind(mac).contains("up0"), behind(mac));
        ping(host.name(), "2001:db8::5");
    }

    @Test
    void whereTheUplinkComesToBeIsolatedOrNotTheBridgeAnswersForOlderContainersAsForNewOnes() {
        String older = "";
        for (boolean apart : new boolean[] {false, true, false}) {
            String name = older.isEmpty() ? "a" : apart ? "b" : "c";
            EndpointPlan plan = plan(new BridgeMode("azure0", Optional.of("up0"), apart), namespace(), name, "2001:db8::" + (older.isEmpty() ? 5 : apart ? 6 : 7));
            assertInstanceOf(Outcome.Done.class, endpoints.add(plan));
            older = older.isEmpty() ? plan.host().interfaceName() : older;
            String shown = host("-d link show " + older);
            assertTrue(shown.contains("proxy_arp_wifi " + (apart ? "off" : "on")) && shown.contains("locked on") && shown.contains("isolated on"), shown);
            assertTrue(host("-d link show up0").contains("proxy_arp_wifi off"));
        }
    }

    /** What the bridge says of where the hardware address is. */
    private String behind(String mac) {
        return run("ip netns exec " + host.name() + " bridge fdb show br azure0").lines().filter(line -> line.startsWith(mac)).collect(Collectors.joining("\n"));
    }

    private EndpointPlan plan(BridgeMode mode, Namespace container, String name, String... addresses) {
        EndpointId id = new EndpointId(name, "eth0");
        List<InterfaceAddress> own = Arrays.stream(addresses).map(IpAddress::parse).map(address -> new InterfaceAddress(address, address.isIpv4() ? 16 : 64)).toList();
        return mode.plan(new Wish(id, "azure", container.path(), mode.hostInterface(id, "azure", Map.of()), own, Optional.empty(), 1400, Map.of()));
    }

    private static String name(EndpointPlan plan) {
        return plan.netns().substring(plan.netns().lastIndexOf('/') + 1);
    }

    private Namespace namespace() {
        Namespace one = new Namespace();
        opened.add(one);
        return one;
    }

    private String host(String words) {
        return run("ip -n " + host.name() + " " + words);
    }

    private static void ping(String from, String address) {
        run("ip netns exec " + from + " ping -c1 -W5 " + address);
    }

    private static String run(String words) {
        return Namespace.run(List.of(words.split(" ")));
    }
}
