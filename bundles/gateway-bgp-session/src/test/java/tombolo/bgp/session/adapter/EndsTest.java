package tombolo.bgp.session.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import tombolo.api.bgp.PeerStatus;
import tombolo.api.bgp.PeerStatus.State;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.RouterId;
import tombolo.bgp.session.core.Cause;
import tombolo.bgp.session.core.FsmOutput;
import tombolo.bgp.session.core.PeerPlan;

class EndsTest {
    private static final PeerPlan PLAN = new PeerPlan("p", IpAddress.parse("192.0.2.2"), 179, Optional.empty(), Optional.empty(), new Asn(65001), new Asn(65002),
            RouterId.parse("10.0.0.5"), Optional.empty(), false, 90, Optional.empty(), 30, Optional.empty(), Optional.empty(), List.of(AddressFamily.IPV4), true, true, 120, 0);
    private final Ends ends = new Ends();

    private void end(State state, Cause cause, String why) {
        ends.add(new FsmOutput.Ended(state, cause, why, Optional.empty(), false), PLAN, OptionalLong.empty());
    }

    private List<String> causes() {
        return ends.resets().stream().map(PeerStatus.Reset::cause).toList();
    }

    @Test
    void attemptsThatFailAfterASessionEndedDoNotPushItsCauseOut() {
        end(State.ESTABLISHED, Cause.HOLD_EXPIRED, "nothing came");
        for (int i = 0; i < 1000; i++) {
            end(State.CONNECT, Cause.CONNECT_TIMEOUT, "no answer");
        }
        assertEquals(List.of("no answer", "nothing came"), causes());
        for (int i = 0; i < 1000; i++) {
            end(State.CONNECT, Cause.UNREACHABLE, "no route " + i);
        }
        assertEquals(10, causes().size());
        assertEquals("nothing came", causes().getLast());
    }

    @Test
    void theLastTenEndsOfSessionsAreKept() {
        for (int i = 0; i < 15; i++) {
            end(State.ESTABLISHED, Cause.LOST, "loss " + i);
            end(State.CONNECT, Cause.CONNECT_FAILED, "refused");
        }
        assertEquals(10, causes().size());
        assertEquals(List.of("refused", "loss 14", "loss 13"), causes().subList(0, 3));
        assertEquals("loss 6", causes().getLast());
    }
}
