package tombolo.dataplane.core.nat;

import static tombolo.api.nftables.Statement.anyOf;
import static tombolo.api.nftables.Statement.decide;
import static tombolo.api.nftables.Statement.family;
import static tombolo.api.nftables.Statement.in;
import static tombolo.api.nftables.Statement.is;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tombolo.api.endpoint.EndpointId;
import tombolo.api.kernel.Link.InterfaceAddress;
import tombolo.api.nat.Exposed;
import tombolo.api.nat.Nat.Outcome;
import tombolo.api.nat.PortCondition;
import tombolo.api.nat.PortMapping;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Chain.Hook;
import tombolo.api.nftables.Chain.Point;
import tombolo.api.nftables.Chain.Type;
import tombolo.api.nftables.Change;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;

/**
 * Whose ports of the host are whose, and what of it is in which map. The rules are the same few for any number of containers; those with the same conditions have
 * maps of their own, behind rules that look at the conditions first. One thread at a time.
 */
public final class PortTable {
    private static final String MAP = "ports-map";
    private static final int LOCAL = 2; // RTN_LOCAL
    private static final int DESTINATION_TRANSLATED = 32; // IPS_DST_NAT

    private final Map<EndpointId, Exposed> exposed = new TreeMap<>();
    private final Map<Long, List<EndpointId>> byPort = new HashMap<>();

    public Map<EndpointId, Exposed> exposed() {
        return new TreeMap<>(exposed);
    }

    public Optional<Exposed> get(EndpointId id) {
        return Optional.ofNullable(exposed.get(id));
    }

    /** The first of the mappings that another container has, or that is there twice. */
    public Optional<Outcome.Taken> taken(EndpointId id, Exposed wanted) {
        List<PortMapping> before = new ArrayList<>();
        for (PortMapping mapping : wanted.mappings()) {
            Optional<PortMapping> twice = before.stream().filter(mapping::clashes).findFirst();
            if (twice.isPresent()) {
                return Optional.of(new Outcome.Taken(mapping, id, twice.get()));
            }
            before.add(mapping);
            for (EndpointId other : byPort.getOrDefault(key(mapping), List.of())) {
                Optional<PortMapping> theirs = other.equals(id) ? Optional.empty() : exposed.get(other).mappings().stream().filter(mapping::clashes).findFirst();
                if (theirs.isPresent()) {
                    return Optional.of(new Outcome.Taken(mapping, other, theirs.get()));
                }
            }
        }
        return Optional.empty();
    }

    /** Takes the mappings in place of those there were; answers what is otherwise. */
    public Change put(EndpointId id, Optional<Exposed> wanted) {
        boolean nothing = exposed.isEmpty();
        Map<String, List<PortCondition>> before = conditions();
        Change change = differences(id, wanted);
        return nothing || exposed.isEmpty() || !before.equals(conditions()) ? complete() : change;
    }

    private Change differences(EndpointId id, Optional<Exposed> wanted) {
        Map<String, List<Element>> old = remove(id);
        Map<String, List<Element>> fresh = new LinkedHashMap<>();
        wanted.ifPresent(one -> {
            exposed.put(id, one);
            one.mappings().forEach(mapping -> byPort.computeIfAbsent(key(mapping), _ -> new ArrayList<>()).add(id));
            elements(id, one).forEach((set, elements) -> fresh.put(set, elements));
        });
        Change.Builder change = Change.differences();
        for (NamedSet set : shapes()) {
            List<Element> puts = fresh.getOrDefault(set.name(), List.of());
            List<Value> gone = old.getOrDefault(set.name(), List.of()).stream().map(Element::from).filter(key -> puts.stream().noneMatch(put -> put.from().equals(key))).toList();
            if (!puts.isEmpty() || !gone.isEmpty()) {
                change.elements(set.name(), puts, gone);
            }
        }
        return change.build();
    }

    private Map<String, List<Element>> remove(EndpointId id) {
        Exposed old = exposed.remove(id);
        if (old == null) {
            return Map.of();
        }
        old.mappings().forEach(mapping -> byPort.computeIfPresent(key(mapping), (_, ids) -> {
            ids.remove(id);
            return ids.isEmpty() ? null : ids;
        }));
        return elements(id, old);
    }

