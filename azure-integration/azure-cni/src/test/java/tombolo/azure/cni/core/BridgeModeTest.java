package tombolo.azure.cni.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointMode.Wish;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.endpoint.EndpointPlan.Neighbour;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;

/** The bridge mode's plan. */
class BridgeModeTest {
    private static final EndpointId ID = new EndpointId("c1", "eth0");
    private final BridgeMode alone = new BridgeMode("azure0", Optional.empty(), false);
    private final BridgeMode enslaving = new BridgeMode("azure0", Optional.of("eth0"), false);

    private static EndpointPlan plan(BridgeMode mode, String... addresses) {
        List<InterfaceAddress> own = Arrays.stream(addresses).map(text -> new InterfaceAddress(IpAddress.parse(text.substring(0, text.indexOf('/'))),
                Integer.parseInt(text.substring(text.indexOf('/') + 1)))).toList();
        return mode.plan(new Wish(ID, "azure", "/run/netns/c1", mode.hostInterface(ID, "azure", Map.of()), own, Optional.empty(), 1400, Map.of()));
    }

    private static List<String> routes(EndpointPlan plan) {
        return plan.container().routes().stream().map(route -> route.destination() + route.gateway().map(via -> " via " + via).orElse("")).toList();
    }

    /** At a site there is no fabric that could decide about what leaves the machine and comes back; in a VNET what it forbids would pass. */
    @Test
    void theTunnelIsTheBridgeWhereThereIsNoFabricAndNothingElseInAVnet() {
        assertEquals(Set.of("tunnel"), new BridgeMode("azure0", Optional.empty(), false, false).standsFor());
        assertEquals(Set.of(), alone.standsFor());
        assertEquals(Set.of("transparent-tunnel"), new TransparentMode(false).standsFor());
        assertEquals(Set.of(), new TransparentMode().standsFor());
    }

    /** The key is network, container and interface, unlike in transparent mode. */
    @Test
    void theHostsEndIsNamedByNetworkContainerAndInterface() {
        assertEquals("azv", alone.hostInterface(ID, "azure", Map.of()).substring(0, 3));
        assertEquals(14, alone.hostInterface(ID, "azure", Map.of("K8S_POD_NAME", "p")).length());
        assertFalse(alone.hostInterface(ID, "azure", Map.of()).equals(alone.hostInterface(new EndpointId("c1", "eth1"), "azure", Map.of())));
        assertFalse(alone.hostInterface(ID, "azure", Map.of()).equals(alone.hostInterface(ID, "other", Map.of())));
    }

    @Test
    void theContainerHasItsSubnetOnItsLinkAndTheGatewayThatAVnetShows() {
        EndpointPlan plan = plan(alone, "10.240.3.5/16");
        assertEquals(List.of("10.240.0.0/16", "0.0.0.0/0 via 10.240.0.1"), routes(plan));
        assertEquals(List.of(new Neighbour(IpAddress.parse("10.240.0.1"), MacAddress.parse("12:34:56:78:9a:bc"))), plan.container().neighbours());
        assertEquals(Optional.of(MacAddress.parse("12:34:56:78:9a:bc")), plan.bridge().orElseThrow().mac());
        assertEquals(List.of("10.240.3.5/32"), plan.bridge().orElseThrow().routes().stream().map(route -> route.destination().toString()).toList());
        assertEquals(plan.container().mac().orElseThrow(), plan.bridge().orElseThrow().neighbours().getFirst().mac());
        assertTrue(plan.container().mac().orElseThrow().toString().startsWith("02:"), "locally administered, no group");
        assertEquals(plan, plan(alone, "10.240.3.5/16"), "the same wish, the same plan");
    }

    @Test
    void withAnUplinkEverythingGoesByTheHostWhoseHardwareAddressIsTheUplinks() {
        EndpointPlan plan = plan(enslaving, "10.240.3.5/16");
        assertEquals(List.of("169.254.1.1/32", "0.0.0.0/0 via 169.254.1.1"), routes(plan));
        assertEquals(Optional.empty(), plan.bridge().orElseThrow().mac());
        assertEquals(List.of(), plan.container().neighbours(), "the bridge has the gateway's address and answers itself");
        assertEquals(new InterfaceAddress(IpAddress.parse("169.254.1.1"), 32), plan.bridge().orElseThrow().addresses().getFirst());
    }

    @Test
    void anAddressThatStandsAloneAndIpv6HaveNoSubnetOnTheLink() {
        EndpointPlan plan = plan(alone, "10.65.0.5/32", "2001:db8::5/64");
        assertEquals(List.of("169.254.1.1/32", "0.0.0.0/0 via 169.254.1.1", "fe80::1034:56ff:fe78:9abc/128", "::/0 via fe80::1034:56ff:fe78:9abc"), routes(plan));
        assertEquals("1", plan.bridge().orElseThrow().settings().get("ipv6/conf/all/forwarding"));
    }

    /** What a crash in the middle of an ADD leaves is taken back by a plan of a record that knows no address yet. */
    @Test
    void thePlanOfAnEndpointWithoutAddressesHasItsHardwareAddressAllTheSame() {
        EndpointPlan without = plan(alone);
        assertEquals(plan(alone, "10.240.3.5/16").container().mac(), without.container().mac());
        assertEquals(List.of(), without.bridge().orElseThrow().routes());
    }
}
