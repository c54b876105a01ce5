package tombolo.azure.expressroute.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tombolo.api.config.CircuitSettings.Budget;
import tombolo.api.config.CircuitSettings.Tier;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.azure.expressroute.core.PrefixBudget.Outcome;

class PrefixBudgetTest {
    private static final String WHERE = "circuit er-1, private peering, IPv4";

    private static List<Prefix> prefixes(String... texts) {
        return List.of(texts).stream().map(Prefix::parse).toList();
    }

    private static List<Prefix> hosts(int number) {
        List<Prefix> hosts = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            hosts.add(Prefix.host(IpAddress.v4(0x0a000000 + 2 * i))); // no two are halves of one
        }
        return hosts;
    }

    @Test
    void theLimitsAreThoseOfTheTierThePeeringAndTheFamily() {
        assertEquals(List.of(4_000, 4_000, 10_000, 100, 200, 200), List.of(CircuitLimits.prefixes(Tier.LOCAL, false, true), CircuitLimits.prefixes(Tier.STANDARD, false, true),
                CircuitLimits.prefixes(Tier.PREMIUM, false, true), CircuitLimits.prefixes(Tier.PREMIUM, false, false), CircuitLimits.prefixes(Tier.PREMIUM, true, true),
                CircuitLimits.prefixes(Tier.PREMIUM, true, false)));
    }

    @Test
    void farFromTheLimitNothingHappensAndNearItThereIsAWarning() {
        assertTrue(PrefixBudget.of(hosts(3_199), 4_000, Budget.DEFAULT, WHERE).warning().isEmpty());
        Outcome near = PrefixBudget.of(hosts(3_200), 4_000, Budget.DEFAULT, WHERE);
        assertTrue(near.warning().orElseThrow().startsWith("TMB-ER-300 " + WHERE) && near.heldBack().isEmpty() && near.advertised().size() == 3_200, near.warning().toString());
        assertTrue(PrefixBudget.of(hosts(4_000), 4_000, Budget.DEFAULT, WHERE).heldBack().isEmpty());
    }

    @Test
    void oneMoreThanTheLimitIsHeldBackAndNamed() {
        Outcome over = PrefixBudget.of(hosts(4_001), 4_000, Budget.DEFAULT, WHERE);
        assertEquals(4_000, over.advertised().size());
        assertEquals(prefixes("10.0.31.64/32"), over.heldBack());
        assertTrue(over.warning().orElseThrow().startsWith("TMB-ER-302") && over.warning().get().contains("10.0.31.64/32"), over.warning().toString());
    }

    @Test
    void theConfiguredLeastImportantGoFirstInTheirOrder() {
        Budget budget = new Budget(80, true, prefixes("10.0.0.64/26", "10.0.0.0/28"));
        Outcome over = PrefixBudget.of(hosts(64), 30, budget, WHERE); // 10.0.0.0 to 10.0.0.126, every second
        assertEquals(34, over.heldBack().size());
        assertTrue(over.heldBack().subList(0, 32).stream().allMatch(Prefix.parse("10.0.0.64/26")::covers), over.heldBack().toString());
        assertTrue(over.heldBack().subList(32, 34).stream().allMatch(Prefix.parse("10.0.0.0/28")::covers), over.heldBack().toString());
    }

    @Test
    void atTheLimitHalvesAreJoinedWhereThatIsAllowedAndNothingIsHeldBack() {
        List<Prefix> halves = prefixes("10.0.0.0/25", "10.0.0.128/25", "10.0.1.0/25", "10.0.1.128/25", "10.9.0.0/24");
        Outcome joined = PrefixBudget.of(halves, 2, new Budget(80, true, List.of()), WHERE);
        assertEquals(prefixes("10.0.0.0/23", "10.9.0.0/24"), joined.advertised());
        assertEquals(prefixes("10.0.0.0/23"), joined.aggregated());
        assertTrue(joined.heldBack().isEmpty() && joined.warning().orElseThrow().startsWith("TMB-ER-301"), joined.warning().toString());
        assertEquals(3, PrefixBudget.of(halves, 2, Budget.DEFAULT, WHERE).heldBack().size());
    }

    @Test
    void noMoreIsJoinedThanTheLimitAsksFor() {
        List<Prefix> halves = prefixes("10.0.0.0/25", "10.0.0.128/25", "10.0.1.0/25", "10.0.1.128/25");
        assertEquals(prefixes("10.0.0.0/24", "10.0.1.0/25", "10.0.1.128/25"), PrefixBudget.of(halves, 3, new Budget(80, true, List.of()), WHERE).advertised());
    }

    @Test
    void noDefaultRouteIsMadeOfTwoHalves() {
        Outcome halves = PrefixBudget.of(prefixes("0.0.0.0/1", "128.0.0.0/1"), 1, new Budget(80, true, List.of()), WHERE);
        assertEquals(prefixes("0.0.0.0/1"), halves.advertised());
    }

    /** Whatever is joined reaches the same addresses; whatever comes in another order gives the same; the limit is always kept. */
    @Test
    void joiningLosesAndAddsNothingAndTheOrderDoesNotMatter() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            List<Prefix> wanted = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                wanted.add(Prefix.of(IpAddress.v4(0x0a000000 + random.nextInt(64)), 26 + random.nextInt(7)));
            }
            int limit = 1 + random.nextInt(40);
            Budget budget = new Budget(80, true, prefixes("10.0.0.32/27"));
            Outcome first = PrefixBudget.of(wanted, limit, budget, WHERE);
            Collections.shuffle(wanted, random);
            assertEquals(first, PrefixBudget.of(wanted, limit, budget, WHERE), "seed " + seed);
            assertTrue(first.advertised().size() <= limit, "seed " + seed);
            List<Prefix> all = new ArrayList<>(first.advertised());
            all.addAll(first.heldBack());
            for (int host = 0; host < 64; host++) {
                IpAddress address = IpAddress.v4(0x0a000000 + host);
                assertEquals(reaches(wanted, address), reaches(all, address), address + " seed " + seed);
            }
        }
    }

    private static boolean reaches(Collection<Prefix> prefixes, IpAddress address) {
        return prefixes.stream().anyMatch(prefix -> prefix.contains(address));
    }

    @Test
    void whatIsSaidOfASessionsLimitIsSaidOfTheCircuitUnderItsOwnCode() {
        CircuitReports.Advertised held = CircuitReports.Advertised.of("er-1-private-primary", tombolo.api.net.AddressFamily.IPV4, 4_000, "4000",
                "waiting for End-of-RIB; TMB-BGP-372 4100 prefixes for export-limit 4000: 100 are held back: 10.9.0.0/24 ...");
        assertEquals("TMB-ER-302 er-1-private-primary: 4100 prefixes for export-limit 4000: 100 are held back: 10.9.0.0/24 ...", held.note());
        assertEquals(Finding.Verdict.WARN, held.finding().verdict());
        assertEquals(Finding.Verdict.GOOD, CircuitReports.Advertised.of("s", tombolo.api.net.AddressFamily.IPV4, 7, "4000", "waiting for End-of-RIB").finding().verdict());
    }
}
