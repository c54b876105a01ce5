package tombolo.bgp.core.filter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.FilterSettings.Action;
import tombolo.api.config.FilterSettings.Bits;
import tombolo.api.config.FilterSettings.Change;
import tombolo.api.config.FilterSettings.CommunityKind;
import tombolo.api.config.FilterSettings.CommunityPattern;
import tombolo.api.config.FilterSettings.Match;
import tombolo.api.config.FilterSettings.PrefixRange;
import tombolo.api.config.FilterSettings.Rule;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.bgp.core.wire.AttributeTable;
import tombolo.bgp.core.wire.AttributeView;
import tombolo.bgp.core.wire.Wire;

class CompiledFilterTest {
    private static final FilterContext CONTEXT = new FilterContext(new Asn(65000), Optional.of(IpAddress.parse("10.0.0.1")), Optional.empty(), Optional.empty());
    /** ORIGIN igp, path 65010 65020, next hop 10.0.0.2, MED 5, communities 65010:100, no-export. */
    private static final String SET = "40010100" + "40020A02020000FDF20000FDFC" + "4003040A000002" + "80040400000005" + "C00808FDF20064FFFFFF01";
    private static final CommunityPattern EXACT = standard(65010, 100, "65010:100");
    private static final CommunityPattern ANY_65010 =
            new CommunityPattern(CommunityKind.STANDARD, new Bits(0, 65010L << 16), new Bits(0, 0xffff_0000L), "65010:*");
    private static final CommunityPattern LARGE = new CommunityPattern(CommunityKind.LARGE, new Bits(65010, 1L << 32 | 2), new Bits(-1, -1L), "65010:1:2");
    private static final CommunityPattern TARGET =
            new CommunityPattern(CommunityKind.EXTENDED, new Bits(0, 0x0002_fdf2_0000_0001L), new Bits(0, -1L), "rt:65010:1");

    private final AttributeTable table = new AttributeTable(1);
    private final int set = Wire.set(table, SET);
    private final FilterCompiler compiler = new FilterCompiler(table);

    private static CommunityPattern standard(int as, int value, String text) {
        return new CommunityPattern(CommunityKind.STANDARD, new Bits(0, (long) as << 16 | value), new Bits(0, 0xffff_ffffL), text);
    }

    private static Match prefix(String text, int ge, int le) {
        return new Match.Prefixes(List.of(new PrefixRange(Prefix.parse(text), ge, le)));
    }

    private static FilterSettings filter(String name, Action byDefault, Rule... rules) {
        return new FilterSettings(name, List.of(rules), byDefault);
    }

    private static Rule rule(int number, List<Match> matches, List<Change> changes, Action action) {
        return new Rule(number, matches, changes, action);
    }

    private int evaluate(CompiledFilter filter, String prefix) {
        Prefix asked = Prefix.parse(prefix);
        return filter.evaluate(asked.family(), asked.address().hi(), asked.address().lo(), asked.length(), set);
    }

    /** The view of what one unconditional rule makes of the set; checks that no reference is left behind. */
    private AttributeView after(Change... changes) {
        CompiledFilter filter = compiler.compile(List.of(filter("f", Action.REJECT, rule(10, List.of(), List.of(changes), Action.ACCEPT))), CONTEXT);
        AttributeView view = null;
        for (int round = 0; round < 3; round++) { // also from memory
            int result = evaluate(filter, "10.1.0.0/16");
            assertTrue(result > 0);
            view = table.view(result);
            table.release(result);
            assertEquals(1, table.size());
        }
        return view;
    }

    @Test
    void anEmptyChainAcceptsWithTheSetItself() {
        int result = evaluate(compiler.compile(List.of(), CONTEXT), "10.0.0.0/8");
        assertEquals(set, result);
        table.release(result);
        assertEquals(1, table.size());
    }

