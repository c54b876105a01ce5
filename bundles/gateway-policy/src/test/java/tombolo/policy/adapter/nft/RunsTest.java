package tombolo.policy.adapter.nft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.PolicyRule.Action;
import tombolo.api.resource.PolicyRule.Port.Range;
import tombolo.policy.core.Model;

/** A run of rules as one lookup says of every packet what the rules one by one say. */
class RunsTest {
    private static final int WORLDS = 400;
    private static final int BASE = 0x0a000000;
    private static final int HOSTS = 16;
    private static final int PORTS = 12;

    private record Packet(int host, IpProtocol protocol, int port) { }

    private static Model.Side side(List<Prefix> nets, List<Range> ports) {
        return new Model.Side(nets, List.of(), Optional.empty(), Optional.empty(), ports, List.of(), List.of(), List.of());
    }

    /** Networks within 16 addresses, ports below 12; mostly apart from each other, as people write them. */
    private static List<Model.Rule> rules(Random random) {
        List<Model.Rule> rules = new ArrayList<>();
        boolean crowded = random.nextInt(3) == 0;
        for (int i = 0; i < 3 + random.nextInt(12); i++) {
            List<Prefix> nets = new ArrayList<>();
            for (int j = random.nextInt(3); j > 0; j--) {
                Prefix net = Prefix.of(IpAddress.v4(BASE + random.nextInt(HOSTS)), random.nextInt(8) == 0 ? random.nextInt(33) : 29 + random.nextInt(4));
                if (nets.stream().noneMatch(other -> other.covers(net) || net.covers(other))) {
                    nets.add(net); // the model's are disjoint
                }
            }
            int port = 1 + (crowded ? random.nextInt(PORTS - 1) : i % (PORTS - 1));
            Range range = new Range(port, random.nextInt(4) == 0 ? Math.min(PORTS - 1, port + random.nextInt(4)) : port);
            rules.add(new Model.Rule(i + 1, random.nextInt(8) == 0 ? Action.PASS : random.nextBoolean() ? Action.ALLOW : Action.DENY,
                    nets.isEmpty() ? EnumSet.allOf(AddressFamily.class) : EnumSet.of(AddressFamily.IPV4), Optional.of(random.nextInt(3) == 0 ? IpProtocol.UDP : IpProtocol.TCP), Optional.empty(),
                    Optional.empty(), Optional.empty(), side(nets, List.of()), side(List.of(), List.of(range))));
        }
        return rules;
    }

    @Test
    void aPacketMeetsTheSameRuleFirstWhateverIsCollapsed() {
        long first = Long.getLong("tombolo.seed", System.nanoTime());
        System.out.println("RunsTest seeds " + first + " to " + (first + WORLDS - 1));
        int collapsed = 0;
        for (long seed = first; seed < first + WORLDS; seed++) {
            List<Model.Rule> rules = rules(new Random(seed));
            NftRules compiler = new NftRules((_, _) -> List.of(), false, new NftLog(false, 100));
            List<Rule> written = compiler.rules("p", rules, true);
            collapsed += (int) written.stream().filter(rule -> rule.statements().getLast() instanceof Statement.VerdictLookup).count();
            for (NamedSet map : compiler.helpers().values()) {
                disjoint(map, seed);
            }
            for (int host = 0; host <= HOSTS; host++) {
                for (IpProtocol protocol : List.of(IpProtocol.TCP, IpProtocol.UDP, IpProtocol.SCTP)) {
                    for (int port = 0; port < PORTS; port++) {
                        Packet packet = new Packet(host, protocol, port);
                        long where = seed;
                        assertEquals(expected(rules, packet), met(written, compiler, packet), () -> "seed " + where + ", " + packet + "\n" + rules + "\n" + written);
                    }
                }
            }
        }
        assertTrue(collapsed > WORLDS / 4, "the worlds were too odd: " + collapsed);
    }

    private static int expected(List<Model.Rule> rules, Packet packet) {
        for (Model.Rule rule : rules) {
            Range ports = rule.destination().ports().getFirst();
            boolean net = rule.source().nets().isEmpty() || rule.source().nets().stream().anyMatch(one -> one.contains(IpAddress.v4(BASE + packet.host)));
            if (net && rule.protocol().filter(packet.protocol::equals).isPresent() && packet.port >= ports.min() && packet.port <= ports.max()) {
                return rule.number();
            }
        }
        return 0;
    }

