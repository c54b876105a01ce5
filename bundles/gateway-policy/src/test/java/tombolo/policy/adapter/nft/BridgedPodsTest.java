package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables.Outcome;
import tombolo.api.nftables.Owner;
import tombolo.api.resource.Resource;
import tombolo.api.resource.ResourceId;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.policy.core.Cluster;
import tombolo.policy.core.Model;
import tombolo.policy.core.NodeParameters;
import tombolo.policy.core.PolicyEngine;

/** Policy between pods behind one bridge, by packets: the same as between others, and nobody speaks under another's name. */
class BridgedPodsTest {
    private static final int PODS = 3;
    private final Cluster cluster = new Cluster();

    private Model.Delta pod(int number) {
        return pod(number, "");
    }

    private static Resource resource(int number, String more) {
        return Cluster.read("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod" + number + "-eth0','labels':{'pod':'p" + number + "'},'annotations':{'tombolo.io/mode':'bridge'}",
                "'orchestrator':'k8s','node':'here','pod':'pod" + number + "','endpoint':'eth0','containerID':'c" + number + "','interfaceName':'azv" + number + "','mac':'" + Pods.mac(number)
                        + "','ipNetworks':['" + Pods.address(number, true) + "/32','" + Pods.address(number, false) + "/128'],'profiles':['kns.x']" + more, 1);
    }

    private Model.Delta pod(int number, String more) {
        return cluster.engine.apply(List.of(resource(number, more)), List.of());
    }

    private static void inForce(NftablesWriter writer, Change change) throws Exception {
        assertInstanceOf(Outcome.InForce.class, writer.change(Owner.POLICY, change).get(30, TimeUnit.SECONDS), change::toString);
    }

    private static NftTable table(PolicyEngine engine) {
        return table(engine, false);
    }

    private static NftTable table(PolicyEngine engine, boolean uplink) {
        return new NftTable(engine, NodeParameters.DEFAULT, Map.of(), new NftOptions(NftLog.DEFAULT, uplink, Optional.of("azure0"), uplink));
    }

    private static void arrive(Pods pods, Set<Pods.Probe> expected) {
        assertEquals(new TreeSet<>(expected), pods.arrived(pods.everything(), expected), () -> pods.nft("list", "ruleset")); // a table of ours may not be there yet
    }

