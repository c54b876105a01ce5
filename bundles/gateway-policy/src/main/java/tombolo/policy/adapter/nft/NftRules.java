package tombolo.policy.adapter.nft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import tombolo.api.net.AddressFamily;
import tombolo.api.net.IpAddress;
import tombolo.api.net.Prefix;
import tombolo.api.nftables.Chain;
import tombolo.api.nftables.DataType;
import tombolo.api.nftables.Element;
import tombolo.api.nftables.Field;
import tombolo.api.nftables.NamedSet;
import tombolo.api.nftables.Rule;
import tombolo.api.nftables.Statement;
import tombolo.api.nftables.Statement.Operator;
import tombolo.api.nftables.Value;
import tombolo.api.nftables.Verdict;
import tombolo.api.resource.IpProtocol;
import tombolo.api.resource.PolicyRule;
import tombolo.api.resource.PolicyRule.Icmp;
import tombolo.api.resource.PolicyRule.Port.Range;
import tombolo.policy.core.Model;
import tombolo.policy.core.SetId;

/** Rules of the model as rules of the kernel: one becomes one for each family that it must tell apart and for each way in which its ports may match. */
final class NftRules {
    /** The bit of the packet's mark by which a policy says that it passed. */
    static final int PASS = 0x0400_0000;

    private static final List<AddressFamily> FAMILIES = List.of(AddressFamily.values());
    private static final Statement COUNT = new Statement.Count();

    private final BiFunction<SetId, AddressFamily, List<SelectorSets.Part>> sets;
    private final boolean profile;
    private final Verdict allowed;
    private final NftLog log;
    private final Map<String, NamedSet> helpers = new LinkedHashMap<>();
    private final Map<String, Chain> hits = new LinkedHashMap<>();

    /** What is allowed is accepted. */
    NftRules(BiFunction<SetId, AddressFamily, List<SelectorSets.Part>> sets, boolean profile, NftLog log) {
        this(sets, profile, log, Verdict.ACCEPT);
    }

    /**
     * @param sets     the sets of the kernel that are one of the model, by family
     * @param profile  of a profile, behind which there is no tier to pass to
     * @param allowed  what becomes of a packet that a rule allows
     */
    NftRules(BiFunction<SetId, AddressFamily, List<SelectorSets.Part>> sets, boolean profile, NftLog log, Verdict allowed) {
        this.sets = sets;
        this.profile = profile;
        this.log = log;
        this.allowed = allowed;
    }

    /** Sets that the rules refer to and that are named by their content. */
    Map<String, NamedSet> helpers() {
        return helpers;
    }

    /** Chains to which runs of rules lead, named by their content, and those to which rules lead that deny. */
    Map<String, Chain> hits() {
        return hits;
    }

    List<Rule> rules(String owner, List<Model.Rule> rules, boolean ingress) {
        List<Rule> result = new ArrayList<>();
        for (int at = 0; at < rules.size();) {
            Optional<Runs.Run> run = Runs.at(rules, at);
            if (run.isPresent()) {
                add(owner, rules, at, run.get(), ingress, result);
                at = run.get().end();
                continue;
            }
            Model.Rule rule = rules.get(at++);
            int before = result.size();
            boolean told = rule.families().size() == 1 || rule.icmp().isPresent() || rule.notIcmp().isPresent() || addressed(rule.source()) || addressed(rule.destination());
            if (!told) {
                add(owner, rule, AddressFamily.IPV4, false, ingress, result);
            } else {
                for (AddressFamily family : FAMILIES) {
                    if (rule.families().contains(family)) {
                        add(owner, rule, family, true, ingress, result);
                    }
                }
            }
            if (rule.action() == PolicyRule.Action.LOG && result.size() > before) {
                result.add(log.logged(ingress, rule.number(), owner)); // once, in however many ways it matched
            }
        }
        return result;
    }

    /** One lookup for a run of rules, which leads to a chain for each. */
    private void add(String owner, List<Model.Rule> rules, int from, Runs.Run run, boolean ingress, List<Rule> to) {
        Map<Integer, String> names = new HashMap<>();
        for (int place = from; place < run.end(); place++) {
            Model.Rule rule = rules.get(place);
            List<Statement> statements = new ArrayList<>(List.of(new Statement.Count()));
            end(rule, owner, ingress, statements);
            String comment = comment(owner, ingress, rule);
            String name = "policy-hit-" + NftNames.hash(comment + statements);
            hits.put(name, Chain.of(name, "", List.of(new Rule(statements, comment))));
            names.put(place, name);
        }
        String comment = NftNames.comment(owner, " " + (ingress ? "ingress" : "egress") + " rules " + rules.get(from).number() + " to " + rules.get(run.end() - 1).number());
        for (AddressFamily family : run.addressed() ? List.of(AddressFamily.values()) : List.of(AddressFamily.IPV4)) {
            if (!Runs.concerns(run, family)) {
                continue;
            }
            List<Element> elements = Runs.elements(run, family, names);
            List<DataType> types = Runs.types(run, family);
            boolean single = Runs.single(run, family);
            String name = "policy-run" + (run.addressed() ? NftNames.digit(family) : "") + "-" + NftNames.hash(types + " " + single + elements);
            helpers.computeIfAbsent(name, _ -> new NamedSet(name, types, !single, new NamedSet.MapData.Verdicts(), comment, elements));
            Statement lookup = new Statement.VerdictLookup(Runs.key(run, family), name);
            to.add(run.addressed() ? Rule.of(comment, Statement.family(family), lookup) : Rule.of(comment, lookup));
        }
    }

