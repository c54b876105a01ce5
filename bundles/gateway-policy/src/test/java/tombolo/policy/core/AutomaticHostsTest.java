package tombolo.policy.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.json.Json;
import tombolo.api.net.IpAddress;
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
        AutomaticHosts.Plan plan = AutomaticHosts.of("here", NODE, configuration("Enabled"), List.of(), Map.of());
        Resource made = stored(plan.puts().getFirst());
        assertEquals("here-auto-hep", made.id().name());
        assertEquals("{projectcalico.org/created-by=calico-kube-controllers, role=edge}", new java.util.TreeMap<>(made.labels()).toString());
        tombolo.api.resource.HostEndpoint host = (tombolo.api.resource.HostEndpoint) made.spec();
        assertEquals(Optional.of("*"), host.interfaceName());
        assertEquals(List.of("192.0.2.1", "2001:db8::1", "10.65.0.1"), host.expectedIps().stream().map(Object::toString).toList());
        assertTrue(AutomaticHosts.of("here", NODE, configuration("Enabled"), List.of(made), Map.of()).isEmpty(), "it is as it is to be");
        PolicyEngine engine = new PolicyEngine("here");
        engine.apply(List.of(made), List.of());
        assertEquals(java.util.Set.of("projectcalico-default-allow"), engine.endpoints().get(made.id()).implicit());
    }

    @Test
    void itGoesWhereItIsNotWantedAndStaysWhereNobodyHasSaidAnything() {
        Resource made = stored(AutomaticHosts.of("here", NODE, configuration("Enabled"), List.of(), Map.of()).puts().getFirst());
        assertEquals(List.of(made.id()), AutomaticHosts.of("here", NODE, configuration("Disabled"), List.of(made), Map.of()).deletes());
        assertTrue(AutomaticHosts.of("here", NODE, Optional.empty(), List.of(made), Map.of()).isEmpty());
        assertTrue(AutomaticHosts.of("there", NODE, configuration("Disabled"), List.of(made), Map.of()).isEmpty(), "another node's is left to it");
        assertEquals(1, AutomaticHosts.of("here", Optional.of(Cluster.read("Node", "'name':'here'", "'bgp':{'ipv4Address':'192.0.2.9/24'}", 3)), configuration("Enabled"), List.of(made), Map.of()).puts().size());
    }

    private static Optional<Resource> templates(String templates) {
        return Optional.of(Cluster.read("KubeControllersConfiguration", "'name':'default'",
                "'controllers':{'node':{'hostEndpoint':{'autoCreate':'Enabled','createDefaultHostEndpoint':'Disabled','templates':[" + templates + "]}}}", 1));
    }

    private static List<Resource> made(Optional<Resource> node, Optional<Resource> configuration, Map<String, Set<IpAddress>> interfaces) {
        return AutomaticHosts.of("here", node, configuration, List.of(), interfaces).puts().stream().map(AutomaticHostsTest::stored).toList();
    }

    private static String words(Resource made) {
        tombolo.api.resource.HostEndpoint host = (tombolo.api.resource.HostEndpoint) made.spec();
        return made.id().name() + " " + host.interfaceName().orElse("-") + " " + host.expectedIps() + " " + host.profiles();
    }

    @Test
    void aTemplateMakesOneForTheAddressesInItsNetworks() {
        String template = "{'generateName':'inner','interfaceCIDRs':['192.0.2.0/24'],'labels':{'role':'inner','zone':'a'},'annotations':{'note':'by template'},'nodeSelector':'role == `edge`'}";
        List<Resource> made = made(NODE, templates(template), Map.of());
        assertEquals(List.of("here-inner-auto-hep - [192.0.2.1] [projectcalico-default-allow]"), made.stream().map(AutomaticHostsTest::words).toList());
        assertEquals("{projectcalico.org/created-by=calico-kube-controllers, role=inner, zone=a}", new java.util.TreeMap<>(made.getFirst().labels()).toString(), "the template's labels win");
        assertEquals(Optional.of("by template"), made.getFirst().tree().object("metadata").orElseThrow().object("annotations").orElseThrow().text("note"));
        assertTrue(AutomaticHosts.of("here", NODE, templates(template), made, Map.of()).isEmpty(), "it is as it is to be");
        assertEquals(List.of(), made(NODE, templates(template.replace("edge", "core")), Map.of()), "the selector does not choose this node");
        assertEquals(List.of(), made(NODE, templates(template.replace("192.0.2.0", "198.51.100.0")), Map.of()), "an endpoint without interface and addresses would be nothing");
        assertEquals(List.of(made.getFirst().id()), AutomaticHosts.of("here", NODE, configuration("Disabled"), made, Map.of()).deletes());
        assertEquals(List.of(made.getFirst().id()), AutomaticHosts.of("here", NODE, configuration("Enabled"), made, Map.of()).deletes(), "the template is gone");
    }

    @Test
    void aTemplateWithAPatternMakesOneForEachInterfaceThatItFinds() {
        String template = "{'generateName':'out','interfaceCIDRs':['10.65.0.0/16'],'interfacePattern':'^(eth|up)[0-9]'}";
        Map<String, Set<IpAddress>> there = Map.of("eth0", Set.of(IpAddress.parse("192.0.2.1"), IpAddress.parse("fe80::1")), "up1", Set.of(), "dummy0", Set.of(IpAddress.parse("192.0.2.3")));
        assertEquals(List.of("here-out-eth0-auto-hep eth0 [10.65.0.1, 192.0.2.1] [projectcalico-default-allow]", "here-out-up1-auto-hep up1 [10.65.0.1] [projectcalico-default-allow]"),
                made(NODE, templates(template), there).stream().map(AutomaticHostsTest::words).toList());
        assertTrue(AutomaticHosts.looksAtInterfaces(NODE, templates(template)));
        Optional<Resource> listed = Optional.of(Cluster.read("Node", "'name':'here'", "'bgp':{'ipv4Address':'192.0.2.1/24'},'interfaces':[{'name':'eth7','addresses':['198.51.100.7']}]", 1));
        assertEquals(List.of("here-out-eth7-auto-hep eth7 [198.51.100.7] [projectcalico-default-allow]"), made(listed, templates(template), there).stream().map(AutomaticHostsTest::words).toList(),
                "what the Node lists counts before what is there");
        assertTrue(!AutomaticHosts.looksAtInterfaces(listed, templates(template)));
        // A name that no resource can have becomes a hash, the same each time.
        String longName = "a".repeat(245);
        List<Resource> hashed = made(NODE, templates(template.replace("'out'", "'" + longName + "'")), Map.of("eth0", Set.of()));
        assertTrue(hashed.getFirst().id().name().matches("[a-z0-9]{30,50}-auto-hep"), hashed.getFirst().id().name());
    }
}
