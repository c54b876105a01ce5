package tombolo.config.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tombolo.api.config.FilterSettings;
import tombolo.api.config.FilterSettings.Action;
import tombolo.api.config.FilterSettings.Change;
import tombolo.api.config.FilterSettings.CommunityPattern;
import tombolo.api.config.FilterSettings.Match;
import tombolo.api.config.FilterSettings.PrefixRange;
import tombolo.api.config.FilterSettings.Rule;
import tombolo.api.net.Asn;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;

/** {@code tombolo.bgp.filter-<name>.cfg}. */
final class FilterFile {
    /** More rules than this belong into prefix sets: each route passes every rule in turn. */
    private static final int MAX_RULES = 1_000;

    /** As often as prepend goes. */
    private static final int MAX_PREPENDED = 25;

    /** What stands in a list of prefixes: a range, or the name of a set. */
    private sealed interface Term {
        record Range(PrefixRange range) implements Term { }

        record SetName(String name) implements Term { }
    }

    static final ValueType<PrefixRange> RANGE = ValueType.special("prefixes: address/length, followed by ge N, le N or both", FilterFile::range);
    private static final ValueType<Term> TERM = ValueType.special("prefixes: address/length, followed by ge N, le N or both; or @ and the name of a prefix-set",
            text -> text.startsWith("@") ? new Term.SetName(ValueType.FILTER_NAME.parse(text.substring(1))) : new Term.Range(range(text)));
    private static final List<String> ORIGINS = List.of("igp", "egp", "incomplete");
    private static final ValueType<Integer> ORIGIN = ValueType.special("igp, egp or incomplete", text -> {
        if (!ORIGINS.contains(text)) {
            throw ValueType.refused();
        }
        return ORIGINS.indexOf(text); // the codes of RFC 4271 §4.3
    });