    @Test
    void everyConditionOfARuleMustHoldAndOneValueIsEnough() {
        Match origin = new Match.Origins(List.of(1, 0));
        Match path = new Match.AsPath("_65020$");
        Match length = new Match.AsPathLength(2, 2);
        Match hop = new Match.NextHops(List.of(Prefix.parse("192.0.2.0/24"), Prefix.parse("10.0.0.0/30")));
        Match community = new Match.Communities(List.of(LARGE, ANY_65010));
        List<Match> all = List.of(origin, path, length, hop, community, prefix("10.0.0.0/8", 8, 24));
        assertTrue(evaluate(compiler.compile(List.of(filter("f", Action.REJECT, rule(10, all, List.of(), Action.ACCEPT))), CONTEXT), "10.1.0.0/16") > 0);
        for (Match wrong : List.of(new Match.Origins(List.of(2)), new Match.AsPath("_65010$"), new Match.AsPathLength(3, Integer.MAX_VALUE),
                new Match.NextHops(List.of(Prefix.parse("192.0.2.0/24"))), new Match.Communities(List.of(LARGE, TARGET)), prefix("11.0.0.0/8", 8, 24))) {
            for (int i = 0; i <= all.size(); i++) {
                List<Match> matches = new java.util.ArrayList<>(all);
                matches.add(i, wrong);
                CompiledFilter filter = compiler.compile(List.of(filter("f", Action.REJECT, rule(10, matches, List.of(), Action.ACCEPT))), CONTEXT);
                assertEquals(CompiledFilter.REJECTED, evaluate(filter, "10.1.0.0/16"), wrong.toString());
            }
        }
    }

    @Test
    void theSourceOfARouteIsMatchedAlsoWhereNothingElseIsAndIsNotRememberedForTheOther() {
        CompiledFilter filter = compiler.compile(List.of(filter("f", Action.REJECT, rule(10, List.of(new Match.Source(true)), List.of(), Action.ACCEPT))), CONTEXT);
        for (int round = 0; round < 3; round++) {
            assertEquals(CompiledFilter.REJECTED, evaluate(filter.of(true), "10.1.0.0/16"));
            assertEquals(set, evaluate(filter.of(false), "10.1.0.0/16"));
            table.release(set);
        }
        CompiledFilter local = compiler.compile(List.of(filter("f", Action.REJECT, rule(10, List.of(new Match.Source(false)), List.of(), Action.ACCEPT))), CONTEXT);
        assertEquals(CompiledFilter.REJECTED, evaluate(local, "10.1.0.0/16"), "a route is a peer's until it is said to be ours");
    }

    @Test
    void aPrefixThatIsExceptedDoesNotMatch() {
        CompiledFilter filter = compiler.compile(List.of(filter("f", Action.REJECT, rule(10, List.of(new Match.NotPrefixes(List.of(
                new PrefixRange(Prefix.parse("10.0.0.0/8"), 8, 32)))), List.of(), Action.ACCEPT))), CONTEXT);
        assertEquals(CompiledFilter.REJECTED, evaluate(filter, "10.1.0.0/16"));
        assertEquals(set, evaluate(filter, "11.0.0.0/16"));
        assertEquals(CompiledFilter.REJECTED, evaluate(filter, "10.0.0.0/8"));
    }

    @Test
    void aLocalPreferenceThatAnEarlierRuleSetIsMatchedAndNoneMatchesNothing() {
        Rule sets = rule(10, List.of(prefix("10.0.0.0/8", 8, 32)), List.of(new Change.LocalPreference(4_294_967_295L)), Action.NEXT);
        CompiledFilter filter = compiler.compile(List.of(filter("f", Action.REJECT, sets,
                rule(20, List.of(new Match.LocalPreference(4_294_967_000L, 4_294_967_295L)), List.of(), Action.ACCEPT))), CONTEXT);
        assertTrue(evaluate(filter, "10.1.0.0/16") > 0);
        assertEquals(CompiledFilter.REJECTED, evaluate(filter, "11.1.0.0/16"));
    }

    @Test
    void aPrependedPathStandsInItsOrder() {
        assertEquals("65001 65002 65002 65010 65020", after(new Change.PrependPath(List.of(new Asn(65001), new Asn(65002), new Asn(65002)))).asPath());
    }

