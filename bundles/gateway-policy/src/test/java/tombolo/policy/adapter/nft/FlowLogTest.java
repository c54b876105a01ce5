package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import tombolo.api.config.PolicySettings;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.policy.Policies.Flow;
import tombolo.api.policy.Policies.FlowQuery;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.ResourceId;

/** Denied and logged packets between namespaces, as {@code policy:flows} tells them. */
class FlowLogTest {
    private static final String LONG = "long-" + "a".repeat(150);

    private static Flow await(RunningPolicy running, String what, Predicate<Flow> wanted) {
        RunningPolicy.eventually(what, () -> running.flows(false).flows().stream().anyMatch(wanted));
        return running.flows(false).flows().stream().filter(wanted).reduce((one, other) -> other).orElseThrow();
    }

    private static void sends(boolean expected, DatagramChannel from, DatagramChannel to) {
        assertEquals(expected, Pods.passes(from, to, expected));
    }

    @Test
    void deniedAndLoggedPacketsAreToldByFlowWithPolicyRuleEndpointsAndLabels() throws Exception {
        try (RunningPolicy running = new RunningPolicy(2, List.of(80)); DatagramChannel from = running.pods.socket(0, Pods.address(0, true), 4000);
                DatagramChannel from6 = running.pods.socket(0, Pods.address(0, false), 4000); DatagramChannel to = running.pods.socket(1, Pods.address(1, true), 4000);
                DatagramChannel to6 = running.pods.socket(1, Pods.address(1, false), 4000); DatagramChannel forged = running.pods.socket(0, "10.9.9.9", 4001);
                DatagramChannel host = running.pods.socket(-1, "10.0.0.254", 4000)) {
            assertEquals(List.of(), running.flows(false).flows());
            byARule(running, from, from6, to, to6);
            byTheEndOfATierAndAForgedSource(running, from, to, forged);
            whatTunnelsCarry(running, from);
            byALongName(running, from, to);
            toTheHost(running, from, host);
            whereNothingIsToBeLogged(running, from, to);
        }
    }

    private static void byARule(RunningPolicy running, DatagramChannel from, DatagramChannel from6, DatagramChannel to, DatagramChannel to6) {
        running.policy("web", "'selector':'pod == `p1`','ingress':[{'action':'Log','protocol':'UDP'},{'action':'Deny','source':{'selector':'has(pod)'},'protocol':'UDP'},{'action':'Allow'}]");
        sends(false, from, to);
        sends(false, from, to);
        sends(false, from6, to6);
        Flow four = await(running, "two packets of IPv4: " + running.flows(true), flow -> flow.verdict().equals("deny") && flow.source().address().equals("10.0.0.1") && flow.packets() == 2);
        assertEquals("NetworkPolicy(x/web)", four.policy());
        assertEquals(2, four.rule());
        assertEquals(Direction.INGRESS, four.direction());
        assertEquals(Optional.of("x/pod0"), four.source().endpoint());
        assertEquals(Optional.of("x/pod1"), four.destination().endpoint());
        assertEquals("p1", four.destination().labels().get("pod"));
        assertEquals("x", four.source().labels().get("projectcalico.org/namespace"));
        assertEquals(IpProtocol.UDP, four.protocol());
        assertEquals("4000 4000", four.sourcePort() + " " + four.destinationPort());
        assertEquals(2 * (20 + 8 + 1), four.bytes());
        Flow six = await(running, "one of IPv6: " + running.flows(true), flow -> flow.verdict().equals("deny") && flow.source().address().equals("fd00::1"));
        assertEquals("NetworkPolicy(x/web) 2 1", six.policy() + " " + six.rule() + " " + six.packets());
        Flow logged = await(running, "logged: " + running.flows(false), flow -> flow.verdict().equals("log") && flow.packets() == 2);
        assertEquals("NetworkPolicy(x/web) 1", logged.policy() + " " + logged.rule());
        assertTrue(running.flows(true).flows().stream().allMatch(flow -> flow.verdict().equals("deny")));
        assertEquals(2, running.node.flows(new FlowQuery(true, Optional.of("x/pod0"), 0)).flows().size());
        assertEquals(1, running.node.flows(new FlowQuery(true, Optional.of("fd00::1"), 0)).flows().size());
        assertEquals(2, running.node.flows(new FlowQuery(true, Optional.of("cali1"), 0)).flows().size());
        assertEquals(0, running.node.flows(new FlowQuery(true, Optional.empty(), running.flows(false).last())).flows().size());
        assertTrue(assertThrows(IllegalArgumentException.class, () -> running.node.flows(new FlowQuery(true, Optional.of("nobody"), 0))).getMessage().contains("TMB-POL-010"));
        assertTrue(running.node.counters().stream().anyMatch(counter -> counter.rule().equals("NetworkPolicy(x/web) ingress rule 2") && counter.packets() == 3), running.node.counters().toString());
    }