    /** Everything: chains, and sets with all that is in them; nothing at all where no port is mapped, since chains that translate switch connection tracking on. */
    public Change complete() {
        if (exposed.isEmpty()) {
            return Change.complete(List.of(), List.of());
        }
        Map<String, List<Element>> all = new HashMap<>();
        exposed.forEach((id, one) -> elements(id, one).forEach((set, elements) -> all.computeIfAbsent(set, _ -> new ArrayList<>()).addAll(elements)));
        return Change.complete(chains(), shapes().stream()
                .map(set -> new NamedSet(set.name(), set.key(), set.interval(), set.data(), set.comment(), all.getOrDefault(set.name(), List.of()))).toList());
    }

    /** The conditions there are, of each family at most once, by the name that their maps end with; without those that always hold. */
    private Map<String, List<PortCondition>> conditions() {
        Map<String, List<PortCondition>> all = new TreeMap<>();
        for (Exposed one : exposed.values()) {
            if (!one.conditions().isEmpty()) {
                for (AddressFamily family : AddressFamily.values()) {
                    all.put(suffix(family, one.conditions(family)), one.conditions(family));
                }
            }
        }
        all.values().removeIf(List::isEmpty);
        return all;
    }

    private static long key(PortMapping mapping) {
        return (long) mapping.protocol().number() << 16 | mapping.hostPort();
    }

    // ------------------------------------------------------------------------------------------------ elements

    private static Map<String, List<Element>> elements(EndpointId id, Exposed exposed) {
        Map<String, List<Element>> sets = new LinkedHashMap<>();
        String comment = id.toString();
        for (AddressFamily family : AddressFamily.values()) {
            Optional<InterfaceAddress> to = exposed.address(family);
            List<PortMapping> mappings = exposed.mappings().stream().filter(mapping -> mapping.isFor(family)).toList();
            if (to.isEmpty() || mappings.isEmpty()) {
                continue;
            }
            String suffix = suffix(family);
            for (PortMapping mapping : mappings) {
                Value port = Value.concatenated(Value.octet(mapping.protocol().number()), Value.port(mapping.hostPort()));
                Element.Data data = new Element.Data(Value.concatenated(Value.of(to.get().address()), Value.port(mapping.containerPort())));
                Optional<IpAddress> one = mapping.hostAddress().filter(address -> !address.isUnspecified());
                add(sets, (one.isPresent() ? "ports-at" : "ports-any") + suffix(family, exposed.conditions(family)),
                        Element.entry(one.map(address -> Value.concatenated(Value.of(address), port)).orElse(port), data, comment));
            }
            if (exposed.masked()) {
                Value self = Value.of(to.get().address());
                Prefix near = Prefix.of(to.get().address(), to.get().prefixLength());
                add(sets, "ports-near" + suffix, new Element(Value.concatenated(Value.of(near.address()), self), Value.concatenated(Value.last(near), self), Optional.empty(), comment));
                if (family == AddressFamily.IPV4) {
                    add(sets, "ports-loopback" + suffix, new Element(self, self, Optional.empty(), comment));
                }
            }
        }
        return sets;
    }

    private static void add(Map<String, List<Element>> sets, String set, Element element) {
        sets.computeIfAbsent(set, _ -> new ArrayList<>()).add(element);
    }

    // ------------------------------------------------------------------------------------------------ shapes

    private static String suffix(AddressFamily family) {
        return family == AddressFamily.IPV4 ? "4" : "6";
    }

    /** As long as two sets of conditions are never taken for one. */
    private static final int HASH_OCTETS = 8;

    private static String suffix(AddressFamily family, List<PortCondition> conditions) {
        if (conditions.isEmpty()) {
            return suffix(family);
        }
        try {
            byte[] text = String.join(", ", conditions.stream().map(PortCondition::toString).toList()).getBytes(StandardCharsets.UTF_8);
            return suffix(family) + "-" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text), 0, HASH_OCTETS);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private List<NamedSet> shapes() {
        List<NamedSet> sets = new ArrayList<>();
        for (AddressFamily family : AddressFamily.values()) {
            sets.addAll(maps(family, suffix(family), ""));
            DataType address = address(family);
            sets.add(NamedSet.intervals("ports-near" + suffix(family), "who would be answered past this host", List.of(address, address), List.of()));
        }
        conditions().forEach((suffix, conditions) -> sets.addAll(maps(conditions.getFirst().family(), suffix, ", for " + words(conditions))));
        sets.add(NamedSet.set("ports-loopback4", "reached from 127.0.0.1", List.of(DataType.IPV4_ADDRESS), List.of()));
        return sets;
    }