    private static final Key<List<PrefixRange>> PREFIX_SET = Key.optional("prefix-set.<name>", ValueType.listOf(RANGE, ValueType.MAX_LIST), "none",
            "10.0.0.0/8 ge 16 le 24, 2001:db8::/32 le 48",
                    "A named list of prefixes for rules of this file, where it is written @<name>. A line may go on behind a \\ at its end.");
    private static final Key<List<Term>> MATCH_PREFIX = Key.optional("rule.<n>.match.prefix", ValueType.listOf(TERM, ValueType.MAX_LIST), "any prefix",
            "@EXAMPLE, 0.0.0.0/0, 192.0.2.0/24 le 32", "The prefix is one of these: exactly, or with ge and le of a length from ge to le within it.");
    private static final Key<List<Term>> MATCH_NOT_PREFIX = Key.optional("rule.<n>.match.not-prefix", ValueType.listOf(TERM, ValueType.MAX_LIST), "none excepted",
            "10.0.0.0/8 le 32", "The prefix is none of these.");
    private static final Key<Boolean> MATCH_SOURCE = Key.optional("rule.<n>.match.source", ValueType.special("peers or local", FilterFile::fromPeers), "both", "peers",
            "Who told the route: a neighbour, or this node itself. On import every route is a neighbour's.");
    private static final Key<Match.LocalPreference> MATCH_PREFERENCE = Key.optional("rule.<n>.match.local-preference",
            ValueType.special("a value or a range of values from 0 to 4294967295: 200, 100-200 or 200-", FilterFile::preferences), "any, and none", "200",
            "The route carries LOCAL_PREF, and it is this or in this range.");
    private static final Key<String> MATCH_PATH = Key.optional("rule.<n>.match.as-path", AsPathExpression.TYPE, "any path", "^65010_",
            "The AS_PATH as text, such as \"65010 65020\", has a part that fits the expression; _ stands for a border of a number.");
    private static final Key<FilterSettings.Match.AsPathLength> MATCH_LENGTH = Key.optional("rule.<n>.match.as-path-length",
            ValueType.special("a length or a range of lengths from 0 to 65535: 3, 0-5 or 10-", FilterFile::lengths), "any length", "0-20",
            "The number of AS numbers in the AS_PATH, a set counting one (RFC 4271 §9.1.2.2 a).").in("AS numbers");
    private static final Key<List<CommunityPattern>> MATCH_COMMUNITY = Key.optional("rule.<n>.match.community", ValueType.listOf(Communities.PATTERN, 256),
            "any",
            "65010:100, 65010:*, no-export, rt:65010:1, 65010:1:*", "One of these communities is attached.");
    private static final Key<List<Prefix>> MATCH_NEXT_HOP = Key.optional("rule.<n>.match.next-hop", ValueType.listOf(ValueType.PREFIX, 1_000), "any",
            "10.0.0.0/24",
            "The next hop lies in one of these.");
    private static final Key<List<Integer>> MATCH_ORIGIN = Key.optional("rule.<n>.match.origin", ValueType.listOf(ORIGIN, 3), "any", "igp, incomplete",
            "The ORIGIN is one of these.");
    private static final Key<Long> SET_PREFERENCE = Key.optional("rule.<n>.set.local-preference", ValueType.number(0, 0xffff_ffffL), "unchanged", "200",
            "Sets LOCAL_PREF; the higher wins.");
    private static final Key<Optional<Long>> SET_MED = Key.optional("rule.<n>.set.med", ValueType.special("0 to 4294967295, or none",
            text -> text.equals("none") ? Optional.<Long>empty() : Optional.of(ValueType.number(0, 0xffff_ffffL).parse(text))), "unchanged", "50",
                    "Sets MED, or removes it.");
    private static final Key<Change.Prepend> SET_PREPEND = Key.optional("rule.<n>.set.prepend",
            ValueType.special("1 to 25 (our own AS that often), or an AS number, x and 1 to 25: 65010 x 3", FilterFile::prepend), "unchanged", "3",
            "Puts AS numbers in front of the AS_PATH.").in("times");
    private static final Key<List<Asn>> SET_PREPEND_PATH = Key.optional("rule.<n>.set.prepend-path",
            ValueType.special("1 to 25 AS numbers with blanks between them", FilterFile::path), "unchanged", "65010 65010 65020",
            "Puts AS numbers in front of the AS_PATH, which then begins with them in this order; before what prepend puts there.");
    private static final Key<List<CommunityPattern>> SET_COMMUNITY = Key.optional("rule.<n>.set.community",
            ValueType.special("comma-separated, 1 to 64: " + Communities.EXACT.range() + "; or none",
                    text -> text.equals("none") ? List.<CommunityPattern>of() : ValueType.listOf(Communities.EXACT, 64).parse(text)), "unchanged", "65010:100",
            "Replaces all communities of the kinds named (standard, extended, large); none removes all of every kind."
            + " Comes before community.remove and community.add.");
    private static final Key<List<CommunityPattern>> REMOVE_COMMUNITY = Key.optional("rule.<n>.set.community.remove", ValueType.listOf(Communities.PATTERN, 64),
            "unchanged", "65010:*",
            "Removes the communities that fit.");
    private static final Key<List<CommunityPattern>> ADD_COMMUNITY = Key.optional("rule.<n>.set.community.add", ValueType.listOf(Communities.EXACT, 64),
            "unchanged", "65010:100, no-export",
            "Attaches communities.");
    private static final Key<Optional<IpAddress>> SET_NEXT_HOP = Key.optional("rule.<n>.set.next-hop", ValueType.special("an IPv4 or IPv6 address, or self",
            text -> text.equals("self") ? Optional.<IpAddress>empty() : Optional.of(ValueType.ADDRESS.parse(text))), "unchanged", "self",
                    "Sets the next hop; self is our address on the session.");
    private static final Key<Integer> SET_ORIGIN = Key.optional("rule.<n>.set.origin", ORIGIN, "unchanged", "igp", "Sets the ORIGIN.");
    private static final Key<Action> ACTION = Key.required("rule.<n>.action", ValueType.choice(List.of(Action.values())), "accept",
            "What a matching rule does after its changes; next goes on with the following rule.");
    private static final Key<Action> DEFAULT = Key.defaulting("default", ValueType.choice(List.of(Action.ACCEPT, Action.REJECT)), "reject",
            "What happens to a route behind the last rule.");
    static final List<Key<?>> KEYS = List.of(PREFIX_SET, MATCH_PREFIX, MATCH_NOT_PREFIX, MATCH_SOURCE, MATCH_PREFERENCE, MATCH_PATH, MATCH_LENGTH, MATCH_COMMUNITY, MATCH_NEXT_HOP, MATCH_ORIGIN, SET_PREFERENCE,
            SET_MED, SET_PREPEND, SET_PREPEND_PATH,
            SET_COMMUNITY, REMOVE_COMMUNITY, ADD_COMMUNITY, SET_NEXT_HOP, SET_ORIGIN, ACTION, DEFAULT);

