package tombolo.dataplane.core.nftables;

import static tombolo.api.nftables.Statement.anyOf;
import static tombolo.api.nftables.Statement.decide;
import static tombolo.api.nftables.Statement.family;
import static tombolo.api.nftables.Statement.in;
import static tombolo.api.nftables.Statement.is;
import static tombolo.api.nftables.Statement.isNot;
import static tombolo.api.nftables.Statement.notIn;
import static tombolo.api.nftables.Statement.source;

import java.util.List;
import java.util.OptionalInt;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Chain.Hook;
import tombolo.api.nftables.Chain.Point;
import tombolo.api.nftables.Chain.Type;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Statement.Operator;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;

/** One of everything that a rule can say, with what nft calls it. */
public final class GoldenTable {
    private static final Value TCP = Value.octet(6);
    private static final Value UDP = Value.octet(17);

    public static final List<NamedSet> SETS = List.of(
            NamedSet.map("ports-v4", "", List.of(DataType.PROTOCOL, DataType.PORT), List.of(DataType.IPV4_ADDRESS, DataType.PORT),
                    List.of(Element.entry(Value.concatenated(TCP, Value.port(8080)), new Element.Data(Value.concatenated(address("10.0.0.2"), Value.port(80))), "web/eth0"))),
            NamedSet.map("ports-v6", "", List.of(DataType.IPV6_ADDRESS, DataType.PROTOCOL, DataType.PORT), List.of(DataType.IPV6_ADDRESS, DataType.PORT),
                    List.of(Element.entry(Value.concatenated(address("2001:db8::1"), UDP, Value.port(8080)), new Element.Data(Value.concatenated(address("2001:db8::2"), Value.port(80))), ""))),
            NamedSet.intervals("masq-pools", "", List.of(DataType.IPV4_ADDRESS), List.of()),
            NamedSet.intervals("ports-hairpin", "", List.of(DataType.IPV4_ADDRESS, DataType.IPV4_ADDRESS),
                    List.of(Element.range(Value.concatenated(address("10.0.0.0"), address("10.0.0.2")), Value.concatenated(address("10.0.0.255"), address("10.0.0.2"))))),
            NamedSet.verdicts("policy-endpoints", "", List.of(DataType.INTERFACE_NAME), List.of(Element.entry(Value.interfaceName("eth0"), Verdict.jump("policy-e"), ""))),
            NamedSet.set("policy-s", "", List.of(DataType.IPV4_ADDRESS, DataType.PROTOCOL, DataType.PORT),
                    List.of(Element.of(Value.concatenated(address("10.0.0.1"), TCP, Value.port(80))))));

    public static final List<Chain> CHAINS = List.of(
            Chain.of("policy-e", "hello", List.of()),
            Chain.base("ports-pre", new Hook(Type.NAT, Point.PREROUTING, -100, false), "", List.of(
                    Rule.of("ports", family(AddressFamily.IPV4), is(Field.DESTINATION_TYPE, Value.number(2)),
                            new Statement.DestinationNat(AddressFamily.IPV4, List.of(Field.PROTOCOL, Field.DESTINATION_PORT), "ports-v4")),
                    Rule.of("", family(AddressFamily.IPV6),
                            new Statement.DestinationNat(AddressFamily.IPV6, List.of(Field.DESTINATION_V6, Field.PROTOCOL, Field.DESTINATION_PORT), "ports-v6")))),
            Chain.base("masq-post", new Hook(Type.NAT, Point.POSTROUTING, 100, false), "", List.of(
                    Rule.of("", family(AddressFamily.IPV4), in("masq-pools", Field.SOURCE_V4), notIn("masq-pools", Field.DESTINATION_V4), new Statement.Count(),
                            new Statement.Masquerade(true)),
                    Rule.of("", anyOf(Field.CT_STATUS, 32), family(AddressFamily.IPV4), in("ports-hairpin", Field.SOURCE_V4, Field.DESTINATION_V4), new Statement.Masquerade(false)),
                    Rule.of("", family(AddressFamily.IPV4), source(Prefix.parse("10.1.2.0/23")), new Statement.Masquerade(false)))),
            Chain.base("sources-post", new Hook(Type.NAT, Point.POSTROUTING, 99, false), "", List.of(
                    Rule.of("", family(AddressFamily.IPV4), is(Field.PROTOCOL, UDP), is(Field.DESTINATION_PORT, Value.port(53)), isNot(Field.DESTINATION_TYPE, Value.number(2)),
                            new Statement.SourceNat(IpAddress.parse("10.0.0.9"))),
                    Rule.of("", family(AddressFamily.IPV6), new Statement.SourceNat(IpAddress.parse("2001:db8::9"))))),
            Chain.base("policy-fwd", new Hook(Type.FILTER, Point.FORWARD, 0, true), "", List.of(
                    Rule.of("", anyOf(Field.CT_STATE, 6), decide(Verdict.ACCEPT)),
                    Rule.of("", new Statement.VerdictLookup(List.of(Field.INPUT_INTERFACE), "policy-endpoints")),
                    Rule.of("", is(Field.OUTPUT_INTERFACE, Value.interfaceName("eth0")), is(Field.PROTOCOL, TCP),
                            new Statement.Within(Field.DESTINATION_PORT, Value.port(100), Value.port(200)), new Statement.Count(), decide(Verdict.RETURN)),
                    Rule.of("", family(AddressFamily.IPV4), in("policy-s", Field.SOURCE_V4, Field.PROTOCOL, Field.DESTINATION_PORT), decide(Verdict.goTo("policy-e"))),
                    Rule.of("", new Statement.LogTo(3, "abc", OptionalInt.of(128))),
                    Rule.of("", new Statement.Masked(Field.MARK, Value.number(0xff00), Operator.EQUAL, Value.number(0x100)), decide(Verdict.DROP)),
                    Rule.of("", new Statement.SetMark(false, 0xffff00ff, 0x200)),
                    Rule.of("", family(AddressFamily.IPV4), is(Field.PROTOCOL, Value.octet(1)), is(Field.ICMP_TYPE, Value.octet(8))),
                    Rule.of("", is(Field.REVERSE_PATH, Value.number(0)), decide(Verdict.DROP)),
                    Rule.of("", new Statement.AtMost(5, 7), decide(Verdict.ACCEPT)),
                    Rule.of("", is(Field.INPUT_INTERFACE, Value.interfacePrefix("cali")), decide(Verdict.jump("policy-e"))),
                    Rule.of("", family(AddressFamily.IPV6), source(Prefix.parse("2001:db8::/29")), decide(Verdict.DROP)))),
            Chain.base("policy-raw", new Hook(Type.FILTER, Point.PREROUTING, -300, false), "", List.of(
                    Rule.of("", is(Field.PROTOCOL, UDP), new Statement.NoTrack()))));

    private GoldenTable() { }

    static Value address(String text) {
        return Value.of(IpAddress.parse(text));
    }
}
