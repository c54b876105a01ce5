package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.policy.Policies.Flow;
import tombolo.policy.adapter.nft.FlowCutTest.Both;

/** Flows over host endpoints that are not allowed any more: one pod (0), machines outside behind {@code up1}, whose host endpoint is {@code edge}, and {@code up2}; the host between them. */
class HostFlowCutTest {
    private static final int ONE = 1;
    private static final int TWO = 2;
    private static final int HOST = Pods.HOST;
    private static final String OPEN = "'selector':'host == `edge`','applyOnForward':true,'types':['Ingress','Egress'],'ingress':[{'action':'Allow'}],'egress':[{'action':'Allow'}]";
    /** What begins outside is not allowed any more, what this host begins neither, and ports below 100 to anybody. */
    private static final String SHUT = "'selector':'host == `edge`','applyOnForward':true,'types':['Ingress','Egress'],'ingress':[{'action':'Deny'}],'egress':[{'action':'Deny'}]";

    private static boolean carries(Both flow) {
        try {
            return flow.carries(false, false) || flow.carries(false, true);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aFlowToThisHostIsCutWhereTheHostNoLongerTakesWhatEndpointsSend() throws Exception {
        try (RunningPolicy running = new RunningPolicy(2, 1, List.of(80)); Both host = FlowCutTest.connect(running, 0, HOST, true); Both host6 = FlowCutTest.connect(running, 0, HOST, false);
                Both pod = FlowCutTest.connect(running, 0, ONE, true); Both own = FlowCutTest.connect(running, HOST, 0, true)) {
            assertTrue(host.carries(true, false) && host6.carries(true, false) && pod.carries(true, false) && own.carries(true, false));
            running.settings(FlowCutTest.CUT);
            running.inForce();
            running.put("FelixConfiguration", "'name':'default'", "'defaultEndpointToHostAction':'Drop'");
            for (String address : List.of("10.0.0.254", "fd00::fe")) {
                RunningPolicy.eventually("it is cut: " + running.flows(true), () -> running.flows(true).flows().stream().anyMatch(flow -> flow.verdict().equals("cut")
                        && flow.policy().equals("defaultEndpointToHostAction") && flow.destination().address().equals(address)));
            }
            assertFalse(host.carries(false, false) || host6.carries(false, false));
            assertFalse(host.carries(false, true) || host6.carries(false, true), "nor what this host goes on sending");
            assertFalse(host.carries(false, false) || host6.carries(false, false), "which does not bring it back");
            assertTrue(pod.carries(true, false) && pod.carries(true, true) && own.carries(true, false) && own.carries(true, true));
            try (Both later = FlowCutTest.connect(running, HOST, 0, true)) {
                assertTrue(later.carries(true, false) && later.carries(true, true), "what this host begins to its own containers is never denied");
            }
        }
    }

    @Test
    void aFlowToThisHostThatItsPodMayNotSendAnyMoreIsCutAndTheHostDoesNotBringItBack() throws Exception {
        try (RunningPolicy running = new RunningPolicy(1, 1, List.of(80)); Both host = FlowCutTest.connect(running, 0, HOST, true); Both own = FlowCutTest.connect(running, HOST, 0, true)) {
            assertTrue(host.carries(true, false) && own.carries(true, false));
            running.settings(FlowCutTest.CUT);
            running.inForce();
            running.policy("shut", "'selector':'all()','types':['Egress'],'egress':[{'action':'Deny','destination':{'nets':['10.0.0.254/32']}},{'action':'Allow'}]");
            RunningPolicy.eventually("it is cut: " + running.flows(true), () -> running.flows(true).flows().stream().anyMatch(flow -> flow.verdict().equals("cut")));
            assertFalse(host.carries(false, false) || host.carries(false, true) || host.carries(false, false));
            assertTrue(own.carries(true, false) && own.carries(true, true));
        }
    }

    @Test
    void flowsOfTheHostAndThroughItAreCutWhereNoPolicyOfTheHostEndpointAllowsThemAnyMore() throws Exception {
        try (RunningPolicy running = new RunningPolicy(1, 2, List.of(80))) {
            running.put("HostEndpoint", "'name':'edge','labels':{'host':'edge'}", "'node':'here','interfaceName':'up1'");
            running.put("GlobalNetworkPolicy", "'name':'edge'", OPEN);
            // Nothing may be mistaken for a failsafe port: none of them is 80.
            try (Both in = FlowCutTest.connect(running, ONE, HOST, true); Both in6 = FlowCutTest.connect(running, ONE, HOST, false); Both out = FlowCutTest.connect(running, HOST, ONE, true);
                    Both through = FlowCutTest.connect(running, ONE, TWO, true); Both back = FlowCutTest.connect(running, TWO, ONE, false); Both pod = FlowCutTest.connect(running, 0, ONE, true);
                    Both other = FlowCutTest.connect(running, TWO, HOST, true); Both own = FlowCutTest.connect(running, HOST, 0, true);
                    DatagramChannel one = running.pods.socket(ONE, Pods.address(ONE, true), 4000); DatagramChannel host = running.pods.socket(-1, "10.0.0.254", 4000)) {
                List<Both> cut = List.of(in, in6, out, through, back, pod);
                List<Both> kept = List.of(other, own);
                for (Both flow : List.of(in, in6, out, through, back, pod, other, own)) {
                    assertTrue(flow.carries(true, false) && flow.carries(true, true));
                }
                assertTrue(Pods.passes(one, host, true) && Pods.passes(host, one, true));

                running.put("GlobalNetworkPolicy", "'name':'edge'", SHUT);
                for (Both flow : cut) {
                    assertTrue(flow.carries(true, false), "Calico's documented behaviour: an established flow goes on");
                }
                running.settings(FlowCutTest.CUT);
                running.inForce();
                RunningPolicy.eventually("all are cut: " + running.flows(true), () -> cut.stream().noneMatch(HostFlowCutTest::carries));
                assertFalse(Pods.passes(one, host, false));
                for (Both flow : kept) {
                    assertTrue(flow.carries(true, false) && flow.carries(true, true), "over another interface, and to this host's own container");
                }
                assertTrue(cut.stream().noneMatch(HostFlowCutTest::carries), "what the other end goes on sending does not bring it back");
                Flow flow = running.flows(true).flows().stream().filter(each -> each.verdict().equals("cut") && each.destination().address().equals("10.0.0.254") && each.destinationPort() == 80)
                        .findFirst().orElseThrow();
                assertEquals("edge GlobalNetworkPolicy(edge) 1 edge", flow.at().orElse("") + " " + flow.policy() + " " + flow.rule() + " " + flow.destination().endpoint().orElse(""));
                Flow forwarded = running.flows(true).flows().stream().filter(each -> each.verdict().equals("cut") && each.destination().address().equals(Pods.address(TWO, true)))
                        .findFirst().orElseThrow();
                assertEquals(Optional.of("edge"), forwarded.at());
                assertEquals(Optional.empty(), forwarded.destination().endpoint());
            }
        }
    }
}
