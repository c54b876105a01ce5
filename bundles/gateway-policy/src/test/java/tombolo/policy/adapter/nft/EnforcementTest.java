package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables.Outcome;
import tombolo.api.nftables.Owner;
import tombolo.api.resource.ResourceId;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.policy.core.Cluster;
import tombolo.policy.core.NodeParameters;

/** Single cases with packets: the host itself, forged sources, odd names, and what nft shows of it. */
class EnforcementTest {
    private final Cluster cluster = new Cluster();

    /** @param more of the spec */
    private tombolo.policy.core.Model.Delta pod(int number, String more) {
        return cluster.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod" + number + "-eth0','labels':{'pod':'p" + number + "'}",
                "'orchestrator':'k8s','node':'here','pod':'pod" + number + "','endpoint':'eth0','containerID':'c" + number + "','interfaceName':'cali" + number + "','ipNetworks':['"
                        + Pods.address(number, true) + "/32','" + Pods.address(number, false) + "/128'],'profiles':['kns.x']" + more);
    }

    private static void inForce(NftablesWriter writer, Change change) throws Exception {
        assertInstanceOf(Outcome.InForce.class, writer.change(Owner.POLICY, change).get(30, TimeUnit.SECONDS), change::toString);
    }

    private static void passes(boolean expected, DatagramChannel from, DatagramChannel to, Pods pods) {
        assertEquals(expected, Pods.passes(from, to, expected), () -> pods.nft("list", "table", "inet", "tombolo"));
    }

    @Test
    void theHostItselfForgedSourcesAndOddNames() throws Exception {
        pod(0, "");
        pod(1, "");
        try (Pods pods = new Pods(2, List.of(80)); LinuxNetlink netlink = new LinuxNetlink(); NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()));
                DatagramChannel own = pods.socket(0, Pods.address(0, true), 4000); DatagramChannel own6 = pods.socket(0, Pods.address(0, false), 4000);
                DatagramChannel forged = pods.socket(0, "10.9.9.9", 4000); DatagramChannel other = pods.socket(1, Pods.address(1, true), 4000);
                DatagramChannel host = pods.socket(-1, "10.0.0.254", 4000); DatagramChannel host6 = pods.socket(-1, "fd00::fe", 4000)) {
            passes(true, forged, other, pods); // before there is any policy, so that what stops it below is policy
            NftTable table = new NftTable(cluster.engine, false);
            inForce(writer, table.whole());
            toTheHost(pods, writer, table, own, own6, host, host6, other);
            tunnelPorts(pods, writer, table, own, own6);
            forgedSources(pods, writer, table, forged, other, host);
            oddNames(pods, writer, table, own, other);
        }
    }

    private void toTheHost(Pods pods, NftablesWriter writer, NftTable table, DatagramChannel own, DatagramChannel own6, DatagramChannel host, DatagramChannel host6, DatagramChannel other)
            throws Exception {
        passes(true, own, host, pods);
        passes(true, own6, host6, pods);
        inForce(writer, table.toHost(true));
        passes(false, own, host, pods);
        passes(false, own6, host6, pods);
        passes(true, own, other, pods);
        inForce(writer, table.toHost(false));
        inForce(writer, table.change(cluster.policy("x", "out", "'selector':'pod == `p0`','types':['Egress'],'egress':[{'action':'Deny','destination':{'nets':['10.0.0.254/32']}},{'action':'Allow'}]")));
        passes(false, own, host, pods);
        passes(true, own6, host6, pods);
        passes(true, host, own, pods); // what the host sends to its own containers always passes
        inForce(writer, table.change(cluster.remove(ResourceId.of("NetworkPolicy", "x", "out"))));
        passes(true, own, host, pods);
    }

    /** Source: AllowVXLANPacketsFromWorkloads in felix/rules/endpoints.go. */
    private void tunnelPorts(Pods pods, NftablesWriter writer, NftTable table, DatagramChannel own, DatagramChannel own6) throws Exception {
        try (DatagramChannel node = pods.socket(1, Pods.address(1, true), 4789); DatagramChannel node6 = pods.socket(1, Pods.address(1, false), 4789)) {
            passes(false, own, node, pods);
            passes(false, own6, node6, pods);
            NodeParameters.Wrapped dropped = NodeParameters.Wrapped.DROPPED;
            inForce(writer, table.parameters(NodeParameters.DEFAULT.withWrapped(new NodeParameters.Wrapped(true, dropped.vxlanPort(), false))));
            passes(true, own, node, pods);
            passes(true, own6, node6, pods);
            try (DatagramChannel otherPort = pods.socket(1, Pods.address(1, true), 8472)) {
                passes(true, own, otherPort, pods);
            }
            try (DatagramChannel otherPort = pods.socket(1, Pods.address(1, true), 8473)) {
                inForce(writer, table.parameters(NodeParameters.DEFAULT.withWrapped(new NodeParameters.Wrapped(false, 8473, false))));
                passes(false, own, otherPort, pods);
                inForce(writer, table.parameters(NodeParameters.DEFAULT));
                passes(true, own, otherPort, pods);
            }
            String shown = pods.nft("list", "chain", "inet", "tombolo", "policy-forward");
            assertTrue(shown.contains("from endpoints: IP in IP"), shown);
        }
    }

    private void forgedSources(Pods pods, NftablesWriter writer, NftTable table, DatagramChannel forged, DatagramChannel other, DatagramChannel host) throws Exception {
        passes(false, forged, other, pods);
        passes(false, forged, host, pods);
        inForce(writer, table.change(pod(0, ",'allowSpoofedSourcePrefixes':['10.9.9.0/24','10.9.9.0/25']")));
        passes(false, forged, other, pods); // asked for, and not granted
        inForce(writer, table.parameters(NodeParameters.DEFAULT.withSources(true)));
        passes(true, forged, other, pods);
        // The kernel's own filter would drop it (RFC 3704 §2.2); made loose (§2.4), as it is on such an interface, our rules decide.
        Namespace.run(List.of("ip", "netns", "exec", pods.router(), "sysctl", "-qw", "net.ipv4.conf.cali0.rp_filter=1"));
        passes(false, forged, other, pods);
        Namespace.run(List.of("ip", "netns", "exec", pods.router(), "sysctl", "-qw", "net.ipv4.conf.cali0.rp_filter=2"));
        Namespace.run(List.of("ip", "-n", pods.router(), "route", "add", "10.9.0.0/16", "dev", "cali1"));
        passes(true, forged, other, pods);
        inForce(writer, table.change(pod(0, ",'allowSpoofedSourcePrefixes':['10.9.8.0/24']")));
        passes(false, forged, other, pods);
        inForce(writer, table.change(pod(0, ",'allowSpoofedSourcePrefixes':['10.9.9.0/24']")));
        passes(true, forged, other, pods);
        inForce(writer, table.parameters(NodeParameters.DEFAULT));
        passes(false, forged, other, pods);
    }

    private void oddNames(Pods pods, NftablesWriter writer, NftTable table, DatagramChannel own, DatagramChannel other) throws IOException, Exception {
        inForce(writer, table.change(cluster.policy("x", "web", "'selector':'pod in {`p1`, `quotes~and#signs`}','ingress':[{'action':'Allow','protocol':'UDP','source':{'nets':['0.0.0.0/0'],'selector':'all()'},"
                + "'destination':{'ports':[4000,'1:3','5000:65535']}},{'action':'Deny','source':{'notNets':['0.0.0.0/0']}}]")));
        passes(true, own, other, pods);
        String shown = pods.nft("list", "table", "inet", "tombolo");
        assertTrue(shown.contains("NetworkPolicy(x/web) ingress rule 1") && shown.contains("comment \"x/here-k8s-pod0-eth0\""), shown);
        assertTrue(shown.contains("policy-in-") && shown.contains("end of tier default"), shown);
    }

    /** Source: felix/rules/dispatch.go: "unknown" workload interfaces end in a drop. */
    @Test
    void anInterfaceOfOursOfWhichNoEndpointIsKnownCarriesNothingWhateverAnAddWaitsFor() throws Exception {
        try (RunningPolicy running = new RunningPolicy(2, List.of()); DatagramChannel one = running.pods.socket(0, Pods.address(0, true), 4000);
                DatagramChannel two = running.pods.socket(1, Pods.address(1, true), 4000); DatagramChannel host = running.pods.socket(-1, "10.0.0.254", 4000)) {
            passes(true, one, two, running.pods);
            ResourceId id = ResourceId.of("WorkloadEndpoint", "x", "here-k8s-pod1-eth0");
            tombolo.api.resource.Resource endpoint = running.get(id).orElseThrow();
            running.remove(id);
            passes(false, two, host, running.pods);
            passes(false, one, two, running.pods);
            RunningPolicy.eventually("it is told: " + running.flows(true), () -> running.flows(true).flows().stream().anyMatch(flow -> flow.policy().equals(NftLog.UNKNOWN)
                    && flow.source().address().equals(Pods.address(1, true))));
            running.put(endpoint);
            passes(true, two, host, running.pods);
            passes(true, one, two, running.pods);
        }
    }

    @Test
    void whatNobodyKnowsYetIsClosed() throws Exception {
        pod(1, "");
        try (Pods pods = new Pods(2, List.of()); LinuxNetlink netlink = new LinuxNetlink(); NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()));
                DatagramChannel fresh = pods.socket(0, Pods.address(0, true), 4000); DatagramChannel known = pods.socket(1, Pods.address(1, true), 4000);
                DatagramChannel host = pods.socket(-1, "10.0.0.254", 4000)) {
            NftTable table = new NftTable(cluster.engine, false);
            inForce(writer, table.whole());
            passes(true, fresh, known, pods); // no prefix is ours: what nobody knows is left alone
            inForce(writer, table.close(new ClosedInterfaces("cali")));
            passes(false, fresh, known, pods);
            passes(false, known, fresh, pods);
            passes(false, fresh, host, pods);
            passes(true, known, host, pods);
            inForce(writer, table.change(pod(0, "")));
            passes(true, fresh, known, pods);
            passes(true, known, fresh, pods);
            passes(true, fresh, host, pods);
            inForce(writer, table.change(cluster.remove(ResourceId.of("WorkloadEndpoint", "x", "here-k8s-pod0-eth0"))));
            passes(false, fresh, host, pods);
            inForce(writer, table.close(ClosedInterfaces.NONE));
            passes(true, fresh, host, pods);
        }
    }
}