    private FilterFile() { }

    static FilterSettings build(String name, Values values) {
        Map<String, List<PrefixRange>> sets = new HashMap<>();
        for (String set : values.prefixSetNames()) {
            String key = "prefix-set." + set;
            if (!ValueType.isName(set)) {
                values.problem(key, "TMB-CFG-008 '" + set + "' is not a name; wanted " + ValueType.FILTER_NAME.range());
            }
            sets.put(set, values.get(PREFIX_SET, key).orElse(List.of()));
        }
        Set<Integer> numbers = values.ruleNumbers();
        if (numbers.size() > MAX_RULES) {
            values.problem("", "TMB-CFG-014 " + numbers.size() + " rules; wanted at most " + MAX_RULES + ". Put prefixes together into a prefix-set");
        }
        List<Rule> rules = new ArrayList<>();
        for (int number : numbers) {
            rules.add(rule(number, values, sets));
        }
        return new FilterSettings(name, rules, values.need(DEFAULT));
    }

    private static Rule rule(int number, Values values, Map<String, List<PrefixRange>> sets) {
        String prefix = "rule." + number + ".";
        Optional<Action> action = values.get(ACTION, named(ACTION, number));
        if (action.isEmpty()) {
            values.problem(named(ACTION, number), "TMB-CFG-005 rule " + number + " has no action; wanted " + ACTION.type().range());
        }
        if (number < 1 || number > 65535) {
            values.problem(named(ACTION, number), "TMB-CFG-004 " + prefix + " is no number of a rule; wanted 1 to 65535");
        }
        List<Match> matches = new ArrayList<>();
        values.get(MATCH_PREFIX, named(MATCH_PREFIX, number)).ifPresent(terms -> matches.add(new Match.Prefixes(ranges(terms, named(MATCH_PREFIX, number),
                values, sets))));
        values.get(MATCH_NOT_PREFIX, named(MATCH_NOT_PREFIX, number)).ifPresent(terms -> matches.add(new Match.NotPrefixes(ranges(terms,
                named(MATCH_NOT_PREFIX, number), values, sets))));
        values.get(MATCH_SOURCE, named(MATCH_SOURCE, number)).ifPresent(peers -> matches.add(new Match.Source(peers)));
        values.get(MATCH_PREFERENCE, named(MATCH_PREFERENCE, number)).ifPresent(matches::add);
        values.get(MATCH_PATH, named(MATCH_PATH, number)).ifPresent(expression -> matches.add(new Match.AsPath(expression)));
        values.get(MATCH_LENGTH, named(MATCH_LENGTH, number)).ifPresent(matches::add);
        values.get(MATCH_COMMUNITY, named(MATCH_COMMUNITY, number)).ifPresent(patterns -> matches.add(new Match.Communities(patterns)));
        values.get(MATCH_NEXT_HOP, named(MATCH_NEXT_HOP, number)).ifPresent(prefixes -> matches.add(new Match.NextHops(prefixes)));
        values.get(MATCH_ORIGIN, named(MATCH_ORIGIN, number)).ifPresent(codes -> matches.add(new Match.Origins(codes)));
        List<Change> changes = new ArrayList<>();
        values.get(SET_PREFERENCE, named(SET_PREFERENCE, number)).ifPresent(value -> changes.add(new Change.LocalPreference(value)));
        values.get(SET_MED, named(SET_MED, number)).ifPresent(value -> changes.add(new Change.Med(value)));
        values.get(SET_PREPEND, named(SET_PREPEND, number)).ifPresent(changes::add);
        values.get(SET_PREPEND_PATH, named(SET_PREPEND_PATH, number)).ifPresent(path -> changes.add(new Change.PrependPath(path)));
        values.get(SET_COMMUNITY, named(SET_COMMUNITY, number)).ifPresent(all -> changes.add(new Change.ReplaceCommunities(all)));
        values.get(REMOVE_COMMUNITY, named(REMOVE_COMMUNITY, number)).ifPresent(patterns -> changes.add(new Change.RemoveCommunities(patterns)));
        values.get(ADD_COMMUNITY, named(ADD_COMMUNITY, number)).ifPresent(more -> changes.add(new Change.AddCommunities(more)));
        values.get(SET_NEXT_HOP, named(SET_NEXT_HOP, number)).ifPresent(address -> changes.add(new Change.NextHop(address)));
        values.get(SET_ORIGIN, named(SET_ORIGIN, number)).ifPresent(code -> changes.add(new Change.Origin(code)));
        return new Rule(number, matches, changes, action.orElse(Action.REJECT));
    }

