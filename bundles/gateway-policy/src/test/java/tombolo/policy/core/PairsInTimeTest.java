package tombolo.policy.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tombolo.api.policy.Policies.Pairs;
import tombolo.api.policy.Policies.Plan;

/** What becomes of pairs for which there is no time. */
class PairsInTimeTest {
    /** The worst that may be written: each rule has ports of its own, and all are asked at each of them. */
    private static final String RULES = IntStream.range(0, 1_024).mapToObj(number -> "{'action':'Allow','protocol':'TCP','destination':{'ports':[" + (2 * number + 1) + "]}}").collect(Collectors.joining(","));
    private final Cluster cluster = new Cluster();
    private final Cluster other = new Cluster();

    PairsInTimeTest() {
        for (Cluster each : List.of(cluster, other)) {
            for (int pod = 1; pod <= 4; pod++) {
                each.pod("x", "pod" + pod, "'role':'web'", "10.0.0." + pod);
            }
        }
        other.policy("x", "all", "'selector':'all()','types':['Ingress','Egress'],'ingress':[" + RULES + "],'egress':[" + RULES + "]");
    }

    /** Over behind so many looks, as a clock would have it. */
    private static BooleanSupplier behind(int looks) {
        AtomicInteger looked = new AtomicInteger();
        return () -> looked.incrementAndGet() > looks;
    }

    @Test
    void whatIsNotReachedInTimeIsCountedAndNothingIsSaidOfIt() {
        Pairs some = other.answers().pairs(Optional.empty(), Optional.empty(), behind(5_000));
        assertTrue(some.pairs().size() > 0 && some.left() > 0, some.pairs().size() + " pairs, " + some.left() + " left");
        assertEquals(12, some.pairs().size() + some.left());
        assertEquals(1, some.pairs().stream().map(pair -> pair.allowed()).distinct().count(), "none is half said");
        assertEquals(12, other.answers().pairs(Optional.empty(), Optional.empty(), behind(0)).left());
    }

    @Test
    void aPlanEndsInTimeInTheMiddleOfAPairToo() {
        Plan plan = cluster.answers().plan(other.answers(), List.of(), List.of(), behind(100));
        assertEquals(List.of(), plan.before());
        assertEquals(12, plan.left());
        Plan some = cluster.answers().plan(other.answers(), List.of(), List.of(), behind(5_000));
        assertTrue(!some.before().isEmpty() && some.left() > 0);
        assertEquals(12, some.before().size() + some.left());
    }
}
