package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.Nftables.Outcome;
import tombolo.api.nftables.Owner;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.ResourceId;
import tombolo.dataplane.adapter.nftables.NftablesWriter;
import tombolo.linux.adapter.LinuxNetlink;
import tombolo.policy.core.Cluster;
import tombolo.policy.core.NodeParameters;
import tombolo.policy.core.NodeParameters.Failsafe;

/** Single cases of host endpoints with packets: one pod (0, {@code cali0}), two machines outside (1 behind {@code up1}, 2 behind {@code up2}), the host between them. */
class HostEnforcementTest {
    private static final NodeParameters OPEN = new NodeParameters(false, List.of(new Failsafe(IpProtocol.UDP, 81, Optional.empty()),
            new Failsafe(IpProtocol.UDP, 82, Optional.of(Prefix.parse(Pods.address(1, true) + "/32")))), List.of(), List.of("cali"));
    private final Cluster cluster = new Cluster();

    private static void inForce(NftablesWriter writer, Change change) throws Exception {
        assertInstanceOf(Outcome.InForce.class, writer.change(Owner.POLICY, change).get(30, TimeUnit.SECONDS), change::toString);
    }

    private static void passes(boolean expected, DatagramChannel from, DatagramChannel to, Pods pods) {
        assertEquals(expected, Pods.passes(from, to, expected), () -> pods.nft("list", "ruleset"));
    }

    private static String name(int participant) {
        return participant == 0 ? "cali0" : "up" + participant;
    }

    private Change host(NftTable table, String spec) {
        return table.change(cluster.put("HostEndpoint", "'name':'up','labels':{'host':'up'}", "'node':'here'," + spec));
    }

    private Change policy(NftTable table, String name, String spec) {
        return table.change(cluster.put("GlobalNetworkPolicy", "'name':'" + name + "'", "'selector':'host == `up`'," + spec));
    }

    private Change without(NftTable table, String name) {
        return table.change(cluster.remove(ResourceId.of("GlobalNetworkPolicy", name)));
    }

    private tombolo.policy.core.Model.Delta pod() {
        return cluster.put("WorkloadEndpoint", "'namespace':'x','name':'here-k8s-pod0-eth0'", "'orchestrator':'k8s','node':'here','pod':'pod0','endpoint':'eth0','containerID':'c0','interfaceName':'cali0','ipNetworks':['"
                + Pods.address(0, true) + "/32','" + Pods.address(0, false) + "/128'],'profiles':['kns.x']");
    }

