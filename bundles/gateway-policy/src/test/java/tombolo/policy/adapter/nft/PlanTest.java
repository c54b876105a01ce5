package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tombolo.api.policy.Policies.Plan;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.policy.core.Cluster;

/** What a plan counts besides policies: the node's configuration, and interfaces by their addresses. Two pods and a machine outside. */
class PlanTest {
    private static Plan plan(RunningPolicy running, String kind, String metadata, String spec) {
        return running.node.plan(List.of(Cluster.read(kind, metadata, spec, 1_000)), List.of());
    }

    private static boolean has(List<String> lines, String line) {
        return lines.stream().anyMatch(each -> each.startsWith(line));
    }

    private static String tables(RunningPolicy running) {
        return running.pods.nft("list", "table", "inet", "tombolo");
    }

    @Test
    void whatFelixConfigurationSaysOfPolicyCounts() {
        try (RunningPolicy running = new RunningPolicy(2, 1, List.of())) {
            running.put("HostEndpoint", "'name':'edge','labels':{'host':'edge'}", "'node':'here','interfaceName':'up2'");
            running.policy("tunnel", "'selector':'pod == `p1`','types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP','destination':{'ports':[4789]}}]");
            String before = tables(running);
            Plan drop = plan(running, "FelixConfiguration", "'name':'default'", "'defaultEndpointToHostAction':'Drop'");
            assertTrue(has(drop.kernel(), "+ chain policy-to-host "), drop.kernel()::toString);
            assertEquals(List.of("~ FelixConfiguration: defaultEndpointToHostAction"), drop.objects());
            Plan ports = plan(running, "FelixConfiguration", "'name':'node.here'", "'failsafeInboundHostPorts':[{'protocol':'TCP','port':22}]");
            assertTrue(has(ports.kernel(), "~ set policy-failsafe-in-ports "), ports.kernel()::toString);
            assertEquals(List.of("~ FelixConfiguration: failsafeInboundHostPorts"), ports.objects());
            Plan other = plan(running, "FelixConfiguration", "'name':'node.there'", "'defaultEndpointToHostAction':'Drop'");
            assertEquals(List.of(), Stream.of(other.kernel(), other.objects()).flatMap(List::stream).toList(), "another node's");
            Plan tunnel = plan(running, "FelixConfiguration", "'name':'default'", "'allowVXLANPacketsFromWorkloads':true");
            assertEquals(new TreeSet<>(List.of("- then UDP 4789")), new TreeSet<>(List.of(tunnel.before().getFirst().allowed() + " then " + tunnel.after().getFirst().allowed())));
            Plan prefix = plan(running, "FelixConfiguration", "'name':'default'", "'interfacePrefix':'cali,tap'");
            assertTrue(has(prefix.kernel(), "~ chain policy-unknown-forward "), prefix.kernel()::toString);
            Plan check = plan(running, "FelixConfiguration", "'name':'default'", "'disableConntrackInvalidCheck':true");
            assertTrue(has(check.kernel(), "~ chain policy-"), check.kernel()::toString);
            assertEquals(List.of("~ FelixConfiguration: disableConntrackInvalidCheck"), check.objects());
            assertEquals(before, tables(running), "nothing was written");

            running.put("FelixConfiguration", "'name':'default'", "'defaultEndpointToHostAction':'Drop'");
            Plan back = running.node.plan(List.of(), List.of(ResourceId.of("FelixConfiguration", "default")));
            assertTrue(has(back.kernel(), "- chain policy-to-host "), back.kernel()::toString);
        }
    }

    @Test
    void hostEndpointsThatThisNodeWouldStoreByItselfAreNamedAsNotCounted() {
        try (RunningPolicy running = new RunningPolicy(1, 1, List.of())) {
            running.node.linksCame(new ProbeTest.Interfaces("up1"));
            running.put("Node", "'name':'here'", "'bgp':{'ipv4Address':'10.0.0.254/32'}");
            Resource automatic = Cluster.read("KubeControllersConfiguration", "'name':'default'", "'controllers':{'node':{'hostEndpoint':{'autoCreate':'Enabled'}}}", 1_000);
            Plan plan = running.node.plan(List.of(automatic), List.of());
            assertEquals(1, plan.problems().size(), plan::toString);
            assertTrue(plan.problems().getFirst().message().startsWith("TMB-POL-051 ") && plan.problems().getFirst().message().contains("HostEndpoint(here-auto-hep)"), plan.problems()::toString);
            assertEquals(List.of(), running.node.plan(List.of(), List.of()).problems());
        }
    }

    @Test
    void aHostEndpointThatIsFoundByItsAddressesIsInTheKernelsLinesAlsoWhereThereIsNoOther() {
        try (RunningPolicy running = new RunningPolicy(1, 1, List.of())) {
            running.node.linksCame(new ProbeTest.Interfaces("cali0", "up1"));
            String spec = "'node':'here','expectedIPs':['10.0.0.254']";
            Plan plan = plan(running, "HostEndpoint", "'name':'edge','labels':{'host':'edge'}", spec);
            assertTrue(has(plan.kernel(), "+ set policy-host-input-by ") && has(plan.kernel(), "+ chain policy-host-input "), plan.kernel()::toString);
            running.put("HostEndpoint", "'name':'edge','labels':{'host':'edge'}", spec);
            RunningPolicy.eventually("it is found", () -> tables(running).contains("policy-host-input-by"));
            assertEquals(List.of(), plan(running, "HostEndpoint", "'name':'edge','labels':{'host':'edge'}", spec).kernel());
        }
    }
}
