package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import tombolo.api.policy.Policies.Direction;
import tombolo.api.policy.Policies.Flow;
import tombolo.api.policy.Policies.FlowQuery;
import tombolo.api.resource.ResourceId;

/** What host endpoints deny and log, by packets: one pod (0), a machine outside behind {@code up1}, whose host endpoint is {@code edge}, and one behind {@code up2}. */
class HostFlowLogTest {
    private static final String POD = Pods.address(0, true);
    private static final String ONE = Pods.address(1, true);
    private static final String TWO = Pods.address(2, true);
    private static final String HOST = "10.0.0.254";

    private static Flow await(RunningPolicy running, Predicate<Flow> wanted) {
        RunningPolicy.eventually("such a flow: " + running.flows(false), () -> running.flows(false).flows().stream().anyMatch(wanted));
        return running.flows(false).flows().stream().filter(wanted).reduce((_, last) -> last).orElseThrow();
    }

    private static void policy(RunningPolicy running, String name, String spec) {
        running.put("GlobalNetworkPolicy", "'name':'" + name + "'", "'selector':'host == `edge`'," + spec);
    }

    private static void without(RunningPolicy running, String name) {
        running.remove(ResourceId.of("GlobalNetworkPolicy", name));
    }

    private static void sends(boolean expected, DatagramChannel from, DatagramChannel to) {
        assertEquals(expected, Pods.passes(from, to, expected));
    }

    private static void is(Flow flow, String verdict, Direction direction, String policy, int rule) {
        assertEquals(verdict + " " + direction + " edge " + policy + " " + rule, flow.verdict() + " " + flow.direction() + " " + flow.at().orElse("-") + " " + flow.policy() + " " + flow.rule());
    }

    @Test
    void whatHostEndpointsDenyAndLogIsToldWithPolicyRuleEndpointAndLabels() throws Exception {
        try (RunningPolicy running = new RunningPolicy(1, 2, List.of()); DatagramChannel one = running.pods.socket(1, ONE, 4000); DatagramChannel two = running.pods.socket(2, TWO, 4000);
                DatagramChannel pod = running.pods.socket(0, POD, 4000); DatagramChannel host = running.pods.socket(-1, HOST, 8080)) {
            running.put("HostEndpoint", "'name':'edge','labels':{'host':'edge'}", "'node':'here','interfaceName':'up1'");
            own(running, one, host);
            forwarded(running, one, two, pod);
            early(running, one, host);
        }
    }

    private static void own(RunningPolicy running, DatagramChannel one, DatagramChannel host) {
        sends(false, one, host);
        Flow end = await(running, flow -> flow.policy().equals("profiles") && flow.destination().address().equals(HOST));
        is(end, "deny", Direction.INGRESS, "profiles", 0);
        assertEquals(Optional.of("edge"), end.destination().endpoint());
        assertEquals("edge", end.destination().labels().get("host"));
        assertEquals(Optional.empty(), end.source().endpoint());

        policy(running, "local", "'ingress':[{'action':'Log','protocol':'UDP'},{'action':'Deny','protocol':'UDP'}],'egress':[{'action':'Log','protocol':'UDP'},{'action':'Allow','protocol':'TCP'}]");
        sends(false, one, host);
        is(await(running, flow -> flow.verdict().equals("log") && flow.direction() == Direction.INGRESS), "log", Direction.INGRESS, "GlobalNetworkPolicy(local)", 1);
        is(await(running, flow -> flow.rule() == 2), "deny", Direction.INGRESS, "GlobalNetworkPolicy(local)", 2);
        sends(false, host, one);
        Flow out = await(running, flow -> flow.direction() == Direction.EGRESS && flow.verdict().equals("deny") && flow.destination().address().equals(ONE));
        is(out, "deny", Direction.EGRESS, "tier default", 0);
        assertEquals(Optional.of("edge"), out.source().endpoint());
        assertEquals("edge", out.source().labels().get("host"));
        assertEquals(ONE, out.destination().address());
        is(await(running, flow -> flow.direction() == Direction.EGRESS && flow.verdict().equals("log")), "log", Direction.EGRESS, "GlobalNetworkPolicy(local)", 1);
        List<Flow> ofIt = running.node.flows(new FlowQuery(true, Optional.of("edge"), 0)).flows();
        assertTrue(ofIt.size() >= 3 && ofIt.stream().allMatch(flow -> flow.at().equals(Optional.of("edge"))), ofIt.toString());
        without(running, "local");
    }

