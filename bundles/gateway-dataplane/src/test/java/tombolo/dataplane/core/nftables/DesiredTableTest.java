package tombolo.dataplane.core.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Names;
import tombolo.api.nftables.Owner;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.dataplane.core.MessageReader;

class DesiredTableTest {
    private final DesiredTable table = new DesiredTable();

    private static Element element(String address) {
        return Element.of(Value.of(IpAddress.parse(address)));
    }

    private static NamedSet addresses(String name, String... elements) {
        return NamedSet.set(name, "", List.of(DataType.IPV4_ADDRESS), List.of(elements).stream().map(DesiredTableTest::element).toList());
    }

    private static Chain dropping(String name, String set) {
        return Chain.of(name, "", List.of(Rule.of("", Statement.in(set, Field.SOURCE_V4), Statement.decide(Verdict.DROP))));
    }

    /** The words of a transaction's messages. */
    private static List<String> words(Steps steps) {
        Messages messages = new Messages();
        messages.begin(1, 1);
        steps.write(messages);
        int last = messages.end();
        List<String> words = new ArrayList<>();
        for (int i = 2; i <= last; i++) {
            words.add(messages.about(i).orElseThrow().words());
        }
        return words;
    }

    @BeforeEach
    void start() {
        assertEquals(Optional.empty(), table.apply(Owner.POLICY, Change.complete(List.of(dropping("policy-c", "policy-s")), List.of(addresses("policy-s", "10.0.0.1", "10.0.0.2")))));
        table.settle();
    }

    @Test
    void aChangeOfElementsIsAMessageForWhatComesAndOneForWhatGoes() {
        table.apply(Owner.POLICY, Change.elements("policy-s", List.of(element("10.0.0.3"), element("10.0.0.1")), List.of(Value.of(IpAddress.parse("10.0.0.2")), Value.of(IpAddress.parse("10.9.9.9")))));
        assertEquals(List.of("removing from set policy-s", "adding to set policy-s"), words(table.steps()));
        table.settle();
        assertTrue(table.steps().isEmpty());
    }

    @Test
    void moreElementsThanASetMayHaveAreRefusedAndWhatIsThereStays() {
        List<Element> many = new ArrayList<>();
        for (int i = 0; i < NamedSet.MOST_ELEMENTS - 1; i++) {
            many.add(Element.of(Value.number(i)));
        }
        Element there = element("10.0.0.1");
        Value gone = Value.of(IpAddress.parse("10.0.0.2"));
        String wrong = table.apply(Owner.POLICY, Change.elements("policy-s", many, List.of())).orElseThrow();
        assertTrue(wrong.contains("policy-s") && wrong.contains(Integer.toString(NamedSet.MOST_ELEMENTS + 1)), wrong);
        assertTrue(table.steps().isEmpty());
        many.set(0, there);
        assertEquals(Optional.empty(), table.apply(Owner.POLICY, Change.elements("policy-s", many, List.of(gone))), "one that is there already and one that goes do not count");
    }

    @Test
    void whatComesAndGoesAgainBeforeItIsInForceIsNothing() {
        table.apply(Owner.POLICY, Change.elements("policy-s", List.of(element("10.0.0.3")), List.of()));
        table.apply(Owner.POLICY, Change.elements("policy-s", List.of(), List.of(Value.of(IpAddress.parse("10.0.0.3")))));
        table.apply(Owner.POLICY, Change.differences().put(Chain.of("policy-x", "", List.of())).build());
        table.apply(Owner.POLICY, Change.differences().removeChain("policy-x").build());
        assertTrue(table.steps().isEmpty());
    }

    @Test
    void theSameContentGivenAnewIsNoChange() {
        table.apply(Owner.POLICY, Change.complete(List.of(dropping("policy-c", "policy-s")), List.of(addresses("policy-s", "10.0.0.2", "10.0.0.1"))));
        assertTrue(table.steps().isEmpty());
    }

    @Test
    void aSetMadeOtherwiseTakesItsRulesOutAndPutsThemBackInOneTransaction() {
        table.apply(Owner.POLICY, Change.differences().put(NamedSet.intervals("policy-s", "", List.of(DataType.IPV4_ADDRESS), List.of(element("10.0.0.1")))).build());
        assertEquals(List.of("emptying chain policy-c", "removing set policy-s", "making set policy-s", "adding to set policy-s", "making rule 0 of chain policy-c"), words(table.steps()));
    }

    @Test
    void whatIsRefusedIsWantedNoMore() {
        table.apply(Owner.POLICY, Change.complete(List.of(), List.of(addresses("policy-t", "10.0.0.9"))));
        table.apply(Owner.MASQUERADE, Change.complete(List.of(Chain.of("masq-c", "", List.of())), List.of()));
        assertFalse(table.steps().isEmpty());
        table.rollBack(Owner.POLICY);
        table.rollBack(Owner.MASQUERADE);
        assertTrue(table.steps().isEmpty());
        assertEquals(List.of("policy-c"), table.chains(Owner.POLICY));
        assertTrue(table.unspoken().contains(Owner.MASQUERADE), "an owner whose first word was refused has not spoken");
        table.apply(Owner.POLICY, Change.elements("policy-s", List.of(element("10.0.0.3")), List.of(Value.of(IpAddress.parse("10.0.0.1")))));
        table.rollBack(Owner.POLICY);
        assertTrue(table.steps().isEmpty());
        assertEquals(2, table.elements());
    }