    private static List<NamedSet> maps(AddressFamily family, String suffix, String more) {
        DataType address = address(family);
        return List.of(NamedSet.map("ports-any" + suffix, "ports of all addresses of this host" + more, List.of(DataType.PROTOCOL, DataType.PORT), List.of(address, DataType.PORT), List.of()),
                NamedSet.map("ports-at" + suffix, "ports of one address of this host" + more, List.of(address, DataType.PROTOCOL, DataType.PORT), List.of(address, DataType.PORT), List.of()));
    }

    private static DataType address(AddressFamily family) {
        return family == AddressFamily.IPV4 ? DataType.IPV4_ADDRESS : DataType.IPV6_ADDRESS;
    }

    private static String words(List<PortCondition> conditions) {
        return String.join(", ", conditions.stream().map(PortCondition::toString).toList());
    }

    /** What a packet must be like to be looked up in the maps of that name. */
    private static List<Rule> translations(AddressFamily family, String suffix, List<PortCondition> conditions) {
        boolean v4 = family == AddressFamily.IPV4;
        List<Rule> rules = new ArrayList<>();
        for (boolean at : new boolean[] {true, false}) {
            List<Statement> statements = new ArrayList<>(List.of(family(family)));
            conditions.forEach(condition -> statements.add(statement(condition)));
            statements.add(at ? new Statement.DestinationNat(family, List.of(v4 ? Field.DESTINATION_V4 : Field.DESTINATION_V6, Field.PROTOCOL, Field.DESTINATION_PORT), "ports-at" + suffix)
                    : new Statement.DestinationNat(family, List.of(Field.PROTOCOL, Field.DESTINATION_PORT), "ports-any" + suffix));
            rules.add(Rule.of(words(conditions), statements.toArray(Statement[]::new)));
        }
        return rules;
    }

    private static Statement statement(PortCondition condition) {
        Statement.Operator operator = condition.negated() ? Statement.Operator.NOT_EQUAL : Statement.Operator.EQUAL;
        return switch (condition) {
            case PortCondition.OfAddress(PortCondition.Side side, boolean _, Prefix prefix) -> {
                Statement.Masked holds = (Statement.Masked) (side == PortCondition.Side.SOURCE ? Statement.source(prefix) : Statement.destination(prefix));
                yield new Statement.Masked(holds.field(), holds.mask(), operator, holds.value());
            }
            case PortCondition.ArrivedBy(AddressFamily _, boolean _, String name) -> new Statement.Match(Field.INPUT_INTERFACE, operator,
                    name.endsWith("+") ? Value.interfacePrefix(name.substring(0, name.length() - 1)) : Value.interfaceName(name));
        };
    }

    private List<Chain> chains() {
        Rule entry = Rule.of("to this host", is(Field.DESTINATION_TYPE, Value.number(LOCAL)), decide(Verdict.jump(MAP)));
        List<Rule> map = new ArrayList<>();
        List<Rule> back = new ArrayList<>();
        for (AddressFamily family : AddressFamily.values()) {
            boolean v4 = family == AddressFamily.IPV4;
            Field source = v4 ? Field.SOURCE_V4 : Field.SOURCE_V6;
            Field destination = v4 ? Field.DESTINATION_V4 : Field.DESTINATION_V6;
            String suffix = suffix(family);
            map.addAll(translations(family, suffix, List.of()));
            back.add(Rule.of("hairpin", anyOf(Field.CT_STATUS, DESTINATION_TRANSLATED), family(family), in("ports-near" + suffix, source, destination), new Statement.Masquerade(false)));
        }
        conditions().forEach((suffix, conditions) -> map.addAll(translations(conditions.getFirst().family(), suffix, conditions)));
        back.add(Rule.of("from loopback", anyOf(Field.CT_STATUS, DESTINATION_TRANSLATED), family(AddressFamily.IPV4), Statement.source(Prefix.parse("127.0.0.0/8")),
                in("ports-loopback4", Field.DESTINATION_V4), new Statement.Masquerade(false)));
        return List.of(Chain.of(MAP, "ports of this host that lead to containers", map),
                Chain.base("ports-prerouting", new Hook(Type.NAT, Point.PREROUTING, -100, false), "", List.of(entry)),
                Chain.base("ports-output", new Hook(Type.NAT, Point.OUTPUT, -100, false), "", List.of(entry)),
                Chain.base("ports-postrouting", new Hook(Type.NAT, Point.POSTROUTING, 100, false), "", back));
    }
}
