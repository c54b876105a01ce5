package tombolo.bgp.core.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tombolo.api.config.ExportLimit;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** A neighbour that ends the session for one prefix too many is never told one too many, and always the same for the same routes. */
class ExportLimitTest {
    private final FakePeer inside = new FakePeer("inside", 65010, "10.0.0.1", FakeSettings.LOCAL_AS);
    private final FakePeer edge = new FakePeer("edge", 12076, "10.0.0.2", FakeSettings.LOCAL_AS);
    private final FakeSettings settings = new FakeSettings().peer(inside).peer(edge);
    private Node node = new Node(settings.build());

    private static ExportLimit limit(int most, boolean aggregate, String... least) {
        return new ExportLimit(Map.of(AddressFamily.IPV4, most), 80, aggregate, java.util.Arrays.stream(least).map(Prefix::parse).toList());
    }

    private void start(ExportLimit limit) {
        settings.limit(edge, limit);
        node = new Node(settings.build());
        inside.establish();
        edge.establish();
        node.run(inside, edge);
    }

    private void announce(String... prefixes) {
        for (String prefix : prefixes) {
            inside.announce(prefix, -1, 65010);
        }
        rest();
    }

    private void withdraw(String... prefixes) {
        for (String prefix : prefixes) {
            inside.withdraw(prefix);
        }
        rest();
    }

    /** With the time that a choice waits for the next one. */
    private void rest() {
        node.run(inside, edge);
        node.seconds(1);
    }

    private Set<String> told() {
        return new TreeSet<>(edge.holds.keySet().stream().map(Prefix::toString).toList());
    }

    private String note() {
        return new RibViews(node.engine).peers().stream().filter(peer -> peer.peer().equals("edge")).findFirst().orElseThrow().families().stream()
                .filter(each -> each.family() == AddressFamily.IPV4).findFirst().orElseThrow().note();
    }

    @Test
    void belowTheLimitAllIsToldAndNearItAWarningIsSaidOnce() {
        start(limit(5, false));
        announce("10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16");
        assertEquals(3, edge.holds.size());
        assertEquals("", note());
        announce("10.4.0.0/16");
        announce("10.5.0.0/16");
        assertEquals(5, edge.holds.size());
        assertEquals("TMB-BGP-370 5 prefixes for export-limit 5", note());
        assertEquals(1, node.log.stream().filter(line -> line.startsWith("TMB-BGP-370")).count(), node.log.toString());
    }

    @Test
    void atTheLimitTheLeastImportantAreHeldBackAndNamedAndComeWhenThereIsRoom() {
        start(limit(3, false, "10.9.0.0/16", "10.8.0.0/16"));
        announce("10.1.0.0/16", "10.8.1.0/24", "10.9.1.0/24", "10.2.1.0/24", "10.2.0.0/16");
        assertEquals(Set.of("10.1.0.0/16", "10.2.0.0/16", "10.2.1.0/24"), told());
        assertEquals("TMB-BGP-372 5 prefixes for export-limit 3: 2 are held back: 10.9.1.0/24 10.8.1.0/24", note());
        String why = new RibViews(node.engine).explain(Prefix.parse("10.9.1.0/24")).advertisements().stream().filter(each -> each.peer().equals("edge")).findFirst().orElseThrow().reason();
        assertTrue(why.contains("export-limit 3"), why);
        withdraw("10.1.0.0/16");
        assertEquals(Set.of("10.8.1.0/24", "10.2.0.0/16", "10.2.1.0/24"), told());
        withdraw("10.2.0.0/16", "10.2.1.0/24");
        assertEquals(Set.of("10.8.1.0/24", "10.9.1.0/24"), told());
        assertEquals("", note());
        assertTrue(edge.mostHeld <= 3, "" + edge.mostHeld);
        assertTrue(node.log.stream().anyMatch(line -> line.startsWith("TMB-BGP-372") && line.contains("(edge)")), node.log.toString());
    }