    private static void forwarded(RunningPolicy running, DatagramChannel one, DatagramChannel two, DatagramChannel pod) {
        policy(running, "through", "'applyOnForward':true,'types':['Ingress','Egress'],'ingress':[{'action':'Deny','protocol':'UDP'}],'egress':[{'action':'Deny','protocol':'UDP'}]");
        sends(false, one, two);
        is(await(running, flow -> flow.destination().address().equals(TWO)), "deny", Direction.INGRESS, "GlobalNetworkPolicy(through)", 1);
        sends(false, two, one);
        is(await(running, flow -> flow.source().address().equals(TWO)), "deny", Direction.EGRESS, "GlobalNetworkPolicy(through)", 1);
        sends(false, one, pod);
        Flow in = await(running, flow -> flow.destination().address().equals(POD));
        is(in, "deny", Direction.INGRESS, "GlobalNetworkPolicy(through)", 1);
        assertEquals(Optional.of("x/pod0"), in.destination().endpoint());
        sends(false, pod, one);
        Flow out = await(running, flow -> flow.source().address().equals(POD));
        is(out, "deny", Direction.EGRESS, "GlobalNetworkPolicy(through)", 1);
        assertEquals(Optional.of("x/pod0"), out.source().endpoint());
        without(running, "through");
        // The pod's own policy, on the same way: told as the pod's, whatever else is asked there.
        policy(running, "through", "'applyOnForward':true,'types':['Ingress','Egress'],'ingress':[{'action':'Allow'}],'egress':[{'action':'Allow'}]");
        running.policy("shut", "'selector':'pod == `p0`','types':['Ingress','Egress']");
        sends(false, one, pod);
        assertEquals(Optional.of("x/pod0"), await(running, flow -> flow.policy().equals("tier default") && flow.direction() == Direction.INGRESS && flow.source().address().equals(ONE)).at());
        sends(false, pod, one);
        assertEquals(Optional.of("x/pod0"), await(running, flow -> flow.policy().equals("tier default") && flow.source().address().equals(POD)).at());
        running.remove(ResourceId.of("NetworkPolicy", "x", "shut"));
        without(running, "through");
    }

    private static void early(RunningPolicy running, DatagramChannel one, DatagramChannel host) {
        policy(running, "before", "'preDNAT':true,'applyOnForward':true,'types':['Ingress'],'ingress':[{'action':'Log','protocol':'UDP'},{'action':'Deny','protocol':'UDP'}]");
        sends(false, one, host);
        Flow denied = await(running, flow -> flow.policy().equals("GlobalNetworkPolicy(before)") && flow.rule() == 2);
        is(denied, "deny", Direction.INGRESS, "GlobalNetworkPolicy(before)", 2);
        assertEquals(Optional.of("edge"), denied.destination().endpoint());
        is(await(running, flow -> flow.policy().equals("GlobalNetworkPolicy(before)") && flow.rule() == 1), "log", Direction.INGRESS, "GlobalNetworkPolicy(before)", 1);
        without(running, "before");
        policy(running, "raw", "'doNotTrack':true,'applyOnForward':true,'types':['Ingress','Egress'],'ingress':[{'action':'Deny','protocol':'UDP'}],'egress':[{'action':'Deny','protocol':'UDP'}]");
        sends(false, one, host);
        is(await(running, flow -> flow.policy().equals("GlobalNetworkPolicy(raw)")), "deny", Direction.INGRESS, "GlobalNetworkPolicy(raw)", 1);
        sends(false, host, one);
        is(await(running, flow -> flow.policy().equals("GlobalNetworkPolicy(raw)") && flow.direction() == Direction.EGRESS), "deny", Direction.EGRESS, "GlobalNetworkPolicy(raw)", 1);
        without(running, "raw");
    }
}