    @Test
    void communitiesOfAllKindsMatchExactlyOrUnderAMask() {
        int all = Wire.set(table, "40010100" + "400200" + "4003040A000002" + "C00804FDF20064" + "C010080002FDF200000001" + "C0200C0000FDF20000000100000002");
        for (CommunityPattern pattern : List.of(EXACT, ANY_65010, TARGET, LARGE)) {
            CompiledFilter filter = compiler.compile(List.of(filter("f", Action.REJECT,
                    rule(10, List.of(new Match.Communities(List.of(pattern))), List.of(), Action.ACCEPT))), CONTEXT);
            assertEquals(all, filter.evaluate(AddressFamily.IPV4, 0, 0, 0, all), pattern.text());
        }
    }

    @Test
    void changesAreMade() {
        assertEquals(Optional.of(250L), after(new Change.LocalPreference(250)).localPreference());
        assertEquals(Optional.of(4294967295L), after(new Change.Med(Optional.of(4294967295L))).med());
        assertEquals(Optional.empty(), after(new Change.Med(Optional.empty())).med());
        assertEquals("65000 65000 65000 65010 65020", after(new Change.Prepend(Optional.empty(), 3)).asPath());
        assertEquals("7 7 65010 65020", after(new Change.Prepend(Optional.of(new Asn(7)), 2)).asPath());
        assertEquals(List.of("65010:100", "no-export", "65000:1", "rt:65010:1", "65010:1:2"),
                after(new Change.AddCommunities(List.of(standard(65000, 1, ""), EXACT, LARGE, TARGET))).communities());
        assertEquals(List.of("no-export"), after(new Change.RemoveCommunities(List.of(ANY_65010))).communities());
        assertEquals(List.of("65000:1"), after(new Change.ReplaceCommunities(List.of(standard(65000, 1, "")))).communities());
        assertEquals(List.of("65010:100", "no-export", "65010:1:2"), after(new Change.ReplaceCommunities(List.of(LARGE))).communities());
        assertEquals(List.of(), after(new Change.ReplaceCommunities(List.of())).communities());
        assertEquals(Optional.of(IpAddress.parse("192.0.2.1")), after(new Change.NextHop(Optional.of(IpAddress.parse("192.0.2.1")))).nextHop());
        assertEquals(Optional.of(IpAddress.parse("10.0.0.1")), after(new Change.NextHop(Optional.empty())).nextHop());
        assertEquals("incomplete", after(new Change.Origin(2)).origin());
    }

    @Test
    void aChainSaysWhetherItChangesAMed() {
        FilterSettings none = filter("f", Action.REJECT, rule(10, List.of(), List.of(new Change.LocalPreference(1)), Action.ACCEPT));
        FilterSettings some = filter("g", Action.REJECT, rule(10, List.of(), List.of(new Change.LocalPreference(1), new Change.Med(Optional.empty())), Action.ACCEPT));
        assertFalse(compiler.compile(List.of(none), CONTEXT).changesMed());
        assertTrue(compiler.compile(List.of(none, some), CONTEXT).changesMed());
    }

    @Test
    void anAddressOfTheOtherFamilyLeavesTheNextHopAlone() {
        assertEquals(Optional.of(IpAddress.parse("10.0.0.2")), after(new Change.NextHop(Optional.of(IpAddress.parse("2001:db8::9")))).nextHop());
    }

    @Test
    void nextHopSelfWithoutAnAddressOfOursRejects() {
        CompiledFilter filter = compiler.compile(List.of(filter("f", Action.ACCEPT, rule(10, List.of(), List.of(new Change.NextHop(Optional.empty())), Action.ACCEPT))),
                new FilterContext(new Asn(65000), Optional.empty(), Optional.empty(), Optional.empty()));
        assertEquals(CompiledFilter.REJECTED, evaluate(filter, "10.0.0.0/8"));
        assertEquals("rejected by filter 'f' rule 10: its changes cannot be made", filter.explain(AddressFamily.IPV4, 0, 0, 0, set).decision());
        assertEquals(1, table.size());
    }

