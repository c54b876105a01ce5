package tombolo.policy.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.json.Json;
import tombolo.api.resource.Resource;
import tombolo.resources.core.Decoder;

class AutomaticHostsTest {
    private static final Optional<Resource> NODE = Optional.of(Cluster.read("Node", "'name':'here','labels':{'role':'edge'}",
            "'bgp':{'ipv4Address':'192.0.2.1/24','ipv6Address':'2001:db8::1/64'},'ipv4VXLANTunnelAddr':'10.65.0.1'", 1));

    private static Optional<Resource> configuration(String autoCreate) {
        return Optional.of(Cluster.read("KubeControllersConfiguration", "'name':'default'", "'controllers':{'node':{'hostEndpoint':{'autoCreate':'" + autoCreate + "'}}}", 1));
    }

    private static Resource stored(Json.Obj document) {
        return ((Decoder.Decoded.Good) Decoder.decode(document, 2)).resource();
    }

    @Test
    void eachNodeHasOneForAllInterfacesThatClosesNothing() {
        AutomaticHosts.Plan plan = AutomaticHosts.of("here", NODE, configuration("Enabled"), List.of());
        Resource made = stored(plan.puts().getFirst());
        assertEquals("here-auto-hep", made.id().name());
        assertEquals("{projectcalico.org/created-by=calico-kube-controllers, role=edge}", new java.util.TreeMap<>(made.labels()).toString());
        tombolo.api.resource.HostEndpoint host = (tombolo.api.resource.HostEndpoint) made.spec();
        assertEquals(Optional.of("*"), host.interfaceName());
        assertEquals(List.of("192.0.2.1", "2001:db8::1", "10.65.0.1"), host.expectedIps().stream().map(Object::toString).toList());
        assertTrue(AutomaticHosts.of("here", NODE, configuration("Enabled"), List.of(made)).isEmpty(), "it is as it is to be");
        PolicyEngine engine = new PolicyEngine("here");
        engine.apply(List.of(made), List.of());
        assertEquals(java.util.Set.of("projectcalico-default-allow"), engine.endpoints().get(made.id()).implicit());
    }

    @Test
    void itGoesWhereItIsNotWantedAndStaysWhereNobodyHasSaidAnything() {
        Resource made = stored(AutomaticHosts.of("here", NODE, configuration("Enabled"), List.of()).puts().getFirst());
        assertEquals(List.of(made.id()), AutomaticHosts.of("here", NODE, configuration("Disabled"), List.of(made)).deletes());
        assertTrue(AutomaticHosts.of("here", NODE, Optional.empty(), List.of(made)).isEmpty());
        assertTrue(AutomaticHosts.of("there", NODE, configuration("Disabled"), List.of(made)).isEmpty(), "another node's is left to it");
        assertEquals(1, AutomaticHosts.of("here", Optional.of(Cluster.read("Node", "'name':'here'", "'bgp':{'ipv4Address':'192.0.2.9/24'}", 3)), configuration("Enabled"), List.of(made)).puts().size());
    }
}