    @Test
    void halvesThatAreToldAlikeAreToldAsTheirWholeWhereThatIsAllowed() {
        start(limit(3, true));
        announce("10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24", "10.5.0.0/24");
        assertEquals(Set.of("10.0.0.0/23", "10.0.2.0/23", "10.5.0.0/24"), told());
        assertTrue(note().startsWith("TMB-BGP-371 5 prefixes for export-limit 3: aggregated to 3"), note());
        announce("10.6.0.0/24");
        assertEquals(Set.of("10.0.0.0/22", "10.5.0.0/24", "10.6.0.0/24"), told());
        withdraw("10.0.3.0/24");
        assertEquals(Set.of("10.0.0.0/23", "10.0.2.0/24", "10.5.0.0/24"), told(), "a whole does not outlive its half; 10.6.0.0/24 is one too many");
        withdraw("10.5.0.0/24", "10.6.0.0/24");
        assertEquals(Set.of("10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"), told());
        withdraw("10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24");
        assertEquals(Set.of(), told());
        assertTrue(edge.mostHeld <= 3, "" + edge.mostHeld);
        node.seconds(10);
        assertEquals(0, new RibViews(node.engine).totals().prefixes4(), "the numbers of the wholes have come back");
    }

    @Test
    void halvesThatAreToldOtherwiseAreNotJoined() {
        start(limit(2, true));
        inside.announce("10.0.0.0/24", -1, 65010);
        inside.announce("10.0.1.0/24", -1, 65010, 65077);
        announce("10.5.0.0/24");
        assertEquals(Set.of("10.0.0.0/24", "10.0.1.0/24"), told());
        assertFalse(note().contains("aggregat"), note());
        announce("10.0.0.0/23");
        assertEquals(Set.of("10.0.0.0/23", "10.0.0.0/24"), told(), "the whole is wanted by itself, and one half is told otherwise");
    }

    @Test
    void ipv6IsCountedAndJoinedByItself() {
        settings.limit(edge, new ExportLimit(Map.of(AddressFamily.IPV6, 1), 80, true, List.of()));
        node = new Node(settings.build());
        inside.establish();
        edge.establish();
        node.run(inside, edge);
        announce("10.1.0.0/16", "10.2.0.0/16", "2001:db8::/64", "2001:db8:0:1::/64");
        assertEquals(Set.of("10.1.0.0/16", "10.2.0.0/16", "2001:db8::/63"), told());
        announce("2001:db8:0:2::/65", "2001:db8:0:2:8000::/65", "2001:db8:0:3::/64");
        assertEquals(Set.of("10.1.0.0/16", "10.2.0.0/16", "2001:db8::/62"), told());
    }

    @Test
    void aLimitThatComesLaterIsKeptFromThenOnAndGoneAgainTellsTheRest() {
        start(null);
        announce("10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16");
        assertEquals(4, edge.holds.size());
        settings.limit(edge, limit(2, false));
        node.engine.settings(settings.build());
        rest();
        assertEquals(Set.of("10.1.0.0/16", "10.2.0.0/16"), told());
        settings.limit(edge, null);
        node.engine.settings(settings.build());
        rest();
        assertEquals(4, edge.holds.size());
    }

    @Test
    void overASwapOfTheBundleTheNeighbourIsToldNothingAnew() {
        start(limit(3, true));
        announce("10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24", "10.5.0.0/24");
        Set<String> before = told();
        int prefixes = edge.prefixesTold;
        int withdrawals = edge.withdrawals;
        for (FakePeer peer : List.of(inside, edge)) {
            peer.endOfRib(AddressFamily.IPV4);
            peer.endOfRib(AddressFamily.IPV6);
        }
        rest();
        node = new Node(settings.build(), node.engine.export().orElseThrow(), node.nanos + 1_000_000_000L);
        node.engine.attached();
        inside.resume();
        edge.resume();
        node.run(inside, edge);
        node.seconds(3);
        node.seconds(11);
        assertEquals(before, told());
        assertEquals(List.of(prefixes, withdrawals), List.of(edge.prefixesTold, edge.withdrawals));
        withdraw("10.0.0.0/24");
        assertEquals(Set.of("10.0.1.0/24", "10.0.2.0/23", "10.5.0.0/24"), told());
        assertTrue(edge.mostHeld <= 3);
    }