    @Test
    void theFirstWordOfAnOwnerMustBeAll() {
        assertTrue(table.apply(Owner.PORTS, Change.differences().put(Chain.of("ports-c", "", List.of())).build()).orElseThrow().contains("must be complete"));
    }

    @Test
    void anOwnerNamesItsOwnAlone() {
        assertTrue(table.apply(Owner.POLICY, Change.differences().put(Chain.of("masq-c", "", List.of())).build()).orElseThrow().contains("policy-"));
        assertThrows(IllegalArgumentException.class, () -> Chain.of("forward", "", List.of()));
        assertThrows(IllegalArgumentException.class, () -> Chain.of("policy-a\"b", "", List.of()));
    }

    @Test
    void commentsAreWhatNftCanShow() {
        assertEquals("a'b c 'd", Names.comment("a\"b\nc \\d"));
        assertTrue(Names.comment("ü".repeat(200)).length() <= 63);
    }

    @Test
    void overlappingRangesAreRefusedBeforeTheKernelIsAsked() {
        Element wide = Element.range(Value.of(IpAddress.parse("10.0.0.0")), Value.last(Prefix.parse("10.0.0.0/8")));
        assertThrows(IllegalArgumentException.class, () -> NamedSet.intervals("policy-i", "", List.of(DataType.IPV4_ADDRESS), List.of(wide, element("10.1.1.1"))));
    }

    /** RFC 3549 §2.3: a receiver must cope with what it does not know; a datagram that lies about its lengths ends the walk. */
    @Test
    void aDamagedDumpIsReadWithoutFault() {
        Messages messages = new Messages();
        messages.begin(1, 0);
        DesiredTable all = new DesiredTable();
        all.apply(Owner.POLICY, Change.complete(GoldenTable.CHAINS.stream().filter(chain -> chain.name().startsWith("policy-")).toList(), List.of()));
        all.steps(new KernelTable()).write(messages);
        messages.end();
        for (int at = 0; at < messages.size(); at++) {
            byte[] bytes = java.util.Arrays.copyOf(messages.bytes(), messages.size());
            bytes[at] ^= 0x7f;
            KernelTable read = new KernelTable();
            MessageReader reader = new MessageReader(bytes);
            reader.reset(bytes.length);
            while (reader.next()) {
                read.take(reader, bytes);
            }
            all.steps(read);
        }
    }

    private static List<List<String>> inTurn(Steps steps) {
        return steps.inTurn().stream().map(DesiredTableTest::words).toList();
    }

    private static NamedSet ends(String leads) {
        return NamedSet.verdicts("policy-to", "", List.of(DataType.IPV4_ADDRESS), List.of(Element.entry(Value.of(IpAddress.parse("10.0.0.1")), Verdict.jump(leads), "")));
    }

    @Test
    void whatNobodyUsesYetIsMadeBeforeAndWhatNobodyUsesAnyMoreGoesBehind() {
        table.apply(Owner.POLICY, Change.differences().put(dropping("policy-1", "policy-s")).put(ends("policy-1")).build());
        table.settle();
        table.apply(Owner.POLICY, Change.differences().put(dropping("policy-2", "policy-t")).put(addresses("policy-t", "10.0.0.9")).put(ends("policy-2")).removeChain("policy-1").build());
        assertEquals(List.of(List.of("making chain policy-2", "making set policy-t", "adding to set policy-t", "making rule 0 of chain policy-2"),
                List.of("removing from set policy-to", "adding to set policy-to"),
                List.of("emptying chain policy-1", "removing chain policy-1")), inTurn(table.steps()));
    }

    private static NamedSet lists(int... numbers) {
        return new NamedSet("policy-lists", List.of(DataType.MARK), false, new NamedSet.MapData.Lasting(), "",
                java.util.Arrays.stream(numbers).mapToObj(number -> Element.entry(Value.number(number), Verdict.goTo("policy-" + number), "")).toList());
    }

    private static NamedSet leads(int number) {
        return NamedSet.map("policy-to", "", List.of(DataType.IPV4_ADDRESS), List.of(DataType.MARK), List.of(Element.entry(Value.of(IpAddress.parse("10.0.0.1")), new Element.Data(Value.number(number)), "")));
    }

    @Test
    void whatANumberMeansIsThereBeforeAnythingLeadsToItAndGoesBehindIt() {
        table.apply(Owner.POLICY, Change.differences().put(dropping("policy-1", "policy-s")).put(lists(1)).put(leads(1)).build());
        table.settle();
        table.apply(Owner.POLICY, Change.differences().put(dropping("policy-2", "policy-s")).put(lists(2)).put(leads(2)).removeChain("policy-1").build());
        assertEquals(List.of(List.of("making chain policy-2", "adding to set policy-lists", "making rule 0 of chain policy-2"),
                List.of("removing from set policy-to", "adding to set policy-to"),
                List.of("emptying chain policy-1", "removing from set policy-lists", "removing chain policy-1")), inTurn(table.steps()));
    }

