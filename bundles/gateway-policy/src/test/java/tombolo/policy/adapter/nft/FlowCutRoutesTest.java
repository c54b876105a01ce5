package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.contract.Namespace;
import tombolo.policy.adapter.nft.FlowCutTest.Both;

/** Flows whose routes are lost and come back, as while a BGP session flaps: one pod (0) and a machine outside. */
class FlowCutRoutesTest {
    private static final int ONE = 1;

    @Test
    void aChangeCutsAFlowWhoseRouteIsLostAtThatMoment() throws Exception {
        try (RunningPolicy running = new RunningPolicy(1, 1, List.of(80)); Both flow = FlowCutTest.connect(running, 0, ONE, true)) {
            running.settings(FlowCutTest.CUT);
            running.put("FelixConfiguration", "'name':'default'", "'defaultEndpointToHostAction':'Drop'"); // from here on, flows are judged by interfaces too
            running.inForce();
            assertTrue(flow.carries(true, false) && flow.carries(true, true));
            String outside = Pods.address(ONE, true) + "/32";
            Namespace.run(List.of("ip", "-n", running.pods.router(), "route", "del", outside));
            running.policy("shut", "'selector':'all()','types':['Egress']");
            RunningPolicy.eventually("it is cut: " + running.flows(true), () -> running.flows(true).flows().stream().anyMatch(each -> each.verdict().equals("cut")));
            Namespace.run(List.of("ip", "-n", running.pods.router(), "route", "add", outside, "dev", "up1", "src", "10.0.0.254"));
            assertFalse(flow.carries(false, false) || flow.carries(false, true));
        }
    }
}