    private static void byTheEndOfATierAndAForgedSource(RunningPolicy running, DatagramChannel from, DatagramChannel to, DatagramChannel forged) {
        running.policy("web", "'selector':'pod == `p1`','ingress':[{'action':'Allow','protocol':'TCP'}]");
        sends(false, from, to);
        Flow end = await(running, "end of the tier: " + running.flows(true), flow -> flow.policy().equals("tier default"));
        assertEquals("0 INGRESS", end.rule() + " " + end.direction());
        sends(false, forged, to);
        Flow strange = await(running, "forged: " + running.flows(true), flow -> flow.source().address().equals("10.9.9.9"));
        assertEquals(Optional.of("x/pod0"), strange.source().endpoint(), "known by its interface");
        assertEquals(Direction.EGRESS, strange.direction());
    }

    private static void whatTunnelsCarry(RunningPolicy running, DatagramChannel from) throws java.io.IOException {
        try (DatagramChannel tunnel = running.pods.socket(1, Pods.address(1, true), 4789)) {
            sends(false, from, tunnel);
            Flow flow = await(running, "VXLAN: " + running.flows(true), one -> one.destinationPort() == 4789);
            assertEquals(NftLog.WRAPPED + " 0 EGRESS", flow.policy() + " " + flow.rule() + " " + flow.direction());
        }
    }

    private static void byALongName(RunningPolicy running, DatagramChannel from, DatagramChannel to) {
        running.remove(ResourceId.of("NetworkPolicy", "x", "web"));
        running.policy(LONG, "'selector':'pod == `p0`','types':['Egress'],'egress':[{'action':'Deny'}]");
        sends(false, from, to);
        Flow flow = await(running, "the policy with the long name: " + running.flows(true), one -> one.policy().contains(LONG));
        assertEquals("NetworkPolicy(x/" + LONG + ") 1 EGRESS", flow.policy() + " " + flow.rule() + " " + flow.direction());
        running.remove(ResourceId.of("NetworkPolicy", "x", LONG));
        sends(true, from, to);
        assertFalse(running.pods.nft("list", "table", "inet", "tombolo").contains("NetworkPolicy_x_"), "the chain of a rule goes with its policy");
    }

    @Test
    void countersOfLongNamesAreToldApartByPolicyAndRuleAndHaveTheWholeName() throws Exception {
        try (RunningPolicy running = new RunningPolicy(2, List.of(80)); DatagramChannel from = running.pods.socket(0, Pods.address(0, true), 4000)) {
            running.policy(LONG + "-a", "'order':1,'selector':'pod == `p0`','types':['Egress'],'egress':[{'action':'Deny','protocol':'UDP','destination':{'ports':[81]}},"
                    + "{'action':'Deny','protocol':'UDP','destination':{'ports':[82]}}]");
            running.policy(LONG + "-b", "'order':2,'selector':'pod == `p0`','types':['Egress'],'egress':[{'action':'Deny','protocol':'UDP','destination':{'ports':[83]}}]");
            for (int port : List.of(81, 82, 82, 83, 83, 83)) {
                from.send(ByteBuffer.wrap(new byte[] {1}), new InetSocketAddress(Pods.address(1, true), port));
            }
            assertEquals(List.of("NetworkPolicy(x/" + LONG + "-a) egress rule 1: 1", "NetworkPolicy(x/" + LONG + "-a) egress rule 2: 2", "NetworkPolicy(x/" + LONG + "-b) egress rule 1: 3"),
                    running.node.counters().stream().filter(counter -> counter.rule().contains("NetworkPolicy")).map(counter -> counter.rule() + ": " + counter.packets()).toList());
        }
    }

