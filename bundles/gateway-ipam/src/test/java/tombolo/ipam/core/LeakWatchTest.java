package tombolo.ipam.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tombolo.api.ipam.HeldAddress;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

class LeakWatchTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private final LeakWatch watch = new LeakWatch(Duration.ofMinutes(15));
    private Set<IpAddress> told = Set.of();

    private static HeldAddress held(String handle, String node, String... more) {
        return new HeldAddress(IpAddress.parse("10.0.0.1"), Prefix.parse("10.0.0.0/26"), Optional.of(handle),
                more.length == 0 ? Map.of("node", node) : Map.of("node", node, more[0], "x"), 1);
    }

    private Set<String> leaked(int minutes, Set<String> alive, HeldAddress... held) {
        return watch.leaked(new LeakWatch.Look(NOW.plus(Duration.ofMinutes(minutes)), Arrays.asList(held), Optional.of(Set.of("a", "b")), Map.of("a", alive), told)).keySet();
    }

    @Test
    void aHandleLeaksOnlyAfterItWasNotAliveForTheWholeGracePeriod() {
        assertEquals(Set.of(), leaked(0, Set.of(), held("h", "a")));
        assertEquals(Set.of(), leaked(14, Set.of(), held("h", "a")));
        assertEquals(Set.of("h"), leaked(15, Set.of(), held("h", "a")));
    }

    @Test
    void aHandleThatIsAliveAgainStartsAnew() {
        leaked(0, Set.of(), held("h", "a"));
        leaked(10, Set.of("h"), held("h", "a"));
        assertEquals(Set.of(), leaked(16, Set.of(), held("h", "a")));
        assertEquals(Set.of("h"), leaked(31, Set.of(), held("h", "a")));
    }

    @Test
    void whatANodeThatIsGoneHeldLeaksAtOnce() {
        assertEquals(Set.of("h", "vxlan-tunnel-addr-c"), leaked(0, Set.of(), held("h", "c"), held("vxlan-tunnel-addr-c", "c")));
    }

    /** A node that was given another name, and whose old Node somebody deletes, has its containers still. */
    @Test
    void whatANodeThatIsGoneHeldStaysWhereItIsAliveUnderAnotherNameOrTheClusterKnowsItOfAnother() {
        assertEquals(Set.of(), leaked(0, Set.of("h"), held("h", "c")), "this node knows it");
        told = Set.of(IpAddress.parse("10.0.0.1"));
        assertEquals(Set.of(), leaked(0, Set.of(), held("h", "c")), "another one does");
        told = Set.of(IpAddress.parse("10.0.0.2"));
        assertEquals(Set.of("h"), leaked(0, Set.of(), held("h", "c")));
    }

    @Test
    void nothingOfANodeThatNobodySpeaksForLeaks() {
        leaked(0, Set.of(), held("h", "b"));
        assertEquals(Set.of(), leaked(99, Set.of(), held("h", "b")));
    }

    @Test
    void tunnelAddressesLiveAsLongAsTheirNode() {
        leaked(0, Set.of(), held("ipip-tunnel-addr-a", "a"));
        assertEquals(Set.of(), leaked(99, Set.of(), held("ipip-tunnel-addr-a", "a")));
    }

    @Test
    void aHandleIsReleasedWholeOrNotAtAll() {
        leaked(0, Set.of(), held("h", "a"), held("h", "b"));
        assertEquals(Set.of(), leaked(99, Set.of(), held("h", "a"), held("h", "b")), "one of its addresses is on a node that nobody speaks for");
    }

    @Test
    void virtualMachinesHaveFiveMinutesAtLeast() {
        LeakWatch hasty = new LeakWatch(Duration.ZERO);
        LeakWatch.Look now = new LeakWatch.Look(NOW, List.of(held("m", "a", "vmi"), held("p", "a")), Optional.empty(), Map.of("a", Set.of()), Set.of());
        assertEquals(Set.of("p"), hasty.leaked(now).keySet());
        assertEquals(Set.of("m", "p"), hasty.leaked(new LeakWatch.Look(NOW.plus(Duration.ofMinutes(5)), now.held(), now.nodes(), now.alive(), Set.of())).keySet());
    }

    @Test
    void anIdleBlockGoesAfterTwoLooksButNeverTheLast() {
        List<Prefix> blocks = List.of(Prefix.parse("10.0.0.0/26"), Prefix.parse("10.0.0.64/26"));
        assertEquals(List.of(), watch.idle(blocks, Set.copyOf(blocks)));
        assertEquals(blocks.subList(0, 1), watch.idle(blocks, Set.copyOf(blocks)));
        assertEquals(List.of(), watch.idle(blocks.subList(1, 2), Set.copyOf(blocks.subList(1, 2))));
    }
}
