package tombolo.dataplane.adapter.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tombolo.api.kernel.Netlink;
import tombolo.api.kernel.NetlinkSocket;
import tombolo.api.kernel.contract.Namespace;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.Chain.Hook;
import tombolo.api.nftables.Chain.Point;
import tombolo.api.nftables.Chain.Type;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Nftables.Outcome;
import tombolo.api.nftables.Owner;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.dataplane.core.nftables.GoldenTable;
import tombolo.linux.adapter.LinuxNetlink;

/** The writer on a real kernel, seen by nft and disturbed by it. */
class NftablesWriterTest {
    private final LinuxNetlink netlink = new LinuxNetlink();
    private Space space;
    private NftablesWriter writer;

    @BeforeEach
    void open() {
        space = new Space();
        writer = new NftablesWriter(netlink, Optional.of(space.path()));
    }

    @AfterEach
    void close() {
        writer.close();
        netlink.close();
        space.close();
    }

    private Outcome put(Owner owner, Change change) {
        return get(writer.change(owner, change));
    }

    private static Outcome get(CompletableFuture<Outcome> told) {
        try {
            return told.get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static void inForce(Outcome outcome) {
        assertInstanceOf(Outcome.InForce.class, outcome, outcome.toString());
    }

    private static Value address(int number) {
        return Value.of(IpAddress.v4(0x0a000000 + number));
    }

    private static Change golden(Owner owner) {
        return Change.complete(GoldenTable.CHAINS.stream().filter(chain -> chain.name().startsWith(owner.prefix())).toList(),
                GoldenTable.SETS.stream().filter(set -> set.name().startsWith(owner.prefix())).toList());
    }

    private static Chain forward(Statement... statements) {
        return Chain.base("policy-forward", new Hook(Type.FILTER, Point.FORWARD, 0, false), "what passes", List.of(Rule.of("of a test", statements)));
    }

    @Test
    void tracesHopsAndFlagsOfTcpAreShownToo() {
        Statement flags = new Statement.Masked(Field.TCP_FLAGS, Value.octet(0x17), Statement.Operator.NOT_EQUAL, Value.octet(2));
        inForce(put(Owner.PROBE, Change.complete(List.of(Chain.base("probe-x", new Hook(Type.FILTER, Point.PREROUTING, -350, false), "", List.of(
                Rule.of("", Statement.family(tombolo.api.net.AddressFamily.IPV4), Statement.is(Field.HOPS_V4, Value.octet(253)), new Statement.Trace()),
                Rule.of("", Statement.family(tombolo.api.net.AddressFamily.IPV6), Statement.is(Field.HOPS_V6, Value.octet(253)), Statement.is(Field.PROTOCOL, Value.octet(6)), flags)))), List.of())));
        for (String line : List.of("ip ttl 253 meta nftrace set 1", "ip6 hoplimit 253 tcp flags != syn / fin,syn,rst,ack")) {
            assertTrue(shown().contains(line), () -> line + " in\n" + shown());
        }
    }

    /** nft 1.0.6 dies of two lookups in one rule of which the second asks for what the first found. */
    @Test
    void aNumberThatAMapGivesAPacketIsShownAndStandsOverARestart() {
        Change change = Change.complete(List.of(Chain.of("policy-l", "", List.of(Rule.of("", new Statement.Forget()))),
                forward(new Statement.Remember(List.of(Field.OUTPUT_INTERFACE), "policy-to"), new Statement.VerdictLookup(List.of(Field.SECURITY_MARK), "policy-lists"))),
                List.of(NamedSet.map("policy-to", "", List.of(DataType.INTERFACE_NAME), List.of(DataType.MARK),
                                List.of(Element.entry(Value.interfaceName("eth0"), new Element.Data(Value.number(0x1234)), "x/y"))),
                        new NamedSet("policy-lists", List.of(DataType.MARK), false, new NamedSet.MapData.Lasting(), "", List.of(Element.entry(Value.number(0x1234), Verdict.goTo("policy-l"), "")))));
        inForce(put(Owner.POLICY, change));
        for (String line : List.of("meta secmark set oifname map @policy-to meta secmark vmap @policy-lists", "meta secmark set 0", "\"eth0\" comment \"x/y\" : 0x00001234", "0x00001234 : goto policy-l")) {
            assertTrue(shown().contains(line), () -> line + " in\n" + shown());
        }
        restart();
        assertEquals(new Outcome.InForce(0), put(Owner.POLICY, change));
    }

    @Test
    void aLookupOfAnAddressesFirstBitsIsShownAndStandsOverARestart() {
        Change change = Change.complete(List.of(forward(Statement.family(tombolo.api.net.AddressFamily.IPV4),
                        new Statement.MaskedLookup(Field.SOURCE_V4, Value.mask(Prefix.parse("10.0.0.0/28")), "policy-n4", false), Statement.decide(Verdict.DROP)),
                Chain.of("policy-six", "", List.of(Rule.of("", Statement.family(tombolo.api.net.AddressFamily.IPV6),
                        new Statement.MaskedLookup(Field.DESTINATION_V6, Value.mask(Prefix.parse("2001:db8::/56")), "policy-n6", true), Statement.decide(Verdict.DROP))))),
                List.of(NamedSet.set("policy-n4", "", List.of(DataType.IPV4_ADDRESS), List.of(Element.of(address(16)))),
                        NamedSet.set("policy-n6", "", List.of(DataType.IPV6_ADDRESS), List.of(Element.of(Value.of(IpAddress.parse("2001:db8:0:100::")))))));
        inForce(put(Owner.POLICY, change));
        for (String line : List.of("ip saddr & 255.255.255.240 == @policy-n4 drop", "ip6 daddr & ffff:ffff:ffff:ff00:: != @policy-n6 drop")) {
            assertTrue(shown().contains(line), () -> line + " in\n" + shown());
        }
        restart();
        assertEquals(new Outcome.InForce(0), put(Owner.POLICY, change));
    }

    /** What nft shows of the rules, without counters. */
    private String shown() {
        return space.list().replaceAll("counter packets \\d+ bytes \\d+", "counter");
    }

    private void restart() {
        writer.close();
        writer = new NftablesWriter(netlink, Optional.of(space.path()));
    }

    @Test
    void nftShowsEverythingInItsOwnWords() {
        for (Owner owner : Owner.values()) {
            inForce(put(owner, golden(owner)));
        }
        String shown = shown();
        for (String line : List.of("comment \"kept by the gateway: changes are undone\"",
                "elements = { tcp . 8080 comment \"web/eth0\" : 10.0.0.2 . 80 }", "elements = { 2001:db8::1 . udp . 8080 : 2001:db8::2 . 80 }",
                "elements = { 10.0.0.0/24 . 10.0.0.2 }", "elements = { \"eth0\" : jump policy-e }", "elements = { 10.0.0.1 . tcp . 80 }",
                "type nat hook prerouting priority dstnat; policy accept;",
                "meta nfproto ipv4 fib daddr type local dnat ip to meta l4proto . th dport map @ports-v4 comment \"ports\"",
                "dnat ip6 to ip6 daddr . meta l4proto . th dport map @ports-v6", "ip saddr @masq-pools ip daddr != @masq-pools counter masquerade fully-random",
                "ct status dnat ip saddr . ip daddr @ports-hairpin masquerade", "ip saddr 10.1.2.0/23 masquerade", "type filter hook forward priority filter; policy drop;",
                "ct state established,related accept", "iifname vmap @policy-endpoints", "oifname \"eth0\" tcp dport 100-200 counter return",
                "ip saddr . meta l4proto . th dport @policy-s goto policy-e", "log prefix \"abc\" group 3 snaplen 128", "meta mark & 0x0000ff00 == 0x00000100 drop",
                "icmp type echo-request", "fib saddr . iif oif missing drop", "limit rate 5/second burst 7 packets accept", "iifname \"cali*\" jump policy-e",
                "ip6 saddr 2001:db8::/29 drop", "meta l4proto udp notrack",
                "meta nfproto ipv4 udp dport 53 fib daddr type != local snat ip to 10.0.0.9", "meta nfproto ipv6 snat ip6 to 2001:db8::9")) {
            assertTrue(shown.contains(line), () -> "'" + line + "' is not in\n" + shown);
        }
    }

    @Test
    void aRestartAdoptsWhatIsThereAndWritesNothing() {
        for (Owner owner : Owner.values()) {
            inForce(put(owner, golden(owner)));
        }
        String before = Namespace.run(space.inside("nft", "-a", "list", "table", "inet", "tombolo"));
        restart();
        for (Owner owner : Owner.values()) {
            assertEquals(new Outcome.InForce(0), put(owner, golden(owner)), "nothing differs");
        }
        assertEquals(before, Namespace.run(space.inside("nft", "-a", "list", "table", "inet", "tombolo")), "handles would tell that something was made anew");
        assertEquals(0, writer.status().transactions());
    }

    @Test
    void aRestartReplacesOnlyWhatDiffersAndLeavesOwnersAloneThatHaveNotSpoken() {
        put(Owner.POLICY, golden(Owner.POLICY));
        put(Owner.MASQUERADE, Change.complete(List.of(Chain.of("masq-old", "", List.of()), Chain.of("masq-kept", "", List.of(Rule.of("", Statement.decide(Verdict.RETURN))))), List.of()));
        String kept = Namespace.run(space.inside("nft", "-a", "list", "chain", "inet", "tombolo", "masq-kept"));
        restart();
        inForce(put(Owner.MASQUERADE, Change.complete(List.of(Chain.of("masq-new", "", List.of()), Chain.of("masq-kept", "", List.of(Rule.of("", Statement.decide(Verdict.RETURN))))), List.of())));
        String shown = shown();
        assertTrue(shown.contains("chain masq-new") && !shown.contains("masq-old") && shown.contains("chain policy-fwd"), shown);
        assertEquals(kept, Namespace.run(space.inside("nft", "-a", "list", "chain", "inet", "tombolo", "masq-kept")));
        assertEquals(List.of(Owner.PORTS, Owner.POLICY, Owner.PROBE, Owner.SEGMENTS, Owner.SOURCES), writer.status().unspoken());
    }

    @Test
    void aForeignHandIsUndoneAndForeignTablesAreLeftAlone() {
        writer.close();
        writer = new NftablesWriter(netlink, Optional.of(space.path()), Duration.ofMillis(100));
        put(Owner.POLICY, golden(Owner.POLICY));
        String wanted = shown();
        space.nft("table inet other { chain c { type filter hook input priority 0; }; }\ntable ip tombolo { chain mine { }; }\n");
        String others = Namespace.run(space.inside("nft", "list", "table", "inet", "other"));
        List<String> disturbances = List.of("flush chain inet tombolo policy-fwd", "add element inet tombolo policy-s { 10.9.9.9 . udp . 53 }",
                "delete element inet tombolo policy-s { 10.0.0.1 . tcp . 80 }", "add rule inet tombolo policy-fwd accept", "insert rule inet tombolo policy-fwd ip saddr 1.2.3.4 accept",
                "add chain inet tombolo stranger { type filter hook input priority 5; policy drop; }", "delete table inet tombolo",
                "add table inet tombolo { flags dormant; }", "add set inet tombolo strange { type ipv4_addr; }",
                "add chain inet tombolo policy-mine", "add element inet tombolo policy-endpoints { \"eth1\" : drop }", "flush set inet tombolo policy-s");
        for (String disturbance : disturbances) {
            space.nft(disturbance + "\n");
            Space.eventually(disturbance, () -> Namespace.run(space.inside("nft", "list", "tables")).contains("inet tombolo") && shown().equals(wanted));
        }
        assertEquals(others, Namespace.run(space.inside("nft", "list", "table", "inet", "other")));
        assertTrue(Namespace.run(space.inside("nft", "list", "table", "ip", "tombolo")).contains("chain mine"));
        assertTrue(writer.status().repairs() > 0);
    }

    @Test
    void othersTransactionsBetweenOursCostNothingAndAreNotTakenForADisturbance() {
        put(Owner.POLICY, golden(Owner.POLICY));
        for (int i = 0; i < 5; i++) {
            space.nft("add table inet other" + i + "\n");
            inForce(put(Owner.POLICY, Change.elements("policy-s", List.of(Element.of(Value.concatenated(address(i + 10), Value.octet(6), Value.port(80)))), List.of())));
        }
        assertEquals(0, writer.status().repairs());
    }

    @Test
    void whatTheKernelRefusesLeavesTheOtherOwnersChangesInForce() {
        put(Owner.POLICY, golden(Owner.POLICY));
        String before = shown();
        Change bad = Change.differences().put(Chain.of("policy-bad", "", List.of(Rule.of("", Statement.in("policy-nowhere", Field.SOURCE_V4), Statement.decide(Verdict.DROP)))))
                .put(Chain.of("policy-too", "", List.of())).build();
        CompletableFuture<Outcome> refused = writer.change(Owner.POLICY, bad);
        CompletableFuture<Outcome> taken = writer.change(Owner.MASQUERADE, Change.complete(List.of(Chain.of("masq-c", "", List.of())), List.of()));
        Outcome.Refused why = assertInstanceOf(Outcome.Refused.class, get(refused));
        assertTrue(why.reason().startsWith("TMB-NFT-006") && why.reason().contains("policy-bad") && !why.later(), why.reason());
        inForce(get(taken));
        String after = shown();
        assertTrue(after.contains("chain masq-c") && !after.contains("policy-too"), after);
        assertEquals(before, after.replaceAll("\n\tchain masq-c \\{\n\t}\n", ""));
        inForce(put(Owner.POLICY, Change.differences().put(Chain.of("policy-too", "", List.of())).build()));
    }

    @Test
    void tenThousandElementsComeAndGoAsDifferences() {
        List<Element> many = new ArrayList<>();
        List<Element> ranges = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            many.add(Element.of(Value.concatenated(address(i), Value.octet(6), Value.port(80))));
            ranges.add(Element.range(address(i * 16), address(i * 16 + 7)));
        }
        inForce(put(Owner.POLICY, Change.complete(List.of(forward(Statement.family(tombolo.api.net.AddressFamily.IPV4),
                Statement.in("policy-many", Field.SOURCE_V4, Field.PROTOCOL, Field.DESTINATION_PORT), Statement.in("policy-ranges", Field.DESTINATION_V4), Statement.decide(Verdict.DROP))), List.of(
                NamedSet.set("policy-many", "", List.of(DataType.IPV4_ADDRESS, DataType.PROTOCOL, DataType.PORT), many),
                NamedSet.intervals("policy-ranges", "ranges", List.of(DataType.IPV4_ADDRESS), ranges)))));
        assertEquals(20_000, writer.status().elements());
        inForce(put(Owner.POLICY, Change.differences()
                .elements("policy-many", List.of(Element.of(Value.concatenated(address(1 << 20), Value.octet(17), Value.port(53)))), List.of(many.get(5).from()))
                .elements("policy-ranges", List.of(Element.range(address(16 * 3), address(16 * 3 + 15))), List.of(address(0), address(16))).build()));
        String shown = Namespace.run(space.inside("nft", "list", "set", "inet", "tombolo", "policy-ranges"));
        assertFalse(shown.contains("10.0.0.0/29"), shown.substring(0, 500));
        assertTrue(shown.contains("10.0.0.48/28"), shown.substring(0, 500));
        restart();
        List<Element> now = new ArrayList<>(many);
        now.remove(5);
        now.add(Element.of(Value.concatenated(address(1 << 20), Value.octet(17), Value.port(53))));
        List<Element> nowRanges = new ArrayList<>(ranges.subList(2, ranges.size()));
        nowRanges.set(1, Element.range(address(16 * 3), address(16 * 3 + 15)));
        assertEquals(new Outcome.InForce(0), put(Owner.POLICY, Change.complete(List.of(forward(Statement.family(tombolo.api.net.AddressFamily.IPV4),
                Statement.in("policy-many", Field.SOURCE_V4, Field.PROTOCOL, Field.DESTINATION_PORT), Statement.in("policy-ranges", Field.DESTINATION_V4), Statement.decide(Verdict.DROP))), List.of(
                NamedSet.set("policy-many", "", List.of(DataType.IPV4_ADDRESS, DataType.PROTOCOL, DataType.PORT), now),
                NamedSet.intervals("policy-ranges", "ranges", List.of(DataType.IPV4_ADDRESS), nowRanges)))), "what was read back is what was written");
    }

    @Test
    void aForeignHandIsSeenAlsoBehindATransactionOfThousandsOfElementsToWhichNobodyListens() {
        List<Element> many = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            many.add(Element.of(address(i)));
        }
        inForce(put(Owner.POLICY, Change.complete(List.of(), List.of(NamedSet.set("policy-many", "", List.of(DataType.IPV4_ADDRESS), List.of())))));
        inForce(put(Owner.POLICY, Change.elements("policy-many", many, List.of())));
        assertEquals(0, writer.status().repairs(), "our own transaction is no foreign hand");
        space.nft("delete element inet tombolo policy-many { 10.0.0.7 }\n");
        Space.eventually("the element is back", () -> writer.status().repairs() == 1 && shown().contains("10.0.0.7,"));
        space.nft("add table inet other\n");
        inForce(put(Owner.POLICY, Change.elements("policy-many", List.of(), many.stream().map(Element::from).toList())));
        assertEquals(0, writer.status().elements());
        assertEquals(1, writer.status().repairs(), "another's table is nobody's business");
    }