    @Test
    void aNumberThatMeansAnotherListThanBeforeIsReplacedAtOnce() {
        table.apply(Owner.POLICY, Change.differences().put(lists(1)).build());
        table.settle();
        table.apply(Owner.POLICY, Change.differences().put(new NamedSet("policy-lists", List.of(DataType.MARK), false, new NamedSet.MapData.Lasting(), "",
                List.of(Element.entry(Value.number(1), Verdict.goTo("policy-2"), "")))).build());
        assertEquals(List.of(List.of("removing from set policy-lists", "adding to set policy-lists")), inTurn(table.steps()));
    }

    @Test
    void setsOfManyElementsAreMadeInPiecesBeforeTheRulesThatUseThem() {
        int many = 2 * Steps.PIECE + 5;
        List<Element> elements = java.util.stream.IntStream.range(0, many).mapToObj(i -> Element.of(Value.of(IpAddress.v4(0x0a000000 + i)))).toList();
        DesiredTable fresh = new DesiredTable();
        fresh.apply(Owner.POLICY, Change.complete(List.of(dropping("policy-c", "policy-s"), Chain.base("policy-f", new Chain.Hook(Chain.Type.FILTER, Chain.Point.FORWARD, 0, false), "",
                List.of(Rule.of("", Statement.decide(Verdict.jump("policy-c")))))), List.of(NamedSet.set("policy-s", "", List.of(DataType.IPV4_ADDRESS), elements), addresses("policy-few", "10.0.0.1"))));
        List<Steps> parts = fresh.steps(new KernelTable()).inTurn();
        assertTrue(parts.stream().allMatch(part -> part.size() <= Steps.PIECE + 10), () -> parts.toString());
        List<List<String>> words = parts.stream().map(DesiredTableTest::words).toList();
        List<String> all = words.stream().flatMap(List::stream).toList();
        assertEquals("making the table", all.getFirst());
        assertTrue(all.indexOf("making set policy-s") < all.indexOf("adding to set policy-s") && all.lastIndexOf("adding to set policy-s") < all.indexOf("making chain policy-c"), all::toString);
        assertEquals(List.of("making chain policy-f", "making rule 0 of chain policy-f"), words.getLast());
        assertEquals(1, java.util.Collections.frequency(all, "making rule 0 of chain policy-c"));
        assertTrue(all.contains("making set policy-few"));
    }

    @Test
    void rulesOfManyNewChainsAreMadeInPiecesBeforeAnybodyComesToThem() {
        int many = Steps.PIECE + 500;
        DesiredTable fresh = new DesiredTable();
        List<Chain> chains = new java.util.ArrayList<>();
        for (int i = 0; i < many; i++) {
            chains.add(Chain.of("policy-c" + i, "", List.of(Rule.of("", Statement.decide(i == 0 ? Verdict.DROP : Verdict.jump("policy-c" + (i - 1)))))));
        }
        chains.add(Chain.base("policy-f", new Chain.Hook(Chain.Type.FILTER, Chain.Point.FORWARD, 0, false), "", List.of(Rule.of("", Statement.decide(Verdict.jump("policy-c9"))))));
        fresh.apply(Owner.POLICY, Change.complete(chains, List.of(addresses("policy-few", "10.0.0.1"))));
        List<List<String>> words = inTurn(fresh.steps(new KernelTable()));
        assertTrue(words.stream().allMatch(part -> part.stream().filter(word -> word.startsWith("making rule")).count() <= Steps.PIECE), "pieces");
        List<String> all = words.stream().flatMap(List::stream).toList();
        assertEquals("making the table", all.getFirst());
        assertTrue(all.lastIndexOf("making chain policy-c" + (many - 1)) < all.indexOf("making rule 0 of chain policy-c0"));
        assertEquals(many + 1, all.stream().filter(word -> word.startsWith("making rule")).distinct().count());
        assertEquals(List.of("making chain policy-f", "making rule 0 of chain policy-f"), words.getLast());
        assertEquals(1, java.util.Collections.frequency(all, "making set policy-few"));
        assertEquals(1, java.util.Collections.frequency(all, "adding to set policy-few"));
    }

    @Test
    void aSetGoesBehindTheRulesThatUseAnotherByThen() {
        table.apply(Owner.POLICY, Change.differences().put(ends("policy-c")).build());
        table.settle();
        table.apply(Owner.POLICY, Change.differences().put(Chain.of("policy-c", "", List.of())).removeSet("policy-to").build());
        Steps steps = table.steps();
        steps.edit(new KernelTable());
        List<List<String>> parts = inTurn(steps);
        assertEquals(List.of("removing set policy-to"), parts.getLast());
        assertEquals(2, parts.size());
    }
}
