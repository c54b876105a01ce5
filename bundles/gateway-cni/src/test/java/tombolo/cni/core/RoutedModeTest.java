package tombolo.cni.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.endpoint.Endpoint;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointMode.Wish;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.MacAddress;
import tombolo.runtime.json.JsonText;

/** The plan of Calico's way, and how an endpoint is remembered. */
class RoutedModeTest {
    private static final EndpointId ID = new EndpointId("c1", "eth0");
    private final RoutedMode mode = new RoutedMode("cali");

    @Test
    void aPodsInterfaceHasTheNameThatCalicoGivesIt() {
        // The first 11 digits of SHA-1, as `printf kube-system.metrics-server-77c8679d7d-6ksdh | sha1sum` says.
        assertEquals("calid805fb1b0f8", mode.hostInterface(ID, "net", Map.of("K8S_POD_NAMESPACE", "kube-system", "K8S_POD_NAME", "metrics-server-77c8679d7d-6ksdh")));
        assertNotEquals(mode.hostInterface(ID, "net", Map.of()), mode.hostInterface(new EndpointId("c1", "eth1"), "net", Map.of()));
    }

    @Test
    void aPlanHasHostRoutesTheGatewayAndNothingOfTheOtherFamily() {
        EndpointPlan plan = mode.plan(wish("10.65.0.5"));
        assertEquals(List.of("10.65.0.5/32"), plan.host().routes().stream().map(route -> route.destination().toString()).toList());
        assertEquals(List.of("169.254.1.1/32", "0.0.0.0/0"), plan.container().routes().stream().map(route -> route.destination().toString()).toList());
        assertEquals(32, plan.container().addresses().getFirst().prefixLength(), "a container has no neighbours but its host");
        assertEquals("1", plan.host().settings().get("ipv4/conf/cali1/proxy_arp"));
        assertTrue(plan.host().settings().keySet().stream().noneMatch(name -> name.startsWith("ipv6/")));
        assertTrue(plan.container().settings().isEmpty());
    }

    @Test
    void theReversePathIsStrictUnlessTheContainerAsksForOtherSourcesOfWhichPolicyDecides() {
        Wish plain = wish("10.65.0.5");
        assertEquals("1", mode.plan(plain).host().settings().get("ipv4/conf/cali1/rp_filter"));
        Wish asks = new Wish(ID, "net", plain.netns(), "cali1", plain.addresses(), Optional.empty(), 1400, Map.of(Annotations.SOURCES, "[\"192.0.2.0/24\"]"));
        EndpointPlan plan = mode.plan(asks);
        assertEquals("2", plan.host().settings().get("ipv4/conf/cali1/rp_filter"));
        assertTrue(plan.host().settings().keySet().stream().filter(name -> name.contains("rp_filter")).allMatch(name -> name.contains("/cali1/")), "never the machine's own");
    }

    @Test
    void ipv6GoesByTheHostsLinkLocalAddress() {
        EndpointPlan plan = mode.plan(wish("2001:db8::5"));
        assertEquals("fe80::ecee:eeff:feee:eeee", mode.gateway(false).toString());
        assertEquals(List.of("fe80::ecee:eeff:feee:eeee/128", "::/0"), plan.container().routes().stream().map(route -> route.destination().toString()).toList());
        assertEquals("0", plan.container().settings().get("ipv6/conf/eth0/accept_ra"));
    }

    @Test
    void anEndpointIsRememberedWhole() throws Exception {
        Endpoint endpoint = new Endpoint(ID, "net", "routed", "/run/netns/c1", "cali1", Optional.of(MacAddress.parse("02:00:00:00:00:01")), 1400,
                List.of(new InterfaceAddress(IpAddress.parse("10.65.0.5"), 32)), Map.of("K8S_POD_NAME", "a"), Endpoint.State.READY, 17);
        assertEquals(endpoint, EndpointText.read((tombolo.api.json.Json.Obj) JsonText.parse(JsonText.line(EndpointText.write(endpoint)))));
    }

    private static Wish wish(String address) {
        IpAddress ip = IpAddress.parse(address);
        return new Wish(ID, "net", "/run/netns/c1", "cali1", List.of(new InterfaceAddress(ip, ip.isIpv4() ? 24 : 64)), Optional.empty(), 1400, Map.of());
    }
}