    /** Of connection tracking's state INVALID: an answer that nobody asked for. */
    @Test
    void whatIsOfNoFlowIsDroppedOnItsWayToAnEndpointAndFromOneToThisHost() {
        try (RunningPolicy running = new RunningPolicy(1, 1, List.of())) {
            for (boolean ipv4 : List.of(true, false)) {
                try (EchoSocket outside = running.pods.echo(1, ipv4); EchoSocket pod = running.pods.echo(0, ipv4)) {
                    outside.answer(Pods.address(0, ipv4), 7, 1);
                    Flow in = await(running, "to the endpoint: " + running.flows(true), flow -> flow.source().address().equals(Pods.address(1, ipv4)));
                    assertEquals("deny INGRESS of no flow x/pod0", in.verdict() + " " + in.direction() + " " + in.policy() + " " + in.destination().endpoint().orElse("-"));
                    pod.answer(ipv4 ? "10.0.0.254" : "fd00::fe", 7, 2);
                    Flow out = await(running, "to this host: " + running.flows(true), flow -> flow.source().address().equals(Pods.address(0, ipv4)));
                    assertEquals("deny EGRESS of no flow x/pod0", out.verdict() + " " + out.direction() + " " + out.policy() + " " + out.source().endpoint().orElse("-"));
                }
            }
        }
    }

    private static void toTheHost(RunningPolicy running, DatagramChannel from, DatagramChannel host) {
        running.put("FelixConfiguration", "'name':'default'", "'defaultEndpointToHostAction':'Drop'");
        sends(false, from, host);
        await(running, "to the host: " + running.flows(true), flow -> flow.policy().equals("defaultEndpointToHostAction") && flow.destination().address().equals("10.0.0.254"));
        running.remove(ResourceId.of("FelixConfiguration", "default"));
        sends(true, from, host);
    }

    private static void whereNothingIsToBeLogged(RunningPolicy running, DatagramChannel from, DatagramChannel to) throws java.io.IOException {
        running.settings(new PolicySettings(PolicySettings.Established.KEEP, false, 5));
        running.policy("web", "'selector':'pod == `p1`','ingress':[{'action':'Log','protocol':'UDP','destination':{'ports':[80]}},{'action':'Log','protocol':'UDP'},{'action':'Deny','protocol':'UDP'}]");
        long before = running.flows(false).last();
        String shown = running.pods.nft("list", "table", "inet", "tombolo");
        assertTrue(shown.contains("limit rate 5/second") && !shown.contains("log prefix \"D"), shown);
        sends(false, from, to);
        for (int i = 0; i < 200; i++) {
            from.send(ByteBuffer.wrap(new byte[] {1}), to.getLocalAddress());
        }
        assertNull(to.receive(ByteBuffer.allocate(1)), "packets pass the kernel in the sender's own call");
        // Packets are told in the order in which they were logged: behind one that a rule of its own logs, whose limit the flood does not use up, no other comes.
        from.send(ByteBuffer.wrap(new byte[] {1}), new InetSocketAddress(Pods.address(1, true), 80));
        FlowQuery since = new FlowQuery(false, Optional.empty(), before);
        RunningPolicy.eventually("the packet behind the flood", () -> running.node.flows(since).flows().stream().anyMatch(flow -> flow.rule() == 1 && flow.destinationPort() == 80));
        List<Flow> found = running.node.flows(since).flows();
        assertTrue(found.stream().allMatch(flow -> flow.verdict().equals("log")), found.toString());
        long flood = found.stream().filter(flow -> flow.rule() == 2 && flow.destinationPort() == 4000).mapToLong(Flow::packets).sum();
        assertTrue(flood > 0 && flood < 100, "5 a second of 201: " + found);
        assertTrue(running.flows(false).state().contains("log-denied"), running.flows(false).state());
    }
}