    @Test
    void policyHoldsBetweenPodsOfOneBridgeTheHostAndForgedSources() throws Exception {
        try (Pods pods = Pods.bridged(PODS, List.of(80)); LinuxNetlink netlink = new LinuxNetlink(); NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()))) {
            Set<Pods.Probe> all = new HashSet<>(pods.everything());
            arrive(pods, all);
            NftTable table = table(cluster.engine);
            inForce(writer, table.whole());
            arrive(pods, all); // nobody is known to be behind the bridge: what has its name is not ours
            inForce(writer, table.change(pod(0)));
            arrive(pods, Set.of()); // it is ours now, and of the others no endpoint is known
            inForce(writer, table.change(pod(1)));
            inForce(writer, table.change(pod(2)));
            arrive(pods, all);

            inForce(writer, table.change(cluster.policy("x", "in", "'selector':'pod == `p1`','ingress':[{'action':'Allow','protocol':'TCP','source':{'selector':'pod == `p0`'}}]")));
            all.removeIf(probe -> probe.to() == 1 && !(probe.from() == 0 && probe.tcp()));
            arrive(pods, all);
            inForce(writer, table.change(cluster.policy("x", "out", "'selector':'pod == `p2`','types':['Egress'],'egress':[{'action':'Allow','protocol':'UDP'}]")));
            all.removeIf(probe -> probe.from() == 2 && probe.tcp());
            arrive(pods, all);
            assertEquals(new Outcome.InForce(0), writer.change(Owner.POLICY, table(cluster.engine).whole()).get(30, TimeUnit.SECONDS), "another life writes the same");
            assertTrue(pods.nft("list", "table", "inet", "tombolo").contains("iifname \"azure0\""));

            host(pods);
            forged(pods);
            straight(pods);
            inForce(writer, table.change(cluster.remove(ResourceId.of("NetworkPolicy", "x", "in"))));
            inForce(writer, table.change(cluster.remove(ResourceId.of("NetworkPolicy", "x", "out"))));
            arrive(pods, new HashSet<>(pods.everything()));
            for (int number = 0; number < PODS; number++) {
                inForce(writer, table.change(cluster.remove(ResourceId.of("WorkloadEndpoint", "x", "here-k8s-pod" + number + "-eth0"))));
            }
            assertTrue(!pods.nft("list", "table", "inet", "tombolo").contains("\"azure0\""), "without an endpoint behind it, nothing is said of the bridge");
        }
    }

    /** Also with whole flows: a TCP connection must begin with SYN at containers, and at nobody else. */
    @Test
    void besideAnUplinkContainersArePolicedAndTheHostAndTheWireAreNot() throws Exception {
        int wire = PODS;
        try (Pods pods = Pods.besideUplink(PODS + 1, List.of(80)); LinuxNetlink netlink = new LinuxNetlink();
                NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()))) {
            Set<Pods.Probe> all = new HashSet<>(pods.everything());
            arrive(pods, all);
            NftTable table = table(cluster.engine, true);
            inForce(writer, table.whole());
            for (int number = 0; number < PODS; number++) {
                inForce(writer, table.change(pod(number)));
                arrive(pods, all); // of whom nobody is known cannot be told from the wire
            }
            inForce(writer, table.change(cluster.policy("x", "in", "'selector':'pod == `p1`','ingress':[{'action':'Allow','protocol':'TCP','source':{'selector':'pod == `p0`'}}]")));
            all.removeIf(probe -> probe.to() == 1 && !(probe.from() == 0 && probe.tcp()));
            arrive(pods, all);
            inForce(writer, table.change(cluster.policy("x", "out", "'selector':'pod == `p2`','types':['Egress'],'egress':[{'action':'Deny','destination':{'nets':['" + Pods.address(wire, true)
                    + "/32']}},{'action':'Deny','destination':{'nets':['" + Pods.address(wire, false) + "/128']}},{'action':'Allow'}]")));
            all.removeIf(probe -> probe.from() == 2 && probe.to() == wire);
            arrive(pods, all);
            assertEquals(new Outcome.InForce(0), writer.change(Owner.POLICY, table(cluster.engine, true).whole()).get(30, TimeUnit.SECONDS), "another life writes the same");
            inForce(writer, table.toHost(true));
            arrive(pods, all);
            try (DatagramChannel host = pods.socket(-1, "10.0.0.254", 4000); DatagramChannel outside = pods.socket(wire, Pods.address(wire, true), 4000);
                    DatagramChannel one = pods.socket(1, Pods.address(1, true), 4000); DatagramChannel two = pods.socket(2, Pods.address(2, true), 4000)) {
                assertTrue(Pods.passes(outside, host, true) && Pods.passes(host, outside, true), "what the host and the wire say to each other is nobody's policy");
                assertTrue(Pods.passes(host, one, true));
                assertEquals(false, Pods.passes(two, host, false), "defaultEndpointToHostAction: Drop");
                try (DatagramChannel asOne = pods.socket(wire, Pods.address(0, true), 4001); DatagramChannel stranger = pods.socket(2, "10.0.0.77", 4001)) {
                    assertEquals(false, Pods.passes(asOne, two, false), "from the wire under a container's address");
                    assertEquals(false, Pods.passes(stranger, outside, false), "a container under an address that is nobody's");
                }
            }
        }
    }

    /** The bridge has the uplink's addresses, so that an endpoint for the host's outer interface is one for the bridge. */
    @Test
    void aHostEndpointAtTheBridgeIsAskedAboutTheWireAndNotAboutContainersBehindIt() throws Exception {
        int wire = PODS;
        try (Pods pods = Pods.besideUplink(PODS + 1, List.of(80)); LinuxNetlink netlink = new LinuxNetlink();
                NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()));
                DatagramChannel host = pods.socket(-1, "10.0.0.254", 4000); DatagramChannel outside = pods.socket(wire, Pods.address(wire, true), 4000);
                DatagramChannel one = pods.socket(1, Pods.address(1, true), 4000); DatagramChannel two = pods.socket(2, Pods.address(2, true), 4000)) {
            NftTable table = table(cluster.engine, true);
            cluster.put("HostEndpoint", "'name':'outer','labels':{'host':'outer'}", "'node':'here','interfaceName':'azure0'");
            inForce(writer, table.whole());
            for (int number = 0; number < PODS; number++) {
                inForce(writer, table.change(pod(number)));
            }
            assertEquals(false, Pods.passes(outside, host, false), "nothing opens the host to the wire");
            assertEquals(false, Pods.passes(host, outside, false));
            assertTrue(Pods.passes(one, host, true) && Pods.passes(host, two, true) && Pods.passes(one, two, true), "containers are no matter of the host endpoint");
            assertTrue(Pods.passes(outside, one, true) && Pods.passes(two, outside, true), "what is forwarded is not, either, without a policy that says so");
            inForce(writer, table.change(cluster.put("GlobalNetworkPolicy", "'name':'wire'", "'selector':'host == `outer`','applyOnForward':true,'types':['Ingress','Egress'],"
                    + "'ingress':[{'action':'Deny'}],'egress':[{'action':'Deny'}]")));
            assertEquals(false, Pods.passes(outside, one, false), "forwarded from the wire");
            assertEquals(false, Pods.passes(two, outside, false), "forwarded to the wire");
            assertTrue(Pods.passes(one, two, true) && Pods.passes(two, host, true) && Pods.passes(host, one, true), "between containers and the host");
            inForce(writer, table.change(cluster.put("GlobalNetworkPolicy", "'name':'raw'", "'selector':'host == `outer`','doNotTrack':true,'applyOnForward':true,'types':['Ingress','Egress'],"
                    + "'ingress':[{'action':'Deny'}],'egress':[{'action':'Deny'}]")));
            assertTrue(Pods.passes(one, two, true) && Pods.passes(two, host, true) && Pods.passes(host, two, true), "neither is doNotTrack");
            assertEquals(new Outcome.InForce(0), writer.change(Owner.POLICY, table(cluster.engine, true).whole()).get(30, TimeUnit.SECONDS), "another life writes the same");
            for (int number = 0; number < PODS; number++) {
                inForce(writer, table.change(cluster.remove(ResourceId.of("WorkloadEndpoint", "x", "here-k8s-pod" + number + "-eth0"))));
            }
            String shown = pods.nft("list", "chain", "inet", "tombolo", "policy-host-input");
            assertTrue(!shown.contains("behind the bridge"), shown);
        }
    }

    /** Without an uplink the bridge is the containers' interface alone: a host endpoint there is asked as one that names the interface of any container, and so the model says. */
    @Test
    void aHostEndpointAtABridgeWithoutUplinkIsAskedAboutWhatIsForwardedForContainersAndNotAboutTheHost(@TempDir Path data) throws Exception {
        try (Pods pods = Pods.bridged(PODS, List.of(80, 81)); RunningPolicy running = RunningPolicy.ofUnknown(pods, data);
                DatagramChannel host = pods.socket(-1, "10.0.0.254", 4000); DatagramChannel one = pods.socket(1, Pods.address(1, true), 4000)) {
            running.node.linksCame(new ProbeTest.Interfaces("azure0"));
            for (int number = 0; number < PODS; number++) {
                running.put(resource(number, ""));
            }
            running.put("HostEndpoint", "'name':'inner','labels':{'host':'inner'}", "'node':'here','interfaceName':'azure0'");
            running.put("HostEndpoint", "'name':'port','labels':{'host':'port'}", "'node':'here','interfaceName':'azv1'");
            List<Pods.Probe> probes = pods.everything().stream().filter(probe -> !probe.tcp()).toList();
            int denied = 0;
            for (String spec : List.of("'selector':'host == `inner`','types':['Ingress','Egress']", "'selector':'host == `port`','applyOnForward':true,'types':['Ingress','Egress']",
                    "'selector':'host == `inner`','applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Deny','protocol':'UDP','destination':{'ports':[80]}},{'action':'Allow'}]",
                    "'selector':'host == `inner`','applyOnForward':true,'types':['Egress'],'egress':[{'action':'Allow','source':{'selector':'pod == `p0`'}}]")) {
                running.put("GlobalNetworkPolicy", "'name':'inner'", spec);
                Set<Pods.Probe> expected = new TreeSet<>();
                probes.stream().filter(probe -> UntrackedTest.said(running, probe)).forEach(expected::add);
                assertEquals(expected, pods.arrived(probes, expected), () -> spec + "\n" + pods.nft("list", "table", "inet", "tombolo"));
                denied += probes.size() - expected.size();
                assertTrue(Pods.passes(one, host, true) && Pods.passes(host, one, true), "the container's own policy decides, and what the host sends to its containers always passes");
                assertEquals(denied > 0, running.node.pairs(Optional.empty(), Optional.empty()).pairs().stream().anyMatch(pair -> !pair.allowed().equals("all")));
            }
            assertEquals(probes.size() / 2 + probes.size() * 2 / 3, denied, "half of them are for port 80, and one of three pods may send");
            List<String> problems = running.node.status().problems().stream().map(problem -> problem.message()).filter(text -> text.startsWith("TMB-POL-041 ")).toList();
            assertTrue(problems.stream().anyMatch(text -> text.contains("names azure0, the bridge of containers")), problems::toString);
        }
    }

    @Test
    void aContainerSendsFromTheNetworksThatItIsGrantedAndItsNeighbourDoesNot() throws Exception {
        try (Pods pods = Pods.bridged(PODS, List.of()); LinuxNetlink netlink = new LinuxNetlink(); NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()));
                DatagramChannel to = pods.socket(0, Pods.address(0, true), 4000); DatagramChannel granted = pods.socket(1, "10.7.0.9", 4001); DatagramChannel other = pods.socket(2, "10.7.0.8", 4001);
                DatagramChannel beside = pods.socket(1, "10.8.0.9", 4001)) {
            pod(0);
            pod(1, ",'allowSpoofedSourcePrefixes':['10.7.0.0/16']");
            pod(2);
            NftTable table = table(cluster.engine);
            inForce(writer, table.whole());
            assertEquals(false, Pods.passes(granted, to, false), "asked for, and granted by nobody");
            inForce(writer, table.parameters(NodeParameters.DEFAULT.withSources(true)));
            assertTrue(Pods.passes(granted, to, true), () -> pods.nft("list", "table", "inet", "tombolo"));
            assertEquals(false, Pods.passes(other, to, false), "the same network from another's hardware address");
            assertEquals(false, Pods.passes(beside, to, false), "another network");
            inForce(writer, table.change(cluster.policy("x", "out", "'selector':'pod == `p1`','types':['Egress'],'egress':[{'action':'Deny','protocol':'UDP'}]")));
            assertEquals(false, Pods.passes(granted, to, false), "its own policy holds for these too");
            inForce(writer, table.change(cluster.remove(ResourceId.of("NetworkPolicy", "x", "out"))));
            assertTrue(Pods.passes(granted, to, true));
            inForce(writer, table.change(pod(1)));
            assertEquals(false, Pods.passes(granted, to, false), "no longer asked for");
        }
    }

    private static void host(Pods pods) throws Exception {
        try (DatagramChannel host = pods.socket(-1, "10.0.0.254", 4000); DatagramChannel one = pods.socket(1, Pods.address(1, true), 4000); DatagramChannel two = pods.socket(2, Pods.address(2, true), 4000)) {
            assertTrue(Pods.passes(host, one, true), "what the host sends to its own containers always passes");
            assertTrue(Pods.passes(two, host, true));
        }
    }

    /** Under a neighbour's address, and under its hardware address too. */
    private static void forged(Pods pods) throws Exception {
        String own = pods.namespace(2);
        try (DatagramChannel to = pods.socket(0, Pods.address(0, true), 4000)) {
            try (DatagramChannel from = pods.socket(2, "10.0.0.77", 4001)) {
                assertEquals(false, Pods.passes(from, to, false), "an address that is nobody's");
            }
            try (DatagramChannel from = pods.socket(2, Pods.address(1, true), 4001)) {
                assertEquals(false, Pods.passes(from, to, false), "another's address from one's own hardware address");
                Namespace.run(List.of("ip", "-n", own, "link", "set", "eth0", "address", Pods.mac(1)));
                assertEquals(false, Pods.passes(from, to, false), "another's hardware address is not let through its port");
                Namespace.run(List.of("ip", "-n", own, "link", "set", "eth0", "address", Pods.mac(2)));
            }
            Namespace.run(List.of("ip", "-n", own, "addr", "del", Pods.address(1, true) + "/32", "dev", "eth0"));
        }
    }

    /** Who knows the other's hardware address reaches it no sooner: its frames do not get from port to port. */
    private static void straight(Pods pods) throws Exception {
        Namespace.run(List.of("ip", "-n", pods.namespace(0), "neigh", "replace", Pods.address(2, true), "lladdr", Pods.mac(2), "dev", "eth0", "nud", "permanent"));
        try (DatagramChannel from = pods.socket(0, Pods.address(0, true), 4002); DatagramChannel to = pods.socket(2, Pods.address(2, true), 4002)) {
            assertEquals(false, Pods.passes(from, to, false));
            Namespace.run(List.of("ip", "-n", pods.namespace(0), "neigh", "del", Pods.address(2, true), "dev", "eth0"));
            assertTrue(Pods.passes(from, to, true));
        }
    }
}