    private static String comment(String owner, boolean ingress, Model.Rule rule) {
        return NftNames.comment(owner, " " + (ingress ? "ingress" : "egress") + " rule " + rule.number());
    }

    private static boolean addressed(Model.Side side) {
        return !side.nets().isEmpty() || !side.notNets().isEmpty() || side.in().isPresent() || side.notIn().isPresent() || !side.namedPorts().isEmpty() || !side.notNamedPorts().isEmpty();
    }

    /** Whether a side is to be in none of all addresses of a family. */
    private static boolean nowhere(Model.Side side, AddressFamily family) {
        for (Prefix net : side.notNets()) {
            if (net.length() == 0 && net.family() == family) {
                return true;
            }
        }
        return false;
    }

    private void add(String owner, Model.Rule rule, AddressFamily family, boolean told, boolean ingress, List<Rule> to) {
        if (nowhere(rule.source(), family) || nowhere(rule.destination(), family)) {
            return;
        }
        List<Statement> common = new ArrayList<>();
        if (told) {
            common.add(Statement.family(family));
        }
        rule.protocol().ifPresent(protocol -> common.add(Statement.is(Field.PROTOCOL, Value.octet(protocol.number()))));
        rule.notProtocol().ifPresent(protocol -> common.add(Statement.isNot(Field.PROTOCOL, Value.octet(protocol.number()))));
        rule.icmp().ifPresent(icmp -> {
            common.add(Statement.is(type(family), Value.octet(icmp.type().orElse(0))));
            icmp.code().ifPresent(code -> common.add(Statement.is(code(family), Value.octet(code))));
        });
        // Addresses come last: a set is looked at only for packets whose protocol and ports are right.
        List<List<Statement>> addresses = addresses(rule.destination(), family, false, addresses(rule.source(), family, true, List.of(List.of())));
        String comment = comment(owner, ingress, rule);
        for (List<Statement> source : ports(rule.source(), family, true)) {
            for (List<Statement> destination : ports(rule.destination(), family, false)) {
                for (List<Statement> control : notIcmp(rule, family)) {
                    for (List<Statement> way : addresses) {
                        List<Statement> statements = new ArrayList<>(common);
                        statements.addAll(control);
                        statements.addAll(source);
                        statements.addAll(destination);
                        statements.addAll(way);
                        statements.add(COUNT);
                        end(rule, owner, ingress, statements);
                        to.add(new Rule(statements, comment));
                    }
                }
            }
        }
    }

    private void end(Model.Rule rule, String owner, boolean ingress, List<Statement> to) {
        switch (rule.action()) {
            case ALLOW -> to.add(Statement.decide(allowed));
            case DENY -> {
                Optional<Chain> denial = log.chain(ingress, rule.number(), owner);
                denial.ifPresent(chain -> hits.put(chain.name(), chain));
                to.add(Statement.decide(denial.map(chain -> Verdict.goTo(chain.name())).orElse(Verdict.DROP)));
            }
            case PASS -> {
                if (!profile) {
                    to.add(new Statement.SetMark(false, ~PASS, PASS));
                }
                to.add(Statement.decide(Verdict.RETURN)); // from a profile: to the next one
            }
            case LOG -> to.addAll(log.asking());
        }
    }

    // ---------------------------------------------------------------- addresses

    /** The ways in which the addresses of one end match, behind each of those before: one is enough, and a packet goes at most one. */
    private List<List<Statement>> addresses(Model.Side side, AddressFamily family, boolean source, List<List<Statement>> before) {
        Field field = address(family, source);
        List<Statement> common = new ArrayList<>();
        List<Prefix> nets = of(family, side.nets());
        if (nets.size() == 1 && nets.getFirst().length() > 0) {
            common.add(source ? Statement.source(nets.getFirst()) : Statement.destination(nets.getFirst()));
        } else if (nets.size() > 1) {
            common.add(Statement.in(helper(nets, family), field));
        }
        List<Prefix> notNets = of(family, side.notNets());
        if (notNets.size() == 1) {
            Prefix net = notNets.getFirst();
            common.add(new Statement.Masked(field, Value.mask(net), Operator.NOT_EQUAL, Value.of(net.address())));
        } else if (notNets.size() > 1) {
            common.add(Statement.notIn(helper(notNets, family), field));
        }
        side.notIn().ifPresent(set -> sets.apply(set, family).forEach(part -> common.add(lookup(part, field, true))));
        List<List<Statement>> ways = new ArrayList<>();
        for (List<Statement> one : before) {
            List<Statement> way = new ArrayList<>(one);
            way.addAll(common);
            side.in().ifPresentOrElse(set -> sets.apply(set, family).forEach(part -> ways.add(with(way, lookup(part, field, false)))), () -> ways.add(way));
        }
        return ways;
    }

