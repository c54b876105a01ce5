package tombolo.config.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.FilterSettings.Action;
import tombolo.api.config.FilterSettings.Bits;
import tombolo.api.config.FilterSettings.Change;
import tombolo.api.config.FilterSettings.CommunityKind;
import tombolo.api.config.FilterSettings.CommunityPattern;
import tombolo.api.config.FilterSettings.Match;
import tombolo.api.config.FilterSettings.PrefixRange;
import tombolo.api.net.Asn;
import tombolo.api.net.Prefix;
import tombolo.config.core.ConfigFiles.Content;
import tombolo.config.core.ConfigFiles.Outcome;

class FilterFileTest {
    private static Outcome read(String text) {
        return ConfigFiles.read(Map.of("tombolo.bgp.filter-f.cfg", new Content.Text(text)), Map.of(), "h", "/etc");
    }

    private static FilterSettings filter(String text) {
        Outcome outcome = read(text);
        assertEquals(List.of(), outcome.problems());
        return outcome.settings().filters().get("f");
    }

    private static String problem(String text) {
        Outcome outcome = read(text);
        assertEquals(1, outcome.problems().size(), outcome.problems().toString());
        return outcome.problems().getFirst().toString();
    }

    private static PrefixRange range(String prefix, int ge, int le) {
        return new PrefixRange(Prefix.parse(prefix), ge, le);
    }

    @Test
    void rulesStandInTheOrderOfTheirNumbersNotOfTheFile() {
        FilterSettings filter = filter("rule.100.action = reject\nrule.20.action = next\nrule.3.action = accept\ndefault = accept\n");
        assertEquals(List.of(3, 20, 100), filter.rules().stream().map(FilterSettings.Rule::number).toList());
        assertEquals(List.of(Action.ACCEPT, Action.NEXT, Action.REJECT), filter.rules().stream().map(FilterSettings.Rule::action).toList());
        assertEquals(Action.ACCEPT, filter.defaultAction());
        assertEquals(Action.REJECT, filter("").defaultAction());
    }

    @Test
    void exceptedPrefixesSourcePreferenceAndAWholePathToPrependAreRead() {
        FilterSettings filter = filter("rule.1.match.not-prefix = 10.0.0.0/8 le 32\nrule.1.match.source = local\nrule.1.match.local-preference = 7-\n"
                + "rule.1.set.prepend-path = 65010  65020\nrule.1.action = accept\n");
        assertEquals(List.of(new Match.NotPrefixes(List.of(range("10.0.0.0/8", 8, 32))), new Match.Source(false), new Match.LocalPreference(7, 0xffff_ffffL)),
                filter.rules().getFirst().matches());
        assertEquals(List.of(new Change.PrependPath(List.of(new Asn(65010), new Asn(65020)))), filter.rules().getFirst().changes());
        assertTrue(problem("rule.1.match.source = others\nrule.1.action = accept\n").contains("peers or local"));
    }

    @Test
    void prefixesTakeGeAndLeAndNamedSets() {
        FilterSettings filter = filter("prefix-set.lan = 10.0.0.0/8 ge 16 le 24, \\\n  10.1.0.0/16\nrule.1.match.prefix = @lan, 192.0.2.0/24 le 32, ::/0 ge 48\nrule.1.action = accept\n");
        assertEquals(List.of(new Match.Prefixes(List.of(range("10.0.0.0/8", 16, 24), range("10.1.0.0/16", 16, 16), range("192.0.2.0/24", 24, 32), range("::/0",
                48, 128)))),
                filter.rules().getFirst().matches());
    }