    private static String named(Key<?> key, int number) {
        return key.name().replace("<n>", Integer.toString(number));
    }

    private static List<PrefixRange> ranges(List<Term> terms, String key, Values values, Map<String, List<PrefixRange>> sets) {
        List<PrefixRange> ranges = new ArrayList<>();
        for (Term term : terms) {
            switch (term) {
                case Term.Range(PrefixRange range) -> ranges.add(range);
                case Term.SetName(String set) when sets.containsKey(set) -> ranges.addAll(sets.get(set));
                case Term.SetName(String set) -> values.problem(key, "TMB-CFG-009 there is no prefix-set." + set + " in this file; "
                        + (sets.isEmpty() ? "it has none" : "it has " + String.join(", ", sets.keySet().stream().sorted().toList())));
            }
        }
        return ranges;
    }

    private static PrefixRange range(String text) {
        String[] words = text.split("\\s+");
        Prefix prefix = Prefix.parse(words[0]);
        int ge = -1;
        int le = -1;
        for (int i = 1; i < words.length; i += 2) {
            boolean isGe = words[i].equals("ge") && ge < 0 && le < 0;
            boolean isLe = words[i].equals("le") && le < 0;
            if (!isGe && !isLe || i + 1 == words.length) {
                throw new IllegalArgumentException("'" + text + "' is not address/length [ge N] [le N]");
            }
            int length;
            try {
                length = (int) ValueType.number(0, prefix.family().bits()).parse(words[i + 1]).longValue();
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + text + "': " + words[i] + " is 0 to " + prefix.family().bits(), e);
            }
            ge = isGe ? length : ge;
            le = isLe ? length : le;
        }
        int least = ge >= 0 ? ge : prefix.length();
        return new PrefixRange(prefix, least, le >= 0 ? le : ge >= 0 ? prefix.family().bits() : prefix.length());
    }

    private static Match.AsPathLength lengths(String text) {
        int dash = text.indexOf('-');
        ValueType<Long> number = ValueType.number(0, 65535);
        int least = number.parse(dash < 0 ? text : text.substring(0, dash)).intValue();
        int most = dash < 0 ? least : dash == text.length() - 1 ? Integer.MAX_VALUE : number.parse(text.substring(dash + 1)).intValue();
        if (most < least) {
            throw ValueType.refused();
        }
        return new Match.AsPathLength(least, most);
    }

    private static Match.LocalPreference preferences(String text) {
        int dash = text.indexOf('-');
        ValueType<Long> number = ValueType.number(0, 0xffff_ffffL);
        long least = number.parse(dash < 0 ? text : text.substring(0, dash));
        long most = dash < 0 ? least : dash == text.length() - 1 ? 0xffff_ffffL : number.parse(text.substring(dash + 1));
        if (most < least) {
            throw ValueType.refused();
        }
        return new Match.LocalPreference(least, most);
    }

    private static Change.Prepend prepend(String text) {
        String[] words = text.split("\\s+");
        if (words.length == 1) {
            return new Change.Prepend(Optional.empty(), ValueType.number(1, 25).parse(text).intValue());
        }
        if (words.length != 3 || !words[1].equals("x")) {
            throw ValueType.refused();
        }
        return new Change.Prepend(Optional.of(Asn.parse(words[0])), ValueType.number(1, 25).parse(words[2]).intValue());
    }

    private static boolean fromPeers(String text) {
        return switch (text) {
            case "peers" -> true;
            case "local" -> false;
            default -> throw ValueType.refused();
        };
    }

    private static List<Asn> path(String text) {
        List<Asn> path = Arrays.stream(text.split("\\s+")).map(Asn::parse).toList();
        if (path.size() > MAX_PREPENDED) {
            throw ValueType.refused();
        }
        return path;
    }
}