    private static Statement lookup(SelectorSets.Part part, Field field, boolean inverted) {
        return part.whole() ? new Statement.Lookup(List.of(field), part.name(), inverted)
                : new Statement.MaskedLookup(field, Value.mask(Prefix.of(IpAddress.any(part.family()), part.length())), part.name(), inverted);
    }

    private static List<Prefix> of(AddressFamily family, List<Prefix> nets) {
        return nets.isEmpty() ? nets : nets.stream().filter(net -> net.family() == family).toList();
    }

    private String helper(List<Prefix> nets, AddressFamily family) {
        String name = "policy-list" + NftNames.digit(family) + "-" + NftNames.hash(nets.toString());
        helpers.computeIfAbsent(name, _ -> NamedSet.intervals(name, "networks of a rule", List.of(addressType(family)), nets.stream().map(NftRules::element).toList()));
        return name;
    }

    static Element element(Prefix net) {
        return Element.range(Value.of(net.address()), Value.last(net));
    }

    // ---------------------------------------------------------------- ports

    /** The ways in which the ports of one end match: one is enough. */
    private List<List<Statement>> ports(Model.Side side, AddressFamily family, boolean source) {
        Field port = source ? Field.SOURCE_PORT : Field.DESTINATION_PORT;
        List<Field> named = List.of(address(family, source), Field.PROTOCOL, port);
        List<Statement> none = new ArrayList<>();
        if (side.notPorts().size() == 1 && side.notPorts().getFirst().min() == side.notPorts().getFirst().max()) {
            none.add(Statement.isNot(port, Value.port(side.notPorts().getFirst().min())));
        } else if (!side.notPorts().isEmpty()) {
            none.add(Statement.notIn(helper(side.notPorts()), port));
        }
        side.notNamedPorts().forEach(set -> sets.apply(set, family).forEach(part -> none.add(new Statement.Lookup(named, part.name(), true))));
        List<List<Statement>> ways = new ArrayList<>();
        if (side.ports().size() == 1) {
            Range range = side.ports().getFirst();
            ways.add(with(none, range.min() == range.max() ? Statement.is(port, Value.port(range.min())) : new Statement.Within(port, Value.port(range.min()), Value.port(range.max()))));
        } else if (!side.ports().isEmpty()) {
            ways.add(with(none, Statement.in(helper(side.ports()), port)));
        }
        side.namedPorts().forEach(set -> sets.apply(set, family).forEach(part -> ways.add(with(none, new Statement.Lookup(named, part.name(), false)))));
        return ways.isEmpty() ? List.of(none) : ways;
    }

    private static List<Statement> with(List<Statement> first, Statement last) {
        List<Statement> all = new ArrayList<>(first);
        all.add(last);
        return all;
    }

    private String helper(List<Range> ranges) {
        String name = "policy-portlist-" + NftNames.hash(ranges.toString());
        helpers.computeIfAbsent(name, _ -> NamedSet.intervals(name, "ports of a rule", List.of(DataType.PORT),
                ranges.stream().map(range -> Element.range(Value.port(range.min()), Value.port(range.max()))).toList()));
        return name;
    }

    // ---------------------------------------------------------------- ICMP

    /** The ways in which a packet is not of that type and code: one is enough. */
    private static List<List<Statement>> notIcmp(Model.Rule rule, AddressFamily family) {
        int number = (family == AddressFamily.IPV4 ? IpProtocol.ICMP : IpProtocol.ICMPV6).number();
        if (rule.notIcmp().isEmpty() || rule.protocol().filter(protocol -> protocol.number() != number).isPresent()) {
            return List.of(List.of());
        }
        Icmp icmp = rule.notIcmp().get();
        List<List<Statement>> ways = new ArrayList<>();
        Statement control = Statement.is(Field.PROTOCOL, Value.octet(number));
        if (rule.protocol().isEmpty()) {
            ways.add(List.of(Statement.isNot(Field.PROTOCOL, Value.octet(number))));
        }
        ways.add(List.of(control, Statement.isNot(type(family), Value.octet(icmp.type().orElse(0)))));
        icmp.code().ifPresent(code -> ways.add(List.of(control, Statement.is(type(family), Value.octet(icmp.type().orElse(0))), Statement.isNot(code(family), Value.octet(code)))));
        return ways;
    }

    private static Field type(AddressFamily family) {
        return family == AddressFamily.IPV4 ? Field.ICMP_TYPE : Field.ICMPV6_TYPE;
    }

    private static Field code(AddressFamily family) {
        return family == AddressFamily.IPV4 ? Field.ICMP_CODE : Field.ICMPV6_CODE;
    }

    static Field address(AddressFamily family, boolean source) {
        return family == AddressFamily.IPV4 ? source ? Field.SOURCE_V4 : Field.DESTINATION_V4 : source ? Field.SOURCE_V6 : Field.DESTINATION_V6;
    }

    static DataType addressType(AddressFamily family) {
        return family == AddressFamily.IPV4 ? DataType.IPV4_ADDRESS : DataType.IPV6_ADDRESS;
    }
}