    /** Its message is unread when the listener is closed, and the first that the next listener hears is of somebody else's table. */
    @Test
    void aForeignHandRightBeforeATransactionToWhichNobodyListensIsUndone() {
        writer.close();
        DeafAtFirst deaf = new DeafAtFirst(netlink);
        writer = new NftablesWriter(deaf, Optional.of(space.path()));
        List<Element> many = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            many.add(Element.of(address(i)));
        }
        inForce(put(Owner.POLICY, Change.complete(List.of(), List.of(NamedSet.set("policy-many", "", List.of(DataType.IPV4_ADDRESS), List.of())))));
        space.nft("add set inet tombolo strange { type ipv4_addr; }\n");
        deaf.atTheNext = () -> space.nft("add table inet other\n");
        inForce(put(Owner.POLICY, Change.elements("policy-many", many, List.of())));
        assertTrue(deaf.listeners.get() > 1, "nobody listened to the transaction");
        assertFalse(shown().contains("strange"), "the stranger is gone");
        assertEquals(2_500, writer.status().elements());
    }

    /** The kernel, of whose notifications the first listener hears nothing. */
    private static final class DeafAtFirst implements Netlink {
        private final Netlink kernel;
        private final AtomicInteger listeners = new AtomicInteger();
        /** Run when the second listener hears. */
        private volatile Runnable atTheNext = () -> { };

        private DeafAtFirst(Netlink kernel) {
            this.kernel = kernel;
        }

        @Override
        public NetlinkSocket open(Options options) {
            NetlinkSocket socket = kernel.open(options);
            if (options.groups().isEmpty()) {
                return socket;
            }
            int number = listeners.incrementAndGet();
            if (number == 2) {
                atTheNext.run();
            }
            return number == 1 ? new DeafSocket(socket, new CountDownLatch(1)) : socket;
        }
    }

    private record DeafSocket(NetlinkSocket socket, CountDownLatch closed) implements NetlinkSocket {
        @Override
        public int portId() {
            return socket.portId();
        }

        @Override
        public void send(byte[] datagram, int length) {
            socket.send(datagram, length);
        }

        @Override
        public int receive(byte[] into, int timeoutMillis) {
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return NOTHING;
        }

        @Override
        public void wake() {
            socket.wake();
        }

        @Override
        public boolean isClosed() {
            return socket.isClosed();
        }

        @Override
        public void close() {
            socket.close();
            closed.countDown();
        }
    }

    @Test
    void rangesAtTheEndsOfTheAddressSpaceAndBesideEachOtherAreReadBackAsWritten() {
        List<Element> ranges = List.of(Element.range(Value.of(IpAddress.parse("0.0.0.0")), Value.last(Prefix.parse("0.0.0.0/1"))),
                Element.range(Value.of(IpAddress.parse("128.0.0.0")), Value.last(Prefix.parse("128.0.0.0/2"))), Element.of(Value.of(IpAddress.parse("192.0.0.0"))),
                Element.range(Value.of(IpAddress.parse("224.0.0.0")), Value.of(IpAddress.parse("255.255.255.255"))));
        Change change = Change.complete(List.of(), List.of(NamedSet.intervals("policy-edges", "", List.of(DataType.IPV4_ADDRESS), ranges)));
        inForce(put(Owner.POLICY, change));
        String shown = shown();
        restart();
        assertEquals(new Outcome.InForce(0), put(Owner.POLICY, change), shown);
        Change whole = Change.complete(List.of(), List.of(NamedSet.intervals("policy-edges", "", List.of(DataType.IPV4_ADDRESS),
                List.of(Element.range(Value.of(IpAddress.parse("0.0.0.0")), Value.of(IpAddress.parse("255.255.255.255")))))));
        inForce(put(Owner.POLICY, whole));
        restart();
        assertEquals(new Outcome.InForce(0), put(Owner.POLICY, whole), shown());
    }

    @Test
    void manyChangesAtOnceShareTransactions() {
        put(Owner.POLICY, golden(Owner.POLICY));
        List<CompletableFuture<Outcome>> told = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            told.add(writer.change(Owner.POLICY, Change.differences().put(Chain.of("policy-p" + i, "", List.of(Rule.of("", Statement.decide(Verdict.RETURN)))))
                    .elements("policy-endpoints", List.of(Element.entry(Value.interfaceName("cali" + i), Verdict.jump("policy-p" + i), "")), List.of()).build()));
        }
        told.forEach(one -> inForce(get(one)));
        assertTrue(writer.status().transactions() < 400, () -> writer.status().toString());
        assertEquals(503, writer.status().chains());
    }

    @Test
    void aHookThatIsAnotherIsMadeAnewWithItsRules() {
        inForce(put(Owner.POLICY, Change.complete(List.of(forward(Statement.decide(Verdict.ACCEPT))), List.of())));
        inForce(put(Owner.POLICY, Change.differences().put(Chain.base("policy-forward", new Hook(Type.FILTER, Point.FORWARD, 10, true), "", List.of(Rule.of("", Statement.decide(Verdict.ACCEPT))))).build()));
        assertTrue(shown().contains("type filter hook forward priority filter + 10; policy drop;\n\t\taccept"), shown());
    }

    @Test
    void rulesThatStayKeepTheirPlaceAndWhatTheyHaveCounted() {
        Rule first = Rule.of("first", new Statement.Count());
        Rule last = Rule.of("last", new Statement.Count());
        Hook hook = new Hook(Type.FILTER, Point.OUTPUT, 0, false);
        inForce(put(Owner.POLICY, Change.complete(List.of(Chain.base("policy-output", hook, "", List.of(first, Rule.of("a", new Statement.Count()), last))), List.of())));
        Namespace.run(space.inside("ping", "-c", "1", "-W", "2", "127.0.0.1"));
        for (List<Rule> between : List.of(List.of(Rule.of("b"), Rule.of("c")), List.<Rule>of(), List.of(Rule.of("d", Statement.decide(Verdict.ACCEPT)), Rule.of("e"), Rule.of("f")))) {
            List<Rule> rules = new ArrayList<>(List.of(first));
            rules.addAll(between);
            rules.add(last);
            inForce(put(Owner.POLICY, Change.differences().put(Chain.base("policy-output", hook, "", rules)).build()));
            String shown = space.list();
            int at = -1;
            for (Rule rule : rules) {
                int next = shown.indexOf("comment \"" + rule.comment() + "\"", at + 1);
                assertTrue(next > at, () -> rules + " are not in their order in\n" + shown);
                at = next;
            }
            assertTrue(writer.counters(Owner.POLICY).get("policy-output").stream().allMatch(counter -> counter.packets() >= 2), () -> writer.counters(Owner.POLICY).toString());
        }
        inForce(put(Owner.POLICY, Change.differences().put(Chain.base("policy-output", hook, "", List.of(Rule.of("x"), first))).build()));
        inForce(put(Owner.POLICY, Change.differences().put(Chain.base("policy-output", hook, "", List.of(Rule.of("x"), first, last))).build()));
        restart();
        assertEquals(new Outcome.InForce(0), put(Owner.POLICY, Change.complete(List.of(Chain.base("policy-output", hook, "", List.of(Rule.of("x"), first, last))), List.of())));
    }

    @Test
    void countersAreReadByChainAndRule() {
        inForce(put(Owner.POLICY, Change.complete(List.of(Chain.base("policy-output", new Hook(Type.FILTER, Point.OUTPUT, 0, false), "", List.of(
                Rule.of("first", Statement.is(Field.PROTOCOL, Value.octet(17))), Rule.of("second", new Statement.Count())))), List.of())));
        Namespace.run(space.inside("ping", "-c", "1", "-W", "2", "127.0.0.1"));
        var counters = writer.counters(Owner.POLICY).get("policy-output");
        assertEquals(1, counters.size());
        assertEquals(1, counters.getFirst().rule());
        assertEquals("second", counters.getFirst().comment());
        assertTrue(counters.getFirst().packets() >= 2, counters.toString());
    }
}
