package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.resource.ResourceId;

/** Packets that connection tracking takes for no part of a flow, here answers that nobody asked for: one pod (0), a machine outside behind {@code up1}, whose host endpoint is {@code edge}. */
class InvalidCheckTest {
    private static final String EDGE = "'selector':'host == `edge`','applyOnForward':true,'types':['Ingress','Egress'],'ingress':[{'action':'Allow'}],'egress':[{'action':'Allow'}]";

    /** Those of each family that came through to the pod and to this host. */
    private static List<Integer> through(RunningPolicy running) {
        running.pods.nft("add table inet seen; delete table inet seen; add table inet seen; add chain inet seen f { type filter hook forward priority 10; }; "
                + "add rule inet seen f icmp type echo-reply counter; add rule inet seen f icmpv6 type echo-reply counter; add chain inet seen i { type filter hook input priority 10; }; "
                + "add rule inet seen i icmp type echo-reply counter; add rule inet seen i icmpv6 type echo-reply counter");
        try (EchoSocket outside = running.pods.echo(1, true); EchoSocket outside6 = running.pods.echo(1, false); EchoSocket pod = running.pods.echo(0, true); EchoSocket pod6 = running.pods.echo(0, false)) {
            outside.answer(Pods.address(0, true), 7, 1);
            outside6.answer(Pods.address(0, false), 7, 1);
            pod.answer("10.0.0.254", 7, 2);
            pod6.answer("fd00::fe", 7, 2);
        }
        return Pattern.compile("counter packets (\\d+)").matcher(running.pods.nft("list", "table", "inet", "seen")).results().map(found -> Integer.valueOf(found.group(1))).toList();
    }

    /** Source: DisableConntrackInvalid in felix/rules/endpoints.go. */
    @Test
    void whatIsOfNoFlowIsLeftToPolicyWhereTheConfigurationSaysSo() {
        try (RunningPolicy running = new RunningPolicy(1, 1, List.of())) {
            running.put("HostEndpoint", "'name':'edge','labels':{'host':'edge'}", "'node':'here','interfaceName':'up1'");
            running.put("GlobalNetworkPolicy", "'name':'edge'", EDGE);
            assertEquals(List.of(0, 0, 0, 0), through(running));
            running.put("FelixConfiguration", "'name':'default'", "'disableConntrackInvalidCheck':true");
            assertEquals(List.of(1, 1, 1, 1), through(running));
            running.policy("shut", "'selector':'all()','types':['Ingress']");
            assertEquals(List.of(0, 0, 1, 1), through(running));
            running.remove(ResourceId.of("NetworkPolicy", "x", "shut"));
            running.put("FelixConfiguration", "'name':'default'", "'disableConntrackInvalidCheck':false");
            assertEquals(List.of(0, 0, 0, 0), through(running));
        }
    }

    /** Here the one end's policy denies it and the other's allows it: what that one goes on sending is of no flow, and would come through by its policy. */
    @Test
    void aConnectionThatIsCutIsNotCarriedOnByItsOtherEndWherePacketsOfNoFlowAreLeftToPolicy() throws Exception {
        try (RunningPolicy running = new RunningPolicy(2, List.of(80)); FlowCutTest.Both cut = FlowCutTest.connect(running, 0, 1, true); FlowCutTest.Both cut6 = FlowCutTest.connect(running, 0, 1, false)) {
            Namespace.run(List.of("ip", "netns", "exec", running.pods.router(), "sysctl", "-qw", "net.netfilter.nf_conntrack_tcp_loose=0")); // then invalid is what was new
            running.put("FelixConfiguration", "'name':'default'", "'disableConntrackInvalidCheck':true");
            running.settings(FlowCutTest.CUT);
            running.inForce();
            assertTrue(cut.carries(true, true) && cut6.carries(true, true));
            running.policy("closed", "'selector':'pod == `p1`','types':['Ingress']");
            RunningPolicy.eventually("both are cut: " + running.flows(true), () -> running.flows(true).flows().stream().filter(flow -> flow.verdict().equals("cut")).count() >= 2);
            assertFalse(cut.carries(false, true) || cut6.carries(false, true));
        }
    }
}
