package tombolo.api.selector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {
    @Test
    void theIdOfAllIsCalicosOwnTestVector() {
        assertEquals("s:5y5I3VdRZfDU01O--xXAPx2yxCQQqMf0M6IWug", Selector.parse("all()").uniqueId());
        assertEquals(Selector.ALL.uniqueId(), Selector.parse(" \t").uniqueId());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '`', value = {
        "`` ~ all()",
        "all( ) ~ all()",
        "a=='b' ~ a == \"b\"",
        "a == 'say \"b\"' ~ a == 'say \"b\"'",
        "a == \"it's\" ~ a == \"it's\"",
        "a == 'b' && c != 'd' || e contains 'f' ~ ((a == \"b\" && c != \"d\") || e contains \"f\")",
        "a == 'b' || c != 'd' && e contains 'f' ~ (a == \"b\" || (c != \"d\" && e contains \"f\"))",
        "((has(a) && has(b)) && has(c)) ~ ((has(a) && has(b)) && has(c))",
        "(((has(a)))) ~ has(a)",
        "a in {'z', 'b', 'b'} ~ a in {\"b\", \"z\"}",
        "a not in {'x'} ~ a not in {\"x\"}",
        "a notin {'x'} ~ a not in {\"x\"}",
        "a startswith 'x' ~ a starts with \"x\"",
        "a starts \t with 'x' ~ a starts with \"x\"",
        "a endswith 'x' ~ a ends with \"x\"",
        "has( a ) ~ has(a)",
        "a in {} ~ a in {}",
        "a in {'a',} ~ a in {\"a\"}",
        "!!!has(a) ~ !has(a)",
        "!!has(a) ~ has(a)",
        "!(has(a) && has(b)) ~ !(has(a) && has(b))",
        "contains contains 'contains' ~ contains contains \"contains\"",
        "in in {'in'} ~ in in {\"in\"}",
        "not not in {'not'} ~ not not in {\"not\"}",
        "all == 'x' ~ all == \"x\"",
        "a contains'x' ~ a contains \"x\"",
        "a in{'x'} ~ a in {\"x\"}",
        "global() ~ global()",
    })
    void everySpellingHasOneCanonicalForm(String text, String canonical) {
        assertEquals(canonical, Selector.parse(text).canonical());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a ==", "a = 'b'", "a == b", "a == 'b", "a & b", "a in 'b'", "a in {'b'", "a in {,}", "has(", "has()", "has (a)", "all(x)", "all",
        "a == 'b' c == 'd'", "(has(a)", "has(a))", "!", "&& has(a)", "has(a) &&", "a == 'b'\n", "a ~ 'b'", "a incident {'b'}", "a starts 'b'", "a not 'b'", "{}", "'a' == 'b'",
        "a == 'b' || ", "!= 'a'", "a containsx 'b'", "å == 'b'"})
    void whatIsNotASelectorIsRefusedWithItsPlace(String text) {
        BadSelector refused = assertThrows(BadSelector.class, () -> Selector.parse(text));
        assertTrue(refused.position() >= 0 && refused.position() <= text.length(), refused.getMessage());
    }

    @Test
    void aMissingLabelMeetsOnlyTheNegativeOperators() {
        Map<String, String> none = Map.of();
        for (String text : List.of("a == 'x'", "a contains 'x'", "a contains ''", "a starts with ''", "a ends with ''", "a in {'x'}", "has(a)")) {
            assertFalse(Selector.parse(text).matches(none), text);
        }
        for (String text : List.of("a != 'x'", "a not in {'x'}", "a not in {}", "!has(a)", "all()", "global()", "")) {
            assertTrue(Selector.parse(text).matches(none), text);
        }
    }

    @Test
    void eachOperatorComparesTheWholeValue() {
        Map<String, String> labels = Map.of("a", "banana");
        for (String text : List.of("a == 'banana'", "a != 'ban'", "a contains 'nan'", "a starts with 'ban'", "a ends with 'ana'", "a in {'x', 'banana'}", "a not in {'ban'}")) {
            assertTrue(Selector.parse(text).matches(labels), text);
        }
        for (String text : List.of("a == 'Banana'", "a != 'banana'", "a contains 'nane'", "a starts with 'ana'", "a ends with 'ban'", "a in {}", "a not in {'banana'}")) {
            assertFalse(Selector.parse(text).matches(labels), text);
        }
    }

    @Test
    void tenThousandNestedParenthesesAreRefusedByDepthAndNotByAnOverflow() {
        String text = "(".repeat(10_000) + "has(a)" + ")".repeat(10_000);
        BadSelector refused = assertThrows(BadSelector.class, () -> Selector.parse(text));
        assertTrue(refused.getMessage().startsWith("parentheses nested deeper than 512"), refused.getMessage());
        Selector deepest = Selector.parse("(".repeat(Selector.MAX_DEPTH - 1) + "has(a)" + ")".repeat(Selector.MAX_DEPTH - 1));
        assertTrue(deepest.matches(Map.of("a", "")));
        assertEquals("has(a)", Selector.parse("!".repeat(10_000) + "has(a)").canonical());
    }

    @Test
    void aTextOrALabelBeyondItsLimitIsRefused() {
        assertThrows(BadSelector.class, () -> Selector.parse(" ".repeat(Selector.MAX_CHARS + 1)));
        String label = "l".repeat(512);
        assertTrue(Selector.parse("has(" + label + ")").matches(Map.of(label, "")));
        assertThrows(BadSelector.class, () -> Selector.parse("has(" + label + "l)"));
    }

    @Test
    void aPrefixedSelectorIsTheSameOverPrefixedLabels() {
        Selector selector = Selector.parse("a == 'x' && (!has(b) || c not in {'y'}) && all()").withLabelPrefix("pcns.");
        assertEquals("(pcns.a == \"x\" && (!has(pcns.b) || pcns.c not in {\"y\"}) && all())", selector.canonical());
    }

    @Test
    void setsAreSortedByCodePointAsGoSortsThem() {
        // U+FF5E sorts before U+1F600 by code point, behind its surrogates by UTF-16 unit.
        assertEquals("a in {\"\uff5e\", \"\ud83d\ude00\"}", Selector.parse("a in {'\ud83d\ude00', '\uff5e'}").canonical());
    }

    @Test
    void printingAndParsingAnyExpressionGivesItsEqual() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            Selector selector = Selector.of(random(random, 4));
            Selector again = Selector.parse(selector.canonical());
            String why = "seed " + seed + ": " + selector;
            if (!selector.canonical().contains("!!")) {
                // Only a negation right inside a negation prints as what reads back shorter.
                assertEquals(selector.expression(), again.expression(), why);
            }
            for (int j = 0; j < 8; j++) {
                Map<String, String> labels = labels(random);
                assertEquals(selector.matches(labels), again.matches(labels), why + " over " + labels);
            }
            assertEquals(selector.canonical().contains("!!") ? again : selector, Selector.parse(again.canonical()), why);
        }
    }

    @Test
    void noTextMakesTheParserFailOtherwiseThanByRefusal() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> pieces = List.of("a", "b.c/d", " ", "==", "!=", "!", "&&", "||", "(", ")", "{", "}", ",", "'x'", "\"y\"", "has(", "all()", "global()", "in", "not", "contains",
                "starts with", "ends", "\n", "=", "'", "é");
        int accepted = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(9); n >= 0; n--) {
                text.append(pieces.get(random.nextInt(pieces.size())));
            }
            try {
                Selector.parse(text.toString());
                accepted++;
            } catch (BadSelector expected) {
                // refused: fine
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + text, e);
            }
        }
        assertNotEquals(0, accepted);
    }

    private static Expression random(Random random, int depth) {
        String label = List.of("a", "b", "x.y/z", "in").get(random.nextInt(4));
        String value = List.of("", "x", "xy", "it's", "say \"x\"").get(random.nextInt(5));
        return switch (random.nextInt(depth == 0 ? 5 : 8)) {
            case 0 -> new Expression.All();
            case 1 -> new Expression.Has(label);
            case 2, 3 -> new Expression.Compare(label, Expression.Operator.values()[random.nextInt(5)], value);
            case 4 -> random.nextBoolean() ? Expression.Member.in(label, List.of(value, "x")) : Expression.Member.notIn(label, random.nextBoolean() ? List.of() : List.of(value));
            case 5 -> new Expression.Not(random(random, depth - 1));
            case 6 -> new Expression.And(several(random, depth - 1));
            default -> new Expression.Or(several(random, depth - 1));
        };
    }

    private static List<Expression> several(Random random, int depth) {
        List<Expression> operands = new ArrayList<>();
        for (int n = 2 + random.nextInt(2); n > 0; n--) {
            operands.add(random(random, depth));
        }
        return operands;
    }

    private static Map<String, String> labels(Random random) {
        Map<String, String> labels = new HashMap<>();
        for (String label : List.of("a", "b", "x.y/z", "in")) {
            if (random.nextBoolean()) {
                labels.put(label, List.of("", "x", "xy", "it's", "say \"x\"").get(random.nextInt(5)));
            }
        }
        return labels;
    }
}