    /** The number of the first rule that holds, told by its comment. */
    private static int met(List<Rule> rules, NftRules compiler, Packet packet) {
        for (Rule rule : rules) {
            boolean holds = true;
            for (Statement statement : rule.statements()) {
                switch (statement) {
                    case Statement.Match match -> holds &= match.operator() == Statement.Operator.EQUAL && value(match.field(), packet).compareTo(match.value()) == 0;
                    case Statement.Masked masked -> holds &= masked(value(masked.field(), packet), masked.mask()).equals(masked.value());
                    case Statement.Within within -> holds &= value(within.field(), packet).compareTo(within.from()) >= 0 && value(within.field(), packet).compareTo(within.to()) <= 0;
                    case Statement.Lookup lookup -> holds &= find(compiler.helpers().get(lookup.set()), lookup.key(), packet).isPresent();
                    case Statement.VerdictLookup lookup -> {
                        Optional<Element> found = holds ? find(compiler.helpers().get(lookup.map()), lookup.key(), packet) : Optional.empty();
                        if (found.isPresent()) {
                            Chain chain = compiler.hits().get(((Verdict) found.get().data().orElseThrow()).chain());
                            return number(chain.rules().getFirst());
                        }
                        holds = false;
                    }
                    default -> { }
                }
            }
            if (holds) {
                return number(rule);
            }
        }
        return 0;
    }

    private static int number(Rule rule) {
        assertTrue(rule.statements().stream().anyMatch(statement -> statement instanceof Statement.Count), () -> "nothing is counted: " + rule);
        return Integer.parseInt(rule.comment().replaceAll(".* rule ", ""));
    }

    private static Value value(Field field, Packet packet) {
        return switch (field) {
            case FAMILY -> Value.octet(2);
            case PROTOCOL -> Value.octet(packet.protocol.number());
            case SOURCE_V4 -> Value.of(IpAddress.v4(BASE + packet.host));
            case DESTINATION_PORT -> Value.port(packet.port);
            default -> Value.of(IpAddress.parse("::1"));
        };
    }

    private static Value masked(Value value, Value mask) {
        byte[] bytes = value.toBytes();
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] &= mask.at(i);
        }
        return Value.of(bytes);
    }

    private static Optional<Element> find(NamedSet set, List<Field> key, Packet packet) {
        return set.elements().stream().filter(element -> {
            int at = 0;
            for (Field field : key) {
                int bytes = field.type().bytes();
                byte[] own = value(field, packet).toBytes();
                byte[] from = java.util.Arrays.copyOfRange(element.from().toBytes(), at, at + bytes);
                byte[] to = java.util.Arrays.copyOfRange(element.to().toBytes(), at, at + bytes);
                if (java.util.Arrays.compareUnsigned(own, from) < 0 || java.util.Arrays.compareUnsigned(own, to) > 0) {
                    return false;
                }
                at += key.size() == 1 ? bytes : bytes + 3 & ~3;
            }
            return true;
        }).findFirst();
    }

    /** The kernel refuses an overlap. */
    private static void disjoint(NamedSet map, long seed) {
        Map<Value, Element> seen = new HashMap<>();
        for (Element element : map.elements()) {
            assertTrue(seen.put(element.from(), element) == null, () -> "seed " + seed + ": twice " + element);
            map.elements().stream().filter(other -> other != element).forEach(other -> assertTrue(apart(element, other, map), () -> "seed " + seed + ": " + element + " overlaps " + other));
        }
    }

    private static boolean apart(Element one, Element other, NamedSet map) {
        int at = 0;
        for (var type : map.key()) {
            byte[] from = java.util.Arrays.copyOfRange(one.from().toBytes(), at, at + type.bytes());
            byte[] to = java.util.Arrays.copyOfRange(one.to().toBytes(), at, at + type.bytes());
            byte[] otherFrom = java.util.Arrays.copyOfRange(other.from().toBytes(), at, at + type.bytes());
            byte[] otherTo = java.util.Arrays.copyOfRange(other.to().toBytes(), at, at + type.bytes());
            if (java.util.Arrays.compareUnsigned(to, otherFrom) < 0 || java.util.Arrays.compareUnsigned(otherTo, from) < 0) {
                return true;
            }
            at += type.bytes() + 3 & ~3;
        }
        return false;
    }

    @Test
    void aLongListIsOneLookupAndWhatOverlapsItIsLookedAtBehindIt() {
        List<Model.Rule> rules = new ArrayList<>();
        for (int i = 0; i < 1024; i++) {
            rules.add(new Model.Rule(i + 1, Action.ALLOW, EnumSet.of(AddressFamily.IPV4), Optional.of(IpProtocol.TCP), Optional.empty(), Optional.empty(), Optional.empty(),
                    side(List.of(Prefix.of(IpAddress.v4(BASE + i), 32)), List.of()), side(List.of(), List.of(new Range(80, 80), new Range(443, 443)))));
        }
        assertEquals(1, new NftRules((_, _) -> List.of(), false, new NftLog(false, 100)).rules("p", rules, true).size());
        rules.set(512, new Model.Rule(513, Action.DENY, EnumSet.of(AddressFamily.IPV4), Optional.of(IpProtocol.TCP), Optional.empty(), Optional.empty(), Optional.empty(),
                side(List.of(Prefix.of(IpAddress.v4(BASE), 24)), List.of()), side(List.of(), List.of(new Range(80, 80)))));
        assertEquals(2, new NftRules((_, _) -> List.of(), false, new NftLog(false, 100)).rules("p", rules, true).size());
    }
}