    /** Random routes in random order, with a neighbour that reads slowly at times, against the rule written down anew. */
    @Test
    void whateverComesInWhateverOrderTheNeighbourHoldsWhatTheRuleSaysAndNeverMore() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (boolean aggregate : new boolean[] {false, true}) {
            ExportLimit limit = limit(40, aggregate, "10.0.128.0/17", "10.0.64.0/18");
            start(limit);
            edge.mostHeld = 0;
            Set<Prefix> wanted = new TreeSet<>();
            for (int round = 0; round < 150; round++) {
                int changes = 1 + random.nextInt(round % 10 == 0 ? 60 : 6);
                for (int i = 0; i < changes; i++) {
                    int length = 22 + random.nextInt(4);
                    Prefix prefix = Prefix.of(IpAddress.v4(0x0a000000 | random.nextInt(64) << 10 | random.nextInt(1024)), length);
                    if (random.nextInt(wanted.size() > 90 ? 2 : 4) == 0) {
                        List<Prefix> all = new ArrayList<>(wanted);
                        prefix = all.isEmpty() ? prefix : all.get(random.nextInt(all.size()));
                        wanted.remove(prefix);
                        inside.withdraw(prefix.toString());
                    } else {
                        wanted.add(prefix);
                        inside.announce(prefix.toString(), -1, 65010);
                    }
                }
                edge.room = random.nextInt(3) == 0 ? 60 : Integer.MAX_VALUE;
                node.run(inside, edge);
                if (random.nextBoolean()) {
                    drain();
                    rest();
                    assertEquals(rule(wanted, limit), new TreeSet<>(edge.holds.keySet()), "round " + round + ", seed " + seed);
                }
                assertTrue(edge.mostHeld <= 40, edge.mostHeld + " held at once, seed " + seed);
            }
            drain();
            for (Prefix prefix : wanted) {
                inside.withdraw(prefix.toString());
            }
            rest();
            assertEquals(Set.of(), told());
            node.seconds(10);
            assertEquals(0, new RibViews(node.engine).totals().prefixes4());
            inside.fall(false);
            edge.fall(false);
            rest();
        }
    }

    private void drain() {
        edge.room = Integer.MAX_VALUE;
        edge.drain();
        node.run(edge);
    }

    /** The longest first, halves joined no further than needed; then held back by the list, the longest, the last. */
    private static Set<Prefix> rule(Set<Prefix> wanted, ExportLimit limit) {
        int most = limit.most().get(AddressFamily.IPV4);
        TreeSet<Prefix> left = new TreeSet<>(wanted);
        for (int level = 32; limit.aggregate() && level > 1; level--) {
            int length = level;
            for (Prefix one : left.stream().filter(each -> each.length() == length).sorted().toList()) {
                Prefix whole = Prefix.of(one.address(), level - 1);
                Prefix other = new Prefix(IpAddress.v4(one.address().v4Bits() | 1 << 32 - level), level);
                if (left.size() > most && left.contains(one) && !one.equals(other) && left.contains(other)) {
                    left.remove(one);
                    left.remove(other);
                    left.add(whole);
                }
            }
        }
        List<Prefix> order = new ArrayList<>(left);
        order.sort(Comparator.<Prefix>comparingInt(each -> limit.leastImportant().stream().filter(least -> least.covers(each)).findFirst().map(limit.leastImportant()::indexOf).orElse(Integer.MAX_VALUE))
                .thenComparing(Comparator.comparingInt(Prefix::length).reversed()).thenComparing(Collections.reverseOrder()));
        order.subList(0, Math.max(0, left.size() - most)).forEach(left::remove);
        return left;
    }
}