    @Test
    void nextGoesOnWithTheChangesMadeAndLaterRulesSeeThem() {
        CompiledFilter filter = compiler.compile(List.of(filter("f", Action.REJECT,
                rule(10, List.of(), List.of(new Change.Prepend(Optional.of(new Asn(7)), 1)), Action.NEXT),
                rule(20, List.of(new Match.AsPath("^65010_")), List.of(), Action.REJECT),
                rule(30, List.of(new Match.AsPath("^7_65010_")), List.of(new Change.LocalPreference(7)), Action.ACCEPT))), CONTEXT);
        int result = evaluate(filter, "10.0.0.0/8");
        assertEquals("7 65010 65020", table.asPathText(result));
        assertEquals(7, table.localPreference(result));
        table.release(result);
        assertEquals(1, table.size());
    }

    @Test
    void anAcceptingFilterHandsOnToTheNextOfTheChainAndARejectingOneEnds() {
        FilterSettings mark = filter("mark", Action.ACCEPT, rule(10, List.of(), List.of(new Change.LocalPreference(7)), Action.ACCEPT));
        FilterSettings only10 = filter("only-10", Action.REJECT, rule(5, List.of(prefix("10.0.0.0/8", 8, 32)), List.of(), Action.ACCEPT));
        CompiledFilter chain = compiler.compile(List.of(mark, only10), CONTEXT);
        int result = evaluate(chain, "10.2.0.0/16");
        assertEquals(7, table.localPreference(result));
        table.release(result);
        assertEquals(CompiledFilter.REJECTED, evaluate(chain, "11.0.0.0/8"));
        assertEquals(1, table.size());
    }

    @Test
    void theTraceSaysWhichFilterAndRuleDecidedAndWhyOthersDidNot() {
        CompiledFilter chain = compiler.compile(List.of(
                filter("a", Action.ACCEPT, rule(10, List.of(new Match.AsPath("^7_")), List.of(), Action.REJECT)),
                filter("x", Action.REJECT, rule(10, List.of(new Match.Origins(List.of(2))), List.of(), Action.ACCEPT),
                        rule(20, List.of(prefix("10.0.0.0/8", 8, 32)), List.of(), Action.REJECT))), CONTEXT);
        FilterTrace trace = chain.explain(AddressFamily.IPV4, 0, IpAddress.parse("10.1.0.0").lo(), 16, set);
        assertFalse(trace.accepted());
        assertEquals("rejected by filter 'x' rule 20", trace.decision());
        assertEquals(List.of("filter 'a' rule 10: as-path '^7_' does not match", "filter 'a' default: accept", "filter 'x' rule 10: origin does not match",
                "filter 'x' rule 20: matches, reject"), trace.steps());
        assertEquals("rejected by filter 'x' default", chain.explain(AddressFamily.IPV4, 0, 0, 0, set).decision());
        assertEquals(1, table.size());
    }

    @Test
    void aSetGivenOutAgainUnderTheSameNumberIsJudgedAnew() {
        CompiledFilter filter = compiler.compile(List.of(filter("f", Action.REJECT,
                rule(10, List.of(new Match.AsPath("^65010_")), List.of(new Change.LocalPreference(1)), Action.ACCEPT))), CONTEXT);
        int first = evaluate(filter, "10.0.0.0/8");
        assertTrue(first > 0);
        table.release(first);
        table.release(set);
        assertEquals(0, table.size());
        int other = -2;
        for (int i = 0; i < 3; i++) {
            other = Wire.set(table, "40010100" + "400206020100000007" + "4003040A00000" + (3 + i));
            if (other == set) {
                break;
            }
        }
        assertEquals(set, other, "the number is used again");
        assertEquals(CompiledFilter.REJECTED, evaluate(filter, "10.0.0.0/8"));
    }

    @Test
    void aFaultyExpressionNamesFilterAndRule() {
        IllegalArgumentException refusal = assertThrows(IllegalArgumentException.class, () -> compiler.compile(List.of(filter("f", Action.ACCEPT,
                rule(30, List.of(new Match.AsPath("(1")), List.of(), Action.ACCEPT))), CONTEXT));
        assertTrue(refusal.getMessage().startsWith("filter 'f' rule 30: AS-path expression '(1', at character 2"), refusal.getMessage());
    }
}