    @Test
    void failsafePortsNeighboursAndEndpointsByAddress() throws Exception {
        try (Pods pods = new Pods(3, List.of(), HostEnforcementTest::name, false); LinuxNetlink netlink = new LinuxNetlink();
                NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()));
                DatagramChannel one = pods.socket(1, Pods.address(1, true), 4000); DatagramChannel two = pods.socket(2, Pods.address(2, true), 4000);
                DatagramChannel one6 = pods.socket(1, Pods.address(1, false), 4000); DatagramChannel pod = pods.socket(0, Pods.address(0, true), 4000);
                DatagramChannel closed = pods.socket(-1, Pods.address(Pods.HOST, true), 80); DatagramChannel open = pods.socket(-1, Pods.address(Pods.HOST, true), 81);
                DatagramChannel half = pods.socket(-1, Pods.address(Pods.HOST, true), 82); DatagramChannel open6 = pods.socket(-1, Pods.address(Pods.HOST, false), 81);
                DatagramChannel sender = pods.socket(-1, Pods.address(Pods.HOST, true), 90)) {
            NftTable table = new NftTable(cluster.engine, OPEN, Map.of(), NftOptions.DEFAULT);
            passes(true, pod, closed, pods);
            inForce(writer, table.whole());
            inForce(writer, table.close(new ClosedInterfaces("cali")));
            passes(true, one, closed, pods);
            passes(false, pod, closed, pods); // a workload's interface of which no endpoint has been heard
            passes(false, one, pod, pods);
            inForce(writer, table.change(pod()));
            passes(true, pod, closed, pods);
            passes(true, one, pod, pods);

            inForce(writer, host(table, "'expectedIPs':['10.0.0.254']"));
            passes(true, one, closed, pods); // no interface is known to have that address
            inForce(writer, table.interfaces(Map.of("up1", Set.of(IpAddress.parse("10.0.0.254")))));
            passes(false, one, closed, pods);
            passes(true, one, open, pods);
            passes(true, one, half, pods);
            passes(true, two, closed, pods);
            passes(false, sender, one, pods); // what the host sends, as no answer to anything
            passes(true, sender, two, pods);
            passes(true, one, two, pods); // forwarded, and no policy is for that
            inForce(writer, table.interfaces(Map.of("up2", Set.of(IpAddress.parse("10.0.0.254")))));
            passes(true, one, closed, pods);
            passes(false, two, closed, pods);
            passes(false, two, half, pods); // it is open to one alone

            inForce(writer, host(table, "'interfaceName':'*'"));
            passes(false, one, closed, pods);
            passes(true, pod, closed, pods);
            passes(true, closed, pod, pods);
            passes(true, closed, half, pods); // the host to itself
            Namespace.run(List.of("ip", "-n", pods.router(), "-6", "neigh", "flush", "all"));
            passes(true, one6, open6, pods); // RFC 4890 §4.4.1: neighbours are found behind a closed endpoint
            inForce(writer, table.parameters(new NodeParameters(false, List.of(), List.of(), List.of("cali"))));
            passes(false, one, open, pods);
            inForce(writer, table.parameters(new NodeParameters(false, List.of(), List.of(), List.of("cali"),
                    new NodeParameters.Tunnels(Set.of(IpAddress.parse(Pods.address(1, true))), OptionalInt.of(81), false), false, NodeParameters.Wrapped.DROPPED, false)));
            passes(true, one, open, pods); // as if VXLAN's port were that one
            passes(false, two, open, pods);
            inForce(writer, table.change(cluster.remove(ResourceId.of("HostEndpoint", "up"))));
            passes(true, one, closed, pods);
        }
    }

    @Test
    void beforeAndBehindTranslationOfDestinations() throws Exception {
        pod();
        try (Pods pods = new Pods(3, List.of(), HostEnforcementTest::name, false); LinuxNetlink netlink = new LinuxNetlink();
                NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()));
                DatagramChannel one = pods.socket(1, Pods.address(1, true), 4000); DatagramChannel two = pods.socket(2, Pods.address(2, true), 80);
                DatagramChannel pod = pods.socket(0, Pods.address(0, true), 80); DatagramChannel front = pods.socket(-1, Pods.address(Pods.HOST, true), 8080);
                DatagramChannel host = pods.socket(-1, Pods.address(Pods.HOST, true), 4000)) {
            // By a hand of its own, as a port mapping would: the host's port 8080 leads to the pod, an address that is nobody's to the machine outside.
            pods.nft("add table ip t; add chain ip t p { type nat hook prerouting priority dstnat; }; add rule ip t p udp dport 8080 dnat to " + Pods.address(0, true) + ":80; "
                    + "add chain ip t o { type nat hook output priority -100; }; add rule ip t o ip daddr 10.0.0.77 udp dport 80 dnat to " + Pods.address(2, true)
                    + "; add chain ip t f { type filter hook forward priority 100; }; add rule ip t f ip daddr " + Pods.address(0, true) + " counter");
            NftTable table = new NftTable(cluster.engine, OPEN, Map.of(), NftOptions.DEFAULT);
            inForce(writer, table.whole());
            Translated translated = new Translated(pods);
            translated.check(true, one, front, pod);
            inForce(writer, host(table, "'interfaceName':'up1','profiles':['projectcalico-default-allow']"));
            inForce(writer, policy(table, "before", "'preDNAT':true,'applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Deny','protocol':'UDP','destination':{'ports':[8080]}}]"));
            translated.check(false, one, front, pod);
            passes(true, one, host, pods);
            inForce(writer, policy(table, "before", "'preDNAT':true,'applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Allow','protocol':'UDP','destination':{'ports':[8080]}}]"));
            inForce(writer, policy(table, "forward", "'applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Deny','protocol':'UDP'}]"));
            translated.check(true, one, front, pod); // what is allowed before translation is not asked of what is forwarded
            passes(false, one, two, pods);
            inForce(writer, without(table, "before"));
            translated.check(false, one, front, pod);
            inForce(writer, without(table, "forward"));

            // What the host sends is asked where it leaves, behind translation.
            inForce(writer, host(table, "'interfaceName':'up2'"));
            Namespace.run(List.of("ip", "-n", pods.router(), "route", "add", "10.0.0.77/32", "dev", "up1"));
            passes(false, host, two, pods);
            translated.toNobody(false, host, two);
            inForce(writer, policy(table, "out", "'types':['Egress'],'egress':[{'action':'Allow','destination':{'nets':['" + Pods.address(2, true) + "/32'],'ports':[80]},'protocol':'UDP'}]"));
            passes(true, host, two, pods);
            translated.toNobody(true, host, two);
        }
    }

    /** Packets whose destination is changed on the way. */
    private record Translated(Pods pods) {
        void check(boolean expected, DatagramChannel from, DatagramChannel said, DatagramChannel to) throws Exception {
            assertEquals(expected, Pods.passes(from, said.getLocalAddress(), to, expected), () -> pods.nft("list", "ruleset"));
        }

        void toNobody(boolean expected, DatagramChannel from, DatagramChannel to) {
            assertEquals(expected, Pods.passes(from, new java.net.InetSocketAddress("10.0.0.77", 80), to, expected), () -> pods.nft("list", "ruleset"));
        }
    }

    @Test
    void untrackedFlowsNeedTheirAnswersAllowedAndLeaveNoTrace() throws Exception {
        NodeParameters none = new NodeParameters(false, List.of(), List.of(), List.of("cali"));
        try (Pods pods = new Pods(3, List.of(80), HostEnforcementTest::name, true); LinuxNetlink netlink = new LinuxNetlink();
                NftablesWriter writer = new NftablesWriter(netlink, Optional.of("/run/netns/" + pods.router()))) {
            NftTable table = new NftTable(cluster.engine, none, Map.of(), NftOptions.DEFAULT);
            inForce(writer, table.whole());
            inForce(writer, table.change(pod()));
            inForce(writer, host(table, "'interfaceName':'up1'"));
            List<Pods.Probe> probes = List.of(new Pods.Probe(1, Pods.HOST, true, true, 80), new Pods.Probe(1, Pods.HOST, false, true, 80), new Pods.Probe(2, Pods.HOST, true, true, 80));
            Set<Pods.Probe> other = Set.of(probes.getLast());
            assertEquals(other, pods.arrived(probes, other));
            inForce(writer, policy(table, "fast", "'doNotTrack':true,'applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Allow','protocol':'TCP','destination':{'ports':[80]}}]"));
            assertEquals(other, pods.arrived(probes, other), "the answer is of no flow");
            String in = "'doNotTrack':true,'applyOnForward':true,'types':['Ingress','Egress'],'ingress':[{'action':'Allow','protocol':'TCP','destination':{'ports':[80]}}],";
            inForce(writer, policy(table, "fast", in + "'egress':[{'action':'Allow','protocol':'TCP','source':{'ports':[80]}}]"));
            Set<Pods.Probe> all = new TreeSet<>(probes);
            assertEquals(all, pods.arrived(probes, all), () -> pods.nft("list", "ruleset"));
            String tracked = Namespace.run(List.of("ip", "netns", "exec", pods.router(), "nft", "list", "table", "inet", "tombolo"));
            assertEquals(true, tracked.contains("notrack"), tracked);
            inForce(writer, policy(table, "fast", in + "'egress':[{'action':'Deny','protocol':'TCP','source':{'ports':[80]}}]"));
            assertEquals(other, pods.arrived(probes, other));
        }
    }
}