    @Test
    void changesAreReadWithTheirSpecialWords() {
        List<Change> changes = filter("rule.1.action = accept\nrule.1.set.med = none\nrule.1.set.prepend = 65010 x 3\nrule.1.set.community = none\nrule.1.set.next-hop = self\n"
                + "rule.1.set.origin = incomplete\nrule.1.set.local-preference = 4294967295\n").rules().getFirst().changes();
        assertEquals(List.of(new Change.LocalPreference(4294967295L), new Change.Med(Optional.empty()),
                new Change.Prepend(Optional.of(new tombolo.api.net.Asn(65010)), 3),
                new Change.ReplaceCommunities(List.of()), new Change.NextHop(Optional.empty()), new Change.Origin(2)), changes);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "rule.1.match.prefix = 10.0.0.0/8; has no action",
        "rule.70000.action = accept; 1 to 65535",
        "rule.1.action = drop; accept, reject or next",
        "rule.01.action = accept; no such key",
        "default = next; accept or reject",
    })
    void badRulesAreRefused(String text, String words) {
        assertTrue(problem(text).contains(words), problem(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"match.prefix = @none", "match.prefix = 10.0.0.0/8 le 7", "match.prefix = 10.0.0.0/8 ge 9 le 33", "match.prefix = 10.0.0.0/8 ge",
            "match.prefix = 10.0.0.0/8,,::/0",
        "match.as-path-length = 5-3", "match.as-path-length = -", "match.community = 65536:1", "match.community = rt:*:1", "match.community = a:b",
                "match.community = 1:2:3:4",
        "match.origin = none", "set.med = -1", "set.prepend = 26", "set.prepend = 0 x 3", "set.community.add = 65010:*", "set.community = 1",
                "set.next-hop = me", "match.community = 0x12", "match.community = 12076:atlantis", "match.community = 65010:entra-id"})
    void aBadValueOfARuleIsRefused(String assignment) {
        String problem = problem("rule.1.action = accept\nrule.1." + assignment + "\n");
        assertTrue(problem.startsWith("tombolo.bgp.filter-f.cfg:2 rule.1."), problem);
    }

    @ParameterizedTest
    @CsvSource({
        // text, kind, value hi, value lo, mask hi, mask lo (hexadecimal)
        "65010:100, STANDARD, 0, fdf20064, 0, ffffffff",
        "65010:*, STANDARD, 0, fdf20000, 0, ffff0000",
        "*:666, STANDARD, 0, 29a, 0, ffff",
        "no-export, STANDARD, 0, ffffff01, 0, ffffffff",
        "12076:entra-id, STANDARD, 0, 2f2c13c4, 0, ffffffff",
        "12076:microsoft-peering.east-us, STANDARD, 0, 2f2cc73c, 0, ffffffff",
        "graceful-shutdown, STANDARD, 0, ffff0000, 0, ffffffff",
        "rt:65010:1, EXTENDED, 0, 0002fdf200000001, 0, ffffffffffffffff",
        "rt:4200000001:7, EXTENDED, 0, 0202fa56ea010007, 0, ffffffffffffffff",
        "soo:1.2.3.4:*, EXTENDED, 0, 0103010203040000, 0, ffffffffffff0000",
        "rt:65010:*, EXTENDED, 0, 0002fdf200000000, 0, ffffffff00000000",
        "0x0002fde800000001, EXTENDED, 0, 0002fde800000001, 0, ffffffffffffffff",
        "65010:1:2, LARGE, fdf2, 0000000100000002, ffffffff, ffffffffffffffff",
        "65010:*:2, LARGE, fdf2, 0000000000000002, ffffffff, 00000000ffffffff",
    })
    void communitiesOfAllThreeKindsBecomeBitsAndMask(String text, CommunityKind kind, String hi, String lo, String maskHi, String maskLo) {
        Bits value = new Bits(Integer.parseUnsignedInt(hi, 16), Long.parseUnsignedLong(lo, 16));
        Bits mask = new Bits(Integer.parseUnsignedInt(maskHi, 16), Long.parseUnsignedLong(maskLo, 16));
        assertEquals(new CommunityPattern(kind, value, mask, text), Communities.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"^65010_", "_(65010|65020)$", "^$", "^65010( 65010)*$", "_6501[0-9]_", ".*", "^(65010_)+$", "^65010_([0-9]+)?$",
            "^65010(_[0-9]+)*$", "^(65010_|65020_)+$"})
    void asPathExpressionsThatPeopleUseAreAccepted(String expression) {
        assertEquals(expression, AsPathExpression.TYPE.parse(expression));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(1", "1)", "[1", "a", "\\d", "1{3}", "(?=1)", "(?1)", "**", "*", "1+?", "1*+", "|*", "((((((((((((((((((1))))))))))))))))))", ""})
    void asPathExpressionsThatAreBrokenOrReadDifferentlyElsewhereAreRefused(String expression) {
        assertTrue(problem("rule.1.action = accept\nrule.1.match.as-path = " + expression + "\n").contains("TMB-CFG-004"));
    }
}
