package tombolo.azure.cni.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.endpoint.EndpointMode.Wish;
import tombolo.api.endpoint.EndpointPlan;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.net.IpAddress;

/** The transparent mode's names and plan. */
class TransparentModeTest {
    private static final EndpointId ID = new EndpointId("c1", "eth0");
    private final TransparentMode mode = new TransparentMode();

    /** Names that the Azure CNI itself gave (its client's test resources). */
    @ParameterizedTest
    @CsvSource({"kube-system, metrics-server-77c8679d7d-6ksdh, azvd805fb1b0f8", "kube-system, tunnelfront-5d96f9b987-65xbn, azvc214c1237ce"})
    void aPodsInterfaceHasTheNameThatTheAzureCniGivesIt(String namespace, String pod, String wanted) {
        assertEquals(wanted, mode.hostInterface(ID, "azure", Map.of("K8S_POD_NAMESPACE", namespace, "K8S_POD_NAME", pod)));
    }

    @Test
    void theContainerHasItsSubnetsLengthAndRoutesByTheHost() {
        EndpointPlan plan = plan("10.240.0.5", 16);
        assertEquals(List.of(new InterfaceAddress(IpAddress.parse("10.240.0.5"), 16)), plan.container().addresses());
        assertEquals(List.of("169.254.1.1/32 - true 4", "0.0.0.0/0 169.254.1.1 false 4"), texts(plan.container()));
        assertEquals(List.of("10.240.0.5/32 - false 4"), texts(plan.host()), "scope universe, proto static: `10.240.0.5 dev azv... proto static`");
        assertEquals("aa:aa:aa:aa:aa:aa", plan.container().neighbours().getFirst().mac().toString());
        assertEquals("aa:aa:aa:aa:aa:aa", plan.host().mac().orElseThrow().toString());
        assertEquals("1", plan.host().settings().get("ipv4/conf/azv1/proxy_arp"));
    }

    @Test
    void nothingElseOfTheHostIsTouched() {
        assertTrue(plan("10.240.0.5", 16).host().settings().keySet().stream().allMatch(name -> name.contains("azv1")));
        assertTrue(plan("10.240.0.5", 16).host().settings().keySet().stream().noneMatch(name -> name.contains("rp_filter") || name.contains("forwarding")));
    }

    @Test
    void ipv6GoesByAGatewayThatIsTheSameEverywhere() {
        EndpointPlan plan = plan("2001:db8::5", 64);
        assertEquals(List.of("fe80::1234:5678:9abc/128 - true 4", "::/0 fe80::1234:5678:9abc false 4"), texts(plan.container()));
        assertEquals("1", plan.host().settings().get("ipv6/conf/all/forwarding"));
        assertEquals("0", plan.container().settings().get("ipv6/conf/eth0/disable_ipv6"));
    }

    private EndpointPlan plan(String address, int length) {
        return mode.plan(new Wish(ID, "azure", "/run/netns/c1", "azv1", List.of(new InterfaceAddress(IpAddress.parse(address), length)), Optional.empty(), 1400, Map.of()));
    }

    private static List<String> texts(EndpointPlan.Side side) {
        return side.routes().stream().map(route -> route.destination() + " " + route.gateway().map(Object::toString).orElse("-") + " " + route.onLink() + " " + route.protocol()).toList();
    }
}
